package sse

import (
	"bytes"
	"fmt"
	"io"
	"testing"
)

func BenchmarkDecoder(b *testing.B) {
	for _, size := range []int{80, 64 << 10} {
		for _, end := range []string{"LF", "CRLF"} {
			b.Run(fmt.Sprintf("%d/%s", size, end), func(b *testing.B) {
				e := map[string]string{"LF": "\n", "CRLF": "\r\n"}[end]
				var block []byte
				for i := range 64 {
					block = fmt.Appendf(block, "id: %d%sevent: trade%sdata: %s%s%s", i, e, e, bytes.Repeat([]byte("x"), size), e, e)
				}
				d := NewDecoder(&loop{block: block}, DecoderConfig{})
				b.SetBytes(int64(len(block) / 64))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := d.Next(); err != nil && err != io.EOF {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
