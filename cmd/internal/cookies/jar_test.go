package cookies

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func parseURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestJar has the rules of RFC 6265 as they are seen from outside: who gets what
// somebody has set.
func TestJar(t *testing.T) {
	for _, test := range []struct {
		name string
		from string
		set  []string
		// Pairs of a URL and what is sent to it.
		sent [][2]string
	}{
		{"a host's own", "wss://a.example.com/", []string{"k=v"}, [][2]string{
			{"wss://a.example.com/", "k=v"}, {"ws://A.example.COM:8080/x", "k=v"}, {"https://a.example.com/", "k=v"},
			{"wss://example.com/", ""}, {"wss://b.a.example.com/", ""}, {"wss://xa.example.com/", ""},
		}},
		{"for a domain", "wss://a.example.com/", []string{"k=v; Domain=.Example.com"}, [][2]string{
			{"wss://example.com/", "k=v"}, {"wss://b.example.com/", "k=v"}, {"wss://badexample.com/", ""},
		}},
		{"for another domain", "wss://a.example.com/", []string{"k=v; Domain=other.com", "l=w; Domain=b.example.com", "m=x; Domain=com"}, [][2]string{
			{"wss://other.com/", ""}, {"wss://b.example.com/", ""}, {"wss://a.example.com/", ""}, {"wss://b.com/", ""},
		}},
		{"for a public suffix", "wss://a.co.uk/", []string{"k=v; Domain=co.uk"}, [][2]string{{"wss://a.co.uk/", ""}, {"wss://b.co.uk/", ""}}},
		{"of an address", "ws://127.0.0.1:8080/", []string{"k=v", "l=w; Domain=127.0.0.1", "m=x; Domain=0.0.1"}, [][2]string{
			{"ws://127.0.0.1/", "k=v; l=w"}, {"ws://0.0.1/", ""},
		}},
		{"of an IPv6 address", "ws://[::1]:8080/", []string{"k=v"}, [][2]string{{"ws://[::1]/", "k=v"}, {"ws://[::2]/", ""}}},
		{"Secure", "wss://example.com/", []string{"k=v; Secure"}, [][2]string{{"wss://example.com/", "k=v"}, {"ws://example.com/", ""}}},
		{"Secure without TLS", "ws://example.com/", []string{"k=v; Secure"}, [][2]string{{"wss://example.com/", ""}}},
		{"Secure on this machine", "ws://localhost/", []string{"k=v; Secure"}, [][2]string{{"ws://localhost:81/", "k=v"}, {"ws://127.0.0.1/", ""}}},
		{"path", "ws://h/a/b?c=/d", []string{"k=v", "l=w; Path=/", "m=x; Path=/a", "n=y; Path=b"}, [][2]string{
			{"ws://h/a/b", "k=v; m=x; n=y; l=w"}, {"ws://h/a", "k=v; m=x; n=y; l=w"}, {"ws://h/ab", "l=w"}, {"ws://h/", "l=w"},
		}},
		{"path as it is sent", "ws://h/a%2Fb/c", []string{"k=v"}, [][2]string{{"ws://h/a%2Fb/d", "k=v"}, {"ws://h/a/b/d", ""}}},
		{"set again", "ws://h/", []string{"k=v; Path=/", "k=w; Path=/", "k=x; Path=/y"}, [][2]string{{"ws://h/", "k=w"}, {"ws://h/y", "k=x; k=w"}}},
		{"taken back", "ws://h/", []string{"k=v", "l=w", "m=x", "k=; Max-Age=0", "l=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}, [][2]string{{"ws://h/", "m=x"}}},
		{"odd values", "ws://h/", []string{`j={"a":[1,"b"]}; Path=/`, `q="x y"`, "e=", " s = a=b ; HttpOnly", "u=\u00fc"}, [][2]string{
			{"ws://h/", `j={"a":[1,"b"]}; q="x y"; e=; s=a=b; u=` + "\u00fc"},
		}},
		{"no cookies", "ws://h/", []string{"", "=v", "k", "; Path=/", "k=v\x00", "k=v\r"}, [][2]string{{"ws://h/", ""}}},
	} {
		j := NewJar()
		j.Set(parseURL(t, test.from), test.set)
		for _, sent := range test.sent {
			if got := j.Header(parseURL(t, sent[0])); got != sent[1] {
				t.Errorf("%s: %s gets %q, want %q", test.name, sent[0], got, sent[1])
			}
		}
		// What is written to a file and read again does the same.
		again := NewJar()
		for _, c := range j.All() {
			line := string(c.appendLine(nil))
			if err := again.addColumns(strings.TrimSuffix(line, "\n")); err != nil {
				t.Errorf("%s: %q: %v", test.name, line, err)
			}
		}
		for _, sent := range test.sent {
			if got := again.Header(parseURL(t, sent[0])); got != sent[1] {
				t.Errorf("%s, from a file: %s gets %q, want %q", test.name, sent[0], got, sent[1])
			}
		}
	}
}

func TestJarIgnored(t *testing.T) {
	for _, test := range []struct{ field, want string }{
		{"k=v; Domain=other.com", `the cookie "k" is for the domain "other.com", which "a.example.com" is not in`},
		{"k=v; Domain=com", `the cookie "k" is for all hosts below "com", which are not one site's`},
		{"k=v; Secure", `the cookie "k" is Secure and does not come over TLS`},
		{"k=" + strings.Repeat("v", 4096), `the cookie "k" has 4097 bytes, at most 4096 are kept`},
		{"k", "a Set-Cookie field does not begin with a name and an equals sign"},
		{"k=v\x01", "a Set-Cookie field has a control character in it"},
		{"k=v; Max-Age=0", ""},
	} {
		errs := NewJar().Set(parseURL(t, "ws://a.example.com/"), []string{test.field})
		got := ""
		if len(errs) > 0 {
			got = errs[0].Error()
		}
		if got != test.want {
			t.Errorf("Set(%.60q): %q, want %q", test.field, got, test.want)
		}
	}
}

func TestJarAll(t *testing.T) {
	j := NewJar()
	before := time.Now()
	j.Set(parseURL(t, "wss://a.example.com/x/y"), []string{
		"session=1",
		"long=2; Domain=example.com; Path=/; Secure; HttpOnly; Max-Age=3600; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
		"date=3; Expires=Wed, 01 Jan 2200 00:00:00 GMT",
	})
	got := j.All()
	if len(got) != 3 {
		t.Fatalf("All = %+v, want 3 cookies", got)
	}
	if left := got[1].Expires.Sub(before); left < time.Hour || left > time.Hour+time.Minute {
		t.Errorf("Max-Age=3600 expires after %v", left)
	}
	got[1].Expires = time.Time{}
	want := []Cookie{
		{Name: "session", Value: "1", Domain: "a.example.com", HostOnly: true, Path: "/x"},
		{Name: "long", Value: "2", Domain: "example.com", Path: "/", Secure: true, HTTPOnly: true},
		{Name: "date", Value: "3", Domain: "a.example.com", HostOnly: true, Path: "/x", Expires: time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)},
	}
	if !slices.Equal(got, want) {
		t.Errorf("All = %+v, want %+v", got, want)
	}
}

// A server can set cookies for as long as it likes; what is kept and what is sent
// has an end.
func TestJarLimits(t *testing.T) {
	j := NewJar()
	u := parseURL(t, "ws://h/")
	for i := range maxCookies + 10 {
		if errs := j.Set(u, []string{fmt.Sprintf("k%d=%s", i, strings.Repeat("v", 40))}); errs != nil {
			t.Fatal(errs)
		}
	}
	all := j.All()
	if len(all) != maxCookies || all[0].Name != "k10" {
		t.Errorf("%d cookies from %s on, want %d from k10 on", len(all), all[0].Name, maxCookies)
	}
	header := j.Header(u)
	if n := strings.Count(header, ";") + 1; n != maxSent || !strings.HasPrefix(header, "k10=") {
		t.Errorf("%d cookies are sent, want %d: %.50s", n, maxSent, header)
	}
	j = NewJar()
	for i := range 5 {
		j.Set(u, []string{fmt.Sprintf("k%d=%s", i, strings.Repeat("v", 3000))})
	}
	if n := len(j.Header(u)); n > maxHeader || n < 6000 {
		t.Errorf("%d bytes of cookies are sent, want at most %d", n, maxHeader)
	}
}
