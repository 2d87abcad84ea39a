package report

import (
	"fmt"
	"io"
	"time"
)

// A Status is how a case went.
type Status uint8

// The statuses.
const (
	Passed Status = iota
	Failed
	Skipped // it was not run
)

var statusNames = [...]string{Passed: "passed", Failed: "failed", Skipped: "skipped"}

// String returns "passed", "failed" or "skipped".
func (s Status) String() string { return statusNames[s] }

// A Case is a test that is over.
type Case struct {
	Name   string
	File   string // where it stands
	Line   int
	Status Status
	Took   time.Duration
	// Failure is why it has failed, nil if it has not.
	Failure *Failure
	// Transcript is what happened on its connections, in lines. It may be empty.
	Transcript string
}

// A Failure is why a case has failed. Its texts may have anything in them; each
// Reporter makes them fit for what it writes.
type Failure struct {
	File         string
	Line, Column int
	Message      string // one line
	Detail       string // more lines, or ""
}

// place returns the file and the line.
func (f *Failure) place() string { return fmt.Sprintf("%s:%d", f.File, f.Line) }

// A Summary counts cases.
type Summary struct {
	Passed, Failed, Skipped int
	Start                   time.Time
	Took                    time.Duration
}

// Total returns the number of cases.
func (s Summary) Total() int { return s.Passed + s.Failed + s.Skipped }

// Count adds a case.
func (s *Summary) Count(c *Case) {
	switch c.Status {
	case Passed:
		s.Passed++
	case Failed:
		s.Failed++
	default:
		s.Skipped++
	}
}

// A Reporter tells how cases went. Its methods are called by one goroutine at a
// time: Begin, then Case for each, then End. The error is one of writing; after
// it nothing more is to be reported.
type Reporter interface {
	Begin(total int) error
	Case(*Case) error
	End(Summary) error
}

// Options say how a report looks. The zero value is valid.
type Options struct {
	// Color allows colours in the report for people.
	Color bool
	// Verbose adds the transcripts of cases that have passed to it, Quiet leaves
	// out the cases that have passed.
	Verbose, Quiet bool
	// GitHub keeps what is foreign in it from being a command of a workflow.
	GitHub bool
	// Workspace is the folder that annotations name files from, "" for the
	// current one.
	Workspace string
}

// Formats returns the names of the forms that New knows.
func Formats() []string { return []string{"human", "tap", "junit", "github", "json"} }

// New returns a Reporter of a form, which has to be one of Formats, that writes
// to w.
func New(format string, w io.Writer, o Options) Reporter {
	switch format {
	case "tap":
		return &tap{w: w}
	case "junit":
		return &junit{w: w}
	case "github":
		return &github{w, o.Workspace}
	case "json":
		return &jsonLines{w: w}
	}
	return &human{w: w, o: o}
}
