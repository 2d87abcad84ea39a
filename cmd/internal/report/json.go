package report

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode/utf16"
)

// jsonLines writes an object for each case, and one for the run, as the schema of
// events has them.
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
	V       int     `json:"v"`
	Event   string  `json:"event"` // "run"
	Time    string  `json:"time"`  // of the start
	Took    float64 `json:"took"`
	Total   int     `json:"total"`
	Passed  int     `json:"passed"`
	Failed  int     `json:"failed"`
	Skipped int     `json:"skipped"`
}

// seconds returns a time as all events have it: in seconds, with microseconds.
func seconds(d time.Duration) float64 { return d.Round(time.Microsecond).Seconds() }

func (j *jsonLines) Begin(int) error { return nil }

func (j *jsonLines) Case(c *Case) error {
	x := jsonCase{
		V: 1, Event: "case", Name: c.Name, File: c.File, Line: c.Line,
		Status: c.Status.String(), Took: seconds(c.Took), Transcript: c.Transcript,
	}
	if f := c.Failure; f != nil {
		x.Failure = &jsonFailure{f.File, f.Line, f.Column, f.Message, f.Detail}
	}
	return j.write(x)
}

func (j *jsonLines) End(s Summary) error {
	return j.write(jsonRun{
		V: 1, Event: "run", Time: s.Start.UTC().Format("2006-01-02T15:04:05.000000Z"), Took: seconds(s.Took),
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
