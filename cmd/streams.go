package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fatih/color"
	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// streams are what a command talks to: the three standard streams, what is
// known of each, and the environment. Commands have them in their options and
// touch neither the os package's streams nor its environment, so that a test
// can stand in for all of it. The zero value has no terminal and an empty
// environment.
type streams struct {
	in  io.Reader
	out io.Writer // data; an error of it is an *outputError
	err io.Writer // talk

	inTTY, outTTY, errTTY bool

	env   func(string) string // nil is an empty environment
	width func() int          // columns of the terminal at out, 0 if unknown; may be nil
	exit  *exitHooks          // may be nil
	leave func(code int)      // ends the process; nil where there is none to end
}

// osStreams returns the streams of the process.
func osStreams() streams {
	return streams{
		in:     os.Stdin,
		out:    outputWriter{os.Stdout},
		err:    os.Stderr,
		inTTY:  isTerminal(os.Stdin),
		outTTY: isTerminal(os.Stdout),
		errTTY: isTerminal(os.Stderr),
		env:    os.Getenv,
		width: func() int {
			w, _, err := term.GetSize(int(os.Stdout.Fd()))
			if err != nil {
				return 0
			}
			return w
		},
		exit:  new(exitHooks),
		leave: os.Exit,
	}
}

// isTerminal reports whether f is a terminal, the pseudo terminals of Cygwin
// and MSYS included, which are pipes to Windows.
func isTerminal(f *os.File) bool {
	return isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd())
}

// interactive reports whether there is somebody to talk to: a session prompts
// and takes slash commands only then.
func (s streams) interactive() bool { return s.inTTY && s.outTTY }

// getenv returns an environment variable, "" if it is not set.
func (s streams) getenv(name string) string {
	if s.env == nil {
		return ""
	}
	return s.env(name)
}

// columns returns the width of the terminal at out, 0 if there is none or it
// does not tell.
func (s streams) columns() int {
	if !s.outTTY || s.width == nil {
		return 0
	}
	return s.width()
}

// onExit has f run when the process ends without the function that called
// onExit having returned: after a second signal, or a panic in the main
// goroutine. It is for what outlives the process, such as the state of the
// terminal. f must be safe to call from any goroutine. The caller runs the
// returned function when it has cleaned up by itself.
func (s streams) onExit(f func()) (remove func()) {
	if s.exit == nil {
		return func() {}
	}
	return s.exit.add(f)
}

// closeReserve is how much longer than the closing handshake the rest of an end may
// take.
const closeReserve = 1500 * time.Millisecond

// lastWord is how long a stderr that takes nothing is waited for at the end.
const lastWord = 250 * time.Millisecond

// begin says that there is something now which a signal must not just cut off: the
// first one cancels the context, and the command sees to its end. For that it has
// the given time. Then, if it is held up by something that cannot be cancelled,
// such as a stdout that nobody reads, the process ends all the same. The caller
// runs the returned function when it has ended by itself.
func (s streams) begin(ctx context.Context, end time.Duration) (over func()) {
	if s.exit != nil {
		s.exit.patient.Store(true)
	}
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		code := exitInterrupted
		var late *errMaxTime
		if errors.As(context.Cause(ctx), &late) {
			code, end = exitTimeout, min(end, time.Second)
		}
		s.leaveUnless(done, end, code, context.Cause(ctx))
	})
	return func() {
		stop()
		close(done)
	}
}

// guard is deferred by each goroutine that runs while the terminal is in another
// state: before a panic ends the process, the exit hooks run.
func (s streams) guard() {
	if v := recover(); v != nil {
		if s.exit != nil {
			s.exit.run()
		}
		panic(v)
	}
}

// leaveUnless ends the process with a status, whatever it hangs in, unless done is
// closed within a time. It returns where there is no process to end.
func (s streams) leaveUnless(done <-chan struct{}, within time.Duration, code int, cause error) {
	if s.leave == nil {
		return
	}
	select {
	case <-done:
		return
	case <-time.After(within):
	}
	if s.exit != nil {
		s.exit.run()
	}
	// What holds it up may be the terminal that stderr is, too.
	told := make(chan struct{})
	go func() {
		defer close(told)
		fmt.Fprintf(s.err, "wscope: error: %v, and the output is held up: left without an orderly end\n", cause)
	}()
	select {
	case <-told:
	case <-time.After(lastWord):
	}
	s.leave(code)
}

// The values of --color.
const (
	colorAuto   = "auto"
	colorAlways = "always"
	colorNever  = "never"
)

// color decides whether one stream is coloured; tty says whether that stream is
// a terminal. An explicit mode wins, then NO_COLOR, then CLICOLOR_FORCE and
// FORCE_COLOR; otherwise a terminal that is not dumb is coloured.
func (s streams) color(mode string, tty bool) bool {
	switch mode {
	case colorAlways:
		return true
	case colorNever:
		return false
	}
	switch {
	case s.getenv("NO_COLOR") != "":
		return false
	case forced(s.getenv("CLICOLOR_FORCE")), forced(s.getenv("FORCE_COLOR")):
		return true
	}
	return tty && !s.dumb()
}

// dumb reports whether the terminal understands no control sequences.
func (s streams) dumb() bool { return s.getenv("TERM") == "dumb" }

// forced reads CLICOLOR_FORCE and FORCE_COLOR: any value but none and 0.
func forced(v string) bool { return v != "" && v != "0" }

// paint colours text if on is true. The global switch of the color package, which
// knows only stdout, has no say.
func paint(on bool, text string, attributes ...color.Attribute) string {
	if !on {
		return text
	}
	c := color.New(attributes...)
	c.EnableColor()
	return c.Sprint(text)
}

// colorMode returns what --color and --no-color of a parsed command line ask
// for. A command that knows neither has colorAuto.
func colorMode(cmd *cobra.Command) string {
	if f := cmd.Flag("no-color"); f != nil && f.Value.String() == "true" {
		return colorNever
	}
	if f := cmd.Flag("color"); f != nil {
		return f.Value.String()
	}
	return colorAuto
}

// exitHooks are the functions that streams.onExit has collected.
type exitHooks struct {
	// patient is set when the first signal is left to the command.
	patient atomic.Bool

	mu    sync.Mutex
	hooks []*func()
}

func (h *exitHooks) add(f func()) (remove func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := &f
	h.hooks = append(h.hooks, p)
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.hooks = slices.DeleteFunc(h.hooks, func(q *func()) bool { return q == p })
	}
}

// run calls the functions, the newest first. None of them is called twice.
func (h *exitHooks) run() {
	for {
		h.mu.Lock()
		n := len(h.hooks)
		if n == 0 {
			h.mu.Unlock()
			return
		}
		f := *h.hooks[n-1]
		h.hooks = h.hooks[:n-1]
		h.mu.Unlock()
		f()
	}
}

// outputWriter marks the errors of stdout, so that a closed or full stdout can
// be told from the same error of a connection.
type outputWriter struct{ w io.Writer }

func (o outputWriter) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if err != nil {
		err = &outputError{err}
	}
	return n, err
}
