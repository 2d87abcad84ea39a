package expect

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Path leads to a value inside a JSON document, in the manner of jq:
// .result.items[0].name, ."odd key" or .["odd key"], [-1] for the last element;
// "." is the document. An index of an array may stand behind a dot, too, as in
// .items.0.name.
type Path struct {
	text  string
	steps []pathStep
}

// A pathStep is a key of an object or, without one, an index of an array.
type pathStep struct {
	key   string
	keyed bool
	index int
}

// ParsePath reads a path. The dot at its beginning may be left out, or have a $
// before it, as JSONPath writes the document.
func ParsePath(s string) (Path, error) {
	p := Path{text: s}
	if rest, ok := strings.CutPrefix(s, "$"); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
		p.text = rest
	}
	if !strings.HasPrefix(p.text, ".") && !strings.HasPrefix(p.text, "[") {
		p.text = "." + p.text
	}
	rest := p.text
	for first := true; rest != ""; first = false {
		var (
			step pathStep
			err  error
		)
		switch {
		case rest == "." && first:
			rest = ""
			continue
		case strings.HasPrefix(rest, ".["):
			step, rest, err = bracketStep(rest[1:])
		case rest[0] == '[':
			step, rest, err = bracketStep(rest)
		case rest[0] == '.':
			step, rest, err = dotStep(rest[1:])
		default:
			err = fmt.Errorf("expected a dot or [ before %q", rest)
		}
		if err != nil {
			return Path{}, fmt.Errorf("path %q: %w", s, err)
		}
		p.steps = append(p.steps, step)
	}
	return p, nil
}

// comparisons are the characters that comparisons consist of.
const comparisons = "=!<>~"

// cutPath returns the path at the beginning of s, and what follows it: a blank or a
// comparison.
func cutPath(s string) (path, rest string) {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			i = closingQuote(s, i)
		case strings.IndexByte(" \t\r\n"+comparisons, s[i]) >= 0:
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// closingQuote returns where the text in double quotes ends that begins at s[i]: at
// its other quote, or behind s if there is none.
func closingQuote(s string, i int) int {
	for i++; i < len(s) && s[i] != '"'; i++ {
		if s[i] == '\\' {
			i++
		}
	}
	return i
}

func dotStep(s string) (step pathStep, rest string, err error) {
	if strings.HasPrefix(s, `"`) {
		return quotedStep(s)
	}
	n := strings.IndexAny(s, ".[")
	if n < 0 {
		n = len(s)
	}
	if n == 0 {
		return step, "", errors.New("expected a key behind the dot")
	}
	if i := strings.IndexAny(s[:n], " \t\"]"+comparisons); i >= 0 {
		r, _ := utf8.DecodeRuneInString(s[i:])
		if strings.ContainsRune(comparisons, r) {
			return step, "", fmt.Errorf(`expected a blank before %q, or the key in quotes: ["the key"]`, r)
		}
		return step, "", fmt.Errorf(`%q cannot stand in a key without quotes, write ["the key"]`, r)
	}
	return pathStep{key: s[:n], keyed: true}, s[n:], nil
}

func quotedStep(s string) (step pathStep, rest string, err error) {
	end := 1
	for end < len(s) && s[end] != '"' {
		if s[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(s) {
		return step, "", errors.New("no quote at the end of a key")
	}
	if err := json.Unmarshal([]byte(s[:end+1]), &step.key); err != nil {
		return step, "", fmt.Errorf("key %s is no JSON string", s[:end+1])
	}
	step.keyed = true
	return step, s[end+1:], nil
}

func bracketStep(s string) (step pathStep, rest string, err error) {
	if strings.HasPrefix(s, `["`) {
		if step, rest, err = quotedStep(s[1:]); err != nil {
			return step, "", err
		}
		if !strings.HasPrefix(rest, "]") {
			return step, "", errors.New("no ] behind a key")
		}
		return step, rest[1:], nil
	}
	number, rest, ok := strings.Cut(s[1:], "]")
	if !ok {
		return step, "", errors.New("no ] behind an index")
	}
	if step.index, err = strconv.Atoi(number); err != nil {
		return step, "", fmt.Errorf(`%q is no index; expected a number such as [0], [-1] for the last element, or a key in quotes`, number)
	}
	return step, rest, nil
}

// String returns the path as it was written, with its first dot.
func (p Path) String() string { return p.text }

// An absentError is a path that leads nowhere.
type absentError struct{ why string }

func (e *absentError) Error() string { return e.why }

// Find returns the value that the path leads to in a JSON document, as it stands
// there. The error says where the path breaks off.
func (p Path) Find(doc []byte) (json.RawMessage, error) {
	if err := checkJSON(doc); err != nil {
		return nil, err
	}
	value, at := json.RawMessage(doc), ""
	for _, step := range p.steps {
		here := at
		if here == "" {
			here = "the document"
		}
		step = step.on(value)
		if step.keyed {
			at += "." + step.name()
			var object map[string]json.RawMessage
			if json.Unmarshal(value, &object) != nil || object == nil {
				return nil, &absentError{fmt.Sprintf("%s is %s, not an object with a key %s", here, describe(value), quote(step.key))}
			}
			next, ok := object[step.key]
			if !ok {
				return nil, &absentError{fmt.Sprintf("%s has no key %s%s", here, quote(step.key), keysOf(object))}
			}
			value = next
			continue
		}
		at += "[" + strconv.Itoa(step.index) + "]"
		var array []json.RawMessage
		if json.Unmarshal(value, &array) != nil || array == nil {
			return nil, &absentError{fmt.Sprintf("%s is %s, not an array", here, describe(value))}
		}
		i := step.index
		if i < 0 {
			i += len(array)
		}
		if i < 0 || i >= len(array) {
			return nil, &absentError{fmt.Sprintf("%s has %d elements, there is no [%d]", here, len(array), step.index)}
		}
		value = array[i]
	}
	return trimJSON(value), nil
}

// on returns the step for a value: a number is an index of an array, and the key
// of anything else.
func (s pathStep) on(value json.RawMessage) pathStep {
	if v := trimJSON(value); !s.keyed || len(v) == 0 || v[0] != '[' {
		return s
	}
	if i, err := strconv.Atoi(s.key); err == nil {
		return pathStep{index: i}
	}
	return s
}

func (s pathStep) name() string {
	if s.key == "" || strings.ContainsAny(s.key, ".[]\" \t") {
		return strconv.Quote(s.key)
	}
	return s.key
}
