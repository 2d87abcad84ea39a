package script

import (
	"slices"

	"wscope/wsproto"
)

// optionWords are the options that an Open of a kind can have.
func optionWords(k OpenKind) []string {
	switch k {
	case Connect:
		return []string{"header", "without", "origin", "subprotocol", "deflate", "lenient", "no-pong", "refused"}
	case SSE:
		return []string{"header", "without", "last-event-id", "retry", "no-reconnect", "body", "refused"}
	case HTTP:
		return []string{"header", "without", "body"}
	case Accept:
		return []string{"header", "subprotocol", "deflate", "lenient", "no-pong"}
	case Stream:
		return []string{"header"}
	}
	return []string{"header", "body"}
}

// open reads a step that opens a connection, of which the first word has been
// read.
func (p *parser) open(s *statement, b Base, k OpenKind) Step {
	n := &Open{Base: b, Kind: k}
	if k == HTTP {
		at := s.i
		if n.Method = s.peek(); !wsproto.IsToken(n.Method) {
			s.fail(at, "expected a method such as GET or POST, got %s", s.got())
		}
		s.i++
	}
	switch k {
	case Connect, SSE, HTTP:
		n.URL = s.value("a URL", k.String()+map[OpenKind]string{Connect: " ws://127.0.0.1:8080/", SSE: " http://127.0.0.1:8080/events", HTTP: " GET http://127.0.0.1:8080/"}[k])
	case Reply:
		n.Status = s.number("a status", 200, 599)
	}
	n.As = s.as()
	s.end(mayOpen)
	if !s.line.opens() {
		return n
	}
	for !p.atEnd() {
		o := p.next()
		if option, ok := o.option(k); ok {
			n.Options = append(n.Options, option)
		}
		if o.line.opens() {
			p.skipBlock()
		}
	}
	p.closeBlock(s)
	return n
}

// option reads a line of the block of an Open.
func (s *statement) option(k OpenKind) (o Option, ok bool) {
	o.Pos = s.pos(0)
	words := optionWords(k)
	if word := s.peek(); slices.Contains(stepWords(), word) && !slices.Contains(words, word) {
		s.fail(0, "%s cannot stand among the options of %s: %s; is a } missing before it?", word, k, list(words))
		return o, false
	}
	o.Name = s.keyword("an option of "+k.String(), words)
	one := func(what, example string) { o.Texts = []Text{s.text(what, example)} }
	switch o.Name {
	case "header":
		at := s.i
		one("a header field", `header "Name: value"`)
		if err := fieldLine(o.Texts[0]); err != nil && !s.line.broken {
			s.fail(at, "%v", err)
		}
	case "without":
		one("the name of a header field", `without "User-Agent"`)
	case "origin":
		one("an origin", `origin "https://example.com"`)
	case "last-event-id":
		one("an id", `last-event-id "7"`)
	case "subprotocol":
		one("a subprotocol", `subprotocol "chat.v2"`)
		for s.isText() {
			o.Texts = append(o.Texts, s.text("a subprotocol", ""))
		}
	case "deflate", "lenient", "no-pong", "no-reconnect":
	case "refused":
		o.Number = s.number("a status", 200, 599)
	case "retry":
		o.Duration = s.duration("a reconnection time")
	case "body":
		o.Content = s.content("a body", `body "user=alice"`)
	default:
		return o, false
	}
	s.end(mustNotOpen)
	return o, true
}

// listen reads a block that plays a server.
func (p *parser) listen(s *statement, b Base) Step {
	n := &Listen{Base: b}
	if s.more() && s.peek() != "as" {
		t := s.value("an address", "listen 9001 as server {")
		n.Address = &t
	}
	if n.As = s.as(); n.As == "" {
		s.fail(s.i, "expected as and a name for the address, got %s; for example listen as server {", s.got())
	}
	s.end(mustOpen)
	if s.line.opens() {
		n.Steps = p.block(s)
	}
	return n
}
