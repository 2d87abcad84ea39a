package deflate

import (
	"slices"
	"sync"
)

// maxWarm is how many connections may keep a compressor between two messages.
// With a context to carry over that is many times faster than to fill one from
// the window, but a compressor takes up to a mebibyte.
const maxWarm = 32

// A shelf has the writers that know the context of a connection. Those that have
// not been used for longest are given up.
type shelf struct {
	mu   sync.Mutex
	idle []*writer // the one used last at the end
}

var warmWriters shelf

// put leaves w on the shelf for c.
func (s *shelf) put(c *Codec, w *writer) {
	var oldest *writer
	s.mu.Lock()
	w.of = c
	if len(s.idle) == maxWarm {
		oldest = s.idle[0]
		oldest.of = nil
		s.idle = append(s.idle[:0], s.idle[1:]...)
	}
	s.idle = append(s.idle, w)
	s.mu.Unlock()
	if oldest != nil {
		oldest.free()
	}
}

// take removes w from the shelf, unless it is no longer there for c.
func (s *shelf) take(c *Codec, w *writer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.of != c {
		return false
	}
	w.of = nil
	i := slices.Index(s.idle, w)
	s.idle = slices.Delete(s.idle, i, i+1)
	return true
}
