package inflate

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"testing"
)

// BenchmarkEvents decodes a stream that is flushed after each event, and the
// same events without flushes.
func BenchmarkEvents(b *testing.B) {
	all := events(2000)
	size := len(bytes.Join(all, nil))
	for _, flush := range []bool{true, false} {
		parts := all
		if !flush {
			parts = [][]byte{bytes.Join(all, nil)}
		}
		src := bytes.NewReader(nil)
		in := encode(b, 6, parts...)
		run := func(name string, r io.Reader, reset func()) {
			b.Run(fmt.Sprintf("flush=%v/%s", flush, name), func(b *testing.B) {
				b.SetBytes(int64(size))
				b.ReportAllocs()
				buf := make([]byte, 64<<10)
				for b.Loop() {
					src.Reset(in)
					reset()
					n := 0
					for {
						m, err := r.Read(buf)
						n += m
						if err == io.EOF {
							break
						}
						if err != nil {
							b.Fatal(err)
						}
					}
					if n != size {
						b.Fatalf("%d bytes, want %d", n, size)
					}
				}
			})
		}
		z := newBareReader(src)
		run("this", z, func() { z.err, z.next, z.src = nil, z.begin, source{r: src} })
		theirs := flate.NewReader(src)
		run("compress/flate", theirs, func() { theirs.(flate.Resetter).Reset(src, nil) })
	}
}
