package play

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"wscope/cmd/internal/literal"
	"wscope/cmd/internal/script"
	"wscope/wsproto"
)

// send does a step that sends something.
func (t *part) send(s script.Step) error {
	l := t.link(s)
	var err error
	switch s := s.(type) {
	case *script.Send:
		err = l.sendMessage(s)
	case *script.Frame:
		err = l.sendFrame(s)
	case *script.Control:
		err = l.sendControl(s)
	case *script.Close:
		return l.close(s)
	case *script.Drop:
		return l.drop()
	case *script.Emit:
		err = l.emit(s)
	default:
		return fmt.Errorf("there is no step of type %T", s)
	}
	return l.sendFailure(err)
}

// sendFailure says why nothing can be sent any more.
func (l *link) sendFailure(err error) error {
	if errors.Is(err, wsproto.ErrClosed) || errors.As(err, new(*wsproto.DropError)) {
		select {
		case <-l.inbox.over:
		case <-time.After(closingTime): // its reader is a little behind
		case <-l.ctx.Done():
		}
		return errors.New(l.ended())
	}
	return err
}

func (l *link) sendMessage(s *script.Send) error {
	p, err := l.bytes(s.Content, s.Pos)
	if err != nil {
		return err
	}
	if l.served != nil {
		return l.served.send(p)
	}
	op := wsproto.OpText
	if s.Binary {
		op = wsproto.OpBinary
	} else if err := literal.CheckText(p); err != nil {
		return fmt.Errorf("%w; send-binary and frame send any bytes", err)
	}
	return l.ws.WriteMessage(op, p)
}

func (l *link) sendFrame(s *script.Frame) error {
	var p []byte
	if s.Content != nil {
		var err error
		if p, err = l.bytes(*s.Content, s.Pos); err != nil {
			return err
		}
	}
	return s.Frame.With(p).On(l.ws)
}

func (l *link) sendControl(s *script.Control) error {
	data, err := l.optional(s.Data)
	switch {
	case err != nil:
		return err
	case len(data) > wsproto.MaxControlPayload:
		return fmt.Errorf("%d bytes, at most %d fit (RFC 6455, Section 5.5); frame op=ping sends them all the same", len(data), wsproto.MaxControlPayload)
	case s.Pong:
		return l.ws.Pong([]byte(data))
	}
	return l.ws.Ping([]byte(data))
}

func (l *link) emit(s *script.Emit) error {
	var (
		data, comment *string
		fields        [][2]string
	)
	if s.Text != nil {
		p, err := l.bytes(*s.Text, s.Pos)
		if err != nil {
			return err
		}
		text := string(p)
		data = &text
	}
	if s.Comment != nil {
		text, err := l.optional(s.Comment)
		if err != nil {
			return err
		}
		comment = &text
	}
	for _, f := range []struct {
		name string
		text *script.Text
	}{{"event", s.Type}, {"id", s.ID}} {
		if f.text == nil {
			continue
		}
		text, err := l.optional(f.text)
		if err != nil {
			return err
		}
		if strings.ContainsAny(text, "\r\n") {
			return fmt.Errorf("the %s of an event is one line, got %s", f.name, script.Quote(text))
		}
		fields = append(fields, [2]string{f.name, text})
	}
	if s.Retry != nil {
		fields = append(fields, [2]string{"retry", strconv.FormatInt(s.Retry.Milliseconds(), 10)})
	}
	return l.served.send(appendEvent(nil, data, fields, comment))
}

// close closes a connection and waits until it is closed.
func (l *link) close(s *script.Close) error {
	if l.served != nil {
		return l.served.end()
	}
	code := wsproto.CloseNormal
	if s.Code > 0 {
		code = wsproto.CloseCode(s.Code)
	}
	reason, err := l.optional(s.Reason)
	if err != nil {
		return err
	}
	switch err := l.ws.Close(code, reason); {
	case errors.Is(err, wsproto.ErrCloseSent), errors.Is(err, wsproto.ErrClosed):
		// The peer was first, and was answered.
	case err != nil:
		return l.sendFailure(err)
	}
	limit := l.Within
	if s.Within > 0 {
		limit = s.Within
	}
	err = l.await(limit, func() (bool, error) { return l.inbox.cause() != nil, nil })
	switch err {
	case nil:
	case errTimeUp:
		return fmt.Errorf("the closing handshake was not complete within %v", limit)
	default:
		return err
	}
	var closed *wsproto.CloseError
	if end := l.inbox.cause(); !errors.As(end, &closed) && !l.endSeen() {
		return errors.New(l.ended())
	} else if closed != nil && closed.Remote && !l.endSeen() && !normal(closed.Code) {
		return fmt.Errorf("the peer was first: %w", closed)
	}
	return nil
}

// normal reports whether a peer that closes with code has no complaint.
func normal(code wsproto.CloseCode) bool {
	return code == wsproto.CloseNormal || code == wsproto.CloseGoingAway || code == wsproto.CloseNoStatus
}

// drop ends a connection without a word. The stream of bytes is ended in order,
// so that nothing is lost that was sent before.
func (l *link) drop() error {
	if l.served != nil {
		return l.served.drop()
	}
	l.seen.Store(true) // it was meant to end
	nc := l.ws.NetConn()
	t, ok := nc.(*net.TCPConn)
	if !ok || t.CloseWrite() != nil {
		l.ws.Abort(io.ErrClosedPipe)
		return nil
	}
	timer := time.AfterFunc(closingTime, func() { l.ws.Abort(io.ErrClosedPipe) })
	l.working.Go(func() {
		<-l.inbox.over
		timer.Stop()
	})
	return nil
}
