package script

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"wscope/cmd/internal/literal"
)

// A Form is how a text is written.
type Form uint8

// The forms of a text.
const (
	Bare   Form = iota // a word without quotes
	Quoted             // in double quotes, with escapes
	Raw                // in backquotes
)

// A Text is a text of a script, with references to variables in it.
type Text struct {
	Form  Form
	Parts []Part
}

// A Part is a piece of a text: a literal or, if Ref is set, a reference.
type Part struct {
	Literal string
	Ref     string // the name of a variable
	Env     bool   // of one of the environment
}

// Fixed returns a text without references. It reports false if there is one.
func (t Text) Fixed() (string, bool) {
	switch {
	case len(t.Parts) == 0:
		return "", true
	case len(t.Parts) == 1 && t.Parts[0].Ref == "":
		return t.Parts[0].Literal, true
	}
	return "", false
}

// Reference returns the reference that is all of the text, if it is one.
func (t Text) Reference() (p Part, ok bool) {
	if len(t.Parts) == 1 && t.Parts[0].Ref != "" {
		return t.Parts[0], true
	}
	return Part{}, false
}

// Expand returns the text with what value says for its references.
func (t Text) Expand(value func(Part) (string, error)) (string, error) {
	var b strings.Builder
	for _, p := range t.Parts {
		if p.Ref == "" {
			b.WriteString(p.Literal)
			continue
		}
		v, err := value(p)
		if err != nil {
			return "", err
		}
		b.WriteString(v)
	}
	return b.String(), nil
}

// String returns the text as it stands in a script.
func (t Text) String() string {
	var b strings.Builder
	quote := map[Form]string{Quoted: `"`, Raw: "`"}[t.Form]
	b.WriteString(quote)
	for _, p := range t.Parts {
		switch {
		case p.Ref != "":
			b.WriteString(p.String())
		case t.Form == Quoted:
			writeEscaped(&b, p.Literal)
		default:
			b.WriteString(p.Literal)
		}
	}
	b.WriteString(quote)
	return b.String()
}

// String returns a reference as it stands in a script.
func (p Part) String() string {
	if p.Env {
		return "${ENV:" + p.Ref + "}"
	}
	return "${" + p.Ref + "}"
}

// Quote returns s as a text in double quotes.
func Quote(s string) string {
	return Text{Form: Quoted, Parts: []Part{{Literal: s}}}.String()
}

// writeEscaped writes a literal so that scanning it in double quotes gives it
// back.
func writeEscaped(b *strings.Builder, s string) {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(b, `\x%02x`, s[i])
		case r == '"', r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '$' && strings.HasPrefix(s[i:], "${"):
			b.WriteString(`\$`)
		case r < 0x80 && (r < ' ' || r == 0x7F):
			fmt.Fprintf(b, `\x%02x`, r)
		case strconv.IsPrint(r):
			b.WriteRune(r)
		case r <= 0xFFFF:
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			fmt.Fprintf(b, `\U%08x`, r)
		}
		i += n
	}
}

// A Content is what a message is made of.
type Content struct {
	Kind ContentKind
	Text Text // the path of a file, or the digits
}

// A ContentKind says how the text of a Content is to be read.
type ContentKind uint8

// The kinds of contents.
const (
	Plain  ContentKind = iota
	File               // @path
	Hex                // hex:digits
	Base64             // base64:text
)

var contentPrefixes = [...]string{File: "@", Hex: "hex:", Base64: "base64:"}

// Decode returns the bytes that text, which is that of the content with the values
// of its references, stands for. For a File it is the path.
func (c Content) Decode(text string) (p []byte, err error) {
	switch c.Kind {
	case Hex:
		p, err = literal.Hex(text)
	case Base64:
		p, err = base64.StdEncoding.DecodeString(text)
	default:
		return []byte(text), nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s %w", contentPrefixes[c.Kind], err)
	}
	return p, nil
}

// String returns the content as it stands in a script.
func (c Content) String() string { return contentPrefixes[c.Kind] + c.Text.String() }
