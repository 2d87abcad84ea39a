package cmd

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"wscope/cmd/internal/shell"
	"wscope/wsproto"
)

// feed sends -x and then stdin. It runs on a goroutine of its own and may stay
// behind in a read of stdin when the session is over.
func (s *session) feed() {
	err := s.feedAll()
	if err != nil && !errors.Is(err, io.EOF) {
		s.fail(err)
		s.shut()
		return
	}
	s.inputEnds()
}

func (s *session) feedAll() error {
	first := s.conn()
	for i, a := range s.first {
		if a.closes {
			s.giveUp(s.first[i+1:])
		}
		if err := a.do(s); err != nil {
			if s.awaitNext(first) {
				break // all of -x is sent again there
			}
			return s.sendFailure(err)
		}
	}
	s.view.flush()
	if s.payloads.usedStdin || s.inTTY && len(s.first) > 0 || s.echo {
		return nil // stdin is used up, or nobody is expected to type
	}
	in := splitter{in: s.in, idle: func() error {
		err := s.conn().Flush()
		s.view.flush()
		if s.retry.reconnect {
			return nil // each message has been flushed, and waits if it has to
		}
		return err
	}}
	if !s.noSplit {
		in.delimiter = []byte(s.delimiter)
	}
	op := opcode(s.binary)
	for {
		p, err := in.next()
		if err != nil {
			return s.inputFailure(err)
		}
		if op == wsproto.OpText {
			if err := checkText(p); err != nil {
				s.conn().Flush()
				return failure(exitReadFile, fmt.Errorf("%s: %w", in.where(), err), binaryHint)
			}
		}
		send := s.queue
		if s.retry.reconnect {
			send = s.deliver
		}
		if err := send(op, p, s.fragment); err != nil {
			return s.sendFailure(err)
		}
	}
}

// inputFailure tells the end of stdin, by which all has been sent, and an error
// of reading it from one of sending.
func (s *session) inputFailure(err error) error {
	var file *fileError
	switch {
	case errors.Is(err, io.EOF):
		if err := s.conn().Flush(); err != nil && !s.retry.reconnect {
			return s.sendFailure(err)
		}
		return err
	case errors.As(err, &file):
		return failure(exitReadFile, err, "")
	}
	return s.sendFailure(err)
}

// sendFailure tells a message that was lost from one that nobody wants any more.
// If sending failed, the reading goroutine finds the reason, which says more.
func (s *session) sendFailure(err error) error {
	var known *exitError
	switch {
	case errors.As(err, &known):
		return err
	case s.closedByUs.Load():
		return io.EOF
	}
	return failure(exitSend, errors.New("the connection was closed before everything was sent"), "")
}

func isSendFailure(err error) bool {
	var e *exitError
	return errors.As(err, &e) && e.code == exitSend
}

// giveUp notes the first of the actions that come after our Close frame and can
// no longer be carried out.
func (s *session) giveUp(after []action) {
	i := slices.IndexFunc(after, func(a action) bool { return a.needsOpen })
	if i < 0 {
		return
	}
	s.fail(failure(exitSend, fmt.Errorf("-x %s: it comes after a Close frame, after which nothing is sent (RFC 6455, Section 5.5.1)",
		shell.Quote(after[i].arg)), "/frame sends a frame all the same"))
}

// send sends a message at once.
func (s *session) send(op wsproto.Opcode, p []byte) error {
	return s.sendFragments(op, p, s.fragment)
}

// sendFragments sends a message at once, in frames of size bytes if that is not 0.
func (s *session) sendFragments(op wsproto.Opcode, p []byte, size int) error {
	if err := s.queue(op, p, size); err != nil {
		return err
	}
	return s.conn().Flush()
}

// queue sends a message without flushing.
func (s *session) queue(op wsproto.Opcode, p []byte, size int) error {
	c, o := s.link()
	err := o.send(c, op, p, size)
	if err == nil {
		s.sent.Add(1)
	}
	return err
}
