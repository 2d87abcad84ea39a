package deflate_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/klauspost/compress/flate"

	"wscope/wsproto"
	"wscope/wsproto/deflate"
	"wscope/wsproto/wstest"
)

var bothRoles = []wsproto.Role{wsproto.Client, wsproto.Server}

// open returns a connection on which the extension was agreed on as it is
// offered by default, and the peer, who compresses nothing by itself.
func open(t *testing.T, role wsproto.Role, x *deflate.Extension, cfg wsproto.Config) (*wsproto.Conn, *wstest.Peer) {
	t.Helper()
	ours, theirs := wstest.Pipe()
	peer := wstest.NewPeer(theirs, role.Peer())
	done := make(chan error, 1)
	var c *wsproto.Conn
	var err error
	if role == wsproto.Server {
		request := wstest.NewRequest("localhost", "/").Add("Sec-WebSocket-Extensions: " + deflate.Name + "; client_max_window_bits")
		go func() {
			err := peer.Write(request.Bytes(), wstest.OneSegment)
			if err == nil {
				_, err = peer.ReadHead()
			}
			done <- err
		}()
		c, _, err = (&wsproto.Acceptor{Config: cfg, Extensions: []wsproto.Extension{x}}).Accept(ours)
	} else {
		go func() {
			head, err := peer.ReadHead()
			if err == nil {
				var key string
				key, err = wstest.CheckRequest(head)
				reply := wstest.NewReply(key).Add("Sec-WebSocket-Extensions: " + deflate.Name)
				err = errors.Join(err, peer.Write(reply.Bytes(), wstest.OneSegment))
			}
			done <- err
		}()
		d := wsproto.Dialer{Config: cfg, Extensions: []wsproto.Extension{x}}
		u, _ := wsproto.ParseURL("ws://localhost/")
		request, requestErr := d.Request(u)
		if requestErr != nil {
			t.Fatal(requestErr)
		}
		c, _, err = d.Upgrade(context.Background(), ours, request)
	}
	if err := errors.Join(err, <-done); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Abort(nil)
		for err == nil {
			_, err = c.ReadMessage()
		}
		peer.Close()
	})
	return c, peer
}

// inBubbles runs f for a connection in each role.
func inBubbles(t *testing.T, f func(t *testing.T, role wsproto.Role)) {
	t.Helper()
	for _, role := range bothRoles {
		t.Run(role.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { f(t, role) })
		})
	}
}

// compress returns deflate blocks of p, flushed.
func compress(t testing.TB, p string) string {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, 9)
	if err == nil {
		_, err = io.WriteString(w, p)
	}
	if err := errors.Join(err, w.Flush()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// message returns what p is sent as.
func message(t testing.TB, p string) string {
	return strings.TrimSuffix(compress(t, p), "\x00\x00\xff\xff")
}

// closeCode returns the code of the Close frame that the peer gets.
func closeCode(p *wstest.Peer) (wsproto.CloseCode, error) {
	for {
		f, err := p.ReadFrame()
		if err != nil {
			return 0, err
		}
		if f.Opcode == wsproto.OpClose {
			code, _, err := wsproto.ParseClosePayload(f.Payload)
			if err != nil {
				return code, err
			}
			return code, nil
		}
	}
}

func TestReceive(t *testing.T) {
	hello := message(t, "Hello")
	long := strings.Repeat("a long text, ", 10_000)
	longSent := message(t, long)
	var bytewise []wstest.Frame
	for i := range len(hello) {
		f := wstest.Middle(hello[i : i+1])
		switch i {
		case 0:
			f = wstest.StartText(hello[:1]).WithRSV(wsproto.RSV1)
		case len(hello) - 1:
			f = wstest.Last(hello[i:])
		}
		bytewise = append(bytewise, f, wstest.Ping(fmt.Sprint(i)), wstest.Pong("unasked"))
	}
	for _, tt := range []struct {
		name   string
		frames []wstest.Frame
		want   []string
		code   wsproto.CloseCode // 0 if the connection survives
		rfc    int
	}{
		{name: "a message", frames: []wstest.Frame{wstest.Text(hello).WithRSV(wsproto.RSV1)}, want: []string{"Hello"}},
		{name: "one that is not compressed", frames: []wstest.Frame{wstest.Text("plain"), wstest.Text(hello).WithRSV(wsproto.RSV1), wstest.Text("")}, want: []string{"plain", "Hello", ""}},
		{name: "a long one", frames: []wstest.Frame{wstest.Binary(longSent).WithRSV(wsproto.RSV1)}, want: []string{long}},
		{name: "a fragment for each byte, control frames between", frames: bytewise, want: []string{"Hello"}},
		{name: "empty fragments", frames: []wstest.Frame{wstest.StartText("").WithRSV(wsproto.RSV1), wstest.Middle(""), wstest.Middle(hello), wstest.Last("")}, want: []string{"Hello"}},
		{name: "an empty message", frames: []wstest.Frame{wstest.Text("\x00").WithRSV(wsproto.RSV1)}, want: []string{""}},

		{name: "RSV1 on a continuation", frames: []wstest.Frame{wstest.StartText(hello[:2]).WithRSV(wsproto.RSV1), wstest.Last(hello[2:]).WithRSV(wsproto.RSV1)}, code: wsproto.CloseProtocolError, rfc: 6455},
		{name: "RSV1 on a continuation alone", frames: []wstest.Frame{wstest.StartText("a"), wstest.Last("b").WithRSV(wsproto.RSV1)}, code: wsproto.CloseProtocolError, rfc: 6455},
		{name: "RSV1 on a ping", frames: []wstest.Frame{wstest.Ping("").WithRSV(wsproto.RSV1)}, code: wsproto.CloseProtocolError, rfc: 6455},
		{name: "RSV1 on a close", frames: []wstest.Frame{wstest.Close(1000, "").WithRSV(wsproto.RSV1)}, code: wsproto.CloseProtocolError, rfc: 6455},
		{name: "RSV2", frames: []wstest.Frame{wstest.Text(hello).WithRSV(wsproto.RSV2)}, code: wsproto.CloseProtocolError, rfc: 6455},
		{name: "not compressed at all", frames: []wstest.Frame{wstest.Text("not compressed").WithRSV(wsproto.RSV1)}, code: wsproto.CloseInvalidPayload, rfc: 7692},
		{name: "broken in the second fragment", frames: []wstest.Frame{wstest.StartText(compress(t, "fine so far")).WithRSV(wsproto.RSV1), wstest.Last("\x07")}, code: wsproto.CloseInvalidPayload, rfc: 7692},
		{name: "text that is not UTF-8", frames: []wstest.Frame{wstest.Text(message(t, "caf\xe9")).WithRSV(wsproto.RSV1)}, code: wsproto.CloseInvalidPayload, rfc: 6455},
		{name: "text that ends inside a character", frames: []wstest.Frame{wstest.Text(message(t, "caf\xc3")).WithRSV(wsproto.RSV1)}, code: wsproto.CloseInvalidPayload, rfc: 6455},
		{name: "binary that is not UTF-8", frames: []wstest.Frame{wstest.Binary(message(t, "caf\xe9")).WithRSV(wsproto.RSV1)}, want: []string{"caf\xe9"}},
		// The message goes on, but nobody waits for that.
		{name: "text that goes wrong early", frames: []wstest.Frame{wstest.StartText(compress(t, "caf\xff")).WithRSV(wsproto.RSV1)}, code: wsproto.CloseInvalidPayload, rfc: 6455},
		{name: "block that goes wrong early", frames: []wstest.Frame{wstest.StartText("\x07").WithRSV(wsproto.RSV1)}, code: wsproto.CloseInvalidPayload, rfc: 7692},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubbles(t, func(t *testing.T, role wsproto.Role) {
				c, peer := open(t, role, &deflate.Extension{}, wsproto.Config{})
				go peer.Send(tt.frames...)
				for i, want := range tt.want {
					m, err := c.ReadMessage()
					if err != nil || string(m.Payload) != want {
						t.Fatalf("message %d is %.50q, %v, want %.50q", i, m.Payload, err, want)
					}
				}
				if tt.code == 0 {
					return
				}
				code := make(chan wsproto.CloseCode)
				go func() {
					got, _ := closeCode(peer)
					code <- got
					peer.Close()
				}()
				_, err := c.ReadMessage()
				var rule *wsproto.ProtocolError
				if !errors.As(err, &rule) || rule.Code != tt.code {
					t.Errorf("error %v, want a broken rule with %v", err, tt.code)
				} else if rule.RFC != tt.rfc && (rule.RFC != 0 || tt.rfc != 6455) {
					t.Errorf("the rule is one of %s, want RFC %d", rule.Ref(), tt.rfc)
				}
				if got := <-code; got != tt.code {
					t.Errorf("the peer is told %v, want %v", got, tt.code)
				}
			})
		})
	}
}

// What is traced: the bytes of the wire and what came of them, for each frame.
func TestTrace(t *testing.T) {
	inBubbles(t, func(t *testing.T, role wsproto.Role) {
		var frames []string
		note := func(dir string) func(*wsproto.FrameInfo) {
			return func(f *wsproto.FrameInfo) {
				frames = append(frames, fmt.Sprintf("%s %v %v %x = %q %d", dir, f.Header.RSV, f.Encoded, f.Payload, f.Decoded, f.DecodedLen))
			}
		}
		x := &deflate.Extension{Threshold: 5}
		c, peer := open(t, role, x, wsproto.Config{Trace: wsproto.Trace{FrameSent: note("->"), FrameReceived: note("<-")}})
		first := compress(t, "Hel")
		go peer.Send(wstest.StartText(first).WithRSV(wsproto.RSV1), wstest.Last(message(t, "lo")), wstest.Text("plain"))
		for range 2 {
			if _, err := c.ReadMessage(); err != nil {
				t.Fatal(err)
			}
		}
		for _, send := range []func() error{
			func() error { return c.WriteMessage(wsproto.OpText, []byte("Hello")) },
			func() error { return c.WriteMessage(wsproto.OpText, []byte("Hell")) },
			func() error { return c.WriteFragmented(wsproto.OpText, []byte("Hello"), 2) },
		} {
			if err := send(); err != nil {
				t.Fatal(err)
			}
		}
		want := []string{
			fmt.Sprintf("<- RSV1 true %x = %q 3", first, "Hel"),
			fmt.Sprintf("<- none true %x = %q 2", message(t, "lo"), "lo"),
			`<- none false 706c61696e = "" 0`,
			`-> RSV1 true f248cdc9c90700 = "Hello" 5`,
			`-> none false 48656c6c = "" 0`,
			`-> RSV1 true 0213 = "" 0`,
			`-> none true 0000 = "Hello" 5`,
		}
		if got := strings.Join(frames, "\n"); got != strings.Join(want, "\n") {
			t.Errorf("traced:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
		}
	})
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// What a server makes of offers, seen from the wire.
func TestHandshakeOfServer(t *testing.T) {
	for _, tt := range []struct{ offer, want string }{
		{"permessage-deflate", "permessage-deflate"},
		{`permessage-deflate; server_max_window_bits="10"`, "permessage-deflate; server_max_window_bits=10"},
		{"permessage-deflate; foo, permessage-deflate; server_max_window_bits=7, x-other, permessage-deflate; client_no_context_takeover, permessage-deflate",
			"permessage-deflate; client_no_context_takeover"},
		{"permessage-deflate; server_max_window_bits=16", ""},
		{"x-webkit-deflate-frame", ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			ours, theirs := wstest.Pipe()
			peer := wstest.NewPeer(theirs, wsproto.Client)
			go peer.Write(wstest.NewRequest("localhost", "/").Add("Sec-WebSocket-Extensions: "+tt.offer).Bytes(), wstest.OneSegment)
			c, _, err := (&wsproto.Acceptor{Extensions: []wsproto.Extension{&deflate.Extension{}}}).Accept(ours)
			if err != nil {
				t.Fatal(err)
			}
			reply, err := peer.ReadHead()
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(reply.Values("Sec-WebSocket-Extensions"), ", "); got != tt.want {
				t.Errorf("offered %s, answered %q, want %q", tt.offer, got, tt.want)
			}
			c.Abort(nil)
			c.ReadMessage()
			peer.Close()
		})
	}
}

// What a client makes of answers: a wrong one fails the connection.
func TestHandshakeOfClient(t *testing.T) {
	for _, tt := range []struct{ answer, wrong string }{
		{"permessage-deflate", ""},
		{`permessage-deflate; client_max_window_bits="9"; server_no_context_takeover`, ""},
		{"permessage-deflate; client_max_window_bits", "expected a client_max_window_bits of 8 to 15 (RFC 7692, Section 7.1)"},
		{"permessage-deflate; foo=1", `expected no parameter "foo"`},
		{"permessage-deflate; server_max_window_bits=10; server_max_window_bits=10", "only once"},
		{"permessage-deflate, permessage-deflate", "not several"},
	} {
		synctest.Test(t, func(t *testing.T) {
			ours, theirs := wstest.Pipe()
			peer := wstest.NewPeer(theirs, wsproto.Server)
			go func() {
				head, _ := peer.ReadHead()
				key, _ := wstest.CheckRequest(head)
				peer.Write(wstest.NewReply(key).Add("Sec-WebSocket-Extensions: "+tt.answer).Bytes(), wstest.OneSegment)
			}()
			d := wsproto.Dialer{Extensions: []wsproto.Extension{&deflate.Extension{}}}
			u, _ := wsproto.ParseURL("ws://localhost/")
			request, err := d.Request(u)
			if err != nil {
				t.Fatal(err)
			}
			c, _, err := d.Upgrade(context.Background(), ours, request)
			if (err == nil) != (tt.wrong == "") || err != nil && !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("answer %s: %v, want an error with %q", tt.answer, err, tt.wrong)
			}
			if c != nil {
				c.Abort(nil)
				c.ReadMessage()
			}
			peer.Close()
		})
	}
}

// A connection that has exchanged messages without takeover holds nothing, one
// with takeover as much as was said.
func TestIdleMemory(t *testing.T) {
	for _, takeover := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var codec *deflate.Codec
			limit := deflate.Params{ServerNoContextTakeover: !takeover, ClientNoContextTakeover: !takeover}
			c, peer := open(t, wsproto.Server, &deflate.Extension{Limit: limit, Agreed: func(c *deflate.Codec) { codec = c }}, wsproto.Config{})
			go peer.Send(wstest.Text(message(t, strings.Repeat("x", 5000))).WithRSV(wsproto.RSV1))
			m, err := c.ReadMessage()
			if err == nil {
				err = c.WriteMessage(wsproto.OpText, m.Payload[:100])
			}
			if err != nil {
				t.Fatal(err)
			}
			want := 0
			if takeover {
				want = 8192 + 1024
			}
			if got := codec.Stats().Windows; got != want {
				t.Errorf("with takeover %t the windows are %d bytes, want %d", takeover, got, want)
			}
		})
	}
}

func Example() {
	// A server that compresses with at most 4 KiB of context, and messages
	// from 64 bytes on.
	acceptor := wsproto.Acceptor{Extensions: []wsproto.Extension{&deflate.Extension{
		Limit:     deflate.Params{ServerMaxWindowBits: 12},
		Threshold: 64,
		Agreed: func(c *deflate.Codec) {
			fmt.Println("we compress with", c.Send().Window(), "bytes of context")
		},
	}}}
	offer := wsproto.ExtensionParams{Name: deflate.Name}
	answer, _, _ := acceptor.Extensions[0].Accept(offer)
	fmt.Println(answer)
	// Output:
	// we compress with 4096 bytes of context
	// permessage-deflate; server_max_window_bits=12
}
