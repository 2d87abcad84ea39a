package lineedit

import (
	"strings"
	"testing"

	"github.com/chzyer/readline"
	"github.com/google/go-cmp/cmp"
)

func TestKeyParser(t *testing.T) {
	text := func(s string) key { return key{keyText, s} }
	code := func(r rune) key { return key{code: r} }
	for _, c := range []struct {
		in   string
		want []key
	}{
		{"", nil},
		{"abc", []key{text("abc")}},
		{"a\rb\n", []key{text("a"), code(readline.CharEnter), text("b"), code(readline.CharEnter)}},
		{"\x01\x7f\x08", []key{code(readline.CharLineStart), code(readline.CharBackspace), code(readline.CharBackspace)}},
		{"日本", []key{text("日本")}},
		{"a\xff\xfeb\xff", []key{text("a"), {keyBroken, "\xff\xfe"}, text("b"), {keyBroken, "\xff"}}},
		{"\uFFFD", []key{text("\uFFFD")}},
		{pasteBegin + "caf\xe9\r" + pasteEnd + "b", []key{{keyBroken, "caf\xe9\r"}, text("b")}},
		{"\x1b[A\x1bOB", []key{code(readline.CharPrev), code(readline.CharNext)}},
		{"\x1b[1;5C\x1b[1;3D\x1b[1;2C", []key{code(readline.MetaForward), code(readline.MetaBackward), code(readline.CharForward)}},
		{"\x1b[3~\x1b[3;5~", []key{code(keyDelete), code(readline.MetaDelete)}},
		{"\x1b[7~\x1b[8~", []key{code(readline.CharLineStart), code(readline.CharLineEnd)}},
		{"\x1bb\x1bf\x1bd\x1b\x7f", []key{code(readline.MetaBackward), code(readline.MetaForward), code(readline.MetaDelete), code(readline.MetaBackspace)}},
		{"\x1b\x1b[D", []key{code(readline.CharBackward)}},
		{"\x1b\x03", []key{code(readline.CharInterrupt)}},
		{"\x1b[1;\x03", []key{code(readline.CharInterrupt)}},
		{"\x1bO\x03", []key{code(readline.CharInterrupt)}},
		{"\x1b[" + strings.Repeat("1", maxSequence) + "x", []key{text("11x")}},
		{pasteBegin + "a\r\nb\rc\nd" + pasteEnd + "e", []key{{keyPaste, "a\nb\nc\nd"}, text("e")}},
		{pasteBegin + pasteEnd, []key{{keyPaste, ""}}},
		{pasteBegin + "\x1b[A\x1b[201" + pasteEnd, []key{{keyPaste, "\x1b[A\x1b[201"}}},
		// Nothing of what is cut off may show up as text.
		{"a\x1b", []key{text("a")}},
		{"\x1b[1;5", nil},
		{"\xe6\x97", nil},
		{pasteBegin + "abc", nil},
	} {
		var p keyParser
		if diff := cmp.Diff(c.want, p.feed([]byte(c.in)), cmp.AllowUnexported(key{})); diff != "" {
			t.Errorf("%q at once (-want +got):\n%s", c.in, diff)
		}
		if got, want := joinText(bytewise(c.in)), joinText(c.want); !cmp.Equal(got, want, cmp.AllowUnexported(key{})) {
			t.Errorf("%q byte by byte: %v, want %v", c.in, got, want)
		}
	}
}

func bytewise(s string) (keys []key) {
	var p keyParser
	for _, b := range []byte(s) {
		keys = append(keys, p.feed([]byte{b})...)
	}
	return keys
}

// joinText makes one key of the text that came in several.
func joinText(keys []key) (joined []key) {
	for _, k := range keys {
		if n := len(joined); n > 0 && k.code != keyPaste && k.text != "" && joined[n-1].code == k.code {
			joined[n-1].text += k.text
			continue
		}
		joined = append(joined, k)
	}
	return joined
}

func FuzzKeyParser(f *testing.F) {
	for _, s := range []string{"abc\r", "\x1b[A\x1b[1;5C\x1bOH", pasteBegin + "a\rb" + pasteEnd + "c", "\x1b[[A日\xff\x1b"} {
		f.Add([]byte(s), uint8(3))
	}
	f.Fuzz(func(t *testing.T, b []byte, n uint8) {
		var whole, pieces keyParser
		want := joinText(whole.feed(b))
		var got []key
		for rest, size := b, int(n)+1; len(rest) > 0; {
			size = min(size, len(rest))
			got = append(got, pieces.feed(rest[:size])...)
			rest = rest[size:]
		}
		for _, k := range got {
			if k.code == keyText && strings.ContainsFunc(k.text, func(r rune) bool { return r < 0x20 || r == 0x7F }) {
				t.Errorf("control character in the text %q", k.text)
			}
		}
		if diff := cmp.Diff(want, joinText(got), cmp.AllowUnexported(key{})); diff != "" {
			t.Errorf("in pieces (-want +got):\n%s", diff)
		}
	})
}
