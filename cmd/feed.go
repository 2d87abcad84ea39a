package cmd

import (
	"errors"
	"fmt"
	"io"

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
	for _, a := range s.first {
		if err := s.do(a); err != nil {
			return s.sendFailure(err)
		}
	}
	s.view.flush()
	if s.payloads.usedStdin || s.inTTY && len(s.first) > 0 || s.echo {
		return nil // stdin is used up, or nobody is expected to type
	}
	in := splitter{in: s.in}
	if !s.noSplit {
		in.delimiter = []byte(s.delimiter)
	}
	c := s.conn()
	op := opcode(s.binary)
	for {
		p, more, err := in.next()
		if err != nil {
			return s.readFailure(err)
		}
		if op == wsproto.OpText {
			if err := checkText(p); err != nil {
				c.Flush()
				return failure(exitReadFile, fmt.Errorf("%s: %w", in.where(), err), binaryHint)
			}
		}
		if err := s.queue(op, p); err != nil {
			return s.sendFailure(err)
		}
		if !more {
			if err := c.Flush(); err != nil {
				return s.sendFailure(err)
			}
			s.view.flush()
		}
	}
}

// readFailure gives an error of reading stdin its exit status.
func (s *session) readFailure(err error) error {
	if errors.Is(err, io.EOF) {
		return err
	}
	return failure(exitReadFile, err, "")
}

// sendFailure tells a message that was lost from one that nobody wants any more.
// If sending failed, the reading goroutine finds the reason.
func (s *session) sendFailure(err error) error {
	var known *exitError
	var drop *wsproto.DropError
	switch {
	case errors.As(err, &known):
		return err
	case s.closedByUs.Load(), errors.As(err, &drop):
		return io.EOF
	}
	return failure(exitSend, errors.New("the connection was closed before everything was sent"), "")
}

// do carries out one action of -x.
func (s *session) do(a action) error {
	if a.command != "" {
		return s.command(a.command)
	}
	return s.send(a.op, a.payload)
}

// send sends a message at once.
func (s *session) send(op wsproto.Opcode, p []byte) error {
	if err := s.queue(op, p); err != nil {
		return err
	}
	return s.conn().Flush()
}

// queue sends a message, in fragments if that is asked for, without flushing.
func (s *session) queue(op wsproto.Opcode, p []byte) error {
	c := s.conn()
	if c == nil {
		return errNotConnected
	}
	var err error
	if s.fragment > 0 {
		err = c.WriteFragmented(op, p, s.fragment)
	} else {
		err = c.QueueMessage(op, p)
	}
	if err == nil {
		s.sent.Add(1)
		s.o.messageSent(op, p)
	}
	return err
}
