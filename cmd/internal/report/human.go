package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"wscope/cmd/internal/expect"
	"wscope/render"
)

// human writes a line a case and, of one that has failed, why.
type human struct {
	w io.Writer
	o Options
}

func (h *human) Begin(int) error { return nil }

func (h *human) Case(c *Case) error {
	if h.o.Quiet && c.Status == Passed {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s  %s", h.mark(c.Status), h.harmless(render.Escape(c.File)), h.harmless(render.Escape(c.Name)))
	if c.Status != Skipped {
		fmt.Fprintf(&b, "  (%s)", expect.Took(c.Took))
	}
	b.WriteByte('\n')
	if f := c.Failure; f != nil {
		h.lines(&b, 2, f.place()+": "+f.Message)
		h.lines(&b, 4, f.Detail)
	}
	if c.Transcript != "" && (c.Status == Failed || h.o.Verbose) {
		h.lines(&b, 2, "what happened:")
		h.lines(&b, 4, c.Transcript)
	}
	_, err := io.WriteString(h.w, b.String())
	return err
}

func (h *human) mark(s Status) string {
	switch s {
	case Passed:
		return h.paint("ok  ", color.FgGreen)
	case Failed:
		return h.paint("FAIL", color.FgRed, color.Bold)
	}
	return h.paint("skip", color.FgYellow)
}

func (h *human) paint(text string, attributes ...color.Attribute) string {
	if !h.o.Color {
		return text
	}
	c := color.New(attributes...)
	c.EnableColor()
	return c.Sprint(text)
}

// lines writes a text with a margin. Nothing in it does anything to a terminal.
func (h *human) lines(b *strings.Builder, margin int, text string) {
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		line = h.harmless(fit(line))
		b.WriteString(strings.TrimRight(strings.Repeat(" ", margin)+line, " ") + "\n")
	}
}

// harmless returns a line that is no command to a workflow that reads the log.
func (h *human) harmless(line string) string {
	if !h.o.GitHub {
		return line
	}
	line = strings.ReplaceAll(line, "##[", `##\[`)
	if strings.HasPrefix(strings.TrimSpace(line), "::") {
		line = strings.Replace(line, "::", `\::`, 1)
	}
	return line
}

func (h *human) End(s Summary) error {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
		tint color.Attribute
	}{{s.Passed, "passed", color.FgGreen}, {s.Failed, "failed", color.FgRed}, {s.Skipped, "not run", color.FgYellow}} {
		if p.n > 0 {
			parts = append(parts, h.paint(fmt.Sprintf("%d %s", p.n, p.what), p.tint))
		}
	}
	_, err := fmt.Fprintf(h.w, "%s in %s\n", strings.Join(parts, ", "), expect.Took(s.Took))
	return err
}
