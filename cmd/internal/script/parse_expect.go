package script

import (
	"encoding/json"

	"wscope/cmd/internal/expect"
)

func whatWords() []string {
	return []string{"text", "re", "json", "binary", "ping", "pong", "close", "event"}
}

func exchangeWords() []string { return []string{"status", "header", "request"} }

// expect reads what follows the word expect.
func (s *statement) expect(b Base) Step {
	n := &Expect{Base: b, Next: s.accept("next")}
	n.What = s.what(!n.Next)
	if n.What.Kind != expect.Field {
		n.Within = s.within()
	} else if s.peek() == "within" {
		s.fail(s.i, "%s is there already, there is nothing to wait for", n.What.Field)
	}
	s.end(mustNotOpen)
	return n
}

// what reads what is waited for. exchange says that it may be something that an
// HTTP exchange has.
func (s *statement) what(exchange bool) What {
	words := whatWords()
	if exchange {
		words = append(words, exchangeWords()...)
	}
	w := What{}
	switch word := s.keyword("what to wait for", words); word {
	case "text":
		w.Kind = expect.Text
		w.Body = s.same("the text", `expect text "hello"`)
	case "re":
		w.Kind = expect.Text
		w.Body = s.match()
	case "json":
		w.Kind = expect.Text
		w.Body = Body{Form: JSON}
		if s.more() && s.peek() != "within" {
			w.Body.Conditions = s.conditions()
		}
	case "binary":
		w.Kind = expect.Binary
		w.Body = s.same("the bytes", "expect binary hex:00ff7f")
	case "ping", "pong":
		w.Kind = expect.Ping
		if word == "pong" {
			w.Kind = expect.Pong
		}
		if t := s.optional(); t != nil {
			w.Body = Body{Form: Same, Content: Content{Text: *t}}
		}
	case "close":
		w.Kind = expect.Close
		if s.more() && !s.isText() && s.peek() != "re" && s.peek() != "within" {
			w.Code = s.number("a close code", 1, 65535)
		}
		w.Body = s.textOrMatch(false, "")
	case "event":
		w.Kind = expect.Event
		s.event(&w)
	case "status":
		w.Kind, w.Field = expect.Field, word
		w.Code = s.number("a status", 100, 599)
	case "header":
		w.Kind, w.Field = expect.Field, word
		t := s.text("the name of a header field", `expect header "Content-Type" "application/json"`)
		w.Name = &t
		switch {
		case s.accept("exists"):
			w.Body.Form = Exists
		case s.accept("absent"):
			w.Body.Form = Absent
		default:
			w.Body = s.textOrMatch(true, "a value, re, exists or absent")
		}
	case "request":
		w.Kind, w.Field = expect.Field, word
		w.Body = s.textOrMatch(true, `the method and the target, as in "GET /chat", or re`)
	}
	return w
}

// same reads a content if there is one.
func (s *statement) same(what, example string) Body {
	if !s.more() || s.peek() == "within" {
		return Body{}
	}
	return Body{Form: Same, Content: s.content(what, example)}
}

func (s *statement) match() Body {
	return Body{Form: Match, Pattern: s.text("a regular expression", `expect re "^id=[0-9]+$"`)}
}

// textOrMatch reads a text, or re and a regular expression. demand is what is
// expected if neither has to be left out.
func (s *statement) textOrMatch(must bool, demand string) Body {
	switch {
	case s.accept("re"):
		return s.match()
	case s.isText():
		return Body{Form: Same, Content: Content{Text: s.text("", "")}}
	case must:
		s.fail(s.i, "expected %s, got %s", demand, s.got())
	}
	return Body{}
}

// event reads what an event has to have.
func (s *statement) event(w *What) {
	words := []string{"type", "id", "text", "re", "json"}
	for s.more() && s.peek() != "within" && !s.line.broken {
		switch s.keyword("what the event has", words) {
		case "type":
			t := s.text("the type of the event", `expect event type "tick"`)
			w.Type, words = &t, words[1:]
		case "id":
			t := s.text("the id of the event", `expect event id "7"`)
			w.ID, words = &t, words[len(words)-3:]
		case "text":
			w.Body = Body{Form: Same, Content: s.content("the data of the event", `expect event text "hello"`)}
			return
		case "re":
			w.Body = s.match()
			return
		case "json":
			w.Body = Body{Form: JSON, Conditions: s.conditions()}
			return
		}
	}
}

// isWholeCondition reports whether the next token is a text behind which no
// comparison stands.
func (s *statement) isWholeCondition() bool {
	if !s.isText() || s.line.tokens[s.i].text.Form == Bare {
		return false
	}
	after := statement{p: s.p, line: s.line, i: s.i + 1}
	return !after.more() || after.peek() == "and" || after.peek() == "within"
}

func (s *statement) wholeCondition() Condition {
	c := Condition{Path: s.text("", "")}
	if v, ok := c.Path.Fixed(); ok {
		if err := expect.CheckConditions(v); err != nil {
			s.fail(s.i-1, "%v", err)
		}
	}
	return c
}

func (s *statement) conditions() (list []Condition) {
	for {
		list = append(list, s.condition())
		if !s.accept("and") || s.line.broken {
			return list
		}
	}
}

// condition reads a path, an operator and a value, or a text that has all of them.
func (s *statement) condition() Condition {
	if s.isWholeCondition() {
		return s.wholeCondition()
	}
	c := Condition{Path: s.path()}
	var words []string
	for _, op := range expect.Ops() {
		words = append(words, string(op))
	}
	c.Op = expect.Op(s.keyword("a comparison", words))
	switch c.Op {
	case "", expect.Exists:
		return c
	case expect.Matches:
		c.Value = s.text("a regular expression", `expect json .name ~ "^a"`)
		return c
	}
	at := s.i
	c.Value = s.value("a value", "expect json .id == 7")
	if v, ok := c.Value.Fixed(); ok && c.Value.Form == Bare && !json.Valid([]byte(v)) {
		s.fail(at, "expected a value, got %s: a text in double quotes, JSON in backquotes, a number, true, false or null", v)
	}
	return c
}
