package inflate

import "encoding/binary"

const (
	windowSize = 32 << 10
	maxLength  = 258
	// outputRoom is what a symbol may write: the bytes it stands for, and what a copy
	// in steps of 8 bytes writes beyond them.
	outputRoom = maxLength + 7
)

// A window is what was decoded last: what distances can refer to, followed by
// what has not been handed out.
type window struct {
	buf  [2 * windowSize]byte
	from int // of what has not been handed out
	end  int
}

// reset forgets what has been handed out, which is all.
func (w *window) reset() { w.from, w.end = 0, 0 }

// pending returns how many bytes have not been handed out.
func (w *window) pending() int { return w.end - w.from }

// free returns how many bytes there is room for as it is.
func (w *window) free() int { return len(w.buf) - w.end }

// take hands out as much as p holds.
func (w *window) take(p []byte) int {
	n := copy(p, w.buf[w.from:w.end])
	w.from += n
	return n
}

// room makes room for n bytes and reports whether there is, which is so if all has
// been handed out.
func (w *window) room(n int) bool {
	if w.free() >= n {
		return true
	}
	if w.pending() > 0 {
		return false
	}
	copy(w.buf[:], w.buf[w.end-windowSize:w.end])
	w.from, w.end = windowSize, windowSize
	return true
}

// repeat appends length bytes that begin distance bytes before the end. The window
// has outputRoom and as many bytes.
func (w *window) repeat(length, distance int) {
	repeat(w.buf[:], w.end, length, distance)
	w.end += length
}

// repeat is that, at an end which the caller keeps. It may write up to 7 bytes
// beyond what it appends.
func repeat(buf []byte, end, length, distance int) {
	from := end - distance
	if distance >= 8 && length <= 64 {
		for to := end + length; end < to; end, from = end+8, from+8 {
			binary.LittleEndian.PutUint64(buf[end:], binary.LittleEndian.Uint64(buf[from:]))
		}
		return
	}
	// What overlaps repeats itself: each copy has twice as much to copy from.
	for to := end + length; end < to; {
		end += copy(buf[end:to], buf[from:end])
	}
}
