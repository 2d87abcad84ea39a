package wsproto_test

import (
	"fmt"
	"testing"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

var benchSizes = []int{16, 128, 1 << 10, 64 << 10, 1 << 20}

func benchEach(b *testing.B, f func(b *testing.B, role wsproto.Role, op wsproto.Opcode, size int)) {
	for _, role := range bothRoles {
		for _, op := range []wsproto.Opcode{wsproto.OpBinary, wsproto.OpText} {
			for _, size := range benchSizes {
				b.Run(fmt.Sprintf("%v/%v/%d", role, op, size), func(b *testing.B) {
					b.SetBytes(int64(size))
					b.ReportAllocs()
					f(b, role, op, size)
				})
			}
		}
	}
}

// benchStream returns frames of a peer, about 256 KiB of them.
func benchStream(role wsproto.Role, op wsproto.Opcode, size int) (wire []byte) {
	for range max(4, 256<<10/size) {
		wire = wstest.Frame{Op: op, Payload: pattern(size)}.AppendTo(wire, role.Peer())
	}
	return wire
}

func BenchmarkReadMessage(b *testing.B) {
	benchEach(b, func(b *testing.B, role wsproto.Role, op wsproto.Opcode, size int) {
		c := wsproto.NewConn(&feed{r: &loop{b: benchStream(role, op, size)}}, role, wsproto.Config{}, nil)
		for b.Loop() {
			if _, err := c.ReadMessage(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkReadTraced(b *testing.B) {
	benchEach(b, func(b *testing.B, role wsproto.Role, op wsproto.Opcode, size int) {
		cfg := wsproto.Config{Trace: wsproto.Trace{FrameReceived: func(*wsproto.FrameInfo) {}}}
		c := wsproto.NewConn(&feed{r: &loop{b: benchStream(role, op, size)}}, role, cfg, nil)
		for b.Loop() {
			if _, err := c.ReadMessage(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkReadPiece(b *testing.B) {
	benchEach(b, func(b *testing.B, role wsproto.Role, op wsproto.Opcode, size int) {
		c := wsproto.NewConn(&feed{r: &loop{b: benchStream(role, op, size)}}, role, wsproto.Config{}, nil)
		for b.Loop() {
			for done := false; !done; {
				p, err := c.ReadPiece()
				if err != nil {
					b.Fatal(err)
				}
				done = p.Done
			}
		}
	})
}

func BenchmarkWriteMessage(b *testing.B) {
	benchEach(b, func(b *testing.B, role wsproto.Role, op wsproto.Opcode, size int) {
		c := wsproto.NewConn(discard{}, role, wsproto.Config{}, nil)
		p := pattern(size)
		for b.Loop() {
			if err := c.WriteMessage(op, p); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkQueueMessage(b *testing.B) {
	benchEach(b, func(b *testing.B, role wsproto.Role, op wsproto.Opcode, size int) {
		c := wsproto.NewConn(discard{}, role, wsproto.Config{}, nil)
		p := pattern(size)
		for b.Loop() {
			if err := c.QueueMessage(op, p); err != nil {
				b.Fatal(err)
			}
		}
	})
}
