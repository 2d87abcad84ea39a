package zstd

import "io"

const (
	minBuffer = 4 << 10
	// maxEmptyReads is how often in a row a reader may return nothing at all.
	maxEmptyReads = 100
)

// A source is the input. Its buffer grows with what has arrived, not with what
// has been announced.
type source struct {
	r      io.Reader
	buf    []byte
	pos    int   // of the next byte in buf
	end    int   // of what has arrived
	offset int64 // of the next byte in the input
	err    error // of r, which comes after what has arrived
}

// peek returns the next n bytes without taking them, waiting for those that are
// not there yet and for no more. With an error it returns what there is. The
// bytes are valid until the next peek.
func (s *source) peek(n int) (part, error) {
	for s.end-s.pos < n && s.err == nil {
		s.fill()
	}
	if got := s.end - s.pos; got < n {
		return s.peeked(got), s.err
	}
	return s.peeked(n), nil
}

func (s *source) peeked(n int) part {
	return part{s.buf[s.pos : s.pos+n : s.pos+n], s.offset}
}

// inside is peek where the input must not end.
func (s *source) inside(n int) (part, error) {
	p, err := s.peek(n)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return p, err
}

// some takes at least one byte and at most n of what has arrived. The input must
// not end there.
func (s *source) some(n int) (part, error) {
	if _, err := s.inside(1); err != nil {
		return part{}, err
	}
	p := s.peeked(min(n, s.end-s.pos))
	s.skip(len(p.data))
	return p, nil
}

// skip takes n bytes, which have been peeked at.
func (s *source) skip(n int) {
	s.pos += n
	s.offset += int64(n)
}

// fill reads once, or until there is something.
func (s *source) fill() {
	switch {
	case s.pos == s.end:
		s.pos, s.end = 0, 0
	case s.end == len(s.buf) && s.pos > 0:
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.pos = 0
	}
	if s.end == len(s.buf) {
		grown := make([]byte, max(minBuffer, 2*len(s.buf)))
		copy(grown, s.buf)
		s.buf = grown
	}
	for range maxEmptyReads {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if s.err = err; n > 0 || err != nil {
			return
		}
	}
	s.err = io.ErrNoProgress
}
