package render

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

var escapeTests = []struct {
	name, in, want string
}{
	{"plain", "hello, world", "hello, world"},
	{"empty", "", ""},
	{"letters", "Grüße, 世界, שלום, हिन्दी", "Grüße, 世界, שלום, हिन्दी"},
	{"emoji", "🎉👍🏽", "🎉👍🏽"},
	{"joined emoji", "👨\u200d👩", `👨\u{200d}👩`},
	{"JSON keeps its backslashes", `{"a":"x\ny\u0041\"\\"}`, `{"a":"x\ny\u0041\"\\"}`},
	{"C0", "\x00\t\n\r\x1b\x1f", "␀␉␊␍␛␟"},
	{"DEL", "\x7f", "␡"},
	{"title of the window", "\x1b]0;owned\a", "␛]0;owned␇"},
	{"clipboard", "\x1b]52;c;cm0gLXJm\x1b\\", `␛]52;c;cm0gLXJm␛\`},
	{"C1", "\u0080\u009b31m\u009f", `\u{80}\u{9b}31m\u{9f}`},
	{"C1 as bytes", "\x80\x9b31m\x9f", `\x80\x9b31m\x9f`},
	{"cut character", "caf\xc3", `caf\xc3`},
	{"overlong", "\xc0\xaf", `\xc0\xaf`},
	{"surrogate", "\xed\xa0\x80", `\xed\xa0\x80`},
	{"beyond Unicode", "\xf4\x90\x80\x80", `\xf4\x90\x80\x80`},
	{"replacement character", "\ufffd", "\ufffd"},
	{"bidi embedding", "\u202a\u202b\u202c\u202d\u202e", `\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}`},
	{"bidi isolates", "\u2066\u2067\u2068\u2069", `\u{2066}\u{2067}\u{2068}\u{2069}`},
	{"bidi marks", "\u200e\u200f\u061c", `\u{200e}\u{200f}\u{61c}`},
	{"separators", "\u2028\u2029\u0085", `\u{2028}\u{2029}\u{85}`},
	{"byte order mark", "\ufeff", `\u{feff}`},
	{"zero width", "a\u200bb\u200cc\u2060d\u00ade", `a\u{200b}b\u{200c}c\u{2060}d\u{ad}e`},
	{"fillers", "\u3164\uffa0\u115f\u2800", `\u{3164}\u{ffa0}\u{115f}\u{2800}`},
	{"variation selectors", "❤\ufe0f\U000e0100", `❤\u{fe0f}\u{e0100}`},
	{"tags", "\U000e0041\U000e007f", `\u{e0041}\u{e007f}`},
	{"private use", "\ue000\U0010ffff", `\u{e000}\u{10ffff}`},
	{"unassigned", "\u0378", `\u{378}`},
	{"no-break and ideographic spaces", "a\u00a0b\u3000c", "a\u00a0b\u3000c"},
	{"mark on a letter", "e\u0301", "e\u0301"},
	{"mark on nothing", "\u0301e", `\u{301}e`},
	{"mark on an escape", "\n\u0301", `␊\u{301}`},
	{"tower of marks", "e\u0301\u0302\u0303\u0304\u0305\u0306x", "e\u0301\u0302\u0303\u0304" + `\u{305}\u{306}x`},
	{"literal picture", "␛[31m", `\u{241b}[31m`},
	{"literal byte escape", `\x1b`, `\x5cx1b`},
	{"literal character escape", `\u{202e}`, `\x5cu{202e}`},
	{"literal of an escaped literal", `\x5cx1b`, `\x5cx5cx1b`},
	{"two backslashes", `\\x1b`, `\\x5cx1b`},
	{"backslash at the end", `C:\`, `C:\`},
	{"backslash before a control", "\\\x1b", `\␛`},
}

func TestEscape(t *testing.T) {
	for _, test := range escapeTests {
		t.Run(test.name, func(t *testing.T) {
			if got := Escape(test.in); got != test.want {
				t.Errorf("Escape(%+q) = %+q, want %+q", test.in, got, test.want)
			}
			if got := string(AppendEscaped([]byte("> "), []byte(test.in))); got != "> "+test.want {
				t.Errorf("AppendEscaped(%+q) = %+q", test.in, got)
			}
		})
	}
}

// unescape is the inverse of Escape.
func unescape(t *testing.T, s string) string {
	t.Helper()
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r >= '␀' && r <= '␟':
			b.WriteByte(byte(r - '␀'))
		case r == '␡':
			b.WriteByte(0x7F)
		case strings.HasPrefix(s, `\x`):
			c, err := strconv.ParseUint(s[2:4], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			b.WriteByte(byte(c))
			size = 4
		case strings.HasPrefix(s, `\u{`):
			hex, _, _ := strings.Cut(s[3:], "}")
			c, err := strconv.ParseUint(hex, 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			b.WriteRune(rune(c))
			size = len(`\u{}`) + len(hex)
		default:
			b.WriteRune(r)
		}
		s = s[size:]
	}
	return b.String()
}

// checkHarmless fails the test if s could do anything to a terminal. It judges
// by the categories of Unicode, not by the tables of the package.
func checkHarmless(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Fatalf("%+q is not UTF-8", s)
	}
	for _, r := range s {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp, unicode.Bidi_Control,
			unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
			t.Fatalf("%+q has %U in it", s, r)
		}
	}
}

// The ranges that are not looked up are what the tables say.
func TestCommonCharacters(t *testing.T) {
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		if isCommon(r) && (!unicode.IsGraphic(r) || unicode.Is(inkless, r) || unicode.Is(unicode.M, r) || r >= '␀' && r <= '␡') {
			t.Errorf("%U is not common", r)
		}
	}
}

var escapeSeeds = func() (seeds []string) {
	for _, test := range escapeTests {
		seeds = append(seeds, test.in)
	}
	return seeds
}()

func FuzzEscape(f *testing.F) {
	for _, s := range escapeSeeds {
		f.Add([]byte(s), 3)
	}
	f.Fuzz(func(t *testing.T, p []byte, limit int) {
		in := string(p)
		got := string(AppendEscaped(nil, p))
		checkHarmless(t, got)
		if back := unescape(t, got); back != in {
			t.Fatalf("%+q is shown as %+q, which reads as %+q", in, got, back)
		}
		if len(got) > 4*len(in) {
			t.Fatalf("%d bytes became %d", len(in), len(got))
		}
		if got2 := Escape(in); got2 != got {
			t.Fatalf("Escape(%+q) = %+q, AppendEscaped gives %+q", in, got2, got)
		}
		if !bytes.Equal(p, []byte(in)) {
			t.Fatal("the argument was changed")
		}

		head, omitted := cut(p, limit, true)
		if len(head)+omitted != len(p) || limit >= 0 && len(head) > limit {
			t.Fatalf("cut(%+q, %d) = %+q, %d", p, limit, head, omitted)
		}
		if utf8.Valid(p) && !utf8.Valid(head) {
			t.Fatalf("cut(%+q, %d) splits a character: %+q", p, limit, head)
		}
	})
}

func BenchmarkAppendEscaped(b *testing.B) {
	for name, s := range map[string]string{
		"ASCII":   strings.Repeat("plain text ", 100),
		"mixed":   strings.Repeat("Grüße 世界 ", 60),
		"hostile": strings.Repeat("\x1b[31m\u202e\xff", 100),
	} {
		b.Run(name, func(b *testing.B) {
			var dst []byte
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				dst = AppendEscaped(dst[:0], []byte(s))
			}
		})
	}
}

func TestEscapeText(t *testing.T) {
	for in, want := range map[string]string{
		`"a\x1bb" is bad`: `"a\x1bb" is bad`,
		"a\x1b[31m\u202e": `a␛[31m\u{202e}`,
		"":                "",
	} {
		if got := EscapeText(in); got != want {
			t.Errorf("EscapeText(%q) = %q, want %q", in, got, want)
		}
	}
}
