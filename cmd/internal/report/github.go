package report

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// github writes an annotation for each case that has failed, as a command of a
// GitHub workflow.
type github struct {
	w         io.Writer
	workspace string
}

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
		property(fit(g.path(f.File))), f.Line, f.Column, property(fit(c.Name)), data(fitLines(text)))
	return err
}

// path returns the path of a file as annotations have it: from the workspace on, if
// the file lies in there.
func (g *github) path(file string) string {
	if full, err := filepath.Abs(file); err == nil && g.workspace != "" {
		if own, err := filepath.Rel(g.workspace, full); err == nil && filepath.IsLocal(own) {
			file = own
		}
	}
	return filepath.ToSlash(file)
}

func (g *github) End(Summary) error { return nil }
