package netdial

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"wscope/render"
)

// What is on a command line or in the environment either means something or is
// refused, and nothing of it can break a line.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"http://u:p%40@[::1]:3128/x", "socks5h://h", "a:80:1.2.3.4,[::1]", "-a:80", "*:1:::1", "a:1:b:2", "[::1]:80:[::2]:81", "example.com, 10.0.0.0/8 *",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := ParseProxy(s); err == nil {
			if got, err := ParseProxy(p.String()); err != nil || got.String() != p.String() {
				t.Errorf("ParseProxy(%q) is %v, which is read as %v, %v", s, p, got, err)
			}
			if strings.ContainsFunc(p.Host+p.User+p.Password, isControl) {
				t.Errorf("ParseProxy(%q) has a control character", s)
			}
		}
		if e, err := ParseHostEntry(s); err == nil {
			Hosts{e}.find(e.Host, e.Port)
		}
		if c, err := ParseConnectTo(s); err == nil {
			(&Dialer{ConnectTo: []ConnectTo{c}}).replace(Target{Host: "h", Port: "1"})
		}
		NoProxy(s, "example.com")
		NoProxy(s, "192.0.2.1")
	})
}

// Whatever a proxy answers, what is kept of it is bounded, and what follows an
// answer that opens a tunnel is passed on.
func FuzzReply(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\n\r\nrest"))
	f.Add([]byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 407 x\r\nProxy-Authenticate: Basic\r\nContent-Length: 3\r\n\r\nabc"))
	f.Add([]byte("HTTP/1.1 502 x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))
	f.Add([]byte("\x05\xff"))
	f.Fuzz(func(t *testing.T, reply []byte) {
		tunnel := &render.Tunnel{To: "h:1"}
		c, err := (&Proxy{}).httpConnect(&replyConn{bytes.NewReader(reply)}, tunnel)
		if len(tunnel.Response) > 2*maxReply {
			t.Errorf("%d bytes are kept", len(tunnel.Response))
		}
		if err != nil {
			return
		}
		rest, err := io.ReadAll(c)
		if err != nil || !bytes.HasSuffix(reply, append(tunnel.Response, rest...)) {
			t.Errorf("%q gives the head %q and then %q, %v", reply, tunnel.Response, rest, err)
		}
	})
}

// A replyConn is a connection on which something has come already.
type replyConn struct{ *bytes.Reader }

func (*replyConn) Write(p []byte) (int, error)      { return len(p), nil }
func (*replyConn) Close() error                     { return nil }
func (*replyConn) LocalAddr() net.Addr              { return nil }
func (*replyConn) RemoteAddr() net.Addr             { return nil }
func (*replyConn) SetDeadline(time.Time) error      { return nil }
func (*replyConn) SetReadDeadline(time.Time) error  { return nil }
func (*replyConn) SetWriteDeadline(time.Time) error { return nil }
