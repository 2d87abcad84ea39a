package lineedit

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/chzyer/readline"
)

// A key is one thing that the user did. Code is a control character or one of
// the negative codes of package readline and below.
type key struct {
	code rune
	text string // of keyText, keyPaste and keyBroken
}

const (
	keyText   rune = -100 - iota // typed characters
	keyPaste                     // a paste, its line ends as \n
	keyBroken                    // typed bytes, or a paste, that are not UTF-8
	keyDelete                    // the Delete key, which unlike Ctrl-D never means the end
	keyEOF                       // the end of the input
)

const (
	pasteBegin = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

// maxSequence is longer than the escape sequence of any key.
const maxSequence = 64

// A keyParser turns the bytes of a terminal into keys. Pieces may end anywhere.
type keyParser struct {
	buf     []byte // not yet understood
	pasting bool
	scanned int // bytes of buf, while pasting, that hold no pasteEnd
}

// feed returns the keys that b completes. A lone Esc waits for the byte after
// it.
func (p *keyParser) feed(b []byte) []key {
	p.buf = append(p.buf, b...)
	var keys []key
	rest := p.buf
	for len(rest) > 0 {
		k, n := p.next(rest)
		if n == 0 {
			break
		}
		rest = rest[n:]
		if k.code != 0 {
			keys = append(keys, k)
		}
	}
	switch len(rest) {
	case 0:
		p.buf = nil // it may have held a long paste
	case len(p.buf): // a long paste may come in many pieces
	default:
		p.buf = append(p.buf[:0], rest...)
	}
	return keys
}

// next decodes the first key of b and says how many bytes it took. A code of 0
// is nothing that anyone has a use for; n == 0 asks for more bytes.
func (p *keyParser) next(b []byte) (k key, n int) {
	switch c := b[0]; {
	case p.pasting:
		return p.paste(b)
	case c == readline.CharEsc:
		return p.escape(b)
	case c == '\n':
		return key{code: readline.CharEnter}, 1
	case c == readline.CharCtrlH:
		return key{code: readline.CharBackspace}, 1
	case isControl(c):
		return key{code: rune(c)}, 1
	}
	code := keyText
	for n < len(b) && !isControl(b[n]) && utf8.FullRune(b[n:]) {
		r, size := utf8.DecodeRune(b[n:])
		if broken := r == utf8.RuneError && size == 1; n == 0 && broken {
			code = keyBroken
		} else if broken != (code == keyBroken) {
			break
		}
		n += size
	}
	return key{code: code, text: string(b[:n])}, n
}

func (p *keyParser) paste(b []byte) (key, int) {
	i := bytes.Index(b[p.scanned:], []byte(pasteEnd))
	if i < 0 {
		p.scanned = max(0, len(b)-len(pasteEnd)+1)
		return key{}, 0
	}
	i += p.scanned
	p.pasting, p.scanned = false, 0
	k := key{code: keyBroken, text: string(b[:i])}
	if utf8.ValidString(k.text) {
		k = key{code: keyPaste, text: strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(k.text)}
	}
	return k, i + len(pasteEnd)
}

func (p *keyParser) escape(b []byte) (key, int) {
	if len(b) == 1 {
		return key{}, 0
	}
	switch c := b[1]; {
	case c == '[':
		return p.csi(b)
	case c == 'O':
		if len(b) < 3 {
			return key{}, 0
		}
		if isControl(b[2]) {
			return key{}, 2
		}
		return key{code: cursorKey(b[2], false)}, 3
	case c == 'b', c == 'B':
		return key{code: readline.MetaBackward}, 2
	case c == 'f', c == 'F':
		return key{code: readline.MetaForward}, 2
	case c == 'd', c == 'D':
		return key{code: readline.MetaDelete}, 2
	case c == readline.CharBackspace, c == readline.CharCtrlH:
		return key{code: readline.MetaBackspace}, 2
	}
	// An Esc before anything else has no meaning, what follows it has.
	return key{}, 1
}

// csi decodes a control sequence: parameters, intermediate bytes, a final byte.
func (p *keyParser) csi(b []byte) (key, int) {
	i := 2
	if len(b) > i && b[i] == '[' { // the function keys of the Linux console
		if len(b) == i+1 {
			return key{}, 0
		}
		return key{}, i + 2
	}
	for i < min(len(b), maxSequence) && b[i] >= 0x20 && b[i] <= 0x3F {
		i++
	}
	switch {
	case i == maxSequence:
		return key{}, i // no key is that long
	case i == len(b):
		return key{}, 0
	case b[i] < 0x40 || b[i] > 0x7E:
		return key{}, i // cut off by another key
	}
	number, modifier, _ := strings.Cut(string(b[2:i]), ";")
	// Shift alone is 2: it selects, elsewhere.
	word := modifier > "2"
	if b[i] != '~' {
		return key{code: cursorKey(b[i], word)}, i + 1
	}
	var code rune
	switch number {
	case "1", "7":
		code = readline.CharLineStart
	case "4", "8":
		code = readline.CharLineEnd
	case "3":
		code = keyDelete
		if word {
			code = readline.MetaDelete
		}
	case "200":
		p.pasting = true
	}
	return key{code: code}, i + 1
}

func cursorKey(final byte, word bool) rune {
	switch {
	case final == 'A':
		return readline.CharPrev
	case final == 'B':
		return readline.CharNext
	case final == 'C' && word:
		return readline.MetaForward
	case final == 'C':
		return readline.CharForward
	case final == 'D' && word:
		return readline.MetaBackward
	case final == 'D':
		return readline.CharBackward
	case final == 'H':
		return readline.CharLineStart
	case final == 'F':
		return readline.CharLineEnd
	}
	return 0
}

func isControl(c byte) bool { return c < 0x20 || c == 0x7F }
