package wsproto

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"
)

// plainCodec is an extension that leaves every message as it is.
type plainCodec struct{}

func (plainCodec) RSV() RSV { return RSV1 }
func (plainCodec) Close()   {}

func (plainCodec) Decode(_ Header, wire WireReader) io.Reader { return wire }

func (plainCodec) Encode(dst []byte, _ Opcode, p []byte) ([]byte, RSV, error) {
	return append(dst, p...), RSV1, nil
}

// replay is a network connection on which the peer has already said everything.
type replay struct {
	net.Conn
	bytes.Reader
}

func (r *replay) Read(p []byte) (int, error)       { return r.Reader.Read(p) }
func (r *replay) Write(p []byte) (int, error)      { return len(p), nil }
func (r *replay) Close() error                     { return nil }
func (r *replay) SetDeadline(time.Time) error      { return nil }
func (r *replay) SetReadDeadline(time.Time) error  { return nil }
func (r *replay) SetWriteDeadline(time.Time) error { return nil }

// A connection with an extension that waits for its peer holds little, however
// long the messages have been.
func TestWaitingHoldsLittle(t *testing.T) {
	for _, size := range []int{100, 1 << 10, 20 << 10, 64 << 10, 300 << 10} {
		for _, traced := range []bool{false, true} {
			payload := bytes.Repeat([]byte("x"), size)
			var wire []byte
			for range 10 {
				h := Header{FIN: true, RSV: RSV1, Opcode: OpText, PayloadLen: uint64(size)}
				wire = append(h.AppendTo(wire), payload...)
			}
			nc := &replay{}
			nc.Reset(wire)
			c := &Conn{}
			waited := false
			cfg := Config{Trace: Trace{Waiting: func() {
				if nc.Len() > 0 {
					return
				}
				waited = true
				held := cap(c.in.buf) + cap(c.in.small) + cap(c.in.msg) + cap(c.in.pieces.decoding.wire) + cap(c.out.buf)
				if c.out.room.held() || c.out.lentBuf.held() || c.in.lentBuf.held() || c.in.lentMsg.held() || held > minReadBuffer+minWriteBuffer {
					t.Errorf("messages of %d bytes, traced %t: %d bytes are held while there is nothing to do", size, traced, held)
				}
			}}}
			if traced {
				cfg.Trace.FrameReceived = func(*FrameInfo) {}
			}
			c.init(nc, Client, cfg)
			c.in.buf = make([]byte, minReadBuffer)
			c.codec, c.rsv = plainCodec{}, RSV1
			for range 10 {
				m, err := c.ReadMessage()
				if err == nil && !bytes.Equal(m.Payload, payload) {
					t.Fatalf("message is %.40q..., %d bytes", m.Payload, len(m.Payload))
				}
				if err == nil {
					err = c.WriteMessage(m.Opcode, m.Payload)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if _, err := c.ReadMessage(); err == nil || !waited {
				t.Errorf("%v, waited %t, want the end of the stream after waiting for more", err, waited)
			}
		}
	}
}
