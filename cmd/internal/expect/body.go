package expect

import (
	"bytes"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"unicode/utf8"
)

// A Body is what has to be true of the data of a message. Bodies may be used by
// several goroutines.
type Body interface {
	// Match returns nil if data is as it has to be.
	Match(data []byte) *Miss
	// String returns the words of a script that ask for it, as in
	// `text "hello"`, `re "^id="` or `json .id == 1`.
	String() string
}

// Exactly is a text that the data has to be.
type Exactly string

// Match compares.
func (e Exactly) Match(data []byte) *Miss {
	if string(data) == string(e) {
		return nil
	}
	return &Miss{Near: similarity(string(data), string(e)), Why: pointOut(string(data), string(e))}
}

func (e Exactly) String() string { return "text " + quote(string(e)) }

// Bytes are what the data has to be, byte by byte.
type Bytes []byte

// Match compares.
func (b Bytes) Match(data []byte) *Miss {
	if bytes.Equal(data, b) {
		return nil
	}
	return &Miss{Near: similarity(string(data), string(b)), Why: pointOutByte(data, b)}
}

func (b Bytes) String() string { return "binary " + showBytes(b) }

// A Regexp is a regular expression that has to match somewhere in the data.
type Regexp struct {
	re    *regexp.Regexp
	heads func() []*regexp.Regexp // its beginnings, the longest first
}

// NewRegexp compiles a regular expression. The error says what is wrong with it.
func NewRegexp(pattern string) (*Regexp, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("invalid regular expression: %w", regexpError(err))
	}
	return &Regexp{re, sync.OnceValue(func() []*regexp.Regexp { return beginnings(pattern) })}, nil
}

// regexpError returns what Go says about a regular expression without its
// preamble.
func regexpError(err error) error {
	return fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
}

// Match looks for the expression.
func (r *Regexp) Match(data []byte) *Miss {
	if r.re.Match(data) {
		return nil
	}
	return r.miss(data)
}

func (r *Regexp) String() string { return "re " + quote(r.re.String()) }

// Groups returns how many groups the expression has.
func (r *Regexp) Groups() int { return r.re.NumSubexp() }

// Find returns what a group has matched in data, group 0 being all of it. It
// reports false if the expression does not match, or the group has no part in it.
func (r *Regexp) Find(data []byte, group int) (string, bool) {
	m := r.re.FindSubmatchIndex(data)
	if m == nil || group > r.re.NumSubexp() || m[2*group] < 0 {
		return "", false
	}
	return string(data[m[2*group]:m[2*group+1]]), true
}

// maxRegexpParts bounds how many parts of an expression are tried one by one.
const maxRegexpParts = 256

// beginnings returns the expressions that a regular expression begins with, as far
// as each is one, the longest first. Of alternatives there is none: each of them is
// a way to match.
func beginnings(pattern string) (heads []*regexp.Regexp) {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil || tree.Op != syntax.OpConcat && tree.Op != syntax.OpLiteral || len(pattern) > maxRegexpParts {
		return nil
	}
	for n := len(pattern) - 1; n > 0; n-- {
		if !utf8.RuneStart(pattern[n]) || strings.IndexByte("*+?{", pattern[n]) >= 0 {
			continue // a character, or how often it comes, stays whole
		}
		if re, err := regexp.Compile(pattern[:n]); err == nil {
			heads = append(heads, re)
		}
	}
	return heads
}

// maxMissData bounds how much of the data the beginnings are looked for in: there
// are many of them, and it is done for each message that does not match.
const maxMissData = 4 << 10

// miss says how much of the expression there is in the data: the longest
// beginning of it that matches, and what comes after that.
func (r *Regexp) miss(data []byte) *Miss {
	pattern := r.re.String()
	for _, head := range r.heads() {
		at := head.FindIndex(data[:min(len(data), maxMissData)])
		if at == nil {
			continue
		}
		if at[0] == at[1] {
			break // nothing but an assertion, or what may be empty
		}
		n := len(head.String())
		found := "the text ends"
		if at[1] < len(data) {
			found = "there is " + quote(string(data[at[1]:]))
		}
		return &Miss{
			Near: 0.1 + 0.9*float64(n)/float64(len(pattern)),
			Why: fmt.Sprintf("the first part of it, %s, matches up to offset %d; then %s, where %s has to match",
				quote(pattern[:n]), at[1], found, quote(pattern[n:])),
		}
	}
	return &Miss{Near: 0.1, Why: "the regular expression does not match any of it"}
}
