package sse

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Line looks at a line.
//
// HTML, Section 9.2.5 to 9.2.7.
func (l *Linter) Line(line *Line) {
	if l.first && line.Offset > 0 && line.Offset >= int64(len(bom)) {
		l.findMinor(LintMark, 0, "the stream begins with a byte order mark",
			"leave it out: a second one, or one that a proxy puts before it, spoils the first field")
	}
	// A CR that was the last byte to arrive may have turned out to be CRLF.
	if !l.first && l.prior.End == CR && line.Offset == l.prior.Offset+l.priorLen+1 {
		l.find(LintLoneCR, l.prior.Offset+l.priorLen, "a line ends with a CR alone",
			"end lines with LF: many clients know no other line end, and a CR inside of a text cuts it in two")
	}
	l.first = false
	l.prior, l.priorLen = Line{Kind: line.Kind, Offset: line.Offset, End: line.End}, int64(len(line.Raw))
	switch line.Kind {
	case BlankLine:
		l.blankLine(line)
	case FieldLine:
		l.field(line)
	}
	if line.Malformed {
		at, c := firstMalformed(line.Raw)
		l.find(LintEncoding, line.Offset+int64(at), fmt.Sprintf("the byte 0x%02X is not UTF-8 there", c),
			"send UTF-8: clients show U+FFFD instead, whatever charset is named")
	} else if !l.charset && l.counts[LintContentType] == 0 && !plainASCII(line.Raw) {
		l.findMinor(LintContentType, line.Offset, "there is text beyond ASCII, and Content-Type has no charset",
			"send charset=utf-8: event sources need none, all who look at the stream with something else do")
	}
}

func plainASCII(p []byte) bool {
	for _, c := range p {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func firstMalformed(p []byte) (at int, c byte) {
	for at < len(p) {
		r, n := utf8.DecodeRune(p[at:])
		if r == utf8.RuneError && n == 1 {
			return at, p[at]
		}
		at += n
	}
	return 0, 0
}

func (l *Linter) blankLine(line *Line) {
	if l.typed && !line.Dispatches {
		l.find(LintNoData, line.EventOffset, "an event has a type and no data",
			"clients drop an event without a data field: send at least data: and nothing after it")
	}
	if line.Dispatches {
		l.timing.events++
		l.timing.made.dispatched()
	}
	l.timing.made.event = time.Time{}
	l.typed, l.dataLines = false, 0
}

func (l *Linter) field(line *Line) {
	if !line.Known {
		l.unknownField(line)
		return
	}
	name := string(line.Name)
	switch name {
	case "event":
		l.typed = true
	case "data":
		l.dataLines++
		l.timing.made.note(line.Value)
	case "id":
		l.timing.made.note(line.Value)
		if bytes.IndexByte(line.Value, 0) >= 0 {
			l.find(LintNULInID, line.Offset, "an id has a NUL", "clients ignore such an id: send one without NUL")
		}
	case "retry":
		wait, ok := ParseRetry(line.Value)
		if !ok {
			l.find(LintRetry, line.Offset, "the value "+quoteBytes(line.Value)+" of retry is not all digits",
				"send milliseconds in ASCII digits, as in retry: 3000; clients ignore anything else")
			return
		}
		if wait > longRetry {
			l.find(LintLongRetry, line.Offset, "the value "+quoteBytes(line.Value)+" of retry is more than an hour",
				"send milliseconds, as in retry: 3000; a client that has lost the connection is away for all of that time")
		}
	}
	// Data of several lines is mostly something that was indented.
	if v := line.Value; len(v) > 0 && (name != "data" || l.dataLines == 1) {
		switch last := v[len(v)-1]; {
		case v[0] == ' ' || v[0] == '\t':
			l.findMinor(LintBlanks, line.Offset, "the value "+quoteBytes(v)+" of "+name+" begins with white space",
				"one blank after the colon is taken away, and no more: if the rest is not meant, leave it out")
		case name != "data" && (last == ' ' || last == '\t'):
			l.findMinor(LintBlanks, line.Offset, "the value "+quoteBytes(v)+" of "+name+" ends with white space",
				"blanks at the end belong to the value: if they are not meant, leave them out")
		}
	}
}

func (l *Linter) unknownField(line *Line) {
	l.count(LintUnknownField)
	name := string(line.Name)
	if l.names[name] || len(l.names) == maxNames {
		return
	}
	if l.names == nil {
		l.names = map[string]bool{}
	}
	l.names[name] = true
	f := &Finding{Rule: LintUnknownField, Offset: line.Offset, Seen: "the field " + quote(name) + " means nothing"}
	switch near := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(name), bom)); {
	case strings.HasPrefix(name, bom):
		f.Advice = "that is a byte order mark in the middle of the stream, or a second one: leave it out"
	case isField(near) && near != strings.TrimSpace(name):
		f.Advice = "names are told apart by case: write " + near
	case isField(near):
		f.Advice = "there is white space around the name: write " + near + ": without any"
	case len(bytes.TrimSpace(line.Value)) == 0 && bytes.IndexByte(line.Raw, ':') < 0:
		f.Advice = "a line of text has to be a data field: write data: before each line of it"
	default:
		f.Advice = "clients ignore it: there are data, event, id and retry, and lines that begin with a colon"
	}
	l.tell(f)
}

func isField(name string) bool {
	return name == "data" || name == "event" || name == "id" || name == "retry"
}

func quoteBytes(p []byte) string { return quote(string(p)) }

// quote quotes a text of the peer's, and no more of it than helps. To escape it is
// up to whoever shows it.
func quote(s string) string {
	const most = 60
	if len(s) > most {
		return `"` + s[:most] + `..."`
	}
	return `"` + s + `"`
}
