package cmd

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"wscope/cmd/internal/literal"
	"wscope/render"
	"wscope/wsproto"
)

// forever is a duration without an end, on the command line -1.
const forever time.Duration = -1

// A durationFlag is a duration in Go's units; a bare number is seconds. If
// endless is set, any negative value means forever.
type durationFlag struct {
	d       *time.Duration
	endless bool
}

func (f durationFlag) Type() string { return "duration" }

func (f durationFlag) String() string {
	switch {
	case f.d == nil || *f.d == 0:
		return "0" // which the help does not show as a default
	case *f.d < 0:
		return "-1"
	}
	return f.d.String()
}

func (f durationFlag) Set(s string) error {
	d, err := literal.Duration(s)
	switch {
	case err != nil:
		return err
	case d < 0 && !f.endless:
		return errors.New("expected a duration that is not negative")
	case d < 0:
		d = forever
	}
	*f.d = d
	return nil
}

// A sizeFlag is a number of bytes, with an optional unit: k, M or G, as powers
// of 1024.
type sizeFlag struct{ n *int64 }

func (f sizeFlag) Type() string { return "bytes" }

func (f sizeFlag) String() string {
	if f.n == nil {
		return "0"
	}
	n, unit := *f.n, ""
	for _, u := range []string{"k", "M", "G"} {
		if n == 0 || n%1024 != 0 {
			break
		}
		n, unit = n/1024, u
	}
	return strconv.FormatInt(n, 10) + unit
}

func (f sizeFlag) Set(s string) error {
	digits := strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(s), "b"), "i")
	factor := int64(1)
	for i, unit := range []string{"k", "m", "g"} {
		if rest, ok := strings.CutSuffix(digits, unit); ok {
			digits, factor = rest, 1<<(10*(i+1))
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/factor {
		return errors.New("expected a number of bytes such as 4096, 64k, 16M or 1G")
	}
	*f.n = n * factor
	return nil
}

// headerEdits are what -H does to the header of a request.
type headerEdits struct {
	fields wsproto.Fields
	omit   []string
}

// A headerFlag adds one header field to the edits: "K: V" adds, "K:" removes a
// default, "K;" sends an empty one, "@file" has one such on each line.
type headerFlag struct{ edits *headerEdits }

func (f headerFlag) Type() string   { return "field" }
func (f headerFlag) String() string { return "" }

func (f headerFlag) Set(s string) error {
	path, ok := strings.CutPrefix(s, "@")
	if !ok {
		return f.edits.add(s)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return &fileError{err}
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if err := f.edits.add(line); err != nil {
			return fmt.Errorf("%s, line %d: %w", path, n, err)
		}
	}
	return nil
}

func (e *headerEdits) add(s string) error {
	if err := checkField(s); err != nil {
		return err
	}
	name, value, ok := strings.Cut(s, ":")
	if !ok {
		if name, ok = strings.CutSuffix(s, ";"); !ok {
			return errors.New(`expected "name: value", "name:" to remove a field or "name;" to send it empty`)
		}
		if !wsproto.IsToken(name) {
			return fmt.Errorf("%q is not the name of a header field", redactName(name))
		}
		e.fields = append(e.fields, wsproto.Field{Name: name})
		return nil
	}
	if !wsproto.IsToken(name) {
		return fmt.Errorf("%q is not the name of a header field", redactName(name))
	}
	value = strings.Trim(value, " \t")
	if value == "" {
		e.omit = append(e.omit, name)
		return nil
	}
	e.fields = append(e.fields, wsproto.Field{Name: name, Value: value})
	return nil
}

// redactName returns what should be the name of a field without what may be
// secret: the value, if the colon before that was forgotten.
func redactName(s string) string {
	i := 0
	for i < len(s) && wsproto.IsToken(s[i:i+1]) {
		i++
	}
	if name := s[:i]; i < len(s) && render.RedactField(name, "x") != "x" {
		return name + s[i:i+1] + render.RedactField(name, s[i+1:])
	}
	return render.RedactURLs(s)
}

// redactHeader returns what -H was given without what may be secret.
func redactHeader(s string) string {
	name, value, ok := strings.Cut(s, ":")
	if !ok {
		return redactName(s)
	}
	if redacted := redactName(name); redacted != name {
		return redacted
	}
	if !wsproto.IsToken(name) {
		return name + ": ..." // a secret one may have been meant
	}
	return name + ": " + render.RedactField(name, strings.TrimSpace(value))
}

// checkField refuses what cannot be in a header field. The error does not quote
// it, since it may be secret.
//
// RFC 9110, Section 5.5.
func checkField(s string) error {
	for i := range len(s) {
		switch b := s[i]; {
		case b == '\r' || b == '\n' || b == 0:
			return fmt.Errorf("the byte %q at offset %d would split the request", b, i)
		case b < ' ' && b != '\t' || b == 0x7F:
			return fmt.Errorf("the byte %q at offset %d is a control character, which no header field can have", b, i)
		}
	}
	return nil
}

// set adds a field that another flag stands for.
func (e *headerEdits) set(name, value string) error {
	if err := checkField(value); err != nil {
		return err
	}
	e.fields = append(e.fields, wsproto.Field{Name: name, Value: value})
	return nil
}

// A listFlag collects values: the flag repeats, and each may have several with
// commas between them.
type listFlag struct{ list *[]string }

func (f listFlag) Type() string   { return "list" }
func (f listFlag) String() string { return "" }

func (f listFlag) Set(s string) error {
	for item := range strings.SplitSeq(s, ",") {
		item = strings.Trim(item, " \t")
		if !wsproto.IsToken(item) {
			return fmt.Errorf("%q is not a token (RFC 6455, Section 4.1)", item)
		}
		for _, have := range *f.list {
			if have == item {
				return fmt.Errorf("%q is named twice (RFC 6455, Section 4.1)", item)
			}
		}
		*f.list = append(*f.list, item)
	}
	return nil
}

// A closing is the Close frame that we end a session with.
type closing struct {
	code   wsproto.CloseCode
	reason string
}

// A closeFlag is a close code with an optional reason, CODE[:reason].
type closeFlag struct{ c *closing }

func (f closeFlag) Type() string { return "code" }

func (f closeFlag) String() string {
	if f.c == nil || f.c.code == 0 {
		return ""
	}
	return strconv.Itoa(int(f.c.code))
}

func (f closeFlag) Set(s string) error {
	code, reason, _ := strings.Cut(s, ":")
	c, err := parseClosing(code, reason)
	if err != nil {
		return err
	}
	*f.c = c
	return nil
}

// parseClosing judges a close code and a reason that are meant to be sent.
func parseClosing(code, reason string) (closing, error) {
	n, err := strconv.ParseUint(code, 10, 16)
	c := closing{wsproto.CloseCode(n), reason}
	switch {
	case err != nil:
		return c, fmt.Errorf("%q is not a close code; expected a number such as 1000 or 4001", code)
	case !c.code.OnWire():
		return c, fmt.Errorf("close code %v may not be sent (RFC 6455, Section 7.4); expected 1000 to 1014 but for 1004 to 1006, or 3000 to 4999", c.code)
	case !utf8.ValidString(reason):
		return c, fmt.Errorf("the close reason %q is not UTF-8 (RFC 6455, Section 5.5.1)", reason)
	case len(reason) > wsproto.MaxReason:
		return c, fmt.Errorf("the close reason has %d bytes, at most %d fit (RFC 6455, Section 5.5)", len(reason), wsproto.MaxReason)
	}
	return c, nil
}

// A fileError is a local file that cannot be read, or is not what it has to be.
type fileError struct{ err error }

func (e *fileError) Error() string { return e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

// addAlias makes alias another spelling of a flag. The help does not list it.
func addAlias(flags *pflag.FlagSet, alias, name string) {
	f := *flags.Lookup(name)
	f.Name, f.Shorthand, f.Hidden = alias, "", true
	f.Usage = "the same as --" + name
	flags.AddFlag(&f)
}
