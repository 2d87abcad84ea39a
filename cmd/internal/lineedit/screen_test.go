package lineedit

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// checkOutput looks for the lines "writer N line M ...." of writers, each with
// its lines in order and nothing lost or broken, in rows.
func checkOutput(t *testing.T, rows []string, writers, lines int) {
	t.Helper()
	next := make([]int, writers)
	for i, row := range rows {
		var w, n int
		if _, err := fmt.Sscanf(row, "writer %d line %d", &w, &n); err != nil || w >= writers || row != outputLine(w, n) {
			t.Errorf("row %d is %q", i, row)
			continue
		}
		if n != next[w] {
			t.Errorf("row %d is line %d of writer %d, want line %d", i, n, w, next[w])
		}
		next[w] = n + 1
	}
	for w, n := range next {
		if n != lines {
			t.Errorf("writer %d: %d lines, want %d", w, n, lines)
		}
	}
}

func outputLine(w, n int) string {
	return fmt.Sprintf("writer %d line %d %s", w, n, strings.Repeat("=", 1+n%40))
}

func TestOutputWhileTyping(t *testing.T) {
	const writers, lines = 4, 250
	half := "half a line, 日本語"
	s := newSession(t, Config{Complete: func(string, int) ([]string, int) { return nil, 0 }})
	s.enter("before")
	s.read()
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for n := range lines {
				fmt.Fprintln(s, outputLine(w, n))
			}
		})
	}
	for _, r := range half {
		s.keys(string(r))
	}
	for range 50 {
		s.keys("x\t" + left + ctrlR + "bef" + ctrlG + right + up + down + backspace)
		s.resized()
	}
	wg.Wait()
	s.waitLast(t, "> "+half, 2+13+6)
	s.keys(", and the rest\r")
	s.want(half+", and the rest", nil)
	s.wait(t, "the line", func() bool { return s.text()[len(s.text())-1] == "> "+half+", and the rest" })
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := s.text()
	if rows[0] != "> before" {
		t.Errorf("first row %q", rows[0])
	}
	checkOutput(t, rows[1:len(rows)-1], writers, lines)
}

func TestPartialOutput(t *testing.T) {
	s := newSession(t, Config{})
	fmt.Fprint(s, "before the first line")
	s.waitText(t, "before the first line")
	s.read()
	s.waitText(t, "before the first line", ">")
	fmt.Fprint(s, "one, ")
	fmt.Fprint(s, "two\nthree, ")
	s.waitText(t, "before the first line", "one, two", ">")
	fmt.Fprint(s, "four\n")
	s.waitText(t, "before the first line", "one, two", "three, four", ">")
	fmt.Fprint(s, "five")
	s.keys("x\r")
	s.want("x", nil)
	// What was held back is broken where it has to be, and no other row.
	s.waitText(t, "before the first line", "one, two", "three, four", "five", "> x")
	fmt.Fprint(s, "six, ")
	fmt.Fprint(s, "seven\n")
	s.waitText(t, "before the first line", "one, two", "three, four", "five", "> x", "six, seven")
}

func TestLongOutputLine(t *testing.T) {
	s := newSession(t, Config{})
	s.read()
	// Whole lines are written as they are, whatever their length.
	long := strings.Repeat("0123456789abcdef", 6<<10)
	fmt.Fprintln(s, long)
	s.wait(t, "the long line", func() bool { return strings.Contains(s.vt.raw.String(), long) })
	// What has no end is shown when too much of it has come.
	for range queueLimit / len(long) * 2 {
		fmt.Fprint(s, long)
	}
	s.waitLast(t, ">", 2)
	s.keys("x\r")
	s.want("x", nil)
}

// A gate is a terminal that takes output only when it is open.
type gate struct {
	t    *testing.T
	open chan struct{}
	seen func()
	n    int
}

func (g *gate) Write(p []byte) (int, error) {
	<-g.open
	g.seen()
	g.n += len(p)
	return len(p), nil
}

func TestSlowTerminal(t *testing.T) {
	const size, count = 100 << 10, 50
	g := &gate{t: t, open: make(chan struct{})}
	s := newScreen(g, func() (int, int) { return 80, 24 }, "> ", false, func() {})
	most := 0
	g.seen = func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		most = max(most, len(s.queue))
	}
	s.begin()
	line := append(slices.Repeat([]byte("x"), size-1), '\n')
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for range count {
				if n, err := s.Write(line); n != size || err != nil {
					t.Errorf("Write = %d, %v", n, err)
				}
			}
		})
	}
	// One frame is let through at a time until everything is written.
	written := make(chan struct{})
	go func() { wg.Wait(); close(written) }()
	for waiting := true; waiting; {
		select {
		case g.open <- struct{}{}:
		case <-written:
			waiting = false
		}
	}
	close(g.open)
	s.close()
	if g.n < 2*count*size {
		t.Errorf("%d bytes written, want %d", g.n, 2*count*size)
	}
	if most > queueLimit+2*size {
		t.Errorf("%d bytes were queued", most)
	}
}

func TestStuckTerminal(t *testing.T) {
	g := &gate{t: t, open: make(chan struct{}), seen: func() {}}
	s := newScreen(g, func() (int, int) { return 80, 24 }, "> ", false, func() {})
	s.begin()
	errs := make(chan error)
	go func() {
		var err error
		for err == nil {
			_, err = s.Write([]byte(strings.Repeat("x", 64<<10) + "\n"))
		}
		errs <- err
	}()
	s.mu.Lock()
	for len(s.queue) < queueLimit {
		s.changed.Wait()
	}
	s.mu.Unlock()
	s.restore()
	s.close()
	if err := <-errs; err != ErrClosed {
		t.Errorf("Write: %v, want ErrClosed", err)
	}
	close(g.open)
	<-s.done
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestFailingTerminal(t *testing.T) {
	fails := errors.New("no terminal any more")
	s := newScreen(failing{fails}, func() (int, int) { return 80, 24 }, "> ", false, func() {})
	for range 2 {
		if n, err := fmt.Fprintln(s, "x"); n != 0 || err != fails {
			t.Errorf("Write = %d, %v, want %v", n, err, fails)
		}
	}
	s.begin()
	s.hide()
	s.close()
	<-s.done
	if n, err := fmt.Fprintln(s, "x"); n != 0 || err != fails {
		t.Errorf("Write = %d, %v, want %v", n, err, fails)
	}
}

func TestGuard(t *testing.T) {
	s := newSession(t, Config{})
	s.read()
	func() {
		defer func() {
			if v := recover(); v != "trouble" {
				t.Errorf("recovered %v", v)
			}
		}()
		defer s.guard()
		panic("trouble")
	}()
	if s.raw.Load() != 0 {
		t.Error("still in raw mode")
	}
}

// TestDumb sends no control sequence to a terminal that understands none, and
// keeps the line there, too.
func TestDumb(t *testing.T) {
	s := newSession(t, Config{Dumb: true})
	s.read()
	s.keys("half a line, 日本語" + left + "x")
	s.waitLast(t, "> half a line, 日本x語", 2+13+5)
	fmt.Fprint(s, "one\ntwo\n")
	s.waitText(t, "one", "two", "> half a line, 日本x語")
	s.keys(ctrlL + backspace + end + "!")
	s.waitLast(t, "> half a line, 日本語!", 2+13+7)
	s.width.Store(16)
	s.resized()
	s.waitLast(t, "> ...本語!", 10)
	s.width.Store(80)
	s.keys(home + "z\r")
	s.want("zhalf a line, 日本語!", nil)
	s.waitText(t, "one", "two", "> zhalf a line, 日本語!")
	s.read()
	s.keys(pasteBegin + "a\nb" + pasteEnd + ctrlC) // in case it brackets a paste all the same
	s.want("", ErrInterrupt)
	s.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if raw := s.vt.raw.String(); strings.Contains(raw, "\x1b") {
		t.Errorf("a control sequence in %q", raw)
	}
}
