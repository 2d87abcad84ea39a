package wsproto_test

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// deflate is the least of a permessage-deflate: with context takeover in both
// directions, as a proof that one can be built on the interfaces.
type deflate struct {
	opened, closed atomic.Int32 // codecs
}

func (*deflate) Name() string { return "x-deflate" }
func (*deflate) Offer() []wsproto.ExtensionParams {
	return []wsproto.ExtensionParams{
		{Name: "x-deflate", Params: []wsproto.Param{{Name: "level", Value: "9", HasValue: true}}},
		{Name: "x-deflate"},
	}
}

func (d *deflate) Accept(offer wsproto.ExtensionParams) (wsproto.ExtensionParams, wsproto.Codec, error) {
	if len(offer.Params) > 0 {
		return offer, nil, nil
	}
	d.opened.Add(1)
	return offer, newDeflateCodec(d), nil
}

func (d *deflate) Confirm(answer wsproto.ExtensionParams) (wsproto.Codec, error) {
	if len(answer.Params) > 0 {
		return nil, errors.New("no parameters")
	}
	d.opened.Add(1)
	return newDeflateCodec(d), nil
}

type deflateCodec struct {
	ext    *deflate
	w      *flate.Writer
	out    bytes.Buffer
	r      io.ReadCloser
	window []byte
	src    tailed
}

func newDeflateCodec(ext *deflate) *deflateCodec {
	c := &deflateCodec{ext: ext}
	c.w, _ = flate.NewWriter(&c.out, 6)
	return c
}

func (c *deflateCodec) RSV() wsproto.RSV { return wsproto.RSV1 }
func (c *deflateCodec) Close()           { c.ext.closed.Add(1) }

func (c *deflateCodec) Encode(dst []byte, op wsproto.Opcode, p []byte) ([]byte, wsproto.RSV, error) {
	if len(p) < 8 {
		return nil, 0, nil // not worth it
	}
	c.out.Reset()
	c.w.Write(p)
	c.w.Flush()
	return append(dst, bytes.TrimSuffix(c.out.Bytes(), []byte("\x00\x00\xff\xff"))...), wsproto.RSV1, nil
}

func (c *deflateCodec) Decode(_ wsproto.Header, wire wsproto.WireReader) io.Reader {
	c.src = tailed{wire: wire, tail: "\x00\x00\xff\xff\x01\x00\x00\xff\xff"}
	if c.r == nil {
		c.r = flate.NewReader(&c.src)
	} else {
		c.r.(flate.Resetter).Reset(&c.src, c.window)
	}
	return c
}

func (c *deflateCodec) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.window = append(c.window, p[:n]...)
	c.window = slices.Clone(c.window[max(0, len(c.window)-32<<10):])
	return n, err
}

// tailed is a message with the end of its last block put back.
type tailed struct {
	wire wsproto.WireReader
	tail string
}

func (t *tailed) ReadByte() (byte, error) {
	b, err := t.wire.ReadByte()
	if err == io.EOF && t.tail != "" {
		b, err = t.tail[0], nil
		t.tail = t.tail[1:]
	}
	return b, err
}

func (t *tailed) Read(p []byte) (int, error) {
	n, err := t.wire.Read(p)
	if err == io.EOF && t.tail != "" {
		n, err = copy(p, t.tail), nil
		t.tail = t.tail[n:]
	}
	return n, err
}

// deflated returns a connection over a pipe on which deflate was agreed, and what
// its peer compresses with.
func deflated(t *testing.T, cfg wsproto.Config) (*wsproto.Conn, *wstest.Peer, *deflateCodec, *deflate) {
	t.Helper()
	ours, theirs := wstest.Pipe()
	ext := new(deflate)
	p := wstest.NewPeer(theirs, wsproto.Client)
	p.Write(wstest.NewRequest("pipe", "/").Add("Sec-WebSocket-Extensions: x-deflate; level=9, unknown, x-deflate").Bytes(), wstest.OneSegment)
	c, _, err := (&wsproto.Acceptor{Config: cfg, Extensions: []wsproto.Extension{ext}}).Accept(ours)
	if err != nil {
		t.Fatal(err)
	}
	head, err := p.ReadHead()
	if got, _ := head.Value("Sec-WebSocket-Extensions"); err != nil || got != "x-deflate" {
		t.Errorf("agreed on %q, %v", got, err)
	}
	if got := c.Extensions(); len(got) != 1 || got[0].Name != "x-deflate" {
		t.Errorf("Extensions = %v", got)
	}
	return c, p, newDeflateCodec(new(deflate)), ext
}

// frames cuts a compressed message into n frames.
func (c *deflateCodec) frames(message string, n int) (list []wstest.Frame) {
	p, _, _ := c.Encode(nil, wsproto.OpText, []byte(message))
	for i := range n {
		f := wstest.Last(string(p[len(p)*i/n : len(p)*(i+1)/n]))
		if i == 0 {
			f.Op, f.RSV = wsproto.OpText, wsproto.RSV1
		}
		f.More = i < n-1
		list = append(list, f)
	}
	return list
}

func TestCodecDecode(t *testing.T) {
	messages := []string{
		"hello hello hello", "hello hello again", strings.Repeat("0123456789", 30_000), "hello hello after much",
	}
	for _, inPieces := range []bool{false, true} {
		for _, n := range []int{1, 2, 7} {
			synctest.Test(t, func(t *testing.T) {
				c, p, peer, ext := deflated(t, wsproto.Config{})
				go func() {
					for _, s := range messages {
						frames := peer.frames(s, n)
						p.Send(wstest.Text("as it is"))
						p.Send(frames[0], wstest.Ping("between"))
						p.Send(frames[1:]...)
					}
					p.Send(wstest.Close(1000, ""))
					p.CloseWrite()
				}()
				read := (*wsproto.Conn).ReadMessage
				if inPieces {
					read = collect
				}
				for _, want := range messages {
					expectMessage(t, c, wsproto.OpText, "as it is")
					m, err := read(c)
					if err != nil || string(m.Payload) != want || m.Frames != n || m.Wire >= uint64(len(want)) {
						t.Fatalf("got %.40q in %d frames of %d bytes, %v, want %.40q in %d frames", m.Payload, m.Frames, m.Wire, err, want, n)
					}
				}
				_, err := read(c)
				closeError(t, err)
				if ext.opened.Load() != 1 || ext.closed.Load() != 1 {
					t.Errorf("%d codecs opened, %d closed", ext.opened.Load(), ext.closed.Load())
				}
				p.Close()
			})
		}
	}
}

// TestCodecRoundTrip has both ends of our own, with the messages that go
// uncompressed between the others.
func TestCodecRoundTrip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := wstest.Pipe()
		ext := new(deflate)
		accepted := make(chan *wsproto.Conn)
		go func() {
			c, _, err := (&wsproto.Acceptor{Extensions: []wsproto.Extension{ext}}).Accept(theirs)
			if err != nil {
				t.Error(err)
			}
			accepted <- c
		}()
		var r record
		d := wsproto.Dialer{Extensions: []wsproto.Extension{ext}, Config: wsproto.Config{Trace: r.trace()}}
		u, _ := wsproto.ParseURL("ws://pipe/")
		req, _ := d.Request(u)
		client, _, err := d.Upgrade(context.Background(), ours, req)
		if err != nil {
			t.Fatal(err)
		}
		server := <-accepted
		go func() {
			for {
				m, err := server.ReadMessage()
				if err != nil {
					return
				}
				server.QueueMessage(m.Opcode, m.Payload)
			}
		}()
		for i := range 20 {
			s := strings.Repeat(fmt.Sprint("message ", i, " "), i*i)
			if i%2 == 0 {
				err = client.WriteMessage(wsproto.OpText, []byte(s))
			} else {
				err = client.WriteFragmented(wsproto.OpText, []byte(s), 10)
			}
			if err != nil {
				t.Fatal(err)
			}
			expectMessage(t, client, wsproto.OpText, s)
		}
		if s := client.Stats(); s.BytesSent == 0 || s.BytesSent > 1000 || s.BytesReceived > 1000 {
			t.Errorf("counted %+v", s)
		}
		client.Close(1000, "")
		if _, err := client.ReadMessage(); closeError(t, err).Code != 1000 {
			t.Error(err)
		}
		synctest.Wait()
		if ext.opened.Load() != 2 || ext.closed.Load() != 2 {
			t.Errorf("%d codecs opened, %d closed", ext.opened.Load(), ext.closed.Load())
		}
	})
}

func TestCodecTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r record
		c, p, peer, _ := deflated(t, wsproto.Config{Trace: r.trace()})
		frames := peer.frames("hello hello hello", 2)
		p.Send(frames...)
		p.Send(wstest.Text("plain"))
		expectMessage(t, c, wsproto.OpText, "hello hello hello")
		expectMessage(t, c, wsproto.OpText, "plain")
		again := peer.frames("hello hello hello", 1)
		c.WriteMessage(wsproto.OpText, []byte("hello hello hello"))
		c.WriteFragmented(wsproto.OpText, []byte("hello hello hello"), 3)
		p.Send(wstest.Text("\xff").WithRSV(wsproto.RSV1))
		p.CloseWrite()
		_, err := c.ReadMessage()
		var rule *wsproto.ProtocolError
		if !errors.As(err, &rule) || rule.Code != wsproto.CloseInvalidPayload || !strings.Contains(rule.Reason, "cannot be decoded") {
			t.Errorf("ended with %v", err)
		}
		whole := string(frames[0].Payload) + string(frames[1].Payload)
		next := string(again[0].Payload)
		r.expect(t,
			fmt.Sprintf(`<- text %q #1 = ""`, frames[0].Payload),
			fmt.Sprintf(`<- continuation %q #2 = "hello hello hello"`, frames[1].Payload),
			`<- text "plain"`,
			fmt.Sprintf(`-> text %q = "hello hello hello"`, whole),
			fmt.Sprintf(`-> text %q #1 = ""`, next[:3]),
			fmt.Sprintf(`-> continuation %q #2 = "hello hello hello"`, next[3:]),
			`<- text "\xff" = "" !7.4.1`,
			`-> close 1007`)
		p.Close()
	})
}

// TestCodecLimits has messages that are small on the wire and large behind the
// extension, and text that turns bad after much that is good.
func TestCodecLimits(t *testing.T) {
	bomb := strings.Repeat("\x00", 4<<20)
	for _, tt := range []struct {
		name    string
		message string
		code    wsproto.CloseCode
	}{
		{"at the limit", bomb[:1<<20], 0},
		{"over the limit", bomb[:1<<20+1], wsproto.CloseMessageTooBig},
		{"a bomb", bomb, wsproto.CloseMessageTooBig},
		{"bad text", strings.Repeat("good ", 1000) + "\xff" + bomb, wsproto.CloseInvalidPayload},
	} {
		for _, inPieces := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					c, p, peer, _ := deflated(t, wsproto.Config{MaxMessageSize: 1 << 20})
					p.Send(peer.frames(tt.message, 3)...)
					p.CloseWrite()
					read := (*wsproto.Conn).ReadMessage
					if inPieces {
						read = collect
					}
					m, err := read(c)
					if tt.code == 0 {
						if err != nil || string(m.Payload) != tt.message {
							t.Errorf("%d bytes, %v", len(m.Payload), err)
						}
						c.Abort(nil)
					} else {
						if cap(m.Payload) > 4<<20 {
							t.Errorf("a buffer of %d bytes", cap(m.Payload))
						}
						expectClose(t, p, tt.code)
					}
					p.Close()
				})
			})
		}
	}
}

// TestCodecBits sets the reserved bit where the extension gives it no meaning.
func TestCodecBits(t *testing.T) {
	for _, frames := range [][]wstest.Frame{
		{wstest.StartText("a"), wstest.Last("b").WithRSV(wsproto.RSV1)},
		{wstest.Ping("").WithRSV(wsproto.RSV1)},
		{wstest.Text("a").WithRSV(wsproto.RSV2)},
	} {
		synctest.Test(t, func(t *testing.T) {
			c, p, _, _ := deflated(t, wsproto.Config{})
			p.Send(frames...)
			p.CloseWrite()
			if m, err := c.ReadMessage(); err == nil {
				t.Errorf("got %q", m.Payload)
			}
			expectClose(t, p, wsproto.CloseProtocolError)
			p.Close()
		})
	}
}

// TestCodecPieceSize reads a large message in pieces that grow to a useful size.
func TestCodecPieceSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, p, peer, _ := deflated(t, wsproto.Config{})
		p.Send(peer.frames(strings.Repeat("\x00", 4<<20), 1)...)
		n := 0
		for done := false; !done; n++ {
			piece, err := c.ReadPiece()
			if err != nil {
				t.Fatal(err)
			}
			done = piece.Done
		}
		if n > 200 {
			t.Errorf("%d pieces", n)
		}
		c.Abort(nil)
		p.Close()
	})
}

// TestCodecDropped loses the connection inside a compressed message.
func TestCodecDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r record
		c, p, peer, ext := deflated(t, wsproto.Config{Trace: r.trace()})
		f := peer.frames("hello hello hello", 1)[0]
		wire := f.AppendTo(nil, wsproto.Client)
		p.Write(wire[:len(wire)-3], wstest.OneSegment)
		p.CloseWrite()
		if _, err := c.ReadMessage(); !isDrop(err, wsproto.DropFIN) || ext.closed.Load() != 1 {
			t.Errorf("ended with %v", err)
		}
		if len(r.lines) != 1 || !strings.Contains(r.lines[0], fmt.Sprint(" of ", len(f.Payload))) {
			t.Errorf("traced %q", r.lines)
		}
		p.Close()
	})
}

// TestCodecByteByByte takes a compressed message apart on the wire.
func TestCodecByteByByte(t *testing.T) {
	peer := newDeflateCodec(new(deflate))
	wire := wstest.NewRequest("h", "/").Add("Sec-WebSocket-Extensions: x-deflate").Bytes()
	for _, f := range peer.frames("hello hello hello", 3) {
		wire = f.AppendTo(wire, wsproto.Client)
	}
	a := wsproto.Acceptor{Extensions: []wsproto.Extension{new(deflate)}}
	c, _, err := a.Accept(&feed{r: iotest.OneByteReader(bytes.NewReader(wire))})
	if err != nil {
		t.Fatal(err)
	}
	expectMessage(t, c, wsproto.OpText, "hello hello hello")
}
