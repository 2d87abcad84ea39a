package literal

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestUnescape(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		err      string
	}{
		{"", "", ""},
		{"plain ❤ \xff", "plain ❤ \xff", ""},
		{`\n\r\t\0\a\b\e\f\v\"\'\\`, "\n\r\t\x00\a\b\x1b\f\v\"'\\", ""},
		{`\x00\xfF\u263a\U0001f600`, "\x00\xff☺😀", ""},
		{`a\x41b`, "aAb", ""},
		{`\\n`, `\n`, ""},
		{`\`, "", `at the end`},
		{`ab\q`, "", `\q at offset 2 is no escape`},
		{`\é`, "", `\é at offset 0 is no escape`},
		{`\x4`, "", `\x at offset 0 needs 2 hex digits`},
		{`\xg0`, "", `\x at offset 0 needs 2 hex digits`},
		{`\u12`, "", `\u at offset 0 needs 4 hex digits`},
		{`\x+1`, "", `needs 2`},
		{`\ud800`, "", `\ud800 at offset 0 is no character`},
		{`\Uffffffff`, "", `is no character`},
	} {
		got, err := Unescape(tt.in)
		if string(got) != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("Unescape(%q) = %q, %v, want %q, %q", tt.in, got, err, tt.want, tt.err)
		}
	}
}

// FuzzUnescape holds Unescape against strconv.Unquote.
func FuzzUnescape(f *testing.F) {
	for _, s := range []string{`\n`, `\x00\u263a\U0001f600`, `\`, `\\\"`, "\xff", `\e\0`, `a\tb`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Unescape(s)
		if len(got) > len(s) {
			t.Errorf("Unescape(%q) = %q is longer", s, got)
		}
		if goDiffers.MatchString(s) || !utf8.ValidString(s) {
			return
		}
		want, wantErr := strconv.Unquote(`"` + s + `"`)
		if (err == nil) != (wantErr == nil) || err == nil && string(got) != want {
			t.Errorf("Unescape(%q) = %q, %v, Go has %q, %v", s, got, err, want, wantErr)
		}
	})
}

// goDiffers matches what a string of Go has in another way: line ends, quotes,
// octal escapes.
var goDiffers = regexp.MustCompile(`[\n"]|\\[0-7e']`)

func TestCheckText(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"ü❤😀\x00\ufffd", ""},
		{"\xff", "byte 0xFF at offset 0"},
		{"ab\xc3(", "byte 0xC3 at offset 2"},
		{"é\xed\xa0\x80", "byte 0xED at offset 2"}, // a surrogate
		{"ok\xf0\x9f\x98", "byte 0xF0 at offset 2"},
		{"\ufffd\xc0\xaf", "byte 0xC0 at offset 3"},
	} {
		err := CheckText([]byte(tt.in))
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("CheckText(%q) = %v, want %q", tt.in, err, tt.want)
		}
	}
}

func TestDuration(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want time.Duration
		ok   bool
	}{
		{"2", 2 * time.Second, true},
		{"0.5", 500 * time.Millisecond, true},
		{"-1", -time.Second, true},
		{"1m30s", 90 * time.Second, true},
		{"10ms", 10 * time.Millisecond, true},
		{"", 0, false},
		{"NaN", 0, false},
		{"1e300", 0, false},
		{"soon", 0, false},
	} {
		if got, err := Duration(tt.in); got != tt.want || (err == nil) != tt.ok {
			t.Errorf("Duration(%q) = %v, %v, want %v", tt.in, got, err, tt.want)
		}
	}
}
