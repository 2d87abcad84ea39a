package inflate

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"wscope/sse/internal/codingtest"
)

// newBareReader reads deflate data as it is.
func newBareReader(r io.Reader) *Reader {
	return newReader(r, func(z *Reader) error { z.beginData(); return nil }, (*Reader).endBare)
}

// samples are contents of all kinds, by name.
func samples() map[string][]byte {
	text := bytes.Join(codingtest.Events(250), nil)[:200_000]
	random := codingtest.Noise(100_000)
	skewed := codingtest.Noise(100_000) // has codes of all lengths
	for i, v := range skewed {
		skewed[i] = byte(16 * min(15, leadingZeros(v, skewed[(i+1)%len(skewed)])))
		skewed[i] += v & 3
	}
	return map[string][]byte{
		"empty":        {},
		"one byte":     {'x'},
		"short":        []byte("data: hello\n\n"),
		"text":         text,
		"random":       random,
		"skewed":       skewed,
		"one symbol":   bytes.Repeat([]byte{7}, 200_000),
		"far apart":    append(append(bytes.Clone(random[:30_000]), text[:2_700]...), random[:30_000]...),
		"short period": bytes.Repeat([]byte("abcde"), 30_000),
	}
}

func leadingZeros(v, w byte) (n int) {
	for bits := uint(v)<<8 | uint(w); n < 16 && bits&0x8000 == 0; n++ {
		bits <<= 1
	}
	return n
}

// levels are those of package flate.
var levels = []int{flate.HuffmanOnly, flate.DefaultCompression, flate.NoCompression, 1, 2, 3, 4, 5, 6, 7, 8, 9}

// encode compresses the parts of a content, with a flush after each.
func encode(t testing.TB, level int, parts ...[]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, level)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range parts {
		if i > 0 {
			err = w.Flush()
		}
		if _, err2 := w.Write(p); err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// decode decodes all of bare data.
func decode(in []byte) ([]byte, error) { return io.ReadAll(newBareReader(bytes.NewReader(in))) }

// unhex returns the bytes of hex digits with blanks between them.
func unhex(digits string) []byte {
	p, err := hex.DecodeString(strings.Join(strings.Fields(digits), ""))
	if err != nil {
		panic(err)
	}
	return p
}

// unbase64 returns the bytes of base64 with blanks in it.
func unbase64(s string) []byte {
	p, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return p
}

// packed returns the bytes of bits: "101" are bits in the order in which they come,
// as in a Huffman code, and "5:3" is the number 5 in three bits, the lowest first.
// What is left of the last byte are zeros, and so it is at "|".
func packed(fields string) []byte {
	var p []byte
	n := 0
	put := func(bit bool) {
		if n%8 == 0 {
			p = append(p, 0)
		}
		if bit {
			p[n/8] |= 1 << (n % 8)
		}
		n++
	}
	for f := range strings.FieldsSeq(fields) {
		if f == "|" {
			n = 8 * len(p)
			continue
		}
		number, width, isNumber := strings.Cut(f, ":")
		if !isNumber {
			for _, c := range f {
				put(c == '1')
			}
			continue
		}
		v, err := strconv.Atoi(number)
		size, err2 := strconv.Atoi(width)
		if err != nil || err2 != nil {
			panic(f)
		}
		for i := range size {
			put(v>>i&1 != 0)
		}
	}
	return p
}

// lengthsOf returns code lengths by symbol, which are those of pairs of a symbol
// and its length.
func lengthsOf(n int, pairs ...int) []int {
	lengths := make([]int, n)
	for i := 0; i < len(pairs); i += 2 {
		lengths[pairs[i]] = pairs[i+1]
	}
	return lengths
}

// describing returns the beginning of a last block that describes codes, up to
// the lengths of the codes that describe them.
func describing(literals, distances int, lengths ...int) string {
	s := fmt.Sprintf("1 2:2 %d:5 %d:5 15:4", literals-257, distances-1)
	all := lengthsOf(19, lengths...)
	for _, symbol := range lengthOrder {
		s += fmt.Sprintf(" %d:3", all[symbol])
	}
	return s + " "
}

// dynamic returns the beginning of a last block with such codes, up to its first
// symbol. Each length has a code of four bits.
func dynamic(literals, distances []int) string {
	var pairs []int
	for i := range 16 {
		pairs = append(pairs, i, 4)
	}
	s := describing(len(literals), len(distances), pairs...)
	for _, n := range append(literals[:len(literals):len(literals)], distances...) {
		s += fmt.Sprintf("%04b ", n)
	}
	return s
}

// sectionOf returns the section of an Error, without the document if that is RFC
// 1951, and what else it is otherwise.
func sectionOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return strings.TrimPrefix(e.Section, "RFC 1951, Section ")
	}
	return fmt.Sprint(err)
}
