package deflate

import "testing"

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
