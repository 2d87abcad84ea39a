package lineedit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clipperhouse/displaywidth"
)

// A vt is a terminal: what is written to it moves a cursor and fills rows. The
// rows that scroll off are kept, but the cursor cannot go back to them.
type vt struct {
	mu      sync.Mutex
	changed *sync.Cond
	width   int
	height  int
	rows    [][]string // a wide character has an empty cell behind it
	row     int
	col     int // width if the cursor hangs behind a full row
	rest    string
	raw     strings.Builder
	pastes  bool
	bells   int
}

func newVT(width, height int) *vt {
	v := &vt{width: width, height: height, rows: [][]string{nil}}
	v.changed = sync.NewCond(&v.mu)
	return v
}

func (v *vt) Write(p []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.raw.Write(p)
	s := v.rest + string(p)
	for s != "" {
		n := v.step(s)
		if n == 0 {
			break
		}
		s = s[n:]
	}
	v.rest = s
	v.changed.Broadcast()
	return len(p), nil
}

// step handles the first character or sequence of s and returns its length, 0
// if it is incomplete.
func (v *vt) step(s string) int {
	switch s[0] {
	case '\n': // a terminal that is not quite raw also returns
		v.col = 0
		v.down()
		return 1
	case '\r':
		v.col = 0
		return 1
	case '\a':
		v.bells++
		return 1
	case 0x1b:
		return v.sequence(s)
	}
	if s[0] < 0x20 {
		panic(fmt.Sprintf("control character %q", s[0]))
	}
	for i, r := range s {
		if i > 0 {
			return i
		}
		if r == '\uFFFD' && len(s) < 4 {
			return 0 // perhaps cut off
		}
		v.put(r)
	}
	return len(s)
}

func (v *vt) sequence(s string) int {
	end := strings.IndexFunc(s[1:], func(r rune) bool { return r >= 0x40 && r <= 0x7E && r != '[' })
	if end < 0 {
		return 0
	}
	n := end + 2
	n1, err := strconv.Atoi(s[2 : n-1])
	if err != nil {
		n1 = 1
	}
	switch seq := s[1:n]; {
	case seq == "[?2004h":
		v.pastes = true
	case seq == "[?2004l":
		v.pastes = false
	case seq == "[J":
		v.rows = v.rows[:v.row+1]
		if v.col < len(v.rows[v.row]) {
			v.rows[v.row] = v.rows[v.row][:v.col]
		}
	case seq == "[2J":
		for i := v.top(); i < len(v.rows); i++ {
			v.rows[i] = nil
		}
	case seq == "[H":
		v.row, v.col = v.top(), 0
	case strings.HasSuffix(seq, "A"):
		v.row = max(v.top(), v.row-n1)
	case strings.HasSuffix(seq, "C"):
		v.col = min(v.width-1, v.col+n1)
	case strings.HasSuffix(seq, "m"):
	default:
		panic("sequence " + strconv.Quote(seq))
	}
	return n
}

func (v *vt) top() int { return max(0, len(v.rows)-v.height) }

func (v *vt) down() {
	if v.row++; v.row == len(v.rows) {
		v.rows = append(v.rows, nil)
	}
}

func (v *vt) put(r rune) {
	w := displaywidth.Rune(r)
	if w == 0 {
		return
	}
	if v.col+w > v.width {
		v.col = 0
		v.down()
	}
	row := v.rows[v.row]
	for len(row) < v.col+w {
		row = append(row, " ")
	}
	row[v.col] = string(r)
	if w == 2 {
		row[v.col+1] = ""
	}
	v.rows[v.row] = row
	v.col += w
}

// text returns the rows without the blanks and the empty rows at their ends.
func (v *vt) text() []string {
	rows := make([]string, len(v.rows))
	for i, row := range v.rows {
		rows[i] = strings.TrimRight(strings.Join(row, ""), " ")
	}
	for len(rows) > 0 && rows[len(rows)-1] == "" {
		rows = rows[:len(rows)-1]
	}
	return rows
}

// wait waits until ok holds. It is called with the vt locked.
func (v *vt) wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	expired := false
	timer := time.AfterFunc(30*time.Second, func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		expired = true
		v.changed.Broadcast()
	})
	defer timer.Stop()
	for !ok() {
		if expired {
			t.Fatalf("waited for %s; cursor in row %d, column %d of\n%s", what, v.row, v.col, strings.Join(v.text(), "\n"))
		}
		v.changed.Wait()
	}
}

// waitText waits until exactly rows are shown.
func (v *vt) waitText(t *testing.T, rows ...string) {
	t.Helper()
	v.wait(t, strconv.Quote(strings.Join(rows, "\n")), func() bool { return slices.Equal(v.text(), rows) })
}

// waitLast waits until the last row is row and the cursor in column col of it.
func (v *vt) waitLast(t *testing.T, row string, col int) {
	t.Helper()
	v.wait(t, fmt.Sprintf("%q with the cursor in column %d", row, col), func() bool {
		rows := v.text()
		return len(rows) > 0 && rows[len(rows)-1] == row && v.row == len(rows)-1 && v.col == col
	})
}

func TestVT(t *testing.T) {
	v := newVT(4, 2)
	fmt.Fprint(v, "abc\x1b[1A\r\x1b[2Cd日ef\nx\x1b[A")
	if got, want := strings.Join(v.text(), "|"), "abd|日ef|x"; got != want {
		t.Errorf("rows %q, want %q", got, want)
	}
	if v.row != 1 || v.col != 1 {
		t.Errorf("cursor in row %d, column %d, want 1, 1", v.row, v.col)
	}
}
