package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"wscope/render"
)

// tap writes TAP version 13, with a YAML block for what there is to say. Nothing
// in it needs version 14, which the parser of Perl's prove refuses; the YAML keeps
// to what that parser understands, too.
type tap struct {
	w io.Writer
	n int
}

func (t *tap) Begin(total int) error {
	_, err := fmt.Fprintf(t.w, "TAP version 13\n1..%d\n", total)
	return err
}

func (t *tap) Case(c *Case) error {
	t.n++
	var b strings.Builder
	word := "ok"
	if c.Status != Passed {
		word = "not ok"
	}
	name := strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(render.Escape(c.File + ": " + c.Name))
	fmt.Fprintf(&b, "%s %d - %s\n  ---\n", word, t.n, name)
	switch {
	case c.Status == Skipped:
		b.WriteString("  message: \"not run\"\n")
	case c.Failure != nil:
		fmt.Fprintf(&b, "  message: %s\n", yamlString(c.Failure.Message))
		fmt.Fprintf(&b, "  at: %s\n", yamlString(c.Failure.place()))
		yamlBlock(&b, "detail", c.Failure.Detail)
	}
	fmt.Fprintf(&b, "  duration_ms: %.3f\n", float64(c.Took.Microseconds())/1000)
	if c.Status == Failed {
		yamlBlock(&b, "transcript", c.Transcript)
	}
	b.WriteString("  ...\n")
	_, err := io.WriteString(t.w, b.String())
	return err
}

// yamlString returns a text as a YAML scalar in double quotes, which is that of
// JSON but for what JSON leaves alone.
func yamlString(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // few parsers of TAP know \u003c
	if e.Encode(fit(s)) != nil {
		return `""` // a string can always be encoded
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// yamlBlock writes a text of several lines as they are. The first of them says
// how far the block is indented, so it begins without blanks.
func yamlBlock(b *strings.Builder, name, text string) {
	if text == "" {
		return
	}
	fmt.Fprintf(b, "  %s: |\n", name)
	for line := range strings.SplitSeq(strings.TrimSuffix(strings.TrimLeft(text, " \t\r\n"), "\n"), "\n") {
		// An empty line keeps its margin: without it the block would be over for
		// some parsers.
		b.WriteString("    " + strings.TrimRight(fit(line), " ") + "\n")
	}
}

func (t *tap) End(s Summary) error {
	_, err := fmt.Fprintf(t.w, "# %d passed, %d failed, %d not run\n", s.Passed, s.Failed, s.Skipped)
	return err
}
