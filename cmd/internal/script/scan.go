package script

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"wscope/cmd/internal/literal"
)

// A token is a word, a text or a brace.
type token struct {
	text   Text
	brace  byte // '{' or '}', else 0
	column int
}

// A line is a line of a script that has tokens.
type line struct {
	number int
	tokens []token
	broken bool // a mistake in it has been reported
}

// opens reports whether the line begins a block.
func (l *line) opens() bool {
	return len(l.tokens) > 0 && l.tokens[len(l.tokens)-1].brace == '{'
}

// closes reports whether the line ends a block.
func (l *line) closes() bool { return len(l.tokens) > 0 && l.tokens[0].brace == '}' }

// scan takes a script apart.
func scan(file string, src []byte, report func(*Mistake)) []*line {
	text := strings.TrimPrefix(string(src), "\ufeff")
	var lines []*line
	number := 0
	for s := range strings.Lines(text) {
		number++
		s = strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r")
		c := lineScanner{s: s, line: &line{number: number}}
		c.fail = func(at int, format string, args ...any) {
			if !c.line.broken {
				report(&Mistake{Pos: Pos{file, number, c.column(at)}, Text: fmt.Sprintf(format, args...)})
			}
			c.line.broken = true
		}
		c.scan()
		if len(c.line.tokens) > 0 || c.line.broken {
			lines = append(lines, c.line)
		}
	}
	return lines
}

// A lineScanner scans one line.
type lineScanner struct {
	s    string
	at   int
	line *line
	fail func(at int, format string, args ...any) // reports the first mistake of the line
}

// column returns the column of a byte offset.
func (c *lineScanner) column(at int) int { return utf8.RuneCountInString(c.s[:at]) + 1 }

func isBlank(b byte) bool { return b == ' ' || b == '\t' }

func (c *lineScanner) scan() {
	c.checkCharacters()
	for {
		for c.at < len(c.s) && isBlank(c.s[c.at]) {
			c.at++
		}
		if c.at == len(c.s) || c.s[c.at] == '#' {
			return
		}
		t := token{column: c.column(c.at)}
		start := c.at
		switch b := c.s[c.at]; b {
		case '"', '`':
			c.at++
			t.text = c.text(start, b)
			if c.at < len(c.s) && !isBlank(c.s[c.at]) && !c.line.broken {
				c.fail(c.at, "expected a blank behind the text")
			}
		default:
			if b == '\'' {
				c.fail(start, "a text stands in double quotes or in backquotes, not in single quotes")
			}
			t.text = c.word()
		}
		if word, _ := t.text.Fixed(); t.text.Form == Bare && (word == "{" || word == "}") {
			t.brace = word[0]
		}
		c.line.tokens = append(c.line.tokens, t)
	}
}

// checkCharacters refuses what does not show, or is not UTF-8.
func (c *lineScanner) checkCharacters() {
	for i := 0; i < len(c.s); {
		r, n := utf8.DecodeRuneInString(c.s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			c.fail(i, `byte 0x%02X is not UTF-8; in double quotes it can be written as \x%02x`, c.s[i], c.s[i])
		case r < ' ' && r != '\t', r == 0x7F:
			c.fail(i, `control character 0x%02X; in double quotes it can be written as \x%02x`, r, r)
		}
		i += n
	}
}

// A collector gathers the parts of a text.
type collector struct {
	parts   []Part
	literal []byte
}

func (l *collector) flush() {
	if len(l.literal) > 0 {
		l.parts = append(l.parts, Part{Literal: string(l.literal)})
		l.literal = nil
	}
}

func (l *collector) add(p Part) {
	l.flush()
	l.parts = append(l.parts, p)
}

// text scans a text up to its closing quote.
func (c *lineScanner) text(start int, quote byte) Text {
	t := Text{Form: Quoted}
	if quote == '`' {
		t.Form = Raw
	}
	var l collector
	for c.at < len(c.s) && c.s[c.at] != quote {
		switch {
		case strings.HasPrefix(c.s[c.at:], "${"):
			l.add(c.reference())
		case quote == '"' && c.s[c.at] == '\\':
			l.literal = append(l.literal, c.escape()...)
		default:
			l.literal = append(l.literal, c.s[c.at])
			c.at++
		}
	}
	if c.at == len(c.s) {
		c.fail(start, "the text that begins here has no closing %c", quote)
	} else {
		c.at++
	}
	l.flush()
	t.Parts = l.parts
	return t
}

// escape scans an escape and returns what it stands for.
func (c *lineScanner) escape() []byte {
	rest := c.s[c.at:]
	n := 2
	switch {
	case strings.HasPrefix(rest, `\$`):
		c.at += 2
		return []byte("$")
	case strings.HasPrefix(rest, `\x`):
		n = 4
	case strings.HasPrefix(rest, `\u`):
		n = 6
	case strings.HasPrefix(rest, `\U`):
		n = 10
	case len(rest) > 1:
		_, size := utf8.DecodeRuneInString(rest[1:])
		n = 1 + size
	}
	n = min(n, len(rest))
	p, err := literal.Unescape(rest[:n])
	if err != nil {
		c.fail(c.at, "%s; \\$ is a dollar sign", strings.Replace(err.Error(), " at offset 0", "", 1))
		n = min(2, len(rest)) // a quote behind it counts
		if n == 2 && rest[1] == '"' {
			n = 1
		}
	}
	c.at += n
	return p
}

// reference scans ${NAME} or ${ENV:NAME}.
func (c *lineScanner) reference() Part {
	start := c.at
	end := strings.IndexByte(c.s[start:], '}')
	if end < 0 {
		c.fail(start, `the reference that begins here has no }; a literal ${ is written "\${"`)
		c.at = len(c.s)
		return Part{}
	}
	c.at = start + end + 1
	name, env := strings.CutPrefix(c.s[start+2:start+end], "ENV:")
	switch {
	case env && (name == "" || strings.ContainsAny(name, " \t=\"`$\\{")):
		c.fail(start, "%q is no name of an environment variable, expected something like ${ENV:HOME}", name)
	case !env && !IsName(name):
		c.fail(start, "%q is no name of a variable: expected letters, digits, _ and -, a letter first", name)
	}
	return Part{Ref: name, Env: env}
}

// IsName reports whether s can be the name of a variable or a connection.
func IsName(s string) bool {
	for i, b := range []byte(s) {
		letter := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
		other := b >= '0' && b <= '9' || b == '_' || b == '-'
		if !letter && (i == 0 || !other) {
			return false
		}
	}
	return s != ""
}

// word scans up to the next blank.
func (c *lineScanner) word() Text {
	var l collector
	start := c.at
	for c.at < len(c.s) && !isBlank(c.s[c.at]) {
		switch b := c.s[c.at]; {
		case strings.HasPrefix(c.s[c.at:], "${"):
			l.add(c.reference())
		case b == '"' || b == '`':
			if c.s[start:c.at] == "@" || c.s[start:c.at] == "hex:" || c.s[start:c.at] == "base64:" {
				c.fail(c.at, "what follows %s stands without quotes", c.s[start:c.at])
			} else {
				c.fail(c.at, "expected a blank before the text, or all of it in quotes")
			}
			c.at++
		case b == '{' && c.at > start && c.at+1 == len(c.s):
			c.fail(c.at, "expected a blank before {")
			l.flush()
			return Text{Form: Bare, Parts: l.parts} // the brace counts as one
		default:
			l.literal = append(l.literal, b)
			c.at++
		}
	}
	l.flush()
	return Text{Form: Bare, Parts: l.parts}
}
