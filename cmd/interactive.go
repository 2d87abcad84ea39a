package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"wscope/cmd/internal/lineedit"
	"wscope/cmd/internal/rawframe"
	"wscope/render"
	"wscope/wsproto"
)

// A terminalSession is a session with a person at its end.
type terminalSession struct {
	*session
	ctx     context.Context
	cancel  context.CancelCauseFunc
	console console
	work    *background   // what is typed, so that typing goes on meanwhile
	over    chan struct{} // closed when the session has ended
}

var _ talker = (*terminalSession)(nil)

// runInteractive is a session with a person: -x is sent, then what is typed,
// until one of the two sides closes.
func (s *session) runInteractive(ctx context.Context) error {
	if err := s.connect(ctx, false); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.payloads.stdin = nil // it is what is typed
	history := sessionHistory(s.streams, !s.noHistory, s.view, s.colorMode, s.display.quiet)
	con, err := s.newConsole(s.streams, consoleOptions{prompt: "> ", history: history, complete: completeSlash, complain: s.complain})
	if err != nil {
		s.conn().Abort(nil)
		return err
	}
	t := &terminalSession{session: s, ctx: ctx, cancel: cancel, console: con, over: make(chan struct{})}
	defer close(t.over)
	s.view.out.to(con)
	if s.errTTY {
		s.view.err.to(con)
	}
	t.work = newBackground(s.streams)
	t.work.do(t.sendFirst)
	typed := make(chan struct{})
	go func() {
		defer close(typed)
		defer t.guard()
		t.readConsole()
	}()
	s.mu.Lock()
	s.waits = func() { go t.say("* there is no connection: what is typed waits for the next one") }
	s.mu.Unlock()
	connected, err := s.follow(ctx)
	con.Close()
	<-typed
	s.view.out.to(s.out)
	s.view.err.to(s.err)
	if !connected {
		return s.concludeWithout(ctx, err)
	}
	return s.conclude(ctx, err)
}

// sendFirst sends -x.
func (t *terminalSession) sendFirst() {
	first := t.conn()
	for _, a := range t.first {
		if err := a.do(t.session); err != nil {
			if t.awaitNext(first) {
				return // all of -x is sent again there
			}
			t.complain(fmt.Errorf("-x: %w", err))
			t.fail(quietExit{exitFailure})
		}
	}
	t.view.flush()
	if t.expects.decide() {
		t.allSent() // nobody has to type
	}
}

// readConsole sends what is typed. It returns when the console is closed.
func (t *terminalSession) readConsole() {
	for ended := false; ; {
		line, err := t.console.ReadLine()
		switch {
		case err == nil:
			switch {
			case isCommand(line) && t.between():
				t.typed(line) // messages wait for a connection, commands do not
			case !t.work.do(func() { t.typed(line) }):
				t.complain(errBusy)
			}
		case errors.Is(err, lineedit.ErrInterrupt) && t.ctx.Err() == nil && !ended:
			t.interrupt(t.protocol.closeTimeout + closeReserve)
		case errors.Is(err, lineedit.ErrInterrupt):
			t.interrupt(closeReserve)
			t.conn().Abort(context.Cause(t.ctx))
			return
		case errors.Is(err, io.EOF) && !ended:
			ended = true // a Ctrl-C still has to be heard
			if t.between() || !t.work.do(t.shut) {
				t.shut()
			}
		case errors.Is(err, io.EOF), errors.Is(err, lineedit.ErrClosed):
			return
		default:
			t.complain(err)
			t.shut()
			return
		}
	}
}

// interrupt is Ctrl-C: it does what the signal does, which the key is not.
func (t *terminalSession) interrupt(within time.Duration) {
	cause := &interruptError{os.Interrupt}
	go t.leaveUnless(t.over, within, exitInterrupted, cause)
	t.cancel(cause)
}

// complain shows a mistake that does not end the session.
func (s *session) complain(err error) {
	_, o := s.link()
	o.fail(err, "")
}

// typed does what a line asks for. A mistake is shown and the session goes on.
func (t *terminalSession) typed(line string) {
	var err error
	if isCommand(line) {
		err = runCommand(t, line)
	} else {
		err = t.typedMessage(unslash(line))
	}
	if err != nil {
		t.complain(err)
	}
	t.view.flush()
}

func (t *terminalSession) typedMessage(text string) error {
	p, err := message(t, text)
	if err != nil {
		return err
	}
	op := opcode(t.binary)
	if op == wsproto.OpText {
		if err := checkText(p); err != nil {
			return fmt.Errorf("%w; /binary sends it", err)
		}
	}
	return t.send(op, p)
}

// The rest is what slash commands do. A session in a pipe has them too, for -x.

func (s *session) payload(arg string) ([]byte, error) { return s.payloads.read(arg) }

func (s *session) sendFrame(f rawframe.Frame) error { return f.On(s.conn()) }

func (s *session) ping(p []byte) error { return s.conn().Ping(p) }

func (s *session) pong(p []byte) error { return s.conn().Pong(p) }

func (s *session) setFormat(f render.Format) { s.view.setFormat(f) }

func (s *session) say(text string) {
	io.WriteString(s.view.err, strings.TrimRight(text, "\n")+"\n")
}

func (s *session) showStats() {
	c, o := s.link()
	s.say(statsText(o, c))
}

func (s *session) showHeaders() {
	_, o := s.link()
	s.say(render.HandshakeText(o.role, o.request, o.response, s.display.showSecrets))
}

func (s *session) reconnect() error { return errOnlyTyped }

func (s *session) quit() { s.shut() }

// statsText counts what has crossed a connection.
func statsText(o *observer, c *wsproto.Conn) string {
	n := o.stats(c)
	text := "sent " + count(n.FramesSent, "frame") + ", " + count(n.MessagesSent, "message") + ", " + count(n.BytesSent, "byte") +
		"; received " + count(n.FramesReceived, "frame") + ", " + count(n.MessagesReceived, "message") + ", " + count(n.BytesReceived, "byte")
	if n.RTT > 0 {
		text += "; last round trip " + render.Duration(n.RTT)
	}
	if n.Deflate != nil {
		text += "; " + n.Deflate.String()
	}
	return text
}

// count says how many there are of something.
func count(n uint64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// send and sendFragments are those of a person, whose messages wait while there
// is no connection.
func (t *terminalSession) send(op wsproto.Opcode, p []byte) error {
	return t.deliver(op, p, t.fragment)
}

func (t *terminalSession) sendFragments(op wsproto.Opcode, p []byte, size int) error {
	return t.deliver(op, p, size)
}

func (t *terminalSession) reconnect() error {
	if t.tryNow() {
		return nil
	}
	t.mu.Lock()
	t.again = true
	t.mu.Unlock()
	t.shut()
	return nil
}
