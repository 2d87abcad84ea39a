package play

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"wscope/cmd/internal/expect"
)

func message(kind expect.Kind, data string) *expect.Message {
	return &expect.Message{Kind: kind, Data: []byte(data)}
}

// TestInboxRows has messages and pings in rows of their own.
func TestInboxRows(t *testing.T) {
	b := newInbox(&bell{})
	for _, m := range []*expect.Message{message(expect.Ping, "p"), message(expect.Text, "a"), message(expect.Pong, "q"), message(expect.Binary, "b")} {
		b.put(t.Context(), m)
	}
	for _, tt := range []struct {
		kind expect.Kind
		want string
	}{{expect.Text, "a"}, {expect.Pong, "p"}, {expect.Ping, "q"}, {expect.Event, "b"}} {
		m, ended := b.take(tt.kind)
		if m == nil || string(m.Data) != tt.want || ended {
			t.Errorf("take(%v) = %v, %t, want %q", tt.kind, m, ended, tt.want)
		}
	}
	if m, ended := b.take(expect.Text); m != nil || ended {
		t.Errorf("take of an empty row = %v, %t", m, ended)
	}
	b.put(t.Context(), message(expect.Text, "late"))
	end := errors.New("over")
	b.finish(&expect.Message{Kind: expect.Close, Code: 1000}, end)
	b.finish(&expect.Message{Kind: expect.Close, Code: 1001}, errors.New("again"))
	if m, ended := b.take(expect.Close); m == nil || m.Code != 1000 || !ended || b.cause() != end {
		t.Errorf("take(Close) = %v, %t, %v, want the first end", m, ended, b.cause())
	}
	if m, ended := b.take(expect.Text); m != nil || !ended {
		t.Errorf("take(Text) behind the end that was taken = %v, %t, want nothing", m, ended)
	}
}

// TestInboxBounds has a peer that sends more than is looked at.
func TestInboxBounds(t *testing.T) {
	b := newInbox(&bell{})
	for range 2 * maxWaitingControls {
		b.put(t.Context(), message(expect.Ping, ""))
	}
	if len(b.controls) != maxWaitingControls {
		t.Errorf("%d pings wait, want %d", len(b.controls), maxWaitingControls)
	}
	for range maxWaitingMessages {
		b.put(t.Context(), message(expect.Text, "x"))
	}
	put := make(chan struct{})
	go func() {
		b.put(t.Context(), message(expect.Text, "one more"))
		close(put)
	}()
	select {
	case <-put:
		t.Error("there is room for one more message")
	case <-b.waiting():
	}
	b.take(expect.Text)
	<-put
	if len(b.messages) != maxWaitingMessages {
		t.Errorf("%d messages wait, want %d", len(b.messages), maxWaitingMessages)
	}

	// The end of the test ends the wait, too.
	ctx, cancel := context.WithCancel(t.Context())
	put = make(chan struct{})
	go func() {
		b.put(ctx, message(expect.Text, "one more"))
		close(put)
	}()
	<-b.waiting()
	cancel()
	<-put
	if len(b.messages) != maxWaitingMessages {
		t.Errorf("%d messages wait after the end, want %d", len(b.messages), maxWaitingMessages)
	}

	// A single message may be as long as the connection takes it.
	b = newInbox(&bell{})
	b.put(t.Context(), message(expect.Binary, string(make([]byte, maxWaitingBytes+1))))
	if len(b.messages) != 1 {
		t.Error("a long message is not taken")
	}
}

// waiting returns a channel that is closed when somebody waits for room.
func (b *inbox) waiting() <-chan struct{} {
	c := make(chan struct{})
	go func() {
		defer close(c)
		for waits := false; !waits; runtime.Gosched() {
			b.mu.Lock()
			waits = b.room != nil
			b.mu.Unlock()
		}
	}()
	return c
}

func TestGuard(t *testing.T) {
	b := newInbox(&bell{})
	b.put(t.Context(), message(expect.Text, "bad, before"))
	var hits []string
	remove := b.watch(&guard{
		&expect.Matcher{Kind: expect.Text, Body: expect.Exactly("bad")},
		func(m *expect.Message) { hits = append(hits, string(m.Data)) },
	})
	b.put(t.Context(), message(expect.Text, "good"))
	b.put(t.Context(), message(expect.Binary, "bad"))
	b.put(t.Context(), message(expect.Text, "bad"))
	remove()
	b.put(t.Context(), message(expect.Text, "bad"))
	if len(hits) != 1 || hits[0] != "bad" {
		t.Errorf("the guard was hit by %q, want one bad", hits)
	}
	b.watch(&guard{&expect.Matcher{Kind: expect.Text, Body: expect.Exactly("good")}, func(*expect.Message) { hits = append(hits, "waiting") }})
	if len(hits) != 2 || hits[1] != "waiting" {
		t.Errorf("what waits was not looked at: %q", hits)
	}
	b.disarm()
	b.put(t.Context(), message(expect.Text, "good"))
	if len(hits) != 2 {
		t.Errorf("a guard that was disarmed was hit: %q", hits)
	}
}
