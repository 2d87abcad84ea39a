package sse

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

func gzipped(t *testing.T, p []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(p); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The body of a response that is no stream is decoded as a stream would be, and
// bounded after that. What is not in its coding is left as it is.
func TestClientRefusalCoding(t *testing.T) {
	text := []byte("there is nothing here\n")
	packed := gzipped(t, text)
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(text)
	w.Close()
	noise := make([]byte, 2*maxBody)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	zeros := make([]byte, 32<<20)
	bomb := gzipped(t, zeros)
	nothing := gzipped(t, bytes.Repeat(gzipped(t, nil), 1<<17))
	changed := bytes.Clone(packed)
	changed[len(changed)-5] ^= 1 // of the checksum
	upper := func(r io.Reader) (io.Reader, error) {
		p, err := io.ReadAll(r)
		return bytes.NewReader(bytes.ToUpper(p)), err
	}
	fails := func(io.Reader) (io.Reader, error) { return nil, errors.New("no") }
	c := &Client{NoReconnect: true, ContentDecoders: map[string]func(io.Reader) (io.Reader, error){"upper": upper, "fails": fails}}
	for _, tt := range []struct {
		name, coding string
		body, want   []byte
		broken       error // after the body
		more         bool
	}{
		{"gzip", "gzip", packed, text, nil, false},
		{"deflate", "deflate", z.Bytes(), text, nil, false},
		{"several", "deflate, x-gzip", gzipped(t, z.Bytes()), text, nil, false},
		{"one of ours", "upper, identity", text, bytes.ToUpper(text), nil, false},
		{"none", "", text, text, nil, false},
		{"no body", "gzip", nil, nil, nil, false},
		{"as long as is kept", "gzip", gzipped(t, zeros[:maxBody]), zeros[:maxBody], nil, false},
		{"longer", "gzip", gzipped(t, zeros[:maxBody+1]), zeros[:maxBody], nil, true},
		{"a bomb", "gzip", bomb, zeros[:maxBody], nil, true},
		{"a bomb in a bomb", "gzip, gzip", gzipped(t, bomb), zeros[:maxBody], nil, true},
		{"a bomb of nothing", "gzip, gzip", nothing, nothing, nil, false},
		{"no gzip", "gzip", text, text, nil, false},
		{"a wrong checksum", "gzip", changed, changed, nil, false},
		{"it ends early", "gzip", packed[:len(packed)-9], packed[:len(packed)-9], nil, false},
		{"unknown", "gzip, rot13", packed, packed, nil, false},
		{"cannot be begun", "fails", text, text, nil, false},
		{"lost", "gzip", packed[:len(packed)-9], text, errReset, true},
		{"lost early", "gzip", packed[:5], packed[:5], errReset, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := io.Reader(bytes.NewReader(tt.body))
			if tt.broken != nil {
				body = io.MultiReader(body, errorReader{tt.broken})
			}
			_, _, err := follow(t, c, &scripted{steps: []step{respond(404, body, "Content-Encoding: "+tt.coding)}})
			e, ok := errors.AsType[*ResponseError](err)
			if !ok || e.Rule != RuleStatus {
				t.Fatalf("the stream ends with %v", err)
			}
			if !bytes.Equal(e.Body, tt.want) || e.More != tt.more {
				t.Errorf("%d bytes %.40q, more %v, want %d bytes %.40q, more %v", len(e.Body), e.Body, e.More, len(tt.want), tt.want, tt.more)
			}
		})
	}
	// As much of what does not get smaller as there is of it.
	packed = gzipped(t, noise)
	_, _, err := follow(t, c, &scripted{steps: []step{respond(404, bytes.NewReader(packed), "Content-Encoding: gzip")}})
	if e, ok := errors.AsType[*ResponseError](err); !ok || !e.More || len(e.Body) < maxBody-100 || !bytes.HasPrefix(noise, e.Body) {
		t.Errorf("noise: %v", err)
	}
	_, _, err = follow(t, c, &scripted{steps: []step{respond(200, strings.NewReader(string(gzipped(t, text))), "Content-Encoding: gzip", "Content-Type: text/plain")}})
	if !isRefused(RuleContentType, string(text))(err) {
		t.Errorf("no stream: %v", err)
	}
}
