package codingtest

import (
	"io"
	"testing"
)

// Benchmark measures how fast r gives size bytes, and then the end. It is begun anew
// by reset.
func Benchmark(b *testing.B, name string, r io.Reader, reset func(), size int) {
	b.Run(name, func(b *testing.B) {
		b.SetBytes(int64(size))
		b.ReportAllocs()
		buf := make([]byte, 64<<10)
		for b.Loop() {
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
