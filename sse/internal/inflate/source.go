package inflate

import (
	"encoding/binary"
	"io"
)

const (
	inputSize = 4 << 10
	// maxEmptyReads is how often in a row a reader may return nothing at all.
	maxEmptyReads = 100
)

// A source is the input, and the bits of it that come next. Bits are taken from
// the lowest of a byte on.
//
// RFC 1951, Section 3.1.1.
type source struct {
	r    io.Reader
	buf  [inputSize]byte
	pos  int   // of the next byte in buf that is not loaded
	end  int   // of what has arrived
	base int64 // offset in the input of buf[0]
	err  error // of r, which comes after what has arrived

	acc uint64 // loaded bits, the next one lowest; zeros above them
	n   uint   // how many
}

// offset returns where in the input the byte with the next bit is.
func (s *source) offset() int64 { return s.base + int64(s.pos) - int64(s.n+7)>>3 }

// arrived returns how many bytes can be loaded without a wait.
func (s *source) arrived() int { return s.end - s.pos }

// fill reads once, or until there is something. All that had arrived is loaded.
func (s *source) fill() error {
	if s.err != nil {
		return s.err
	}
	s.base += int64(s.end)
	s.pos, s.end = 0, 0
	for range maxEmptyReads {
		n, err := s.r.Read(s.buf[:])
		s.end, s.err = n, err
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	s.err = io.ErrNoProgress
	return s.err
}

// load loads what has arrived, up to 56 bits and more.
func (s *source) load() {
	if s.arrived() >= 8 {
		s.acc |= binary.LittleEndian.Uint64(s.buf[s.pos:]) << (s.n & 63)
		n := (63 - s.n) >> 3
		s.pos += int(n)
		s.n += 8 * n
		s.acc &= 1<<(s.n&63) - 1
		return
	}
	for s.n <= 56 && s.pos < s.end {
		s.loadByte()
	}
}

func (s *source) loadByte() {
	s.acc |= uint64(s.buf[s.pos]) << (s.n & 63)
	s.pos++
	s.n += 8
}

// need loads n bits, at most 56, and waits for those that are not there yet.
func (s *source) need(n uint) error {
	for s.n < n {
		if s.pos == s.end {
			if err := s.fill(); err != nil {
				return err
			}
		}
		s.loadByte()
	}
	return nil
}

// drop takes n bits that are loaded.
func (s *source) drop(n uint) {
	s.acc >>= n & 63
	s.n -= n
}

// take takes n bits, at most 32. The input must not end there.
func (s *source) take(n uint) (uint32, error) {
	if err := inside(s.need(n)); err != nil {
		return 0, err
	}
	v := uint32(s.acc & (1<<n - 1))
	s.drop(n)
	return v, nil
}

// align drops what is left of a byte.
func (s *source) align() { s.drop(s.n & 7) }

// some takes at least one byte and at most n of what has arrived, bits being
// aligned. The input must not end there. The bytes are copied to p.
func (s *source) some(p []byte) (int, error) {
	if s.n > 0 {
		p[0] = byte(s.acc)
		s.drop(8)
		return 1, nil
	}
	if s.pos == s.end {
		if err := inside(s.fill()); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.buf[s.pos:s.end])
	s.pos += n
	return n, nil
}

// inside is the error of an input that must not end.
func inside(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
