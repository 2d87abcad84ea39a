package inflate

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"testing"

	"wscope/sse/internal/codingtest"
)

// BenchmarkEvents decodes a stream that is flushed after each event, and the
// same events without flushes.
func BenchmarkEvents(b *testing.B) {
	all := codingtest.Events(2000)
	size := len(bytes.Join(all, nil))
	for _, flush := range []bool{true, false} {
		parts := all
		if !flush {
			parts = [][]byte{bytes.Join(all, nil)}
		}
		src := bytes.NewReader(nil)
		in := encode(b, 6, parts...)
		run := func(name string, r io.Reader, reset func()) {
			begin := func() { src.Reset(in); reset() }
			codingtest.Benchmark(b, fmt.Sprintf("flush=%v/%s", flush, name), r, begin, size)
		}
		z := newBareReader(src)
		run("this", z, func() { z.err, z.next, z.src = nil, z.begin, source{r: src} })
		theirs := flate.NewReader(src)
		run("compress/flate", theirs, func() { theirs.(flate.Resetter).Reset(src, nil) })
	}
}
