package cmd

import (
	"errors"
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	for _, tt := range []struct {
		in   string
		url  string // as it is shown
		addr string
		note string
	}{
		{"ws://example.com/chat", "ws://example.com/chat", "example.com:80", ""},
		{"wss://example.com", "wss://example.com/", "example.com:443", ""},
		{"WSS://Example.com/A%2fb?Q#", "", "", ""},
		{"http://example.com/", "ws://example.com/", "example.com:80", ""},
		{"HTTPS://example.com:8443?x", "wss://example.com:8443/?x", "example.com:8443", ""},
		{"ws://[::1]:8080/", "ws://[::1]:8080/", "[::1]:8080", ""},

		{"localhost:8080", "ws://localhost:8080/", "localhost:8080", "ws://, since localhost is"},
		{"LocalHost", "ws://LocalHost/", "LocalHost:80", "ws://"},
		{"chat.localhost/a", "ws://chat.localhost/a", "chat.localhost:80", "ws://"},
		{"127.8.0.1:1/x", "ws://127.8.0.1:1/x", "127.8.0.1:1", "ws://"},
		{"[::1]:9/x", "ws://[::1]:9/x", "[::1]:9", "ws://, since ::1 is"},
		{"[::1]", "ws://[::1]/", "[::1]:80", "ws://"},
		{":8080/path", "ws://localhost:8080/path", "localhost:8080", "ws://"},
		{"user:pass@localhost:1/@x", "ws://localhost:1/@x", "localhost:1", "ws://"},
		{"example.com", "wss://example.com/", "example.com:443", "wss://"},
		{"example.com:8080/a?b=c", "wss://example.com:8080/a?b=c", "example.com:8080", "wss://"},
		{"192.168.0.1", "wss://192.168.0.1/", "192.168.0.1:443", "wss://"},
		{"localhost.example.com", "wss://localhost.example.com/", "localhost.example.com:443", "wss://"},
		{"wss://BÜCHER.example:8443/ü", "wss://xn--bcher-kva.example:8443/ü", "xn--bcher-kva.example:8443", ""},
		{"example.com/?next=http://localhost/", "wss://example.com/?next=http://localhost/", "example.com:443", "wss://"},

		{"", "", "", ""},
		{"ftp://example.com/", "", "", ""},
		{"file:///etc/passwd", "", "", ""},
		{"mailto:a@example.com", "wss://example.com/", "example.com:443", "wss://"},
		{"://example.com", "", "", ""},
		{"ws:/example.com", "", "", ""},
		{"HTTPS:example.com", "", "", ""},
		{"ws:8080/x", "wss://ws:8080/x", "ws:8080", "wss://"},
		{" \tws://example.com/a  ", "ws://example.com/a", "example.com:80", ""},
		{"ws:127.0.0.1:18080/", "", "", ""},
		{"wss:80a/", "", "", ""},
		{"ws//example.com", "", "", ""},
		{"18080", "", "", ""},
		{"https:444", "wss://https:444/", "https:444", "wss://"},
		{"::1", "", "", ""},
		{"ws://ü\u2028.example/", "", "", ""},
		{"example.com/\r\nX-Evil: 1", "", "", ""},
	} {
		got, err := parseTarget(tt.in)
		if tt.url == "" {
			var e *exitError
			if !errors.As(err, &e) || e.code != exitURL || e.hint == "" {
				t.Errorf("parseTarget(%q) = %v, %v, want a failure with status %d and a hint", tt.in, got.url, err, exitURL)
			}
			continue
		}
		if err != nil || got.url.String() != tt.url || got.url.Addr() != tt.addr {
			t.Errorf("parseTarget(%q) = %v at %s, %v, want %s at %s", tt.in, got.url, got.url.Addr(), err, tt.url, tt.addr)
		}
		if (got.note == "") != (tt.note == "") || !strings.Contains(got.note, "took "+tt.note) && tt.note != "" {
			t.Errorf("parseTarget(%q) notes %q, want it to say that it took %q", tt.in, got.note, tt.note)
		}
	}
}

func TestUserinfo(t *testing.T) {
	for _, tt := range []struct{ url, want string }{
		{"ws://alice:secret@h/", "alice:secret"},
		{"ws://alice@h/", "alice:"},
		{"ws://a%3Ab:p%40ss:word@h/", "a:b:p@ss:word"},
		{"ws://@h/", ":"},
		{"ws://%zz:x@h/", ""},
		{"ws://x:%z@h/", ""},
	} {
		target, err := parseTarget(tt.url)
		if err != nil {
			t.Errorf("parseTarget(%q): %v", tt.url, err)
			continue
		}
		user, password, whole, err := target.userinfo()
		got := user + ":" + password
		if err != nil {
			got = ""
		}
		if got != tt.want || (err != nil) != (tt.want == "") || err == nil && whole != strings.Contains(target.url.Userinfo, ":") {
			t.Errorf("userinfo of %q = %q, %v, want %q", tt.url, got, err, tt.want)
		}
	}
}
