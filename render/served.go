package render

import (
	"strconv"
	"time"
)

// A StreamServed is a request for an event stream, and how we have answered it as
// the server.
type StreamServed struct {
	Meta
	URL  string // the request target
	Peer string // the remote address
	// Request and Response are the heads as they were on the wire.
	Request, Response []byte
	// Open tells that the response is a stream, which goes on. An answer without
	// one is that to HEAD, or one that says that there is nothing.
	Open        bool
	LastEventID string // that the client has sent, "" for none
	Took        time.Duration
	// Err is why the client was refused, or nil.
	Err error
}

// A StreamServedEnd is the end of an event stream that we have served.
type StreamServedEnd struct {
	Meta
	By Side
	// Err is what was wrong, or nil if the stream was ended in order, by us or
	// by a client that has left.
	Err   error
	Took  time.Duration
	Stats ServedStats
}

// ServedStats counts what went out on an event stream.
type ServedStats struct {
	Events, Comments uint64
	Bytes            uint64 // of the stream
	Lost             uint64 // events that the client has missed
}

// A StreamLost tells the client of an event stream how many events it has missed.
type StreamLost struct {
	Meta
	Events uint64
}

func (e *StreamServed) event() *Meta    { return &e.Meta }
func (e *StreamServedEnd) event() *Meta { return &e.Meta }
func (e *StreamLost) event() *Meta      { return &e.Meta }

// appendServed shows the two heads with -v, then how the request was answered.
func (s *status) appendServed(b []byte, e *StreamServed) []byte {
	if s.o.Quiet {
		return b
	}
	response := parseHead(e.Response, s.o.ShowSecrets)
	if s.o.Verbose > 0 {
		b = s.appendHead(b, parseHead(e.Request, s.o.ShowSecrets), '<', e.Conn)
		b = s.appendHead(b, response, '>', e.Conn)
	}
	if s.o.Verbose == 0 && !s.o.Announce {
		return b
	}
	b = s.appendText(s.appendStar(b, e.Conn), e.Peer)
	switch {
	case e.Err != nil:
		b = s.palette.bad.append(b, " refused")
		b = append(b, ": "...)
		return append(s.appendText(b, e.Err.Error()), '\n')
	case e.Open:
		b = append(b, " open"...)
	default:
		b = append(b, " answered"...)
	}
	b = s.appendText(append(b, " at "...), e.URL)
	b = appendDuration(append(b, " in "...), e.Took)
	if e.Open {
		b = append(b, " (event stream"...)
	} else {
		b = s.appendText(append(b, " ("...), response.line)
	}
	b = s.appendLastID(append(b, ", "...), e.LastEventID)
	return append(b, ")\n"...)
}

// Normal reports whether nothing was wrong.
func (e *StreamServedEnd) Normal() bool { return e.Err == nil }

func (s *status) appendServedEnd(b []byte, e *StreamServedEnd) []byte {
	if s.o.Quiet && e.Normal() {
		return b
	}
	b = s.appendStar(b, e.Conn)
	if e.Normal() {
		b = append(b, "ended"...)
	} else {
		b = s.palette.bad.append(b, "ended")
	}
	switch e.By {
	case Us:
		b = append(b, " by us"...)
	case Peer:
		b = append(b, " by the peer"...)
	}
	b = appendDuration(append(b, " after "...), e.Took)
	if !e.Normal() {
		b = s.appendText(append(b, ": "...), e.Err.Error())
	}
	b = append(append(b, ' '), s.palette.faint.on...)
	b = appendCount(append(b, "(event stream: "...), e.Stats.Events, "event")
	b = appendCount(append(b, ", "...), e.Stats.Comments, "comment")
	b = appendSize(append(b, ", "...), e.Stats.Bytes)
	if e.Stats.Lost > 0 {
		b = append(strconv.AppendUint(append(b, ", "...), e.Stats.Lost, 10), " lost"...)
	}
	return append(append(append(b, ')'), s.palette.faint.off...), '\n')
}

func (w *jsonWriter) served(e *StreamServed) {
	w.text("url", w.public(e.URL))
	w.text("peer", e.Peer)
	w.head("request", parseHead(e.Request, w.secrets))
	w.head("response", parseHead(e.Response, w.secrets))
	w.bool("open", e.Open)
	w.lastID(e.LastEventID)
	w.seconds("took", e.Took)
	if e.Err != nil {
		w.error(e.Err, "other")
	}
}

func (w *jsonWriter) servedEnd(e *StreamServedEnd) {
	failed := e.Err
	if e.Normal() {
		failed = nil
	}
	w.streamEnded(e.By, e.Took, failed, e.Stats.Events, e.Stats.Comments, e.Stats.Bytes, func() {
		w.uint("lost", e.Stats.Lost)
	})
}
