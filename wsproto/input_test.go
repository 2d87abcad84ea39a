package wsproto

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
)

// fromPeer is a connection that reads from r, and counts the reads.
type fromPeer struct {
	replay
	r     io.Reader
	reads int
}

func (f *fromPeer) Read(p []byte) (int, error) {
	f.reads++
	return f.r.Read(p)
}

func appendMasked(wire []byte, h Header, payload []byte) []byte {
	h.Masked, h.MaskingKey, h.PayloadLen = true, [4]byte{3, 1, 4, 1}, uint64(len(payload))
	wire = h.AppendTo(wire)
	at := len(wire)
	wire = append(wire, payload...)
	Mask(wire[at:], wire[at:], h.MaskingKey, 0)
	return wire
}

// A peer that goes on to send frames which do not fit the buffer gets one in which
// several fit, and loses it when all that it sends is little.
func TestLongFramesShareReads(t *testing.T) {
	const frames = 64
	payload := bytes.Repeat([]byte("wscope!\n"), 64<<10/8)
	var wire []byte
	for range manyLongFrames + frames {
		wire = appendMasked(wire, Header{FIN: true, Opcode: OpText}, payload)
	}
	small := appendMasked(nil, Header{FIN: true, Opcode: OpText}, []byte("small"))
	nc := &fromPeer{r: io.MultiReader(bytes.NewReader(wire), bytes.NewReader(small), bytes.NewReader(small))}
	c := NewConn(nc, Server, Config{}, nil)
	before := 0
	for i := range manyLongFrames + frames {
		m, err := c.ReadMessage()
		if err != nil || !bytes.Equal(m.Payload, payload) {
			t.Fatalf("message %d: %d bytes, %v", i, len(m.Payload), err)
		}
		if i == manyLongFrames {
			before = nc.reads
		}
	}
	if got := nc.reads - before; got > frames/3 {
		t.Errorf("%d reads for %d frames of %d bytes", got, frames, len(payload))
	}
	if held := cap(c.in.buf) + cap(c.in.msg); held > longReadBuffer {
		t.Errorf("%d bytes are held while long frames come, want one buffer of %d", held, longReadBuffer)
	}
	for range 2 {
		if m, err := c.ReadMessage(); err != nil || string(m.Payload) != "small" {
			t.Fatalf("%q, %v after long messages", m.Payload, err)
		}
	}
	if _, err := c.ReadMessage(); err == nil {
		t.Fatal("a message after the end of the stream")
	}
	if held := cap(c.in.buf) + cap(c.in.small) + cap(c.in.msg); held > maxReadBuffer {
		t.Errorf("%d bytes are held after small messages", held)
	}
}

// Frames of any length get through, wherever reads end and whichever buffer it is
// that they meet.
func TestLengthsMixed(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	text := make([]byte, longReadBuffer+1000)
	for i := range text {
		text[i] = 'a' + byte(rnd.IntN(26))
	}
	lengths := []int{0, 1, 125, 126, 5000, maxReadBuffer - 14, maxReadBuffer - 13, maxReadBuffer, longReadBuffer / 4, longReadBuffer / 2,
		longReadBuffer - MaxHeaderLen, longReadBuffer - MaxHeaderLen + 1, longReadBuffer, len(text)}
	for _, chunks := range []struct {
		name string
		of   func(io.Reader) io.Reader
	}{
		{"whole", func(r io.Reader) io.Reader { return r }},
		{"half", iotest.HalfReader},
		{"any", func(r io.Reader) io.Reader { return &anyReader{r, rnd} }},
	} {
		t.Run(chunks.name, func(t *testing.T) {
			var wire []byte
			var want [][]byte
			for i := range 150 {
				n := lengths[rnd.IntN(len(lengths))]
				if i%50 < manyLongFrames+2 {
					n = maxReadBuffer + rnd.IntN(100)
				}
				p := text[rnd.IntN(len(text)-n+1):][:n]
				want = append(want, p)
				h := Header{FIN: true, Opcode: OpText}
				if i%7 == 3 {
					cut := rnd.IntN(n + 1)
					h.FIN = false
					wire = appendMasked(wire, h, p[:cut])
					wire = appendMasked(wire, Header{FIN: true, Opcode: OpPing}, []byte("between"))
					h, p = Header{FIN: true}, p[cut:]
				}
				wire = appendMasked(wire, h, p)
			}
			nc := &fromPeer{r: chunks.of(bytes.NewReader(wire))}
			c := NewConn(nc, Server, Config{}, nil)
			for i, p := range want {
				m, err := c.ReadMessage()
				if err != nil {
					t.Fatalf("message %d: %v", i, err)
				}
				if !bytes.Equal(m.Payload, p) {
					t.Fatalf("message %d of %d bytes came as %d others", i, len(p), len(m.Payload))
				}
			}
		})
	}
}

// anyReader reads as much as chance has it.
type anyReader struct {
	r   io.Reader
	rnd *rand.Rand
}

func (a *anyReader) Read(p []byte) (int, error) {
	return a.r.Read(p[:min(len(p), 1<<a.rnd.IntN(19))])
}
