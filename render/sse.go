package render

import (
	"math"
	"time"

	"wscope/sse"
)

// An Exchange is a request for an event stream and the response to it, those of
// redirects included.
type Exchange struct {
	Meta
	URL string
	// Route is how the connection was opened, nil if there was one already.
	Route *Route
	// Request and Response are the heads as they were on the wire, or for HTTP/2
	// as they would have been. Interim are those of responses before the final
	// one, as of 103 Early Hints.
	Request  []byte
	Interim  [][]byte
	Response []byte
	// Err is why the response is no stream, or nil.
	Err error
}

// A StreamOpen is an event stream that has been opened.
type StreamOpen struct {
	Meta
	URL string
	*sse.Opening
}

// A StreamEvent is an event of a stream.
type StreamEvent struct {
	Meta
	*sse.Event
	// Gap is the time since the event or the comment before, or since the
	// connection was opened.
	Gap time.Duration
	// Again tells that an event with this ID has been seen on an earlier
	// connection. Skipped is how many IDs are missing before this one, if IDs
	// are numbers that count up.
	Again   bool
	Skipped uint64
}

// A StreamLine is a line of a stream. Comments are shown in all forms but
// Messages, the other lines in Hex only.
type StreamLine struct {
	Meta
	*sse.Line
	Gap time.Duration
}

// A StreamRetry is a reconnection time that the server has set.
type StreamRetry struct {
	Meta
	Wait time.Duration
	Gap  time.Duration
}

// ReconnectionTime returns in words what a server has set with a retry field, as
// [sse.ParseRetry] has it: the longest Duration stands for a time that is longer.
func ReconnectionTime(d time.Duration) string {
	if d > math.MaxInt64-time.Millisecond {
		return "more than 292 years"
	}
	return Duration(d)
}

// A StreamLoss is a connection that has ended and will be followed by another.
type StreamLoss struct {
	Meta
	*sse.Loss
}

// A StreamResume tells how a stream goes on after a reconnection: from which ID,
// how many events came again before it, and how many IDs are missing.
type StreamResume struct {
	Meta
	Attempt  int
	ID       string
	Repeated uint64
	Skipped  uint64
}

// A StreamEnd is the end of a session with an event stream.
type StreamEnd struct {
	Meta
	// Err is why it ended: io.EOF if the server ended the stream, nil if nothing
	// more was wanted of it.
	Err   error
	By    Side
	Took  time.Duration
	Stats StreamStats
}

// StreamStats counts what came over all connections of a stream.
type StreamStats struct {
	Events, Comments  uint64
	Bytes             uint64 // of the stream, after content codings
	Connections       uint64
	Repeated, Skipped uint64 // IDs
	// FirstEvent is how long after the response the first event of the last
	// connection came, 0 if there was none.
	FirstEvent time.Duration
}

// A StreamFinding is something questionable about a stream.
type StreamFinding struct {
	Meta
	*sse.Finding
}

func (e *Exchange) event() *Meta      { return &e.Meta }
func (e *StreamOpen) event() *Meta    { return &e.Meta }
func (e *StreamEvent) event() *Meta   { return &e.Meta }
func (e *StreamLine) event() *Meta    { return &e.Meta }
func (e *StreamRetry) event() *Meta   { return &e.Meta }
func (e *StreamLoss) event() *Meta    { return &e.Meta }
func (e *StreamResume) event() *Meta  { return &e.Meta }
func (e *StreamEnd) event() *Meta     { return &e.Meta }
func (e *StreamFinding) event() *Meta { return &e.Meta }
