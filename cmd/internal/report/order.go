package report

import (
	"slices"
	"sync"
	"time"
)

// An Order hands cases that end in any order to reporters in their own order, each
// as soon as all before it are over. Its methods may be called by several
// goroutines.
type Order struct {
	reporters []Reporter

	mu      sync.Mutex
	cases   []*Case
	next    int // the first that has not been reported
	summary Summary
	err     []error // of each reporter, the first
}

// NewOrder begins the reports about so many cases.
func NewOrder(total int, reporters ...Reporter) *Order {
	o := &Order{reporters: reporters, cases: make([]*Case, total), err: make([]error, len(reporters))}
	o.summary.Start = time.Now()
	o.each(func(r Reporter) error { return r.Begin(total) })
	return o
}

// each calls f for the reporters that have not failed.
func (o *Order) each(f func(Reporter) error) {
	for i, r := range o.reporters {
		if o.err[i] == nil {
			o.err[i] = f(r)
		}
	}
}

// Add adds the case with an index. It reports whether there is still somebody who
// is told: a reporter that has not failed.
func (o *Order) Add(i int, c *Case) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.cases[i] = c
	o.summary.Count(c)
	for ; o.next < len(o.cases) && o.cases[o.next] != nil; o.next++ {
		o.each(func(r Reporter) error { return r.Case(o.cases[o.next]) })
		o.cases[o.next] = &Case{} // its transcript may be long
	}
	return slices.Contains(o.err, nil)
}

// End ends the reports, when all cases have been added, and returns the summary.
// The error is the first of each reporter, in their order, nil where all went
// well.
func (o *Order) End() (Summary, []error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.summary.Took = time.Since(o.summary.Start)
	o.each(func(r Reporter) error { return r.End(o.summary) })
	return o.summary, o.err
}
