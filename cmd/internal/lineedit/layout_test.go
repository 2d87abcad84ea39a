package lineedit

import (
	"strings"
	"testing"
)

func TestLocate(t *testing.T) {
	for _, c := range []struct {
		prompt, line string
		pos, width   int
		end, cursor  place
	}{
		{"> ", "", 0, 80, place{0, 2}, place{0, 2}},
		{"> ", "abc", 1, 80, place{0, 5}, place{0, 3}},
		{"\x1b[1m> \x1b[m", "abc", 3, 80, place{0, 5}, place{0, 5}},
		{"> ", "abc", 3, 5, place{1, 0}, place{1, 0}},
		{"> ", "abc", 2, 5, place{1, 0}, place{0, 4}},
		{"> ", "abcd", 3, 5, place{1, 1}, place{1, 0}},
		{"> ", "日本", 1, 5, place{1, 2}, place{1, 0}},
		{"> ", "a😀b", 2, 80, place{0, 6}, place{0, 5}},
		{"> ", "e\u0301", 2, 80, place{0, 3}, place{0, 3}},
		{"日", "abc", 3, 2, place{2, 1}, place{2, 1}},
		{"", "", 0, 1, place{0, 0}, place{0, 0}},
	} {
		d := draw(c.prompt, []rune(c.line), c.pos, c.width, 8)
		if end, cursor := d.locate(c.width); end != c.end || cursor != c.cursor {
			t.Errorf("%q at %d, width %d: end %v, cursor %v, want %v, %v", c.line, c.pos, c.width, end, cursor, c.end, c.cursor)
		}
	}
}

// Wherever the cursor is, no more is drawn than fits, the character at the
// cursor is part of it, and the terminal's cursor ends up there.
func TestDrawLongLine(t *testing.T) {
	lines := map[string][]rune{
		"ASCII": []rune(strings.Repeat("0123456789", 30)),
		"wide":  []rune(strings.Repeat("日本x", 100)),
		"short": []rune("abc日"),
		"empty": nil,
	}
	for name, line := range lines {
		for _, width := range []int{5, 7, 20, 80} {
			for _, rows := range []int{1, 3, 8} {
				for pos := range len(line) + 1 {
					d := draw("> ", line, pos, width, rows)
					end, cursor := d.locate(width)
					if width >= 20 && end.row >= rows {
						t.Errorf("%s, width %d, rows %d, position %d: drawn to row %d", name, width, rows, pos, end.row)
					}
					if pos < len(line) && d.cells[d.cursor].text != string(line[pos]) {
						t.Errorf("%s, width %d, rows %d: the cursor is at %q, not at position %d", name, width, rows, d.cells[d.cursor].text, pos)
					}
					v := newVT(width, 24)
					v.Write(d.appendTo(nil, width))
					if (place{v.row, v.col}) != cursor {
						t.Errorf("%s, width %d, rows %d, position %d: cursor at %d, %d, want %v", name, width, rows, pos, v.row, v.col, cursor)
					}
					v.Write(d.appendErase(nil, width))
					if rows := v.text(); len(rows) > 0 || v.row != 0 || v.col != 0 {
						t.Errorf("%s, width %d, position %d: after erasing %q", name, width, pos, rows)
					}
				}
			}
		}
	}
}

func TestShow(t *testing.T) {
	for r, want := range map[rune]cell{
		'a': {"a", 1}, '~': {"~", 1}, ' ': {" ", 1},
		'\n': {"↵", 1}, '\t': {"⇥", 1}, '\r': {"␍", 1}, 0: {"␀", 1}, 0x1b: {"␛", 1}, 0x7f: {"␡", 1},
		0x9b: {"␦", 1}, '\u202e': {"␦", 1}, '\u2028': {"␦", 1}, '\ufeff': {"␦", 1},
		'日': {"日", 2}, '\u0301': {"\u0301", 0}, '\u200d': {"\u200d", 0},
	} {
		if got := show(r); got != want {
			t.Errorf("show(%U) = %v, want %v", r, got, want)
		}
	}
}
