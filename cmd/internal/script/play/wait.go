package play

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wscope/cmd/internal/expect"
	"wscope/cmd/internal/script"
)

// errTimeUp is returned when what is waited for has not come in time.
var errTimeUp = errors.New("the time is up")

// await calls try each time something has come, until it is done, or fails, or the
// time is up, or the test is over.
func (t *part) await(limit time.Duration, try func() (done bool, err error)) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		rung := t.bell.next()
		if done, err := try(); done || err != nil {
			return err
		}
		select {
		case <-rung:
		case <-timer.C:
			if done, err := try(); done || err != nil {
				return err
			}
			return errTimeUp
		case <-t.ctx.Done():
			return context.Cause(t.ctx)
		}
	}
}

// limit returns how long an expectation waits.
func (t *part) limit(within time.Duration) time.Duration {
	if within > 0 {
		return within
	}
	return t.Within
}

// expect waits for a message.
func (t *part) expect(s *script.Expect) error {
	l := t.link(s)
	if s.What.Kind == expect.Field {
		return l.expectField(s)
	}
	x, err := t.matcher(s.What, s.Pos)
	if err != nil {
		return err
	}
	if l.ws == nil && s.What.Kind == expect.Text {
		return l.expectBody(x)
	}
	w := &wait{link: l, step: s, x: x, next: s.Next}
	return w.run(t.limit(s.Within))
}

// A wait is an expectation that waits for a message of one connection.
type wait struct {
	*link
	step   *script.Expect
	x      *expect.Matcher
	next   bool
	misses expect.Misses
}

// run waits and returns an unmetError if it was in vain.
func (w *wait) run(limit time.Duration) error {
	start := time.Now()
	ended := ""
	err := w.await(limit, func() (done bool, err error) {
		done, ended = w.try()
		if ended != "" {
			err = errTimeUp
		}
		return done, err
	})
	var late *timeoutError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &late):
		ended = late.Error()
	case err != errTimeUp:
		return err
	}
	want := w.x.String()
	if w.next {
		want = "next " + want
	}
	return unmetError{&expect.Unmet{
		Want: want, Limit: limit, Waited: time.Since(start), Ended: ended, Seen: w.misses, Early: w.early(),
	}}
}

// try looks at what has come. ended says why no more can.
func (w *wait) try() (done bool, ended string) {
	for {
		m, over := w.inbox.take(w.x.Kind)
		switch {
		case m == nil && over:
			return false, w.ended()
		case m == nil:
			return false, ""
		}
		miss := w.x.Match(m)
		if miss == nil {
			w.took(m)
			return true, ""
		}
		w.misses.Add(m, miss)
		w.leave(m)
		switch {
		case over:
			return false, w.ended()
		case w.next:
			return false, "another message was next"
		}
	}
}

// maxLeft bounds how many messages that were left behind are remembered, and
// maxLeftSize how long they are.
const (
	maxLeft     = 100
	maxLeftSize = 4 << 10
)

// A leftover is a message that an expectation has left behind.
type leftover struct {
	m  *expect.Message
	by *script.Expect
}

// leave remembers a message that is none of those that are waited for.
func (w *wait) leave(m *expect.Message) {
	if len(m.Data) > maxLeftSize {
		return
	}
	if len(w.left) == maxLeft {
		w.left = w.left[1:]
	}
	w.left = append(w.left, leftover{m, w.step})
}

// early says that what is waited for has been left behind before, or returns "".
func (w *wait) early() string {
	for _, l := range w.left {
		if l.by != w.step && w.x.Match(l.m) == nil {
			return fmt.Sprintf("%s came before, and was left behind by %s: %s; unordered takes any order", l.m, l.by.Place(), l.by)
		}
	}
	return ""
}

// took notes that an expectation was about m.
func (l *link) took(m *expect.Message) {
	l.last = m
	if m.Kind == expect.Close {
		l.seen.Store(true)
	}
}

// never sees to it that a message does not come.
func (t *part) never(s *script.Never) error {
	l := t.link(s)
	x, err := t.matcher(s.What, s.Pos)
	if err != nil {
		return err
	}
	if s.Within == 0 {
		l.inbox.watch(&guard{x, func(m *expect.Message) {
			t.fail(nil, &stepError{s, unmetError{&expect.Forbidden{Want: x.String(), Got: m.String()}}})
		}})
		return nil
	}
	came := make(chan *expect.Message, 1)
	defer l.inbox.watch(&guard{x, func(m *expect.Message) {
		select {
		case came <- m:
		default: // the first is enough
		}
	}})()
	timer := time.NewTimer(s.Within)
	defer timer.Stop()
	over := l.inbox.over
	for {
		select {
		case m := <-came:
			return unmetError{&expect.Forbidden{Want: x.String(), Got: m.String()}}
		case <-over:
			over = nil
			if len(came) == 0 {
				return nil // nothing more can come
			}
		case <-timer.C:
			return nil
		case <-t.ctx.Done():
			return context.Cause(t.ctx)
		}
	}
}
