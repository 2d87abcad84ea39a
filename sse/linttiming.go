package sse

import (
	"fmt"
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

const (
	manyEvents = 4 // that come at once
	manyBursts = 3
	manyBeats  = 4 // bursts in a rhythm
)

const bufferingAdvice = "send the header X-Accel-Buffering: no for nginx, or proxy_buffering off; in other proxies turn response buffering off for this path"

// timing follows how a stream arrives. A proxy that collects a response hands it
// on in bursts: nothing for a while, then many events at once, and as its buffer
// is of a fixed size and knows no events, the last of them is cut.
type timing struct {
	last   time.Time // of the last read, or of the request
	begun  time.Time // the burst
	wait   time.Duration
	events int // of the burst, so far
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
		t.begun, t.wait = at, gap
	}
	t.last = at
	l.read += int64(n)
}

// endBurst judges a burst, which more follows, or the end of the connection.
func (l *Linter) endBurst(at time.Time, more bool) {
	t := &l.timing
	if t.begun.IsZero() {
		return
	}
	events := t.events
	t.events = 0
	t.all += events
	after := at.Sub(t.last)
	taken := l.prior.Offset + l.priorLen + 1
	if l.prior.End == CRLF {
		taken++
	}
	cut := l.read > taken || l.prior.Kind == FieldLine
	history := !t.first // what comes at the start may have waited for us
	t.first = true
	many := events >= manyEvents || cut && more && events >= 2
	if atOnce := t.last.Sub(t.begun) <= t.wait/10; !history && many && atOnce && t.wait >= pause {
		t.rhythm.add(t.wait)
	} else {
		t.rhythm = rhythm{}
	}
	switch {
	case cut && more && after >= shortWait && events >= 2:
		l.buffered(fmt.Sprintf("%d events arrived at once, the next one only in part, and the rest of it %v later", events, round(after)))
	case history && !more && t.wait >= longSilence && events >= manyEvents:
		l.buffered(fmt.Sprintf("nothing came for %v, and then %d events at once", round(t.wait), events))
	case !history && t.wait >= longWait && events >= manyEvents:
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
	l.find(LintBuffering, l.read, seen, "something on the way collects the response: "+bufferingAdvice)
}

func round(d time.Duration) time.Duration { return d.Round(10 * time.Millisecond) }
