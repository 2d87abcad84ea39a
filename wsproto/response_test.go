package wsproto_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"wscope/wsproto"
)

// TestSloppyRefusal: a refusal is one, and is shown, whatever its header is like.
func TestSloppyRefusal(t *testing.T) {
	for _, tt := range []struct{ name, header, value string }{
		{"escape sequence in a value", "X-Reason: \x1b[31mno\r\n", "\x1b[31mno"},
		{"a line without a colon", "X-Reason: no\r\nsorry\r\n", "no"},
		{"a folded line", "X-Reason: no\r\n sorry\r\n", "no"},
		{"NUL in a value", "X-Reason: no\r\nX: \x00\r\n", "no"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, resp, err := dialPipe(wsproto.Dialer{}, "HTTP/1.1 403 Forbidden\r\n"+tt.header+"\r\ngo away")
				var refused *wsproto.HandshakeError
				if !errors.As(err, &refused) || refused.Kind != wsproto.HandshakeRefused {
					t.Fatalf("got error %v, want a refusal", err)
				}
				if got := resp.Fields.Value("X-Reason"); got != tt.value {
					t.Errorf("X-Reason is %q, want %q", got, tt.value)
				}
				if string(resp.Body) != "go away" {
					t.Errorf("body %q, want %q", resp.Body, "go away")
				}
			})
		})
	}
}
