package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"wscope/cmd/internal/expect"
	"wscope/wsproto"
)

// expectOptions are the flags that say what has to come in a session.
type expectOptions struct {
	wanted    []expect.Matcher // in the order of the command line
	never     []expect.Matcher
	within    time.Duration
	unordered bool
	// watch says how long to look out for what must not come, when nothing has to.
	watch bool

	flags *pflag.FlagSet
}

// defaultWithin is how long each expectation is waited for.
const defaultWithin = 5 * time.Second

// register defines the flags. What comes is of the given kind: a text message or
// an event.
func (o *expectOptions) register(cmd *cobra.Command, kind expect.Kind) {
	flags := cmd.Flags()
	o.flags = flags
	noun := "a message"
	if kind == expect.Event {
		noun = "an event"
	}
	body := func(parse func(string) (expect.Body, error)) func(string) (expect.Matcher, error) {
		return func(s string) (expect.Matcher, error) {
			b, err := parse(s)
			return expect.Matcher{Kind: kind, Body: b}, err
		}
	}
	regexp := body(func(s string) (expect.Body, error) { return expect.NewRegexp(s) })
	flags.Var(expectFlag{&o.wanted, "text", body(func(s string) (expect.Body, error) { return expect.Exactly(s), nil })},
		"expect", "wait for "+noun+" that is this `text`; all expectations have to be met, one after the other, or the exit status is 104")
	flags.Var(expectFlag{&o.wanted, "regexp", regexp}, "expect-re", "wait for "+noun+" that this regular `expression` matches somewhere")
	flags.Var(expectFlag{&o.wanted, "condition", body(func(s string) (expect.Body, error) {
		j, err := expect.ParseConditions(s)
		return j, err
	})}, "expect-json", "wait for "+noun+" in JSON of which a `condition` is true: PATH OP VALUE with == != < > <= >= ~, or PATH exists; several with and between them")
	group := []string{"expect", "expect-re", "expect-json", "expect-close"}
	parseClose, usage := parseCloseMatcher, "wait for the peer to close with this `code`"
	if kind == expect.Event {
		parseClose, usage = parseStreamEnd, "wait for the server to end the stream: in order with `code` 1000, without its end with 1006"
	}
	flags.Var(expectFlag{&o.wanted, "code", parseClose}, "expect-close", usage)
	setFlagExample(flags, "expect-close", "1000")
	flags.Var(expectFlag{&o.never, "regexp", regexp}, "never", "leave with 104 when "+noun+" comes that this regular `expression` matches")
	o.within = defaultWithin
	flags.Var(durationFlag{d: &o.within}, "within", "how long each expectation is waited for, and with --never alone, if nothing else says when the session ends, how long to look out")
	flags.BoolVar(&o.unordered, "unordered", false, "the expectations may be met in any order, each by "+noun+" of its own")
	setFlagExample(flags, "expect-json", ".result.id == 7")
	setFlagExample(flags, "expect-re", "^ok")
	setFlagExample(flags, "never", "error")
	setGroup(flags, "Expectations", append(group, "never", "within", "unordered")...)
}

// An expectFlag adds to a list of what has to come, or must not.
type expectFlag struct {
	list  *[]expect.Matcher
	what  string
	parse func(string) (expect.Matcher, error)
}

func (f expectFlag) String() string { return "" }
func (f expectFlag) Type() string   { return f.what }

func (f expectFlag) Set(s string) error {
	x, err := f.parse(s)
	if err == nil {
		*f.list = append(*f.list, x)
	}
	return err
}

func parseCloseMatcher(s string) (expect.Matcher, error) {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil || n == 0 {
		return expect.Matcher{}, errors.New("expected a close code such as 1000; 1005 stands for a Close without one, 1006 for no Close at all")
	}
	return expect.Matcher{Kind: expect.Close, Code: wsproto.CloseCode(n)}, nil
}

// A shortError is that less came than was asked for.
type shortError struct{ text string }

func (e *shortError) Error() string { return e.text }

// Kind is that of an expectation that was not met.
func (e *shortError) Kind() string { return (*expect.Unmet)(nil).Kind() }

// fellShort returns an error about what was asked for and did not come.
func fellShort(format string, args ...any) error {
	return &shortError{fmt.Sprintf(format, args...)}
}

// parseStreamEnd reads the code that stands for how a stream ends.
func parseStreamEnd(s string) (expect.Matcher, error) {
	x, err := parseCloseMatcher(s)
	if err != nil || x.Code != wsproto.CloseNormal && x.Code != wsproto.CloseAbnormal {
		return x, errors.New("expected 1000 for a stream that the server ends in order, or 1006 for one that breaks off")
	}
	return x, nil
}

// neverComes reports whether x is a Close with a code that breaks a rule. 1005 and
// 1006 are never in a frame, but stand for what came without a code.
func neverComes(x expect.Matcher) bool {
	return x.Kind == expect.Close && !x.Code.OnWire() && x.Code != wsproto.CloseNoStatus && x.Code != wsproto.CloseAbnormal
}

// lastingFlags say how long a session lasts.
var lastingFlags = [...]string{"count", "one", "until", "wait", "echo"}

// complete judges the flags together.
func (o *expectOptions) complete() error {
	o.watch = len(o.wanted) == 0 && len(o.never) > 0 && (o.flags.Changed("within") || !slices.ContainsFunc(lastingFlags[:], o.flags.Changed))
	lenient, _ := o.flags.GetBool("lenient") // which not every command has
	impossible := slices.IndexFunc(o.wanted, neverComes)
	switch last := len(o.wanted) - 1; {
	case o.unordered && last < 1:
		return usageError("--expect a --expect b --unordered", "--unordered needs two expectations or more")
	case last >= 0 && !o.unordered && slices.ContainsFunc(o.wanted[:last], func(x expect.Matcher) bool { return x.Kind == expect.Close }):
		return usageError("--expect hello --expect-close 1000", "--expect-close has to be the last expectation: nothing comes after a Close")
	case impossible >= 0 && !lenient:
		return usageError("--expect hello --expect-close 1000", "--expect-close %d: no peer may close with %v (RFC 6455, Section 7.4); --lenient lets it come",
			o.wanted[impossible].Code, o.wanted[impossible].Code)
	case o.within <= 0:
		return usageError("--within 10s", "--within %v: expected a time", o.within)
	}
	return nil
}

// expectations hold what comes against what has to come. Their methods may be
// called by several goroutines.
type expectations struct {
	expectOptions

	mu     sync.Mutex
	met    int // in order; with unordered those of any
	any    *expect.Unordered[*expect.Message]
	seen   []expect.Misses // by expectation
	early  map[int]string  // in order: what came before its turn
	since  time.Time       // that the next one has been waited for
	timer  *time.Timer
	ended  bool  // nothing counts any more
	silent bool  // what must not come has not come in time
	failed error // the first that went wrong
}

// newExpectations returns the expectations of a session.
func newExpectations(o expectOptions) *expectations {
	e := &expectations{expectOptions: o, seen: make([]expect.Misses, len(o.wanted))}
	if o.unordered {
		e.any = expect.NewUnordered(len(o.wanted), func(i int, m *expect.Message) bool { return o.wanted[i].Match(m) == nil })
	}
	return e
}

// decide reports whether it is for the expectations to say when the session ends.
func (e *expectations) decide() bool { return len(e.wanted) > 0 || e.watch }

// pending reports whether there is something that has to come yet, or may not come.
func (e *expectations) pending() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return (e.met < len(e.wanted) || e.watch && !e.silent) && !e.ended
}

// quiet reports whether nothing came that must not come, for as long as it was
// looked out for.
func (e *expectations) quiet() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.silent
}

// lack reports whether what was to come has not, or what was not to come has, or was
// not looked out for long enough.
func (e *expectations) lack() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.failed != nil || e.met < len(e.wanted) || e.watch && !e.silent
}

// start begins to wait. When an expectation is waited for in vain, late is called
// on a goroutine of its own, once; when what must not come has not come in time,
// over.
func (e *expectations) start(late, over func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.decide() || !e.since.IsZero() {
		return
	}
	e.since = time.Now()
	e.timer = time.AfterFunc(e.within, func() {
		e.mu.Lock()
		unmet := e.met < len(e.wanted) && !e.ended
		if unmet {
			e.end("")
		}
		e.silent = e.watch && !e.ended
		silent := e.silent
		e.mu.Unlock()
		switch {
		case unmet:
			late()
		case silent:
			over()
		}
	})
}

// endMet reports whether a Close was expected and all expectations are met.
func (e *expectations) endMet() bool {
	return slices.ContainsFunc(e.wanted, func(x expect.Matcher) bool { return x.Kind == expect.Close }) && !e.pending() && e.close("", false) == nil
}

// offer takes something that came, and reports whether the session has nothing
// more to wait for. The message is not kept.
func (e *expectations) offer(m expect.Message) (settled bool) {
	if e.forbid(m) {
		return true
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ended || e.met == len(e.wanted) || !e.takes(&m) {
		return false
	}
	e.met++
	e.since = time.Now()
	if e.timer != nil {
		e.timer.Reset(e.within)
	}
	if e.met < len(e.wanted) {
		return false
	}
	e.stop()
	return true
}

// forbid reports whether something that came must not, up to the end of the
// session: what is settled already may still go wrong.
func (e *expectations) forbid(m expect.Message) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.failed != nil || m.Kind == expect.Close {
		return false
	}
	for i := range e.never {
		x := m
		x.Kind = e.never[i].Kind // binary messages count, too
		if e.never[i].Match(&x) == nil {
			e.failed = &expect.Forbidden{Want: e.never[i].String(), Got: m.String()}
			e.stop()
			return true
		}
	}
	return false
}

// takes reports whether m meets an expectation, and remembers it if it does not.
func (e *expectations) takes(m *expect.Message) bool {
	if e.any != nil {
		kept := *m
		kept.Data = bytes.Clone(m.Data)
		if e.any.Offer(&kept) {
			return true
		}
		for i := range e.wanted {
			if _, met := e.any.Met(i); !met {
				if miss := e.wanted[i].Match(m); miss != nil {
					e.seen[i].Add(m, miss)
				}
			}
		}
		return false
	}
	miss := e.wanted[e.met].Match(m)
	if miss == nil {
		return true
	}
	e.seen[e.met].Add(m, miss)
	for i := e.met + 1; i < len(e.wanted); i++ {
		if e.early[i] == "" && e.wanted[i].Match(m) == nil {
			if e.early == nil {
				e.early = map[int]string{}
			}
			e.early[i] = fmt.Sprintf("%s came before, when %s was waited for; --unordered takes any order", m, &e.wanted[e.met])
		}
	}
	return false
}

// close ends the expectations with the session: why is how that ended. If the
// session was cut short, what must not come has not been looked out for either.
func (e *expectations) close(why string, short bool) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.ended && (e.met < len(e.wanted) || short && e.watch && !e.silent) {
		e.end(why)
	}
	e.stop()
	return e.failed
}

// end notes that the next expectation was not met.
func (e *expectations) end(why string) {
	unmet := &expect.Unmet{Limit: e.within, Waited: time.Since(e.since), Ended: why}
	switch {
	case e.met == len(e.wanted):
		unmet.Want = "no " + e.never[0].String()
	case e.any != nil:
		unmet.Some = e.met > 0
		for i := range e.wanted {
			if _, met := e.any.Met(i); !met {
				unmet.Open = append(unmet.Open, expect.Open{Want: e.wanted[i].String(), Seen: e.seen[i]})
			}
		}
	default:
		unmet.Want, unmet.Seen, unmet.Early = e.wanted[e.met].String(), e.seen[e.met], e.early[e.met]
	}
	e.failed = unmet
	e.stop()
}

// How a session ended that somebody has cut short.
const (
	cutBySignal = "the session was interrupted"
	cutByTime   = "the --max-time of the session was over"
)

// unmetFailure gives the error of an expectation its exit status: after a signal
// nobody knows whether it would have been met.
func unmetFailure(err error) error {
	if unmet, ok := errors.AsType[*expect.Unmet](err); ok && unmet.Ended == cutBySignal {
		return failure(exitInterrupted, err, "")
	}
	return failure(exitExpectation, err, "")
}

func (e *expectations) stop() {
	e.ended = true
	if e.timer != nil {
		e.timer.Stop()
	}
}
