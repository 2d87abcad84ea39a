package auth

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// answered returns the parameters of an answer, which have the form of a
// challenge.
func answered(t *testing.T, value string) Challenge {
	t.Helper()
	c := ParseChallenges([]string{value})
	if len(c) != 1 || !c[0].Is("Digest") {
		t.Fatalf("%q is no answer of Digest", value)
	}
	return c[0]
}

// TestDigestExamples has the examples of RFC 7616, Section 3.9, the second one
// with the corrections of its errata, and variations of that in RFC 2617, Section
// 3.5, whose responses Python's hashlib has computed.
func TestDigestExamples(t *testing.T) {
	for _, test := range []struct {
		name, challenge, cnonce string
		user, password, target  string
		want                    map[string]string
	}{
		{
			"MD5", `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
			"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "Mufasa", "Circle of Life", "/dir/index.html",
			map[string]string{"username": "Mufasa", "nc": "00000001", "qop": "auth", "uri": "/dir/index.html", "opaque": "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", "response": "8ca523f5e9506fed4657c9700eebdbec"},
		},
		{
			"SHA-256", `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
			"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "Mufasa", "Circle of Life", "/dir/index.html",
			map[string]string{"algorithm": "SHA-256", "response": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
		},
		{
			"SHA-512-256 and userhash", `Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true`,
			"NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v", "J\u00e4s\u00f8n Doe", "Secret, or not?", "/doe.json",
			map[string]string{"userhash": "true", "username": "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b", "response": "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"},
		},
		{
			"no quality of protection", `Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"`,
			"", "Mufasa", "CircleOfLife", "/dir/index.html",
			map[string]string{"response": "1949323746fe6a43ef61f9606e7febea", "nc": "", "cnonce": "", "algorithm": ""},
		},
		{
			"MD5-sess", `Digest realm="testrealm@host.com", qop=auth, algorithm=MD5-sess, nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"`,
			"0a4f113b", "Mufasa", "Circle Of Life", "/dir/index.html",
			map[string]string{"algorithm": "MD5-sess", "cnonce": "0a4f113b", "response": "8e3825c57e897f5a0dec6c2d4e5059d0"},
		},
	} {
		d, err := newDigest(ParseChallenges([]string{test.challenge})[0], nil)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		d.cnonce = test.cnonce
		got := answered(t, d.answer(test.user, test.password, "GET", test.target))
		for name, want := range test.want {
			if got := got.Param(name); got != want {
				t.Errorf("%s: %s is %q, want %q", test.name, name, got, want)
			}
		}
	}
}

// A session keeps its secret over all requests with one nonce; only the count
// changes.
func TestDigestCount(t *testing.T) {
	for _, algorithm := range []string{"MD5", "MD5-sess", "SHA-256", "SHA-256-sess"} {
		d, err := newDigest(ParseChallenges([]string{`Digest realm=r, qop=auth, nonce=n, algorithm=` + algorithm})[0], bytes.NewReader(make([]byte, 16)))
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, want := range []string{"00000001", "00000002", "00000003"} {
			a := answered(t, d.answer("u", "p", "GET", "/"))
			if a.Param("nc") != want || a.Param("cnonce") != strings.Repeat("0", 32) || seen[a.Param("response")] {
				t.Errorf("%s: %v, want the count %s, the same cnonce and another response", algorithm, a.Params, want)
			}
			seen[a.Param("response")] = true
		}
	}
}

func TestDigestUserName(t *testing.T) {
	for _, test := range []struct{ user, params, want string }{
		{"alice", "", `username="alice"`},
		{`a "b" \c`, "", `username="a \"b\" \\c"`},
		{"J\u00e4s\u00f8n Doe+", ", charset=utf-8", `username*=UTF-8''J%C3%A4s%C3%B8n%20Doe%2B`},
		{"J\u00e4s\u00f8n", "", "username=\"J\u00e4s\u00f8n\""},
	} {
		d, err := newDigest(ParseChallenges([]string{`Digest realm="a \"b\"", nonce=n` + test.params})[0], nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.answer(test.user, "p", "GET", "/"); !strings.HasPrefix(got, "Digest "+test.want+`, realm="a \"b\"", nonce="n", uri="/"`) {
			t.Errorf("%s: %s, want %s", test.user, got, test.want)
		}
	}
}

func TestDigestRefused(t *testing.T) {
	for _, test := range []struct{ challenge, want string }{
		{`Digest realm=r, nonce=n, algorithm=SHA-1`, `algorithm "SHA-1"`},
		{`Digest realm=r, nonce=n, algorithm=MD5-sess-sess`, `algorithm "MD5-sess-sess"`},
		{`Digest realm=r, nonce=n, qop="auth-int"`, `"auth-int" of Digest, expected auth`},
		{`Digest realm=r`, "without a nonce"},
		{"Digest realm=\"a\x01b\", nonce=n", "control character in the realm"},
	} {
		_, err := newDigest(ParseChallenges([]string{test.challenge})[0], nil)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.challenge, err, test.want)
		}
	}
	failing := errors.New("no luck")
	_, err := newDigest(ParseChallenges([]string{"Digest nonce=n"})[0], failingReader{failing})
	if !errors.Is(err, failing) {
		t.Errorf("without randomness: %v, want %v", err, failing)
	}
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }
