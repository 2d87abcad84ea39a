package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// askSecret asks for something on the terminal, and fails with the error given if
// there is none. Nothing of the answer is echoed, not even what is typed before
// the question is there; Ctrl-C ends the program.
func askSecret(s streams, question string, noTerminal error) (string, error) {
	file, ok := s.in.(*os.File)
	if !ok || !s.inTTY {
		return "", noTerminal
	}
	state, err := term.MakeRaw(int(file.Fd()))
	if err == nil {
		restore := func() { term.Restore(int(file.Fd()), state) }
		defer restore()
		defer s.onExit(restore)()
		keyboard := term.NewTerminal(struct {
			io.Reader
			io.Writer
		}{file, s.err}, "")
		var answer string
		if answer, err = keyboard.ReadPassword(question); err == nil {
			return answer, nil
		}
	}
	if errors.Is(err, io.EOF) { // Ctrl-C or Ctrl-D
		io.WriteString(s.err, "\r\n")
		return "", quietExit{exitInterrupted}
	}
	return "", failure(exitReadFile, fmt.Errorf("reading the password: %w", err), "")
}
