package wsproto_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// A feed is a network connection that gives what r gives and takes everything.
type feed struct {
	r    io.Reader
	sent bytes.Buffer
}

func (f *feed) Read(p []byte) (int, error)       { return f.r.Read(p) }
func (f *feed) Write(p []byte) (int, error)      { return f.sent.Write(p) }
func (f *feed) Close() error                     { return nil }
func (f *feed) LocalAddr() net.Addr              { return nil }
func (f *feed) RemoteAddr() net.Addr             { return nil }
func (f *feed) SetDeadline(time.Time) error      { return nil }
func (f *feed) SetReadDeadline(time.Time) error  { return nil }
func (f *feed) SetWriteDeadline(time.Time) error { return nil }

// The examples of RFC 6455, Section 5.7.
func TestReadRFC(t *testing.T) {
	long := bytes.Repeat([]byte{0x5A}, 65536)
	for _, tt := range []struct {
		name   string
		from   wsproto.Role
		wire   string
		op     wsproto.Opcode
		want   string
		frames int
	}{
		{"a single-frame unmasked text message", wsproto.Server, "\x81\x05Hello", wsproto.OpText, "Hello", 1},
		{"a single-frame masked text message", wsproto.Client, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", wsproto.OpText, "Hello", 1},
		{"a fragmented unmasked text message", wsproto.Server, "\x01\x03Hel\x80\x02lo", wsproto.OpText, "Hello", 2},
		{"256 bytes in a single unmasked frame", wsproto.Server, "\x82\x7e\x01\x00" + string(long[:256]), wsproto.OpBinary, string(long[:256]), 1},
		{"64 KiB in a single unmasked frame", wsproto.Server, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00" + string(long), wsproto.OpBinary, string(long), 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := wsproto.NewConn(&feed{r: bytes.NewReader([]byte(tt.wire))}, tt.from.Peer(), wsproto.Config{}, nil)
			m, err := c.ReadMessage()
			if err != nil || m.Opcode != tt.op || string(m.Payload) != tt.want || m.Frames != tt.frames || m.Wire != uint64(len(tt.want)) {
				t.Errorf("got %v %.20q in %d frames of %d bytes, %v", m.Opcode, m.Payload, m.Frames, m.Wire, err)
			}
			if _, err := c.ReadMessage(); !isDrop(err, wsproto.DropFIN) {
				t.Errorf("at the end: %v", err)
			}
		})
	}
	t.Run("unmasked Ping request and masked Ping response", func(t *testing.T) {
		nc := &feed{r: bytes.NewReader([]byte("\x89\x05Hello"))}
		key := []byte{0x37, 0xfa, 0x21, 0x3d}
		c := wsproto.NewConn(nc, wsproto.Client, wsproto.Config{Rand: bytes.NewReader(bytes.Repeat(key, 1000))}, nil)
		c.ReadMessage()
		if got, want := nc.sent.String(), "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"; got != want {
			t.Errorf("answered % x, want % x", got, want)
		}
	})
}

func isDrop(err error, want wsproto.Drop) bool {
	var e *wsproto.DropError
	return errors.As(err, &e) && e.Drop == want
}

// TestReadAtBufferBorders sends frames that end just before, at and behind the
// ends that the read buffer can have, in two ways of reading and two of sending.
func TestReadAtBufferBorders(t *testing.T) {
	var sizes []int
	for _, n := range []int{0, 1, 125, 126, 4096, 16384, 65536, 1 << 17} {
		for _, d := range []int{-20, -14, -13, -10, -9, -8, -5, -4, -3, -2, -1, 0, 1, 2, 9, 20} {
			if n+d >= 0 {
				sizes = append(sizes, n+d)
			}
		}
	}
	big := pattern(1<<17 + 20)
	for _, role := range bothRoles {
		for _, ahead := range []int{0, 4, 4079} {
			var wire []byte
			wire = wstest.Frame{Op: wsproto.OpBinary, Payload: big[:ahead]}.AppendTo(wire, role.Peer())
			for i, n := range sizes {
				op := wsproto.OpText + wsproto.Opcode(i%2)
				wire = wstest.Frame{Op: op, Payload: big[:n]}.AppendTo(wire, role.Peer())
			}
			for _, way := range []struct {
				name   string
				reader func(io.Reader) io.Reader
				read   func(*wsproto.Conn) (wsproto.Message, error)
			}{
				{"whole", func(r io.Reader) io.Reader { return r }, (*wsproto.Conn).ReadMessage},
				{"halves", iotest.HalfReader, (*wsproto.Conn).ReadMessage},
				{"data with the error", iotest.DataErrReader, (*wsproto.Conn).ReadMessage},
				{"in pieces", func(r io.Reader) io.Reader { return r }, collect},
			} {
				c := wsproto.NewConn(&feed{r: way.reader(bytes.NewReader(wire))}, role, wsproto.Config{}, nil)
				if m, err := way.read(c); err != nil || len(m.Payload) != ahead {
					t.Fatalf("%v, %s: %v", role, way.name, err)
				}
				for _, n := range sizes {
					m, err := way.read(c)
					if err != nil || !bytes.Equal(m.Payload, big[:n]) {
						t.Fatalf("%v, %s, behind %d bytes: message of %d bytes came as %d, %v", role, way.name, ahead, n, len(m.Payload), err)
					}
				}
				if _, err := way.read(c); !isDrop(err, wsproto.DropFIN) {
					t.Errorf("%v, %s: at the end %v", role, way.name, err)
				}
			}
		}
	}
}

// TestReadByteByByte reads the same stream of all sorts of frames in two ways.
func TestReadByteByByte(t *testing.T) {
	for _, role := range bothRoles {
		var wire []byte
		for _, f := range []wstest.Frame{
			wstest.Text("one"), wstest.StartText("\u00e9\xf0\x9f"), wstest.Ping("p"), wstest.Last("\x98\x80"),
			wstest.Binary(string(pattern(5000))), wstest.Binary(""), wstest.StartBinary(""), wstest.Middle("x"), wstest.Last(""),
			wstest.Close(wsproto.CloseNormal, "bye"),
		} {
			wire = f.AppendTo(wire, role.Peer())
		}
		c := wsproto.NewConn(&feed{r: iotest.OneByteReader(bytes.NewReader(wire))}, role, wsproto.Config{}, nil)
		expectMessage(t, c, wsproto.OpText, "one")
		expectMessage(t, c, wsproto.OpText, "\u00e9\U0001f600")
		expectMessage(t, c, wsproto.OpBinary, string(pattern(5000)))
		expectMessage(t, c, wsproto.OpBinary, "")
		expectMessage(t, c, wsproto.OpBinary, "x")
		_, err := c.ReadMessage()
		if e := new(wsproto.CloseError); !errors.As(err, &e) || e.Reason != "bye" || !e.Remote {
			t.Errorf("at the end: %v", err)
		}
		if _, again := c.ReadMessage(); again != err {
			t.Errorf("read again: %v, want %v", again, err)
		}
		got := c.Stats()
		if got.FramesReceived != 10 || got.MessagesReceived != 5 || got.BytesReceived != 3+4+1+2+5000+1+5 || got.WireReceived != uint64(len(wire)) {
			t.Errorf("counted %+v, of %d bytes", got, len(wire))
		}
	}
}

// TestReadLimit has messages at the limit and over it.
func TestReadLimit(t *testing.T) {
	const huge = 1<<63 - 1
	for _, tt := range []struct {
		name    string
		limit   int64
		frames  []wstest.Frame
		atLeast uint64 // 0: accepted
	}{
		{"at the limit", 10, []wstest.Frame{wstest.Text("0123456789")}, 0},
		{"over it", 10, []wstest.Frame{wstest.Text("0123456789X")}, 11},
		{"fragments at the limit", 10, []wstest.Frame{wstest.StartText("01234"), wstest.Last("56789")}, 0},
		{"fragments over it", 10, []wstest.Frame{wstest.StartText("01234"), wstest.Middle(""), wstest.Last("56789X")}, 11},
		{"announced only", 10, []wstest.Frame{wstest.Binary("").Declaring(huge)}, huge},
		{"announced only, to the default", 0, []wstest.Frame{wstest.Binary("").Declaring(1 << 62)}, 1 << 62},
	} {
		for _, read := range []func(*wsproto.Conn) (wsproto.Message, error){(*wsproto.Conn).ReadMessage, collect} {
			var wire []byte
			for _, f := range tt.frames {
				wire = f.AppendTo(wire, wsproto.Client)
			}
			nc := &feed{r: bytes.NewReader(wire)}
			c := wsproto.NewConn(nc, wsproto.Server, wsproto.Config{MaxMessageSize: tt.limit}, nil)
			_, err := read(c)
			var size *wsproto.SizeError
			if errors.As(err, &size) != (tt.atLeast > 0) || size != nil && size.AtLeast != tt.atLeast {
				t.Errorf("%s: %v", tt.name, err)
			}
			if tt.atLeast > 0 && !bytes.HasPrefix(nc.sent.Bytes()[2:], []byte{1009 >> 8, 1009 & 0xFF}) {
				t.Errorf("%s: sent % x, want 1009", tt.name, nc.sent.Bytes())
			}
		}
	}
}

// TestReadBoundsMemory lets a peer announce far more than it sends.
func TestReadBoundsMemory(t *testing.T) {
	wire := wstest.Binary("").Declaring(1<<62).AppendTo(nil, wsproto.Server)
	wire = append(wire, make([]byte, 100_000)...)
	allocated := testing.AllocsPerRun(1, func() {
		c := wsproto.NewConn(&feed{r: bytes.NewReader(wire)}, wsproto.Client, wsproto.Config{MaxMessageSize: -1}, nil)
		_, err := c.ReadMessage()
		if !isDrop(err, wsproto.DropFIN) {
			t.Error(err)
		}
		if got := c.Stats().BytesReceived; got != 100_000 {
			t.Errorf("counted %d payload bytes", got)
		}
	})
	if allocated > 40 {
		t.Errorf("%v allocations", allocated)
	}
}

func TestReadDoesNotAllocate(t *testing.T) {
	for _, role := range bothRoles {
		for _, n := range []int{16, 1000, 5000, 100_000} {
			wire := wstest.Frame{Op: wsproto.OpText, Payload: pattern(n)}.AppendTo(nil, role.Peer())
			c := wsproto.NewConn(&feed{r: &loop{b: wire}}, role, wsproto.Config{}, nil)
			for range 50 {
				c.ReadMessage() // the buffers grow
			}
			if got := testing.AllocsPerRun(100, func() {
				if _, err := c.ReadMessage(); err != nil {
					t.Error(err)
				}
			}); got != 0 {
				t.Errorf("%v, %d bytes: %v allocations for each message", role, n, got)
			}
		}
	}
}

// A loop gives its bytes over and over.
type loop struct {
	b   []byte
	pos int
}

func (l *loop) Read(p []byte) (n int, err error) {
	n = copy(p, l.b[l.pos:])
	l.pos = (l.pos + n) % len(l.b)
	return n, nil
}

// TestReadInside says where in the stream the end came.
func TestReadInside(t *testing.T) {
	frames := append(wstest.StartText("ab").AppendTo(nil, wsproto.Server), wstest.Ping("abc").AppendTo(nil, wsproto.Server)...)
	for cut, want := range []string{
		"", "a frame header", "a frame", "a frame",
		"a fragmented message", "a frame header", "a control frame", "a control frame", "a control frame", "a fragmented message",
	} {
		c := wsproto.NewConn(&feed{r: bytes.NewReader(frames[:cut])}, wsproto.Client, wsproto.Config{}, nil)
		_, err := c.ReadMessage()
		var e *wsproto.DropError
		if !errors.As(err, &e) || e.Inside != want || e.Drop != wsproto.DropFIN {
			t.Errorf("cut after %d bytes: %v, want the end inside %q", cut, err, want)
		}
	}
}

func ExampleConn_ReadPiece() {
	wire := "\x01\x03Hel\x80\x02lo"
	c := wsproto.NewConn(&feed{r: iotest.OneByteReader(bytes.NewReader([]byte(wire)))}, wsproto.Client, wsproto.Config{}, nil)
	for {
		p, err := c.ReadPiece()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%q done: %v\n", p.Payload, p.Done)
	}
	// Output:
	// "H" done: false
	// "e" done: false
	// "l" done: false
	// "l" done: false
	// "o" done: true
	// the peer ended the connection without a Close frame
}

// TestOffending has the beginning of the frame that broke a rule kept, and of no
// other.
func TestOffending(t *testing.T) {
	page := "<!doctype html><title>Welcome</title><p>This is no WebSocket at all, whatever the 101 said.</p>"
	for _, tt := range []struct{ name, wire, want string }{
		{"a page", page, page[:64]},
		{"short", "\x81\x83ABCDxyz", "\x81\x83ABCDxyz"},
		{"after a good frame", "\x81\x02ok\x85\x00", "\x85\x00"},
		{"nothing wrong", "\x81\x02ok", ""},
		{"a text that is not UTF-8", "\x81\x02\xc3(", ""}, // its header is good
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := wsproto.NewConn(&feed{r: strings.NewReader(tt.wire)}, wsproto.Client, wsproto.Config{}, nil)
			for err := error(nil); err == nil; {
				_, err = c.ReadMessage()
			}
			if got := string(c.Offending()); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestDropTruncated tells an end inside a record of TLS from others.
func TestDropTruncated(t *testing.T) {
	for _, tt := range []struct{ err, want error }{
		{io.EOF, nil},
		{io.ErrUnexpectedEOF, io.ErrUnexpectedEOF}, // what crypto/tls makes of it
	} {
		c := wsproto.NewConn(&feed{r: iotest.ErrReader(tt.err)}, wsproto.Client, wsproto.Config{}, nil)
		_, err := c.ReadMessage()
		var drop *wsproto.DropError
		if !errors.As(err, &drop) || drop.Drop != wsproto.DropFIN || drop.Err != tt.want {
			t.Errorf("after %v: %v", tt.err, err)
		}
	}
}
