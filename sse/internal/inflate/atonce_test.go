package inflate

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"testing"
	"testing/synctest"

	"wscope/sse/internal/codingtest"
)

// A watched is an input that comes in chunks, and calls asked before each with how
// much has come.
type watched struct {
	in    []byte
	chunk int
	pos   int
	asked func(n int)
}

func (w *watched) Read(p []byte) (int, error) {
	w.asked(w.pos)
	if w.pos == len(w.in) {
		return 0, io.EOF
	}
	n := copy(p, w.in[w.pos:min(len(w.in), w.pos+w.chunk)])
	w.pos += n
	return n, nil
}

var chunks = []int{1, 2, 3, 5, 8, 13, 15, 16, 17, 24, 33, 100, 1000, inputSize}

// checkKnown reads bare data which has head bytes before it. Each time that more
// is asked for, all must have been handed out that can be known of what has come,
// and there must be a need for more.
func checkKnown(t *testing.T, name string, in []byte, head int, open func(io.Reader) *Reader) {
	t.Helper()
	r := &reference{in: in[head:], limit: 8 << 20}
	if err := r.inflate(); err != nil && err != errBroken {
		t.Fatalf("%s: %v", name, err)
	}
	dataEnd := head + (r.bit+7)/8
	for _, chunk := range chunks {
		var got []byte
		src := &watched{in: in, chunk: chunk}
		src.asked = func(n int) {
			if want := r.after(n - head); n > 0 && len(got) != want {
				t.Fatalf("%s, chunks of %d: %d bytes have been handed out after %d, want %d", name, chunk, len(got), n, want)
			}
			if n >= dataEnd && len(in) == dataEnd {
				t.Fatalf("%s, chunks of %d: more is asked for after the end", name, chunk)
			}
		}
		z := open(src)
		p := make([]byte, 64<<10)
		for {
			n, err := z.Read(p)
			got = append(got, p[:n]...)
			if err != nil {
				break
			}
		}
		if !bytes.Equal(got, r.out) {
			t.Fatalf("%s, chunks of %d: %d bytes, want %d", name, chunk, len(got), len(r.out))
		}
	}
}

func TestKnownAtOnce(t *testing.T) {
	for _, s := range zlibSamples() {
		checkKnown(t, s.name, unbase64(s.data), 0, newBareReader)
	}
	for _, s := range brokenBlocks() {
		checkKnown(t, s.name, packed(s.in), 0, newBareReader)
	}
	checkKnown(t, "codes of 15 bits", packed(dynamic(ladder(), []int{0})+"11111111111110 0 1111111111110 0 "+"111111111111111"), 0, newBareReader)
	all := samples()
	for _, level := range []int{flate.HuffmanOnly, flate.NoCompression, 1, 6, 9} {
		for _, name := range []string{"short", "text", "skewed", "far apart", "one symbol", "random"} {
			content := all[name][:min(len(all[name]), 40_000)]
			checkKnown(t, name, encode(t, level, content), 0, newBareReader)
		}
		checkKnown(t, "flushed", encode(t, level, codingtest.Events(20)...), 0, newBareReader)
	}
}

// Headers and trailers take nothing away from it.
func TestKnownAtOnceInFormats(t *testing.T) {
	content := bytes.Join(codingtest.Events(3), nil)
	var zipped, zlibbed bytes.Buffer
	g := gzip.NewWriter(&zipped)
	g.Name, g.Extra = "name", []byte("extra")
	z := zlib.NewWriter(&zlibbed)
	for _, w := range []io.WriteCloser{g, z} {
		w.Write(content)
		w.Close()
	}
	checkKnown(t, "gzip", zipped.Bytes(), 10+2+5+5, NewGzipReader)
	checkKnown(t, "zlib", zlibbed.Bytes(), 2, NewDeflateReader)
	for _, s := range zlibSamples() {
		checkKnown(t, s.name, unbase64(s.data), 0, NewDeflateReader)
	}
}

// Each part is there as soon as it has been flushed, whatever the flush, and a
// server that stays silent then holds back nothing. In a bubble, waiting for more
// fails at once.
func TestFlushesAtOnce(t *testing.T) {
	for _, s := range zlibSamples() {
		in := unbase64(s.data)
		r := &reference{in: in, limit: 1 << 20}
		if err := r.inflate(); err != nil {
			t.Fatal(err)
		}
		synctest.Test(t, func(t *testing.T) {
			src, w := io.Pipe()
			seen := make(chan bool)
			go func() {
				at := 0
				for _, end := range s.ends {
					w.Write(in[at:end])
					at = end
					<-seen
				}
				w.Close()
			}()
			z := newBareReader(src)
			at := 0
			for i, known := range s.known {
				got := make([]byte, known-at)
				if _, err := io.ReadFull(z, got); err != nil || !bytes.Equal(got, r.out[at:known]) {
					t.Fatalf("%s: part %d is %q, %v, want %q", s.name, i, got, err, r.out[at:known])
				}
				at = known
				seen <- true
			}
			if n, err := z.Read(make([]byte, 1)); n != 0 || err != io.EOF {
				t.Fatalf("%s: %d, %v at the end", s.name, n, err)
			}
		})
	}
}

// A member is handed out before there is another one, or its trailer.
func TestMembersAtOnce(t *testing.T) {
	parts := codingtest.Events(3)
	member := func(content []byte) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write(content)
		w.Close()
		return b.Bytes()
	}
	for _, early := range []int{0, 1, 8} {
		synctest.Test(t, func(t *testing.T) {
			src, w := io.Pipe()
			seen := make(chan bool)
			go func() {
				for _, p := range parts {
					m := member(p)
					w.Write(m[:len(m)-early])
					<-seen
					w.Write(m[len(m)-early:])
				}
				w.CloseWithError(errors.New("broke"))
			}()
			z := NewGzipReader(src)
			for i, part := range parts {
				got := make([]byte, len(part))
				if _, err := io.ReadFull(z, got); err != nil || !bytes.Equal(got, part) {
					t.Fatalf("part %d is %q, %v, want %q", i, got, err, part)
				}
				seen <- true
			}
			if n, err := z.Read(make([]byte, 1)); n != 0 || err == nil || err.Error() != "broke" {
				t.Fatalf("%d, %v at the end", n, err)
			}
		})
	}
}
