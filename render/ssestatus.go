package render

import (
	"errors"
	"io"
	"strconv"

	"wscope/sse"
)

// appendStream shows the talk about a stream: with -v its requests and
// responses, else the ledger of its connections.
func (s *status) appendStream(b []byte, e Event) []byte {
	loud := s.o.Verbose > 0 && !s.o.Quiet
	switch e := e.(type) {
	case *Exchange:
		shown := s.arrived(e.Conn)
		if e.Route != nil {
			b = s.appendRoute(b, e.Route, &e.Meta, shown)
		}
		if loud && !shown.request {
			b = s.appendHead(b, parseHead(e.Request, s.o.ShowSecrets), '>', e.Conn)
		}
		if loud {
			for _, raw := range e.Interim {
				b = s.appendHead(b, parseHead(raw, s.o.ShowSecrets), '<', e.Conn)
			}
		}
		if loud || e.Err != nil && !s.o.Included {
			b = s.appendHead(b, e.response(s.o.ShowSecrets), '<', e.Conn)
		}
		if loud && e.Route != nil {
			b = s.appendTiming(b, e.Route.phases(), e.Conn)
		}
	case *StreamOpen:
		if !s.o.Quiet && (s.o.Announce || loud || e.Attempt > 0) {
			b = s.appendStreamOpen(b, e)
		}
	case *StreamLoss:
		if !s.o.Quiet {
			b = s.appendLoss(b, e)
		}
	case *StreamResume:
		if !s.o.Quiet {
			b = s.appendResume(b, e)
		}
	case *StreamFinding:
		b = s.appendFinding(b, e)
	case *StreamEnd:
		if !s.o.Quiet || !e.Normal() {
			b = s.appendStreamEnd(b, e)
		}
	case *StreamServed:
		b = s.appendServed(b, e)
	case *StreamServedEnd:
		b = s.appendServedEnd(b, e)
	default:
		if s.frames != nil {
			b = s.frames.appendStream(b, e)
		}
	}
	return b
}

// response is the head of the response, with the body of one that is no stream.
func (e *Exchange) response(secrets bool) head {
	h := parseHead(e.Response, secrets)
	var failed *sse.ResponseError
	if errors.As(e.Err, &failed) {
		h.body, h.more = failed.Body, failed.More
	}
	return h
}

func (s *status) appendStreamOpen(b []byte, e *StreamOpen) []byte {
	b = s.appendText(s.appendStar(b, e.Conn), e.URL)
	b = append(b, " open"...)
	if e.Attempt > 0 {
		b = append(b, " again"...)
	}
	b = appendDuration(append(b, " in "...), e.Took)
	b = append(b, " ("...)
	if e.Attempt > 0 {
		b = append(strconv.AppendInt(append(b, "attempt "...), int64(e.Attempt), 10), ", "...)
	}
	b = append(s.appendText(b, e.Response.Proto), ' ')
	b = s.appendText(b, e.Response.Status)
	b = s.appendLastID(append(b, ", "...), e.LastEventID)
	return append(b, ")\n"...)
}

func (s *status) appendLastID(b []byte, id string) []byte {
	if id == "" {
		return append(b, "no Last-Event-ID"...)
	}
	return appendQuoted(append(b, "Last-Event-ID "...), []byte(id))
}

func (s *status) appendLoss(b []byte, e *StreamLoss) []byte {
	b = s.appendStar(b, e.Conn)
	switch {
	case e.Dropped:
		b = append(b, "dropped by us"...)
	case e.Err == nil:
		b = append(b, "ended by the server"...)
	case e.Open:
		b = s.palette.bad.append(b, "lost")
	default:
		b = s.palette.bad.append(b, "not opened")
	}
	if e.Open {
		b = appendDuration(append(b, " after "...), e.After)
		b = appendCount(append(b, " and "...), e.Events, "event")
	}
	if e.Err != nil {
		b = s.appendText(append(b, ": "...), e.Err.Error())
	}
	if e.Unfinished > 0 {
		b = appendCount(append(b, ", "...), uint64(e.Unfinished), "byte")
		b = append(b, " of an unfinished event dropped"...)
	}
	b = strconv.AppendInt(append(b, "; attempt "...), int64(e.Attempt), 10)
	b = appendDuration(append(b, " in "...), e.Wait)
	b = s.appendLastID(append(b, " with "...), e.LastEventID)
	return append(b, '\n')
}

func (s *status) appendResume(b []byte, e *StreamResume) []byte {
	b = s.appendStar(b, e.Conn)
	b = append(b, "goes on"...)
	if e.ID != "" {
		b = appendQuoted(append(b, " with id "...), []byte(e.ID))
	}
	b = append(b, ": "...)
	if e.Repeated == 0 && e.Skipped == 0 {
		return append(b, "nothing twice, nothing skipped\n"...)
	}
	tint := s.palette.hint
	b = append(b, tint.on...)
	b = appendCount(b, e.Repeated, "event")
	b = append(b, " seen before, "...)
	b = appendCount(b, e.Skipped, "id")
	return append(append(append(b, " skipped"...), tint.off...), '\n')
}

func (s *status) appendFinding(b []byte, e *StreamFinding) []byte {
	tint := s.palette.bad
	if e.Minor {
		tint = s.palette.hint
	}
	b = s.appendSpeaker(b)
	b = append(tint.append(b, "lint:"), ' ')
	b = append(b, Escape(e.Rule)...)
	if e.Offset >= 0 {
		b = strconv.AppendInt(append(b, " at offset "...), e.Offset, 10)
	}
	b = s.appendText(append(b, ": "...), e.Seen)
	b = append(b, '\n')
	b = s.appendSpeaker(b)
	b = append(s.palette.hint.append(b, "hint:"), ' ')
	return append(s.appendText(b, e.Advice), '\n')
}

// Normal reports whether the stream was ended in order: by us, who had what we
// wanted, or by the end of the response.
func (e *StreamEnd) Normal() bool { return e.Err == nil || e.Err == io.EOF }

func (s *status) appendStreamEnd(b []byte, e *StreamEnd) []byte {
	b = s.appendStar(b, e.Conn)
	switch {
	case !e.Normal():
		b = s.palette.bad.append(b, "ended")
	default:
		b = append(b, "ended"...)
	}
	switch e.By {
	case Us:
		b = append(b, " by us"...)
	case Peer:
		b = append(b, " by the server"...)
	}
	b = appendDuration(append(b, " after "...), e.Took)
	if !e.Normal() {
		b = s.appendText(append(b, ": "...), e.Err.Error())
	}
	b = append(b, ' ')
	b = append(b, s.palette.faint.on...)
	b = appendStreamStats(b, &e.Stats)
	return append(append(b, s.palette.faint.off...), '\n')
}

func appendStreamStats(b []byte, s *StreamStats) []byte {
	b = appendCount(append(b, '('), s.Events, "event")
	b = appendCount(append(b, ", "...), s.Comments, "comment")
	b = appendSize(append(b, ", "...), s.Bytes)
	b = appendCount(append(b, ", "...), s.Connections, "connection")
	if s.Repeated > 0 {
		b = appendCount(append(b, ", "...), s.Repeated, "event")
		b = append(b, " seen twice"...)
	}
	if s.Skipped > 0 {
		b = appendCount(append(b, ", "...), s.Skipped, "id")
		b = append(b, " skipped"...)
	}
	return append(b, ')')
}
