package expect

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// An Unmet is the error of an expectation that was not met.
type Unmet struct {
	// Want is what was waited for, as a script has it: `text "hello"`.
	Want string
	// Limit is how long it was to be waited at most, Waited how long it was.
	Limit, Waited time.Duration
	// Ended says why no more could come before the time was over, or is "".
	Ended string
	// Seen is what came instead.
	Seen Misses
	// Early tells that what was waited for had come before, or is "".
	Early string
	// Open are the expectations that were not met where they are several, in any
	// order. Then there is neither Want nor Seen.
	Open []Open
	// Some says that others of these were met.
	Some bool
}

// An Open is one of several expectations that was not met.
type Open struct {
	Want string
	Seen Misses
}

// Error says what was waited for and how long, and in further lines what came
// instead.
func (e *Unmet) Error() string {
	want, came := e.Want, e.Seen.Len()
	var others []string
	for _, o := range e.Open {
		others = append(others, o.Want)
		came = max(came, o.Seen.Len())
	}
	if others != nil {
		want = strings.Join(others, ", and ")
	}
	s := fmt.Sprintf("expected %s within %v", want, e.Limit)
	switch {
	case e.Ended != "":
		s += fmt.Sprintf(", but after %s %s", Took(e.Waited), e.Ended)
	case came == 0 && (e.Early != "" || e.Some):
		s += ", and nothing more came"
	case came == 0:
		s += ", and nothing came"
	default:
		s += fmt.Sprintf(", waited %s", Took(e.Waited))
	}
	if seen := e.Seen.String(); seen != "" {
		s += "\n" + seen
	}
	for _, o := range e.Open {
		if seen := o.Seen.String(); seen != "" {
			s += "\n" + o.Want + ": " + seen
		}
	}
	if e.Early != "" {
		s += "\n" + e.Early
	}
	return s
}

// Kind is what a program knows the error by.
func (e *Unmet) Kind() string { return errorKind }

const errorKind = "expectation"

// A Forbidden is the error of a message that was not to come.
type Forbidden struct {
	Want string // what was not to come, as a script has it
	Got  string // what came
}

// Kind is what a program knows the error by.
func (e *Forbidden) Kind() string { return errorKind }

func (e *Forbidden) Error() string {
	return fmt.Sprintf("never expected %s, and it came: %s", e.Want, e.Got)
}

// Took returns a time that was measured in words, with as many digits as are of
// interest: "12.3 ms". What somebody has asked for keeps the form of Go.
func Took(d time.Duration) string {
	switch {
	case d >= time.Second:
		return trimmed(d.Seconds(), 2) + " s"
	case d >= time.Millisecond:
		return trimmed(d.Seconds()*1e3, 1) + " ms"
	}
	return strconv.FormatInt(d.Microseconds(), 10) + " µs"
}

// trimmed returns a number with at most so many digits behind the point.
func trimmed(f float64, digits int) string {
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(f, 'f', digits, 64), "0"), ".")
}
