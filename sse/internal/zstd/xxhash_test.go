package zstd

import (
	"testing"

	"wscope/sse/internal/codingtest"
)

func TestXXHash(t *testing.T) {
	for in, want := range map[string]uint64{
		"":    0xEF46DB3751D8E999,
		"a":   0xD24EC4F1A98C6E5B,
		"abc": 0x44BC2CF5AD770999,
		"Nobody inspects the spammish repetition": 0xFBCEA83C8A378BF1,
	} {
		var h xxhash
		h.reset()
		h.write([]byte(in))
		if got := h.sum(); got != want {
			t.Errorf("XXH64 of %q is %016x, want %016x", in, got, want)
		}
	}
}

// The hash is the same wherever the writes end.
func TestXXHashInPieces(t *testing.T) {
	p := codingtest.Noise(100)
	var whole xxhash
	whole.reset()
	whole.write(p)
	for i := range p {
		for j := i; j <= len(p); j++ {
			var h xxhash
			h.reset()
			h.write(p[:i])
			h.write(p[i:j])
			h.write(p[j:])
			if got, want := h.sum(), whole.sum(); got != want {
				t.Fatalf("pieces up to %d and %d: %016x, want %016x", i, j, got, want)
			}
		}
	}
}
