package report

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode/utf16"
)

// jsonLines writes an object for each case, and one for the run.
type jsonLines struct{ w io.Writer }

type jsonCase struct {
	V          int          `json:"v"`
	Event      string       `json:"event"` // "case"
	Name       string       `json:"name"`
	File       string       `json:"file"`
	Line       int          `json:"line"`
	Status     string       `json:"status"`
	Took       float64      `json:"took"` // seconds
	Failure    *jsonFailure `json:"failure,omitempty"`
	Transcript string       `json:"transcript,omitempty"`
}

type jsonFailure struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
	Detail  string `json:"detail,omitempty"`
}

type jsonRun struct {
	V       int       `json:"v"`
	Event   string    `json:"event"` // "run"
	Time    time.Time `json:"time"`  // of the start
	Took    float64   `json:"took"`
	Total   int       `json:"total"`
	Passed  int       `json:"passed"`
	Failed  int       `json:"failed"`
	Skipped int       `json:"skipped"`
}

func (j *jsonLines) Begin(int) error { return nil }

func (j *jsonLines) Case(c *Case) error {
	x := jsonCase{
		V: 1, Event: "case", Name: c.Name, File: c.File, Line: c.Line,
		Status: c.Status.String(), Took: c.Took.Seconds(), Transcript: c.Transcript,
	}
	if f := c.Failure; f != nil {
		x.Failure = &jsonFailure{f.File, f.Line, f.Column, f.Message, f.Detail}
	}
	return j.write(x)
}

func (j *jsonLines) End(s Summary) error {
	return j.write(jsonRun{
		V: 1, Event: "run", Time: s.Start.UTC().Truncate(time.Microsecond), Took: s.Took.Seconds(),
		Total: s.Total(), Passed: s.Passed, Failed: s.Failed, Skipped: s.Skipped,
	})
}

func (j *jsonLines) write(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = j.w.Write(append(fitRunes(b, appendUnits), '\n'))
	return err
}

// appendUnits appends r as a string of JSON may have it anywhere.
func appendUnits(b []byte, r rune) []byte {
	for _, unit := range utf16.Encode([]rune{r}) {
		b = fmt.Appendf(b, `\u%04x`, unit)
	}
	return b
}
