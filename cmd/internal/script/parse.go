package script

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"
)

// A parser reads one file.
type parser struct {
	file    string
	lines   []*line
	i       int // the next line
	report  func(*Mistake)
	include func(n *Include, top bool) // loads what a file includes; nil leaves it
}

// Parse reads one script and does not look at what it includes. It returns all
// mistakes; the script is of no use if there are any. file is the name that
// places in it get.
func Parse(file string, src []byte) (*Script, Mistakes) {
	var ms Mistakes
	s := parse(file, src, func(m *Mistake) { ms = append(ms, m) }, nil)
	ms = append(ms, check(s)...)
	return s, ms.sorted()
}

func parse(file string, src []byte, report func(*Mistake), include func(*Include, bool)) *Script {
	p := &parser{file: file, lines: scan(file, src, report), report: report, include: include}
	s := &Script{File: file}
	for p.i < len(p.lines) {
		if n := p.top(); n != nil {
			s.Nodes = append(s.Nodes, n)
		}
	}
	return s
}

// parseSteps reads a file that is included in a test.
func parseSteps(file string, src []byte, report func(*Mistake), include func(*Include, bool)) []Node {
	p := &parser{file: file, lines: scan(file, src, report), report: report, include: include}
	var nodes []Node
	for p.i < len(p.lines) {
		if p.lines[p.i].closes() {
			p.stray()
			continue
		}
		for _, s := range p.stepsUntil(func() bool { return p.i < len(p.lines) && p.lines[p.i].closes() }) {
			nodes = append(nodes, s)
		}
	}
	return nodes
}

// next returns the next line as a statement.
func (p *parser) next() *statement {
	p.i++
	return &statement{p: p, line: p.lines[p.i-1]}
}

// stray reports a } that ends nothing.
func (p *parser) stray() {
	s := p.next()
	s.fail(0, "unexpected }: there is no block to end")
	if s.line.opens() {
		p.skipBlock()
	}
}

// topWords are what may stand outside of tests.
func topWords() []string { return []string{"test", "set", "include"} }

// top reads a statement outside of tests, and returns nil if it is none.
func (p *parser) top() Node {
	if p.lines[p.i].closes() {
		p.stray()
		return nil
	}
	s := p.next()
	switch {
	case s.accept("test"):
		return p.test(s)
	case s.accept("set"):
		return s.set(Base{Pos: s.pos(0)})
	case s.accept("include"):
		return p.includeStep(s, Base{Pos: s.pos(0)}, true)
	case slices.Contains(stepWords(), s.peek()):
		s.fail(0, `%s stands inside of a test: test "name" { ... }`, s.peek())
	default:
		s.keyword(list(topWords()), topWords())
	}
	if s.line.opens() {
		p.skipBlock()
	}
	return nil
}

// test reads a test, of which the first word has been read.
func (p *parser) test(s *statement) Node {
	t := &Test{Pos: s.pos(0), Name: s.fixed("the name of the test", `test "echo answers" {`)}
	if t.Name == "" {
		s.fail(1, "a test needs a name")
	}
	s.end(mustOpen)
	t.broken = s.line.broken
	if !s.line.opens() {
		// The lines that follow are most likely meant to be its steps; but for
		// the brace there is nothing to say about them.
		if p.i < len(p.lines) && !slices.Contains(topWords()[:1], p.word(p.lines[p.i])) {
			p.skipBlock()
		}
		return t
	}
	for p.i < len(p.lines) && p.word(p.lines[p.i]) == "timeout" {
		s := p.next()
		s.i++
		t.Timeout = s.duration("a duration")
		if t.Timeout == 0 {
			s.fail(1, "expected a timeout of more than 0")
		}
		s.end(mustNotOpen)
	}
	t.Steps = p.block(s)
	return t
}

// word returns the first word of a line.
func (p *parser) word(l *line) string {
	s := statement{p: p, line: l}
	return s.peek()
}

// block reads the steps of a block that began in s, and its }.
func (p *parser) block(s *statement) []Step {
	steps := p.stepsUntil(func() bool { return p.atEnd() })
	p.closeBlock(s)
	return steps
}

// atEnd reports whether the next line ends a block, or can be in none.
func (p *parser) atEnd() bool {
	return p.i == len(p.lines) || p.lines[p.i].closes() || p.word(p.lines[p.i]) == "test"
}

// closeBlock reads the } of the block that began in s.
func (p *parser) closeBlock(s *statement) {
	if p.i < len(p.lines) && p.lines[p.i].closes() {
		end := p.next()
		if len(end.line.tokens) > 1 {
			end.fail(1, "expected a new line behind }")
			if end.line.opens() {
				p.skipBlock()
			}
		}
		return
	}
	what := "the end of the file"
	if p.i < len(p.lines) {
		what = fmt.Sprintf("the test in line %d", p.lines[p.i].number)
	}
	open := len(s.line.tokens) - 1
	p.report(&Mistake{Pos: s.pos(open), Text: "the block that begins here has no } before " + what})
}

// stepsUntil reads steps up to where end says, or the end of the file.
func (p *parser) stepsUntil(end func() bool) (steps []Step) {
	for p.i < len(p.lines) && !end() {
		steps = append(steps, p.step(p.next()))
	}
	return steps
}

// skipBlock goes past the } of a block whose statement is not understood.
func (p *parser) skipBlock() {
	for depth := 1; p.i < len(p.lines) && depth > 0; p.i++ {
		if p.lines[p.i].closes() {
			depth--
		}
		if p.lines[p.i].opens() {
			if p.word(p.lines[p.i]) == "test" {
				return
			}
			depth++
		}
	}
}

// includeStep reads an include. top says that it stands outside of tests.
func (p *parser) includeStep(s *statement, b Base, top bool) *Include {
	n := &Include{Base: b, Path: s.fixed("the path of a file", `include "login.wscope"`)}
	if n.Path == "" {
		s.fail(s.i-1, "expected the path of a file")
	}
	s.end(mustNotOpen)
	if p.include != nil && !s.line.broken {
		p.include(n, top)
	}
	return n
}

// set reads what follows the word set.
func (s *statement) set(b Base) *Set {
	n := &Set{Base: b, Name: s.name("the name of a variable")}
	s.equals()
	n.Value = s.value("a value", `set name = "value"`)
	s.end(mustNotOpen)
	return n
}

func (s *statement) equals() {
	if !s.accept("=") {
		s.fail(s.i, "expected = with a blank on either side, got %s", s.got())
	}
}

// within returns the duration behind "within", or 0.
func (s *statement) within() time.Duration {
	if !s.accept("within") {
		return 0
	}
	d := s.duration(`a duration behind "within"`)
	if d == 0 {
		s.fail(s.i-1, "expected a time of more than 0")
	}
	return d
}

// Beside returns the path of a file that a script at pos names.
func Beside(pos Pos, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(pos.File), path)
}
