package sse

// A span is a text that was read: it lies in the buffer of lines, or in own.
type span struct {
	from, to int
	lent     bool
	own      []byte
}

func (s *span) lend(from, to int) { s.from, s.to, s.lent = from, to, true }

// set gives the text memory of its own.
func (s *span) set(p []byte) {
	if cap(s.own) > keepBuffer {
		s.own = nil
	}
	s.own = append(s.own[:0], p...)
	s.lent = false
}

// keep makes the text outlive the buffer of lines.
func (s *span) keep(buf []byte) {
	if s.lent {
		s.set(buf[s.from:s.to])
	}
}

func (s *span) clear() { s.from, s.to, s.lent = 0, 0, true }

func (s *span) len() int {
	if s.lent {
		return s.to - s.from
	}
	return len(s.own)
}

func (s *span) text(buf []byte) []byte {
	if s.lent {
		return buf[s.from:s.to:s.to]
	}
	return s.own
}
