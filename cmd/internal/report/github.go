package report

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// github writes an annotation for each case that has failed, as a command of a
// GitHub workflow.
type github struct{ w io.Writer }

func (g *github) Begin(int) error { return nil }

func (g *github) Case(c *Case) error {
	f := c.Failure
	if f == nil {
		return nil
	}
	text := f.Message
	if f.Detail != "" {
		text += "\n" + f.Detail
	}
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace
	_, err := fmt.Fprintf(g.w, "::error file=%s,line=%d,col=%d,title=%s::%s\n",
		property(fit(filepath.ToSlash(f.File))), f.Line, f.Column, property(fit(c.Name)), data(fitLines(text)))
	return err
}

func (g *github) End(Summary) error { return nil }
