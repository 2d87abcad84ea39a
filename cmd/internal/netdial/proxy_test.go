package netdial

import (
	"strings"
	"testing"
)

func TestParseProxy(t *testing.T) {
	for _, test := range []struct {
		in, want       string
		user, password string
		auth           bool
	}{
		{"proxy", "http://proxy:1080", "", "", false},
		{"proxy:3128", "http://proxy:3128", "", "", false},
		{"HTTP://proxy:3128/path?x", "http://proxy:3128", "", "", false},
		{"https://proxy", "https://proxy:443", "", "", false},
		{"socks5://proxy", "socks5://proxy:1080", "", "", false},
		{"socks5h://[::1]:9050", "socks5h://[::1]:9050", "", "", false},
		{"[::1]", "http://[::1]:1080", "", "", false},
		{"http://u:p%40%3A@proxy:1", "http://proxy:1", "u", "p@:", true},
		{"u@x:p@proxy", "http://proxy:1080", "u@x", "p", true},
		{"u@proxy", "http://proxy:1080", "u", "", true},
	} {
		p, err := ParseProxy(test.in)
		if err != nil {
			t.Errorf("ParseProxy(%q): %v", test.in, err)
			continue
		}
		if p.String() != test.want || p.User != test.user || p.Password != test.password || p.HasAuth != test.auth {
			t.Errorf("ParseProxy(%q) = %v, %q, %q, %t", test.in, p, p.User, p.Password, p.HasAuth)
		}
	}
	for _, in := range []string{"", "http://", "ftp://proxy", "socks4://proxy", "proxy:0", "proxy:x", "::1", "http://[::1", "a b", "proxy\r\nX: y", "http://u:secret%0d@proxy", "http://u:secret%zz@proxy", "http://u:secret@", "http://u:secret/x@h:1", "http://u:sec#secret@h", "u:secret?@h"} {
		p, err := ParseProxy(in)
		if err == nil {
			t.Errorf("ParseProxy(%q) = %v, want an error", in, p)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("ParseProxy(%q): %q has the password", in, err)
		}
	}
}

func TestEnvironment(t *testing.T) {
	plain, secure := Target{"example.com", "80", false}, Target{"example.com", "443", true}
	for _, test := range []struct {
		name        string
		environment map[string]string
		target      Target
		want, from  string
	}{
		{"nothing", nil, plain, "", ""},
		{"ws goes by http_proxy", map[string]string{"http_proxy": "a", "https_proxy": "b"}, plain, "a", "http_proxy"},
		{"wss goes by https_proxy", map[string]string{"http_proxy": "a", "https_proxy": "b"}, secure, "b", "https_proxy"},
		{"HTTP_PROXY is not read", map[string]string{"HTTP_PROXY": "a"}, plain, "", ""},
		{"HTTPS_PROXY is", map[string]string{"HTTPS_PROXY": "a"}, secure, "a", "HTTPS_PROXY"},
		{"lower case goes first", map[string]string{"HTTPS_PROXY": "a", "https_proxy": "b"}, secure, "b", "https_proxy"},
		{"all_proxy", map[string]string{"all_proxy": "a"}, plain, "a", "all_proxy"},
		{"ALL_PROXY is the last", map[string]string{"ALL_PROXY": "a", "http_proxy": "b"}, plain, "b", "http_proxy"},
		{"not to an address of this machine", map[string]string{"all_proxy": "a"}, Target{"127.0.0.2", "80", false}, "", ""},
		{"not to a name of this machine", map[string]string{"all_proxy": "a"}, Target{"x.localhost", "80", false}, "", ""},
	} {
		e := Environment{Getenv: func(name string) string { return test.environment[name] }}
		if got, from := e.Proxy(test.target); got != test.want || from != test.from {
			t.Errorf("%s: Proxy = %q of %q, want %q of %q", test.name, got, from, test.want, test.from)
		}
	}
}

func TestNoProxy(t *testing.T) {
	for _, test := range []struct {
		list, host string
		want       bool
	}{
		{"", "example.com", false},
		{"*", "example.com", true},
		{"example.com", "example.com", true},
		{"example.com", "EXAMPLE.com.", true},
		{"example.com", "a.example.com", true},
		{".example.com", "example.com", true},
		{"example.com.", "a.example.com", true},
		{"example.com", "notexample.com", false},
		{"a.example.com", "example.com", false},
		{"a, b example.com", "example.com", true},
		{",,", "example.com", false},
		{".", "example.com", false},
		{"a,*", "example.com", false},
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.0/24", "192.0.2.77", true},
		{"192.0.2.0/24", "192.0.3.77", false},
		{"[2001:db8::1]", "2001:db8:0::1", true},
		{"2001:db8::/32", "2001:db8::77", true},
		{"2.1", "192.0.2.1", false},
		{"fe80::1", "fe80::1%eth0", true},
		{"127.0.0.1", "::ffff:127.0.0.1", true},
	} {
		if got := NoProxy(test.list, test.host); got != test.want {
			t.Errorf("NoProxy(%q, %q) = %t, want %t", test.list, test.host, got, test.want)
		}
	}
}
