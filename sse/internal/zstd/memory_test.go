package zstd

import (
	"bytes"
	"io"
	"testing"

	reference "github.com/klauspost/compress/zstd"

	"wscope/sse/internal/codingtest"
)

// room returns how many bytes the buffers have.
func (z *Reader) room() int {
	return len(z.src.buf) + cap(z.window.buf) + len(z.block) + cap(z.literals)
}

// A header promises 8 MiB, and what comes is little.
func TestRoomIsForWhatCame(t *testing.T) {
	const (
		window     = "28b52ffd 00 68"       // 8 MiB
		single     = "28b52ffd a0 00008000" // a content of 8 MiB
		raw        = " 00 00 10"            // 128 KiB
		compressed = " 04 00 10"            // 128 KiB
	)
	for _, in := range []string{window, single, window + raw + "68 69", single + raw + "68 69", window + compressed + "00", window + " 10 00 00 6869" + raw} {
		z := NewReader(bytes.NewReader(unhex(in)))
		if _, err := io.Copy(io.Discard, z); err != io.ErrUnexpectedEOF {
			t.Errorf("%s: %v, want %v", in, err, io.ErrUnexpectedEOF)
		}
		if got := z.room(); got > 16<<10 {
			t.Errorf("%s: %d bytes of buffers", in, got)
		}
	}
}

// The room is bounded, however long the stream is.
func TestRoomIsBounded(t *testing.T) {
	parts := [][]byte{bytes.Join(codingtest.Events(300), nil), codingtest.Noise(MaxWindowSize), bytes.Join(codingtest.Events(300), nil)}
	for _, window := range []int{1 << 10, MaxWindowSize} {
		z := NewReader(bytes.NewReader(encode(t, parts, reference.WithWindowSize(window), reference.WithEncoderLevel(reference.SpeedFastest))))
		if _, err := io.Copy(io.Discard, z); err != nil {
			t.Fatal(err)
		}
		if got, want := z.room(), window+3*maxBlock+slack; got > want {
			t.Errorf("a window of %d: %d bytes of buffers, want at most %d", window, got, want)
		}
	}
}

// A stream that goes on takes no more memory.
func TestAllocations(t *testing.T) {
	all := codingtest.Events(400)
	stream, _ := flushed(t, all, reference.WithWindowSize(64<<10))
	z := NewReader(bytes.NewReader(stream))
	p := make([]byte, 4<<10)
	read := func() {
		if n, err := z.Read(p); n == 0 || err != nil {
			t.Fatal(n, err)
		}
	}
	for range 200 {
		read()
	}
	if got := testing.AllocsPerRun(100, read); got != 0 {
		t.Errorf("%v allocations for an event, want none", got)
	}
}
