package wsproto

import (
	"testing"
	"unicode/utf8"
)

func TestUTF8Checker(t *testing.T) {
	tests := []struct {
		name, text string
		badAt      int // index of the first byte that cannot be repaired, -1: none
		complete   bool
	}{
		{"empty", "", -1, true},
		{"ASCII", "hello", -1, true},
		{"two, three and four bytes", "\u00e9\u4e16\U0001f600", -1, true},
		{"largest", "\U0010ffff", -1, true},
		{"unfinished", "\xf0\x9f\x98", -1, false},
		{"lone continuation", "a\x80", 1, false},
		{"overlong of two bytes", "\xc0\xaf", 0, false},
		{"overlong of three bytes", "\xe0\x80\x80", 1, false},
		{"overlong of four bytes", "\xf0\x80\x80\x80", 1, false},
		{"surrogate", "\xed\xa0\x80", 1, false},
		{"beyond Unicode", "\xf4\x90\x80\x80", 1, false},
		{"five bytes", "\xf8\x88\x80\x80\x80", 0, false},
		{"cut by ASCII", "\xe4\xb8a", 2, false},
		{"FF", "\xff", 0, false},
	}
	for _, tt := range tests {
		var u utf8Checker
		bad := -1
		for i := range len(tt.text) {
			if !u.write([]byte{tt.text[i]}) {
				bad = i
				break
			}
		}
		if bad != tt.badAt {
			t.Errorf("%s: byte by byte, refused at %d, want %d", tt.name, bad, tt.badAt)
		}
		if bad < 0 && u.complete() != tt.complete {
			t.Errorf("%s: complete is %v, want %v", tt.name, u.complete(), tt.complete)
		}
		for cut := range len(tt.text) + 1 {
			var u utf8Checker
			ok := u.write([]byte(tt.text[:cut])) && u.write([]byte(tt.text[cut:]))
			if ok != (tt.badAt < 0) {
				t.Errorf("%s: cut at %d: accepted is %v", tt.name, cut, ok)
			}
		}
	}
}

func FuzzUTF8Checker(f *testing.F) {
	f.Add([]byte("\u03ba\U0001f600"), 3)
	f.Add([]byte("\xf4\x90\x80\x80"), 1)
	f.Add([]byte("\xed\xa0"), 2)
	f.Fuzz(func(t *testing.T, p []byte, cut int) {
		cut = min(max(cut, 0), len(p))
		var u utf8Checker
		got := u.write(p[:cut]) && u.write(p[cut:]) && u.complete()
		if want := utf8.Valid(p); got != want {
			t.Errorf("%x cut at %d: %v, want %v", p, cut, got, want)
		}
	})
}
