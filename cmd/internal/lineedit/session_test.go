package lineedit

import (
	"io"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A session is an editor between a keyboard and a vt.
type session struct {
	*Editor
	*vt
	t        *testing.T
	keyboard *io.PipeWriter
	raw      atomic.Int32 // 1 in raw mode
	width    atomic.Int32
	resized  func()
	results  chan result
}

type result struct {
	line string
	err  error
}

func newSession(t *testing.T, c Config) *session {
	t.Helper()
	s := &session{t: t, vt: newVT(80, 24), results: make(chan result, 1)}
	s.width.Store(80)
	in, keyboard := io.Pipe()
	s.keyboard = keyboard
	if c.Prompt == "" {
		c.Prompt = "> "
	}
	c.In, c.Out = in, s.vt
	c.IsTerminal = func() bool { return true }
	c.MakeRaw = func() error { s.raw.Store(1); return nil }
	c.ExitRaw = func() error { s.raw.Store(0); return nil }
	c.Width = func() int { return int(s.width.Load()) }
	c.OnWidthChanged = func(f func()) { s.resized = f }
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	s.Editor = e
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		keyboard.Close()
		if s.raw.Load() != 0 {
			t.Error("the terminal is still in raw mode")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.pastes {
			t.Error("bracketed paste is still on")
		}
	})
	return s
}

// Write is that of the editor, not of the vt.
func (s *session) Write(p []byte) (int, error) { return s.Editor.Write(p) }

// read begins a ReadLine and waits for the prompt.
func (s *session) read() {
	s.t.Helper()
	go func() {
		line, err := s.ReadLine()
		s.results <- result{line, err}
	}()
	s.waitLast(s.t, ">", 2)
}

func (s *session) keys(text string) {
	s.t.Helper()
	if _, err := io.WriteString(s.keyboard, text); err != nil {
		s.t.Fatal(err)
	}
}

// want waits for the result of the ReadLine.
func (s *session) want(line string, err error) {
	s.t.Helper()
	if got := <-s.results; got.line != line || got.err != err {
		s.t.Errorf("ReadLine() = %.200q, %v, want %.200q, %v", got.line, got.err, line, err)
	}
}

// enter reads one line for which text is typed.
func (s *session) enter(text string) {
	s.t.Helper()
	s.read()
	s.keys(text + "\r")
	s.want(text, nil)
}

const (
	up, down, right, left = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
	home, end, del        = "\x1b[H", "\x1b[F", "\x1b[3~"
	ctrlA, ctrlC, ctrlD   = "\x01", "\x03", "\x04"
	ctrlG, ctrlK, ctrlL   = "\x07", "\x0b", "\x0c"
	ctrlR, ctrlS, ctrlT   = "\x12", "\x13", "\x14"
	ctrlU, ctrlW, ctrlY   = "\x15", "\x17", "\x19"
	wordLeft, wordRight   = "\x1b[1;5D", "\x1bf"
	backspace             = "\x7f"
)
