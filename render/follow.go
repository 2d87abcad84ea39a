package render

import "wscope/wsproto"

// openMessages knows the fragmented message that is open in each direction of
// each connection, since a continuation frame does not tell what it continues.
type openMessages struct {
	open map[stream]wsproto.Opcode
}

type stream struct {
	conn int
	dir  Direction
}

// follow takes note of f and returns the opcode that says how its payload is to
// be read: its own, for a continuation frame that of its message, or
// OpContinuation if there is none. Control frames leave the message open.
func (m *openMessages) follow(f *Frame) wsproto.Opcode {
	of := m.advance(f)
	if f.Continues != 0 && f.Header.Opcode == wsproto.OpContinuation {
		return f.Continues // frames before it may have been left out
	}
	return of
}

func (m *openMessages) advance(f *Frame) wsproto.Opcode {
	op := f.Header.Opcode
	if op.IsControl() || op.IsReserved() {
		return op
	}
	if f.Header.FIN && len(m.open) == 0 {
		return op
	}
	s := stream{f.Conn, f.Dir}
	of, inside := m.open[s]
	switch {
	case op == wsproto.OpContinuation && inside:
		if f.Header.FIN {
			delete(m.open, s)
		}
		return of
	case op == wsproto.OpContinuation || f.Header.FIN:
		// A stray continuation opens nothing; a whole message inside a
		// fragmented one breaks a rule and leaves that one open.
		return op
	}
	if m.open == nil {
		m.open = map[stream]wsproto.Opcode{}
	}
	m.open[s] = op
	return op
}

// forget drops what is known of a connection that has ended.
func (m *openMessages) forget(conn int) {
	delete(m.open, stream{conn, Sent})
	delete(m.open, stream{conn, Received})
}

// readingOf says how the payload of f is shown, given what follow returned.
func readingOf(f *Frame, of wsproto.Opcode) reading {
	if f.Encoded && !f.inflated() {
		return asBytes
	}
	switch of {
	case wsproto.OpText:
		if f.Header.RSV != 0 && !f.Encoded { // an extension has changed it in some way
			return asEither
		}
		return asText
	case wsproto.OpBinary:
		return asBytes
	case wsproto.OpClose:
		return asClose
	}
	return asEither
}
