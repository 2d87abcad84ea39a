package zstd

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	reference "github.com/klauspost/compress/zstd"
)

// theirs decodes at most limit bytes of a stream with the reference.
func theirs(t *testing.T, in []byte, limit int64) ([]byte, error) {
	d, err := reference.NewReader(bytes.NewReader(in), reference.WithDecoderConcurrency(1),
		reference.WithDecoderLowmem(true), reference.WithDecoderMaxWindow(MaxWindowSize))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	return io.ReadAll(io.LimitReader(d, limit))
}

// tooStrict reports whether the reference refuses what is allowed: bits that are
// missing after the weights of a Huffman tree are zeros (RFC 8878, Section
// 4.2.1.2).
func tooStrict(err error) bool {
	return strings.Contains(err.Error(), "fse decompress returned: unexpected EOF")
}

// FuzzReader reads anything, at once and byte by byte, and holds it against the
// reference.
func FuzzReader(f *testing.F) {
	for _, test := range validFrames() {
		f.Add(unhex(test.in))
	}
	for _, test := range brokenFrames() {
		f.Add(unhex(test.in))
	}
	all := events(3)
	for level := reference.SpeedFastest; level <= reference.SpeedBestCompression; level++ {
		f.Add(encode(f, [][]byte{all[0][:500], all[1][:200], all[2], bytes.Repeat([]byte("abc"), 100)}, reference.WithEncoderLevel(level), reference.WithWindowSize(1<<10)))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		const limit = 4 << 20
		got, err := io.ReadAll(io.LimitReader(NewReader(bytes.NewReader(in)), limit))
		slowly, err2 := io.ReadAll(io.LimitReader(NewReader(iotest.OneByteReader(bytes.NewReader(in))), limit))
		if !bytes.HasPrefix(slowly, got) || sectionOf(err) != sectionOf(err2) {
			t.Fatalf("%d bytes, %v; byte by byte %d, %v", len(got), err, len(slowly), err2)
		}
		var e *Error
		if err != nil && err != io.ErrUnexpectedEOF && !errors.As(err, &e) {
			t.Fatal(err)
		}
		want, theirErr := theirs(t, in, limit)
		switch {
		case err == nil && theirErr != nil && tooStrict(theirErr):
		case err == nil && theirErr != nil:
			t.Errorf("%d bytes, want %v", len(got), theirErr)
		case err == nil && !bytes.Equal(got, want):
			t.Errorf("%d bytes, want %d others", len(got), len(want))
		case err != nil && theirErr == nil:
			t.Errorf("%v, want %d bytes", err, len(want))
		}
	})
}

// FuzzRoundTrip decodes what an encoder makes of any content, flushed anywhere.
func FuzzRoundTrip(f *testing.F) {
	for _, content := range samples() {
		f.Add(content[:min(len(content), 20_000)], uint8(1), uint8(3), uint64(9))
	}
	f.Fuzz(func(t *testing.T, content []byte, level, window uint8, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 0))
		var parts [][]byte
		for rest := content; len(rest) > 0; {
			n := 1 + rng.IntN(len(rest))
			parts = append(parts, rest[:n])
			rest = rest[n:]
		}
		stream := encode(t, parts,
			reference.WithEncoderLevel(reference.SpeedFastest+reference.EncoderLevel(level%4)),
			reference.WithWindowSize(1<<(10+window%14)), reference.WithEncoderCRC(seed%2 == 0))
		got, err := decode(stream)
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes, %v, want %d", len(got), err, len(content))
		}
	})
}
