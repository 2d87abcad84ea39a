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

	"wscope/sse/internal/codingtest"
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

// tooLax reports whether we refuse what the reference takes for something else: an
// offset of zero, which leads to no byte, is 1 to it.
func tooLax(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Reason == "a sequence has the offset 0"
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
	f.Add([]byte("(\xb5/\xfd\x000\x18\x00\x00000=\x00\x00\x00\x02T\x00\x01\x01\x06")) // an offset of zero
	all := codingtest.Events(3)
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
		case err != nil && theirErr == nil && tooLax(err):
		case err != nil && theirErr == nil:
			t.Errorf("%v, want %d bytes", err, len(want))
		}
	})
}

// FuzzRoundTrip decodes what an encoder makes of a mixture, flushed anywhere.
func FuzzRoundTrip(f *testing.F) {
	for i := range uint8(12) {
		f.Add(uint64(i), uint32(1)<<(2*i), i, i)
	}
	f.Fuzz(func(t *testing.T, seed uint64, size uint32, level, window uint8) {
		rng := rand.New(rand.NewPCG(seed, 0))
		content := codingtest.Mixture(rng, int(size%(1<<20)), 21)
		parts := codingtest.Cut(rng, content)
		stream := encode(t, parts,
			reference.WithEncoderLevel(reference.SpeedFastest+reference.EncoderLevel(level%4)), reference.WithLowerEncoderMem(true),
			reference.WithWindowSize(1<<(10+window%14)), reference.WithEncoderCRC(seed%2 == 0))
		got, err := decode(stream)
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes, %v, want %d", len(got), err, len(content))
		}
	})
}
