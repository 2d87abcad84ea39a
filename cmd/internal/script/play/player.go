package play

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"wscope/cmd/internal/cookies"
	"wscope/cmd/internal/script"
	"wscope/wsproto"
)

// A player plays one test.
type player struct {
	*Options
	test     script.TestCase
	ctx      context.Context
	cancel   context.CancelCauseFunc
	observer Observer
	secrets  *secrets
	bell     bell                        // rings whenever something has come
	jar      atomic.Pointer[cookies.Jar] // nil if cookies are not kept
	working  sync.WaitGroup              // what has to be over before the test is

	mu     sync.Mutex
	first  *stepError // the failure that counts
	others []string   // what else was going on at that time
	parts  []*part
	links  []*link
}

func newPlayer(ctx context.Context, test script.TestCase, o *Options) *player {
	p := &player{Options: o, test: test, observer: o.Observe(test)}
	p.ctx, p.cancel = context.WithCancelCause(ctx)
	return p
}

// errOver ends what is left of a test when the test is over.
var errOver = errors.New("the test is over")

// closingTime bounds the closing of the connections of a test that has passed.
const closingTime = time.Second

// play plays the test and returns why it has failed, or nil.
func (p *player) play() *Failure {
	vars := newVariables(p.Options)
	p.secrets = vars.secrets
	main := p.newPart(nil, vars)
	for _, s := range p.test.Sets {
		if _, given := p.Variables[s.Name]; !given {
			if err := vars.assign(s.Name, s.Value); err != nil {
				p.fail(main, &stepError{s, err})
			}
		}
	}
	if p.failed() == nil {
		main.run(p.test.Steps)
	}
	if p.failed() == nil {
		p.disarmFinished()
		p.goodbye(main.opened())
		p.awaitBlocks(main)
	}
	if p.failed() == nil {
		p.goodbye(p.allLinks())
		p.lookForBrokenRules()
	}
	p.cancel(errOver)
	for _, l := range p.allLinks() {
		l.abort(errOver)
	}
	p.working.Wait()
	if e := p.failed(); e != nil {
		return e.failure(p.Options, p.others)
	}
	return nil
}

// fail notes that a step has failed, which ends the test. The first failure
// counts; when the time of the test is over, all of its parts fail at once, and
// that of the test itself counts.
func (p *player) fail(by *part, e *stepError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, late := context.Cause(p.ctx).(*timeoutError)
	if p.first != nil && (!late || by == nil || by.listen != nil) {
		return
	}
	p.first, p.others = e, nil
	for _, other := range p.parts {
		if s := other.doing(); other != by && s != nil {
			p.others = append(p.others, fmt.Sprintf("meanwhile %s was at %s: %s", other, s.Position().Place(), p.shown(s)))
		}
	}
	p.cancel(e)
}

func (p *player) failed() *stepError {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.first
}

// add takes a connection in, which ends with the test at the latest.
func (p *player) add(l *link) {
	p.mu.Lock()
	p.links = append(p.links, l)
	p.mu.Unlock()
	stop := context.AfterFunc(p.ctx, func() { l.abort(errOver) })
	p.working.Go(func() {
		<-l.inbox.over
		stop()
	})
}

func (p *player) allLinks() []*link {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*link(nil), p.links...)
}

// goodbye closes connections and waits for that a little.
func (p *player) goodbye(links []*link) {
	late := time.NewTimer(closingTime)
	defer late.Stop()
	for _, l := range links {
		l.inbox.disarm()
		l.goodbye()
	}
	for _, l := range links {
		select {
		case <-l.inbox.over:
		case <-late.C:
			for _, l := range links {
				l.abort(errOver)
			}
			return
		case <-p.ctx.Done():
			return
		}
	}
}

// disarmFinished ends what was never to come in the listen blocks that are over:
// what follows is the end of the test.
func (p *player) disarmFinished() {
	p.mu.Lock()
	parts := p.parts[1:]
	p.mu.Unlock()
	for _, block := range parts {
		select {
		case <-block.over:
			for _, l := range block.opened() {
				l.inbox.disarm()
			}
		default:
		}
	}
}

// awaitBlocks waits for the listen blocks to come to their end. If there was a
// client in the test, no other is likely to come, and they get as long as an
// expectation; else the whole time of the test.
func (p *player) awaitBlocks(main *part) {
	var limit <-chan time.Time
	if len(main.opened()) > 0 {
		timer := time.NewTimer(p.Within)
		defer timer.Stop()
		limit = timer.C
	}
	p.mu.Lock()
	parts := p.parts[1:]
	p.mu.Unlock()
	for _, block := range parts {
		select {
		case <-block.over:
		case <-limit:
			step := script.Node(block.listen)
			if s := block.doing(); s != nil {
				step = s
			}
			p.fail(block, &stepError{step, fmt.Errorf("still waiting %v after the last step of the test", p.Within)})
		case <-p.ctx.Done():
			<-block.over // it knows why
		}
		if p.failed() != nil {
			return
		}
	}
}

// lookForBrokenRules fails the test if a peer has broken the protocol and nobody
// has expected the connection to end.
func (p *player) lookForBrokenRules() {
	for _, l := range p.allLinks() {
		var broken *wsproto.ProtocolError
		if err := l.inbox.cause(); errors.As(err, &broken) && !l.endSeen() {
			p.fail(nil, &stepError{l.open, fmt.Errorf("the peer broke the protocol later on: %w", broken)})
			return
		}
	}
}
