package render

import (
	"bytes"
	"errors"
	"io"
	"time"

	"wscope/sse"
)

// stream begins and writes the object of an event of a stream, and reports
// whether e is one that has an object.
func (w *jsonWriter) stream(e Event) bool {
	if l, ok := e.(*StreamLine); ok && !l.isComment() && !w.full {
		return false
	}
	w.begin(e)
	switch e := e.(type) {
	case *StreamEvent:
		w.streamEvent(e)
	case *StreamLine:
		if e.isComment() {
			w.string("text", bytes.ToValidUTF8(e.commentText(), []byte("\uFFFD")))
			w.int("offset", e.Offset)
			w.seconds("gap", e.Gap)
		} else {
			w.lineFacts(e.Line)
		}
		if w.full {
			w.rawLine(e.Line)
		}
	case *StreamRetry:
		w.seconds("wait", e.Wait)
		if w.full {
			w.seconds("gap", e.Gap)
		}
	case *Exchange:
		w.text("url", w.public(e.URL))
		w.route(e.Route)
		w.head("request", parseHead(e.Request, w.secrets))
		w.interim(e.Interim)
		w.head("response", e.response(w.secrets))
		if e.Err != nil {
			w.error(e.Err, "other")
		}
	case *StreamOpen:
		w.text("url", w.public(e.URL))
		w.text("protocol", e.Response.Proto)
		w.int("status", int64(e.Response.StatusCode))
		if w.full {
			w.text("status_text", e.Response.Status)
		}
		w.int("attempt", int64(e.Attempt))
		w.lastID(e.LastEventID)
		w.seconds("took", e.Took)
	case *StreamLoss:
		w.loss(e.Loss)
	case *StreamResume:
		if e.ID != "" {
			w.text("id", e.ID)
		}
		w.int("attempt", int64(e.Attempt))
		w.uint("repeated", e.Repeated)
		w.uint("skipped", e.Skipped)
	case *StreamFinding:
		w.text("rule", e.Rule)
		w.bool("minor", e.Minor)
		w.text("seen", w.public(e.Seen))
		w.text("advice", e.Advice)
		if e.Offset >= 0 {
			w.int("offset", e.Offset)
		}
	case *StreamEnd:
		w.streamEnd(e)
	case *StreamServed:
		w.served(e)
	case *StreamServedEnd:
		w.servedEnd(e)
	case *StreamLost:
		w.uint("events", e.Events)
	default:
		return false
	}
	return true
}

// interim writes the heads of interim responses, if there are any.
func (w *jsonWriter) interim(heads [][]byte) {
	if len(heads) == 0 {
		return
	}
	w.name("interim")
	w.b = append(w.b, '[')
	for i, raw := range heads {
		w.comma(i)
		w.headValue(parseHead(raw, w.secrets))
	}
	w.b = append(w.b, ']')
}

// streamEvent writes an event. A Decoder has made its texts valid UTF-8.
func (w *jsonWriter) streamEvent(e *StreamEvent) {
	w.string("type", e.Type)
	if len(e.ID) > 0 {
		w.string("id", e.ID)
	}
	w.bool("new_id", e.NewID)
	w.string("data", e.Data)
	w.int("offset", e.Offset)
	w.int("length", e.Len)
	w.seconds("gap", e.Gap)
	if e.Again {
		w.bool("again", true)
	}
	if e.Skipped > 0 {
		w.uint("skipped", e.Skipped)
	}
}

// lineFacts writes what a line is that is no comment.
func (w *jsonWriter) lineFacts(l *sse.Line) {
	kind := "field"
	if l.Kind == sse.BlankLine {
		kind = "blank"
	}
	w.text("kind", kind)
	w.int("offset", l.Offset)
	if l.Dispatches {
		w.bool("dispatches", true)
	}
	if l.Kind == sse.BlankLine && l.EventOffset >= 0 {
		w.int("event_offset", l.EventOffset)
	}
}

// rawLine writes a line as it came.
func (w *jsonWriter) rawLine(l *sse.Line) {
	w.name("line")
	w.b = append(w.b, '{')
	w.payload(l.Raw, true)
	w.text("end", l.End.String())
	if l.Skipped > 0 {
		w.int("skipped", int64(l.Skipped))
	}
	w.b = append(w.b, '}')
}

func (w *jsonWriter) loss(l *sse.Loss) {
	switch {
	case l.Dropped:
		w.text("reason", "dropped")
	case l.Err == nil:
		w.text("reason", "ended")
	case l.Open:
		w.text("reason", "lost")
	default:
		w.text("reason", "not_opened")
	}
	if l.Open {
		w.seconds("after", l.After)
		w.uint("events", l.Events)
		w.int("unfinished", l.Unfinished)
	}
	w.int("attempt", int64(l.Attempt))
	w.seconds("wait", l.Wait)
	w.lastID(l.LastEventID)
	if l.Err != nil {
		w.error(l.Err, "other")
	}
}

func (w *jsonWriter) streamEnd(e *StreamEnd) {
	failed := e.Err
	if e.Normal() {
		failed = nil
	}
	w.streamEnded(e.By, e.Took, failed, e.Stats.Events, e.Stats.Comments, e.Stats.Bytes, func() {
		w.uint("connections", e.Stats.Connections)
		w.uint("repeated", e.Stats.Repeated)
		w.uint("skipped", e.Stats.Skipped)
		if e.Stats.FirstEvent != 0 {
			w.seconds("first_event", e.Stats.FirstEvent)
		}
	})
}

// streamEnded writes how a stream ended, for either side of it: failed is nil for
// a normal end, and further writes what else has been counted.
func (w *jsonWriter) streamEnded(by Side, took time.Duration, failed error, events, comments, bytes uint64, further func()) {
	w.text("by", by.String())
	w.bool("normal", failed == nil)
	w.seconds("took", took)
	w.name("stats")
	w.b = append(w.b, '{')
	w.uint("events", events)
	w.uint("comments", comments)
	w.uint("bytes", bytes)
	further()
	w.b = append(w.b, '}')
	if failed != nil {
		w.error(failed, "other")
	}
}

func (w *jsonWriter) lastID(id string) {
	if id != "" {
		w.text("last_event_id", id)
	}
}

// string writes a text that lies in a slice.
func (w *jsonWriter) string(name string, p []byte) {
	w.name(name)
	w.b = appendJSONString(w.b, p)
}

// classifyStream is classify for errors of event streams. It returns "" for
// others.
func classifyStream(err error) string {
	var (
		late     *sse.TimeoutError
		response *sse.ResponseError
		redirect *sse.RedirectError
		size     *sse.SizeError
		id       *sse.LastEventIDError
		lost     *sse.LostError
	)
	switch {
	case errors.As(err, &late):
		return "timeout"
	case errors.As(err, &response):
		return map[sse.Rule]string{
			sse.RuleStatus: "response_status", sse.RuleContentType: "response_content_type", sse.RuleContentEncoding: "response_content_encoding",
		}[response.Rule]
	case errors.As(err, &redirect):
		return "redirect"
	case errors.As(err, &size):
		return "size"
	case errors.As(err, &id):
		return "last_event_id"
	case errors.As(err, &lost), errors.Is(err, io.ErrUnexpectedEOF):
		return "lost"
	}
	return ""
}
