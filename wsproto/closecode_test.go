package wsproto

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCloseCodeOnWire(t *testing.T) {
	legal := func(c CloseCode) bool {
		switch {
		case c >= 1000 && c <= 1003, c >= 1007 && c <= 1014, c >= 3000 && c <= 4999:
			return true
		}
		return false
	}
	for c := range 1 << 16 {
		if got := CloseCode(c).OnWire(); got != legal(CloseCode(c)) {
			t.Errorf("%d: OnWire is %v", c, got)
		}
	}
}

func TestCloseCodeString(t *testing.T) {
	for c, want := range map[CloseCode]string{
		1000: "1000 normal closure", 1006: "1006 abnormal closure", 1016: "1016 unassigned",
		3000: "3000 unauthorized", 3003: "3003 forbidden", 3008: "3008 timeout", 3001: "3001 registered by libraries", 4999: "4999 private use", 5000: "5000 unassigned",
	} {
		if got := c.String(); got != want {
			t.Errorf("%d: %q, want %q", c, got, want)
		}
	}
}

func TestParseClosePayload(t *testing.T) {
	for _, tt := range []struct {
		name, payload string
		code          CloseCode
		reason        string
		broken        CloseCode
	}{
		{"empty", "", CloseNoStatus, "", 0},
		{"one byte", "\x03", CloseNoStatus, "", CloseProtocolError},
		{"code", "\x03\xe8", 1000, "", 0},
		{"code and reason", "\x0f\xa0bye", 4000, "bye", 0},
		{"longest", "\x03\xe8" + strings.Repeat("x", MaxReason), 1000, strings.Repeat("x", MaxReason), 0},
		{"bad code", "\x03\xedno", 1005, "no", CloseProtocolError},
		{"zero", "\x00\x00", 0, "", CloseProtocolError},
		{"bad reason", "\x03\xe8\xff", 1000, "\xff", CloseInvalidPayload},
		{"bad both", "\x03\xee\xff", 1006, "\xff", CloseProtocolError},
		{"half a character", "\x03\xe8\xc3", 1000, "\xc3", CloseInvalidPayload},
	} {
		code, reason, broken := ParseClosePayload([]byte(tt.payload))
		if code != tt.code || reason != tt.reason || (broken == nil) != (tt.broken == 0) || broken != nil && broken.Code != tt.broken {
			t.Errorf("%s: %d, %q, %v", tt.name, code, reason, broken)
		}
	}
}

func FuzzClosePayload(f *testing.F) {
	f.Add([]byte(nil))
	f.Add([]byte("\x03"))
	f.Add([]byte("\x03\xe8bye"))
	f.Add([]byte("\x03\xed\xff"))
	f.Fuzz(func(t *testing.T, p []byte) {
		code, reason, broken := ParseClosePayload(p)
		if len(p) != 1 && code != CloseNoStatus {
			if got := AppendClosePayload(nil, code, reason); !bytes.Equal(got, p) {
				t.Errorf("% x was read as %d %q, which is written as % x", p, code, reason, got)
			}
		}
		if legal := len(p) == 0 || len(p) > 1 && code.OnWire() && utf8.ValidString(reason); legal != (broken == nil) {
			t.Errorf("% x: %v", p, broken)
		}
	})
}
