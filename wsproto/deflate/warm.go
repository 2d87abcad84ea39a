package deflate

import (
	"slices"
	"sync"
)

// maxWarm is how many connections may keep a compressor between two messages.
// With a context to carry over that is many times faster than to fill one from
// the window, but a compressor takes up to a mebibyte.
const maxWarm = 32

// maxIdle is after how many messages of others a connection that sends nothing
// loses its compressor to the next. Without it, connections that take turns
// would take the compressors from each other before they use them.
const maxIdle = 32 * maxWarm

// A shelf has the writers that know the context of a connection.
type shelf struct {
	mu    sync.Mutex
	idle  []*writer // the one used last at the end
	count uint64    // messages so far
}

var warmWriters shelf

// put leaves w on the shelf for c and reports whether there was room for it. The
// caller loses w in any case.
func (s *shelf) put(c *Codec, w *writer) bool {
	s.mu.Lock()
	s.count++
	kept, other := true, (*writer)(nil)
	if len(s.idle) == maxWarm {
		if other = s.idle[0]; s.count-other.last > maxIdle {
			other.of = nil
			s.idle = append(s.idle[:0], s.idle[1:]...)
		} else {
			kept, other = false, w
		}
	}
	if kept {
		w.of, w.last = c, s.count
		s.idle = append(s.idle, w)
	}
	s.mu.Unlock()
	if other != nil {
		other.free()
	}
	return kept
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
