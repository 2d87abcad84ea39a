package script

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"wscope/cmd/internal/expect"
	"wscope/cmd/internal/rawframe"
	"wscope/wsproto"
)

// stepWords are the words that begin a step.
func stepWords() []string {
	return []string{
		"connect", "sse", "http", "listen", "accept", "stream", "reply",
		"send", "send-binary", "ping", "pong", "close", "drop", "frame", "event",
		"expect", "never", "unordered", "set", "capture", "cookies", "sleep", "repeat", "include",
	}
}

// An unknown stands for a line that is no step.
type unknown struct{ Base }

func (unknown) String() string { return "" }

// step reads a step.
func (p *parser) step(s *statement) Step {
	b := Base{Pos: s.pos(0)}
	if name, ok := strings.CutSuffix(s.peek(), ":"); ok {
		b.Conn = name
		if !IsName(name) {
			s.fail(0, "expected the name of a connection before the colon, got %q", name)
		}
		s.i++
	}
	at := s.i
	word := s.peek()
	if !slices.Contains(stepWords(), word) {
		s.unknownStep()
		if s.line.opens() {
			p.skipBlock()
		}
		return unknown{b}
	}
	s.i++
	if b.Conn != "" && !takesName(word) {
		s.fail(at, "%s is not about a connection: no name can stand before it", word)
	}
	switch word {
	case "listen":
		return p.listen(s, b)
	case "unordered":
		s.end(mustOpen)
		n := &Unordered{Base: b}
		if s.line.opens() {
			n.Steps = p.block(s)
		}
		return n
	case "repeat":
		n := &Repeat{Base: b, N: s.number("a number of times", 1, maxRepeat), As: s.as()}
		s.end(mustOpen)
		if s.line.opens() {
			n.Steps = p.block(s)
		}
		return n
	case "include":
		return p.includeStep(s, b, false)
	}
	if k := slices.Index(openWords[:], word); k >= 0 {
		return p.open(s, b, OpenKind(k))
	}
	n := s.simple(word, b)
	if s.line.opens() {
		p.skipBlock() // that was said already
	}
	return n
}

// maxRepeat bounds repeat.
const maxRepeat = 1_000_000

// takesName reports whether the name of a connection can stand before a step.
func takesName(word string) bool {
	switch word {
	case "send", "send-binary", "ping", "pong", "close", "drop", "frame", "event", "expect", "never", "capture":
		return true
	}
	return false
}

func (s *statement) unknownStep() {
	switch word := s.peek(); {
	case word == "timeout":
		s.fail(s.i, "timeout stands at the beginning of a test")
	case word == "test":
		s.fail(s.i, "a test cannot stand inside of another")
	case strings.Contains(word, "=") && len(word) > 1:
		s.fail(s.i, "expected a step, got %s; a variable is set with: set NAME = \"value\"", word)
	default:
		s.keyword("a step", stepWords())
	}
}

// simple reads a step without a block, of which the first word has been read.
func (s *statement) simple(word string, b Base) Step {
	var n Step
	switch word {
	case "send":
		n = &Send{Base: b, Content: s.sendable()}
	case "send-binary":
		n = &Send{Base: b, Binary: true, Content: s.content("what to send", "send-binary hex:00ff7f")}
	case "frame":
		return s.frame(b)
	case "ping", "pong":
		n = &Control{Base: b, Pong: word == "pong", Data: s.optional()}
	case "close":
		return s.close(b)
	case "drop":
		n = &Drop{b}
	case "event":
		return s.emit(b)
	case "expect":
		return s.expect(b)
	case "never":
		n = &Never{Base: b, What: s.what(false), Within: s.within()}
	case "set":
		return s.set(b)
	case "capture":
		return s.capture(b)
	case "cookies":
		n = &Cookies{b}
	case "sleep":
		n = &Sleep{Base: b, For: s.duration("a duration")}
	}
	s.end(mustNotOpen)
	return n
}

// optional returns a text if there is one.
func (s *statement) optional() *Text {
	if !s.isText() {
		return nil
	}
	t := s.text("", "")
	return &t
}

// sendable returns what a text message is made of.
func (s *statement) sendable() Content {
	at := s.i
	c := s.content("the text to send", `send "hello"`)
	if v, ok := c.Text.Fixed(); ok && c.Kind == Plain && !utf8.ValidString(v) {
		s.fail(at, "a text message has to be UTF-8 (RFC 6455, Section 8.1); send-binary and frame send any bytes")
	}
	return c
}

func (s *statement) frame(b Base) Step {
	n := &Frame{Base: b, Frame: rawframe.New()}
	for s.more() && !s.isContent() {
		name, value, ok := strings.Cut(s.peek(), "=")
		if !ok || !rawframe.IsField(name) {
			s.fail(s.i, "expected a field of the frame, got %s: %s, with = and a value; or a payload in double quotes", s.got(), list(rawframe.Fields()))
			break
		}
		if err := n.Frame.Set(name, value); err != nil {
			s.fail(s.i, "%s=%s: %v", name, value, err)
		}
		n.Fields = append(n.Fields, FrameField{name, value})
		s.i++
	}
	if s.more() {
		c := s.content("a payload", `frame op=ping "data"`)
		n.Content = &c
	}
	s.end(mustNotOpen)
	return n
}

func (s *statement) close(b Base) Step {
	n := &Close{Base: b}
	if s.isNumber() {
		at := s.i
		n.Code = s.number("a close code", 1, 65535)
		if code := wsproto.CloseCode(n.Code); n.Code > 0 && !code.OnWire() {
			s.fail(at, "close code %v may not be sent (RFC 6455, Section 7.4); frame op=close hex:... sends any", code)
		}
		n.Reason = s.optional()
	}
	n.Within = s.within()
	s.end(mustNotOpen)
	return n
}

func (s *statement) emit(b Base) Step {
	n := &Emit{Base: b}
	if !s.more() {
		s.keyword("what the event has", emitWords())
	}
	for s.more() && !s.line.broken {
		switch s.keyword("what the event has", emitWords()) {
		case "text":
			c := s.content("the data of the event", `event text "hello"`)
			n.Text = &c
		case "type":
			t := s.text("the type of the event", `event text "hello" type "greeting"`)
			n.Type = &t
		case "id":
			t := s.text("the id of the event", `event text "hello" id "7"`)
			n.ID = &t
		case "comment":
			t := s.text("the comment", `event comment "keep-alive"`)
			n.Comment = &t
		case "retry":
			d := s.duration("the reconnection time")
			n.Retry = &d
		}
	}
	s.end(mustNotOpen)
	return n
}

func emitWords() []string { return []string{"text", "type", "id", "retry", "comment"} }

func (s *statement) capture(b Base) Step {
	n := &Capture{Base: b, Group: -1, Name: s.name("the name of a variable")}
	s.equals()
	const example = "capture id = .result.id"
	switch {
	case s.accept("text"):
	case s.accept("re"):
		s.pattern(n)
	case s.accept("header"):
		t := s.text("the name of a header field", `capture cookie = header "Set-Cookie"`)
		n.Header = &t
		if s.accept("re") {
			s.pattern(n)
		}
	case s.isPath():
		t := s.path()
		n.Path = &t
	default:
		s.fail(s.i, "expected a path such as .result.id, text, re or header, got %s; for example %s", s.got(), example)
	}
	s.end(mustNotOpen)
	return n
}

// pattern reads a regular expression and the group of it that is wanted.
func (s *statement) pattern(n *Capture) {
	t := s.text("a regular expression", `capture id = re "id=(\\d+)"`)
	n.Pattern = &t
	if s.accept("group") || s.isNumber() {
		n.Group = s.number("the number of a group", 0, 1000)
	}
}

// isPath reports whether the next token can be a path: a word, or a text that
// begins as one.
func (s *statement) isPath() bool {
	if !s.more() {
		return false
	}
	t := s.line.tokens[s.i].text
	return len(t.Parts) > 0 && (t.Form == Bare || t.Parts[0].Ref != "" || strings.HasPrefix(t.Parts[0].Literal, "."))
}

// path reads a path, which is judged if it has no variables in it.
func (s *statement) path() Text {
	if !s.isPath() {
		s.fail(s.i, "expected a path such as .result.id, got %s", s.got())
		return Text{}
	}
	t := s.line.tokens[s.i].text
	if v, ok := t.Fixed(); ok {
		if _, err := expect.ParsePath(v); err != nil {
			s.fail(s.i, "%v", err)
		}
	}
	s.i++
	return t
}

// fieldLine judges a text such as "Name: value" if it has no variables in it.
func fieldLine(t Text) error {
	v, ok := t.Fixed()
	if !ok {
		return nil
	}
	_, err := ParseField(v)
	return err
}

// ParseField takes a header field such as "Name: value" apart.
func ParseField(s string) (wsproto.Field, error) {
	name, value, ok := strings.Cut(s, ":")
	switch {
	case !ok:
		return wsproto.Field{}, fmt.Errorf(`expected a header field such as "Name: value", got %s`, Quote(s))
	case !wsproto.IsToken(name):
		return wsproto.Field{}, fmt.Errorf("%s is no name of a header field", Quote(name))
	case strings.ContainsAny(value, "\r\n\x00"):
		return wsproto.Field{}, fmt.Errorf("header field %s: a line break or a NUL would split the message", name)
	}
	return wsproto.Field{Name: name, Value: strings.Trim(value, " \t")}, nil
}
