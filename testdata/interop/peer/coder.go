package peer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"

	"github.com/coder/websocket"
)

// Coder returns github.com/coder/websocket.
func Coder() Library {
	return Library{
		Name: "coder",
		Dial: func(ctx context.Context, url string, subprotocols ...string) (Conn, error) {
			c, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{Subprotocols: subprotocols})
			if err != nil {
				return nil, err
			}
			return newCoder(c), nil
		},
		Serve: func(l net.Listener, handle func(Conn, *url.URL)) {
			serveHTTP(l, func(w http.ResponseWriter, r *http.Request) (Conn, error) {
				c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{Subprotocol}})
				if err != nil {
					return nil, err
				}
				return newCoder(c), nil
			}, handle)
		},
	}
}

type coderConn struct {
	inbox
	c *websocket.Conn
}

func newCoder(c *websocket.Conn) *coderConn {
	k := &coderConn{inbox: newInbox(), c: c}
	c.SetReadLimit(MaxMessage)
	go k.read()
	return k
}

func (k *coderConn) read() {
	defer k.c.CloseNow()
	for {
		kind, p, err := k.c.Read(context.Background())
		if err != nil {
			k.ended(coderEnd(err))
			return
		}
		k.message(kind == websocket.MessageText, p)
	}
}

func coderEnd(err error) *End {
	var closed websocket.CloseError
	if errors.As(err, &closed) {
		return &End{Code: int(closed.Code), Reason: closed.Reason}
	}
	if errors.Is(err, net.ErrClosed) { // Close has read the answer itself
		return &End{Code: Unknown, Err: err}
	}
	return &End{Code: 1006, Err: err}
}

func (k *coderConn) Subprotocol() string { return k.c.Subprotocol() }

func (k *coderConn) Send(m Message) error {
	return k.c.Write(context.Background(), coderKind(m), m.Data)
}

func (k *coderConn) SendFragmented(m Message) error {
	w, err := k.c.Writer(context.Background(), coderKind(m))
	if err != nil {
		return err
	}
	// A frame for each Write, and an empty last one.
	if _, err := io.Copy(w, onlyReader{bytes.NewReader(m.Data)}); err != nil {
		return err
	}
	return w.Close()
}

func coderKind(m Message) websocket.MessageType {
	if m.Text {
		return websocket.MessageText
	}
	return websocket.MessageBinary
}

func (k *coderConn) Ping(ctx context.Context) error { return k.c.Ping(ctx) }

func (k *coderConn) Close(code int, reason string) error {
	return k.c.Close(websocket.StatusCode(code), reason)
}
