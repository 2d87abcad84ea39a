package render

import (
	"strconv"
	"time"
)

// A clock writes timestamps.
type clock struct {
	kind  Timestamps
	start time.Time
	last  time.Duration // since the start, of the line before
}

// since returns the time from the start to an event.
func (c *clock) since(m Meta) time.Duration {
	if m.Elapsed != 0 {
		return m.Elapsed
	}
	if c.start.IsZero() {
		c.start = m.Time
	}
	return m.Time.Sub(c.start)
}

// append appends the timestamp of the line of an event, without blanks around
// it. The width does not change in the first 10,000 seconds.
func (c *clock) append(b []byte, m Meta) []byte {
	since := c.since(m)
	last := c.last
	c.last = since
	switch c.kind {
	case Relative:
		return appendFixed(b, since, 3, 8)
	case Delta:
		return appendFixed(b, since-last, 6, 10)
	case Wall:
		return m.Time.AppendFormat(b, "15:04:05.000")
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
