package lineedit

import (
	"bytes"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// queueLimit is how many bytes may wait for the terminal before a writer
	// has to.
	queueLimit = 1 << 20
	// frameSize is about how much output is shown in one go, so that typing is
	// seen while much is printed.
	frameSize = 64 << 10
	// maxRows is how much of the screen a line may take.
	maxRows = 8
)

// How long a terminal that takes no output is waited for.
const (
	patience        = time.Second
	restorePatience = 100 * time.Millisecond
)

const (
	pasteOn   = "\x1b[?2004h" // bracketed paste
	pasteOff  = "\x1b[?2004l"
	wipeAll   = "\x1b[H\x1b[2J"
	ringBell  = "\a"
	lineBreak = "\r\n"
)

// A screen shows a stream of output and, below it, the line being typed. One
// goroutine paints: it removes the line, writes what has come, and draws the
// line again, all in one write. While a line is shown, the beginning of an
// output line waits for its end.
type screen struct {
	out  io.Writer
	size func() (width, height int)
	dumb bool          // out understands no control sequences
	done chan struct{} // closed when the painter has ended
	turn chan struct{} // held while out is written to

	// Bracketed paste, wanted and switched on; whether a line is drawn.
	wantPaste, pastes, drawn atomic.Bool

	mu      sync.Mutex
	changed *sync.Cond
	queue   []byte // output that is to be written
	lines   int    // length of the complete lines at the beginning of queue
	partial bool   // the output up to now ends inside a line
	busy    bool   // the painter is writing
	// Counts of bytes, from the beginning.
	queued, taken, written int64
	frames                 int // how often the painter has written

	err     error // nothing is written after it
	closing bool

	dirty   bool // there is something to paint besides the queue
	editing bool // a line is being typed
	hidden  bool // it is not to be seen
	prompt  string
	search  string // takes the place of prompt unless it is empty
	line    []rune // never modified in place
	pos     int
	wipe    bool
	ring    bool

	last    *drawing // what the painter has drawn, or nil
	midLine bool     // what it has written ends inside a line
}

// newScreen starts a screen. The painter calls guard deferred.
func newScreen(out io.Writer, size func() (int, int), prompt string, dumb bool, guard func()) *screen {
	s := &screen{
		out:    out,
		size:   size,
		dumb:   dumb,
		prompt: prompt,
		turn:   make(chan struct{}, 1),
		done:   make(chan struct{}),
	}
	s.changed = sync.NewCond(&s.mu)
	go func() {
		defer close(s.done)
		defer guard()
		s.paint()
	}()
	return s
}

// Write queues p. It waits while too much is queued, and unless a line is being
// typed until p is written.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.queue) >= queueLimit && s.err == nil && !s.closing {
		s.changed.Wait()
	}
	if s.closing {
		for !s.idle() {
			s.changed.Wait()
		}
		if s.err != nil {
			return 0, s.err
		}
		return s.out.Write(p)
	}
	if s.err != nil {
		return 0, s.err
	}
	s.append(p)
	for end := s.queued; !s.editing && s.written < end && s.err == nil; {
		s.changed.Wait()
	}
	if s.err != nil {
		return 0, s.err
	}
	return len(p), nil
}

func (s *screen) append(p []byte) {
	if len(p) == 0 {
		return
	}
	s.queue = append(s.queue, p...)
	s.queued += int64(len(p))
	if i := bytes.LastIndexByte(p, '\n'); i >= 0 {
		s.lines = len(s.queue) - len(p) + i + 1
	}
	s.partial = p[len(p)-1] != '\n'
	s.changed.Broadcast()
}

// breakLine ends an unfinished line of output.
func (s *screen) breakLine() {
	if s.partial {
		s.append([]byte(lineBreak))
	}
}

// begin shows an empty line to be typed.
func (s *screen) begin() {
	s.update(func() {
		s.breakLine()
		s.editing = true
		s.wantPaste.Store(true)
	})
}

// set changes the line. It must not be modified afterwards.
func (s *screen) set(line []rune, pos int, search string) {
	s.update(func() { s.line, s.pos, s.search = line, pos, search })
}

// print adds p, complete lines, to the output without ever waiting.
func (s *screen) print(p []byte) {
	s.update(func() {
		s.breakLine()
		s.append(p)
	})
}

func (s *screen) setPrompt(prompt string) { s.update(func() { s.prompt = prompt }) }
func (s *screen) bell()                   { s.update(func() { s.ring = true }) }
func (s *screen) clear()                  { s.update(func() { s.wipe = true }) }
func (s *screen) redraw()                 { s.update(func() {}) }

func (s *screen) update(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return
	}
	f()
	s.dirty = true
	s.changed.Broadcast()
}

// commit makes the line, with suffix behind it, a part of the output.
func (s *screen) commit(suffix string) {
	s.update(func() { s.endLine(suffix) })
}

// abandon is commit for a line that is not entered. An empty one leaves no
// trace.
func (s *screen) abandon() { s.update(s.abandonLine) }

func (s *screen) abandonLine() {
	if len(s.line) > 0 {
		s.endLine("")
	}
	s.noLine()
}

func (s *screen) noLine() {
	s.editing = false
	s.line, s.pos, s.search = nil, 0, ""
}

func (s *screen) endLine(suffix string) {
	if !s.editing {
		return
	}
	s.breakLine()
	width, rows := s.bounds()
	text := draw(s.prompt, s.line, 0, width, rows).appendText(nil)
	s.append(append(text, suffix+lineBreak...))
	s.noLine()
}

// hide removes the line from the screen and returns when that is done or the
// terminal takes too long.
func (s *screen) hide() {
	s.wantPaste.Store(false)
	s.update(func() { s.hidden = true })
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
}

// show is the contrary of hide.
func (s *screen) show() {
	s.wantPaste.Store(true)
	s.update(func() { s.hidden = false })
}

// close ends the painter. What was written before is shown, as long as the
// terminal takes it.
func (s *screen) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.abandonLine()
	s.closing, s.dirty = true, true
	s.wantPaste.Store(false)
	s.changed.Broadcast()
	if !s.settle() && s.err == nil {
		s.err = ErrClosed
		s.changed.Broadcast()
	}
}

// restore switches bracketed paste off without waiting for any other lock.
func (s *screen) restore() {
	s.wantPaste.Store(false)
	select {
	case s.turn <- struct{}{}:
	case <-time.After(restorePatience):
		return
	}
	defer func() { <-s.turn }()
	seq := ""
	if s.pastes.Swap(false) {
		seq = pasteOff
	}
	if s.drawn.Swap(false) {
		seq += lineBreak
	}
	if seq != "" {
		_, _ = io.WriteString(s.out, seq)
	}
}

// settle waits until nothing is left to be painted, as long as the painter gets
// on. It is called with the lock held.
func (s *screen) settle() bool {
	expired := false
	timer := time.AfterFunc(patience, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		expired = true
		s.changed.Broadcast()
	})
	defer timer.Stop()
	for frames := s.frames; !s.idle() && !expired; s.changed.Wait() {
		if s.frames != frames {
			frames = s.frames
			timer.Reset(patience)
		}
	}
	return s.idle()
}

// idle reports whether the painter has nothing to do, now or ever again.
func (s *screen) idle() bool {
	return s.err != nil || !s.busy && !s.dirty && s.due() == 0
}

// due returns how much of the queue is to be written next.
func (s *screen) due() int {
	switch {
	case !s.editing:
		return min(len(s.queue), frameSize)
	case s.lines == 0 && len(s.queue) >= queueLimit:
		return len(s.queue)
	case s.lines <= frameSize:
		return s.lines
	}
	if i := bytes.LastIndexByte(s.queue[:frameSize], '\n'); i >= 0 {
		return i + 1
	}
	return frameSize + bytes.IndexByte(s.queue[frameSize:], '\n') + 1
}

// paint is the painter.
func (s *screen) paint() {
	var frame []byte
	for s.next() {
		var err error
		frame, err = s.paintOnce(frame[:0])
		s.painted(err)
	}
}

func (s *screen) paintOnce(frame []byte) ([]byte, error) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	frame = s.compose(frame)
	_, err := s.out.Write(frame)
	return frame, err
}

// next waits for something to paint. It returns false when the screen is closed
// and everything is painted.
func (s *screen) next() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.idle() && !s.closing {
		s.changed.Wait()
	}
	s.busy = !s.idle()
	return s.busy
}

func (s *screen) painted(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy = false
	s.written = s.taken
	s.frames++
	if s.err == nil {
		s.err = err
	}
	s.changed.Broadcast()
}

// compose appends to b all that is to be painted now.
func (s *screen) compose(b []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.changed.Broadcast() // the queue has room again
	width, rows := s.bounds()
	s.dirty = false
	if s.last != nil {
		if s.dumb {
			b = s.last.appendBlanks(b)
		} else {
			b = s.last.appendErase(b, width)
		}
		s.last = nil
	}
	if s.wipe && !s.dumb {
		b = append(b, wipeAll...)
		s.midLine = false
	}
	s.wipe = false
	if want := s.wantPaste.Load() && !s.dumb; s.pastes.Swap(want) != want {
		if want {
			b = append(b, pasteOn...)
		} else {
			b = append(b, pasteOff...)
		}
	}
	if n := s.due(); n > 0 {
		b = append(b, s.queue[:n]...)
		s.midLine = s.queue[n-1] != '\n'
		s.queue = append(s.queue[:0], s.queue[n:]...)
		s.lines = max(0, s.lines-n)
		s.taken += int64(n)
	}
	if s.editing && !s.hidden {
		if s.midLine {
			b = append(b, lineBreak...)
			s.midLine = false
		}
		prompt := s.prompt
		if s.search != "" {
			prompt = s.search
		}
		if s.dumb {
			// A cursor behind a full row would be in the next one.
			s.last = draw(prompt, s.line, s.pos, max(1, width-1), 1)
			b = s.last.appendPlain(b)
		} else {
			s.last = draw(prompt, s.line, s.pos, width, rows)
			b = s.last.appendTo(b, width)
		}
	}
	s.drawn.Store(s.last != nil)
	if s.ring {
		b = append(b, ringBell...)
		s.ring = false
	}
	return b
}

// bounds returns the width of the terminal and how many rows a line may take.
func (s *screen) bounds() (width, rows int) {
	width, height := s.size()
	return width, max(1, min(maxRows, height-1))
}
