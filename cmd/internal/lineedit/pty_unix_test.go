//go:build unix

package lineedit

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// A ptySession is an editor on a real terminal, whose other end is a vt.
type ptySession struct {
	*Editor
	*vt
	keyboard *os.File
	tty      *os.File
	gone     bool // keyboard is closed
}

func (s *ptySession) Write(p []byte) (int, error) { return s.Editor.Write(p) }

func newPtySession(t *testing.T, c Config) *ptySession {
	t.Helper()
	keyboard, tty, err := pty.Open()
	if err != nil {
		t.Skip("no pseudo-terminals here: ", err)
	}
	s := &ptySession{vt: newVT(80, 24), keyboard: keyboard, tty: tty}
	s.setSize(t, 24, 80)
	shown := make(chan struct{})
	go func() {
		defer close(shown)
		_, _ = io.Copy(s.vt, keyboard) // until tty is closed
	}()
	c.In, c.Out, c.Prompt = tty, tty, "> "
	if s.Editor, err = New(c); err != nil {
		t.Fatal(err)
	}
	before := s.mode(t)
	t.Cleanup(func() {
		if err := s.Editor.Close(); err != nil && !s.gone {
			t.Errorf("Close: %v", err)
		}
		if !s.gone {
			if after := s.mode(t); after != before {
				t.Errorf("the terminal was %+v, is now %+v", before, after)
			}
		}
		tty.Close()
		<-shown
		keyboard.Close()
		if s.pastes && !s.gone {
			t.Error("bracketed paste is still on")
		}
	})
	return s
}

func (s *ptySession) setSize(t *testing.T, rows, cols uint16) {
	t.Helper()
	if err := pty.Setsize(s.keyboard, &pty.Winsize{Rows: rows, Cols: cols}); err != nil {
		t.Fatal(err)
	}
	// Setsize leaves the file in blocking mode, in which closing it does not
	// end a read.
	withFd(s.keyboard, func(fd int) { _ = syscall.SetNonblock(fd, true) })
}

// mode returns the modes of the terminal.
func (s *ptySession) mode(t *testing.T) term.State {
	t.Helper()
	var state *term.State
	var err error
	if !withFd(s.tty, func(fd int) { state, err = term.GetState(fd) }) || err != nil {
		t.Fatal("no state of the terminal: ", err)
	}
	return *state
}

// read begins a ReadLine and waits for its prompt.
func (s *ptySession) read(t *testing.T) <-chan result {
	t.Helper()
	results := make(chan result, 1)
	go func() {
		line, err := s.ReadLine()
		results <- result{line, err}
	}()
	s.waitLast(t, ">", 2)
	return results
}

func (s *ptySession) keys(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(s.keyboard, text); err != nil {
		t.Fatal(err)
	}
}

func TestPtyOutputWhileTyping(t *testing.T) {
	const lines = 1000
	s := newPtySession(t, Config{})
	done := s.read(t)
	s.keys(t, "half ")
	written := make(chan struct{})
	go func() {
		defer close(written)
		for n := range lines {
			fmt.Fprintln(s, outputLine(0, n))
		}
	}()
	for _, r := range "a line 日本" {
		s.keys(t, string(r))
	}
	<-written
	s.waitLast(t, "> half a line 日本", 18)
	s.keys(t, left+"x\r")
	if got, want := <-done, (result{"half a line 日x本", nil}); got != want {
		t.Errorf("ReadLine() = %v, want %v", got, want)
	}
	s.wait(t, "the line", func() bool { return strings.HasPrefix(s.text()[len(s.text())-1], "> half") })
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := s.text()
	checkOutput(t, rows[:len(rows)-1], 1, lines)
}

func TestPtyPasteAndHistory(t *testing.T) {
	text := strings.Repeat("{\r\n\t\"a\": [1, 2, 3],\r\n\t\"b\": \"日本語\"\r\n}\r\n", 400)
	want := strings.ReplaceAll(text, "\r\n", "\n")
	path := filepath.Join(t.TempDir(), "history")
	for i := range 2 {
		s := newPtySession(t, Config{History: History{Path: path, Report: mustNotReport(t)}})
		done := s.read(t)
		if i == 0 {
			s.keys(t, pasteBegin+text+pasteEnd+"\r")
		} else {
			s.keys(t, up+"\r")
		}
		if got := <-done; got.line != want || got.err != nil {
			t.Errorf("session %d: %d bytes, %v, want %d bytes: %.100q", i, len(got.line), got.err, len(want), got.line)
		}
	}
}

func TestPtyCloseWhileReading(t *testing.T) {
	s := newPtySession(t, Config{})
	done := s.read(t)
	s.keys(t, "half")
	s.waitLast(t, "> half", 6)
	s.Close()
	if got := <-done; got.err != ErrClosed {
		t.Errorf("ReadLine: %v, want ErrClosed", got.err)
	}
	// The read from the terminal has ended with it: what is typed now is there
	// for somebody else.
	s.keys(t, "next\n")
	buf := make([]byte, 10)
	if n, err := s.tty.Read(buf); string(buf[:n]) != "next\n" || err != nil {
		t.Errorf("read %q, %v, want %q", buf[:n], err, "next\n")
	}
}

func TestPtyKeys(t *testing.T) {
	s := newPtySession(t, Config{})
	for _, c := range []struct {
		keys string
		want string
		err  error
	}{
		{"abc\r", "abc", nil},
		{"abc" + ctrlC, "", ErrInterrupt},
		{del + ctrlD, "", io.EOF},
		{"\x1a" + up + "\r", "abc", nil}, // only a controlling terminal stops its processes
	} {
		if strings.HasPrefix(c.keys, "\x1a") {
			s.suspends = false
		}
		done := s.read(t)
		s.keys(t, c.keys)
		if got := <-done; got.line != c.want || got.err != c.err {
			t.Errorf("%q: ReadLine() = %q, %v, want %q, %v", c.keys, got.line, got.err, c.want, c.err)
		}
	}
}

func TestPtyResize(t *testing.T) {
	s := newPtySession(t, Config{})
	done := s.read(t)
	s.setSize(t, 24, 10)
	s.mu.Lock()
	s.width = 10
	drawn := s.vt.raw.Len()
	s.mu.Unlock()
	if err := syscall.Kill(os.Getpid(), syscall.SIGWINCH); err != nil {
		t.Fatal(err)
	}
	s.wait(t, "another drawing", func() bool { return s.vt.raw.Len() > drawn })
	s.keys(t, "0123456789")
	s.waitText(t, "> 01234567", "89")
	s.keys(t, ctrlD+ctrlC)
	if got := <-done; got.err != ErrInterrupt {
		t.Errorf("ReadLine: %v, want ErrInterrupt", got.err)
	}
}

// The size of a fresh pseudo-terminal is 0 by 0.
func TestPtyWithoutSize(t *testing.T) {
	s := newPtySession(t, Config{})
	s.setSize(t, 0, 0)
	done := s.read(t)
	s.keys(t, "abc"+left+left+"x\r")
	if got := <-done; got.line != "axbc" || got.err != nil {
		t.Errorf("ReadLine() = %q, %v", got.line, got.err)
	}
}

func TestPtyHangup(t *testing.T) {
	s := newPtySession(t, Config{})
	done := s.read(t)
	s.keys(t, "half")
	s.waitLast(t, "> half", 6)
	s.gone = true
	s.keyboard.Close()
	if got := <-done; got.err != io.EOF {
		t.Errorf("ReadLine: %v, want io.EOF", got.err)
	}
}
