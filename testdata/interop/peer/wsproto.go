package peer

import (
	"context"
	"errors"
	"net"
	"net/url"

	"wscope/wsproto"
)

// Wsproto returns wscope's own package.
func Wsproto() Library {
	return Library{
		Name: "wsproto",
		Dial: func(ctx context.Context, url string, subprotocols ...string) (Conn, error) {
			w := &wsprotoConn{inbox: newInbox()}
			d := wsproto.Dialer{Config: w.config(), Subprotocols: subprotocols}
			c, _, err := d.Dial(ctx, url)
			if err != nil {
				return nil, err
			}
			return w.over(c), nil
		},
		Serve: func(l net.Listener, handle func(Conn, *url.URL)) {
			for {
				nc, err := l.Accept()
				if err != nil {
					return
				}
				go acceptWsproto(nc, handle)
			}
		},
	}
}

func acceptWsproto(nc net.Conn, handle func(Conn, *url.URL)) {
	w := &wsprotoConn{inbox: newInbox()}
	a := wsproto.Acceptor{Config: w.config(), Subprotocols: []string{Subprotocol}}
	c, r, err := a.Accept(nc)
	if err != nil {
		return
	}
	u, err := url.ParseRequestURI(r.Target)
	if err != nil {
		c.Abort(err)
		return
	}
	handle(w.over(c), u)
}

type wsprotoConn struct {
	inbox
	c *wsproto.Conn
}

func (w *wsprotoConn) config() wsproto.Config {
	return wsproto.Config{
		MaxMessageSize: MaxMessage,
		Trace: wsproto.Trace{FrameReceived: func(f *wsproto.FrameInfo) {
			if f.Header.Opcode == wsproto.OpPong {
				w.pong(string(f.Payload))
			}
		}},
	}
}

func (w *wsprotoConn) over(c *wsproto.Conn) *wsprotoConn {
	w.c = c
	go w.read()
	return w
}

func (w *wsprotoConn) read() {
	for {
		m, err := w.c.ReadMessage()
		if err != nil {
			w.ended(wsprotoEnd(err))
			return
		}
		w.message(m.Opcode == wsproto.OpText, m.Payload)
	}
}

func wsprotoEnd(err error) *End {
	var closed *wsproto.CloseError
	switch {
	case !errors.As(err, &closed):
		return &End{Code: 1006, Err: err}
	case closed.Remote:
		return &End{Code: int(closed.Code), Reason: closed.Reason}
	}
	return &End{Code: int(closed.Reply), Reason: closed.ReplyReason}
}

func (w *wsprotoConn) Subprotocol() string { return w.c.Subprotocol() }

func (w *wsprotoConn) Send(m Message) error { return w.c.WriteMessage(wsprotoOp(m), m.Data) }

func (w *wsprotoConn) SendFragmented(m Message) error {
	return w.c.WriteFragmented(wsprotoOp(m), m.Data, 4096)
}

func wsprotoOp(m Message) wsproto.Opcode {
	if m.Text {
		return wsproto.OpText
	}
	return wsproto.OpBinary
}

func (w *wsprotoConn) Ping(ctx context.Context) error {
	if err := w.c.Ping([]byte(pingPayload)); err != nil {
		return err
	}
	return w.await(ctx, pingPayload)
}

func (w *wsprotoConn) Close(code int, reason string) error {
	return w.c.Close(wsproto.CloseCode(code), reason)
}
