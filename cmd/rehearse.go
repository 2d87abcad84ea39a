package cmd

import (
	"errors"
	"fmt"

	"wscope/cmd/internal/rawframe"
	"wscope/cmd/internal/shell"
	"wscope/render"
	"wscope/wsproto"
)

// An action is what one -x asks for, read and judged.
type action struct {
	arg   string // as it was typed
	steps []func(talker) error
	// closes tells that our Close frame is among the steps, needsOpen that they
	// come to nothing after one.
	closes, needsOpen bool
}

// do carries out an action. It can be carried out again on another connection.
func (a action) do(t talker) error {
	for _, step := range a.steps {
		if err := step(t); err != nil {
			return err
		}
	}
	return nil
}

// prepare reads and judges all that is to be sent, before anything is.
func (s *session) prepare() error {
	s.payloads = payloadReader{stdin: s.in, escape: s.escape}
	for _, arg := range s.execute {
		r := rehearsal{payloads: &s.payloads, action: action{arg: arg}}
		if err := s.rehearse(&r, arg); err != nil {
			return err
		}
		s.first = append(s.first, r.action)
	}
	return nil
}

func (s *session) rehearse(r *rehearsal, arg string) error {
	if s.slash && isCommand(arg) {
		err := runCommand(r, arg)
		if _, _, unknown := findCommand(arg); err != nil && unknown == nil && s.interactive() {
			// Somebody sees it in the session, and can do better there.
			r.steps = []func(talker) error{func(talker) error { return err }}
			return nil
		}
		return commandFailure(arg, err)
	}
	text := arg
	if s.slash {
		text = unslash(arg)
	}
	op := opcode(s.binary)
	p, err := s.payloads.read(text)
	if err == nil && op == wsproto.OpText {
		err = checkText(p)
	}
	var file *fileError
	switch {
	case errors.As(err, &file):
		hint := ""
		if file.err != nil && p != nil {
			hint = binaryHint
		}
		return failure(exitReadFile, fmt.Errorf("-x %.60q: %w", text, err), hint)
	case err != nil:
		return usageError(`-e -x 'line\n'`, "-x: %w", err)
	}
	return r.send(op, p)
}

// commandFailure gives a mistake in a slash command of -x its exit status.
func commandFailure(line string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("-x: %w", err)
	if errors.As(err, new(*fileError)) {
		return failure(exitReadFile, err, "")
	}
	if errors.Is(err, errOnlyTyped) {
		return usageError("--reconnect", "%w", err)
	}
	example := "ping hello"
	if c, _, err := findCommand(line); err == nil {
		example = c.example
	}
	return usageError("--slash -x "+shell.Quote("/"+example), "%w", err)
}

// errOnlyTyped refuses /reconnect in -x, which would send -x again for ever.
var errOnlyTyped = errors.New("only somebody at a terminal can connect again")

// A rehearsal is a talker before there is a connection: it reads and judges what
// a command asks for, and notes it as steps for a talker that has one.
type rehearsal struct {
	action
	payloads *payloadReader
}

var _ talker = (*rehearsal)(nil)

func (r *rehearsal) note(step func(talker) error) error {
	r.steps = append(r.steps, step)
	return nil
}

// noteSending notes a step that needs an open connection.
func (r *rehearsal) noteSending(step func(talker) error) error {
	r.needsOpen = true
	return r.note(step)
}

func (r *rehearsal) payload(arg string) ([]byte, error) { return r.payloads.read(arg) }

func (r *rehearsal) send(op wsproto.Opcode, p []byte) error {
	return r.noteSending(func(t talker) error { return t.send(op, p) })
}

func (r *rehearsal) sendFragments(op wsproto.Opcode, p []byte, size int) error {
	return r.noteSending(func(t talker) error { return t.sendFragments(op, p, size) })
}

func (r *rehearsal) sendFrame(f rawframe.Frame) error {
	r.closes = f.Opcode == wsproto.OpClose
	return r.note(func(t talker) error { return t.sendFrame(f) })
}

func (r *rehearsal) ping(p []byte) error {
	return r.noteSending(func(t talker) error { return t.ping(p) })
}

func (r *rehearsal) pong(p []byte) error {
	return r.noteSending(func(t talker) error { return t.pong(p) })
}

func (r *rehearsal) closeWith(c closing) error {
	r.closes = true
	return r.noteSending(func(t talker) error { return t.closeWith(c) })
}

func (r *rehearsal) quit() {
	r.closes = true
	r.note(func(t talker) error { t.quit(); return nil })
}

func (r *rehearsal) setFormat(f render.Format) {
	r.note(func(t talker) error { t.setFormat(f); return nil })
}

func (r *rehearsal) say(text string) {
	r.note(func(t talker) error { t.say(text); return nil })
}

func (r *rehearsal) showStats() {
	r.note(func(t talker) error { t.showStats(); return nil })
}

func (r *rehearsal) showHeaders() {
	r.note(func(t talker) error { t.showHeaders(); return nil })
}

func (r *rehearsal) reconnect() error { return errOnlyTyped }
