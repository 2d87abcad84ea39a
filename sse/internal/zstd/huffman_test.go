package zstd

import (
	"bytes"
	"testing"

	"wscope/sse/internal/codingtest"
)

// RFC 8878, Sections 4.2.1 and 4.2.1.3: a tree of which five weights are given.
// The codes of 0, 1, 4 and 5 are 1, 01, 0000 and 0001.
func TestHuffmanExample(t *testing.T) {
	var h huffman
	tree := part{data: unhex("84 43 20 10")}
	if err := h.read(&tree, &distribution{}); err != nil || len(tree.data) != 0 {
		t.Fatal(err, len(tree.data))
	}
	if want := []byte{4, 3, 2, 0, 1, 1}; !bytes.Equal(h.weights[:6], want) {
		t.Errorf("weights %v, want %v", h.weights[:6], want)
	}
	got := make([]byte, 4)
	if err := h.readOne(got, part{data: []byte{0b0000_0001, 0b00001_1_01}}); err != nil || !bytes.Equal(got, []byte{0, 1, 4, 5}) {
		t.Errorf("%v, %v, want 0 1 4 5", got, err)
	}
}

// Streams of all lengths, which end in the middle of any step.
func TestHuffmanLengths(t *testing.T) {
	var h huffman
	tree := part{data: unhex("84 43 20 10")}
	if err := h.read(&tree, &distribution{}); err != nil {
		t.Fatal(err)
	}
	codes := [][2]int{{1, 1}, {1, 2}, {1, 3}, {}, {0, 4}, {1, 4}} // value and length
	symbols := []byte{0, 1, 2, 4, 5}
	for n := range 300 {
		var want []byte
		for _, c := range codingtest.Noise(n) {
			want = append(want, symbols[c%5])
		}
		quarter := (n + 3) / 4
		if n < 6 {
			quarter = n
		}
		var streams, jumps []byte
		for rest := want; ; {
			k := min(quarter, len(rest))
			s := huffmanStream(rest[:k], codes)
			streams = append(streams, s...)
			if rest = rest[k:]; len(rest) == 0 && len(jumps) == 6 || n < 6 {
				break
			}
			jumps = append(jumps, byte(len(s)), byte(len(s)>>8))
		}
		got := make([]byte, n)
		var err error
		if n < 6 {
			err = h.readOne(got, part{data: streams})
		} else {
			err = h.readFour(got, part{data: append(jumps, streams...)})
		}
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%d symbols: %v, %v, want %v", n, got, err, want)
		}
	}
}

// huffmanStream encodes symbols with codes.
func huffmanStream(symbols []byte, codes [][2]int) []byte {
	var out []byte
	acc, n := 0, 0
	put := func(v, length int) {
		acc |= v << n
		for n += length; n >= 8; n -= 8 {
			out = append(out, byte(acc))
			acc >>= 8
		}
	}
	for i := len(symbols) - 1; i >= 0; i-- {
		put(codes[symbols[i]][0], codes[symbols[i]][1])
	}
	put(1, 1)
	return append(out, byte(acc))[:len(out)+min(n, 1)]
}
