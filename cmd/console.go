package cmd

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"wscope/cmd/internal/lineedit"
	"wscope/cmd/internal/literal"
)

// A console is where a person types. Everything that is shown while ReadLine
// waits goes through its Write, which any goroutine may call.
type console interface {
	// ReadLine returns the next line, io.EOF when there is no more, and
	// lineedit.ErrInterrupt if it was abandoned.
	ReadLine() (string, error)
	io.Writer
	Close() error
}

// consoleOptions are what a console needs to know.
type consoleOptions struct {
	prompt   string
	history  lineedit.History
	complete func(line string, pos int) (candidates []string, replace int)
	complain func(error) // that does not end the session
}

// newConsole returns a line editor on the terminal.
func newConsole(s streams, o consoleOptions) (console, error) {
	out := s.out
	if w, ok := out.(outputWriter); ok {
		out = w.w // the editor has to see that it is a terminal
	}
	e, err := lineedit.New(lineedit.Config{
		In:       s.in,
		Out:      out,
		Prompt:   o.prompt,
		Dumb:     s.dumb(),
		History:  o.history,
		Complete: o.complete,
		OnBroken: func(p []byte) {
			o.complain(fmt.Errorf("what was typed is left out: %w; /hex and /file send bytes", literal.CheckText(p)))
		},
	})
	if err != nil {
		return nil, err
	}
	return &editor{Editor: e, remove: s.onExit(e.Restore)}, nil
}

// An editor is a line editor that leaves the terminal as it was on every way
// out of the program.
type editor struct {
	*lineedit.Editor
	remove func()
}

func (e *editor) Close() error {
	err := e.Editor.Close()
	e.remove()
	return err
}

// sessionHistory returns where the lines of a session are kept, unless keep is
// false. That they cannot be is shown once, and ends nothing.
func sessionHistory(s streams, keep bool, view *display, colorMode string, quiet bool) lineedit.History {
	if !keep {
		return lineedit.History{Max: -1}
	}
	s.err = view.err // which may be the console by then
	return lineedit.History{Path: historyFile(s), Report: func(err error) {
		if !quiet {
			printDiagnostic(s, colorMode, levelWarning, err.Error()+"; --no-history does without it")
		}
	}}
}

// historyFile returns where the lines of a session are kept: below
// XDG_STATE_HOME, or ~/.local/state.
func historyFile(s streams) string {
	dir := s.getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(dir) { // relative ones are to be ignored, says the XDG specification
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(dir, "wscope", "history")
}
