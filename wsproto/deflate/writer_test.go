package deflate

import (
	"bytes"
	"testing"
)

// A writer that had a context stands by itself when it is had without one.
func TestWritersForget(t *testing.T) {
	message := testMessages()[16] // 1 KiB
	for _, k := range []*kind{&small, &fast, &narrow[0], &narrow[len(narrow)-1]} {
		var sizes []int
		for _, dict := range [][]byte{nil, message, nil, nil, message} {
			w, err := k.get(dict)
			if err != nil {
				t.Fatal(err)
			}
			out, err := w.compress(nil, message)
			if err != nil {
				t.Fatal(err)
			}
			w.free()
			sizes = append(sizes, len(out))
			judge := &puff{window: 1 << MaxWindowBits, tail: string(syncTail), out: bytes.Clone(dict)}
			if got, err := judge.message(out, true); err != nil || !bytes.Equal(got, message) {
				t.Fatalf("level %d, window %d: with a context of %d bytes it is %.100q..., %v", k.level, k.window, len(dict), got, err)
			}
		}
		if sizes[2] != sizes[0] || sizes[3] != sizes[0] || sizes[4] != sizes[1] {
			t.Errorf("level %d, window %d: the same message takes %v bytes", k.level, k.window, sizes)
		}
	}
}
