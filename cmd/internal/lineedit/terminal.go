package lineedit

import (
	"os"
	"sync"

	"github.com/mattn/go-isatty"
	"golang.org/x/term"
)

// The size of a terminal that does not tell its own.
const (
	defaultWidth  = 80
	defaultHeight = 24
)

// A terminal is in raw mode or not, and never again once it is closed.
type terminal struct {
	makeRaw, exitRaw func() error

	mu     sync.Mutex
	raw    bool
	closed bool
}

func (t *terminal) enter() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return ErrClosed
	}
	if t.raw {
		return nil
	}
	if err := t.makeRaw(); err != nil {
		return err
	}
	t.raw = true
	return nil
}

func (t *terminal) leave() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.raw {
		return nil
	}
	t.raw = false
	return t.exitRaw()
}

func (t *terminal) close() error {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	return t.leave()
}

// suspend leaves raw mode until resume, which returns false if there is nothing
// to resume.
func (t *terminal) suspend() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.raw {
		_ = t.exitRaw()
	}
}

func (t *terminal) resume() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.raw && t.makeRaw() == nil
}

// withFd calls f with the file descriptor of v and returns false if it has
// none. It leaves the file in the mode it is in, unlike File.Fd.
func withFd(v any, f func(fd int)) bool {
	file, ok := v.(*os.File)
	if !ok {
		return false
	}
	conn, err := file.SyscallConn()
	if err != nil {
		return false
	}
	return conn.Control(func(fd uintptr) { f(int(fd)) }) == nil
}

func isTerminal(v any) bool {
	is := false
	withFd(v, func(fd int) { is = isatty.IsTerminal(uintptr(fd)) })
	return is
}

// terminalSize asks the first of files that knows.
func terminalSize(files ...any) (width, height int) {
	for _, v := range files {
		withFd(v, func(fd int) {
			if w, h, err := term.GetSize(fd); err == nil {
				width, height = w, h
			}
		})
		if width > 0 {
			break
		}
	}
	return width, height
}
