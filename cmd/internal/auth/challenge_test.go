package auth

import (
	"reflect"
	"testing"
)

func TestParseChallenges(t *testing.T) {
	for _, test := range []struct {
		name   string
		values []string
		want   []Challenge
	}{
		{"none", nil, nil},
		{"empty", []string{"", " , ,"}, nil},
		{"scheme alone", []string{"Negotiate"}, []Challenge{{Scheme: "Negotiate"}}},
		{"schemes alone", []string{"Negotiate, NTLM"}, []Challenge{{Scheme: "Negotiate"}, {Scheme: "NTLM"}}},
		{"token68", []string{"Negotiate oYGZ+/==, Basic realm=x"}, []Challenge{
			{Scheme: "Negotiate", Token: "oYGZ+/=="},
			{Scheme: "Basic", Params: []Param{{"realm", "x"}}},
		}},
		{"RFC 9110, 11.6.1", []string{`Basic realm="simple", Newauth realm="apps", type=1, title="Login to \"apps\""`}, []Challenge{
			{Scheme: "Basic", Params: []Param{{"realm", "simple"}}},
			{Scheme: "Newauth", Params: []Param{{"realm", "apps"}, {"type", "1"}, {"title", `Login to "apps"`}}},
		}},
		{"several fields", []string{`Digest nonce="a"`, `Digest nonce="b"`}, []Challenge{
			{Scheme: "Digest", Params: []Param{{"nonce", "a"}}},
			{Scheme: "Digest", Params: []Param{{"nonce", "b"}}},
		}},
		{"comma and equals sign in quotes", []string{`Digest qop="auth,auth-int", nonce="a=b, Basic realm=c"`}, []Challenge{
			{Scheme: "Digest", Params: []Param{{"qop", "auth,auth-int"}, {"nonce", "a=b, Basic realm=c"}}},
		}},
		{"white space and commas", []string{"  Basic \t realm = \"a b\" ,, charset=UTF-8 ,"}, []Challenge{
			{Scheme: "Basic", Params: []Param{{"realm", "a b"}, {"charset", "UTF-8"}}},
		}},
		{"empty value", []string{`Digest opaque="", nonce=x`}, []Challenge{
			{Scheme: "Digest", Params: []Param{{"opaque", ""}, {"nonce", "x"}}},
		}},
		{"no end of quotes", []string{`Basic realm="a, Digest nonce=b`}, []Challenge{
			{Scheme: "Basic", Params: []Param{{"realm", "a, Digest nonce=b"}}},
		}},
		{"backslash at the end", []string{`Basic realm="a\`}, []Challenge{
			{Scheme: "Basic", Params: []Param{{"realm", `a\`}}},
		}},
		{"nonsense", []string{`"x, y", =, Basic realm="a" b c, Digest nonce=b`}, []Challenge{
			{Scheme: "Basic", Params: []Param{{"realm", "a"}}},
			{Scheme: "Digest", Params: []Param{{"nonce", "b"}}},
		}},
		{"no separator", []string{`Basic;realm=a, Digest nonce=b`}, []Challenge{
			{Scheme: "Digest", Params: []Param{{"nonce", "b"}}},
		}},
		{"no quotes around what needs them", []string{`Digest realm=a@b.example, nonce=x/y==`}, []Challenge{
			{Scheme: "Digest", Params: []Param{{"realm", "a@b.example"}, {"nonce", "x/y=="}}},
		}},
	} {
		if got := ParseChallenges(test.values); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: ParseChallenges(%q) = %+v, want %+v", test.name, test.values, got, test.want)
		}
	}
}

func TestChallengeParam(t *testing.T) {
	c := ParseChallenges([]string{`digest Realm=a, realm=b`})[0]
	if got := c.Param("REALM"); got != "a" {
		t.Errorf("Param(REALM) = %q, want a", got)
	}
	if !c.Is("Digest") || c.Is("Basic") || c.Param("nonce") != "" {
		t.Errorf("%+v: Is or Param of what is not there", c)
	}
}

func FuzzParseChallenges(f *testing.F) {
	f.Add(`Basic realm="simple", Newauth realm="apps", type=1, title="Login to \"apps\""`)
	f.Add(`Negotiate a==,,Digest nonce=b`)
	f.Add(`"\`)
	f.Fuzz(func(t *testing.T, v string) {
		for _, c := range ParseChallenges([]string{v}) {
			if c.Scheme == "" {
				t.Errorf("%q: a challenge without a scheme", v)
			}
			if c.Token != "" && len(c.Params) > 0 && len(v) < len(c.Token)+len(c.Params) {
				t.Errorf("%q: %+v has more than there was", v, c)
			}
		}
	})
}
