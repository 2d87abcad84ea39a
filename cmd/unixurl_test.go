package cmd

import "testing"

func TestParseUnixURL(t *testing.T) {
	for _, test := range []struct {
		in, path, url string
	}{
		{"ws+unix:/run/app.sock:/chat?x=1", "/run/app.sock", "ws://localhost/chat?x=1"},
		{"ws+unix:///run/app.sock:/chat", "/run/app.sock", "ws://localhost/chat"},
		{"ws+unix://app.sock:/", "app.sock", "ws://localhost/"},
		{"WSS+unix:app.sock:/", "app.sock", "wss://localhost/"},
		{"ws+unix:app.sock", "app.sock", "ws://localhost/"},
		{"ws+unix:/run/a:b.sock:/x", "/run/a:b.sock", "ws://localhost/x"},
		{"ws+unix:@name:/x?u=http://h/", "@name", "ws://localhost/x?u=http://h/"},
		{"http+unix:/s:/events", "/s", "ws://localhost/events"},
	} {
		got, err := parseTarget(test.in)
		if err != nil || got.unix != test.path || got.url.String() != test.url {
			t.Errorf("parseTarget(%q) = %q, %q, %v, want %q, %q", test.in, got.unix, got.url, err, test.path, test.url)
		}
		if stream, err := parseStreamTarget(test.in); err != nil || stream.unix != test.path {
			t.Errorf("parseStreamTarget(%q) = %q, %v", test.in, stream.unix, err)
		}
	}
	for _, in := range []string{"ws+unix:", "ws+unix://", "ws+unix::/x", "ws+unix:/s:/a b", "ws+unix:/s:/x#y", "ws+unix:/s\n:/x"} {
		if got, err := parseTarget(in); err == nil {
			t.Errorf("parseTarget(%q) = %q, %q, want an error", in, got.unix, got.url)
		}
	}
}
