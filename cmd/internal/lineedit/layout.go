package lineedit

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// A cell is what the terminal treats as one character. A control sequence of
// the prompt is a cell too, of width 0.
type cell struct {
	text  string
	width int
}

// A drawing is what is on the screen, or is to be: the prompt, the line, and
// the cursor in front of a cell or behind the last one.
type drawing struct {
	cells  []cell
	cursor int
}

type place struct{ row, col int }

// draw lays out as much of line as fits into rows rows together with prompt,
// and in any case what is around pos. What does not fit is three dots.
func draw(prompt string, line []rune, pos, width, rows int) *drawing {
	d := &drawing{cells: promptCells(prompt)}
	room := width * rows
	for _, c := range d.cells {
		room -= c.width
	}
	// A wide character may leave the last column of a row empty, and the
	// cursor needs a place behind the line.
	room = max(1, room-rows-1)
	from, to := window(line, pos, room)
	if from > 0 {
		d.cells = appendDots(d.cells)
	}
	for i, r := range line[from:to] {
		if from+i == pos {
			d.cursor = len(d.cells)
		}
		d.cells = append(d.cells, show(r))
	}
	if pos == to {
		d.cursor = len(d.cells)
	}
	if to < len(line) {
		d.cells = appendDots(d.cells)
	}
	return d
}

// window chooses the part of line around pos that takes no more than room
// columns, the dots at its ends included.
func window(line []rune, pos, room int) (from, to int) {
	total := 0
	for _, r := range line {
		if total += show(r).width; total > room {
			break
		}
	}
	if total <= room {
		return 0, len(line)
	}
	room = max(1, room-2*len(dots))
	from, to = pos, pos
	used := 0
	if pos < len(line) { // what the cursor is on, whatever the room
		used = show(line[pos]).width
		to++
	}
	back := func(limit int) {
		for from > 0 && used+show(line[from-1]).width <= limit {
			from--
			used += show(line[from]).width
		}
	}
	back(room * 3 / 4)
	for to < len(line) && used+show(line[to]).width <= room {
		used += show(line[to]).width
		to++
	}
	back(room)
	return from, to
}

const dots = "..."

func appendDots(cells []cell) []cell {
	for _, r := range dots {
		cells = append(cells, cell{string(r), 1})
	}
	return cells
}

// promptCells splits a prompt, in which control sequences take no room.
func promptCells(prompt string) []cell {
	var cells []cell
	for len(prompt) > 0 {
		n := sequenceLen(prompt)
		c := cell{prompt[:n], 0}
		if n == 0 {
			var r rune
			r, n = utf8.DecodeRuneInString(prompt)
			c = show(r)
		}
		cells = append(cells, c)
		prompt = prompt[n:]
	}
	return cells
}

// sequenceLen returns the length of the control sequence that s begins with.
func sequenceLen(s string) int {
	if !strings.HasPrefix(s, "\x1b[") {
		return 0
	}
	for i := 2; i < len(s); i++ {
		if s[i] >= 0x40 && s[i] <= 0x7E {
			return i + 1
		}
	}
	return 0
}

// show returns the visible form of r: itself, or something harmless for what
// would move the cursor or change the order of the characters.
func show(r rune) cell {
	switch {
	case r >= 0x20 && r < 0x7F:
		return cell{ascii[r-0x20 : r-0x20+1], 1}
	case r == '\n':
		return cell{"↵", 1}
	case r == '\t':
		return cell{"⇥", 1}
	case r < 0x20:
		return cell{string('\u2400' + r), 1}
	case r == 0x7F:
		return cell{"␡", 1}
	case r == '\u200C' || r == '\u200D': // they join or part what is beside them
		return cell{string(r), 0}
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
		return cell{"␦", 1}
	}
	return cell{string(r), displaywidth.Rune(r)}
}

const ascii = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"

// locate returns where the end of d and the cursor are on a terminal of the
// given width, counted from the place where d begins.
func (d *drawing) locate(width int) (end, cursor place) {
	var p place
	for i, c := range d.cells {
		if c.width > 0 && p.col+c.width > width {
			p = place{p.row + 1, 0}
		}
		if i == d.cursor {
			cursor = p.wrap(width)
		}
		p.col += c.width
	}
	end = p.wrap(width)
	if d.cursor >= len(d.cells) {
		cursor = end
	}
	return end, cursor
}

// wrap is the place of the next character after a full row.
func (p place) wrap(width int) place {
	if p.col >= width {
		return place{p.row + 1, 0}
	}
	return p
}

// appendTo appends what paints d, from its beginning, and sets the cursor.
func (d *drawing) appendTo(b []byte, width int) []byte {
	b = d.appendText(b)
	end, cursor := d.locate(width)
	if end.row > 0 && end.col == 0 {
		// The cursor hangs behind a full row until something is printed.
		b = append(b, " \r"...)
	}
	if end == cursor {
		return b
	}
	if up := end.row - cursor.row; up > 0 {
		b = fmt.Appendf(b, "\x1b[%dA", up)
	}
	b = append(b, '\r')
	if cursor.col > 0 {
		b = fmt.Appendf(b, "\x1b[%dC", cursor.col)
	}
	return b
}

func (d *drawing) appendText(b []byte) []byte {
	for _, c := range d.cells {
		b = append(b, c.text...)
	}
	return b
}

// appendErase appends what removes d from the screen and leaves the cursor
// where d began. After a change of the width it counts on the terminal to have
// wrapped anew.
func (d *drawing) appendErase(b []byte, width int) []byte {
	_, cursor := d.locate(width)
	b = append(b, '\r')
	if cursor.row > 0 {
		b = fmt.Appendf(b, "\x1b[%dA", cursor.row)
	}
	return append(b, "\x1b[J"...)
}

// appendPlain is appendTo for a terminal without control sequences, on which d
// takes one row. The cursor is brought to its place by what is there already.
func (d *drawing) appendPlain(b []byte) []byte {
	b = d.appendText(b)
	if d.cursor < len(d.cells) {
		b = append(b, '\r')
		for _, c := range d.cells[:d.cursor] {
			b = append(b, c.text...)
		}
	}
	return b
}

// appendBlanks is appendErase after appendPlain.
func (d *drawing) appendBlanks(b []byte) []byte {
	b = append(b, '\r')
	for _, c := range d.cells {
		for range c.width {
			b = append(b, ' ')
		}
	}
	return append(b, '\r')
}
