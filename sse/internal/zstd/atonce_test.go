package zstd

import (
	"bytes"
	"io"
	"testing"
	"testing/synctest"

	reference "github.com/klauspost/compress/zstd"

	"wscope/sse/internal/codingtest"
)

// flushed returns a stream and where in it each of the parts is complete.
func flushed(t *testing.T, parts [][]byte, opts ...reference.EOption) (stream []byte, ends []int) {
	t.Helper()
	var out bytes.Buffer
	w, err := reference.NewWriter(&out, append(opts, reference.WithEncoderConcurrency(1))...)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		w.Write(p)
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, out.Len())
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), ends
}

// Each part comes out as soon as its last byte has been written, wherever the
// writes before it end. In a bubble, waiting for more fails at once.
func TestBlocksAtOnce(t *testing.T) {
	all := codingtest.Events(3)
	parts := [][]byte{[]byte(": hi\n\n"), all[0][:300], bytes.Repeat([]byte{'a'}, 200), codingtest.Noise(100), all[0][:250], all[1][:300], all[2][:100]}
	for _, level := range []reference.EncoderLevel{reference.SpeedFastest, reference.SpeedBestCompression} {
		stream, ends := flushed(t, parts, reference.WithEncoderLevel(level))
		for border := range stream {
			checkAtOnce(t, stream, ends, parts, border)
		}
	}
}

// The content of the last block does not wait for the checksum.
func TestContentBeforeChecksum(t *testing.T) {
	w, err := reference.NewWriter(nil, reference.WithEncoderCRC(true))
	if err != nil {
		t.Fatal(err)
	}
	content := codingtest.Events(1)
	stream := w.EncodeAll(content[0], nil)
	checkAtOnce(t, stream, []int{len(stream) - 4}, content, 0)
}

// A raw block comes out byte by byte.
func TestRawBlockAtOnce(t *testing.T) {
	stream := unhex(frameOf(blockOf(true, rawBlock, "68656c6c6f")))
	checkAtOnce(t, stream, []int{blockAt + 1, blockAt + 2, blockAt + 4, blockAt + 5}, [][]byte{{'h'}, {'e'}, []byte("ll"), {'o'}}, 0)
}

// checkAtOnce writes the stream up to each of the ends, in two writes if border
// is in between, and goes on when the part that ends there was read.
func checkAtOnce(t *testing.T, stream []byte, ends []int, parts [][]byte, border int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		seen := make(chan bool)
		go func() {
			at := 0
			for _, end := range ends {
				if at < border && border < end {
					w.Write(stream[at:border])
					at = border
				}
				w.Write(stream[at:end])
				at = end
				<-seen
			}
			w.Write(stream[at:])
			w.Close()
		}()
		z := NewReader(r)
		for i, part := range parts {
			got := make([]byte, len(part))
			if _, err := io.ReadFull(z, got); err != nil || !bytes.Equal(got, part) {
				t.Fatalf("border %d: part %d is %q, %v, want %q", border, i, got, err, part)
			}
			seen <- true
		}
		if n, err := z.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Fatalf("border %d: %d, %v at the end", border, n, err)
		}
	})
}
