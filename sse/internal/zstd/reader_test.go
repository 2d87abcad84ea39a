package zstd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	reference "github.com/klauspost/compress/zstd"

	"wscope/sse/internal/codingtest"
)

func TestRoundTrip(t *testing.T) {
	for name, content := range samples() {
		t.Run(name, func(t *testing.T) {
			for level := reference.SpeedFastest; level <= reference.SpeedBestCompression; level++ {
				part := content
				if level > reference.SpeedDefault { // takes long
					part = content[:min(len(content), 100_000)]
				}
				checkDecoded(t, encode(t, [][]byte{part}, reference.WithEncoderLevel(level), reference.WithZeroFrames(true)), part)
			}
			for _, window := range []int{1 << 10, 32 << 10, MaxWindowSize} {
				checkDecoded(t, encode(t, [][]byte{content}, reference.WithWindowSize(window), reference.WithEncoderCRC(false)), content)
			}
			single, err := reference.NewWriter(nil, reference.WithSingleSegment(true))
			if err != nil {
				t.Fatal(err)
			}
			checkDecoded(t, single.EncodeAll(content, nil), content)
		})
	}
}

// The content goes through all its windows, and is flushed anywhere.
func TestFlushes(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	content := bytes.Join(codingtest.Events(200), nil)
	for range 6 {
		var parts [][]byte
		for rest := content; len(rest) > 0; {
			n := min(rng.IntN(1<<rng.IntN(17)), len(rest))
			parts = append(parts, rest[:n])
			rest = rest[n:]
		}
		checkDecoded(t, encode(t, parts, reference.WithWindowSize(4<<10)), content)
	}
}

func TestSeveralFrames(t *testing.T) {
	const skippable = "50 2a 4d 18 03 00 00 00 28b52f" + " 5f 2a 4d 18 00 00 00 00"
	var in, want []byte
	for _, e := range codingtest.Events(20) {
		in = append(in, unhex(skippable)...)
		in = append(in, encode(t, [][]byte{e})...)
		want = append(want, e...)
	}
	in = append(in, unhex(skippable)...)
	checkDecoded(t, in, want)
	for name, cut := range map[string]func(io.Reader) io.Reader{
		"one byte": iotest.OneByteReader, "halves": iotest.HalfReader, "data with error": iotest.DataErrReader,
	} {
		z := NewReader(cut(bytes.NewReader(in)))
		if got, err := io.ReadAll(iotest.OneByteReader(z)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v, want %d", name, len(got), err, len(want))
		}
	}
}

// A frame has nothing of the tables, the offsets and the window of those before.
func TestFramesAreIndependent(t *testing.T) {
	first := encode(t, [][]byte{bytes.Join(codingtest.Events(3), nil)})
	for name, test := range map[string]struct{ content, section string }{
		"window":       {"08 61 01 54 00 02 00 05", "3.1.1.4"},
		"Huffman tree": {"43 00 00 01 00", "3.1.1.3.1.1"},
		"table":        {"00 01 fc", "3.1.1.3.2.1"},
	} {
		_, err := decode(append(bytes.Clone(first), unhex(theOnly(test.content))...))
		if got := sectionOf(err); got != test.section {
			t.Errorf("%s: %v, want a violation of section %s", name, err, test.section)
		}
	}
}

func TestEndOfInput(t *testing.T) {
	content := bytes.Join(codingtest.Events(3), nil)
	frame := encode(t, [][]byte{content[:1000], content[1000:]})
	in := append(append(unhex("50 2a 4d 18 02 00 00 00 0000"), frame...), frame...)
	borders := map[int]bool{0: true, 10: true, 10 + len(frame): true, len(in): true}
	for n := range len(in) + 1 {
		want := io.ErrUnexpectedEOF
		if borders[n] {
			want = nil
		}
		got, err := decode(in[:n])
		if err != want {
			t.Fatalf("%d of %d bytes: %v, want %v", n, len(in), err, want)
		}
		if whole := append(bytes.Clone(content), content...); !bytes.HasPrefix(whole, got) {
			t.Fatalf("%d of %d bytes decode to something else", n, len(in))
		}
	}
}

// An error comes after all that could be decoded, and stays.
func TestErrorStays(t *testing.T) {
	broken := errors.New("broken")
	in := encode(t, [][]byte{[]byte("hello"), []byte("world")})
	for _, test := range []struct {
		in   io.Reader
		want error
	}{
		{bytes.NewReader(in), io.EOF},
		{io.MultiReader(bytes.NewReader(in), iotest.ErrReader(broken)), broken},
		{io.MultiReader(bytes.NewReader(in), bytes.NewReader([]byte("junk"))), nil},
		{bytes.NewReader(in[:len(in)-1]), io.ErrUnexpectedEOF},
		{io.MultiReader(bytes.NewReader(in), idle{}), io.ErrNoProgress},
	} {
		z := NewReader(test.in)
		var got []byte
		var err error
		for p := make([]byte, 3); err == nil; {
			var n int
			n, err = z.Read(p)
			got = append(got, p[:n]...)
		}
		if string(got) != "helloworld" || test.want != nil && err != test.want {
			t.Errorf("%q, %v, want %v", got, err, test.want)
		}
		if n, err2 := z.Read(make([]byte, 3)); n != 0 || err2 != err {
			t.Errorf("after the error: %d, %v, want %v", n, err2, err)
		}
		if n, err := z.Read(nil); n != 0 || err != nil {
			t.Errorf("no bytes wanted: %d, %v", n, err)
		}
	}
}

// An idle reader never returns anything.
type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func ExampleReader() {
	z := NewReader(bytes.NewReader(unhex("28b52ffd 20 05 29 0000 68656c6c6f")))
	p, err := io.ReadAll(z)
	fmt.Printf("%s %v\n", p, err)
	// Output: hello <nil>
}
