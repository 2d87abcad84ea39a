package sse

import (
	"net/http"
	"strconv"
	"time"
)

// A Backoff says when to try again. The zero value is valid.
//
// HTML, Section 9.2.3.
type Backoff struct {
	// Delay is the reconnection time until the server sets one. Zero means three
	// seconds.
	Delay time.Duration
	// Max bounds the waits that grow from attempt to attempt; it does not cut the
	// reconnection time itself. Zero means 30 seconds.
	Max time.Duration
	// Attempts is how many attempts in a row may bring no event, and MaxTime how
	// long they may go on, before the stream is given up. Zero means no limit.
	Attempts int
	MaxTime  time.Duration
}

// LongestWait is the longest wait that a server can ask for, in a retry field or
// in Retry-After.
const LongestWait = 24 * time.Hour

// growFrom is what a wait grows from if the reconnection time is shorter: a
// server that says retry: 0 and is away must not be flooded.
const growFrom = 250 * time.Millisecond

// A connection that ends in less than hurry is hurried, and so is the wait for the
// next one if it is less. After maxHurried such connections in a row the wait is
// hurry: they may bring events, but a server that ends each at once and says
// retry: 0 must not be flooded either.
const (
	hurry      = 100 * time.Millisecond
	maxHurried = 3
)

func (b Backoff) defaults() Backoff {
	if b.Delay == 0 {
		b.Delay = 3 * time.Second
	}
	if b.Max == 0 {
		b.Max = 30 * time.Second
	}
	return b
}

// Wait returns how long to wait for an attempt when some in a row have failed.
// That is Delay at first, and then as a stream waits; random is a number from 0 up
// to 1.
func (b Backoff) Wait(failed int, random float64) time.Duration {
	b = b.defaults()
	return b.wait(b.Delay, failed, random)
}

// wait returns how long to wait for an attempt when some have failed since the
// last event. The first comes after the reconnection time. After that the wait
// doubles, and up to half of it is left to chance, so that the clients of a
// server that comes back do not all come at once.
func (b Backoff) wait(base time.Duration, failed int, random float64) time.Duration {
	if failed == 0 {
		return base
	}
	grown := max(base, growFrom)
	for limit := max(b.Max, base); failed > 0 && grown < limit; failed-- {
		grown = min(2*grown, limit)
	}
	half := grown / 2
	return max(base, half+time.Duration(random*float64(grown-half)))
}

// TransientStatus reports whether a status mostly stands for passing trouble:
// 408, 425, 429, 500, 502, 503 and 504.
func TransientStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// RetryAfter returns how long a server asks to wait with the value of a
// Retry-After field, 0 if it says nothing that has a meaning, and [LongestWait] at
// most.
//
// RFC 9110, Section 10.2.3.
func RetryAfter(value string, now time.Time) time.Duration {
	const most = uint64(LongestWait / time.Second)
	if n, err := strconv.ParseUint(value, 10, 64); err == nil {
		return time.Duration(min(n, most)) * time.Second
	}
	if t, err := http.ParseTime(value); err == nil {
		return min(max(0, t.Sub(now)), LongestWait)
	}
	return 0
}
