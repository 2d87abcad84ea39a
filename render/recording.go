package render

import (
	"io"
	"strconv"
	"strings"
)

// transcriptFormat is what a transcript calls itself in its first line.
const transcriptFormat = "wscope-transcript"

// A Recording begins a transcript and says where it comes from.
type Recording struct {
	// Meta has the time from which the events count theirs.
	Meta
	Program string   // that recorded it, with its version
	Command []string // the command line, without credentials
	// Secrets tells that credentials in heads and URLs are there as they were
	// exchanged, rather than redacted.
	Secrets bool
}

func (e *Recording) event() *Meta { return &e.Meta }

// NewRecorder returns a renderer that writes a transcript: the form of [JSON]
// with nothing left out, which a [TranscriptReader] turns back into events. On
// top of what JSON has, there are the heads as they were on the wire, every line
// of an event stream, and times in nanoseconds. Frames are never hidden and
// payloads never cut.
//
// The line of first is written at once. Then each event is one call of Write,
// with a whole line, which has returned when Render does: whatever ends the
// process, no more is lost than what comes after the last event. After an error
// nothing more should be rendered.
func NewRecorder(w io.Writer, first *Recording) (Renderer, error) {
	r := &jsonWriter{out: w, clock: clock{start: first.Time}, secrets: first.Secrets, full: true}
	return r, r.Render(first)
}

// appendRecording says where a transcript comes from.
func (s *status) appendRecording(b []byte, e *Recording) []byte {
	b = append(s.appendStar(b, e.Conn), "recorded on "...)
	b = e.Time.AppendFormat(b, "2006-01-02 15:04:05")
	b = s.appendText(append(b, " by "...), e.Program)
	b = append(b, ':')
	for _, arg := range e.Command {
		b = append(b, ' ')
		if arg == "" || strings.ContainsAny(arg, " \t\n\"'\\") {
			arg = strconv.Quote(arg)
		}
		b = s.appendText(b, arg)
	}
	return append(b, '\n')
}

func (w *jsonWriter) recording(e *Recording) {
	w.text("format", transcriptFormat)
	w.text("program", e.Program)
	w.strings("command", e.Command)
	w.bool("secrets", e.Secrets)
}
