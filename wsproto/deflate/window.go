package deflate

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// A window is the end of what one side has compressed so far, up to the size
// that was agreed on: what its next message may refer to. It takes room as it
// fills, from a pool. The zero value, with max set, is ready to use.
type window struct {
	max  int // a power of two
	room *[]byte
	n    int
	held atomic.Int64 // len(*room), for other goroutines
}

// minRoom is the least room of a window, as an exponent.
const minRoom = 10

// rooms are those that no window uses, by the exponent of their size.
var rooms [MaxWindowBits + 1]sync.Pool

// bytes returns what is in the window, valid until the next add.
func (w *window) bytes() []byte {
	if w.room == nil {
		return nil
	}
	return (*w.room)[:w.n]
}

// last returns at most n bytes of the end of the window.
func (w *window) last(n int) []byte {
	p := w.bytes()
	return p[max(0, len(p)-n):]
}

// add appends p. What is then too far back is dropped.
func (w *window) add(p []byte) {
	if len(p) == 0 {
		return
	}
	if len(p) >= w.max {
		p = p[len(p)-w.max:]
		w.n = 0
	}
	w.reserve(min(w.n+len(p), w.max))
	b := *w.room
	if over := w.n + len(p) - w.max; over > 0 {
		w.n = copy(b, b[over:w.n])
	}
	w.n += copy(b[w.n:], p)
}

// reserve makes room for n bytes.
func (w *window) reserve(n int) {
	if w.room != nil && n <= len(*w.room) {
		return
	}
	exp := max(bits.Len(uint(n-1)), minRoom)
	exp = min(exp, bits.Len(uint(w.max-1)))
	room, ok := rooms[exp].Get().(*[]byte)
	if !ok {
		b := make([]byte, 1<<exp)
		room = &b
	}
	copy(*room, w.bytes())
	old := w.n
	w.free()
	w.room, w.n = room, old
	w.held.Store(int64(len(*room)))
}

// free empties the window and gives its room back.
func (w *window) free() {
	if w.room != nil {
		rooms[bits.Len(uint(len(*w.room)-1))].Put(w.room)
	}
	w.room, w.n = nil, 0
	w.held.Store(0)
}
