package script

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Pos is a place in a script.
type Pos struct {
	File   string
	Line   int // from 1
	Column int // in characters, from 1
}

// String returns the place as compilers write it.
func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Place returns the file and the line.
func (p Pos) Place() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// A Mistake is something in a script that keeps it from being run.
type Mistake struct {
	Pos
	// Text says what was found and what was expected.
	Text string
	// Err is set if a file could not be read.
	Err error
}

// Error returns the mistake with its place.
func (m *Mistake) Error() string { return m.String() + ": " + m.Text }

// Unwrap returns the error of a file that could not be read.
func (m *Mistake) Unwrap() error { return m.Err }

// Mistakes are all mistakes of a script, in the order of their places.
type Mistakes []*Mistake

// Error returns the mistakes one a line.
func (ms Mistakes) Error() string {
	var lines []string
	for _, m := range ms {
		lines = append(lines, m.Error())
	}
	return strings.Join(lines, "\n")
}

// Unreadable reports whether files that could not be read are all that is wrong.
func (ms Mistakes) Unreadable() bool {
	return len(ms) > 0 && !slices.ContainsFunc(ms, func(m *Mistake) bool { return m.Err == nil })
}

// sorted returns the mistakes in the order of their places; files keep the order
// in which they first occur.
func (ms Mistakes) sorted() Mistakes {
	var files []string
	for _, m := range ms {
		if !slices.Contains(files, m.File) {
			files = append(files, m.File)
		}
	}
	slices.SortStableFunc(ms, func(a, b *Mistake) int {
		return cmp.Or(
			cmp.Compare(slices.Index(files, a.File), slices.Index(files, b.File)),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
		)
	})
	return ms
}
