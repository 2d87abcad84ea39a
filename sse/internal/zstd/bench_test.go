package zstd

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	reference "github.com/klauspost/compress/zstd"

	"wscope/sse/internal/codingtest"
)

// BenchmarkEvents decodes a stream that is flushed after each event, and the
// same events without flushes.
func BenchmarkEvents(b *testing.B) {
	for _, flush := range []bool{true, false} {
		var in bytes.Buffer
		w, err := reference.NewWriter(&in, reference.WithEncoderConcurrency(1))
		if err != nil {
			b.Fatal(err)
		}
		size := 0
		for _, e := range codingtest.Events(2000) {
			size += len(e)
			w.Write(e)
			if flush {
				w.Flush()
			}
		}
		w.Close()
		src := bytes.NewReader(nil)
		run := func(name string, r io.Reader, reset func()) {
			begin := func() { src.Reset(in.Bytes()); reset() }
			codingtest.Benchmark(b, fmt.Sprintf("flush=%v/%s", flush, name), r, begin, size)
		}
		z := NewReader(src)
		run("this", z, func() { z.err, z.src.err = nil, nil })
		theirs, err := reference.NewReader(nil, reference.WithDecoderConcurrency(1), reference.WithDecoderLowmem(true))
		if err != nil {
			b.Fatal(err)
		}
		run("klauspost", theirs, func() { theirs.Reset(src) })
		theirs.Close()
	}
}
