package deflate

import (
	"runtime"
	"testing"

	"wscope/wsproto"
)

func TestShelf(t *testing.T) {
	var s shelf
	k := &kind{}
	codecs := make([]*Codec, maxWarm+1)
	writers := make([]*writer, len(codecs))
	for i := range codecs {
		codecs[i], writers[i] = &Codec{}, &writer{kind: k}
		if kept, want := s.put(codecs[i], writers[i]), i < maxWarm; kept != want {
			t.Fatalf("writer %d is kept: %t", i, kept)
		}
	}
	late, w := codecs[maxWarm], writers[maxWarm]
	if s.take(late, w) || s.take(late, writers[0]) || s.take(codecs[1], writers[0]) {
		t.Fatal("a writer was taken that is not there, or is another's")
	}
	// All but the first go on, and keep theirs, until the first is idle for
	// too long.
	kept := false
	for n := 0; !kept; n++ {
		if n > 2*maxIdle {
			t.Fatal("an idle connection keeps its writer for ever")
		}
		i := 1 + n%(maxWarm-1)
		if !s.take(codecs[i], writers[i]) {
			t.Fatalf("writer %d is gone after %d messages", i, n)
		}
		s.put(codecs[i], writers[i])
		kept = s.put(late, w)
	}
	if s.take(codecs[0], writers[0]) {
		t.Error("the idle connection still has its writer")
	}
	if !s.take(late, w) {
		t.Error("the late one has none")
	}
	if len(s.idle) != maxWarm-1 {
		t.Errorf("%d writers are kept", len(s.idle))
	}
}

// A writer that nobody uses is dropped by the second sweep, one in use is not.
func TestSweep(t *testing.T) {
	var s shelf
	s.watched = true // no garbage collection interferes
	k := &kind{}
	busy, idle := &Codec{}, &Codec{}
	used, unused := &writer{kind: k}, &writer{kind: k}
	s.put(idle, unused)
	for range 3 {
		s.put(busy, used)
		s.sweep()
		s.watched = true
		if !s.take(busy, used) {
			t.Fatal("a writer in use is gone")
		}
	}
	if s.take(idle, unused) || len(s.idle) > 0 {
		t.Error("the idle connection still has its writer")
	}
}

// A connection that says nothing any more holds no compressor, although it has a
// context.
func TestIdleConnectionHoldsNoWriter(t *testing.T) {
	c := newCodec(full, full, 0)
	if _, _, err := c.Encode(nil, wsproto.OpText, jsonMessages(1 << 10)[0]); err != nil {
		t.Fatal(err)
	}
	if c.warm.Value() == nil {
		t.Fatal("no writer was kept")
	}
	for n := 0; c.warm.Value() != nil; n++ {
		if n > 1000 {
			t.Fatal("the writer survives every garbage collection")
		}
		runtime.GC()
	}
	if c.Stats().Windows == 0 {
		t.Error("the window is gone, too")
	}
	c.Close()
}
