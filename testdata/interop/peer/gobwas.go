package peer

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// Gobwas returns github.com/gobwas/ws with its wsutil.
func Gobwas() Library {
	return Library{
		Name: "gobwas",
		Dial: func(ctx context.Context, url string, subprotocols ...string) (Conn, error) {
			d := ws.Dialer{Protocols: subprotocols}
			nc, br, hs, err := d.Dial(ctx, url)
			if err != nil {
				return nil, err
			}
			if br == nil { // nothing came with the handshake
				br = bufio.NewReader(nc)
			}
			return newGobwas(nc, br, ws.StateClientSide, hs.Protocol), nil
		},
		Serve: func(l net.Listener, handle func(Conn, *url.URL)) {
			u := ws.HTTPUpgrader{Protocol: func(s string) bool { return s == Subprotocol }}
			serveHTTP(l, func(w http.ResponseWriter, r *http.Request) (Conn, error) {
				nc, rw, hs, err := u.Upgrade(r, w)
				if err != nil {
					return nil, err
				}
				return newGobwas(nc, rw.Reader, ws.StateServerSide, hs.Protocol), nil
			}, handle)
		},
	}
}

type gobwasConn struct {
	inbox
	nc          net.Conn
	br          *bufio.Reader
	state       ws.State
	subprotocol string
	mu          sync.Mutex // of the writers
}

func newGobwas(nc net.Conn, br *bufio.Reader, state ws.State, subprotocol string) *gobwasConn {
	g := &gobwasConn{inbox: newInbox(), nc: nc, br: br, state: state, subprotocol: subprotocol}
	go g.read()
	return g
}

func (g *gobwasConn) read() {
	defer g.nc.Close()
	r := wsutil.DefaultReader(g.br, g.state)
	r.MaxMessageSize = MaxMessage
	r.OnIntermediate = g.control
	for {
		m, err := g.next(r)
		if err != nil {
			g.ended(gobwasEnd(err))
			return
		}
		g.message(m.Text, m.Data)
	}
}

// next reads a message, and deals with the control frames before it.
func (g *gobwasConn) next(r *wsutil.Reader) (Message, error) {
	for {
		h, err := r.NextFrame()
		if err != nil {
			return Message{}, err
		}
		if h.OpCode.IsControl() {
			if err := g.control(h, r); err != nil {
				return Message{}, err
			}
			continue
		}
		p, err := io.ReadAll(r)
		return Message{Text: h.OpCode == ws.OpText, Data: p}, err
	}
}

func (g *gobwasConn) control(h ws.Header, src io.Reader) error {
	if h.OpCode == ws.OpPong {
		p, err := io.ReadAll(src)
		g.pong(string(p))
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return wsutil.ControlHandler{Src: src, Dst: g.nc, State: g.state, DisableSrcCiphering: true}.Handle(h)
}

func gobwasEnd(err error) *End {
	var closed wsutil.ClosedError
	if errors.As(err, &closed) {
		return &End{Code: int(closed.Code), Reason: closed.Reason}
	}
	return &End{Code: 1006, Err: err}
}

func (g *gobwasConn) Subprotocol() string { return g.subprotocol }

func (g *gobwasConn) Send(m Message) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return wsutil.WriteMessage(g.nc, g.state, gobwasOp(m), m.Data)
}

func (g *gobwasConn) SendFragmented(m Message) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := wsutil.NewWriterSize(g.nc, g.state, gobwasOp(m), 4096)
	if _, err := w.Write(m.Data); err != nil {
		return err
	}
	return w.Flush()
}

func gobwasOp(m Message) ws.OpCode {
	if m.Text {
		return ws.OpText
	}
	return ws.OpBinary
}

func (g *gobwasConn) Ping(ctx context.Context) error {
	if err := g.write(ws.OpPing, []byte(pingPayload)); err != nil {
		return err
	}
	return g.await(ctx, pingPayload)
}

func (g *gobwasConn) Close(code int, reason string) error {
	return g.write(ws.OpClose, ws.NewCloseFrameBody(ws.StatusCode(code), reason))
}

func (g *gobwasConn) write(op ws.OpCode, p []byte) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return wsutil.WriteMessage(g.nc, g.state, op, p)
}
