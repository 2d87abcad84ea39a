package wsproto_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// A script of what a connection makes of a stream of bytes.
type story struct {
	messages []string
	end      string
	frames   []string
}

// tell reads stream through r and notes everything that may not depend on how the
// bytes are cut.
func tell(r io.Reader, role wsproto.Role, cfg wsproto.Config, inPieces bool) (s story, sent []byte) {
	cfg.MaxMessageSize = 1 << 20
	cfg.Rand = zeros{}
	cfg.Trace.FrameReceived = func(f *wsproto.FrameInfo) {
		line := fmt.Sprintf("%+v", f.Header)
		if f.Broken != nil && f.Broken.Code != wsproto.CloseInvalidPayload {
			line += " " + f.Broken.Reason // bad text is noted where it can be
		}
		s.frames = append(s.frames, line)
	}
	nc := &feed{r: r}
	c := wsproto.NewConn(nc, role, cfg, nil)
	for {
		var m wsproto.Message
		var err error
		if inPieces {
			m, err = pieces(c)
		} else {
			m, err = c.ReadMessage()
		}
		if err != nil {
			s.end = fmt.Sprintf("%T %v", err, err)
			return s, nc.sent.Bytes()
		}
		s.messages = append(s.messages, fmt.Sprintf("%v in %d frames of %d bytes: %x", m.Opcode, m.Frames, m.Wire, m.Payload))
	}
}

// pieces is collect for a lenient connection, in which a message can be given up
// for another.
func pieces(c *wsproto.Conn) (wsproto.Message, error) {
	var m wsproto.Message
	for {
		p, err := c.ReadPiece()
		if err != nil {
			return m, err
		}
		if p.Start {
			m.Payload = nil
		}
		m.Opcode, m.Frames, m.Wire = p.Opcode, p.Frames, p.Wire
		m.Payload = append(m.Payload, p.Payload...)
		if p.Done {
			return m, nil
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A cutter gives n bytes at a time, and sometimes fewer.
type cutter struct {
	b     []byte
	n     int
	reads int
}

func (r *cutter) Read(p []byte) (int, error) {
	if len(r.b) == 0 {
		return 0, io.EOF
	}
	r.reads++
	n := copy(p, r.b[:min(len(r.b), 1+(r.n*r.reads)%(r.n+1))])
	r.b = r.b[n:]
	return n, nil
}

// FuzzReadConn reads any bytes in both roles, strictly and leniently, whole and in
// pieces, at once and cut.
func FuzzReadConn(f *testing.F) {
	for i, c := range wstest.Cases() {
		if size(c) < 1024 {
			f.Add(c.Stream(wsproto.Role(i%2)), uint8(i), uint16(i))
		}
	}
	f.Fuzz(func(t *testing.T, stream []byte, how uint8, cut uint16) {
		role := wsproto.Role(how & 1)
		cfg := wsproto.Config{Lenient: how&2 != 0, NoPong: how&4 != 0}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		want, sent := tell(bytes.NewReader(bytes.Clone(stream)), role, cfg, false)
		runtime.ReadMemStats(&after)
		if got, most := after.TotalAlloc-before.TotalAlloc, uint64(1<<20+200*len(stream)); got > most {
			t.Errorf("%d bytes allocated for %d bytes of input", got, len(stream))
		}
		for _, inPieces := range []bool{false, true} {
			got, gotSent := tell(&cutter{b: bytes.Clone(stream), n: 1 + int(cut)}, role, cfg, inPieces)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("pieces %v, cut by %d:\n\t%v\nwhole:\n\t%v", inPieces, cut, got, want)
			}
			if !bytes.Equal(gotSent, sent) {
				t.Errorf("pieces %v, cut by %d: sent\n\t% x\nwhole:\n\t% x", inPieces, cut, gotSent, sent)
			}
		}
		// What a polite endpoint has sent, a strict one reads without complaint.
		peer, _ := tell(bytes.NewReader(sent), role.Peer(), wsproto.Config{NoPong: true}, false)
		for _, line := range peer.frames {
			if bytes.Contains([]byte(line), []byte("} ")) {
				t.Errorf("sent a frame that breaks a rule: %s", line)
			}
		}
	})
}
