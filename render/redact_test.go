package render

import "testing"

func TestRedactURLs(t *testing.T) {
	for in, want := range map[string]string{
		"":                                 "",
		"nothing here":                     "nothing here",
		"ws://host/path":                   "ws://host/path",
		"mail a@b":                         "mail a@b",
		"ws://user:pass@host/":             "ws://[redacted]@host/",
		"ws://token@host":                  "ws://[redacted]@host",
		"ws://a:p@ss@host:80/x@y":          "ws://[redacted]@host:80/x@y",
		"ws://host/a@b?c@d#e@f":            "ws://host/a@b?c@d#e@f",
		"from ws://a:b@c to wss://d:e@f/g": "from ws://[redacted]@c to wss://[redacted]@f/g",
		`parse "ws://a:b@c/": bad`:         `parse "ws://[redacted]@c/": bad`,
		"ws://[::1]:80/":                   "ws://[::1]:80/",
		"://@":                             "://[redacted]@",
		"see ws://h and a@b":               "see ws://h and a@b",
	} {
		if got := RedactURLs(in); got != want {
			t.Errorf("RedactURLs(%q) = %q, want %q", in, got, want)
		}
	}
}
