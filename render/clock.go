package render

import (
	"strconv"
	"time"
)

// A clock writes timestamps.
type clock struct {
	kind        Timestamps
	start, last time.Time
}

// since returns the time from the start to t.
func (c *clock) since(t time.Time) time.Duration {
	if c.start.IsZero() {
		c.start = t
	}
	return t.Sub(c.start)
}

// append appends the timestamp of a line of time t, without blanks around it.
// The width does not change in the first 10,000 seconds.
func (c *clock) append(b []byte, t time.Time) []byte {
	since := c.since(t)
	last := c.last
	if last.IsZero() {
		last = c.start
	}
	c.last = t
	switch c.kind {
	case Relative:
		return appendFixed(b, since, 3, 8)
	case Delta:
		return appendFixed(b, t.Sub(last), 6, 10)
	case Wall:
		return t.AppendFormat(b, "15:04:05.000")
	}
	return b
}

// appendFixed appends d in seconds with the decimals given, padded on the left.
func appendFixed(b []byte, d time.Duration, decimals, width int) []byte {
	var digits [32]byte
	unit := time.Second
	for range decimals {
		unit /= 10
	}
	// Rounding first keeps a minus sign away from what rounds to zero.
	s := strconv.AppendFloat(digits[:0], (d.Round(unit)).Seconds(), 'f', decimals, 64)
	for range width - len(s) {
		b = append(b, ' ')
	}
	return append(b, s...)
}
