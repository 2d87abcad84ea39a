package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wscope/cmd/internal/eventsource"
	"wscope/render"
)

// told returns what a feed has to say at the moment.
func told(t *testing.T, f eventsource.Feed) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var b []byte
	for {
		var err error
		if b, _, err = f.Next(ctx, b, 0); err != nil {
			return string(b)
		}
	}
}

// TestWatch watches a display, with pauses.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, out, talk := testStreams("")
		view, err := displayOptions{quiet: true}.newDisplay(s, colorNever, "", true)
		if err != nil {
			t.Fatal(err)
		}
		note := func(text string) { view.show(&render.Note{Meta: render.Meta{Time: time.Now()}, Text: text}) }
		w := newWatch(view, eventOptions{buffer: 3})

		note("before")
		w.join()
		f := w.log.Follow("")
		note("one")
		view.show(&render.StreamServed{Meta: render.Meta{Time: time.Now()}})
		if got := told(t, f); !strings.HasPrefix(got, "id: 1\nevent: note\ndata: {\"v\":1,") || !strings.Contains(got, `"text":"one"`) || strings.Contains(got, "stream") {
			t.Errorf("told %q", got)
		}

		// Another one keeps the watch going, and so does a moment without any.
		w.join()
		w.leave()
		note("two")
		w.leave()
		time.Sleep(watchRest - time.Second)
		note("three")
		w.join()
		if got := told(t, w.log.Follow("1")); !strings.Contains(got, `"text":"two"`) || !strings.Contains(got, `"text":"three"`) || strings.Contains(got, "nobody") {
			t.Errorf("after a moment told %q", got)
		}
		w.leave()

		// Then it ends.
		time.Sleep(watchRest + time.Second)
		if view.watched.Load() || view.messages.Load() {
			t.Error("there is a watch, and nobody watches")
		}
		note("four")
		w.join()
		note("five")
		if got := told(t, w.log.Follow("3")); !strings.HasPrefix(got, ": nobody watched for a time") || !strings.Contains(got, `"text":"five"`) || strings.Contains(got, "four") {
			t.Errorf("after a pause told %q", got)
		}
		w.leave()
		time.Sleep(watchRest + time.Second)
		if out.Len()+talk.Len() > 0 {
			t.Errorf("shown: %q, %q", out, talk)
		}
	})
}

// TestWatchLost has the event that tells of lost ones.
func TestWatchLost(t *testing.T) {
	s, _, _ := testStreams("")
	view, err := displayOptions{}.newDisplay(s, colorNever, "", true)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Event  string
		Events int
	}
	line := newWatch(view, eventOptions{buffer: 3}).log.Lost(12)
	if err := json.Unmarshal(line, &got); err != nil || got.Event != "lost" || got.Events != 12 || bytes.ContainsRune(line, '\n') {
		t.Errorf("%s: %v", line, err)
	}
}
