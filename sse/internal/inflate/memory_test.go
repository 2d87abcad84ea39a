package inflate

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"
	"unsafe"

	"wscope/sse/internal/codingtest"
)

// A Reader has all the memory that it takes, which is little more than its window.
func TestMemory(t *testing.T) {
	if got := unsafe.Sizeof(Reader{}); got > 96<<10 {
		t.Errorf("a Reader has %d bytes", got)
	}
	big := encode(t, 9, make([]byte, 64<<20))
	flushed := encode(t, 6, codingtest.Events(400)...)
	for name, in := range map[string][]byte{"zeros": big, "events": flushed} {
		allocs := testing.AllocsPerRun(3, func() {
			if _, err := io.Copy(writer{}, newBareReader(bytes.NewReader(in))); err != nil {
				t.Error(err)
			}
		})
		if allocs > 5 { // the Reader, what it reads, the buffer of io.Copy
			t.Errorf("%s: %v allocations for a stream", name, allocs)
		}
	}
}

type writer struct{}

func (writer) Write(p []byte) (int, error) { return len(p), nil }

// A stream that goes on takes no more memory, with members or without.
func TestAllocations(t *testing.T) {
	all := codingtest.Events(400)
	var members bytes.Buffer
	w := gzip.NewWriter(&members)
	for _, e := range all {
		w.Reset(&members)
		w.Write(e)
		w.Close()
	}
	for name, z := range map[string]*Reader{
		"flushed": newBareReader(bytes.NewReader(encode(t, 6, all...))),
		"members": NewGzipReader(bytes.NewReader(members.Bytes())),
	} {
		p := make([]byte, 500)
		read := func() {
			if n, err := z.Read(p); n == 0 || err != nil {
				t.Fatal(n, err)
			}
		}
		for range 200 {
			read()
		}
		if got := testing.AllocsPerRun(100, read); got != 0 {
			t.Errorf("%s: %v allocations for an event, want none", name, got)
		}
	}
}
