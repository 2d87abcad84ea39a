package render

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/clipperhouse/displaywidth"

	"wscope/wsproto"
)

// A Trial is one of several ways in which a server was asked for a connection,
// and what came of it.
type Trial struct {
	Meta
	Variant string // a name for programs, as in "no-origin"
	Label   string // the same for people
	Skip    string // why it was not tried, or ""
	URL     string
	Peer    string
	Took    time.Duration
	Status  int // of the response, 0 if there was none
	// Subprotocol and Extensions are what was agreed on.
	Subprotocol string
	Extensions  []string
	// Err is why it did not open, Brief the same in a few words, and Diagnosis
	// the explanation. All are empty if it did.
	Err       error
	Brief     string
	Diagnosis *Diagnosis
}

// A Conclusion is what several trials show.
type Conclusion struct {
	Meta
	Accepted bool     // what was asked for is
	Meaning  []string // sentences
	Next     []string // steps to take; those that begin with "wscope " are command lines
}

func (e *Trial) event() *Meta      { return &e.Meta }
func (e *Conclusion) event() *Meta { return &e.Meta }

// verdict returns what came of a trial in one word.
func (e *Trial) verdict() string {
	var failed *wsproto.HandshakeError
	switch {
	case e.Skip != "":
		return "skipped"
	case e.Err == nil:
		return "open"
	case errors.As(e.Err, &failed) && failed.Kind == wsproto.HandshakeRefused:
		return "refused"
	}
	return "failed"
}

// trials shows trials as the rows of a table, and a conclusion below.
type trials struct {
	out     *bufio.Writer
	o       TrialOptions
	palette *palette
}

// TrialOptions are those of [NewTrials].
type TrialOptions struct {
	Color  bool
	Labels int // columns that the labels take
}

// NewTrials returns a renderer of trials and their conclusion as text. It passes
// over other events.
func NewTrials(w io.Writer, o TrialOptions) Renderer {
	return &trials{out: bufio.NewWriter(w), o: o, palette: newPalette(o.Color)}
}

func (t *trials) Flush() error { return t.out.Flush() }

func (t *trials) Render(e Event) error {
	var b []byte
	switch e := e.(type) {
	case *Trial:
		b = t.appendTrial(b, e)
	case *Conclusion:
		b = append(b, '\n')
		for _, text := range e.Meaning {
			b = appendLine(b, text)
		}
		for _, text := range e.Next {
			b = t.palette.hint.append(b, "try:")
			b = appendLine(append(b, ' '), text)
		}
	}
	_, err := t.out.Write(b)
	return err
}

func (t *trials) appendTrial(b []byte, e *Trial) []byte {
	b = appendCell(b, style{}, Escape(e.Label), t.o.Labels)
	tint := t.palette.bad
	switch verdict := e.verdict(); verdict {
	case "skipped":
		b = appendCell(b, t.palette.faint, verdict, len("refused"))
		return appendLine(b, e.Skip)
	case "open":
		tint = t.palette.recv
		fallthrough
	default:
		b = appendCell(b, tint, verdict, len("refused"))
	}
	b = appendCell(b, style{}, string(appendDuration(nil, e.Took)), len("999.9 ms"))
	text := e.Brief
	if e.Err == nil {
		agreed := e.Extensions
		if e.Subprotocol != "" {
			agreed = append([]string{"subprotocol " + e.Subprotocol}, agreed...)
		}
		text = strings.Join(agreed, ", ")
	}
	return append(bytes.TrimRight(appendLine(b, text), " \n"), '\n')
}

// appendLine appends a text that may have parts from the peer or from a URL, and
// a line end.
func appendLine(b []byte, text string) []byte {
	return append(appendEscaped(b, []byte(RedactURLs(text)), false), '\n')
}

// appendCell appends a cell of a table and the space after it.
func appendCell(b []byte, tint style, text string, width int) []byte {
	b = tint.append(b, text)
	for range width - displaywidth.String(text) {
		b = append(b, ' ')
	}
	return append(b, "  "...)
}

func (w *jsonWriter) trial(e *Trial) {
	w.text("variant", e.Variant)
	w.text("label", e.Label)
	w.text("verdict", e.verdict())
	if e.Skip != "" {
		w.text("reason", e.Skip)
		return
	}
	w.text("url", w.public(e.URL))
	w.text("peer", e.Peer)
	w.seconds("took", e.Took)
	if e.Err == nil {
		w.text("subprotocol", e.Subprotocol)
		w.strings("extensions", e.Extensions)
		return
	}
	if e.Status != 0 {
		w.int("status", int64(e.Status))
	}
	w.error(e.Err, "other")
	w.diagnosis(e.Diagnosis)
}

func (w *jsonWriter) conclusion(e *Conclusion) {
	w.bool("accepted", e.Accepted)
	w.texts("meaning", e.Meaning)
	w.texts("next", e.Next)
}
