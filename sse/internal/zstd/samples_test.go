package zstd

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	reference "github.com/klauspost/compress/zstd"

	"wscope/sse/internal/codingtest"
)

// samples are contents of all kinds, by name.
func samples() map[string][]byte {
	text := bytes.Join(codingtest.Events(1060), nil)[:1<<20]
	random := codingtest.Noise(1 << 20)
	few := codingtest.Noise(100_000) // literals that compress, and no sequences
	for i := range few {
		few[i] &= 0x1F
	}
	return map[string][]byte{
		"empty":        {},
		"one byte":     {'x'},
		"short":        []byte("data: hello\n\n"),
		"text":         text,
		"random":       random,
		"few symbols":  few,
		"one symbol":   bytes.Repeat([]byte{7}, 1<<20),
		"far apart":    append(append(bytes.Clone(random[:150_000]), text[:200_000]...), random[:150_000]...),
		"short period": bytes.Repeat([]byte("abcde"), 50_000),
	}
}

// encode compresses the parts of a content, with a flush after each.
func encode(t testing.TB, parts [][]byte, opts ...reference.EOption) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := reference.NewWriter(&out, append(opts, reference.WithEncoderConcurrency(1))...)
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

// decode decodes all of a stream.
func decode(in []byte) ([]byte, error) { return io.ReadAll(NewReader(bytes.NewReader(in))) }

// checkDecoded fails unless in decodes to want.
func checkDecoded(t *testing.T, in, want []byte) {
	t.Helper()
	got, err := decode(in)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes decode to %d, %v, want %d", len(in), len(got), err, len(want))
	}
}

// unhex returns the bytes of hex digits with blanks between them.
func unhex(digits string) []byte {
	p, err := hex.DecodeString(strings.Join(strings.Fields(digits), ""))
	if err != nil {
		panic(err)
	}
	return p
}

// frameOf returns the hex digits of a frame with a window of 1 KiB that has the
// given blocks.
func frameOf(blocks ...string) string { return "28b52ffd 00 00" + strings.Join(blocks, "") }

// blockAt is where the content of the first block of frameOf is.
const blockAt = 4 + 2 + 3

// blockOf returns the hex digits of a block with its header.
func blockOf(last bool, kind int, content string) string {
	v := kind<<1 | len(unhex(content))<<3
	if last {
		v |= 1
	}
	return fmt.Sprintf(" %02x %02x %02x %s", v&0xFF, v>>8&0xFF, v>>16, content)
}

// theOnly returns a frame with one compressed block.
func theOnly(content string) string { return frameOf(blockOf(true, compressedBlock, content)) }

// sectionOf returns the section of an Error, without the document if that is RFC
// 8878, and what else it is otherwise.
func sectionOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return strings.TrimPrefix(e.Section, "RFC 8878, Section ")
	}
	return fmt.Sprint(err)
}

// literalsOf returns the hex digits of a literals section with a Huffman tree or
// without, in one stream or in four.
func literalsOf(kind, size int, four bool, content string) string {
	v := kind | size<<4 | len(unhex(content))<<14
	if four {
		v |= 1 << 2
	}
	return fmt.Sprintf("%02x %02x %02x %s", v&0xFF, v>>8&0xFF, v>>16, content)
}

// oneBitTree is a Huffman tree of the literals 0 and 1.
const oneBitTree = "80 10 "
