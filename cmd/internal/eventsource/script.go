package eventsource

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// A Script is a stream that is known beforehand. Each client gets it from the
// beginning or, if it sends a Last-Event-ID, from the event after that. It may
// be used by several goroutines as long as none changes it.
type Script struct {
	Events [][]byte      // the data of each
	Type   string        // of all events, "" for the default
	IDs    IDs           // of the events
	NoID   bool          // leaves them out
	Every  time.Duration // from one event to the next
	// Loop begins again after the last event. The numbers go on.
	Loop bool
	// Ends ends the stream after the last event; otherwise it stays open.
	Ends bool
	// Keep is how far behind the newest event that any client has got another
	// one may come back.
	Keep int

	newest atomic.Uint64 // number of that event
}

// Over reports whether there is nothing to come for a client with a Last-Event-ID,
// now or later.
func (s *Script) Over(lastEventID string) bool {
	id, ok := s.IDs.number(lastEventID)
	return ok && s.Ends && !s.Loop && !s.NoID && id == uint64(len(s.Events))
}

// Follow returns the feed of a client.
func (s *Script) Follow(lastEventID string) Feed {
	f := &reader{script: s}
	id, ok := s.IDs.number(lastEventID)
	switch newest := s.newest.Load(); {
	case lastEventID == "":
	case !ok || s.NoID || !s.Loop && id > uint64(len(s.Events)):
		f.comment = fmt.Sprintf("there is no event %s here, so this is the beginning", quoteID(lastEventID))
	case newest > id && newest-id > uint64(s.Keep):
		f.seen = newest - uint64(s.Keep)
		f.lost = f.seen - id
		f.comment = fmt.Sprintf("events lost: %d, since they are no longer kept", f.lost)
	default:
		f.seen = id
	}
	return f
}

// A reader is the feed of one client of a Script.
type reader struct {
	script  *Script
	seen    uint64    // number of the last event that the client has got
	due     time.Time // when the next one comes, if that is not now
	comment string    // to begin with, "" for none
	lost    uint64    // what the comment tells
}

func (f *reader) Next(ctx context.Context, b []byte, most int) ([]byte, Count, error) {
	s := f.script
	var n Count
	if f.comment != "" {
		n.Comments, n.Lost = 1, f.lost
		b = appendComment(b, f.comment)
		f.comment = ""
		return b, n, nil
	}
	if err := f.wait(ctx); err != nil {
		return b, n, err
	}
	for !n.full(len(b), most) && !f.done() {
		e := Event{IDs: s.IDs, Type: s.Type, Data: s.Events[f.seen%uint64(len(s.Events))]}
		if f.seen++; !s.NoID {
			e.Number = f.seen
		}
		b = e.AppendTo(b)
		n.Events++
		if s.Every > 0 {
			f.schedule()
			break
		}
	}
	for newest := s.newest.Load(); newest < f.seen && !s.newest.CompareAndSwap(newest, f.seen); {
		newest = s.newest.Load()
	}
	return b, n, nil
}

// done reports whether the client has got all events.
func (f *reader) done() bool {
	return !f.script.Loop && f.seen >= uint64(len(f.script.Events))
}

// wait waits until an event is due.
func (f *reader) wait(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if f.done() {
		if f.script.Ends {
			return io.EOF
		}
		<-ctx.Done()
		return ctx.Err()
	}
	left := time.Until(f.due)
	if left <= 0 {
		return nil
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// schedule sets the time of the next event. What a client that reads slowly is
// behind with does not come all at once.
func (f *reader) schedule() {
	now := time.Now()
	if f.due.IsZero() {
		f.due = now
	}
	if f.due = f.due.Add(f.script.Every); f.due.Before(now) {
		f.due = now
	}
}
