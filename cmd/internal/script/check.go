package script

import (
	"fmt"
	"maps"
	"slices"

	"wscope/cmd/internal/expect"
	"wscope/cmd/internal/spell"
)

// check finds what makes no sense although it is well formed: connections that
// are not there, steps that a connection cannot do, names that are not unique.
func check(s *Script) Mistakes {
	c := &checker{}
	names := map[string]*Test{}
	for _, t := range s.Tests() {
		if before := names[t.Name]; before != nil && t.Name != "" {
			c.fail(t.Pos, "there is a test %s already, at %s", Quote(t.Name), before.Place())
		}
		names[t.Name] = t.Test
		if len(t.Steps) == 0 && !t.broken {
			c.fail(t.Pos, "test %s has no steps, so it cannot fail", Quote(t.Name))
		}
		c.steps(&scope{names: map[string]kind{}}, t.Steps)
	}
	return c.mistakes
}

type checker struct{ mistakes Mistakes }

func (c *checker) fail(pos Pos, format string, args ...any) {
	c.mistakes = append(c.mistakes, &Mistake{Pos: pos, Text: fmt.Sprintf(format, args...)})
}

// A kind is what a connection is: how it was opened, and whether that was to be
// refused.
type kind struct {
	open    OpenKind
	refused bool
}

func (k kind) String() string {
	switch {
	case k.refused:
		return "a connection that was refused"
	case k.open == Connect, k.open == Accept:
		return "a WebSocket connection"
	case k.open == SSE:
		return "an event stream of another server"
	case k.open == Stream:
		return "an event stream of ours"
	}
	return "a single HTTP exchange"
}

// A scope are the connections of a test or of a listen block.
type scope struct {
	serves  bool // a listen block
	unsure  bool // a line that is not understood may have opened a connection
	names   map[string]kind
	current *kind // nil if there is none yet
}

// find returns the connection of a name, or without one the current; nil if there
// is none.
func (sc *scope) find(name string) *kind {
	if name == "" {
		return sc.current
	}
	if k, ok := sc.names[name]; ok {
		return &k
	}
	return nil
}

func (c *checker) steps(sc *scope, steps []Step) {
	for _, s := range steps {
		c.step(sc, s)
	}
}

func (c *checker) step(sc *scope, s Step) {
	switch s := s.(type) {
	case *Open:
		if s.Kind.Serves() && !sc.serves {
			c.fail(s.Pos, "%s stands in a listen block: listen as server { ... }", s.Kind)
		}
		k := kind{s.Kind, s.Option("refused") != nil}
		sc.current = &k
		if s.As != "" {
			sc.names[s.As] = k
		}
	case *Listen:
		inner := &scope{serves: true, names: map[string]kind{}}
		c.steps(inner, s.Steps)
		if inner.current == nil && !inner.unsure {
			c.fail(s.Pos, "the block takes no client in: expected accept, stream or reply in it")
		}
	case *Repeat:
		c.steps(sc, s.Steps)
	case *Include:
		for _, n := range s.Nodes {
			if step, ok := n.(Step); ok {
				c.step(sc, step)
			}
		}
	case *Unordered:
		c.unordered(sc, s)
	case *Set, *Sleep, *Cookies:
	case unknown:
		sc.unsure = true
	default:
		c.action(sc, s)
	}
}

// unordered checks a block of expectations.
func (c *checker) unordered(sc *scope, u *Unordered) {
	expects, others := 0, 0
	for _, s := range u.Steps {
		switch s := s.(type) {
		case *Expect:
			expects++
			if s.Next || s.Within > 0 || s.What.Kind == expect.Field {
				c.fail(s.Pos, "in unordered an expect waits for a message of the connection, without next and within")
			}
		case *Capture:
			if expects == 0 {
				c.fail(s.Pos, "in unordered capture follows the expect whose message it is about")
			}
		case unknown:
			others++
			continue
		default:
			c.fail(s.Position(), "in unordered there can be expect and capture only")
			others++
			continue
		}
		c.action(sc, s)
		if k := sc.find(s.On()); k != nil && (k.refused || k.open != Connect && k.open != Accept && k.open != SSE) {
			c.fail(s.Position(), "in unordered an expect waits for a message, and this is %s", *k)
		}
	}
	if expects == 0 && others == 0 {
		c.fail(u.Pos, "unordered has nothing to wait for: expected expect in the block")
	}
}

// action checks a step that is about a connection.
func (c *checker) action(sc *scope, s Step) {
	k := sc.find(s.On())
	if k == nil {
		if name := s.On(); name != "" {
			names := slices.Sorted(maps.Keys(sc.names))
			hint := ""
			switch near := spell.Nearest(name, names); {
			case near != "":
				hint = " (did you mean " + near + "?)"
			case len(names) > 0:
				hint = ", there is " + list(names)
			}
			c.fail(s.Position(), "there is no connection %s here%s", name, hint)
			return
		}
		if sc.unsure {
			return
		}
		open := "connect, sse or http"
		if sc.serves {
			open = "accept, stream or reply"
		}
		c.fail(s.Position(), "there is no connection here yet: expected %s before this", open)
		return
	}
	if what, ok := needs(s); !ok(*k) {
		c.fail(s.Position(), "%s is for %s, and this is %s", word(s), what, *k)
	}
}

// needs returns what a step is for, in words and as a function.
func needs(s Step) (what string, ok func(kind) bool) {
	websocket := func(k kind) bool { return !k.refused && (k.open == Connect || k.open == Accept) }
	stream := func(k kind) bool { return k.open == Stream }
	events := func(k kind) bool { return k.open == SSE && !k.refused }
	exchange := func(k kind) bool { return k.refused || k.open == HTTP || k.open == Reply || k.open == Stream }
	const messages = "a WebSocket connection"
	switch s := s.(type) {
	case *Send:
		if !s.Binary {
			return messages + " or an event stream of ours", func(k kind) bool { return websocket(k) || stream(k) }
		}
	case *Emit:
		return "an event stream of ours, which stream opens", stream
	case *Close, *Drop:
		return messages + " or an event stream of ours", func(k kind) bool { return websocket(k) || stream(k) }
	case *Capture:
		return "any connection", func(kind) bool { return true }
	case *Expect:
		return needsOf(s.What, websocket, events, exchange)
	case *Never:
		return needsOf(s.What, websocket, events, func(kind) bool { return false })
	}
	return messages, websocket
}

func needsOf(w What, websocket, events, exchange func(kind) bool) (string, func(kind) bool) {
	switch w.Kind {
	case expect.Event:
		return "an event stream that sse opens", events
	case expect.Close:
		return "a WebSocket connection or an event stream that sse opens", func(k kind) bool { return websocket(k) || events(k) }
	case expect.Text:
		return "a WebSocket connection or the body of an HTTP message", func(k kind) bool { return websocket(k) || exchange(k) }
	case expect.Field:
		switch w.Field {
		case "status":
			return "a client: connect, sse or http", func(k kind) bool { return !k.open.Serves() }
		case "request":
			return "a server: accept, stream or reply", func(k kind) bool { return k.open.Serves() }
		}
		return "any connection", func(kind) bool { return true }
	}
	return "a WebSocket connection", websocket
}
