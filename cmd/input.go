package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// A splitter cuts what is piped in into messages.
type splitter struct {
	in        io.Reader
	delimiter []byte // nil: all of the input is one message
	// idle runs before the input is waited for. It may be nil.
	idle func() error

	buf     []byte
	r, w    int
	scanned int // bytes from r that hold no delimiter
	offset  int64
	n       int
	eof     bool
}

// next returns the next message, which is valid until the next call, and io.EOF
// at the end of the input. A last message needs no delimiter after it.
func (s *splitter) next() ([]byte, error) {
	for {
		if s.delimiter != nil {
			if i := bytes.Index(s.buf[s.r+s.scanned:s.w], s.delimiter); i >= 0 {
				return s.take(s.scanned+i, len(s.delimiter)), nil
			}
			s.scanned = max(0, s.w-s.r-len(s.delimiter)+1)
		}
		if s.eof {
			if s.r == s.w {
				return nil, io.EOF
			}
			return s.take(s.w-s.r, 0), nil
		}
		if s.idle != nil {
			if err := s.idle(); err != nil {
				return nil, err
			}
		}
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
}

// take hands out length bytes and goes past a delimiter of the given length.
func (s *splitter) take(length, delimiter int) []byte {
	p := s.buf[s.r : s.r+length]
	s.r += length + delimiter
	s.offset += int64(length + delimiter)
	s.scanned = 0
	s.n++
	if string(s.delimiter) == "\n" && delimiter > 0 {
		p = bytes.TrimSuffix(p, []byte("\r"))
	}
	return p
}

const inputBuffer = 64 << 10

func (s *splitter) fill() error {
	switch {
	case s.buf == nil:
		s.buf = make([]byte, inputBuffer)
	case s.r > 0:
		s.w = copy(s.buf, s.buf[s.r:s.w])
		s.r = 0
	case s.w == len(s.buf):
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	n, err := s.in.Read(s.buf[s.w:])
	s.w += n
	switch {
	case errors.Is(err, io.EOF):
		s.eof = true
	case err != nil:
		return &fileError{fmt.Errorf("reading stdin: %w", err)}
	}
	return nil
}

// where says which message was handed out last.
func (s *splitter) where() string {
	if string(s.delimiter) == "\n" {
		return fmt.Sprintf("stdin, line %d", s.n)
	}
	return fmt.Sprintf("stdin, message %d", s.n)
}
