package play

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"wscope/cmd/internal/script"
)

// A part is a row of steps: those of the test, or of one of its listen blocks.
// Its steps are done by one goroutine.
type part struct {
	*player
	listen   *script.Listen // nil for the test
	listener net.Listener   // of a listen block
	over     chan struct{}  // closed when the last step is done, or one has failed

	vars    *variables
	names   map[string]*link
	current *link
	links   []*link

	at atomic.Pointer[script.Step] // what it is doing, nil if nothing
}

func (p *player) newPart(listen *script.Listen, vars *variables) *part {
	t := &part{player: p, listen: listen, over: make(chan struct{}), vars: vars, names: map[string]*link{}}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.parts = append(p.parts, t)
	return t
}

// String names the part in a sentence.
func (t *part) String() string {
	if t.listen == nil {
		return "the test"
	}
	return fmt.Sprintf("listen %s (line %d)", t.listen.As, t.listen.Line)
}

// doing returns the step that is being done, or nil.
func (t *part) doing() script.Step {
	if s := t.at.Load(); s != nil {
		return *s
	}
	return nil
}

// opened returns the connections of the part. It is called by its goroutine, or
// after its end.
func (t *part) opened() []*link { return t.links }

// run does steps until one fails.
func (t *part) run(steps []script.Step) {
	defer close(t.over)
	if t.do(steps) {
		t.at.Store(nil)
	}
}

// do does steps and reports whether all went well.
func (t *part) do(steps []script.Step) bool {
	for _, s := range steps {
		if t.ctx.Err() != nil {
			t.stopped(s, context.Cause(t.ctx))
			return false
		}
		t.at.Store(&s)
		switch s := s.(type) {
		case *script.Repeat:
			for i := range s.N {
				if s.As != "" {
					t.vars.set(s.As, strconv.Itoa(i+1))
				}
				if !t.do(s.Steps) {
					return false
				}
			}
			continue
		case *script.Include:
			if !t.do(stepsOf(s)) {
				return false
			}
			continue
		}
		if err := t.step(s); err != nil {
			if isCancelled(t.ctx, err) {
				t.stopped(s, context.Cause(t.ctx))
			} else {
				t.fail(t, &stepError{s, err})
			}
			return false
		}
	}
	return true
}

// stopped notes that a step was not done because the test has ended. That is a
// failure of this step if nothing else has failed before: the time was over, or
// the run was interrupted.
func (t *part) stopped(s script.Step, cause error) {
	if _, ok := cause.(*stepError); !ok {
		t.fail(t, &stepError{s, cause})
	}
}

func stepsOf(n *script.Include) (steps []script.Step) {
	for _, node := range n.Nodes {
		if s, ok := node.(script.Step); ok {
			steps = append(steps, s)
		}
	}
	return steps
}

// step does one step.
func (t *part) step(s script.Step) error {
	switch s := s.(type) {
	case *script.Open:
		return t.open(s)
	case *script.Listen:
		return t.startListen(s)
	case *script.Set:
		return t.vars.assign(s.Name, s.Value)
	case *script.Capture:
		return t.capture(s, t.link(s).last)
	case *script.Cookies:
		t.keepCookies()
		return nil
	case *script.Sleep:
		return t.sleep(s.For)
	case *script.Expect:
		return t.expect(s)
	case *script.Never:
		return t.never(s)
	case *script.Unordered:
		return t.unordered(s)
	}
	return t.send(s)
}

// open opens a connection and makes it the current one.
func (t *part) open(s *script.Open) error {
	l := t.newLink(s)
	var err error
	switch s.Kind {
	case script.Connect:
		err = l.connect()
	case script.SSE:
		err = l.follow()
	case script.HTTP:
		err = l.request()
	case script.Accept:
		err = l.accept(t.listener)
	default:
		err = l.reply(t.listener)
	}
	if err != nil {
		return err
	}
	t.current = l
	t.links = append(t.links, l)
	if s.As != "" {
		t.names[s.As] = l
	}
	return nil
}

// link returns the connection that a step is about.
func (t *part) link(s script.Step) *link {
	if name := s.On(); name != "" {
		return t.names[name]
	}
	return t.current
}

func (t *part) sleep(d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-t.ctx.Done():
		return context.Cause(t.ctx)
	}
}
