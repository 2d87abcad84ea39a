package expect

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// An Op is how a JSON value is compared.
type Op string

// The ways to compare.
const (
	Equal        Op = "=="
	NotEqual     Op = "!="
	Less         Op = "<"
	Greater      Op = ">"
	LessEqual    Op = "<="
	GreaterEqual Op = ">="
	Matches      Op = "~" // a regular expression, on the text of the value
	Exists       Op = "exists"
)

// Ops returns all of them.
func Ops() []Op {
	return []Op{Equal, NotEqual, Less, Greater, LessEqual, GreaterEqual, Matches, Exists}
}

// Known reports whether op is one of [Ops].
func (op Op) Known() bool { return slices.Contains(Ops(), op) }

// A Condition is what has to be true of one value in a JSON document.
type Condition struct {
	path  Path
	op    Op
	value []byte // JSON; a regular expression for Matches
	re    *Regexp
}

// NewCondition returns a condition. The value is JSON, for Matches a regular
// expression, and for Exists of no importance. The error says what is wrong with
// it.
func NewCondition(path Path, op Op, value []byte) (Condition, error) {
	c := Condition{path: path, op: op, value: trimJSON(value)}
	switch op {
	case Exists:
		c.value = nil
		return c, nil
	case Matches:
		c.value = value
		var err error
		c.re, err = NewRegexp(string(value))
		return c, err
	}
	if !op.Known() {
		return c, fmt.Errorf("there is no comparison %q, expected one of == != < > <= >= ~ exists", string(op))
	}
	if err := checkJSON(value); err != nil {
		return c, fmt.Errorf("%s: %s", quote(string(value)), strings.TrimPrefix(err.Error(), "it is "))
	}
	if op != Equal && op != NotEqual && !ordered(c.value) {
		return c, fmt.Errorf("%s has no order, %s compares numbers and strings", describe(c.value), op)
	}
	return c, nil
}

// ParseCondition reads "PATH OP VALUE", as in `result.id == 7`, `.name ~ ^a` or
// `.error exists`; the blanks around a comparison may be left out. A value that is
// not JSON is a string, and may stand in single quotes.
func ParseCondition(s string) (Condition, error) {
	path, op, value, err := cutCondition(s)
	if err != nil {
		return Condition{}, err
	}
	switch op {
	case Matches:
		value = unquoteRegexp(value)
	case Exists:
	default:
		value = string(Value(value))
	}
	return NewCondition(path, op, []byte(value))
}

// ParseConditions reads a condition as [ParseCondition] does, or several with "and"
// between them.
func ParseConditions(s string) (JSON, error) {
	var all JSON
	for _, part := range splitConditions(s) {
		c, err := ParseCondition(part)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// CheckConditions returns what ParseConditions would say of anything but the values.
func CheckConditions(s string) error {
	for _, part := range splitConditions(s) {
		if _, _, _, err := cutCondition(part); err != nil {
			return err
		}
	}
	return nil
}

// splitConditions cuts s at each "and" outside of quotes that a path and a
// comparison follow. Any other is a part of a text without quotes.
func splitConditions(s string) (parts []string) {
	const and = " and "
	start := 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			i = closingQuote(s, i)
		case s[i] == '\'':
			i += singleQuoted(s[start:i], s[i+1:])
		case strings.HasPrefix(s[i:], and):
			name, rest := cutPath(strings.TrimSpace(s[i+len(and):]))
			op, _ := cutOp(strings.TrimSpace(rest))
			if _, err := ParsePath(name); err == nil && op.Known() {
				parts, start = append(parts, s[start:i]), i+len(and)
			}
		}
	}
	return append(parts, s[start:])
}

// singleQuoted returns how long the rest of a value in single quotes is that begins
// behind a comparison, 0 if that is no such value.
func singleQuoted(before, after string) int {
	if before = strings.TrimRight(before, " \t"); before == "" || !strings.ContainsRune(comparisons, rune(before[len(before)-1])) {
		return 0
	}
	for i := range len(after) {
		if after[i] == '\'' && (i+1 == len(after) || after[i+1] == ' ') {
			return i + 1
		}
	}
	return 0
}

// cutCondition takes a condition apart and does not judge its value.
func cutCondition(s string) (path Path, op Op, value string, err error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return path, op, "", errors.New("expected a path, as in .id == 7")
	}
	name, rest := cutPath(s)
	if path, err = ParsePath(name); err != nil {
		return path, op, "", err
	}
	op, value = cutOp(strings.TrimSpace(rest))
	switch {
	case op == "":
		return path, Exists, "", nil
	case !op.Known():
		err = fmt.Errorf("there is no comparison %q, expected one of == != < > <= >= ~ exists", string(op))
	case op == Exists && value != "":
		err = fmt.Errorf("unexpected %q behind exists", value)
	case op != Exists && value == "":
		err = fmt.Errorf("expected a value behind %s", op)
	}
	return path, op, value, err
}

// cutOp returns the comparison at the beginning of s, known or not, and what
// follows it.
func cutOp(s string) (op Op, rest string) {
	n := len(s) - len(strings.TrimLeft(s, comparisons))
	switch {
	case strings.HasPrefix(s, string(Matches)):
		n = len(Matches) // what follows may be of the regular expression
	case n == 0:
		if n = strings.IndexAny(s, " \t\r\n"); n < 0 {
			n = len(s)
		}
	}
	return Op(s[:n]), strings.TrimSpace(s[n:])
}

// unquoteRegexp returns a regular expression without the quotes around it, where
// somebody has put it in quotes as a script has it.
func unquoteRegexp(s string) string {
	if len(s) < 2 || s[0] != s[len(s)-1] || s[0] != '"' && s[0] != '\'' {
		return s
	}
	var text string
	if s[0] == '"' && json.Unmarshal([]byte(s), &text) == nil {
		return text
	}
	return s[1 : len(s)-1] // "\d" is no string of JSON
}

// Value returns s itself if it is JSON, and else s as a JSON string, without the
// single quotes around it.
func Value(s string) []byte {
	if json.Valid([]byte(s)) {
		return []byte(s)
	}
	if n := len(s); n > 1 && s[0] == '\'' && s[n-1] == '\'' {
		s = s[1 : n-1]
	}
	return String(s)
}

// String returns s as a JSON string.
func String(s string) []byte {
	b, err := json.Marshal(s)
	if err != nil {
		return []byte(`""`) // a string can always be encoded
	}
	return b
}

func ordered(v []byte) bool {
	return len(v) > 0 && (v[0] == '"' || v[0] == '-' || v[0] >= '0' && v[0] <= '9')
}

// String returns the condition as a script has it.
func (c Condition) String() string {
	switch c.op {
	case Exists:
		return c.path.String() + " exists"
	case Matches:
		return c.path.String() + " ~ " + quote(string(c.value))
	}
	return c.path.String() + " " + string(c.op) + " " + showJSON(c.value)
}

// check returns "" if the condition is true of doc, and otherwise why it is not.
func (c Condition) check(doc []byte) string {
	got, err := c.path.Find(doc)
	switch {
	case err != nil:
		return err.Error()
	case c.op == Exists:
		return ""
	case c.op == Matches:
		miss := c.re.Match([]byte(Plain(got)))
		if miss == nil {
			return ""
		}
		return fmt.Sprintf("%s is %s: %s", c.path, showJSON(got), miss.Why)
	}
	if c.op == Equal || c.op == NotEqual {
		difference := firstDifference(strings.TrimSuffix(c.path.String(), "."), decode(got), decode(c.value))
		switch {
		case c.op == Equal:
			return difference
		case difference == "":
			return fmt.Sprintf("%s is %s, expected anything else", c.path, showJSON(got))
		}
		return ""
	}
	return c.order(got)
}

func (c Condition) order(got []byte) string {
	a, b := decode(got), decode(c.value)
	var n int
	switch want := b.(type) {
	case json.Number:
		number, ok := a.(json.Number)
		if !ok {
			return fmt.Sprintf("%s is %s, and %s %s compares numbers", c.path, describe(got), c.op, showJSON(c.value))
		}
		n = compareNumbers(string(number), string(want))
	case string:
		text, ok := a.(string)
		if !ok {
			return fmt.Sprintf("%s is %s, and %s %s compares strings", c.path, describe(got), c.op, showJSON(c.value))
		}
		n = strings.Compare(text, want)
	}
	if c.op == Less && n < 0 || c.op == Greater && n > 0 || c.op == LessEqual && n <= 0 || c.op == GreaterEqual && n >= 0 {
		return ""
	}
	return fmt.Sprintf("%s is %s, expected %s %s", c.path, showJSON(got), c.op, showJSON(c.value))
}

// Plain returns the text of a JSON value: of a string what it stands for, of
// anything else the JSON itself.
func Plain(v []byte) string {
	var s string
	if len(v) > 0 && v[0] == '"' && json.Unmarshal(v, &s) == nil {
		return s
	}
	return string(v)
}

// JSON demands of the data that it is JSON and that all conditions are true of it.
type JSON []Condition

// Match checks the conditions. The miss names the first that is not true.
func (j JSON) Match(data []byte) *Miss {
	if err := checkJSON(data); err != nil {
		return &Miss{Why: err.Error()}
	}
	var why string
	met := 0
	for _, c := range j {
		bad := c.check(data)
		if bad == "" {
			met++
		} else if why == "" {
			why = bad
		}
	}
	if why == "" {
		return nil
	}
	return &Miss{Near: 0.2 + 0.8*float64(met)/float64(len(j)), Why: why}
}

func (j JSON) String() string {
	s := "json"
	for i, c := range j {
		if i > 0 {
			s += " and"
		}
		s += " " + c.String()
	}
	return s
}
