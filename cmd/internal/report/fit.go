package report

import (
	"strings"

	"wscope/render"
)

// fit returns a line that does nothing to a terminal. Most of what is reported has
// been escaped where it came from; what was escaped stays as it is.
func fit(line string) string {
	picture := func(r rune) bool { return r >= '\u2400' && r <= '\u2421' }
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
