package render

// eventNames are the names of the events in JSON.
var eventNames = [...]string{
	"recording", "handshake", "detour", "frame", "message", "note", "close", "error",
	"exchange", "open", "sse", "comment", "line", "reconnection_time", "retry", "resume", "finding", "end",
	"stream", "stream_end", "lost",
	"trial", "conclusion",
}

// EventNames returns the names that [NameOf] can return.
func EventNames() []string { return append([]string(nil), eventNames[:]...) }

// NameOf returns the name of the kind of event that e is, which JSON and
// transcripts call it by.
func NameOf(e Event) string {
	switch e := e.(type) {
	case *Frame:
		return "frame"
	case *Message:
		return "message"
	case *Recording:
		return "recording"
	case *Handshake:
		return "handshake"
	case *Detour:
		return "detour"
	case *Note:
		return "note"
	case *End:
		return "close"
	case *Failure:
		return "error"
	case *Exchange:
		return "exchange"
	case *StreamOpen:
		return "open"
	case *StreamEvent:
		return "sse"
	case *StreamLine:
		if e.isComment() {
			return "comment"
		}
		return "line"
	case *StreamRetry:
		return "reconnection_time"
	case *StreamLoss, *Retry:
		return "retry"
	case *StreamResume:
		return "resume"
	case *StreamFinding:
		return "finding"
	case *StreamEnd:
		return "end"
	case *StreamServed:
		return "stream"
	case *StreamServedEnd:
		return "stream_end"
	case *StreamLost:
		return "lost"
	case *Trial:
		return "trial"
	case *Conclusion:
		return "conclusion"
	}
	return ""
}

// MetaOf returns what e has in common with all events. The time of a frame may
// have been filled in in either place.
func MetaOf(e Event) Meta {
	m := *e.event()
	if f, ok := e.(*Frame); ok && m.Time.IsZero() {
		m.Time = f.FrameInfo.Time
	}
	return m
}

// DirectionOf returns which way e has crossed the wire. It reports false for an
// event that is none of the wire's.
func DirectionOf(e Event) (Direction, bool) {
	switch e := e.(type) {
	case *Frame:
		return e.Dir, true
	case *Message:
		return e.Dir, true
	case *StreamEvent, *StreamLine, *StreamRetry:
		return Received, true
	}
	return 0, false
}

// PayloadOf returns the payload of e as it is shown, which is inflated if it was
// compressed: of a frame or a message, the data of an event of a stream, or a
// line of one. It is part of e. For other events it reports false.
func PayloadOf(e Event) ([]byte, bool) {
	switch e := e.(type) {
	case *Frame:
		p, _ := e.body()
		return p, true
	case *Message:
		return e.Payload, true
	case *StreamEvent:
		return e.Data, true
	case *StreamLine:
		return e.Raw, true
	}
	return nil, false
}
