package eventsource

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

// drain returns what a feed has to say at once, and counts it.
func drain(t *testing.T, f Feed, most int) (string, Count) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var (
		b   []byte
		all Count
	)
	for {
		var (
			n   Count
			err error
		)
		b, n, err = f.Next(ctx, b, most)
		all.add(n)
		if err != nil {
			if err != context.Canceled || n != (Count{}) {
				t.Errorf("Next returns %v with %+v", err, n)
			}
			return string(b), all
		}
	}
}

func newTestLog(maxEvents, maxBytes, appended int) *Log {
	l := NewLog(maxEvents, maxBytes)
	l.Lost = func(n uint64) []byte { return fmt.Append(nil, n) }
	for i := range appended {
		l.Append("n", fmt.Append(nil, i+1))
	}
	return l
}

func TestLogFollow(t *testing.T) {
	event := func(ids ...int) string {
		var b strings.Builder
		for _, id := range ids {
			fmt.Fprintf(&b, "id: %d\nevent: n\ndata: %d\n\n", id, id)
		}
		return b.String()
	}
	for _, tt := range []struct {
		name, lastID string
		want         string
		count        Count
	}{
		{"from now on", "", "", Count{}},
		{"after the last", "5", "", Count{}},
		{"after one", "3", event(4, 5), Count{Events: 2}},
		{"after the oldest that is gone", "2", event(3, 4, 5), Count{Events: 3}},
		{"too far back", "1", ": events lost: 1, since they are no longer kept\nevent: lost\ndata: 1\n\n" + event(3, 4, 5), Count{3, 1, 1}},
		{"not yet", "9", ": there has been no event \"9\" here, so this is all that is kept\n" + event(3, 4, 5), Count{3, 1, 0}},
		{"never", "a\u202eb", ": there has been no event \"a\\u202eb\" here, so this is all that is kept\n" + event(3, 4, 5), Count{3, 1, 0}},
	} {
		got, n := drain(t, newTestLog(3, 1<<20, 5).Follow(tt.lastID), 0)
		if got != tt.want || n != tt.count {
			t.Errorf("%s: %q, %+v, want %q, %+v", tt.name, got, n, tt.want, tt.count)
		}
	}
}

func TestLogBounds(t *testing.T) {
	l := NewLog(1000, 10_000)
	for range 100 {
		l.Append("n", make([]byte, 1000))
	}
	if len(l.events) < 5 || l.bytes > 10_000 {
		t.Errorf("%d events in %d bytes are kept", len(l.events), l.bytes)
	}
	l.Append("n", make([]byte, 20_000))
	if len(l.events) != 1 || l.bytes < 20_000 {
		t.Errorf("of events one of which is too large %d are kept, in %d bytes", len(l.events), l.bytes)
	}
	l.Append("n", nil)
	if len(l.events) != 1 || l.bytes > 1000 {
		t.Errorf("the large event stays: %d events in %d bytes", len(l.events), l.bytes)
	}
}

func TestLogPause(t *testing.T) {
	l := newTestLog(3, 1<<20, 2)
	l.Pause()
	if got, _ := drain(t, l.Follow("1"), 0); !strings.HasPrefix(got, ": nobody watched for a time") || !strings.Contains(got, "id: 2\n") {
		t.Errorf("after a pause %q", got)
	}
	l.Append("n", nil)
	if got, _ := drain(t, l.Follow("3"), 0); got != "" {
		t.Errorf("for one who was not away %q", got)
	}
}

func TestLogNoID(t *testing.T) {
	l := NewLog(3, 1<<20)
	l.NoID = true
	f := l.Follow("")
	l.Append("n", []byte("x"))
	if got, _ := drain(t, f, 0); got != "event: n\ndata: x\n\n" {
		t.Errorf("got %q", got)
	}
}

// TestLogSlow has a client that falls behind, and is told so.
func TestLogSlow(t *testing.T) {
	l := newTestLog(2, 1<<20, 0)
	f := l.Follow("")
	l.Append("n", []byte("1"))
	if got, n := drain(t, f, 0); got != "id: 1\nevent: n\ndata: 1\n\n" || n.Events != 1 {
		t.Errorf("at first %q, %+v", got, n)
	}
	for range 5 {
		l.Append("n", nil)
	}
	got, n := drain(t, f, 0)
	if want := ": events lost: 3, since this client reads more slowly than they come\nevent: lost\ndata: 3\n\nid: 5\n"; !strings.HasPrefix(got, want) || n != (Count{2, 1, 3}) {
		t.Errorf("then %q, %+v, want %q", got, n, want)
	}
}

// TestLogMost has a client that wants so many events at a time, and others that
// get them in pieces.
func TestLogMost(t *testing.T) {
	f := newTestLog(9, 1<<20, 5).Follow("1")
	if _, n, err := f.Next(t.Context(), nil, 3); n.Events != 3 || err != nil {
		t.Errorf("%+v, %v, want 3 events", n, err)
	}
	l := NewLog(100, 1<<30)
	f = l.Follow("")
	for range 100 {
		l.Append("n", make([]byte, 10_000))
	}
	if b, n, err := f.Next(t.Context(), nil, 0); len(b) > pieceSize+11_000 || n.Events < 2 || err != nil {
		t.Errorf("a piece of %d bytes with %+v, %v", len(b), n, err)
	}
}

// TestLogWaits has clients that wait for the next event.
func TestLogWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newTestLog(9, 1<<20, 0)
		var wg sync.WaitGroup
		for range 3 {
			f := l.Follow("")
			wg.Go(func() {
				for want := range uint64(20) {
					b, n, err := f.Next(t.Context(), nil, 1)
					if n.Events != 1 || err != nil || !strings.HasPrefix(string(b), fmt.Sprintf("id: %d\n", want+1)) {
						t.Errorf("%q, %+v, %v, want event %d", b, n, err, want+1)
						return
					}
				}
			})
		}
		for range 20 {
			synctest.Wait()
			l.Append("n", nil)
		}
		wg.Wait()
	})
}
