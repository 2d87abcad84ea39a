package deflate

import (
	"runtime"
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

// A shelf has the writers that know the context of a connection. Like those in a
// pool, they do not outlive two garbage collections in which nobody has used them;
// so a connection that is idle holds its window alone.
type shelf struct {
	mu      sync.Mutex
	idle    []*writer // the one used last at the end
	count   uint64    // messages so far
	swept   uint64    // count at the last sweep
	watched bool
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
		s.watch()
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

// watch has the shelf swept at the next garbage collection. It is called with mu
// held.
func (s *shelf) watch() {
	if s.watched {
		return
	}
	s.watched = true
	garbage := &struct{ _ *shelf }{}
	runtime.AddCleanup(garbage, (*shelf).sweep, s)
}

// sweep drops the writers that were not used since the last sweep.
func (s *shelf) sweep() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = slices.DeleteFunc(s.idle, func(w *writer) bool {
		if w.last > s.swept {
			return false
		}
		w.of = nil
		return true
	})
	s.swept = s.count
	if s.watched = false; len(s.idle) > 0 {
		s.watch()
	}
}
