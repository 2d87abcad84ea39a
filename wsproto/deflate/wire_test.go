package deflate

import (
	"encoding/hex"
	"io"
	"strings"
	"testing"

	"wscope/wsproto"
)

// A wire is a payload that arrives in the given chunks.
type wire struct {
	chunks [][]byte
	rest   []byte
	err    error // after the last chunk, if the connection is lost there
}

func (w *wire) Next() ([]byte, error) {
	w.rest = nil
	if len(w.chunks) == 0 {
		if w.err != nil {
			return nil, w.err
		}
		return nil, io.EOF
	}
	p := w.chunks[0]
	w.chunks = w.chunks[1:]
	return p, nil
}

func (w *wire) Read(p []byte) (int, error) {
	if len(w.rest) == 0 {
		var err error
		if w.rest, err = w.Next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, w.rest)
	w.rest = w.rest[n:]
	return n, nil
}

func (w *wire) ReadByte() (byte, error) {
	var b [1]byte
	_, err := w.Read(b[:])
	return b[0], err
}

// inflate decodes one message that arrives in chunks, in one frame or in one for
// each chunk.
func inflate(c *Codec, fragments bool, chunks ...[]byte) ([]byte, error) {
	h := wsproto.Header{FIN: !fragments, RSV: wsproto.RSV1, Opcode: wsproto.OpBinary}
	for _, p := range chunks {
		h.PayloadLen += uint64(len(p))
	}
	if fragments {
		h.PayloadLen = uint64(len(chunks[0]))
	}
	return io.ReadAll(c.Decode(h, &wire{chunks: chunks}))
}

// bytewise cuts p into single bytes.
func bytewise(p []byte) (chunks [][]byte) {
	for i := range p {
		chunks = append(chunks, p[i:i+1])
	}
	return chunks
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// inflateAll inflates payloads one after the other on one connection: each in one
// frame that arrives whole, in one that arrives byte by byte, and in a frame for
// each byte.
func inflateAll(t *testing.T, payloads, want []string, takeover bool) {
	t.Helper()
	for _, how := range []string{"whole", "bytes", "fragments"} {
		c := newCodec(full, Context{MaxWindowBits, takeover}, 0)
		for i, s := range payloads {
			chunks := [][]byte{unhex(t, s)}
			if how != "whole" {
				chunks = bytewise(chunks[0])
			}
			got, err := inflate(c, how == "fragments", chunks...)
			if err != nil || string(got) != want[i] {
				t.Errorf("%s: message %d, %s, inflates to %q, %v, want %q", how, i+1, s, got, err, want[i])
			}
		}
		c.Close()
	}
}
