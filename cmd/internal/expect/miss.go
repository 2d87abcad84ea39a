package expect

import (
	"fmt"
	"strings"
)

// A Miss is how a message is not what was waited for.
type Miss struct {
	// Near is how near it came, from 0 for nothing in common up to 1.
	Near float64
	// Why says what is different, in one line or several, without a line end
	// after the last.
	Why string
}

// Misses are the messages that came while another was waited for. Only the
// nearest of them is kept. The zero value is empty.
type Misses struct {
	n       int
	nearest string
	miss    Miss
}

// Add adds a message. Of two that are as near the later one counts.
func (s *Misses) Add(m *Message, miss *Miss) {
	if s.n++; s.n > 1 && miss.Near < s.miss.Near {
		return
	}
	s.nearest, s.miss = m.String(), *miss
}

// Len returns how many messages there were.
func (s *Misses) Len() int { return s.n }

// Nearest returns how near the nearest one came, 0 if there was none.
func (s *Misses) Nearest() float64 { return s.miss.Near }

// String tells of the nearest miss in one line or several, or is "" if nothing
// came.
func (s *Misses) String() string {
	what := "came instead: "
	switch {
	case s.n == 0:
		return ""
	case s.n > 1:
		what = fmt.Sprintf("%d others came, the nearest: ", s.n)
	}
	return what + s.nearest + "\n" + indent(s.miss.Why)
}

// indent puts two blanks before each line.
func indent(s string) string { return "  " + strings.ReplaceAll(s, "\n", "\n  ") }
