package zstd

import (
	"bytes"
	"testing"

	"wscope/sse/internal/codingtest"
)

// RFC 8878, Section 3.1.1.5: the table of repeated offsets.
func TestRepeatOffset(t *testing.T) {
	z := Reader{offsets: [3]uint32{1, 4, 8}}
	for i, test := range []struct {
		value  uint32
		length int
		want   [3]uint32
	}{
		{1114, 11, [3]uint32{1111, 1, 4}},
		{1, 22, [3]uint32{1111, 1, 4}},
		{2225, 22, [3]uint32{2222, 1111, 1}},
		{1114, 111, [3]uint32{1111, 2222, 1111}},
		{3336, 33, [3]uint32{3333, 1111, 2222}},
		{2, 22, [3]uint32{1111, 3333, 2222}},
		{3, 33, [3]uint32{2222, 1111, 3333}},
		{3, 0, [3]uint32{2221, 2222, 1111}},
		{1, 0, [3]uint32{2222, 2221, 1111}},
		{2, 0, [3]uint32{1111, 2222, 2221}},
	} {
		if got := z.repeatOffset(test.value, test.length == 0); got != test.want[0] || z.offsets != test.want {
			t.Fatalf("step %d: %d, %v, want %v", i, got, z.offsets, test.want)
		}
	}
}

// A match may begin anywhere in the window, which may have wrapped, and overlap
// itself.
func TestCopyMatch(t *testing.T) {
	const size = 50
	history := codingtest.Noise(130)
	for wrote := 0; wrote <= len(history); wrote += 13 {
		for _, at := range []int{0, 1, 20} {
			var z Reader
			z.window.reset(size)
			z.window.add(history[:wrote/2])
			z.window.add(history[wrote/2 : wrote])
			past := append(history[max(0, wrote-size):wrote:wrote], history[:at]...)
			for back := 1; back <= len(past); back++ {
				for _, n := range []int{3, 15, 16, 17, 40, 64, 65, 100, 300} {
					z.block = make([]byte, at+n+slack)
					copy(z.block, history[:at])
					z.copyMatch(at, back, n)
					want := bytes.Clone(past)
					for range n {
						want = append(want, want[len(want)-back])
					}
					if got := z.block[at : at+n]; !bytes.Equal(got, want[len(past):]) {
						t.Fatalf("%d bytes from %d back at %d after %d: %x, want %x", n, back, at, wrote, got, want[len(past):])
					}
				}
			}
		}
	}
}
