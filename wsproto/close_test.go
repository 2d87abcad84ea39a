package wsproto_test

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// closeError expects err to be a CloseError and returns it.
func closeError(t *testing.T, err error) wsproto.CloseError {
	t.Helper()
	var e *wsproto.CloseError
	if !errors.As(err, &e) {
		t.Fatalf("ended with %v, want a closing handshake", err)
	}
	return *e
}

func TestCloseByUs(t *testing.T) {
	inBubbles(t, func(t *testing.T, role wsproto.Role) {
		c, p := newConn(role, wsproto.Config{})
		if err := c.Close(4001, "enough"); err != nil {
			t.Fatal(err)
		}
		expectFrame(t, p, wsproto.OpClose, "\x0f\xa1enough")
		if err := c.WriteMessage(wsproto.OpText, nil); err != wsproto.ErrCloseSent {
			t.Errorf("WriteMessage after Close: %v", err)
		}
		if err := c.Ping(nil); err != wsproto.ErrCloseSent {
			t.Errorf("Ping after Close: %v", err)
		}
		if err := c.Close(wsproto.CloseNormal, ""); err != wsproto.ErrCloseSent {
			t.Errorf("Close after Close: %v", err)
		}
		p.Send(wstest.Text("on the way"), wstest.Close(4002, "all right"))
		p.CloseWrite()
		expectMessage(t, c, wsproto.OpText, "on the way")
		_, err := c.ReadMessage()
		want := wsproto.CloseError{Code: 4001, Reason: "enough", Reply: 4002, ReplyReason: "all right"}
		if got := closeError(t, err); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if _, err := p.ReadFrame(); err != io.EOF {
			t.Errorf("the peer: %v, want EOF", err)
		}
		if err := c.WriteMessage(wsproto.OpText, nil); !errors.Is(err, wsproto.ErrClosed) {
			t.Errorf("WriteMessage at the end: %v", err)
		}
	})
}

func TestCloseByPeer(t *testing.T) {
	for _, tt := range []struct {
		name  string
		frame wstest.Frame
		code  wsproto.CloseCode
		reply string
	}{
		{"code", wstest.Close(1000, ""), 1000, "\x03\xe8"},
		{"code and reason", wstest.Close(1011, "out of m\u00e9mory"), 1011, "\x03\xf3"},
		{"private code", wstest.Close(4999, ""), 4999, "\x13\x87"},
		{"empty", wstest.CloseWith(""), wsproto.CloseNoStatus, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubbles(t, func(t *testing.T, role wsproto.Role) {
				c, p := newConn(role, wsproto.Config{})
				p.Send(tt.frame)
				go func() {
					expectFrame(t, p, wsproto.OpClose, tt.reply)
					p.CloseWrite()
				}()
				_, err := c.ReadMessage()
				want := wsproto.CloseError{Code: tt.code, Remote: true, Reply: tt.code}
				if len(tt.frame.Payload) > 2 {
					want.Reason = string(tt.frame.Payload[2:])
				}
				if got := closeError(t, err); got != want {
					t.Errorf("got %+v, want %+v", got, want)
				}
			})
		})
	}
}

// TestCloseByBoth has both Close frames on the way at the same time.
func TestCloseByBoth(t *testing.T) {
	inBubbles(t, func(t *testing.T, role wsproto.Role) {
		c, p := newConn(role, wsproto.Config{})
		p.Send(wstest.Close(1001, "theirs"))
		c.Close(1000, "ours")
		p.CloseWrite()
		_, err := c.ReadMessage()
		want := wsproto.CloseError{Code: 1000, Reason: "ours", Reply: 1001, ReplyReason: "theirs"}
		if got := closeError(t, err); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		expectFrame(t, p, wsproto.OpClose, "\x03\xe8ours")
		if _, err := p.ReadFrame(); err != io.EOF {
			t.Errorf("the peer: %v, want EOF after one Close frame", err)
		}
	})
}

// Whoever closes when told of the peer's Close frame comes second.
func TestCloseWhenToldOfClose(t *testing.T) {
	inBubbles(t, func(t *testing.T, role wsproto.Role) {
		var c *wsproto.Conn
		var err error
		c, p := newConn(role, wsproto.Config{Trace: wsproto.Trace{FrameReceived: func(f *wsproto.FrameInfo) {
			err = c.Close(4001, "enough")
		}}})
		p.Send(wstest.Close(4002, "mine"))
		p.CloseWrite()
		_, end := c.ReadMessage()
		want := wsproto.CloseError{Code: 4002, Reason: "mine", Remote: true, Reply: 4002}
		if got := closeError(t, end); got != want || err != wsproto.ErrCloseSent {
			t.Errorf("got %+v and %v, want %+v and %v", got, err, want, wsproto.ErrCloseSent)
		}
		expectFrame(t, p, wsproto.OpClose, "\x0f\xa2")
	})
}

func TestCloseRefuses(t *testing.T) {
	c, _ := newConn(wsproto.Client, wsproto.Config{})
	for _, tt := range []struct {
		code   wsproto.CloseCode
		reason string
		want   string
	}{
		{0, "", "0 unassigned"},
		{999, "", "999 unassigned"},
		{1004, "", "1004 reserved"},
		{1006, "", "1006 abnormal"},
		{1015, "", "1015"},
		{2999, "", "2999"},
		{5000, "", "5000"},
		{wsproto.CloseNoStatus, "why", "needs a close code"},
		{1000, strings.Repeat("x", 124), "124 bytes, at most 123"},
		{1000, "\xff", "not UTF-8"},
	} {
		if err := c.Close(tt.code, tt.reason); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Close(%d, %.10q) = %v, want %q", tt.code, tt.reason, err, tt.want)
		}
	}
	if c.CloseSent() {
		t.Error("a Close frame was sent")
	}
}

// TestCloseTimeout has a peer that does not answer, in several ways to begin.
func TestCloseTimeout(t *testing.T) {
	const timeout = 3 * time.Second
	for _, tt := range []struct {
		name  string
		close func(*wsproto.Conn)
	}{
		{"Close", func(c *wsproto.Conn) { c.Close(1000, "") }},
		{"Close again and again", func(c *wsproto.Conn) {
			c.Close(1000, "")
			go func() {
				for range 100 {
					time.Sleep(100 * time.Millisecond)
					c.Close(1000, "")
				}
			}()
		}},
		{"WriteFrame", func(c *wsproto.Conn) { c.WriteFrame(wsproto.Header{FIN: true, Opcode: wsproto.OpClose}, nil) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubbles(t, func(t *testing.T, role wsproto.Role) {
				c, p := newConn(role, wsproto.Config{CloseTimeout: timeout})
				start := time.Now()
				tt.close(c)
				_, err := c.ReadMessage()
				if !isDrop(err, wsproto.DropCloseTimeout) {
					t.Errorf("ended with %v", err)
				}
				if d := time.Since(start); d != timeout {
					t.Errorf("waited %v, want %v", d, timeout)
				}
				p.Close()
				time.Sleep(time.Minute) // for the goroutines
			})
		})
	}
}

// TestCloseStuck has a peer that does not read, so that not even the Close frame
// can be sent.
func TestCloseStuck(t *testing.T) {
	inBubbles(t, func(t *testing.T, role wsproto.Role) {
		c, p := newConn(role, wsproto.Config{CloseTimeout: time.Second})
		wrote := make(chan error)
		go func() { wrote <- c.WriteMessage(wsproto.OpBinary, make([]byte, 1<<20)) }()
		synctest.Wait()
		start := time.Now()
		if err := c.Close(1000, ""); err != nil {
			t.Errorf("Close: %v", err)
		}
		_, err := c.ReadMessage()
		if !isDrop(err, wsproto.DropSend) || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("ended with %v", err)
		}
		if d := time.Since(start); d != time.Second {
			t.Errorf("waited %v, want the timeout", d)
		}
		if err := <-wrote; !isDrop(err, wsproto.DropSend) {
			t.Errorf("WriteMessage: %v", err)
		}
		p.Close()
	})
}

// TestCloseAfterFailedWrite has a peer that closes and takes no answer. It is the
// peer that closed all the same.
func TestCloseAfterFailedWrite(t *testing.T) {
	inBubbles(t, func(t *testing.T, role wsproto.Role) {
		ours, theirs := wstest.Pipe()
		c := wsproto.NewConn(ours, role, wsproto.Config{}, nil)
		p := wstest.NewPeer(theirs, role.Peer())
		p.Send(wstest.Close(1011, "broken"))
		p.CloseWrite()
		ours.CloseWrite() // as if the peer had gone
		if err := c.WriteMessage(wsproto.OpText, []byte("x")); !isDrop(err, wsproto.DropSend) {
			t.Errorf("WriteMessage: %v", err)
		}
		_, err := c.ReadMessage()
		want := wsproto.CloseError{Code: 1011, Reason: "broken", Remote: true, Reply: wsproto.CloseAbnormal}
		if got := closeError(t, err); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		p.Close()
	})
}

// TestFailLingers lets a peer that goes on sending read why it was failed.
func TestFailLingers(t *testing.T) {
	inBubbles(t, func(t *testing.T, role wsproto.Role) {
		c, p := newConn(role, wsproto.Config{})
		go func() {
			p.Send(wstest.Text("\xff"))
			for range 100 {
				if p.Send(wstest.Text("more")) != nil {
					break
				}
				time.Sleep(time.Millisecond)
			}
			f, err := p.ReadFrame()
			code, reason, _ := wsproto.ParseClosePayload(f.Payload)
			if err != nil || code != wsproto.CloseInvalidPayload || reason != "text message is not UTF-8 (RFC 6455, Section 8.1)" {
				t.Errorf("the peer got %v %q, %v", code, reason, err)
			}
			if _, err := p.ReadFrame(); err != io.EOF {
				t.Errorf("the peer: %v, want EOF", err)
			}
			p.Close()
		}()
		_, err := c.ReadMessage()
		var rule *wsproto.ProtocolError
		if !errors.As(err, &rule) || rule.Code != wsproto.CloseInvalidPayload {
			t.Errorf("ended with %v", err)
		}
	})
}

// TestLingerIsBounded has a peer that neither ends the stream nor stops sending.
func TestLingerIsBounded(t *testing.T) {
	inBubbles(t, func(t *testing.T, role wsproto.Role) {
		c, p := newConn(role, wsproto.Config{})
		stop := make(chan struct{})
		go func() {
			defer close(stop)
			p.Send(wstest.Frame{Op: 3})
			for p.Send(wstest.Text("more")) == nil {
				time.Sleep(10 * time.Millisecond)
			}
		}()
		start := time.Now()
		go func() {
			for range 20 {
				time.Sleep(100 * time.Millisecond)
				c.Close(1000, "") // does not make it longer
			}
		}()
		c.ReadMessage()
		if d := time.Since(start); d > time.Second {
			t.Errorf("it took %v to end", d)
		}
		<-stop
		p.Close()
		time.Sleep(time.Minute)
	})
}

func TestAbort(t *testing.T) {
	inBubbles(t, func(t *testing.T, role wsproto.Role) {
		c, p := newConn(role, wsproto.Config{})
		cause := errors.New("no pong came")
		wrote := make(chan error)
		go func() { wrote <- c.WriteMessage(wsproto.OpBinary, make([]byte, 1<<20)) }()
		read := make(chan error)
		go func() {
			_, err := c.ReadMessage()
			read <- err
		}()
		synctest.Wait()
		start := time.Now()
		c.Abort(cause)
		c.Abort(nil)
		if err := <-read; err != cause {
			t.Errorf("ReadMessage: %v", err)
		}
		if err := <-wrote; err != cause {
			t.Errorf("WriteMessage: %v", err)
		}
		if err := c.WriteMessage(wsproto.OpText, nil); err != cause {
			t.Errorf("WriteMessage at the end: %v", err)
		}
		if d := time.Since(start); d != 0 {
			t.Errorf("it took %v", d)
		}
		p.Close()
	})
}
