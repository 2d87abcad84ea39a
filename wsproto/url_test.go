package wsproto

import (
	"strings"
	"testing"
)

func TestParseURL(t *testing.T) {
	for _, tt := range []struct {
		in                 string
		addr, host, target string
		secure             bool
		userinfo           string
	}{
		{"ws://example.com", "example.com:80", "example.com", "/", false, ""},
		{"wss://example.com", "example.com:443", "example.com", "/", true, ""},
		{"WS://Example.COM/Path", "Example.COM:80", "Example.COM", "/Path", false, ""},
		{"ws://h:80/", "h:80", "h", "/", false, ""},
		{"wss://h:80/", "h:80", "h:80", "/", true, ""},
		{"ws://h:8080/a/../b?c=%2f&d", "h:8080", "h:8080", "/a/../b?c=%2f&d", false, ""},
		{"ws://h?q", "h:80", "h", "/?q", false, ""},
		{"ws://h/?a=http://x@y", "h:80", "h", "/?a=http://x@y", false, ""},
		{"ws://u:p@w@h/", "h:80", "h", "/", false, "u:p@w"},
		{"ws://127.0.0.1:9/", "127.0.0.1:9", "127.0.0.1:9", "/", false, ""},
		{"ws://[::1]:9001/x", "[::1]:9001", "[::1]:9001", "/x", false, ""},
		{"ws://[::1]", "[::1]:80", "[::1]", "/", false, ""},
		{"ws://[fe80::1%eth0]/", "[fe80::1%eth0]:80", "[fe80::1]", "/", false, ""},
		{"ws://[fe80::1%25eth0]/", "[fe80::1%eth0]:80", "[fe80::1]", "/", false, ""},
		{"ws://caf\u00e9.example/\u00e9", "caf\u00e9.example:80", "caf\u00e9.example", "/\u00e9", false, ""},
	} {
		u, err := ParseURL(tt.in)
		if err != nil {
			t.Errorf("ParseURL(%q): %v", tt.in, err)
			continue
		}
		if u.Addr() != tt.addr || u.HostField() != tt.host || u.Target != tt.target || u.Secure != tt.secure || u.Userinfo != tt.userinfo {
			t.Errorf("ParseURL(%q) = %+v: dial %q, Host %q", tt.in, u, u.Addr(), u.HostField())
		}
		if s := u.String(); strings.Contains(s, "p@w") || !strings.HasSuffix(s, tt.target) {
			t.Errorf("%q is shown as %q", tt.in, s)
		}
	}
	for _, tt := range []struct{ in, want string }{
		{"", "no scheme"}, {"example.com", "no scheme"}, {"http://h/", `scheme "http"`}, {"://h", `scheme ""`},
		{"ws://h/#f", "fragment"}, {"ws://h#", "fragment"},
		{"ws://", "no host"}, {"ws:///x", "no host"}, {"ws://u@/", "no host"}, {"ws://:80/", "no host"},
		{"ws://h:/", ""}, {"ws://h:0/", `port "0"`}, {"ws://h:65536/", "port"}, {"ws://h:x/", "port"}, {"ws://h:+1/", "port"},
		{"ws://::1/", "brackets"}, {"ws://[::1/", "no ]"}, {"ws://[h]/", "not an IPv6"}, {"ws://[::1]x/", "unexpected"}, {"ws://[1.2.3.4]/", "not an IPv6"},
		{"ws://h/a b", "%20"}, {"ws://h/a\r\nX: y", "%0D"}, {"ws://h/\x7f", "%7F"}, {"ws://a\\b/", "not allowed in a host"},
	} {
		u, err := ParseURL(tt.in)
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("ParseURL(%q): %v", tt.in, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("ParseURL(%q) = %+v, %v, want %q", tt.in, u, err, tt.want)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	f.Add("ws://u:p@h:1/x?y")
	f.Add("wss://[fe80::1%25eth0]:443")
	f.Fuzz(func(t *testing.T, s string) {
		u, err := ParseURL(s)
		if err != nil {
			return
		}
		if u.Target[0] != '/' || strings.ContainsAny(u.Target+u.HostField(), " \r\n\x00\t#") || u.Host == "" || u.Port == "" {
			t.Errorf("ParseURL(%q) = %+v", s, u)
		}
		again, err := ParseURL(u.String())
		if err != nil || again.Target != u.Target || again.HostField() != u.HostField() || again.Secure != u.Secure {
			t.Errorf("ParseURL(%q) = %+v, and of that %+v, %v", s, u, again, err)
		}
	})
}

// What is wrong with a URL is told without the password in it.
func TestParseURLSecrets(t *testing.T) {
	for _, s := range []string{
		"ws://alice:s3cret@h:99999/", "ftp://alice:s3cret@h/", "alice:s3cret@h", `ws://alice:"s3cret@h<`,
		"ws://alice:s3cret@h/#fragment", "ws://alice:s3cret@h@i:x?y",
		"ws://alice:s3cret/x@h/", "alice:s3cret/x@h", "ws://alice:s3cret#x@h/", "ws://alice:s3cret?x@h:1/",
	} {
		if _, err := ParseURL(s); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("ParseURL(%q) = %v, want an error without the password", s, err)
		}
	}
}
