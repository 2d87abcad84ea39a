package eventsource

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func words(s string) (events [][]byte) {
	for _, w := range strings.Fields(s) {
		events = append(events, []byte(w))
	}
	return events
}

// play returns what a feed gives until it ends, or until it has given so many
// events, without the names of the fields.
func play(t *testing.T, f Feed, most uint64) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	var (
		b   []byte
		all Count
	)
	for {
		var (
			n   Count
			err error
		)
		b, n, err = f.Next(ctx, b, 1)
		all.add(n)
		if err == io.EOF {
			b = append(b, "end"...)
		}
		if err != nil || most > 0 && all.Events == most {
			for _, cut := range []string{"id: ", "data: ", "event: "} {
				b = bytes.ReplaceAll(b, []byte(cut), nil)
			}
			return strings.Join(strings.Fields(string(b)), " ")
		}
	}
}

func TestScriptFollow(t *testing.T) {
	for _, tt := range []struct {
		name   string
		script *Script
		lastID string
		most   uint64
		want   string
	}{
		{"all", &Script{Events: words("a b")}, "", 0, "1 a 2 b"},
		{"all, then the end", &Script{Events: words("a b"), Ends: true}, "", 0, "1 a 2 b end"},
		{"with a type", &Script{Events: words("a b"), Type: "add"}, "", 0, "1 add a 2 add b"},
		{"with ids of one's own", &Script{Events: words("a b"), IDs: IDs{"e", 8}, Ends: true}, "", 0, "e9 a e10 b end"},
		{"after an id of one's own", &Script{Events: words("a b"), IDs: IDs{"e", 8}, Ends: true}, "e9", 0, "e10 b end"},
		{"without numbers", &Script{Events: words("a b"), NoID: true, Ends: true}, "", 0, "a b end"},
		{"after one", &Script{Events: words("a b c")}, "1", 0, "2 b 3 c"},
		{"after the last", &Script{Events: words("a b"), Ends: true}, "2", 0, "end"},
		{"over and over", &Script{Events: words("a b"), Loop: true}, "", 5, "1 a 2 b 3 a 4 b 5 a"},
		{"over and over, after one", &Script{Events: words("a b"), Loop: true, Ends: true}, "1000", 2, "1001 a 1002 b"},
		{"not yet", &Script{Events: words("a b")}, "3", 0, `: there is no event "3" here, so this is the beginning 1 a 2 b`},
		{"never", &Script{Events: words("a b")}, "x", 0, `: there is no event "x" here, so this is the beginning 1 a 2 b`},
		{"never, since there are no numbers", &Script{Events: words("a b"), NoID: true}, "1", 0, `: there is no event "1" here, so this is the beginning a b`},
	} {
		synctest.Test(t, func(t *testing.T) {
			if got := play(t, tt.script.Follow(tt.lastID), tt.most); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
			}
		})
	}
}

// TestScriptKeep has clients that come back after others have gone on.
func TestScriptKeep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Script{Events: words("a b c d e"), Keep: 2}
		if got := play(t, s.Follow("1"), 0); got != "2 b 3 c 4 d 5 e" {
			t.Errorf("at first %q", got)
		}
		f := s.Follow("1")
		_, n, _ := f.Next(t.Context(), nil, 0)
		if got := play(t, f, 0); got != "4 d 5 e" || n != (Count{0, 1, 2}) {
			t.Errorf("%q, %+v", got, n)
		}
		for id, want := range map[string]string{"3": "4 d 5 e", "4": "5 e", "": "1 a 2 b 3 c 4 d 5 e"} {
			if got := play(t, s.Follow(id), 0); got != want {
				t.Errorf("after %q: %q, want %q", id, got, want)
			}
		}
	})
}

func TestScriptOver(t *testing.T) {
	s := &Script{Events: words("a b"), Ends: true}
	for id, want := range map[string]bool{"": false, "1": false, "2": true, "3": false, "x": false} {
		if got := s.Over(id); got != want {
			t.Errorf("Over(%q) = %t", id, got)
		}
	}
	if s.Ends = false; s.Over("2") {
		t.Error("a stream that stays open is over")
	}
}

// TestScriptEvery has a client that reads in time, and one that does not.
func TestScriptEvery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Script{Events: words("a"), Loop: true, Every: time.Second}
		start := time.Now()
		f := s.Follow("")
		for i := range 5 {
			_, n, err := f.Next(t.Context(), nil, 0)
			if d := time.Since(start); d != time.Duration(i)*time.Second || n.Events != 1 || err != nil {
				t.Errorf("event %d after %v, %+v, %v", i+1, d, n, err)
			}
		}
		time.Sleep(10 * time.Second)
		for i, want := range []time.Duration{14, 14, 15} {
			f.Next(t.Context(), nil, 0)
			if d := time.Since(start); d != want*time.Second {
				t.Errorf("after a pause event %d comes after %v, want %v", i+1, d, want*time.Second)
			}
		}
	})
}

// TestScriptPieces has many events at once.
func TestScriptPieces(t *testing.T) {
	s := &Script{Events: [][]byte{make([]byte, 1000)}, Loop: true}
	b, n, err := s.Follow("").Next(t.Context(), nil, 0)
	if len(b) < pieceSize || len(b) > pieceSize+1100 || n.Events < 30 || err != nil {
		t.Errorf("a piece of %d bytes, %+v, %v", len(b), n, err)
	}
}
