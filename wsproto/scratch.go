package wsproto

import "sync"

// scratch are the buffers that no connection uses.
var scratch sync.Pool // of *[]byte

// maxScratch is the largest buffer that is shared.
const maxScratch = 1 << 20

// A loan is a buffer that is shared by all connections while it is not in use, so
// that one that waits for its peer holds none. The zero value is ready to use.
type loan struct{ box *[]byte }

// take returns an empty buffer. How much fits is chance.
func (l *loan) take() []byte {
	if l.box == nil {
		l.box, _ = scratch.Get().(*[]byte)
	}
	if l.box == nil {
		l.box = new([]byte)
	}
	return (*l.box)[:0]
}

// held reports whether a buffer was taken and not given back.
func (l *loan) held() bool { return l.box != nil }

// giveBack ends the loan with what the buffer has become.
func (l *loan) giveBack(b []byte) {
	box := l.box
	l.box = nil
	if cap(b) == 0 || cap(b) > maxScratch {
		return
	}
	if box == nil {
		box = new([]byte)
	}
	*box = b[:0]
	scratch.Put(box)
}
