package sse

import (
	"bytes"
	"io"
)

// A LineEnd is what ends a line. HTML, Section 9.2.5.
type LineEnd uint8

// The three line ends.
const (
	LF LineEnd = iota
	// CR is also the end of a line whose LF had not arrived when the line was
	// reported. Such a LF is no line of its own: the next line begins after it.
	CR
	CRLF
)

// String returns "LF", "CR" or "CRLF".
func (e LineEnd) String() string {
	switch e {
	case LF:
		return "LF"
	case CR:
		return "CR"
	case CRLF:
		return "CRLF"
	}
	return "no line end"
}

const (
	firstBuffer = 64 << 10
	keepBuffer  = 1 << 20 // a larger buffer is let go of when it is empty
	window      = 8 << 10
	longLine    = 4 << 10 // what is likely to be followed by as much of the line
	maxIdle     = 100     // reads in a row that give nothing
	bom         = "\uFEFF"
)

// A lineReader cuts what a reader gives into lines.
//
// The buffer is looked at in windows that fit the fastest cache: a window is
// searched for a CR and for bytes beyond ASCII once, so that the common stream
// that has neither costs its lines no more than the search for the LF.
type lineReader struct {
	src  io.Reader
	buf  []byte
	base int64 // offset in the stream of buf[0]

	start int // of the line; buf[start:scan] has no line end
	scan  int
	edge  int // end of the window
	end   int // of what was read
	cr    int // of the next CR in buf[scan:edge], edge if there is none

	wide    bool // the window has bytes beyond ASCII
	suspect bool // so has the line, perhaps
	skipLF  bool // a CR was the last byte that was read
	begun   bool // the place of a byte order mark is passed
}

// next returns the next line, which lies at r.buf[from:to], if the buffer has a
// whole one. The common case stands in [Decoder.Next], too.
func (r *lineReader) next() (from, to int, end LineEnd, ok bool) {
	for {
		if i := bytes.IndexByte(r.buf[r.scan:r.cr], '\n'); i >= 0 {
			from, to = r.start, r.scan+i
			r.start, r.scan = to+1, to+1
			return from, to, LF, true
		}
		if r.cr < r.edge {
			from, to = r.start, r.cr
			end = r.afterCR()
			return from, to, end, true
		}
		if r.scan = r.edge; r.scan == r.end {
			return 0, 0, 0, false
		}
		r.advance()
	}
}

// advance goes on to the next window, or past it if it is but a part of a long
// line.
func (r *lineReader) advance() {
	r.edge = min(r.scan+window, r.end)
	if r.scan-r.start >= longLine && inner(r.buf[r.scan:r.edge]) {
		r.scan, r.cr, r.wide = r.edge, r.edge, false
		return
	}
	var cr bool
	cr, r.wide = inspect(r.buf[r.scan:r.edge])
	r.suspect = r.wide || r.suspect && r.start < r.scan
	r.cr = r.edge
	if cr {
		r.findCR()
	}
}

func (r *lineReader) findCR() {
	r.cr = r.edge
	if i := bytes.IndexByte(r.buf[r.scan:r.edge], '\r'); i >= 0 {
		r.cr = r.scan + i
	}
}

// afterCR goes past a line end that begins with a CR. A CR that is the last byte
// ends its line at once: an event must not wait for the byte after it.
func (r *lineReader) afterCR() LineEnd {
	end, next := CR, r.cr+1
	switch {
	case next == r.end:
		r.skipLF = true
	case r.buf[next] == '\n':
		end = CRLF
		next++
	}
	r.start, r.scan = next, next
	r.edge = max(r.edge, next)
	r.findCR()
	return end
}

// fill reads once more. What next returned before is lost.
func (r *lineReader) fill() error {
	r.makeRoom()
	for range maxIdle {
		n, err := r.src.Read(r.buf[r.end:])
		r.end += n
		if n > 0 && r.skipMark() || err != nil {
			r.skipLateLF()
			return err
		}
		if r.end == len(r.buf) {
			r.makeRoom()
		}
	}
	return io.ErrNoProgress
}

// skipMark goes past a byte order mark, of which the stream may have one at its
// very beginning, and reports whether what was read is ripe to be looked at.
func (r *lineReader) skipMark() bool {
	if r.begun {
		return true
	}
	p := r.buf[:r.end]
	switch {
	case len(p) < len(bom) && string(p) == bom[:len(p)]:
		return false
	case len(p) >= len(bom) && string(p[:len(bom)]) == bom:
		r.start, r.scan, r.edge, r.cr = len(bom), len(bom), len(bom), len(bom)
	}
	r.begun = true
	return true
}

// skipLateLF goes past a LF that belongs to the CR before it.
func (r *lineReader) skipLateLF() {
	if !r.skipLF || r.start == r.end {
		return
	}
	r.skipLF = false
	if r.buf[r.start] == '\n' {
		r.start++
		r.scan, r.edge, r.cr = r.start, r.start, r.start
	}
}

// makeRoom makes sure that there is room to read into. The buffer grows with
// the line that it holds, and with nothing else.
func (r *lineReader) makeRoom() {
	kept := r.end - r.start
	switch {
	case r.begun && kept == 0:
		if len(r.buf) > keepBuffer || r.buf == nil {
			r.buf = make([]byte, firstBuffer)
		}
	case r.buf == nil:
		r.buf = make([]byte, firstBuffer)
		return
	case r.end < len(r.buf):
		return
	case kept > len(r.buf)/4:
		grown := make([]byte, 2*len(r.buf))
		copy(grown, r.buf[r.start:r.end])
		r.buf = grown
	default:
		copy(r.buf, r.buf[r.start:r.end])
	}
	shift := r.start
	r.base += int64(shift)
	r.start, r.scan, r.edge, r.cr, r.end = 0, r.scan-shift, r.edge-shift, r.cr-shift, kept
}

// moves reports whether the next fill moves or overwrites what lies before the
// line that is being read.
func (r *lineReader) moves() bool { return r.end == r.start || r.end == len(r.buf) }
