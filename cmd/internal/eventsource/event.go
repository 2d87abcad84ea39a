package eventsource

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// MediaType is the media type of event streams.
const MediaType = "text/event-stream"

// An Event is one event of a stream.
type Event struct {
	// Number counts the events from 1. Its id is left out if it is 0.
	Number uint64
	IDs    IDs // of the stream
	// Type is the event type, "" for the default. See [CheckType].
	Type string
	// Data is UTF-8. Each of its lines, which may end in CR, LF or both, becomes
	// a field: a client gets line feeds between them.
	Data []byte
}

// AppendTo appends the event as it stands in a stream.
//
// HTML, Section 9.2.5.
func (e *Event) AppendTo(b []byte) []byte {
	if e.Number != 0 {
		b = append(e.IDs.append(append(b, "id: "...), e.Number), '\n')
	}
	if e.Type != "" {
		b = append(append(append(b, "event: "...), e.Type...), '\n')
	}
	for rest, more := e.Data, true; more; {
		var line []byte
		line, rest, more = cutLine(rest)
		b = append(append(append(b, "data: "...), line...), '\n')
	}
	return append(b, '\n')
}

// cutLine returns the first line of p, and what follows it. There is more if the
// line has an end.
func cutLine(p []byte) (line, rest []byte, more bool) {
	i := bytes.IndexByte(p, '\n')
	if cr := bytes.IndexByte(p[:max(i, 0)], '\r'); i >= 0 && cr >= 0 {
		i = cr
	} else if i < 0 {
		i = bytes.IndexByte(p, '\r')
	}
	switch {
	case i < 0:
		return p, nil, false
	case p[i] == '\r' && i+1 < len(p) && p[i+1] == '\n':
		return p[:i], p[i+2:], true
	}
	return p[:i], p[i+1:], true
}

// appendComment appends a comment. The text has to be one line.
func appendComment(b []byte, text string) []byte {
	return append(append(append(b, ": "...), text...), '\n')
}

// appendRetry appends a reconnection time, in whole milliseconds.
func appendRetry(b []byte, d time.Duration) []byte {
	return append(strconv.AppendInt(append(b, "retry: "...), d.Milliseconds(), 10), "\n\n"...)
}

// CheckType refuses an event type that cannot be sent.
func CheckType(s string) error {
	switch {
	case strings.ContainsAny(s, "\r\n"):
		return errors.New("an event type with a line break cannot be sent")
	case !utf8.ValidString(s):
		return errors.New("the event type is not UTF-8")
	}
	return nil
}

// quoteID makes a Last-Event-ID fit for a comment.
func quoteID(s string) string {
	const most = 64
	if len(s) > most {
		return strconv.QuoteToASCII(strings.ToValidUTF8(s[:most], "")) + "..."
	}
	return strconv.QuoteToASCII(s)
}
