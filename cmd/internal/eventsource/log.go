package eventsource

import (
	"context"
	"fmt"
	"sync"
	"unsafe"
)

// A Log is a stream of events that many clients follow at the same time. It keeps
// the newest ones, for those who come back and for those who read slowly: nobody
// holds up the one that appends. It may be used by several goroutines.
type Log struct {
	// NoID leaves out the ids of the events, so that nobody can come back.
	NoID bool
	// Lost makes the data of an event of the type "lost", which tells a client
	// how many it has missed. Nil leaves it at a comment.
	Lost func(n uint64) []byte

	mu        sync.Mutex
	maxEvents int
	maxBytes  int
	events    [][]byte // as they are on the wire
	bytes     int
	last      uint64        // number of the newest event
	paused    uint64        // number of the last event before a pause
	changed   chan struct{} // closed with the next event; nil if nobody waits
}

// NewLog returns a Log that keeps so many events, in not more than so many bytes;
// the newest is kept in any case.
func NewLog(maxEvents, maxBytes int) *Log {
	return &Log{maxEvents: maxEvents, maxBytes: maxBytes}
}

// eventOverhead is what a kept event takes besides its bytes.
const eventOverhead = int(unsafe.Sizeof([]byte{}))

// Append adds an event, which gets the next number. The data stays the caller's.
func (l *Log) Append(kind string, data []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	e := Event{Number: l.last, Type: kind, Data: data}
	if l.NoID {
		e.Number = 0
	}
	wire := e.AppendTo(make([]byte, 0, len(data)+len(kind)+48))
	l.events = append(l.events, wire)
	l.bytes += cap(wire) + eventOverhead
	for len(l.events) > 1 && (len(l.events) > l.maxEvents || l.bytes > l.maxBytes) {
		l.bytes -= cap(l.events[0]) + eventOverhead
		l.events[0] = nil
		l.events = l.events[1:]
	}
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// Pause notes that what happens from now on is not appended, up to the next event
// that is. Who comes back after that is told.
func (l *Log) Pause() {
	l.mu.Lock()
	l.paused = l.last
	l.mu.Unlock()
}

// Follow returns the feed of a client: what happens from now on or, if the client
// sends a Last-Event-ID, what came after that.
func (l *Log) Follow(lastEventID string) Feed {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := &follower{log: l, seen: l.last}
	if lastEventID == "" {
		return f
	}
	switch id, ok := (IDs{}).number(lastEventID); {
	case !ok || l.NoID || id > l.last:
		f.seen = l.last - uint64(len(l.events))
		f.comment = fmt.Sprintf("there has been no event %s here, so this is all that is kept", quoteID(lastEventID))
	default:
		f.seen, f.resumed = id, true
		if id <= l.paused {
			f.comment = "nobody watched for a time, and what happened then was not kept"
		}
	}
	return f
}

// A follower is the feed of one client of a Log.
type follower struct {
	log     *Log
	seen    uint64 // number of the last event that the client has got or lost
	resumed bool   // by the Last-Event-ID, and nothing has come since
	comment string // to begin with, "" for none

	piece [][]byte // what Next is about to append
}

func (f *follower) Next(ctx context.Context, b []byte, most int) ([]byte, Count, error) {
	var n Count
	if f.comment != "" {
		b = appendComment(b, f.comment)
		f.comment = ""
		n.Comments++
	}
	for {
		lost, changed := f.take(most)
		if lost > 0 {
			b = f.tellLost(b, lost)
			n.Comments++
			n.Lost += lost
		}
		for i, wire := range f.piece {
			b = append(b, wire...)
			f.piece[i] = nil
		}
		n.Events += uint64(len(f.piece))
		f.resumed = false
		if n != (Count{}) {
			return b, n, nil
		}
		select {
		case <-ctx.Done():
			return b, n, ctx.Err()
		case <-changed:
		}
	}
}

// take notes the events that make the next piece, and how many are not there any
// more that had come before them. If there is nothing, the channel is closed with
// the next event.
func (f *follower) take(most int) (lost uint64, changed <-chan struct{}) {
	l := f.log
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.last - uint64(len(l.events)) // number of the newest event that is not kept
	if f.seen < before {
		lost = before - f.seen
		f.seen = before
	}
	f.piece = f.piece[:0]
	size := 0
	for _, wire := range l.events[f.seen-before:] {
		if n := (Count{Events: uint64(len(f.piece))}); n.full(size, most) {
			break
		}
		f.piece = append(f.piece, wire)
		size += len(wire)
		f.seen++
	}
	if len(f.piece) == 0 {
		if l.changed == nil {
			l.changed = make(chan struct{})
		}
		changed = l.changed
	}
	return lost, changed
}

// tellLost appends how many events the client has missed.
func (f *follower) tellLost(b []byte, n uint64) []byte {
	why := "since this client reads more slowly than they come"
	if f.resumed {
		why = "since they are no longer kept"
	}
	b = appendComment(b, fmt.Sprintf("events lost: %d, %s", n, why))
	if f.log.Lost == nil {
		return b
	}
	e := Event{Type: "lost", Data: f.log.Lost(n)}
	return e.AppendTo(b)
}
