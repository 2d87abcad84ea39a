package play

import (
	"errors"
	"fmt"
	"time"

	"wscope/cmd/internal/expect"
	"wscope/cmd/internal/script"
)

// A group is a block of expectations that may be met in any order.
type group struct {
	*part
	wants    []*want
	links    []*link // of these, each once
	assigned *expect.Unordered[arrival]
	closed   map[*link]bool // whose end has been offered
}

// A want is an expectation of a group, and what is captured from its message.
type want struct {
	link     *link
	x        *expect.Matcher
	captures []*script.Capture
	misses   expect.Misses
}

// An arrival is a message that has come over a link.
type arrival struct {
	link *link
	m    *expect.Message
}

// unordered waits until all expectations of a block are met.
func (t *part) unordered(s *script.Unordered) error {
	g := &group{part: t, closed: map[*link]bool{}}
	for _, inner := range s.Steps {
		switch inner := inner.(type) {
		case *script.Expect:
			x, err := t.matcher(inner.What, inner.Pos)
			if err != nil {
				return fmt.Errorf("%s: %w", inner, err)
			}
			g.add(&want{link: t.link(inner), x: x})
		case *script.Capture:
			last := g.wants[len(g.wants)-1]
			last.captures = append(last.captures, inner)
		}
	}
	g.assigned = expect.NewUnordered(len(g.wants), func(i int, a arrival) bool {
		w := g.wants[i]
		return w.link == a.link && w.x.Match(a.m) == nil
	})
	start := time.Now()
	limit := t.limit(0)
	err := t.await(limit, g.try)
	var late *timeoutError
	switch {
	case err == nil:
		return g.met()
	case errors.As(err, &late), err == errTimeUp, err == errNoMore:
		return unmetError{g.unmet(limit, time.Since(start), err)}
	}
	return err
}

func (g *group) add(w *want) {
	g.wants = append(g.wants, w)
	for _, l := range g.links {
		if l == w.link {
			return
		}
	}
	g.links = append(g.links, w.link)
}

// errNoMore is returned when what is still expected can come no more.
var errNoMore = errors.New("nothing more can come")

// try looks at what has come over all links.
func (g *group) try() (done bool, err error) {
	possible := false
	for _, l := range g.links {
		for !g.assigned.Done() {
			a, more := g.take(l)
			possible = possible || more
			if a.m == nil {
				break
			}
			if !g.assigned.Offer(a) {
				g.missed(a)
			}
		}
	}
	switch {
	case g.assigned.Done():
		return true, nil
	case !possible:
		return false, errNoMore
	}
	return false, nil
}

// take returns the next message of a link that a want could be about, at last its
// end. more is false once nothing is left to come.
func (g *group) take(l *link) (a arrival, more bool) {
	for _, kind := range []expect.Kind{expect.Text, expect.Ping} { // the two rows
		if !g.wantsRow(l, kind) {
			continue
		}
		if m, _ := l.inbox.take(kind); m != nil {
			return arrival{l, m}, true
		}
	}
	switch {
	case l.inbox.cause() == nil:
		return arrival{}, true
	case !g.closed[l] && g.wantsEnd(l):
		g.closed[l] = true
		if m, _ := l.inbox.take(expect.Close); m != nil {
			return arrival{l, m}, true
		}
	}
	return arrival{}, false
}

// wantsRow reports whether a want is about a row of a link's inbox.
func (g *group) wantsRow(l *link, kind expect.Kind) bool {
	for _, w := range g.wants {
		if w.link == l && w.x.Kind != expect.Close && isControl(w.x.Kind) == isControl(kind) {
			return true
		}
	}
	return false
}

func (g *group) wantsEnd(l *link) bool {
	for _, w := range g.wants {
		if w.link == l && w.x.Kind == expect.Close {
			return true
		}
	}
	return false
}

// missed notes a message that meets nothing, with each want that is still open.
func (g *group) missed(a arrival) {
	for i, w := range g.wants {
		if _, met := g.assigned.Met(i); met || w.link != a.link {
			continue
		}
		if miss := w.x.Match(a.m); miss != nil {
			w.misses.Add(a.m, miss)
		}
	}
}

// met takes what was captured.
func (g *group) met() error {
	for i, w := range g.wants {
		a, _ := g.assigned.Met(i)
		w.link.took(a.m)
		for _, c := range w.captures {
			if err := g.capture(c, a.m); err != nil {
				return fmt.Errorf("%s: %w", c, err)
			}
		}
	}
	return nil
}

// unmet says which expectations were not met.
func (g *group) unmet(limit, waited time.Duration, why error) error {
	e := &expect.Unmet{Limit: limit, Waited: waited}
	for i, w := range g.wants {
		if _, met := g.assigned.Met(i); !met {
			e.Open = append(e.Open, expect.Open{Want: w.x.String(), Seen: w.misses})
		}
	}
	e.Some = len(e.Open) < len(g.wants)
	switch {
	case errors.As(why, new(*timeoutError)):
		e.Ended = why.Error()
	case why == errNoMore:
		e.Ended = g.links[len(g.links)-1].ended()
	}
	return e
}
