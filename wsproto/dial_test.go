package wsproto_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// dialPipe dials a peer that answers with reply and ends the stream. In reply,
// {accept} stands for the right value.
func dialPipe(d wsproto.Dialer, reply string) (*wsproto.Conn, *wsproto.Response, error) {
	d.NetDial = func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := wstest.Pipe()
		go func() {
			p := wstest.NewPeer(theirs, wsproto.Server)
			head, _ := p.ReadHead()
			key, _ := head.Value("Sec-WebSocket-Key")
			p.Write([]byte(strings.ReplaceAll(reply, "{accept}", wstest.AcceptKey(key))), wstest.OneSegment)
			p.CloseWrite()
			p.ReadAll(1 << 20)
			p.Close()
		}()
		return ours, nil
	}
	return d.Dial(context.Background(), "ws://server.example.com/chat")
}

const goodReply = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"

func TestDial(t *testing.T) {
	d := wsproto.Dialer{Subprotocols: []string{"chat", "superchat"}}
	for _, tt := range []struct {
		name     string
		old, new string // replaced in goodReply
		rule     string // "": good
		want     string // in the error
	}{
		{"as it is", "", "", "", ""},
		{"case", "Upgrade: websocket\r\nConnection: Upgrade", "upgrade: WebSocket\r\nCONNECTION: uPGRADE", "", ""},
		{"tokens", "Connection: Upgrade", "Connection: keep-alive\r\nConnection: foo , upgrade", "", ""},
		{"order and more fields", "HTTP/1.1 101 Switching Protocols\r\n", "HTTP/1.1 101 \r\nX: y\r\n", "", ""},
		{"early hints", "HTTP/1.1 101", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101", "", ""},
		{"subprotocol", "\r\n\r\n", "\r\nSec-WebSocket-Protocol: superchat\r\n\r\n", "", ""},
		{"HTTP/1.0", "HTTP/1.1", "HTTP/1.0", "HTTP version", `"HTTP/1.0", expected "HTTP/1.1"`},
		{"no Upgrade", "Upgrade: websocket\r\n", "", "Upgrade", `Upgrade is missing, expected "websocket" (RFC 6455, Section 4.1)`},
		{"another Upgrade", "Upgrade: websocket", "Upgrade: websockets", "Upgrade", `is "websockets", expected "websocket"`},
		{"no Connection", "Connection: Upgrade\r\n", "", "Connection", "Connection is missing"},
		{"another Connection", "Connection: Upgrade", "Connection: close", "Connection", `is "close", expected "Upgrade"`},
		{"no Accept", "Sec-WebSocket-Accept: {accept}\r\n", "", "Sec-WebSocket-Accept", "is missing, expected"},
		{"an empty Accept", "{accept}", "", "Sec-WebSocket-Accept", "is empty, expected"},
		{"another Accept", "{accept}", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "Sec-WebSocket-Accept", `is "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", expected`},
		{"two Accepts", "\r\n\r\n", "\r\nSec-WebSocket-Accept: {accept}\r\n\r\n", "Sec-WebSocket-Accept", "expected"},
		{"a subprotocol not offered", "\r\n\r\n", "\r\nSec-WebSocket-Protocol: Chat\r\n\r\n", "Sec-WebSocket-Protocol", "one that was offered: chat, superchat"},
		{"two subprotocols", "\r\n\r\n", "\r\nSec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: chat\r\n\r\n", "Sec-WebSocket-Protocol", "at most one field"},
		{"two subprotocols in one", "\r\n\r\n", "\r\nSec-WebSocket-Protocol: chat, superchat\r\n\r\n", "Sec-WebSocket-Protocol", "one that was offered"},
		{"an extension not offered", "\r\n\r\n", "\r\nSec-WebSocket-Extensions: foo\r\n\r\n", "Sec-WebSocket-Extensions", "no extension was offered"},
		{"a bad extension", "\r\n\r\n", "\r\nSec-WebSocket-Extensions: foo;\r\n\r\n", "Sec-WebSocket-Extensions", "want a token"},
		{"status", "101 Switching Protocols", "200 OK", "status", `status is "200 OK", expected "101"`},
		{"no HTTP", goodReply, "SSH-2.0-OpenSSH_9.2\r\n", "response", `"SSH-2.0-OpenSSH_9.2\r\n", expected an HTTP/1.1 response`},
		{"folded line", "Upgrade: ", "Upgrade:\r\n ", "response", "no line folding"},
		{"bad status", "101", "1O1", "response", "three digits"},
		{"endless interim responses", "HTTP/1.1 101", strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 20) + "HTTP/1.1 101", "status", "100 Continue"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				reply := goodReply
				if tt.old != "" {
					reply = strings.ReplaceAll(reply, tt.old, tt.new)
				}
				c, resp, err := dialPipe(d, reply)
				if tt.rule == "" {
					if err != nil || resp.Status != 101 {
						t.Fatal(err)
					}
					if want := resp.Fields.Value("Sec-WebSocket-Protocol"); c.Subprotocol() != want {
						t.Errorf("Subprotocol = %q, want %q", c.Subprotocol(), want)
					}
					c.Abort(nil)
					return
				}
				var bad *wsproto.HandshakeError
				if !errors.As(err, &bad) || bad.Rule != tt.rule || !strings.Contains(err.Error(), tt.want) {
					t.Fatalf("%v, want %s: %s", err, tt.rule, tt.want)
				}
				if kind := bad.Kind; kind != wsproto.HandshakeInvalid && (kind != wsproto.HandshakeRefused || tt.rule != "status") {
					t.Errorf("kind %d", kind)
				}
				if resp == nil || len(resp.Raw) == 0 || !strings.HasPrefix(string(bad.Request.Raw), "GET /chat HTTP/1.1\r\nHost: server.example.com\r\n") {
					t.Errorf("request %+v, response %+v", bad.Request, resp)
				}
			})
		})
	}
}

// TestDialRefusal reads the body of a refusal in the ways that it can come.
func TestDialRefusal(t *testing.T) {
	long := strings.Repeat("x", wsproto.MaxBody)
	for _, tt := range []struct {
		name, reply, body string
		more              bool
	}{
		{"length", "HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno!garbage", "no!", false},
		{"to the end", "HTTP/1.1 403 Forbidden\r\n\r\nno", "no", false},
		{"chunked", "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nno!\r\n00A\r\n0123456789\r\n0\r\n\r\nx", "no!0123456789", false},
		{"cut off", "HTTP/1.1 403 Forbidden\r\nContent-Length: 300\r\n\r\nno", "no", false},
		{"cut off in a chunk", "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nno", "no", false},
		{"bad chunk", "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\nxyz\r\n", "no", false},
		{"none", "HTTP/1.1 204 No Content\r\n\r\nx", "", false},
		{"long", "HTTP/1.1 500 x\r\n\r\n" + long, long, false},
		{"too long", "HTTP/1.1 500 x\r\n\r\n" + long + "x", long, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, resp, err := dialPipe(wsproto.Dialer{}, tt.reply)
				var bad *wsproto.HandshakeError
				if !errors.As(err, &bad) || bad.Kind != wsproto.HandshakeRefused {
					t.Fatal(err)
				}
				if string(resp.Body) != tt.body || resp.More != tt.more {
					t.Errorf("body %.40q of %d bytes, more %v", resp.Body, len(resp.Body), resp.More)
				}
			})
		})
	}
}

// TestDialTimeout has servers that are slow in several places. The context ends
// every wait, that for the body of a refusal too.
func TestDialTimeout(t *testing.T) {
	for _, tt := range []struct {
		name, reply string
		cancel      bool
		kind        wsproto.HandshakeKind
		took        time.Duration
	}{
		{"silent", "", false, wsproto.HandshakeTimeout, 2 * time.Second},
		{"half a reply", goodReply[:30], false, wsproto.HandshakeTimeout, 2 * time.Second},
		{"canceled", goodReply[:30], true, wsproto.HandshakeTimeout, time.Second},
		{"body", "HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nno", false, wsproto.HandshakeRefused, 2 * time.Second},
		{"canceled in the body", "HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nno", true, wsproto.HandshakeRefused, time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, theirs := wstest.Pipe()
				p := wstest.NewPeer(theirs, wsproto.Server)
				p.Write([]byte(tt.reply), wstest.OneSegment)
				ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
				defer cancel()
				if tt.cancel {
					time.AfterFunc(time.Second, cancel)
				}
				u, _ := wsproto.ParseURL("ws://h/")
				var d wsproto.Dialer
				req, _ := d.Request(u)
				start := time.Now()
				_, _, err := d.Upgrade(ctx, ours, req)
				cause := context.DeadlineExceeded
				if tt.cancel {
					cause = context.Canceled
				}
				var bad *wsproto.HandshakeError
				if !errors.As(err, &bad) || bad.Kind != tt.kind || tt.kind == wsproto.HandshakeTimeout && !errors.Is(err, cause) {
					t.Errorf("ended with %v", err)
				}
				if d := time.Since(start); d != tt.took {
					t.Errorf("it took %v, want %v", d, tt.took)
				}
				p.Close()
			})
		})
	}
}

// TestDialCoalesced has frames in the segment of the reply, and no deadline left
// behind.
func TestDialCoalesced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := wstest.Pipe()
		p := wstest.NewPeer(theirs, wsproto.Server)
		b := wstest.NewReply(wstest.SampleKey).Bytes()
		p.Write(wstest.Text("early").AppendTo(b, wsproto.Server), wstest.OneSegment)
		u, _ := wsproto.ParseURL("ws://h/")
		d := wsproto.Dialer{Key: wstest.SampleKey}
		req, _ := d.Request(u)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		c, _, err := d.Upgrade(ctx, ours, req)
		if err != nil {
			t.Fatal(err)
		}
		expectMessage(t, c, wsproto.OpText, "early")
		go func() {
			time.Sleep(time.Hour)
			p.Send(wstest.Text("late"))
		}()
		expectMessage(t, c, wsproto.OpText, "late")
		c.Abort(nil)
		p.Close()
	})
}

func TestDialerRequest(t *testing.T) {
	u, _ := wsproto.ParseURL("ws://server.example.com:8080/chat?x=%20y")
	key := "dGhlIHNhbXBsZSBub25jZQ=="
	const own = "Host: server.example.com:8080|Upgrade: websocket|Connection: Upgrade|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|Sec-WebSocket-Version: 13"
	for _, tt := range []struct {
		name string
		d    wsproto.Dialer
		want string
	}{
		{"nothing set", wsproto.Dialer{Key: key}, own},
		{"further fields in order and case", wsproto.Dialer{Key: key, Header: wsproto.Fields{{Name: "x-B", Value: "1"}, {Name: "X-a", Value: ""}, {Name: "X-B", Value: "a: b"}}},
			own + "|x-B: 1|X-a:|X-B: a: b"},
		{"replaced", wsproto.Dialer{Key: key, Header: wsproto.Fields{{Name: "X", Value: "y"}, {Name: "host", Value: "other"}, {Name: "upgrade", Value: "h2c"}}},
			"host: other|" + strings.TrimPrefix(strings.Replace(own, "|Upgrade: websocket", "", 1), "Host: server.example.com:8080|") + "|X: y|upgrade: h2c"},
		{"left out", wsproto.Dialer{Key: key, Omit: []string{"connection", "Sec-WebSocket-Version"}},
			strings.Replace(strings.TrimSuffix(own, "|Sec-WebSocket-Version: 13"), "|Connection: Upgrade", "", 1)},
		{"version", wsproto.Dialer{Key: key, Version: "8"}, strings.Replace(own, "13", "8", 1)},
		{"subprotocols", wsproto.Dialer{Key: key, Subprotocols: []string{"chat", "v2.json"}}, own + "|Sec-WebSocket-Protocol: chat, v2.json"},
		{"extensions", wsproto.Dialer{Key: key, Extensions: []wsproto.Extension{new(deflate)}}, own + "|Sec-WebSocket-Extensions: x-deflate; level=9, x-deflate"},
		{"splitting", wsproto.Dialer{Header: wsproto.Fields{{Name: "X", Value: "a\r\nY: b"}}}, "error: header field X has a control character in its value"},
		{"bad name", wsproto.Dialer{Header: wsproto.Fields{{Name: "X Y", Value: "a"}}}, `error: header field name "X Y"`},
		{"bad subprotocol", wsproto.Dialer{Subprotocols: []string{"a b"}}, `error: subprotocol "a b"`},
		{"no entropy", wsproto.Dialer{Config: wsproto.Config{Rand: strings.NewReader("few")}}, "error: making a Sec-WebSocket-Key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := tt.d.Request(u)
			if err != nil {
				if got := "error: " + err.Error(); !strings.HasPrefix(got, tt.want) {
					t.Errorf("got %q, want %q", got, tt.want)
				}
				return
			}
			want := "GET /chat?x=%20y HTTP/1.1\r\n" + strings.ReplaceAll(tt.want, "|", "\r\n") + "\r\n\r\n"
			if got := string(r.Raw); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	a, _ := new(wsproto.Dialer).Request(u)
	b, _ := new(wsproto.Dialer).Request(u)
	if slices.Equal(a.Raw, b.Raw) {
		t.Error("two requests with one key")
	}
}

// serveTLS echoes over TLS with a certificate for 127.0.0.1 of its own.
func serveTLS(t *testing.T) (addr string, roots *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, _ := x509.ParseCertificate(der)
	roots = x509.NewCertPool()
	roots.AddCert(cert)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			echo(nc, wsproto.Server, wsproto.Config{}, false)
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String(), roots
}

func TestDialTLS(t *testing.T) {
	addr, roots := serveTLS(t)
	d := wsproto.Dialer{TLS: &tls.Config{RootCAs: roots}}
	c, _, err := d.Dial(context.Background(), "wss://"+addr+"/")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 10, 100_000} {
		c.WriteMessage(wsproto.OpBinary, pattern(n))
		expectMessage(t, c, wsproto.OpBinary, string(pattern(n)))
	}
	c.Close(1000, "")
	if _, err := c.ReadMessage(); closeError(t, err).Code != 1000 {
		t.Error(err)
	}

	_, _, err = new(wsproto.Dialer).Dial(context.Background(), "wss://"+addr+"/")
	var bad *wsproto.TLSError
	var cert *tls.CertificateVerificationError
	if !errors.As(err, &bad) || bad.Host != "127.0.0.1" || !errors.As(err, &cert) {
		t.Errorf("with an unknown authority: %v", err)
	}
}

// TestAbortTLS aborts a connection whose peer does not read: nothing may wait for
// an alert to be sent.
func TestAbortTLS(t *testing.T) {
	addr, roots := serveTLS(t)
	nc, err := tls.Dial("tcp", addr, &tls.Config{RootCAs: roots})
	if err != nil {
		t.Fatal(err)
	}
	u, _ := wsproto.ParseURL("wss://" + addr + "/")
	var d wsproto.Dialer
	req, _ := d.Request(u)
	c, _, err := d.Upgrade(context.Background(), nc, req)
	if err != nil {
		t.Fatal(err)
	}
	wrote := make(chan error)
	go func() { // the server echoes, and nobody reads that
		for {
			if err := c.WriteMessage(wsproto.OpBinary, make([]byte, 1<<20)); err != nil {
				wrote <- err
				return
			}
		}
	}()
	time.AfterFunc(50*time.Millisecond, func() { c.Abort(nil) })
	if err := <-wrote; err != wsproto.ErrClosed {
		t.Errorf("WriteMessage: %v", err)
	}
}

func ExampleDialer() {
	// A server to talk to.
	d := wsproto.Dialer{NetDial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := wstest.Pipe()
		go echo(theirs, wsproto.Server, wsproto.Config{}, false)
		return ours, nil
	}}

	c, _, err := d.Dial(context.Background(), "ws://localhost/")
	if err != nil {
		fmt.Println(err)
		return
	}
	c.WriteMessage(wsproto.OpText, []byte("hello"))
	for {
		m, err := c.ReadMessage()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%v %q\n", m.Opcode, m.Payload)
		c.Close(wsproto.CloseNormal, "bye")
	}
	// Output:
	// text "hello"
	// closed by us: 1000 normal closure "bye"
}
