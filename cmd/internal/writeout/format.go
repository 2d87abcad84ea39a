package writeout

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"wscope/cmd/internal/spell"
	"wscope/render"
)

// A Format is a text with variables in it. The zero value prints nothing.
type Format struct {
	parts []part
	// Unknown are the variables in it that do not exist, for which nothing is
	// printed.
	Unknown []*UnknownError
}

// A part is a text, a variable, or a change of what follows.
type part struct {
	text     string
	variable *variable
	header   string // the name of a field of the response
	to       destination
}

// A destination is where what follows goes.
type destination uint8

const (
	unchanged destination = iota
	toStdout
	toStderr
	onError // nowhere, unless the session has failed
)

// An UnknownError is a variable that does not exist.
type UnknownError struct {
	Name    string
	Nearest string // that was perhaps meant, or ""
}

func (e *UnknownError) Error() string { return fmt.Sprintf("there is no variable %%{%s}", e.Name) }

// Parse reads a format: %{NAME} is a variable, %header{NAME} a field of the
// response, %% a per cent sign; \n, \r and \t are what they are in C. All else stands
// for itself. The error is about a brace that is not closed.
func Parse(s string) (*Format, error) {
	f := &Format{}
	var text strings.Builder
	add := func(p part) {
		if text.Len() > 0 {
			f.parts = append(f.parts, part{text: text.String()})
			text.Reset()
		}
		f.parts = append(f.parts, p)
	}
	for s != "" {
		if n, replacement := escaped(s); n > 0 {
			text.WriteString(replacement)
			s = s[n:]
			continue
		}
		kind, after, ok := placeholder(s)
		if !ok {
			text.WriteByte(s[0])
			s = s[1:]
			continue
		}
		name, rest, ok := strings.Cut(after, "}")
		if !ok {
			return nil, fmt.Errorf("%.30q has no closing brace", s)
		}
		s = rest
		if kind == "header" {
			add(part{header: name})
			continue
		}
		p, unknown := named(name)
		if unknown != nil {
			f.Unknown = append(f.Unknown, unknown)
			continue
		}
		add(p)
	}
	if text.Len() > 0 {
		f.parts = append(f.parts, part{text: text.String()})
	}
	return f, nil
}

// escaped returns the length of what s begins with, if that stands for another
// text, and that text.
func escaped(s string) (n int, text string) {
	if len(s) < 2 {
		return 0, ""
	}
	switch s[:2] {
	case "%%":
		return 2, "%"
	case `\n`:
		return 2, "\n"
	case `\r`:
		return 2, "\r"
	case `\t`:
		return 2, "\t"
	}
	return 0, ""
}

// placeholder reports whether s begins with one, and returns what follows its
// opening brace.
func placeholder(s string) (kind, after string, ok bool) {
	for _, kind := range []string{"", "header"} {
		if after, ok := strings.CutPrefix(s, "%"+kind+"{"); ok {
			return kind, after, true
		}
	}
	return "", "", false
}

// The names that stand for no value.
var destinations = []struct {
	name string
	to   destination
}{{"stdout", toStdout}, {"stderr", toStderr}, {"onerror", onError}}

func named(name string) (part, *UnknownError) {
	for _, d := range destinations {
		if d.name == name {
			return part{to: d.to}, nil
		}
	}
	if v := find(name); v != nil {
		return part{variable: v}, nil
	}
	return part{}, &UnknownError{name, spell.Nearest(name, Names())}
}

// Names returns what can stand between %{ and }, in the order of the alphabet.
func Names() []string {
	var names []string
	for i := range variables {
		names = append(names, variables[i].name)
	}
	for _, d := range destinations {
		names = append(names, d.name)
	}
	slices.Sort(names)
	return names
}

// An Output is where a format is printed.
type Output struct {
	io.Writer
	// Terminal tells that what comes from the peer has to be escaped.
	Terminal bool
}

// Print prints the format. It stops at the first error of writing to either
// output.
func (f *Format) Print(stdout, stderr Output, s *Summary) error {
	out := stdout
	for _, p := range f.parts {
		text := p.text
		switch {
		case p.to == toStdout:
			out = stdout
		case p.to == toStderr:
			out = stderr
		case p.to == onError:
			if s.ExitCode == 0 {
				return nil
			}
		case p.variable != nil:
			text = p.variable.text(s)
		case p.header != "":
			text = s.field(p.header)
		}
		if p.text == "" && out.Terminal {
			text = render.EscapeText(text)
		}
		if _, err := io.WriteString(out, text); err != nil {
			return err
		}
	}
	return nil
}
