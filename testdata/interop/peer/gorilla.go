package peer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Gorilla returns github.com/gorilla/websocket.
func Gorilla() Library {
	return Library{
		Name: "gorilla",
		Dial: func(ctx context.Context, url string, subprotocols ...string) (Conn, error) {
			d := websocket.Dialer{Subprotocols: subprotocols}
			c, _, err := d.DialContext(ctx, url, nil)
			if err != nil {
				return nil, err
			}
			return newGorilla(c), nil
		},
		Serve: func(l net.Listener, handle func(Conn, *url.URL)) {
			u := websocket.Upgrader{Subprotocols: []string{Subprotocol}}
			serveHTTP(l, func(w http.ResponseWriter, r *http.Request) (Conn, error) {
				c, err := u.Upgrade(w, r, nil)
				if err != nil {
					return nil, err
				}
				return newGorilla(c), nil
			}, handle)
		},
	}
}

type gorillaConn struct {
	inbox
	c  *websocket.Conn
	mu sync.Mutex // of the writers
}

func newGorilla(c *websocket.Conn) *gorillaConn {
	g := &gorillaConn{inbox: newInbox(), c: c}
	c.SetReadLimit(MaxMessage)
	c.SetPongHandler(func(payload string) error {
		g.pong(payload)
		return nil
	})
	go g.read()
	return g
}

func (g *gorillaConn) read() {
	defer g.c.Close()
	for {
		kind, p, err := g.c.ReadMessage()
		if err != nil {
			g.ended(gorillaEnd(err))
			return
		}
		g.message(kind == websocket.TextMessage, p)
	}
}

func gorillaEnd(err error) *End {
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		return &End{Code: closed.Code, Reason: closed.Text}
	}
	return &End{Code: 1006, Err: err}
}

func (g *gorillaConn) Subprotocol() string { return g.c.Subprotocol() }

func (g *gorillaConn) Send(m Message) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.c.WriteMessage(gorillaKind(m), m.Data)
}

func (g *gorillaConn) SendFragmented(m Message) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	w, err := g.c.NextWriter(gorillaKind(m))
	if err != nil {
		return err
	}
	// A frame for each buffer of the connection.
	if _, err := io.Copy(w, onlyReader{bytes.NewReader(m.Data)}); err != nil {
		return err
	}
	return w.Close()
}

// onlyReader hides all but Read, so that what copies from it does it in steps.
type onlyReader struct{ io.Reader }

func gorillaKind(m Message) int {
	if m.Text {
		return websocket.TextMessage
	}
	return websocket.BinaryMessage
}

func (g *gorillaConn) Ping(ctx context.Context) error {
	if err := g.c.WriteControl(websocket.PingMessage, []byte(pingPayload), time.Now().Add(time.Minute)); err != nil {
		return err
	}
	return g.await(ctx, pingPayload)
}

func (g *gorillaConn) Close(code int, reason string) error {
	return g.c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(time.Minute))
}
