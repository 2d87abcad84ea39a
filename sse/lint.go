package sse

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// A Finding is something questionable about a stream: what was seen, and what to
// do about it.
type Finding struct {
	// Rule is the short name of what is looked for. It does not change.
	Rule string
	// Minor tells that clients get by with it.
	Minor  bool
	Seen   string
	Advice string
	// Offset is where in the stream it was, -1 if it is at no place in it.
	Offset int64
}

// The rules of a [Linter].
const (
	LintMark          = "byte-order-mark"
	LintLoneCR        = "lone-cr"
	LintUnfinished    = "unfinished-event"
	LintNULInID       = "nul-in-id"
	LintRetry         = "retry-not-digits"
	LintLongRetry     = "retry-too-long"
	LintContentType   = "content-type"
	LintEncoding      = "not-utf-8"
	LintUnknownField  = "unknown-field"
	LintBlanks        = "blanks-in-value"
	LintNoData        = "event-without-data"
	LintCacheControl  = "cache-control"
	LintContentLength = "content-length"
	LintBuffering     = "buffering"
	LintCompression   = "compression-delay"
	LintSilence       = "silence"
)

// A Linter looks for what authors of event streams trip over. It is told what a
// [Trace] reports. The zero value works; a Linter is for one stream, over all of
// its connections.
type Linter struct {
	// Report is told each finding once: of each rule the first, and of fields
	// without a meaning the first of each name.
	Report func(*Finding)

	counts map[string]int
	names  map[string]bool // of unknown fields

	// The rest is about the connection.
	header    http.Header
	charset   bool
	open      time.Time
	took      time.Duration // to open it
	first     bool          // no line was seen
	read      int64         // bytes
	prior     Line          // without what was lent
	priorLen  int64
	typed     bool // the event has a type
	dataLines int  // of the event
	timing    timing
}

// Counts returns how often each rule was found broken, the rule's name first, in
// the order of the names.
func (l *Linter) Counts() []LintCount {
	var counts []LintCount
	for rule, n := range l.counts {
		counts = append(counts, LintCount{rule, n})
	}
	slices.SortFunc(counts, func(a, b LintCount) int {
		if a.Rule < b.Rule {
			return -1
		}
		return 1
	})
	return counts
}

// A LintCount is how often a rule was found broken.
type LintCount struct {
	Rule string
	N    int
}

// maxNames bounds the unknown fields that are told one from another.
const maxNames = 32

func (l *Linter) find(rule string, offset int64, seen, advice string) {
	l.add(&Finding{Rule: rule, Seen: seen, Advice: advice, Offset: offset})
}

func (l *Linter) findMinor(rule string, offset int64, seen, advice string) {
	l.add(&Finding{Rule: rule, Seen: seen, Advice: advice, Offset: offset, Minor: true})
}

func (l *Linter) add(f *Finding) {
	if l.count(f.Rule) == 1 {
		l.tell(f)
	}
}

func (l *Linter) count(rule string) int {
	if l.counts == nil {
		l.counts = map[string]int{}
	}
	l.counts[rule]++
	return l.counts[rule]
}

func (l *Linter) tell(f *Finding) {
	if l.Report != nil {
		l.Report(f)
	}
}

// Opened looks at the response that opens a connection.
func (l *Linter) Opened(o *Opening) {
	l.header, l.open, l.took, l.first, l.read = o.Response.Header, o.Time, o.Took, true, 0
	l.prior, l.priorLen, l.typed, l.dataLines = Line{Kind: BlankLine}, 0, false, 0
	l.timing = timing{last: o.Time.Add(-o.Took)}
	l.lookAtHeader()
}

// Unanswered is told that a request was given up after some time without a
// response.
func (l *Linter) Unanswered(after time.Duration) {
	if after >= longWait {
		l.find(LintSilence, -1, fmt.Sprintf("the request was not answered within %v", after.Round(100*time.Millisecond)),
			"send the header of the response at once, and flush it; if the server does, something on the way holds it back ("+bufferingAdvice+")")
	}
}

// Closed is told that the connection has ended: in order or by an error, with so
// many bytes at its end that make no event.
func (l *Linter) Closed(unfinished int64, inOrder bool, at time.Time) {
	l.endBurst(at, false)
	if unfinished > 0 && inOrder {
		l.find(LintUnfinished, l.read-unfinished,
			fmt.Sprintf("the stream ends with %d bytes of an event that no blank line ends", unfinished),
			"end the last event with a blank line, too: clients drop it without one")
	}
	if quiet := at.Sub(l.open); l.read == 0 && quiet >= longSilence {
		l.find(LintSilence, -1,
			fmt.Sprintf("the stream was open for %v and brought nothing, not even a comment", quiet.Round(100*time.Millisecond)),
			"send a comment every 15 seconds, so that proxies and clients know that the stream lives; if the server does send, something on the way holds it back ("+l.advice()+")")
	}
}
