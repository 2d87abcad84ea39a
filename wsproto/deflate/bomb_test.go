package deflate_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"wscope/wsproto"
	"wscope/wsproto/deflate"
	"wscope/wsproto/wstest"
)

// zeros is what a mebibyte of zeros is compressed to. One after the other makes a
// message of any length.
func zeros(t testing.TB) string { return compress(t, strings.Repeat("\x00", 1<<20)) }

// sendBomb sends a message of 10 GiB of zeros, in one frame or in many, until
// nobody reads it any more.
func sendBomb(peer *wstest.Peer, mebibyte string, fragments bool) {
	const count = 10 << 10
	part := strings.Repeat(mebibyte, 16)
	f := wstest.Binary(part).WithRSV(wsproto.RSV1)
	if !fragments {
		f = f.Declaring(uint64(count) * uint64(len(mebibyte)))
		f.Key = &[4]byte{}
	} else {
		f.More = true
	}
	for i := 0; i < count; i += 16 {
		var b []byte
		switch {
		case i == 0:
			b = f.AppendTo(nil, peer.Role)
		case fragments:
			b = wstest.Middle(part).AppendTo(nil, peer.Role)
		default:
			b = []byte(part)
		}
		if peer.Write(b, wstest.OneSegment) != nil {
			return
		}
	}
}

func TestBomb(t *testing.T) {
	const limit = 1 << 20
	mebibyte := zeros(t)
	for _, role := range bothRoles {
		for _, fragments := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v, fragments %t", role, fragments), func(t *testing.T) {
				var encoded, decoded uint64
				trace := wsproto.Trace{FrameReceived: func(f *wsproto.FrameInfo) {
					encoded += f.EncodedLen
					decoded += f.DecodedLen
				}}
				c, peer := open(t, role, &deflate.Extension{}, wsproto.Config{MaxMessageSize: limit, Trace: trace})
				go sendBomb(peer, mebibyte, fragments)
				code := make(chan wsproto.CloseCode)
				go func() {
					got, _ := closeCode(peer)
					code <- got
					peer.Close()
				}()
				before := allocated()
				_, err := c.ReadMessage()
				after := allocated()
				var size *wsproto.SizeError
				if !errors.As(err, &size) || size.AtLeast > 2*limit {
					t.Errorf("error %v, want that the message is over %d, found out in time", err, limit)
				}
				if got := <-code; got != wsproto.CloseMessageTooBig {
					t.Errorf("the peer is told %v", got)
				}
				// The most that deflate can do is 1032 to 1.
				if encoded < decoded/1032 || encoded > 16<<10 {
					t.Errorf("the trace tells of %d bytes that %d came out of", encoded, decoded)
				}
				// What the message buffer leaves behind as it grows up to the limit
				// is counted, and what the peer has made.
				if n := after - before; n > 32*limit {
					t.Errorf("%d bytes were allocated, the limit is %d", n, limit)
				}
			})
		}
	}
}

// Without a limit a message of any length is read in little memory.
func TestBombInPieces(t *testing.T) {
	const enough = 16 << 20
	c, peer := open(t, wsproto.Client, &deflate.Extension{}, wsproto.Config{MaxMessageSize: -1})
	go sendBomb(peer, zeros(t), false)
	all := make([]byte, 1<<20)
	total := 0
	before := allocated()
	for total < enough {
		p, err := c.ReadPiece()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(p.Payload, all[:len(p.Payload)]) {
			t.Fatal("not all zeros")
		}
		total += len(p.Payload)
	}
	if n := allocated() - before; n > 4<<20 {
		t.Errorf("%d bytes were allocated for %d", n, total)
	}
}
