package wsproto_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// accept sends request to an Acceptor and returns what came back and how it
// ended.
func accept(a *wsproto.Acceptor, request string) (response string, err error) {
	ours, theirs := wstest.Pipe()
	p := wstest.NewPeer(theirs, wsproto.Client)
	go func() {
		p.Write([]byte(request), wstest.OneSegment)
		p.CloseWrite()
	}()
	c, _, err := a.Accept(ours)
	if err == nil {
		c.Abort(nil)
	}
	b, _ := p.ReadAll(1 << 20)
	p.Close()
	return string(b), err
}

// The example of RFC 6455, Section 1.3, and what it becomes when it is edited.
func TestAccept(t *testing.T) {
	const request = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://example.com\r\n" +
		"Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Version: 13\r\n\r\n"
	a := &wsproto.Acceptor{
		Subprotocols: []string{"superchat", "chat"},
		Header:       wsproto.Fields{{Name: "Server", Value: "x"}},
		CheckOrigin:  func(origin string) bool { return origin != "http://evil.example" },
	}
	const good = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\nServer: x\r\n\r\n"
	for _, tt := range []struct {
		name     string
		old, new string // replaced in request
		status   int
		want     string // in the answer
	}{
		{"as it is", "", "", 101, good},
		{"names in upper case", "Upgrade: websocket", "UPGRADE: WebSocket", 101, good},
		{"several tokens", "Connection: Upgrade", "Connection: keep-alive\r\nConnection: x, upgrade", 101, good},
		{"line feeds alone", "\r\n", "\n", 101, good},
		{"absolute target", "/chat", "http://server.example.com/chat", 101, good},
		{"no body", "\r\n\r\n", "\r\nContent-Length: 0\r\n\r\n", 101, good},
		{"another subprotocol", "chat, superchat", "none, other", 101, "+xOo=\r\nServer: x\r\n\r\n"},
		{"method", "GET", "POST", 405, "Allow: GET\r\n"},
		{"HTTP/1.0", "HTTP/1.1", "HTTP/1.0", 400, `HTTP version is "HTTP/1.0", expected "HTTP/1.1"`},
		{"HTTP/9", "HTTP/1.1", "HTTP/9", 400, "a version such as HTTP/1.1"},
		{"asterisk", "/chat", "*", 400, "request target"},
		{"authority", "/chat", "server.example.com:80", 400, "request target"},
		{"no scheme", "/chat", "://server.example.com/", 400, "request target"},
		{"scheme of another protocol", "/chat", "ftp://server.example.com/", 400, "request target"},
		{"scheme without a host", "/chat", "http:///chat", 400, "request target"},
		{"user in the target", "/chat", "http://u:p@server.example.com/chat", 400, "request target"},
		{"fragment in the target", "/chat", "/chat#a", 400, "request target"},
		{"no Host", "Host: server.example.com\r\n", "", 400, "Host is missing"},
		{"two Hosts", "Host: ", "Host: a\r\nHost: ", 400, "exactly one"},
		{"two lengths", "\r\n\r\n", "\r\nContent-Length: 0\r\nContent-Length: 2\r\n\r\nhi", 400, "without a body"},
		{"body", "\r\n\r\n", "\r\nContent-Length: 2\r\n\r\nhi", 400, "without a body"},
		{"chunked", "\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "without a body"},
		{"plain GET", "Upgrade: websocket\r\nConnection: Upgrade\r\n", "", 426, "Connection: close, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"},
		{"another Upgrade", "Upgrade: websocket", "Upgrade: h2c", 426, `Upgrade is "h2c"`},
		{"no Connection", "Connection: Upgrade\r\n", "", 400, "Connection is missing"},
		{"another Connection", "Connection: Upgrade", "Connection: close", 400, `Connection is "close", expected "Upgrade"`},
		{"no version", "Sec-WebSocket-Version: 13\r\n", "", 400, "Sec-WebSocket-Version is missing"},
		{"old version", "Version: 13", "Version: 8", 426, "Sec-WebSocket-Version: 13\r\n"},
		{"two versions", "Version: 13", "Version: 13\r\nSec-WebSocket-Version: 8", 400, "exactly one field"},
		{"no key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 400, "Sec-WebSocket-Key is missing"},
		{"empty key", "dGhlIHNhbXBsZSBub25jZQ==", "", 400, "Sec-WebSocket-Key is empty"},
		{"short key", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZQ==", 400, "16 bytes in Base64"},
		{"two keys", "Origin: ", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: ", 400, "exactly one"},
		{"origin", "http://example.com", "http://evil.example", 403, "Origin is"},
		{"bad subprotocols", "chat, superchat", "chat, chat", 400, "named twice"},
		{"bad extensions", "Origin", "Sec-WebSocket-Extensions: ;\r\nOrigin", 400, "a list of extensions"},
		{"unknown extension", "Origin", "Sec-WebSocket-Extensions: permessage-deflate\r\nOrigin", 101, good},
		{"folded line", "Origin: ", "X: a\r\n b\r\nOrigin: ", 400, "no line folding"},
		{"too many fields", "Origin: ", strings.Repeat("X: a\r\n", 300) + "Origin: ", 431, "more than 256"},
		{"too large", "Origin: ", "X: " + strings.Repeat("a", 100_000) + "\r\nOrigin: ", 431, "bytes without the empty line"},
		{"TLS", request, "\x16\x03\x01\x00\xa5\x01\x00", 400, "a TLS record"},
		{"HEAD", "GET", "HEAD", 405, "\r\n\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in := request
				if tt.old != "" {
					in = strings.ReplaceAll(request, tt.old, tt.new)
				}
				got, err := accept(a, in)
				var bad *wsproto.HandshakeError
				if tt.status == 101 && err != nil || tt.status != 101 && (!errors.As(err, &bad) || bad.Kind != wsproto.HandshakeRejected || bad.Response.Status != tt.status) {
					t.Errorf("ended with %v", err)
				}
				if !strings.HasPrefix(got, fmt.Sprintf("HTTP/1.1 %d ", tt.status)) || !strings.Contains(got, tt.want) {
					t.Errorf("answered %q, want %d and %q", got, tt.status, tt.want)
				}
				if tt.status != 101 {
					r, err := http.ReadResponse(bufio.NewReader(strings.NewReader(got)), &http.Request{Method: in[:4]})
					if err != nil {
						t.Fatal(err)
					}
					if body, err := io.ReadAll(r.Body); err != nil || (len(body) == 0) != (tt.name == "HEAD") || !r.Close {
						t.Errorf("body %q, %v, close %v", body, err, r.Close)
					}
				}
			})
		})
	}
}

// TestAcceptHeader has a field that would split the response.
func TestAcceptHeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &wsproto.Acceptor{Header: wsproto.Fields{{Name: "X", Value: "a\r\nY: b"}}}
		got, err := accept(a, string(wstest.NewRequest("h", "/").Bytes()))
		if err == nil || !strings.HasPrefix(got, "HTTP/1.1 500 ") || strings.Contains(got, "\nY: b") {
			t.Errorf("answered %q, %v", got, err)
		}
	})
}

// TestAcceptSlow has clients that are silent, or slow, or gone.
func TestAcceptSlow(t *testing.T) {
	request := string(wstest.NewRequest("h", "/").Bytes())
	for _, tt := range []struct {
		name   string
		send   func(p *wstest.Peer)
		kind   wsproto.HandshakeKind
		took   time.Duration
		answer string
	}{
		{"silent", func(*wstest.Peer) {}, wsproto.HandshakeTimeout, 10 * time.Second, ""},
		{"slow", func(p *wstest.Peer) {
			for i := range request {
				time.Sleep(time.Second)
				if p.Write([]byte(request[i:i+1]), 0) != nil {
					return
				}
			}
		}, wsproto.HandshakeTimeout, 10 * time.Second, "HTTP/1.1 408 "},
		{"gone", func(p *wstest.Peer) { p.CloseWrite() }, wsproto.HandshakeEmpty, 0, ""},
		{"gone half-way", func(p *wstest.Peer) { p.Write([]byte(request[:20]), 0); p.CloseWrite() }, wsproto.HandshakeDropped, 0, ""},
		{"reset", func(p *wstest.Peer) { p.Reset() }, wsproto.HandshakeDropped, 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, theirs := wstest.Pipe()
				p := wstest.NewPeer(theirs, wsproto.Client)
				go tt.send(p)
				answer := make(chan string)
				go func() {
					b, _ := p.ReadAll(1000)
					answer <- string(b)
					p.Close()
				}()
				start := time.Now()
				_, _, err := new(wsproto.Acceptor).Accept(ours)
				var bad *wsproto.HandshakeError
				if !errors.As(err, &bad) || bad.Kind != tt.kind {
					t.Errorf("ended with %v", err)
				}
				if d := time.Since(start) - tt.took; d < 0 || d > 2*time.Second {
					t.Errorf("it took %v", time.Since(start))
				}
				if got := <-answer; !strings.HasPrefix(got, tt.answer) || tt.answer == "" && got != "" {
					t.Errorf("answered %q", got)
				}
				time.Sleep(time.Minute)
			})
		})
	}
}

// TestAcceptCoalesced has frames in the segment of the request, and no deadline
// left behind.
func TestAcceptCoalesced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := wstest.Pipe()
		p := wstest.NewPeer(theirs, wsproto.Client)
		b := wstest.NewRequest("h", "/").Bytes()
		b = wstest.Text("early").AppendTo(b, wsproto.Client)
		p.Write(b, wstest.OneSegment)
		c, _, err := (&wsproto.Acceptor{HandshakeTimeout: time.Second}).Accept(ours)
		if err != nil {
			t.Fatal(err)
		}
		expectMessage(t, c, wsproto.OpText, "early")
		p.ReadHead()
		go func() {
			time.Sleep(time.Hour)
			p.Send(wstest.Text("late"))
		}()
		expectMessage(t, c, wsproto.OpText, "late")
		c.Abort(nil)
		p.Close()
	})
}

// TestReject answers by hand.
func TestReject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := wstest.Pipe()
		client := wstest.NewPeer(theirs, wsproto.Client)
		client.Write(wstest.NewRequest("h", "/full").Bytes(), wstest.OneSegment)
		p, err := new(wsproto.Acceptor).Read(ours)
		if err != nil || p.Request.Target != "/full" {
			t.Fatal(p, err)
		}
		go func() {
			got, _ := client.ReadAll(1000)
			if want := "HTTP/1.1 503 Service Unavailable\r\n"; !strings.HasPrefix(string(got), want) || !strings.HasSuffix(string(got), "Retry-After: 5\r\n\r\nfull\n") {
				t.Errorf("answered %q", got)
			}
			client.Close()
		}()
		if err := p.Reject(503, wsproto.Fields{{Name: "Retry-After", Value: "5"}}, "full\n"); err != nil {
			t.Error(err)
		}
	})
}

func ExampleAcceptor() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	go func() {
		nc, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			return
		}
		u, _ := wsproto.ParseURL("ws://" + l.Addr().String() + "/chat")
		var d wsproto.Dialer
		req, _ := d.Request(u)
		c, _, err := d.Upgrade(context.Background(), nc, req)
		if err != nil {
			return
		}
		c.WriteMessage(wsproto.OpText, []byte("hello"))
		c.Close(wsproto.CloseNormal, "bye")
		c.ReadMessage()
	}()

	nc, err := l.Accept()
	if err != nil {
		fmt.Println(err)
		return
	}
	a := wsproto.Acceptor{Subprotocols: []string{"chat"}}
	c, req, err := a.Accept(nc)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(req.Method, req.Target)
	for {
		m, err := c.ReadMessage()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%v %q\n", m.Opcode, m.Payload)
	}
	// Output:
	// GET /chat
	// text "hello"
	// closed by the peer: 1000 normal closure "bye"
}
