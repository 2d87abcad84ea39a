package inflate

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"wscope/sse/internal/codingtest"
)

// fuzzLimit bounds what is decoded of an input.
const fuzzLimit = 1 << 20

// limited decodes no more than that.
func limited(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, fuzzLimit)) }

// tooLax reports whether we refuse what compress/flate takes: a code for lengths
// that consists of one bit, and a block without an end. So does zlib.
func tooLax(err error) bool {
	var e *Error
	return errors.As(err, &e) && (strings.HasPrefix(e.Reason, "the code length code of a block is incomplete") || strings.HasPrefix(e.Reason, "a block has no end-of-block code"))
}

// FuzzInflate reads anything as bare data, at once and in chunks, and holds it
// against the reference, which knows no other result, and compress/flate, which
// gives out less before an error.
func FuzzInflate(f *testing.F) {
	for _, test := range brokenBlocks() {
		f.Add(packed(test.in), uint16(3))
	}
	for _, s := range zlibSamples() {
		f.Add(unbase64(s.data), uint16(16))
	}
	all := codingtest.Events(3)
	for _, level := range levels {
		f.Add(encode(f, level, all[0][:500], all[1][:200], all[2], bytes.Repeat([]byte("abc"), 100)), uint16(100))
	}
	f.Fuzz(func(t *testing.T, in []byte, chunk uint16) {
		got, err := limited(newBareReader(bytes.NewReader(in)))
		var e *Error
		isBroken := errors.As(err, &e)
		if err != nil && err != io.ErrUnexpectedEOF && !isBroken {
			t.Fatal(err)
		}
		src := &watched{in: in, chunk: 1 + int(chunk), asked: func(int) {}}
		inChunks, err2 := limited(newBareReader(src))
		var e2 *Error
		if !bytes.Equal(inChunks, got) || isBroken != errors.As(err2, &e2) || isBroken && *e != *e2 || !isBroken && err != err2 {
			t.Errorf("%d bytes, %v; in chunks %d, %v", len(got), err, len(inChunks), err2)
		}

		r := &reference{in: in, limit: fuzzLimit}
		refErr := r.inflate()
		switch {
		case refErr == errLimit:
			r.out, refErr = r.out[:fuzzLimit], nil
		case refErr == errBroken && isBroken:
			refErr = err
		}
		if !bytes.Equal(got, r.out) || err != refErr && len(got) < fuzzLimit {
			t.Errorf("%d bytes, %v, the reference gives %d, %v", len(got), err, len(r.out), refErr)
		}

		theirs, theirErr := limited(flate.NewReader(bytes.NewReader(in)))
		switch {
		case tooLax(err):
		case err == nil && (theirErr != nil || !bytes.Equal(got, theirs)):
			t.Errorf("%d bytes, want %d, %v", len(got), len(theirs), theirErr)
		case err != nil && theirErr == nil:
			t.Errorf("%v, want %d bytes", err, len(theirs))
		case !bytes.HasPrefix(got, theirs):
			t.Errorf("%d bytes, %v, want %d others, %v", len(got), err, len(theirs), theirErr)
		}
	})
}

// FuzzFormats reads anything as gzip and as deflate, at once and byte by byte, and
// holds the first against compress/gzip.
func FuzzFormats(f *testing.F) {
	for _, in := range []string{
		gzipHi + gzipHi, "1f8b 08 1f 00000000 00 03 0200 6162 6300 6400 761e cbc80400" + hiTrailer, gzipHead + "0300 00000000 00000000",
		"789c cbc80400 013b00d2", "78bb 01020304", "881c", "cbc80400",
	} {
		f.Add(unhex(in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		for name, open := range map[string]func(io.Reader) *Reader{"gzip": NewGzipReader, "deflate": NewDeflateReader} {
			got, err := limited(open(bytes.NewReader(in)))
			slowly, err2 := limited(open(iotest.OneByteReader(bytes.NewReader(in))))
			if !bytes.Equal(got, slowly) || sectionOf(err) != sectionOf(err2) {
				t.Errorf("%s: %d bytes, %v; byte by byte %d, %v", name, len(got), err, len(slowly), err2)
			}
		}
		got, err := limited(NewGzipReader(bytes.NewReader(in)))
		theirs, theirErr := theirGzip(in)
		switch {
		case tooLax(err) || theirErr == gzip.ErrHeader || sectionOf(err) == "RFC 1952, Section 2.3.1.2":
			// They take reserved flags, and no name of more than 511 bytes.
		case (err == nil) != (theirErr == nil) || !bytes.HasPrefix(got, theirs) || err == nil && len(got) != len(theirs):
			t.Errorf("%d bytes, %v, want %d, %v", len(got), err, len(theirs), theirErr)
		}
	})
}

func theirGzip(in []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(in))
	if err == io.EOF {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return limited(z)
}

// FuzzRoundTrip decodes what a compressor makes of a mixture, flushed anywhere.
func FuzzRoundTrip(f *testing.F) {
	for i := range uint8(12) {
		f.Add(uint64(i), uint32(1)<<(2*i), i)
	}
	f.Fuzz(func(t *testing.T, seed uint64, size uint32, level uint8) {
		rng := rand.New(rand.NewPCG(seed, 0))
		content := codingtest.Mixture(rng, int(size%(1<<20)), 16)
		parts := codingtest.Cut(rng, content)
		in := encode(t, levels[int(level)%len(levels)], parts...)
		src := &watched{in: in, chunk: 1 + rng.IntN(1<<rng.IntN(13)), asked: func(int) {}}
		got, err := io.ReadAll(newBareReader(src))
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes, %v, want %d", len(got), err, len(content))
		}
	})
}
