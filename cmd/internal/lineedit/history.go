package lineedit

import (
	"strings"
	"sync"
)

// History says which lines are kept for the arrow keys and Ctrl-R. Empty lines,
// lines that begin with a space and immediate repetitions never are.
type History struct {
	// Path is the file that the lines are kept in, shared by all sessions that
	// name it. Empty means that they are kept in memory only. The file is made
	// with mode 0600, and its directory with 0700.
	Path string
	// Max is the number of lines kept, 1000 if it is 0, none if it is negative.
	Max int
	// Report is called at most once, from New or ReadLine, with the first error
	// of the file. The session goes on with what there is in memory.
	Report func(error)
}

const defaultMax = 1000

// A history is the entries, oldest first, and the file behind them.
type history struct {
	max    int
	report func(error)
	file   *historyFile // nil without one

	mu      sync.Mutex
	entries []string
}

func newHistory(c History) *history {
	h := &history{max: c.Max, report: c.Report}
	if h.max == 0 {
		h.max = defaultMax
	}
	if c.Path == "" || h.max < 0 {
		return h
	}
	h.file = &historyFile{path: c.Path, max: h.max}
	entries, err := h.file.load()
	h.failed(err)
	h.entries = entries
	return h
}

func (h *history) failed(err error) {
	if err != nil && h.report != nil {
		h.report(err)
		h.report = nil
	}
}

// add keeps line if it is worth keeping.
func (h *history) add(line string) {
	if h.max < 0 || line == "" || strings.HasPrefix(line, " ") {
		return
	}
	h.mu.Lock()
	n := len(h.entries)
	repeated := n > 0 && h.entries[n-1] == line
	if !repeated {
		h.entries = append(h.entries, line)
		h.entries = h.entries[max(0, n+1-h.max):]
	}
	h.mu.Unlock()
	if !repeated && h.file != nil {
		h.failed(h.file.append(line))
	}
}

func (h *history) len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.entries)
}

// back returns the entry that is n lines ago; 1 is the last.
func (h *history) back(n int) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.entries[len(h.entries)-n]
}

// A walk is the way of one line through the history. What was changed on the
// way is kept until the line is entered.
type walk struct {
	h       *history
	at      int            // lines ago; 0 is the line that is being typed
	changed map[int][]rune // lines that differ from their entries
}

// to goes to the entry that is n lines ago and returns what is to be edited
// there. Line is what is left behind.
func (w *walk) to(n int, line []rune) ([]rune, bool) {
	if n < 0 || n > w.h.len() {
		return nil, false
	}
	if w.changed == nil {
		w.changed = make(map[int][]rune)
	}
	if w.at == 0 || string(line) != w.h.back(w.at) {
		w.changed[w.at] = append([]rune(nil), line...)
	}
	w.at = n
	if changed, ok := w.changed[n]; ok || n == 0 {
		return append([]rune(nil), changed...), true
	}
	return []rune(w.h.back(n)), true
}
