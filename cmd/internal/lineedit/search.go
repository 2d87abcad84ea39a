package lineedit

import (
	"strings"

	"github.com/chzyer/readline"
)

// A search looks through the history for what is typed. The found entry is the
// line, the question takes the place of the prompt.
type search struct {
	query   string
	at      int  // lines ago of what was found, 0 for the line itself
	forward bool // towards newer lines
	failing bool

	// What was there before.
	line []rune
	pos  int
}

// maxShownQuery is how much of a query the prompt shows.
const maxShownQuery = 30

func (s *search) prompt() string {
	q := []rune(s.query)
	if len(q) > maxShownQuery {
		q = q[len(q)-maxShownQuery:]
	}
	p := "(search"
	if s.failing {
		p = "(no match"
	}
	if s.forward {
		p += " forward"
	}
	return p + ") " + string(q) + ": "
}

// find goes on from the entry at, with that one included or not.
func (s *search) find(h *history, include bool) {
	step := 1
	if s.forward {
		step = -1
	}
	at := s.at
	if !include || at == 0 {
		at += step
	}
	for ; at > 0 && at <= h.len(); at += step {
		if strings.Contains(h.back(at), s.query) {
			s.at, s.failing = at, false
			return
		}
	}
	s.failing = s.query != ""
}

// found returns the line that the search has led to and where the match is.
func (s *search) found(h *history) ([]rune, int) {
	if s.at == 0 {
		return append([]rune(nil), s.line...), s.pos
	}
	entry := h.back(s.at)
	i := max(0, strings.Index(entry, s.query))
	return []rune(entry), len([]rune(entry[:i]))
}

// searchKey handles a key that is typed during a search. It returns false for
// one that ends the search and has its own meaning as well.
func (e *Editor) searchKey(k key) bool {
	s := e.search
	switch k.code {
	case keyText:
		s.query += k.text
		s.find(e.history, true)
	case readline.CharBackspace:
		// A shorter query may have newer matches: start over.
		q := []rune(s.query)
		s.query = string(q[:max(0, len(q)-1)])
		s.at, s.failing = 0, false
		if s.query != "" {
			s.find(e.history, true)
		}
	case readline.CharBckSearch, readline.CharFwdSearch:
		s.forward = k.code == readline.CharFwdSearch
		if s.query == "" {
			s.query = e.lastQuery
		}
		if s.query != "" {
			s.find(e.history, false)
		}
	case readline.CharBell:
		e.endSearch()
		e.change(func([]rune, int) ([]rune, int) { return s.line, s.pos })
		return true
	default:
		e.endSearch()
		return false
	}
	if s.failing {
		e.screen.bell()
	}
	e.change(func([]rune, int) ([]rune, int) { return s.found(e.history) })
	return true
}

func (e *Editor) beginSearch(forward bool) {
	e.search = &search{forward: forward, line: e.line, pos: e.pos}
	e.change(func(line []rune, pos int) ([]rune, int) { return line, pos })
}

func (e *Editor) endSearch() {
	e.lastQuery = e.search.query
	if e.search.at > 0 {
		e.walk.to(e.search.at, e.search.line)
	}
	e.search = nil
}
