package inflate

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"wscope/sse/internal/codingtest"
)

// Whatever the compressor and the size of the reads, all comes out.
func TestSamples(t *testing.T) {
	for name, content := range samples() {
		for _, level := range levels {
			in := encode(t, level, content)
			for chunk, src := range map[string]io.Reader{
				"at once": bytes.NewReader(in), "halves": iotest.HalfReader(bytes.NewReader(in)), "bytes": iotest.OneByteReader(bytes.NewReader(in)),
				"error with the last bytes": iotest.DataErrReader(bytes.NewReader(in)),
			} {
				got, err := io.ReadAll(newBareReader(src))
				if err != nil || !bytes.Equal(got, content) {
					t.Errorf("%s, level %d, %s: %d bytes, %v, want %d", name, level, chunk, len(got), err, len(content))
				}
			}
		}
	}
}

// What is read may be as little as one byte.
func TestSmallReads(t *testing.T) {
	content := samples()["text"][:100_000]
	got, err := io.ReadAll(iotest.OneByteReader(newBareReader(bytes.NewReader(encode(t, 6, content)))))
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes, %v, want %d", len(got), err, len(content))
	}
	if n, err := newBareReader(nil).Read(nil); n != 0 || err != nil {
		t.Errorf("reading nothing gives %d, %v", n, err)
	}
}

// The window is all of 32 KiB, wherever in it a copy begins and ends.
func TestLargestDistance(t *testing.T) {
	in := append([]byte{0, 0x00, 0x80, 0xFF, 0x7F}, codingtest.Noise(windowSize)...) // stored
	for range 1000 {
		// The lengths 3 and 257, and a stored block up to the next byte.
		in = append(in, packed("0 1:2 0000001 11101 8191:13 11000100 30:5 11101 8191:13 0000000 0 0:2 | 0:16 65535:16")...)
	}
	in = append(in, packed("1 0:2 | 0:16 65535:16")...)
	r := &reference{in: in, limit: 1 << 20}
	if err := r.inflate(); err != nil {
		t.Fatal(err)
	}
	if got, err := decode(in); err != nil || !bytes.Equal(got, r.out) {
		t.Errorf("%d bytes, %v, want %d", len(got), err, len(r.out))
	}
}

// An error of the input comes after what could be decoded, and stays.
func TestInputError(t *testing.T) {
	broke := errors.New("broke")
	in := encode(t, 6, []byte("hello"))
	z := newBareReader(io.MultiReader(bytes.NewReader(in[:len(in)-2]), iotest.ErrReader(broke)))
	got, err := io.ReadAll(z)
	if string(got) != "hello" || err != broke {
		t.Errorf("%q, %v", got, err)
	}
	if n, err := z.Read(make([]byte, 1)); n != 0 || err != broke {
		t.Errorf("after it %d, %v", n, err)
	}
	got, err = io.ReadAll(newBareReader(iotest.DataErrReader(bytes.NewReader(in[:len(in)-2]))))
	if string(got) != "hello" || err != io.ErrUnexpectedEOF {
		t.Errorf("with the last bytes: %q, %v", got, err)
	}
	if _, err := io.ReadAll(newBareReader(idle{})); err != io.ErrNoProgress {
		t.Errorf("a reader without bytes: %v", err)
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }
