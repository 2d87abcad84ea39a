package lineedit

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestEditing(t *testing.T) {
	for _, c := range []struct{ name, keys, want string }{
		{"plain", "hello", "hello"},
		{"empty", "", ""},
		{"spaces are kept", "  a  ", "  a  "},
		{"left and right", "ad" + left + "c" + left + "b" + right + right + "e", "abcde"},
		{"home and end", "bc" + home + "a" + end + "d", "abcd"},
		{"home and end, other terminals", "bc\x1bOHa\x1bOFd\x1b[1~<\x1b[4~>", "<abcd>"},
		{"backspace", "abx" + backspace + "c", "abc"},
		{"delete", "xabc" + home + del, "abc"},
		{"delete on an empty line", del + del + "a", "a"},
		{"ctrl-d deletes forwards", "xabc" + ctrlA + ctrlD, "abc"},
		{"ctrl-d at the end", "abc" + ctrlD, "abc"},
		{"kill and yank", "one two" + wordLeft + ctrlK + home + ctrlY + " ", "two one "},
		{"kill the front", "one two" + wordLeft + ctrlU, "two"},
		{"word back", "one two three" + ctrlW + ctrlW, "one "},
		{"word back in the first word", "one two" + wordLeft + left + ctrlW, " two"},
		{"words", "one two" + wordLeft + wordLeft + "a " + wordRight + "b ", "a one b two"},
		{"transpose", "abdc" + ctrlT, "abcd"},
		{"transpose one character", "a" + ctrlT + "b", "ab"},
		{"unknown keys", "a\x1b[15~\x1b[Z\x1b[1;2P\x0f\x1b[[Ab", "ab"},
		{"escape, then text", "\x1bhello", "hello"},
		{"wide", "日本x" + left + backspace + "木", "日木x"},
		{"not UTF-8", "a\xffb", "ab"},
		{"private use", "\U0010FFFD\U000FFF01", "\U0010FFFD\U000FFF01"},
		{"nothing to complete", "a\tb", "ab"},
		{"search without a history", "ab" + ctrlR + "x" + ctrlG + "c", "abc"},
		{"search first of all", ctrlR + "x" + ctrlR + ctrlS + ctrlG + "c", "c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSession(t, Config{})
			s.read()
			s.keys(c.keys + "\r")
			s.want(c.want, nil)
			// And with each byte by itself.
			s.read()
			for _, b := range []byte(c.keys + "\r") {
				s.keys(string([]byte{b}))
			}
			s.want(c.want, nil)
		})
	}
}

// Bytes that are not UTF-8 do not get into the line, and are told of.
func TestBrokenBytes(t *testing.T) {
	broken := make(chan string, 10)
	s := newSession(t, Config{OnBroken: func(p []byte) { broken <- string(p) }})
	s.read()
	s.keys("a\xe9b" + pasteBegin + "caf\xe9 au lait" + pasteEnd + "c\r")
	s.want("abc", nil)
	for _, want := range []string{"\xe9", "caf\xe9 au lait"} {
		if got := <-broken; got != want {
			t.Errorf("told of %q, want %q", got, want)
		}
	}
}

func TestInterruptAndEnd(t *testing.T) {
	s := newSession(t, Config{})
	s.read()
	s.keys("half" + ctrlC)
	s.want("", ErrInterrupt)
	s.waitText(t, "> half^C")

	s.read()
	s.keys(ctrlD)
	s.want("", io.EOF)
	s.waitText(t, "> half^C")

	// What is typed ahead waits for its ReadLine.
	s.read()
	s.keys("one\rtwo" + ctrlC + "three\r" + ctrlD + "four\r")
	s.want("one", nil)
	for _, want := range []result{{"", ErrInterrupt}, {"three", nil}, {"", io.EOF}, {"four", nil}} {
		if line, err := s.ReadLine(); line != want.line || err != want.err {
			t.Errorf("ReadLine() = %q, %v, want %q, %v", line, err, want.line, want.err)
		}
	}
}

func TestEndOfInput(t *testing.T) {
	for _, typed := range []string{"", "half a line", "\x1b[200~half a paste", "\x1b", "\xe6\x97"} {
		s := newSession(t, Config{})
		s.read()
		s.keys("whole\r" + typed)
		s.keyboard.Close()
		s.want("whole", nil)
		for range 3 {
			if line, err := s.ReadLine(); line != "" || err != io.EOF {
				t.Errorf("after %q: ReadLine() = %q, %v, want io.EOF", typed, line, err)
			}
		}
	}
}

func TestEndOfInputFails(t *testing.T) {
	s := newSession(t, Config{})
	s.read()
	s.keyboard.CloseWithError(errors.New("input/output error"))
	s.want("", io.EOF)
}

func TestClose(t *testing.T) {
	t.Run("at once", func(t *testing.T) { newSession(t, Config{}) })
	t.Run("in a line", func(t *testing.T) {
		s := newSession(t, Config{})
		s.read()
		s.keys("half")
		s.waitLast(t, "> half", 6)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		s.want("", ErrClosed)
		s.waitText(t, "> half")
		if _, err := s.ReadLine(); err != ErrClosed {
			t.Errorf("ReadLine after Close: %v, want ErrClosed", err)
		}
		if n, err := fmt.Fprintln(s, "later"); n != 6 || err != nil {
			t.Errorf("Write after Close = %d, %v", n, err)
		}
		s.waitText(t, "> half", "later")
	})
	t.Run("before a line", func(t *testing.T) {
		s := newSession(t, Config{})
		s.read()
		s.Close()
		s.want("", ErrClosed)
		s.waitText(t)
	})
	t.Run("between lines", func(t *testing.T) {
		s := newSession(t, Config{})
		s.read()
		s.keys("one\rtwo\rhalf")
		s.want("one", nil)
		s.Close()
		if _, err := s.ReadLine(); err != ErrClosed {
			t.Errorf("ReadLine after Close: %v, want ErrClosed", err)
		}
	})
	t.Run("shows what was written", func(t *testing.T) {
		s := newSession(t, Config{})
		s.read()
		fmt.Fprint(s, "one\ntwo, without an end")
		s.Close()
		s.want("", ErrClosed)
		s.waitText(t, "one", "two, without an end")
	})
}

func TestPaste(t *testing.T) {
	long := strings.Repeat("{\"a\":\t[1, 2, 3]}\r\n", 1000)
	for _, c := range []struct{ name, pasted, want string }{
		{"one line", "abc", "abc"},
		{"nothing", "", ""},
		{"line ends and tabs", "{\r\t\"a\": 1\r\n}\n", "{\n\t\"a\": 1\n}\n"},
		{"control characters", "\x03\x04\x1b[A\x00\x1b[20~", "\x03\x04\x1b[A\x00\x1b[20~"},
		{"long", long, strings.ReplaceAll(long, "\r\n", "\n")},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSession(t, Config{})
			s.read()
			s.keys("<>" + left + pasteBegin + c.pasted + pasteEnd + "\r")
			s.want("<"+c.want+">", nil)

			s.read()
			for _, b := range []byte(pasteBegin + c.pasted[:min(100, len(c.pasted))] + pasteEnd + "\r") {
				s.keys(string([]byte{b}))
			}
			got := <-s.results
			if !strings.HasPrefix(c.want, got.line[:min(len(got.line), 90)]) {
				t.Errorf("byte by byte: %q", got.line)
			}
		})
	}
}

// What a paste costs must not grow with the square of its length.
func TestPasteOutput(t *testing.T) {
	s := newSession(t, Config{})
	s.read()
	s.keys(pasteBegin + strings.Repeat("0123456789abcde\n", 1024) + pasteEnd)
	s.wait(t, "the end of the paste", func() bool {
		rows := s.text()
		return strings.HasSuffix(rows[len(rows)-1], "abcde↵")
	})
	s.keys("\r")
	if got := <-s.results; len(got.line) != 16<<10 {
		t.Errorf("%d bytes, want 16384", len(got.line))
	}
	s.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.vt.raw.Len(); n > 8<<10 {
		t.Errorf("%d bytes of output", n)
	}
	if rows := s.text(); len(rows) > maxRows || !strings.HasSuffix(rows[len(rows)-1], dots) {
		t.Errorf("the line is shown as %q", rows)
	}
}

// Without bracketed paste each line is entered, but at no greater cost.
func TestUnbracketedPaste(t *testing.T) {
	s := newSession(t, Config{})
	text := strings.Repeat("0123456789abcdef", 4096)
	s.read()
	s.keys(text + "\r")
	s.want(text, nil)
}

func TestWideCharacters(t *testing.T) {
	for _, c := range []struct {
		name, keys, row string
		col             int
	}{
		{"CJK", "日本語" + left + left, "> 日本語", 4},
		{"emoji", "a😀b😀" + left + left, "> a😀b😀", 5},
		{"Hangul", "한글" + home, "> 한글", 2},
		{"combining", "e\u0301x" + left, "> ex", 3},
		{"control characters", pasteBegin + "a\x1b[2J\x7f\u009b\u202e" + pasteEnd, "> a␛[2J␡␦␦", 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSession(t, Config{})
			s.read()
			s.keys(c.keys)
			s.waitLast(t, c.row, c.col)
		})
	}
}

func TestWrapping(t *testing.T) {
	s := newSession(t, Config{})
	s.width.Store(10)
	s.vt.width = 10
	s.read()
	s.keys("12345678")
	// The row is full: the cursor is in the next.
	s.wait(t, "a full row", func() bool { return s.row == 1 && s.col == 0 })
	s.keys("日本語かな")
	s.waitText(t, "> 12345678", "日本語かな")
	s.keys(left + left + "x")
	// A wide character does not fit behind x any more.
	s.waitText(t, "> 12345678", "日本語xか", "な")
	s.wait(t, "the cursor", func() bool { return s.row == 1 && s.col == 7 })
	s.keys(home + "a")
	s.waitText(t, "> a1234567", "8日本語xか", "な")
	fmt.Fprintln(s, "output")
	s.waitText(t, "output", "> a1234567", "8日本語xか", "な")
	s.keys("\r")
	s.want("a12345678日本語xかな", nil)
	s.waitText(t, "output", "> a1234567", "8日本語xか", "な")
}

func TestResize(t *testing.T) {
	s := newSession(t, Config{})
	s.read()
	s.keys("0123456789")
	s.waitLast(t, "> 0123456789", 12)

	// A terminal that becomes narrow wraps what it shows.
	s.mu.Lock()
	s.vt.width = 8
	s.rows, s.row, s.col = [][]string{strings.Split("> 012345", ""), strings.Split("6789", "")}, 1, 4
	s.mu.Unlock()
	s.width.Store(8)
	s.resized()
	s.keys("x")
	s.waitText(t, "> 012345", "6789x")
	fmt.Fprintln(s, "out")
	s.waitText(t, "out", "> 012345", "6789x")
}

func TestNoWidth(t *testing.T) {
	for _, width := range []int32{0, -1, 1} {
		s := newSession(t, Config{})
		s.width.Store(width)
		if width == 1 {
			s.vt.width = 1
		}
		go func() {
			line, err := s.ReadLine()
			s.results <- result{line, err}
		}()
		s.keys("a日" + left + left + home + end + "b\r")
		s.want("a日b", nil)
	}
}

func TestClearScreen(t *testing.T) {
	s := newSession(t, Config{})
	fmt.Fprintln(s, "before")
	s.read()
	s.keys("half" + ctrlL)
	s.waitText(t, "> half")
	s.keys("\r")
	s.want("half", nil)
}

func TestPrompt(t *testing.T) {
	s := newSession(t, Config{Prompt: "\x1b[1;32m>\x1b[m "})
	s.read()
	s.keys("abc" + left)
	s.waitLast(t, "> abc", 4)
	s.SetPrompt("\x1b[31mclosed>\x1b[m ")
	s.waitLast(t, "closed> abc", 10)
}

func TestRestore(t *testing.T) {
	s := newSession(t, Config{})
	s.read()
	if s.raw.Load() != 1 {
		t.Error("not in raw mode")
	}
	s.wait(t, "bracketed paste", func() bool { return s.pastes })
	s.Restore()
	s.Restore()
	if s.raw.Load() != 0 {
		t.Error("still in raw mode")
	}
	s.wait(t, "no bracketed paste", func() bool { return !s.pastes })
	s.keys("x\r")
	s.want("x", nil)
	s.read()
	if s.raw.Load() != 1 {
		t.Error("not in raw mode again")
	}
	s.wait(t, "bracketed paste again", func() bool { return s.pastes })
}

func TestSuspension(t *testing.T) {
	s := newSession(t, Config{})
	s.read()
	s.keys("half")
	s.waitLast(t, "> half", 6)
	s.yield()
	if s.raw.Load() != 0 {
		t.Error("still in raw mode")
	}
	s.waitText(t)
	s.wait(t, "no bracketed paste", func() bool { return !s.pastes })
	s.resume()
	if s.raw.Load() != 1 {
		t.Error("not in raw mode again")
	}
	s.waitLast(t, "> half", 6)
	s.wait(t, "bracketed paste again", func() bool { return s.pastes })
}

func TestNew(t *testing.T) {
	in, _ := io.Pipe()
	if _, err := New(Config{In: in, Out: io.Discard}); err != ErrNotTerminal {
		t.Errorf("New: %v, want ErrNotTerminal", err)
	}
	fails := errors.New("no raw mode")
	e, err := New(Config{
		In: in, Out: io.Discard,
		IsTerminal: func() bool { return true },
		MakeRaw:    func() error { return fails },
		ExitRaw:    func() error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if _, err := e.ReadLine(); err != fails {
		t.Errorf("ReadLine: %v, want %v", err, fails)
	}
}
