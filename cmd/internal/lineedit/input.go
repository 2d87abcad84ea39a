package lineedit

import (
	"io"
	"sync"
	"time"
)

// maxWaiting is how many keys may wait for a ReadLine. The terminal holds back
// what is typed beyond that.
const maxWaiting = 4096

// An input is the queue between the terminal and the engine. It is the reader
// that the engine believes to be its terminal, and gives it one byte for each
// key; the engine's filter then takes the key itself from next. So no byte of
// the terminal is ever interpreted by the engine, and Close needs nothing from
// the terminal to end it.
type input struct {
	mu      sync.Mutex
	changed *sync.Cond
	keys    []key
	marks   int  // keys that the engine has not been told of
	active  bool // a ReadLine is waiting
	ended   bool // of the terminal; the keys before the end still count
	closed  bool

	pumped chan struct{} // closed when nothing reads from the terminal any more
}

func newInput() *input {
	in := &input{}
	in.changed = sync.NewCond(&in.mu)
	return in
}

// start begins to read from r, once.
func (in *input) start(r io.Reader) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.pumped != nil || in.closed {
		return
	}
	in.pumped = make(chan struct{})
	go in.pump(r)
}

func (in *input) pump(r io.Reader) {
	defer close(in.pumped)
	var parser keyParser
	buf := make([]byte, 4096)
	for {
		n, err := r.Read(buf)
		keys := parser.feed(buf[:n])
		in.mu.Lock()
		in.keys = append(in.keys, keys...)
		in.marks += len(keys)
		in.ended = err != nil
		in.changed.Broadcast()
		for len(in.keys) >= maxWaiting && !in.closed {
			in.changed.Wait()
		}
		stop := in.ended || in.closed
		in.mu.Unlock()
		if stop {
			return
		}
	}
}

// Read gives the engine its byte for each key.
func (in *input) Read(p []byte) (int, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for in.marks == 0 && !in.ended && !in.closed {
		in.changed.Wait()
	}
	if in.closed || in.marks == 0 {
		return 0, io.EOF
	}
	n := min(in.marks, len(p))
	for i := range n {
		p[i] = '.'
	}
	in.marks -= n
	return n, nil
}

// Close does nothing; it is close that ends an input.
func (in *input) Close() error { return nil }

// next returns the key that is due, which is keyEOF again and again after the
// last. It waits for a ReadLine, and returns false once the input is closed.
func (in *input) next() (key, bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for !in.closed && !(in.active && (len(in.keys) > 0 || in.ended)) {
		in.changed.Wait()
	}
	if in.closed {
		return key{}, false
	}
	if len(in.keys) == 0 {
		return key{code: keyEOF}, true
	}
	k := in.keys[0]
	in.keys[0] = key{}
	in.keys = in.keys[1:]
	in.changed.Broadcast()
	return k, true
}

// setActive lets the keys through or holds them back. It returns false if the
// input is closed.
func (in *input) setActive(on bool) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.active = on
	in.changed.Broadcast()
	return !in.closed
}

func (in *input) isClosed() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.closed
}

// close ends the engine and drops the keys that are waiting. The read from the
// terminal is ended too if r can be interrupted; otherwise it stays behind and
// takes what is typed next.
func (in *input) close(r io.Reader) {
	in.mu.Lock()
	in.closed = true
	in.keys, in.marks = nil, 0
	pumped := in.pumped
	in.changed.Broadcast()
	in.mu.Unlock()

	d, ok := r.(interface{ SetReadDeadline(time.Time) error })
	if pumped == nil || !ok || d.SetReadDeadline(time.Unix(1, 0)) != nil {
		return
	}
	<-pumped
	_ = d.SetReadDeadline(time.Time{})
}
