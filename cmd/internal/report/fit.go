package report

import (
	"strings"
	"unicode/utf8"

	"wscope/render"
)

// fit returns a line that does nothing to a terminal. Most of what is reported has
// been escaped where it came from; what was escaped stays as it is.
func fit(line string) string {
	if strings.IndexFunc(line, picture) < 0 {
		return render.EscapeText(line)
	}
	var b strings.Builder
	for line != "" {
		i := strings.IndexFunc(line, picture)
		if i < 0 {
			i = len(line)
		}
		b.WriteString(render.EscapeText(line[:i]))
		rest := strings.TrimLeftFunc(line[i:], picture)
		b.WriteString(line[i : len(line)-len(rest)])
		line = rest
	}
	return b.String()
}

// picture reports whether r is the picture of a control character.
func picture(r rune) bool { return r >= '\u2400' && r <= '\u2421' }

// fitLines is fit for each line of a text.
func fitLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = fit(line)
	}
	return strings.Join(lines, "\n")
}

// fitRunes returns b, which is UTF-8, with each character that does something to
// a terminal, or shows nothing on it, in the form that escape appends. Line ends
// and tabs stay.
func fitRunes(b []byte, escape func([]byte, rune) []byte) []byte {
	fitting := make([]byte, 0, len(b))
	for _, r := range string(b) {
		if r == '\n' || r == '\t' || picture(r) || render.Showable(r) {
			fitting = utf8.AppendRune(fitting, r)
		} else {
			fitting = escape(fitting, r)
		}
	}
	return fitting
}
