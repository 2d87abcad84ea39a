package wsproto

import (
	"strings"
	"testing"
)

func TestResolve(t *testing.T) {
	for _, test := range []struct{ base, location, want string }{
		{"ws://h/", "/b", "ws://h/b"},
		{"ws://h:8080/a/b?c=d", "/e?f=g#h", "ws://h:8080/e?f=g"},
		{"ws://h/a/b?c=d", "e", "ws://h/a/e"},
		{"ws://h/a/b?c=d", "../e", "ws://h/e"},
		{"ws://h/a/b?c=d", "?e", "ws://h/a/b?e"},
		{"ws://h/a/b", "", "ws://h/a/b"},
		{"ws://h/a/b?c=/d", "e", "ws://h/a/e"},
		{"wss://h/a", "//other:444/b", "wss://other:444/b"},
		{"ws://h/a", "http://other/b%2Fc?d=[e]", "ws://other/b%2Fc?d=[e]"},
		{"ws://h/a", "HTTPS://h/a", "wss://h/a"},
		{"ws://h/a", "wss://h", "wss://h/"},
		{"wss://h/a", "ws://h/a", "ws://h/a"},
		{"ws://[::1]:8080/a", "b", "ws://[::1]:8080/b"},
		{"ws://h/", "/a b", "ws://h/a%20b"},
		{"ws://h/a%2Fb/c", "d", "ws://h/a%2Fb/d"},
		{"ws://u:p@h/", "/b", "ws://h/b"},
	} {
		base, err := ParseURL(test.base)
		if err != nil {
			t.Fatal(err)
		}
		got, err := base.Resolve(test.location)
		if err != nil || got.String() != test.want {
			t.Errorf("%s.Resolve(%q) = %s, %v, want %s", test.base, test.location, got, err, test.want)
		}
	}
}

func TestResolveUserinfo(t *testing.T) {
	base := URL{Host: "h", Port: "80", Target: "/", Userinfo: "u:p"}
	for _, location := range []string{"/b", "b", "http://v:q@other/"} {
		if got, err := base.Resolve(location); err != nil || got.Userinfo != "" {
			t.Errorf("Resolve(%q) = %+v, %v, want no user information", location, got, err)
		}
	}
}

func TestResolveZone(t *testing.T) {
	base := URL{Host: "fe80::1%eth0", Port: "80", Target: "/"}
	for _, location := range []string{"/b", "b"} {
		if got, err := base.Resolve(location); err != nil || got.Host != base.Host {
			t.Errorf("Resolve(%q) = %+v, %v, want the host %s", location, got, err, base.Host)
		}
	}
}

func TestResolveRefuses(t *testing.T) {
	for _, location := range []string{
		"ftp://h/", "javascript:alert(1)", "file:///etc/passwd", "http:/h/", "mailto:a@b", "http://", "ws:", "//", "http://h:99999/",
		"/a\r\nX: y", "/a\x00", "/\x7f", "http://h\t/", "%zz:x", "\x01",
	} {
		if got, err := (URL{Host: "h", Port: "80", Target: "/"}).Resolve(location); err == nil {
			t.Errorf("Resolve(%q) = %+v, want an error", location, got)
		}
	}
}

func TestSameOrigin(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"ws://h/a", "ws://H:80/b?c", true},
		{"wss://h/", "wss://h:443/", true},
		{"ws://h/", "wss://h/", false},
		{"ws://h:443/", "wss://h:443/", false},
		{"ws://h/", "ws://h:81/", false},
		{"ws://h/", "ws://h.example/", false},
		{"ws://[::1]/", "ws://[::1]:80/", true},
	} {
		a, err := ParseURL(test.a)
		if err != nil {
			t.Fatal(err)
		}
		b, err := ParseURL(test.b)
		if err != nil {
			t.Fatal(err)
		}
		if a.SameOrigin(b) != test.want || b.SameOrigin(a) != test.want {
			t.Errorf("SameOrigin(%s, %s) is not %v", test.a, test.b, test.want)
		}
	}
}

func FuzzResolve(f *testing.F) {
	f.Add("/a/b?c=d", "../e?f#g")
	f.Add("/", "https://u:p@h:1/x")
	f.Fuzz(func(t *testing.T, target, location string) {
		base, err := ParseURL("ws://h:8080/" + strings.TrimPrefix(target, "/"))
		if err != nil {
			return
		}
		next, err := base.Resolve(location)
		if err != nil {
			return
		}
		again, err := ParseURL(next.String())
		if err != nil || again != next {
			t.Errorf("%q from %q is %+v, which reads as %+v, %v", location, base, next, again, err)
		}
	})
}
