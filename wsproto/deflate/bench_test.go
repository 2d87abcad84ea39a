package deflate

import (
	"fmt"
	"testing"

	"wscope/wsproto"
)

// jsonMessages returns 64 messages of n bytes, records that vary in numbers and
// flags.
func jsonMessages(n int) [][]byte {
	x := uint32(1)
	next := func(n uint32) uint32 { x = x*1664525 + 1013904223; return (x >> 8) % n }
	var list [][]byte
	for i := range 64 {
		b := fmt.Appendf(nil, `{"seq":%d,"items":[`, i)
		for len(b) < n {
			b = fmt.Appendf(b, `{"id":%d,"price":%d.%02d,"qty":%d,"active":%v},`, next(1e6), next(500), next(100), next(50), next(2) == 0)
		}
		list = append(list, b[:n])
	}
	return list
}

// BenchmarkEncode compresses messages one after the other.
func BenchmarkEncode(b *testing.B) {
	for _, size := range []struct {
		name string
		n    int
	}{{"20 B", 20}, {"100 B", 100}, {"1 KiB", 1 << 10}, {"64 KiB", 64 << 10}} {
		messages := jsonMessages(size.n)
		for _, c := range []struct {
			name string
			Context
		}{
			{"no takeover", Context{MaxWindowBits, false}},
			{"no takeover, 1 KiB window", Context{10, false}},
			{"takeover", full},
		} {
			b.Run(size.name+"/"+c.name, func(b *testing.B) {
				codec := newCodec(c.Context, full, 0)
				defer codec.Close()
				b.SetBytes(int64(size.n))
				b.ReportAllocs()
				var dst []byte
				for i := 0; b.Loop(); i++ {
					var err error
					if dst, _, err = codec.Encode(dst[:0], wsproto.OpText, messages[i%len(messages)]); err != nil {
						b.Fatal(err)
					}
				}
				flow := codec.Stats().Sent
				b.ReportMetric(float64(flow.Plain)/float64(flow.Wire), "ratio")
			})
		}
	}
}
