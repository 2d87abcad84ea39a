package wsproto_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// A gate is a network connection whose writes wait until it is opened, as those
// to a peer that does not read. Nothing ever comes in.
type gate struct {
	feed
	open    chan struct{}
	waiting chan struct{} // gets a value for each write that waits
	writes  int
}

func newGate() *gate {
	return &gate{
		feed: feed{r: strings.NewReader("")},
		open: make(chan struct{}), waiting: make(chan struct{}, 1000),
	}
}

func (g *gate) Write(p []byte) (int, error) {
	g.waiting <- struct{}{}
	<-g.open
	g.writes++
	return g.feed.Write(p)
}

// frames takes what was sent apart, one "opcode payload" for each frame.
func (g *gate) frames(t *testing.T, from wsproto.Role) (list []string) {
	t.Helper()
	p := wstest.NewPeer(&feed{r: bytes.NewReader(g.sent.Bytes())}, from.Peer())
	for {
		f, err := p.ReadFrame()
		if err != nil {
			if err != io.EOF {
				t.Error(err)
			}
			return list
		}
		list = append(list, fmt.Sprintf("%v %.20s", f.Opcode, f.Payload))
	}
}

// TestControlOvertakes leaves control frames to a writer that is stuck, with
// other writers behind it.
func TestControlOvertakes(t *testing.T) {
	for _, role := range bothRoles {
		g := newGate()
		c := wsproto.NewConn(g, role, wsproto.Config{}, nil)
		var wg sync.WaitGroup
		wg.Go(func() { c.WriteMessage(wsproto.OpText, []byte("first")) })
		<-g.waiting
		for range 3 {
			wg.Go(func() { c.WriteMessage(wsproto.OpText, []byte("data")) })
		}
		for _, s := range []string{"a", "b"} {
			if err := c.Ping([]byte(s)); err != nil {
				t.Error(err)
			}
		}
		if err := c.Pong([]byte("c")); err != nil {
			t.Error(err)
		}
		close(g.open)
		wg.Wait()
		want := "text first,ping a,ping b,pong c,text data,text data,text data"
		if got := strings.Join(g.frames(t, role), ","); got != want {
			t.Errorf("%v: sent %s, want %s", role, got, want)
		}
	}
}

// TestControlQueueIsBounded fills the queue of a writer that is stuck. What the
// protocol demands still fits in.
func TestControlQueueIsBounded(t *testing.T) {
	g := newGate()
	pings := &lateReader{from: make(chan string)}
	g.r = pings
	c := wsproto.NewConn(g, wsproto.Server, wsproto.Config{}, nil)
	var wg sync.WaitGroup
	wg.Go(func() { c.WriteMessage(wsproto.OpText, []byte("first")) })
	<-g.waiting
	var full error
	n := 0
	for ; full == nil && n < 1000; n++ {
		full = c.Ping(nil)
	}
	if full == nil {
		t.Fatal("the queue takes any number of frames")
	}
	if c.Pong(nil) == nil {
		t.Error("room for a pong, not for a ping")
	}
	wg.Go(func() { c.ReadMessage() })
	for i := range 3 {
		pings.from <- string(wstest.Ping(fmt.Sprint("q", i)).AppendTo(nil, wsproto.Client))
	}
	pings.from <- string(wstest.Text("seen").AppendTo(nil, wsproto.Client)) // by now the pings are answered
	if err := c.Close(1000, "x"); err != nil {
		t.Errorf("no room for a Close frame: %v", err)
	}
	if err := c.Close(1000, "y"); err != wsproto.ErrCloseSent {
		t.Errorf("a second Close frame: %v", err)
	}
	if err := c.Ping(nil); err != wsproto.ErrCloseSent {
		t.Errorf("a ping behind a Close frame: %v", err)
	}
	close(g.open)
	wg.Wait()
	got := g.frames(t, wsproto.Server)
	if len(got) != 1+1+(n-1)+1 || got[1] != "pong q2" || got[2] != "ping " || got[len(got)-1] != "close \x03\xe8x" {
		t.Errorf("after %d pings %d frames were sent: %.100q ... %q", n-1, len(got), got, got[len(got)-1])
	}
}

// A lateReader gives what is sent to it.
type lateReader struct{ from chan string }

func (l *lateReader) Read(p []byte) (int, error) { return copy(p, <-l.from), nil }

// TestWriteFragmented sends a message in frames, with a Ping and a Close frame of
// others that come between.
func TestWriteFragmented(t *testing.T) {
	for _, tt := range []struct {
		name, message string
		size          int
		want          string
	}{
		{"even", "abcdef", 2, "text ab,continuation cd,continuation ef"},
		{"odd", "abcde", 2, "text ab,continuation cd,continuation e"},
		{"one", "ab", 2, "text ab"},
		{"larger", "ab", 200, "text ab"},
		{"empty", "", 1, "text "},
		{"no size", "abc", 0, "text abc"},
	} {
		for _, role := range bothRoles {
			g := newGate()
			close(g.open)
			c := wsproto.NewConn(g, role, wsproto.Config{}, nil)
			if err := c.WriteFragmented(wsproto.OpText, []byte(tt.message), tt.size); err != nil {
				t.Error(err)
			}
			if got := strings.Join(g.frames(t, role), ","); got != tt.want {
				t.Errorf("%s: sent %s, want %s", tt.name, got, tt.want)
			}
			if s := c.Stats(); s.MessagesSent != 1 || s.FramesSent != uint64(len(strings.Split(tt.want, ","))) || s.BytesSent != uint64(len(tt.message)) {
				t.Errorf("%s: counted %+v", tt.name, s)
			}
		}
	}
}

func TestControlBetweenFragments(t *testing.T) {
	message := bytes.Repeat([]byte{'x'}, 200_000)
	for _, end := range []bool{false, true} {
		g := newGate()
		c := wsproto.NewConn(g, wsproto.Server, wsproto.Config{}, nil)
		wrote := make(chan error)
		go func() { wrote <- c.WriteFragmented(wsproto.OpBinary, message, 20_000) }()
		<-g.waiting // the buffer is full, some fragments are still to come
		c.Ping([]byte("between"))
		if end {
			c.Close(1001, "")
		}
		close(g.open)
		err := <-wrote
		got := strings.Join(g.frames(t, wsproto.Server), ",")
		if !strings.Contains(got, ",ping between,") || end != (err == wsproto.ErrCloseSent) || !end && err != nil {
			t.Errorf("%v: %s", err, got)
		}
		if end && !strings.HasSuffix(got, ",ping between,close \x03\xe9") {
			t.Errorf("after a Close frame: %s", got)
		}
	}
}

// TestQueueMessage gathers messages until they are flushed in one way or another.
func TestQueueMessage(t *testing.T) {
	for _, tt := range []struct {
		name   string
		flush  func(c *wsproto.Conn)
		writes int
	}{
		{"Flush", func(c *wsproto.Conn) { c.Flush() }, 1},
		{"before reading waits", func(c *wsproto.Conn) { c.ReadMessage() }, 1},
		{"with another message", func(c *wsproto.Conn) { c.WriteMessage(wsproto.OpText, nil) }, 1},
		{"with a ping", func(c *wsproto.Conn) { c.Ping(nil) }, 1},
		{"when there is much", func(c *wsproto.Conn) {
			for range 7 {
				c.QueueMessage(wsproto.OpBinary, make([]byte, 10_000))
			}
		}, 1},
		{"with a large one", func(c *wsproto.Conn) { c.QueueMessage(wsproto.OpBinary, make([]byte, 60_000)) }, 2},
		{"with a Close frame", func(c *wsproto.Conn) { c.Close(1000, "") }, 1},
	} {
		g := newGate()
		close(g.open)
		c := wsproto.NewConn(g, wsproto.Server, wsproto.Config{}, nil)
		for range 100 {
			if err := c.QueueMessage(wsproto.OpText, []byte("hello")); err != nil {
				t.Fatal(err)
			}
		}
		if g.writes != 0 {
			t.Errorf("%s: written too early", tt.name)
		}
		if tt.flush(c); g.writes != tt.writes {
			t.Errorf("%s: %d writes", tt.name, g.writes)
		}
		if got := g.frames(t, wsproto.Server); len(got) < 100 || got[99] != "text hello" {
			t.Errorf("%s: sent %d frames", tt.name, len(got))
		}
	}
}

// TestFlushAfterTheEnd flushes when the connection is over: only a message that
// was left behind is an error.
func TestFlushAfterTheEnd(t *testing.T) {
	inBubbles(t, func(t *testing.T, role wsproto.Role) {
		c, p := newConn(role, wsproto.Config{})
		c.QueueMessage(wsproto.OpText, []byte("a"))
		go func() {
			expectFrame(t, p, wsproto.OpText, "a")
			p.Send(wstest.Close(wsproto.CloseGoingAway, ""))
			expectClose(t, p, wsproto.CloseGoingAway)
			p.CloseWrite()
		}()
		_, err := c.ReadMessage()
		closeError(t, err)
		if err := c.Flush(); err != nil {
			t.Errorf("Flush of nothing: %v", err)
		}
		if err := c.QueueMessage(wsproto.OpText, []byte("b")); err == nil {
			t.Error("QueueMessage takes a message after the end")
		}
	})
	inBubbles(t, func(t *testing.T, role wsproto.Role) {
		c, p := newConn(role, wsproto.Config{})
		defer p.Close()
		c.QueueMessage(wsproto.OpText, []byte("a"))
		c.Abort(nil)
		c.ReadMessage()
		for range 2 {
			if err := c.Flush(); err == nil {
				t.Error("Flush says nothing of a message that was not sent")
			}
		}
	})
}

// TestWriteSizes sends payloads around the sizes that are treated differently.
func TestWriteSizes(t *testing.T) {
	big := pattern(1<<20 + 1)
	for _, role := range bothRoles {
		for _, n := range []int{0, 1, 125, 126, 127, 65535, 65536, 32<<10 - 1, 32 << 10, 64<<10 + 32<<10 - 1, 64<<10 + 32<<10, 1 << 20, 1<<20 + 1} {
			g := newGate()
			close(g.open)
			c := wsproto.NewConn(g, role, wsproto.Config{}, nil)
			c.QueueMessage(wsproto.OpText, []byte("ahead"))
			p := bytes.Clone(big[:n])
			if err := c.WriteMessage(wsproto.OpBinary, p); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(p, big[:n]) {
				t.Errorf("%v, %d bytes: the caller's bytes were changed", role, n)
			}
			r := wsproto.NewConn(&feed{r: &g.sent}, role.Peer(), wsproto.Config{}, nil)
			expectMessage(t, r, wsproto.OpText, "ahead")
			expectMessage(t, r, wsproto.OpBinary, string(big[:n]))
		}
	}
}

// TestWriteFrame sends frames that no polite endpoint sends.
func TestWriteFrame(t *testing.T) {
	key := [4]byte{1, 2, 3, 4}
	for _, tt := range []struct {
		name    string
		h       wsproto.Header
		payload string
		want    string
	}{
		{"unmasked", wsproto.Header{FIN: true, Opcode: wsproto.OpText, PayloadLen: 2}, "hi", "\x81\x02hi"},
		{"masked", wsproto.Header{FIN: true, Opcode: wsproto.OpText, PayloadLen: 2, Masked: true, MaskingKey: key}, "hi", "\x81\x82\x01\x02\x03\x04ik"},
		{"a lie", wsproto.Header{Opcode: wsproto.OpBinary, PayloadLen: 1 << 62}, "hi", "\x02\x7f\x40\x00\x00\x00\x00\x00\x00\x00hi"},
		{"reserved", wsproto.Header{Opcode: 0xB, RSV: wsproto.RSV1 | wsproto.RSV3}, "", "\x5b\x00"},
		{"not minimal", wsproto.Header{FIN: true, Opcode: wsproto.OpPing, PayloadLen: 1, LenBytes: 8}, "x", "\x89\x7f\x00\x00\x00\x00\x00\x00\x00\x01x"},
	} {
		nc := &feed{r: strings.NewReader("")}
		c := wsproto.NewConn(nc, wsproto.Client, wsproto.Config{}, nil)
		if err := c.WriteFrame(tt.h, []byte(tt.payload)); err != nil || nc.sent.String() != tt.want {
			t.Errorf("%s: sent % x, %v, want % x", tt.name, nc.sent.Bytes(), err, tt.want)
		}
	}
}

func TestWriteKeyError(t *testing.T) {
	broken := errors.New("no entropy")
	nc := &feed{r: strings.NewReader("")}
	c := wsproto.NewConn(nc, wsproto.Client, wsproto.Config{Rand: iotest.ErrReader(broken)}, nil)
	for range 2 {
		if err := c.WriteMessage(wsproto.OpText, nil); err != broken {
			t.Errorf("WriteMessage: %v", err)
		}
	}
	if nc.sent.Len() > 0 {
		t.Errorf("sent % x", nc.sent.Bytes())
	}
}

// TestWriteDoesNotAllocate counts allocations for messages of all sizes.
func TestWriteDoesNotAllocate(t *testing.T) {
	for _, role := range bothRoles {
		for _, n := range []int{16, 1000, 40_000, 300_000} {
			c := wsproto.NewConn(discard{}, role, wsproto.Config{}, nil)
			p := make([]byte, n)
			c.WriteMessage(wsproto.OpBinary, p)
			if got := testing.AllocsPerRun(100, func() { c.WriteMessage(wsproto.OpBinary, p) }); got != 0 {
				t.Errorf("%v, %d bytes: %v allocations", role, n, got)
			}
		}
	}
}

// A discard is a network connection that takes everything.
type discard struct{ net.Conn }

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// TestWrote counts what the network takes, our Close frame left out.
func TestWrote(t *testing.T) {
	writes := 0
	cfg := wsproto.Config{Trace: wsproto.Trace{Wrote: func() { writes++ }}}
	c := wsproto.NewConn(&feed{r: strings.NewReader("")}, wsproto.Server, cfg, nil)
	for _, step := range []struct {
		name string
		do   func()
		want int
	}{
		{"a message", func() { c.WriteMessage(wsproto.OpText, []byte("a")) }, 1},
		{"a large message", func() { c.WriteMessage(wsproto.OpBinary, make([]byte, 100<<10)) }, 2},
		{"a message that is not flushed", func() { c.QueueMessage(wsproto.OpText, []byte("b")) }, 2},
		{"the flush", func() { c.Flush() }, 3},
		{"a flush of nothing", func() { c.Flush() }, 3},
		{"a ping", func() { c.Ping(nil) }, 4},
		{"a Close frame", func() { c.Close(wsproto.CloseNormal, "") }, 4},
	} {
		if step.do(); writes != step.want {
			t.Errorf("after %s there were %d writes, want %d", step.name, writes, step.want)
		}
	}
}
