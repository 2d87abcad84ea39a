package script

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxIncludes bounds how deep files include each other.
const maxIncludes = 20

// Load reads a script and all that it includes with read, which gets the path
// of a file relative to where the script's own is. src is the text of the
// script. It returns all mistakes of all files; the script is of no use if there
// are any.
func Load(file string, src []byte, read func(path string) ([]byte, error)) (*Script, Mistakes) {
	l := &loader{read: read, open: []string{file}}
	s := parse(file, src, l.report, l.include)
	l.mistakes = append(l.mistakes, check(s)...)
	return s, l.mistakes.sorted()
}

type loader struct {
	read     func(path string) ([]byte, error)
	open     []string // the files that are being read, each included by the one before
	mistakes Mistakes
}

// report notes a mistake once: a file may be included several times.
func (l *loader) report(m *Mistake) {
	if !slices.ContainsFunc(l.mistakes, func(o *Mistake) bool { return o.Pos == m.Pos && o.Text == m.Text }) {
		l.mistakes = append(l.mistakes, m)
	}
}

func (l *loader) include(n *Include, top bool) {
	path := Beside(n.Pos, n.Path)
	switch {
	case slices.Contains(l.open, path):
		l.report(&Mistake{Pos: n.Pos, Text: "the files include each other: " + strings.Join(append(l.open, path), " > ")})
		return
	case len(l.open) > maxIncludes:
		l.report(&Mistake{Pos: n.Pos, Text: fmt.Sprintf("more than %d files include each other", maxIncludes)})
		return
	}
	src, err := l.read(path)
	if err != nil {
		l.report(&Mistake{Pos: n.Pos, Text: "including " + n.Path + ": " + cause(err), Err: err})
		return
	}
	l.open = append(l.open, path)
	defer func() { l.open = l.open[:len(l.open)-1] }()
	if top {
		n.Nodes = parse(path, src, l.report, l.include).Nodes
		return
	}
	n.Nodes = parseSteps(path, src, l.report, l.include)
}

// cause words an error without the path, which has been named.
func cause(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err.Error()
}

// Tests returns the tests of a script with the variables that are set before each
// of them.
func (s *Script) Tests() []TestCase {
	var cases []TestCase
	var sets []*Set
	var walk func([]Node)
	walk = func(nodes []Node) {
		for _, n := range nodes {
			switch n := n.(type) {
			case *Test:
				cases = append(cases, TestCase{n, slices.Clip(sets)})
			case *Set:
				sets = append(slices.Clip(sets), n)
			case *Include:
				walk(n.Nodes)
			}
		}
	}
	walk(s.Nodes)
	return cases
}

// A TestCase is a test and what is set outside of it.
type TestCase struct {
	*Test
	Sets []*Set
}
