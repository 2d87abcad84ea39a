package lineedit

import (
	"errors"
	"io"
	"os"
	"sync"

	"github.com/chzyer/readline"
)

var (
	// ErrInterrupt is returned by ReadLine for Ctrl-C.
	ErrInterrupt = errors.New("interrupted")
	// ErrClosed is returned by ReadLine after Close.
	ErrClosed = errors.New("the line editor is closed")
	// ErrNotTerminal is returned by New if there is no terminal to edit on.
	ErrNotTerminal = errors.New("not a terminal")
)

// A Config says what an [Editor] works on. The zero value works on the standard
// input and output.
type Config struct {
	// In is where the keys come from, os.Stdin if it is nil. It is read from
	// the first ReadLine on.
	In io.Reader
	// Out is the terminal that the line is shown on, os.Stdout if it is nil.
	// From the first ReadLine until Close everything for that terminal has to
	// go through Write, whichever stream it belongs to.
	Out io.Writer
	// Prompt is what stands in front of the line. It may have escape sequences
	// that change colours; it must not have line ends.
	Prompt string
	// Dumb says that the terminal understands no control sequences, as TERM=dumb
	// does. None is sent to it then: the line takes one row, of which carriage
	// returns and blanks are enough to paint another, and lines of a paste are
	// entered as if they were typed.
	Dumb bool
	// History is by default in memory only.
	History History
	// Complete is called for the Tab key with the line and the position of the
	// cursor, as the number of bytes before it. It returns the candidates, and
	// how many of the bytes before the cursor each of them takes the place of.
	// What they have in common is inserted. If that is nothing new, they are
	// listed, without the spaces that they end in. Complete must not call
	// ReadLine. Nil means that there are no candidates.
	Complete func(line string, pos int) (candidates []string, replace int)

	// OnBroken is called with bytes that were typed or pasted and that are not
	// UTF-8. They are left out of the line, and so is all of such a paste. It may
	// call Write, but not ReadLine. Nil leaves it at the bell.
	OnBroken func(p []byte)

	// The rest is what the terminal does by itself if they are nil.

	// IsTerminal reports whether In and Out are terminals.
	IsTerminal func() bool
	// MakeRaw switches raw mode on, also when it is on already; ExitRaw
	// switches it off.
	MakeRaw, ExitRaw func() error
	// Width returns the number of columns. 0 or less is taken for 80.
	Width func() int
	// OnWidthChanged is called once, with a function to be called at each
	// change of the width from any goroutine.
	OnWidthChanged func(func())
}

// An Editor reads lines from a terminal. Its methods may be called from any
// goroutine, but ReadLine from one at a time.
//
// From the first ReadLine on the terminal is in raw mode, between the calls
// too. Ctrl-C is a key then and no signal: whoever has long things to do while
// the user should be able to interrupt calls ReadLine on a goroutine of its own.
type Editor struct {
	source    io.Reader
	in        *input
	screen    *screen
	term      *terminal
	history   *history
	completer func(string, int) ([]string, int)
	onBroken  func([]byte)
	watches   []func() (stop func())
	suspends  bool // Ctrl-Z stops the process
	engine    *readline.Instance

	watchOnce sync.Once
	closeOnce sync.Once
	closeErr  error
	stopMu    sync.Mutex
	stops     []func()
	stopped   bool

	// What follows belongs to the engine's goroutine.
	line      []rune // a copy of the engine's, never modified in place
	pos       int
	pending   func(line []rune, pos int) ([]rune, int)
	walk      walk
	search    *search
	lastQuery string
	emptying  int
}

// New returns an Editor that must be closed. It returns ErrNotTerminal if the
// configuration names no terminal.
func New(c Config) (*Editor, error) {
	if c.In == nil {
		c.In = os.Stdin
	}
	if c.Out == nil {
		c.Out = os.Stdout
	}
	if c.IsTerminal == nil {
		c.IsTerminal = func() bool { return isTerminal(c.In) && isTerminal(c.Out) }
	}
	if !c.IsTerminal() {
		return nil, ErrNotTerminal
	}
	e := &Editor{source: c.In, in: newInput(), completer: c.Complete, onBroken: c.OnBroken}
	e.term = &terminal{makeRaw: c.MakeRaw, exitRaw: c.ExitRaw}
	if c.MakeRaw == nil || c.ExitRaw == nil {
		e.term.makeRaw, e.term.exitRaw = rawMode(c.In, c.Out)
		e.suspends = true
		e.watches = append(e.watches, func() func() { return onContinue(e.resume) })
	}
	if c.OnWidthChanged == nil {
		c.OnWidthChanged = func(f func()) {
			e.watches = append(e.watches, func() func() { return onResize(f) })
		}
	}
	e.history = newHistory(c.History)
	e.reset()
	e.screen = newScreen(c.Out, sizer(c), c.Prompt, c.Dumb, e.guard)
	c.OnWidthChanged(e.screen.redraw)

	var err error
	if e.engine, err = e.newEngine(); err != nil {
		e.screen.close()
		return nil, err
	}
	return e, nil
}

func sizer(c Config) func() (width, height int) {
	return func() (width, height int) {
		if c.Width != nil {
			width = c.Width()
		} else {
			width, height = terminalSize(c.Out, c.In)
		}
		if width <= 0 {
			width = defaultWidth
		}
		if height <= 0 {
			height = defaultHeight
		}
		return width, height
	}
}

// ReadLine returns the next line, without its end. What was pasted is in it with
// its own line ends, as \n.
//
// The error is io.EOF for Ctrl-D on an empty line and at the end of the input,
// ErrInterrupt for Ctrl-C, and ErrClosed after Close; in all of these cases what
// was typed is discarded. After Ctrl-D and Ctrl-C another line can be read.
func (e *Editor) ReadLine() (string, error) {
	if err := e.term.enter(); err != nil {
		return "", err
	}
	e.watchOnce.Do(e.watch)
	e.in.start(e.source)
	e.screen.begin()
	if !e.in.setActive(true) {
		return "", ErrClosed
	}
	line, err := e.engine.Readline()
	switch {
	case err == nil:
		e.history.add(line)
		return line, nil
	case e.in.isClosed():
		return "", ErrClosed
	case errors.Is(err, readline.ErrInterrupt):
		return "", ErrInterrupt
	}
	return "", err
}

// Write shows p above the line that is being typed. While there is such a line,
// Write returns before p is on the screen, and what follows the last newline of
// p is held back until its end is written. If the terminal is slow Write waits
// before more than a megabyte is queued. After Close it writes directly.
func (e *Editor) Write(p []byte) (int, error) { return e.screen.Write(p) }

// SetPrompt changes the prompt, also of the line that is being typed.
func (e *Editor) SetPrompt(prompt string) { e.screen.setPrompt(prompt) }

// Close ends a ReadLine that waits, shows what was written before, and puts the
// terminal back into its former state. A line that is being typed stays on the
// screen. A second call does nothing and returns the same error.
//
// If In is the standard input, one read from it is left waiting: the next keys
// that are typed are lost to this process.
func (e *Editor) Close() error {
	e.closeOnce.Do(func() {
		e.in.close(e.source)
		e.unwatch()
		e.screen.close()
		e.closeErr = e.term.close()
		// The engine ends when it sees the end of its input, for which it has
		// to be asked to read; and it leaves a goroutine with its wrapper of
		// the input unless that is closed.
		e.engine.Terminal.KickRead()
		_ = e.engine.Config.Stdin.Close()
	})
	return e.closeErr
}

// Restore puts the terminal back into its former state and does nothing else.
// It waits for no lock that is held for long, so that it can be called in any
// situation: deferred for a panic, or on a signal just before the process ends.
// ReadLine takes the terminal again.
func (e *Editor) Restore() {
	_ = e.term.leave()
	e.screen.restore()
}

// guard is deferred by the goroutines of the editor itself.
func (e *Editor) guard() {
	if v := recover(); v != nil {
		e.Restore()
		panic(v)
	}
}

func (e *Editor) watch() {
	e.stopMu.Lock()
	defer e.stopMu.Unlock()
	if e.stopped {
		return
	}
	for _, start := range e.watches {
		e.stops = append(e.stops, start())
	}
}

func (e *Editor) unwatch() {
	e.stopMu.Lock()
	e.stopped = true
	stops := e.stops
	e.stops = nil
	e.stopMu.Unlock()
	for _, stop := range stops {
		stop()
	}
}

// suspend is Ctrl-Z.
func (e *Editor) suspend() {
	if !e.suspends {
		return
	}
	e.yield()
	stopGroup()
	e.resume()
}

// yield gives the terminal to others for the time in which the process is
// stopped.
func (e *Editor) yield() {
	e.screen.hide()
	e.term.suspend()
}

// resume takes the terminal again. The process may have been stopped without
// yield, by a signal that nobody can catch.
func (e *Editor) resume() {
	if e.term.resume() {
		e.screen.show()
	}
}
