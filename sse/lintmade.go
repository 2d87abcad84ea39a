package sse

import (
	"bytes"
	"time"
)

// made follows the times that the events of a burst have of their own, in their
// ids or their data.
type made struct {
	event       time.Time // of the event that is being read, zero for none
	first, last time.Time // of the burst
	n           int       // events with a time
	back        bool      // the times do not rise
}

// note takes note of a time in the value of a field. The first of an event counts.
func (m *made) note(value []byte) {
	if m.event.IsZero() {
		m.event = timeIn(value)
	}
}

// dispatched ends an event.
func (m *made) dispatched() {
	if m.event.IsZero() {
		return
	}
	if m.n == 0 {
		m.first, m.last = m.event, m.event
	}
	m.back = m.back || m.event.Before(m.last)
	m.last = m.event
	m.n++
}

// atOnce and overTime report whether the times of a burst of so many events, after
// a silence of wait, show that they were made at one moment or all through the
// silence. Without a time in each event neither is known, nor if the times are of
// something else than the making of the events.
func (m *made) atOnce(events int, wait time.Duration) bool {
	return m.n == events && !m.back && m.last.Sub(m.first) <= wait/10
}

func (m *made) overTime(events int, wait time.Duration) bool {
	span := m.last.Sub(m.first)
	return m.n == events && !m.back && span >= wait/2 && span <= 2*wait
}

const (
	maxTimeIn = 512 // bytes of a value that are looked at
	timeLen   = len("2006-01-02T15:04:05.")
)

// timeIn returns the first time of RFC 3339 in v that tells milliseconds, or zero.
func timeIn(v []byte) time.Time {
	v = v[:min(len(v), maxTimeIn)]
	for at := 0; ; at++ {
		i := bytes.IndexByte(v[at:], 'T')
		if i < 0 {
			return time.Time{}
		}
		at += i
		begin, end := at-len("2006-01-02"), at-len("2006-01-02")+timeLen
		if begin < 0 || end > len(v) || v[end-1] != '.' {
			continue
		}
		digits := end
		for end < len(v) && '0' <= v[end] && v[end] <= '9' {
			end++
		}
		if end-digits < 3 {
			continue
		}
		if end < len(v) && v[end] == 'Z' {
			end++
		} else {
			end = min(end+len("+00:00"), len(v))
		}
		if t, err := time.Parse(time.RFC3339Nano, string(v[begin:end])); err == nil {
			return t
		}
	}
}
