package sse

import (
	"bytes"
	"net/http"
	"time"
	"unicode/utf8"
)

// A Trace looks inside a stream. Every field may be nil. The functions are
// called synchronously on the goroutine that asks for events, so the stream
// waits while they run. What they are shown is lent for the duration of the
// call.
type Trace struct {
	// Line runs for each line, before the event that it completes is returned.
	Line func(*Line)
	// Retry runs for each retry field that sets the reconnection time. A Client
	// waits for [LongestWait] at most, however long it is.
	Retry func(time.Duration)
	// Waiting runs each time everything that has arrived is used up, and more is
	// about to be waited for.
	Waiting func()
	// Read runs after each read with the number of bytes that came, decoded if
	// there is a content coding.
	Read func(n int)

	// The rest is called by a Client only.

	// Request runs before each request, those that follow a redirect included.
	Request func(*http.Request)
	// Response runs for each response, before it is judged and before its body
	// is read.
	Response func(*http.Response)
	// Redirect runs for each redirect that is followed, before its request.
	Redirect func(*Redirect)
	// Opened runs when a stream is open.
	Opened func(*Opening)
	// Lost runs when a stream has ended or could not be opened, and will be
	// tried again, before the wait.
	Lost func(*Loss)
}

// A LineKind is what a line is.
type LineKind uint8

// The kinds of lines.
const (
	FieldLine LineKind = iota
	CommentLine
	BlankLine
)

// A Line is one line of a stream.
type Line struct {
	Kind LineKind
	// Offset is where it begins in the stream, after content codings.
	Offset int64
	// Skipped is how many bytes right before it are part of no line: the three of
	// a byte order mark, or the LF that has come after a CR was reported.
	Skipped int
	// Raw is the line as it came, without its end.
	Raw []byte
	End LineEnd
	// Name and Value are those of a field, Value is the text of a comment. They
	// are not repaired. One blank after the colon of a field is part of neither.
	Name, Value []byte
	// Known tells that the standard gives the field a meaning.
	Known bool
	// Malformed tells that the line is not UTF-8. In events each part that is
	// not is replaced by U+FFFD.
	Malformed bool
	// Dispatches tells that a blank line completes an event, which begins at
	// EventOffset. Without an event, EventOffset is where fields began that make
	// none, or -1.
	Dispatches  bool
	EventOffset int64
}

// report shows a line that is not blank.
func (d *Decoder) report(from, to int, end LineEnd, name fieldName, bad bool) {
	r := &d.lines
	d.line = Line{Offset: r.base + int64(from), Raw: r.buf[from:to], End: end, Malformed: bad, EventOffset: d.begin}
	if name == commentLine {
		d.line.Kind, d.line.Value = CommentLine, d.line.Raw[1:]
	} else {
		d.line.Name, d.line.Value = cutField(d.line.Raw)
		d.line.Known = name != unknownField
	}
	d.tell()
}

// tell gives the line to those who look at it.
func (d *Decoder) tell() {
	d.line.Skipped = int(d.line.Offset - d.told)
	d.told = d.Offset()
	d.trace.Line(&d.line)
}

// ParseLine returns a line as [Trace] shows it, by its bytes without the line end.
// Whether a blank line completes an event cannot be told from the line alone:
// it does not, and its EventOffset is -1.
func ParseLine(raw []byte, offset int64, end LineEnd) Line {
	l := Line{Kind: BlankLine, Offset: offset, Raw: raw, End: end, Malformed: !utf8.Valid(raw), EventOffset: -1}
	if len(raw) == 0 {
		return l
	}
	if name, _ := split(raw); name == commentLine {
		l.Kind, l.Value = CommentLine, raw[1:]
	} else {
		l.Kind = FieldLine
		l.Name, l.Value = cutField(raw)
		l.Known = name != unknownField
	}
	return l
}

// cutField returns the name and the value of a field.
func cutField(line []byte) (name, value []byte) {
	name, value, _ = bytes.Cut(line, []byte{':'})
	return name, bytes.TrimPrefix(value, []byte{' '})
}
