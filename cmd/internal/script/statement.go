package script

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"wscope/cmd/internal/literal"
	"wscope/cmd/internal/spell"
)

// A statement reads the tokens of one line. Its methods report what is not as it
// has to be, the first mistake only; after that they return zero values.
type statement struct {
	p    *parser
	line *line
	i    int // the next token
}

// pos returns the place of the token with an index, or of the end of the line.
func (s *statement) pos(i int) Pos {
	pos := Pos{File: s.p.file, Line: s.line.number, Column: 1}
	switch {
	case i < len(s.line.tokens):
		pos.Column = s.line.tokens[i].column
	case i > 0:
		last := s.line.tokens[len(s.line.tokens)-1]
		pos.Column = last.column + len([]rune(last.text.String()))
	}
	return pos
}

// fail reports a mistake at the token with an index.
func (s *statement) fail(i int, format string, args ...any) {
	if !s.line.broken {
		s.p.report(&Mistake{Pos: s.pos(i), Text: fmt.Sprintf(format, args...)})
	}
	s.line.broken = true
}

// more reports whether there is a token that is no brace.
func (s *statement) more() bool {
	return s.i < len(s.line.tokens) && s.line.tokens[s.i].brace == 0
}

// got describes the next token for an error.
func (s *statement) got() string {
	if s.i >= len(s.line.tokens) {
		return "the end of the line"
	}
	return s.line.tokens[s.i].text.String()
}

// peek returns the next token if it is a word without references, else "".
func (s *statement) peek() string {
	if !s.more() || s.line.tokens[s.i].text.Form != Bare {
		return ""
	}
	word, _ := s.line.tokens[s.i].text.Fixed()
	return word
}

// accept goes past the next token if it is the given word.
func (s *statement) accept(word string) bool {
	if s.peek() != word {
		return false
	}
	s.i++
	return true
}

// keyword returns the next token, which has to be one of the words. what says
// what they are, as in "a step".
func (s *statement) keyword(what string, words []string) string {
	word := s.peek()
	for _, w := range words {
		if w == word {
			s.i++
			return w
		}
	}
	hint := ""
	if near := spell.Nearest(word, words); word != "" && near != "" {
		hint = fmt.Sprintf(" (did you mean %s?)", near)
	} else if all := list(words); all != what {
		hint = ": " + all
	}
	s.fail(s.i, "expected %s, got %s%s", what, s.got(), hint)
	return ""
}

// list returns words as in "a, b or c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// text returns a text. what says what it is, example how it could look.
func (s *statement) text(what, example string) Text {
	if s.more() {
		t := s.line.tokens[s.i].text
		if t.Form != Bare || len(t.Parts) > 0 && t.Parts[0].Ref != "" {
			s.i++
			return t
		}
	}
	s.fail(s.i, "expected %s in double quotes, got %s; for example %s", what, s.got(), example)
	return Text{}
}

// isText reports whether the next token can be a text.
func (s *statement) isText() bool {
	if !s.more() {
		return false
	}
	t := s.line.tokens[s.i].text
	return t.Form != Bare || len(t.Parts) > 0 && t.Parts[0].Ref != ""
}

// fixed returns a text that may not have references.
func (s *statement) fixed(what, example string) string {
	at := s.i
	v, ok := s.text(what, example).Fixed()
	if !ok {
		s.fail(at, "%s cannot have variables in it", what)
	}
	return v
}

// value returns a text or a word.
func (s *statement) value(what, example string) Text {
	if s.more() {
		s.i++
		return s.line.tokens[s.i-1].text
	}
	s.fail(s.i, "expected %s, got %s; for example %s", what, s.got(), example)
	return Text{}
}

// isContent reports whether the next token can be a content.
func (s *statement) isContent() bool {
	return s.isText() || s.more() && contentKind(s.line.tokens[s.i].text) != Plain
}

func contentKind(t Text) ContentKind {
	if t.Form == Bare && len(t.Parts) > 0 {
		for _, k := range []ContentKind{File, Hex, Base64} {
			if strings.HasPrefix(t.Parts[0].Literal, contentPrefixes[k]) {
				return k
			}
		}
	}
	return Plain
}

// content returns what a message is made of.
func (s *statement) content(what, example string) Content {
	if !s.more() || s.isText() {
		return Content{Text: s.text(what, example)}
	}
	t := s.line.tokens[s.i].text
	k := contentKind(t)
	if k == Plain {
		s.fail(s.i, "expected %s in double quotes, @FILE, hex:DIGITS or base64:TEXT, got %s; for example %s", what, s.got(), example)
		return Content{}
	}
	at := s.i
	s.i++
	parts := append([]Part(nil), t.Parts...)
	parts[0].Literal = strings.TrimPrefix(parts[0].Literal, contentPrefixes[k])
	if parts[0].Literal == "" {
		parts = parts[1:]
	}
	if len(parts) == 0 {
		parts = nil
	}
	c := Content{Kind: k, Text: Text{Form: Bare, Parts: parts}}
	fixed, ok := c.Text.Fixed()
	if !ok {
		return c
	}
	if k == File && fixed == "" {
		s.fail(at, "expected the path of a file behind @")
	}
	if _, err := c.Decode(fixed); err != nil {
		s.fail(at, "%v", err)
	}
	return c
}

// name returns the name of a variable or a connection.
func (s *statement) name(what string) string {
	word := s.peek()
	if !IsName(word) {
		s.fail(s.i, "expected %s, got %s: letters, digits, _ and -, a letter first", what, s.got())
		return ""
	}
	s.i++
	return word
}

// number returns a number from least to most.
func (s *statement) number(what string, least, most int) int {
	n, err := strconv.Atoi(s.peek())
	if err != nil || n < least || n > most {
		s.fail(s.i, "expected %s from %d to %d, got %s", what, least, most, s.got())
		return 0
	}
	s.i++
	return n
}

// isNumber reports whether the next token is a number.
func (s *statement) isNumber() bool {
	_, err := strconv.Atoi(s.peek())
	return err == nil
}

// duration returns a duration.
func (s *statement) duration(what string) time.Duration {
	d, err := literal.Duration(s.peek())
	if err != nil || d < 0 || d > maxDuration {
		s.fail(s.i, "expected %s such as 500ms or 2s, up to %v, got %s", what, maxDuration, s.got())
		return 0
	}
	s.i++
	return d
}

// maxDuration bounds the durations of a script.
const maxDuration = 24 * time.Hour

// as returns the name behind "as", or "".
func (s *statement) as() string {
	if !s.accept("as") {
		return ""
	}
	return s.name(`a name behind "as"`)
}

// end reports what is left on the line. block says whether a { has to be there,
// may be there, or may not.
func (s *statement) end(b block) {
	opens := s.line.opens()
	switch {
	case s.more():
		s.fail(s.i, "unexpected %s, expected the end of the line", s.got())
	case s.i < len(s.line.tokens)-1:
		s.fail(s.i+1, "expected a new line behind %s", s.got())
	case b == mustOpen && !opens:
		s.fail(s.i, "expected { at the end of the line")
	case b == mustNotOpen && opens:
		s.fail(s.i, "unexpected {: this line has no block")
	}
}

// A block says whether a line begins one.
type block uint8

const (
	mustNotOpen block = iota
	mayOpen
	mustOpen
)
