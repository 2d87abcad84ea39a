package lineedit

import (
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// complete is what Tab does: it inserts as much as all the candidates have in
// common, and shows them if that is nothing new.
func (e *Editor) complete(line []rune, pos int) ([]rune, int) {
	if e.completer == nil {
		e.screen.bell()
		return line, pos
	}
	before := string(line[:pos])
	candidates, replace := e.completer(before+string(line[pos:]), len(before))
	if len(candidates) == 0 || replace < 0 || replace > len(before) {
		e.screen.bell()
		return line, pos
	}
	insert := commonPrefix(candidates)
	if len(candidates) > 1 && len(insert) <= replace {
		width, _ := e.screen.bounds()
		e.screen.print(columns(candidates, width))
		return line, pos
	}
	head := []rune(before[:len(before)-replace] + insert)
	return append(head, line[pos:]...), len(head)
}

func commonPrefix(candidates []string) string {
	prefix := []rune(candidates[0])
	for _, c := range candidates[1:] {
		n := 0
		for _, r := range c {
			if n == len(prefix) || prefix[n] != r {
				break
			}
			n++
		}
		prefix = prefix[:n]
	}
	return string(prefix)
}

// columns lists the candidates as ls does, with the order going down.
func columns(candidates []string, width int) []byte {
	shown := make([]string, len(candidates))
	longest := 0
	for i, c := range candidates {
		for _, r := range strings.TrimRight(c, " ") {
			shown[i] += show(r).text
		}
		longest = max(longest, displaywidth.String(shown[i]))
	}
	perRow := max(1, (width-1)/(longest+2))
	rows := (len(shown) + perRow - 1) / perRow
	var b strings.Builder
	for row := range rows {
		for i := row; i < len(shown); i += rows {
			b.WriteString(shown[i])
			if i+rows < len(shown) {
				b.WriteString(strings.Repeat(" ", longest+2-displaywidth.String(shown[i])))
			}
		}
		b.WriteString(lineBreak)
	}
	return []byte(b.String())
}
