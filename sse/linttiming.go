package sse

import (
	"fmt"
	"strings"
	"time"
)

// The times that a linter judges by.
const (
	together    = 50 * time.Millisecond  // reads that belong to one burst
	shortWait   = 400 * time.Millisecond // a silence that a cut event cannot explain
	pause       = 200 * time.Millisecond // a silence that can be one of a rhythm
	longWait    = time.Second            // a silence before a burst
	longSilence = 5 * time.Second
	longRetry   = time.Hour
)

// How many events that come at once are more than a server has to say for one
// cause: a few are if they fill a buffer, or were made over time. A server that
// asks for no buffering is believed for longer.
const (
	fewEvents   = 4
	manyEvents  = 5
	askedEvents = 60
)

const (
	manyBursts = 3
	manyBeats  = 4 // bursts in a rhythm
)

// Buffers have sizes from smallestBuffer up to largestBuffer, each twice the one
// before.
const (
	smallestBuffer = 4 << 10
	largestBuffer  = 64 << 10
)

const bufferingAdvice = "send the header X-Accel-Buffering: no for nginx, or proxy_buffering off; in other proxies turn response buffering off for this path"

const askedAdvice = "the response has X-Accel-Buffering: no already, which is for nginx: look for another proxy or a CDN, for compression that is not flushed, and for a server that collects events itself"

// asked reports whether the response asks for no buffering.
func (l *Linter) asked() bool {
	return strings.EqualFold(strings.TrimSpace(l.header.Get("X-Accel-Buffering")), "no")
}

// advice says what to do about buffering.
func (l *Linter) advice() string {
	if l.asked() {
		return askedAdvice
	}
	return bufferingAdvice
}

// timing follows how a stream arrives. A proxy that collects a response hands it
// on in bursts: nothing for a while, then many events at once, and as its buffer
// is of a fixed size and knows no events, the last of them is cut. A server that
// says several things for one cause sends them at once, too, and is not buffered.
type timing struct {
	last   time.Time // of the last read, or of the request
	begun  time.Time // the burst
	wait   time.Duration
	offset int64 // where the burst begins
	events int   // of the burst, so far
	made   made
	bursts int // of many events after a long wait
	inside int // events in such bursts
	all    int
	first  bool // a burst has been
	rhythm rhythm
}

// A rhythm is a row of bursts with nothing between them but silences, none of
// which is more than twice as long as another. So comes a steady source that is
// collected on the way; one that has much to say now and then has no rhythm.
type rhythm struct {
	bursts            int
	silence           time.Duration // in sum
	shortest, longest time.Duration
}

// add goes on after a silence of wait, or begins anew with it.
func (r *rhythm) add(wait time.Duration) {
	shortest, longest := min(r.shortest, wait), max(r.longest, wait)
	if r.bursts == 0 || longest > 2*shortest {
		*r, shortest, longest = rhythm{}, wait, wait
	}
	r.bursts++
	r.silence += wait
	r.shortest, r.longest = shortest, longest
}

// clear reports whether it has gone on for so long that it is no accident: the
// shorter the silences, the more of them it takes.
func (r *rhythm) clear() bool {
	return r.bursts >= manyBeats && r.silence >= manyBursts*longWait
}

// Read is told that n bytes have arrived. It comes before the lines that are in
// them.
func (l *Linter) Read(n int, at time.Time) {
	t := &l.timing
	if gap := at.Sub(t.last); t.begun.IsZero() || gap >= together {
		l.endBurst(at, true)
		t.begun, t.wait, t.offset = at, gap, l.read
	}
	t.last = at
	l.read += int64(n)
}

// collected reports whether a burst of so many events is one of events that were
// not sent at once.
func (l *Linter) collected(events int) bool {
	t := &l.timing
	switch {
	case events < fewEvents, t.made.atOnce(events, t.wait):
		return false
	case t.made.overTime(events, t.wait):
		return true
	case l.asked():
		return events >= askedEvents
	}
	return events >= manyEvents || fillsBuffer(l.read-t.offset)
}

// fillsBuffer reports whether n bytes are as many whole events as a buffer holds.
func fillsBuffer(n int64) bool {
	for size := int64(smallestBuffer); size <= largestBuffer; size *= 2 {
		if n <= size && n > size-size/8 {
			return true
		}
	}
	return false
}

// endBurst judges a burst, which more follows, or the end of the connection.
func (l *Linter) endBurst(at time.Time, more bool) {
	t := &l.timing
	if t.begun.IsZero() {
		return
	}
	events := t.events
	collected := l.collected(events)
	t.events, t.made = 0, made{event: t.made.event}
	t.all += events
	after := at.Sub(t.last)
	taken := l.prior.Offset + l.priorLen + 1
	if l.prior.End == CRLF {
		taken++
	}
	cut := l.read > taken || l.prior.Kind == FieldLine
	history := !t.first // what comes at the start may have waited for us
	t.first = true
	late := l.took >= longSilence && t.begun.Sub(l.open) < together // with its header
	many := collected || cut && more && events >= 2
	if atOnce := t.last.Sub(t.begun) <= t.wait/10; !history && many && atOnce && t.wait >= pause {
		t.rhythm.add(t.wait)
	} else {
		t.rhythm = rhythm{}
	}
	switch {
	case cut && more && after >= shortWait && events >= 2:
		l.buffered(fmt.Sprintf("%d events arrived at once, the next one only in part, and the rest of it %v later", events, round(after)))
	case history && !more && t.wait >= longSilence && (collected || late && events >= fewEvents):
		l.buffered(fmt.Sprintf("nothing came for %v, and then %d events at once", round(t.wait), events))
	case !history && t.wait >= longWait && collected:
		t.bursts++
		t.inside += events
		if t.bursts >= manyBursts && t.inside*5 >= t.all*3 {
			l.buffered(fmt.Sprintf("%d times many events arrived at once after a silence, the last time %d after %v", t.bursts, events, round(t.wait)))
		}
	case t.rhythm.clear():
		l.buffered(fmt.Sprintf("%d times in a row several events arrived at once after a silence of about %v, the last time %d",
			t.rhythm.bursts, round(t.rhythm.silence/time.Duration(t.rhythm.bursts)), events))
	}
}

func (l *Linter) buffered(seen string) {
	if server := l.header.Get("Server"); server != "" {
		seen += "; the Server is " + quote(server)
	}
	if via := l.header.Get("Via"); via != "" {
		seen += ", and it came via " + quote(via)
	}
	if coding := l.header.Get("Content-Encoding"); coding != "" {
		l.find(LintCompression, l.read, seen+"; the stream is compressed with "+quote(coding),
			"flush the compressor after each event, or do not compress the stream")
		return
	}
	who := "something on the way"
	if l.asked() {
		who = "something"
	}
	l.find(LintBuffering, l.read, seen, who+" collects the response: "+l.advice())
}

func round(d time.Duration) time.Duration { return d.Round(10 * time.Millisecond) }
