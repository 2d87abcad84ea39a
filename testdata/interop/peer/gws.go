package peer

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/lxzan/gws"
)

// GWS returns github.com/lxzan/gws. It ends the TCP connection with its own
// Close frame, so that as the side that closes it hears no answer.
func GWS() Library {
	return Library{
		Name:          "gws",
		AnswersNormal: true,
		Dial: func(_ context.Context, url string, subprotocols ...string) (Conn, error) {
			g := newGWS()
			o := &gws.ClientOption{Addr: url, ReadMaxPayloadSize: MaxMessage, WriteMaxPayloadSize: MaxMessage, CheckUtf8Enabled: true}
			if len(subprotocols) > 0 {
				o.RequestHeader = http.Header{"Sec-Websocket-Protocol": {strings.Join(subprotocols, ", ")}}
			}
			c, _, err := gws.NewClient(g, o)
			if err != nil {
				return nil, err
			}
			return g.over(c), nil
		},
		Serve: func(l net.Listener, handle func(Conn, *url.URL)) {
			serveHTTP(l, func(w http.ResponseWriter, r *http.Request) (Conn, error) {
				g := newGWS()
				o := &gws.ServerOption{ReadMaxPayloadSize: MaxMessage, WriteMaxPayloadSize: MaxMessage, CheckUtf8Enabled: true}
				if r.Header.Get("Sec-WebSocket-Protocol") != "" {
					o.SubProtocols = []string{Subprotocol} // demanded from those that offer none, too
				}
				c, err := gws.NewUpgrader(g, o).Upgrade(w, r)
				if err != nil {
					return nil, err
				}
				return g.over(c), nil
			}, handle)
		},
	}
}

type gwsConn struct {
	gws.BuiltinEventHandler
	inbox
	c *gws.Conn
}

func newGWS() *gwsConn { return &gwsConn{inbox: newInbox()} }

func (g *gwsConn) over(c *gws.Conn) *gwsConn {
	g.c = c
	go c.ReadLoop()
	return g
}

// OnClose, OnPing, OnPong and OnMessage are called by the reading goroutine.
func (g *gwsConn) OnClose(_ *gws.Conn, err error) {
	var closed *gws.CloseError
	switch {
	case errors.As(err, &closed) && closed.Code == 0:
		g.ended(&End{Code: 1005})
	case errors.As(err, &closed):
		g.ended(&End{Code: int(closed.Code), Reason: string(closed.Reason)})
	default:
		g.ended(&End{Code: Unknown, Err: err})
	}
}

func (g *gwsConn) OnPing(c *gws.Conn, payload []byte) { c.WritePong(payload) }

func (g *gwsConn) OnPong(_ *gws.Conn, payload []byte) { g.pong(string(payload)) }

func (g *gwsConn) OnMessage(_ *gws.Conn, m *gws.Message) {
	g.message(m.Opcode == gws.OpcodeText, m.Bytes())
	m.Close()
}

func (g *gwsConn) Subprotocol() string { return g.c.SubProtocol() }

func (g *gwsConn) Send(m Message) error { return g.c.WriteMessage(gwsOp(m), m.Data) }

func (g *gwsConn) SendFragmented(m Message) error {
	return g.c.WriteFile(gwsOp(m), bytes.NewReader(m.Data)) // frames of 128 KiB
}

func gwsOp(m Message) gws.Opcode {
	if m.Text {
		return gws.OpcodeText
	}
	return gws.OpcodeBinary
}

func (g *gwsConn) Ping(ctx context.Context) error {
	if err := g.c.WritePing([]byte(pingPayload)); err != nil {
		return err
	}
	return g.await(ctx, pingPayload)
}

func (g *gwsConn) Close(code int, reason string) error {
	return g.c.WriteClose(uint16(code), []byte(reason))
}
