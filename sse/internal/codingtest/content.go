// Package codingtest has what the tests of content codings decode.
package codingtest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
)

// Events returns n events of about 1 KiB of JSON each.
func Events(n int) [][]byte {
	rng := rand.New(rand.NewPCG(3, 4))
	all := make([][]byte, n)
	for i := range all {
		e := fmt.Appendf(nil, "id: %d\nevent: trade\ndata: {\"time\":\"2025-01-02T03:04:%02d.%06dZ\",\"trades\":[", i, i%60, rng.IntN(1e6))
		for len(e) < 1000 {
			e = fmt.Appendf(e, "{\"symbol\":\"S%03d\",\"price\":%d.%02d,\"size\":%d,\"side\":%q},", rng.IntN(500), rng.IntN(1000), rng.IntN(100), rng.IntN(1e5), [...]string{"buy", "sell"}[rng.IntN(2)])
		}
		all[i] = append(e[:len(e)-1], "]}\n\n"...)
	}
	return all
}

// Noise returns n bytes that cannot be compressed.
func Noise(n int) []byte {
	p := make([]byte, n)
	rand.NewChaCha8([32]byte{5, 6}).Read(p)
	return p
}

// Mixture returns n bytes: literals of small and large alphabets, runs, and what
// came before, near and up to 1<<far bytes back.
func Mixture(rng *rand.Rand, n, far int) []byte {
	var p []byte
	for len(p) < n {
		length := 1 + rng.IntN(1<<(1+rng.IntN(14)))
		switch kind := rng.IntN(4); {
		case kind == 0:
			p = append(p, bytes.Repeat([]byte{byte(rng.Uint32())}, length)...)
		case kind == 1 || len(p) == 0:
			mask, base := byte(1)<<rng.IntN(8)-1, byte(rng.Uint32())
			for range length {
				p = append(p, base+byte(rng.Uint32())&mask)
			}
		default:
			back := 1 + rng.IntN(min(len(p), 1<<(1+rng.IntN(far))))
			for range length {
				p = append(p, p[len(p)-back])
			}
		}
	}
	return p[:n]
}

// Cut returns p in parts of any length.
func Cut(rng *rand.Rand, p []byte) (parts [][]byte) {
	for len(p) > 0 {
		n := min(1+rng.IntN(1<<rng.IntN(20)), len(p))
		parts = append(parts, p[:n])
		p = p[n:]
	}
	return parts
}
