package render

import (
	"bufio"
	"bytes"

	"wscope/wsproto"
)

// An includer writes the heads of responses in front of the data that another
// renderer writes to the same place, and the body of a refusal.
type includer struct {
	Renderer
	out      *bufio.Writer
	terminal bool
	secrets  bool
}

func (w *includer) Render(e Event) error {
	switch e := e.(type) {
	case *Handshake:
		if e.Role == wsproto.Client {
			return w.include(e.response(w.secrets))
		}
	case *Detour:
		h := e.response(w.secrets)
		h.raw, h.body = h.raw[:len(h.raw)-len(h.body)], nil
		return w.include(h)
	case *Exchange:
		for _, raw := range e.Interim {
			if err := w.include(parseHead(raw, w.secrets)); err != nil {
				return err
			}
		}
		return w.include(e.response(w.secrets))
	}
	return w.Renderer.Render(e)
}

// include writes a head as it was on the wire, or for a terminal one line below
// the other.
func (w *includer) include(h head) error {
	if !h.begun {
		return nil
	}
	body := h.body
	if !w.terminal {
		if len(parseHead(h.raw, true).body) > 0 {
			body = nil // it is part of raw
		}
		w.out.Write(h.raw)
		_, err := w.out.Write(body)
		return err
	}
	b := append(AppendEscaped(nil, []byte(h.line)), '\n')
	for _, f := range h.fields {
		b = append(AppendEscaped(b, []byte(f.String())), '\n')
	}
	b = append(b, '\n')
	for line := range bytes.Lines(body) {
		b = append(AppendEscaped(b, bytes.TrimRight(line, "\r\n")), '\n')
	}
	_, err := w.out.Write(b)
	return err
}
