package render

import (
	"bufio"
	"bytes"
	"unicode/utf8"

	"wscope/wsproto"
)

// newMessages returns a renderer of the payloads of received messages, in the
// form for a pipe or in that for a terminal. The pieces of one message have to
// follow each other.
func newMessages(out *bufio.Writer, o Options) Renderer {
	if o.Terminal {
		return &terminalMessages{out: out, palette: newPalette(o.Color), as: o.BinaryAs, limit: preview(o.MaxPreview, -1)}
	}
	delim := o.Delimiter
	if delim == "" {
		delim = "\n"
	}
	return &plainMessages{out: out, delim: delim, as: o.BinaryAs}
}

// plainMessages writes text as its bytes and the delimiter, and binary as its
// bytes, or encoded and with a newline.
type plainMessages struct {
	out   *bufio.Writer
	delim string
	enc   encoder
	as    BinaryAs
}

func (w *plainMessages) Render(e Event) error {
	m, ok := asMessage(e)
	if !ok || m.Dir != Received {
		return nil
	}
	if m.Opcode != wsproto.OpText && w.as != BinaryRaw {
		return w.enc.write(w.out, m, w.as)
	}
	_, err := w.out.Write(m.Payload)
	if m.Done && m.Opcode == wsproto.OpText {
		_, err = w.out.WriteString(w.delim)
	}
	return err
}

func (w *plainMessages) Flush() error { return w.out.Flush() }

// terminalMessages shows a message escaped, in a line of its own. A line feed
// in it is shown as one and followed by a line break and two blanks: text of
// several lines stays readable, and no message can pass for two.
type terminalMessages struct {
	out     *bufio.Writer
	palette *palette
	buf     []byte
	enc     encoder
	as      BinaryAs
	limit   int

	// The rest is about the message that is being shown.
	shown   int    // bytes shown
	omitted uint64 // bytes left out
	// carry is the end of a piece that cannot be shown before the next one is
	// there: part of a character, or a backslash.
	carry  [utf8.UTFMax]byte
	held   int
	joined []byte // the carry and the piece after it
	broken bool   // a line feed was shown last
}

func (w *terminalMessages) Render(e Event) error {
	m, ok := asMessage(e)
	if !ok || m.Dir != Received {
		return nil
	}
	text := m.Opcode == wsproto.OpText
	if !text && w.as != BinaryRaw {
		return w.enc.write(w.out, m, w.as)
	}
	if m.Start {
		w.shown, w.omitted, w.held, w.broken = 0, 0, 0, false
	}
	b := w.buf[:0]
	if text {
		b = w.appendText(b, m)
	} else {
		b = w.appendBinary(b, m.Payload)
	}
	if m.Done {
		if w.omitted > 0 {
			b = append(b, "...  "...)
			b = append(b, w.palette.faint.on...)
			b = append(appendCount(append(b, '('), w.omitted, "byte"), " cut)"...)
			b = append(b, w.palette.faint.off...)
		}
		b = append(b, '\n')
	}
	_, err := w.out.Write(b)
	w.buf = shrink(b)
	return err
}

func (w *terminalMessages) Flush() error { return w.out.Flush() }

// take cuts p to what may still be shown of the message.
func (w *terminalMessages) take(p []byte, text bool) []byte {
	if w.omitted > 0 {
		w.omitted += uint64(len(p))
		return nil
	}
	limit := w.limit
	if limit >= 0 {
		limit = max(0, limit-w.shown)
	}
	head, omitted := cut(p, limit, text)
	w.shown += len(head)
	w.omitted += uint64(omitted)
	return head
}

func (w *terminalMessages) appendBinary(b, p []byte) []byte {
	later := w.shown > 0
	if p = w.take(p, false); len(p) == 0 {
		return b
	}
	if later {
		b = append(b, ' ')
	}
	b = append(b, w.palette.bytes.on...)
	b = appendHex(b, p)
	return append(b, w.palette.bytes.off...)
}

func (w *terminalMessages) appendText(b []byte, m *Message) []byte {
	p := m.Payload
	if w.held > 0 {
		w.joined = append(append(w.joined[:0], w.carry[:w.held]...), p...)
		p = w.joined
		w.held = 0
	}
	if !m.Done {
		n := heldBack(p)
		w.held = copy(w.carry[:], p[len(p)-n:])
		p = p[:len(p)-n]
	}
	return w.appendLines(b, w.take(p, true))
}

// heldBack returns how many bytes at the end of p may be shown in another way
// once it is known what follows: the start of a character, or of what reads as
// an escape.
func heldBack(p []byte) int {
	n := len(p)
	switch {
	case n > 0 && p[n-1] == '\\':
		return 1
	case n > 1 && p[n-2] == '\\' && p[n-1] == 'u':
		return 2
	}
	for i := 1; i <= n && i < utf8.UTFMax; i++ {
		if utf8.RuneStart(p[n-i]) {
			if utf8.FullRune(p[n-i:]) {
				return 0
			}
			return i
		}
	}
	return 0
}

// appendLines appends p escaped. A line feed is followed by a line break as soon
// as there is more of the message.
func (w *terminalMessages) appendLines(b, p []byte) []byte {
	for len(p) > 0 {
		if w.broken {
			b = append(b, "\n  "...)
			w.broken = false
		}
		line, rest, found := bytes.Cut(p, []byte{'\n'})
		b = AppendEscaped(b, line)
		if found {
			b = w.palette.faint.append(b, "␊")
			w.broken = true
		}
		p = rest
	}
	return b
}
