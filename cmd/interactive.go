package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"wscope/cmd/internal/lineedit"
	"wscope/render"
	"wscope/wsproto"
)

// A terminalSession is a session with a person at its end.
type terminalSession struct {
	*session
	ctx     context.Context
	console console
	again   bool // /reconnect; guarded by session.mu
}

var _ talker = (*terminalSession)(nil)

// runInteractive is a session with a person: -x is sent, then what is typed,
// until one of the two sides closes.
func (s *session) runInteractive(ctx context.Context) error {
	if err := s.open(ctx); err != nil {
		return err
	}
	history := sessionHistory(s.streams, !s.noHistory, func(err error) { s.o.note("history: " + err.Error()) })
	con, err := s.newConsole(s.streams, consoleOptions{prompt: "> ", history: history, complete: completeSlash})
	if err != nil {
		s.conn().Abort(nil)
		return err
	}
	t := &terminalSession{session: s, ctx: ctx, console: con}
	s.view.out.to(con)
	if s.errTTY {
		s.view.err.to(con)
	}
	typed := make(chan struct{})
	go func() {
		defer close(typed)
		t.readConsole()
	}()
	err = t.receiveAll()
	con.Close()
	<-typed
	s.view.out.to(s.out)
	s.view.err.to(s.err)
	if err, ok := err.(*exitError); ok {
		return err // of connecting again
	}
	return s.conclude(ctx, err)
}

// receiveAll receives until the session ends, through every /reconnect.
func (t *terminalSession) receiveAll() error {
	for {
		stop := t.watch(t.ctx)
		for _, a := range t.first {
			if err := t.do(a); err != nil {
				t.fail(fmt.Errorf("-x: %w", err))
			}
		}
		t.first = nil
		t.view.flush()
		err := t.receive()
		stop()
		t.mu.Lock()
		again := t.again
		t.again = false
		t.mu.Unlock()
		if !again || t.ctx.Err() != nil {
			return err
		}
		t.o.end(t.conn(), judge(err), t.opened)
		t.closedByUs.Store(false)
		if err := t.open(t.ctx); err != nil {
			return err
		}
	}
}

// readConsole sends what is typed. It returns when the console is closed.
func (t *terminalSession) readConsole() {
	for abandoned := 0; ; {
		line, err := t.console.ReadLine()
		switch {
		case err == nil:
			t.typed(line)
		case errors.Is(err, lineedit.ErrInterrupt) && abandoned == 0:
			abandoned++
			t.interrupted.Store(true)
			t.shut()
		case errors.Is(err, lineedit.ErrInterrupt):
			if c := t.conn(); c != nil {
				c.Abort(context.Canceled)
			}
			return
		case errors.Is(err, io.EOF):
			t.shut()
			// A second Ctrl-C still has to be heard.
			abandoned++
		case errors.Is(err, lineedit.ErrClosed):
			return
		default:
			t.o.fail(err, "")
			t.shut()
			return
		}
	}
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
		t.o.fail(err, "")
	}
	t.view.flush()
}

func (t *terminalSession) typedMessage(text string) error {
	p, err := t.payload(text)
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

func (s *session) command(line string) error { return runCommand(pipedTalker{s}, line) }

func (s *session) payload(arg string) ([]byte, error) { return s.payloads.read(arg) }

func (s *session) sendFragments(op wsproto.Opcode, p []byte, size int) error {
	c := s.conn()
	if c == nil {
		return errNotConnected
	}
	if err := c.WriteFragmented(op, p, size); err != nil {
		return err
	}
	s.sent.Add(1)
	s.o.messageSent(op, p)
	return nil
}

func (s *session) sendFrame(f rawFrame) error {
	c := s.conn()
	if c == nil {
		return errNotConnected
	}
	return f.on(c)
}

func (s *session) ping(p []byte) error {
	c := s.conn()
	if c == nil {
		return errNotConnected
	}
	return c.Ping(p)
}

func (s *session) pong(p []byte) error {
	c := s.conn()
	if c == nil {
		return errNotConnected
	}
	return c.Pong(p)
}

func (s *session) setFormat(f render.Format) { s.view.setFormat(f) }

func (s *session) stats() string { return statsText(s.o, s.conn()) }

func (s *session) headers() (string, error) {
	if s.o == nil || len(s.o.request) == 0 {
		return "", errNotConnected
	}
	return render.HandshakeText(s.o.request, s.o.response, s.display.showSecrets), nil
}

func (s *session) quit() { s.shut() }

// statsText counts what has crossed a connection.
func statsText(o *observer, c *wsproto.Conn) string {
	if c == nil {
		return errNotConnected.Error()
	}
	n := o.stats(c)
	text := fmt.Sprintf("sent %d frames, %d messages, %d bytes; received %d frames, %d messages, %d bytes",
		n.FramesSent, n.MessagesSent, n.BytesSent, n.FramesReceived, n.MessagesReceived, n.BytesReceived)
	if n.RTT > 0 {
		text += fmt.Sprintf("; last round trip %v", n.RTT)
	}
	return text
}

func (t *terminalSession) say(text string) {
	io.WriteString(t.view.err, strings.TrimRight(text, "\n")+"\n")
}

func (t *terminalSession) reconnect() error {
	t.mu.Lock()
	t.again = true
	t.mu.Unlock()
	t.shut()
	return nil
}

// A pipedTalker is a session whose commands come from -x.
type pipedTalker struct{ *session }

func (t pipedTalker) say(text string) {
	io.WriteString(t.view.err, strings.TrimRight(text, "\n")+"\n")
}

func (t pipedTalker) reconnect() error {
	return errors.New("only a session on a terminal can connect again")
}
