package wsproto_test

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// traceOf feeds frames of a client to a server, in one way to read, and returns
// what was traced and how it ended.
func traceOf(cfg wsproto.Config, inPieces bool, frames ...wstest.Frame) (*record, []string, error) {
	var wire []byte
	for _, f := range frames {
		wire = f.AppendTo(wire, wsproto.Client)
	}
	r := new(record)
	cfg.Trace = r.trace()
	c := wsproto.NewConn(&feed{r: bytes.NewReader(wire)}, wsproto.Server, cfg, nil)
	read := (*wsproto.Conn).ReadMessage
	if inPieces {
		read = collect
	}
	var messages []string
	for {
		m, err := read(c)
		if err != nil {
			return r, messages, err
		}
		messages = append(messages, string(m.Payload))
	}
}

// TestTrace has every frame reported once, the illegal one too, and before the
// answer to it.
func TestTrace(t *testing.T) {
	for _, tt := range []struct {
		name   string
		frames []wstest.Frame
		want   []string
	}{
		{"messages", []wstest.Frame{wstest.Text("a"), wstest.Binary("")}, []string{`<- text "a"`, `<- binary ""`}},
		{"fragments", []wstest.Frame{wstest.StartText("a"), wstest.Ping("p"), wstest.Middle(""), wstest.Last("b")},
			[]string{`<- text "a" #1`, `<- ping "p"`, `-> pong "p"`, `<- continuation "" #2`, `<- continuation "b" #3`}},
		{"closing handshake", []wstest.Frame{wstest.Close(1000, "x")}, []string{`<- close 1000`, `-> close 1000`}},
		{"bad close code", []wstest.Frame{wstest.Close(1005, "")}, []string{`<- close 1005 !7.4`, `-> close 1002`}},
		{"reserved opcode", []wstest.Frame{{Op: 3, Payload: []byte("abc")}}, []string{`<- reserved 0x3 "abc" !5.2`, `-> close 1002`}},
		{"unmasked", []wstest.Frame{wstest.Text("abc").Unlike()}, []string{`<- text "abc" !5.1`, `-> close 1002`}},
		{"long ping", []wstest.Frame{wstest.Ping(strings.Repeat("x", 126))}, []string{`<- ping "` + strings.Repeat("x", 126) + `" !5.5`, `-> close 1002`}},
		{"new message inside", []wstest.Frame{wstest.StartText("a"), wstest.Text("b")}, []string{`<- text "a" #1`, `<- text "b" !5.4`, `-> close 1002`}},
		{"not UTF-8", []wstest.Frame{wstest.StartText("a"), wstest.Last("b\xffc")}, []string{`<- text "a" #1`, `<- continuation "b\xffc" #2 !8.1`, `-> close 1007`}},
		{"not UTF-8 at the end", []wstest.Frame{wstest.StartText("\xc3"), wstest.Last("")}, []string{`<- text "\xc3" #1`, `<- continuation "" #2 !8.1`, `-> close 1007`}},
		{"too long", []wstest.Frame{wstest.Binary("ab").Declaring(1 << 40)}, []string{`<- binary "ab" of 1099511627776`, `-> close 1009`}},
		{"cut off in data", []wstest.Frame{wstest.Binary("ab").Declaring(10)}, []string{`<- binary "ab" of 10`}},
		{"cut off before the payload", []wstest.Frame{wstest.Binary("").Declaring(10)}, []string{`<- binary "" of 10`}},
		{"cut off in a long frame", []wstest.Frame{wstest.Binary("ab").Declaring(100_000)}, []string{`<- binary "ab" of 100000`}},
		{"cut off in a ping", []wstest.Frame{wstest.Ping("ab").Declaring(10)}, []string{`<- ping "ab" of 10`}},
	} {
		for _, inPieces := range []bool{false, true} {
			r, _, _ := traceOf(wsproto.Config{}, inPieces, tt.frames...)
			t.Run(tt.name, func(t *testing.T) { r.expect(t, tt.want...) })
		}
	}
}

// TestTraceStream traces frames that are longer than what arrives at a time.
func TestTraceStream(t *testing.T) {
	wire := wstest.StartText("hello").AppendTo(nil, wsproto.Server)
	wire = wstest.Last(" world\xff").AppendTo(wire, wsproto.Server)
	r := new(record)
	c := wsproto.NewConn(&feed{r: iotest.OneByteReader(bytes.NewReader(wire))}, wsproto.Client, wsproto.Config{Trace: r.trace()}, nil)
	if _, err := collect(c); err == nil {
		t.Error("text that is not UTF-8 was taken")
	}
	r.expect(t, `<- text "h" of 5 #1`, `<- continuation " " of 7 #2`, `-> close 1007`)
}

// TestTraceBroken traces nothing but the frames that break a rule, a strict
// connection and a lenient one.
func TestTraceBroken(t *testing.T) {
	frames := []wstest.Frame{
		wstest.Text("fine"), wstest.Text("odd").Unlike(), wstest.Ping("p").AndMore(), wstest.StartText("fine\xff"),
		wstest.Last("too"), wstest.Text("fine"), wstest.CloseWith("x"),
	}
	var wire []byte
	for _, f := range frames {
		wire = f.AppendTo(wire, wsproto.Client)
	}
	for _, tt := range []struct {
		lenient, inPieces, slow bool
		want                    []string
	}{
		{false, false, false, []string{`<- text "odd" !5.1`}},
		{false, true, true, []string{`<- text "" of 3 !5.1`}},
		{true, false, true, []string{`<- text "odd" !5.1`, `<- ping "p" !5.5`, `<- text "fine\xff" #1 !8.1`, `<- close 1005 !5.5.1`}},
		{true, true, false, []string{`<- text "odd" !5.1`, `<- ping "p" !5.5`, `<- text "fine\xff" #1 !8.1`, `<- close 1005 !5.5.1`}},
		{true, true, true, []string{`<- text "o" of 3 !5.1`, `<- ping "p" !5.5`, `<- text "\xff" of 5 #1 !8.1`, `<- close 1005 !5.5.1`}},
	} {
		var in io.Reader = bytes.NewReader(wire)
		if tt.slow {
			in = iotest.OneByteReader(in)
		}
		r := new(record)
		cfg := wsproto.Config{Lenient: tt.lenient, Trace: wsproto.Trace{FrameBroken: r.trace().FrameReceived}}
		c := wsproto.NewConn(&feed{r: in}, wsproto.Server, cfg, nil)
		read := (*wsproto.Conn).ReadMessage
		if tt.inPieces {
			read = collect
		}
		for err := error(nil); err == nil; {
			_, err = read(c)
		}
		t.Run(fmt.Sprintf("%+v", tt), func(t *testing.T) { r.expect(t, tt.want...) })
	}
}

// TestTraceBrokenLater has a frame that was traced with its first piece break a
// rule in a further one. The frame after it is in order.
func TestTraceBrokenLater(t *testing.T) {
	wire := wstest.StartText("a\xff").AppendTo(nil, wsproto.Server)
	wire = wstest.Last("b").AppendTo(wire, wsproto.Server)
	r := new(record)
	trace := r.trace()
	trace.FrameBroken = trace.FrameReceived
	c := wsproto.NewConn(&feed{r: iotest.OneByteReader(bytes.NewReader(wire))}, wsproto.Client, wsproto.Config{Lenient: true, Trace: trace}, nil)
	if m, err := collect(c); err != nil || string(m.Payload) != "a\xffb" {
		t.Errorf("got %q, %v", m.Payload, err)
	}
	r.expect(t, `<- text "a" of 2 #1`, `<- text "\xff" of 2 #1 !8.1`, `<- continuation "b" #2`)
}

// TestTraceSent traces what goes out, with the fragments numbered.
func TestTraceSent(t *testing.T) {
	r := new(record)
	var header wsproto.Header
	trace := r.trace()
	traceSent := trace.FrameSent
	trace.FrameSent = func(f *wsproto.FrameInfo) {
		header = f.Header
		traceSent(f)
	}
	c := wsproto.NewConn(discard{}, wsproto.Client, wsproto.Config{Trace: trace}, nil)
	c.WriteMessage(wsproto.OpText, []byte("one"))
	c.WriteFragmented(wsproto.OpBinary, []byte("abc"), 2)
	c.Ping(nil)
	c.WriteFrame(wsproto.Header{Opcode: wsproto.OpText, PayloadLen: 1}, []byte("x"))
	c.Pong([]byte("p"))
	c.WriteFrame(wsproto.Header{FIN: true, Opcode: wsproto.OpContinuation, PayloadLen: 1}, []byte("y"))
	r.expect(t, `-> text "one"`, `-> binary "ab" #1`, `-> continuation "c" #2`, `-> ping ""`,
		`-> text "x" #1`, `-> pong "p"`, `-> continuation "y" #2`)
	c.WriteMessage(wsproto.OpText, pattern(300))
	if header.LenBytes != 2 || !header.Masked || header.MaskingKey == [4]byte{} {
		t.Errorf("header %+v is not what was on the wire", header)
	}
}

// TestTraceOrder has an answer that is quicker than the writer: the frame that it
// answers is reported first all the same.
func TestTraceOrder(t *testing.T) {
	inBubbles(t, func(t *testing.T, role wsproto.Role) {
		r := new(record)
		ours, theirs := wstest.Pipe()
		c := wsproto.NewConn(ours, role, wsproto.Config{Trace: r.trace()}, nil)
		p := wstest.NewPeer(theirs, role.Peer())
		go func() {
			for {
				f, err := p.ReadFrame()
				if err != nil {
					return
				}
				p.Send(wstest.Text("re: " + string(f.Payload)))
			}
		}()
		for _, s := range []string{"a", "b"} {
			c.WriteMessage(wsproto.OpText, []byte(s))
			expectMessage(t, c, wsproto.OpText, "re: "+s)
		}
		r.expect(t, `-> text "a"`, `<- text "re: a"`, `-> text "b"`, `<- text "re: b"`)
		c.Abort(nil)
		p.Close()
	})
}

// TestWaiting runs before each wait, when all that has arrived is used.
func TestWaiting(t *testing.T) {
	waits, open := 0, 0
	var c *wsproto.Conn
	wire := append(wstest.Text("a").AppendTo(nil, wsproto.Client), wstest.StartText("b").AppendTo(nil, wsproto.Client)...)
	c = wsproto.NewConn(&feed{r: bytes.NewReader(wire)}, wsproto.Server, wsproto.Config{Trace: wsproto.Trace{
		Waiting: func() {
			waits++
			if c.MessageOpen() {
				open++
			}
		},
	}}, nil)
	expectMessage(t, c, wsproto.OpText, "a")
	c.ReadMessage()
	if waits != 2 || open != 1 {
		t.Errorf("waited %d times, %d of them inside a message", waits, open)
	}
}

// TestBegun runs once, when the first bytes after the handshake have come, those
// that came with it, too.
func TestBegun(t *testing.T) {
	for name, early := range map[string]int{"late": 0, "with the handshake": 1} {
		begun := 0
		trace := wsproto.Trace{Begun: func(time.Time) { begun++ }}
		wire := wstest.Text("a").AppendTo(nil, wsproto.Client)
		c := wsproto.NewConn(&feed{r: bytes.NewReader(append(wire[early:], wire...))}, wsproto.Server, wsproto.Config{Trace: trace}, wire[:early])
		if begun != early {
			t.Errorf("%s: runs %d times before the first read", name, begun)
		}
		expectMessage(t, c, wsproto.OpText, "a")
		expectMessage(t, c, wsproto.OpText, "a")
		if c.ReadMessage(); begun != 1 {
			t.Errorf("%s: runs %d times", name, begun)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		begun := 0
		d := wsproto.Dialer{Config: wsproto.Config{Trace: wsproto.Trace{Begun: func(time.Time) { begun++ }}}}
		c, _, err := dialPipe(d, goodReply+"\x81\x01a")
		if err != nil || begun != 1 {
			t.Fatalf("a frame behind the response is reported %d times, %v", begun, err)
		}
		c.Abort(nil)
	})
}

// TestTraceSwitch turns the reports of frames on and off while a connection is
// open.
func TestTraceSwitch(t *testing.T) {
	inBubbles(t, func(t *testing.T, role wsproto.Role) {
		var on atomic.Bool
		r := new(record)
		trace := r.trace()
		trace.Switch = &on
		c, p := newConn(role, wsproto.Config{Trace: trace, Lenient: true})
		exchange := func(sent string, f wstest.Frame) {
			t.Helper()
			c.WriteMessage(wsproto.OpText, []byte(sent))
			if _, err := p.ReadFrame(); err != nil {
				t.Fatal(err)
			}
			p.Send(f)
			if _, err := c.ReadMessage(); err != nil {
				t.Fatal(err)
			}
		}
		exchange("a", wstest.Text("b"))
		exchange("c", wstest.Text("not UTF-8: \xff"))
		on.Store(true)
		exchange("d", wstest.Text("e"))
		exchange("f", wstest.Binary(strings.Repeat("x", 100)))
		on.Store(false)
		exchange("g", wstest.Text("h"))
		want := []string{`-> text "d"`, `<- text "e"`, `-> text "f"`, `<- binary "` + strings.Repeat("x", 100) + `"`}
		if !slices.Equal(r.lines, want) {
			t.Errorf("traced %q, want %q", r.lines, want)
		}
		c.Abort(nil)
		p.Close()
	})
}
