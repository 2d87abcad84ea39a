package wsproto_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// tcpPair returns the two ends of a TCP connection over loopback.
func tcpPair(t *testing.T) (ours, theirs *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	nc, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	other, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close(); other.Close() })
	return nc.(*net.TCPConn), other.(*net.TCPConn)
}

// TestDropTCP ends connections of the operating system in every way there is.
func TestDropTCP(t *testing.T) {
	stuck := make([]byte, 64<<20)
	for _, tt := range []struct {
		name string
		do   func(c *wsproto.Conn, p *wstest.Peer)
		want wsproto.Drop
	}{
		{"FIN", func(_ *wsproto.Conn, p *wstest.Peer) { p.CloseWrite() }, wsproto.DropFIN},
		{"RST", func(_ *wsproto.Conn, p *wstest.Peer) { p.Reset() }, wsproto.DropReset},
		{"silence after our Close frame", func(c *wsproto.Conn, _ *wstest.Peer) { c.Close(1000, "") }, wsproto.DropCloseTimeout},
		{"FIN after our Close frame", func(c *wsproto.Conn, p *wstest.Peer) {
			c.Close(1000, "")
			p.ReadFrame()
			p.CloseWrite()
		}, wsproto.DropFIN},
		// Which of the two gets hold of the wire first is open.
		{"a peer that does not read, with data and our Close frame", func(c *wsproto.Conn, _ *wstest.Peer) {
			go c.WriteMessage(wsproto.OpBinary, stuck)
			c.Close(1000, "")
		}, 0},
		{"our end closed beneath", func(c *wsproto.Conn, _ *wstest.Peer) { c.NetConn().Close() }, wsproto.DropReceive},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, role := range bothRoles {
				ours, theirs := tcpPair(t)
				c := wsproto.NewConn(ours, role, wsproto.Config{CloseTimeout: 300 * time.Millisecond}, nil)
				p := wstest.NewPeer(theirs, role.Peer())
				go tt.do(c, p)
				_, err := c.ReadMessage()
				var e *wsproto.DropError
				if !errors.As(err, &e) || tt.want != 0 && e.Drop != tt.want {
					t.Errorf("%v: %v", role, err)
				}
			}
		})
	}
}

// TestDialRefused has nobody who listens.
func TestDialRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	if _, _, err := new(wsproto.Dialer).Dial(context.Background(), "ws://"+addr+"/"); err == nil {
		t.Error("a connection to nobody")
	}
}
