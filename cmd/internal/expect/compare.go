package expect

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// checkJSON says what keeps doc from being JSON.
func checkJSON(doc []byte) error {
	if json.Valid(doc) {
		return nil
	}
	var (
		v      json.RawMessage
		broken *json.SyntaxError
	)
	err := json.Unmarshal(doc, &v)
	switch {
	case len(bytes.TrimSpace(doc)) == 0:
		return errors.New("it is not JSON: it is empty")
	case errors.As(err, &broken):
		return fmt.Errorf("it is not JSON: %w at offset %d", err, max(broken.Offset-1, 0))
	}
	return fmt.Errorf("it is not JSON: %w", err)
}

func trimJSON(v []byte) []byte { return bytes.Trim(v, " \t\r\n") }

// describe names the type of a JSON value, and shows it if it is small.
func describe(v []byte) string {
	v = trimJSON(v)
	switch {
	case len(v) == 0:
		return "nothing"
	case v[0] == '{':
		return "an object"
	case v[0] == '[':
		return "an array"
	case v[0] == '"':
		return "the string " + showJSON(v)
	case v[0] == 't', v[0] == 'f', v[0] == 'n':
		return string(v)
	}
	return "the number " + showJSON(v)
}

// showJSON returns a JSON value, escaped, and cut if it is long.
func showJSON(v []byte) string {
	q := quote(string(v))
	return q[1:strings.LastIndexByte(q, '"')] + q[strings.LastIndexByte(q, '"')+1:]
}

// keysOf lists the keys of an object, for an error.
func keysOf(object map[string]json.RawMessage) string {
	if len(object) == 0 {
		return ", it is empty"
	}
	const most = 8
	keys := slices.Sorted(maps.Keys(object))
	more := ""
	if len(keys) > most {
		keys, more = keys[:most], " and more"
	}
	for i, k := range keys {
		keys[i] = quote(k)
	}
	return ", but " + strings.Join(keys, ", ") + more
}

// decode returns a JSON value with its numbers as they are written.
func decode(v []byte) any {
	d := json.NewDecoder(bytes.NewReader(v))
	d.UseNumber()
	var x any
	if d.Decode(&x) != nil {
		return nil // it has been checked
	}
	return x
}

// firstDifference returns where two JSON values differ, "" if they are equal.
// The order of keys and the way to write a number are of no importance.
func firstDifference(at string, got, want any) string {
	name := at
	if name == "" {
		name = "the document"
	}
	differs := func() string {
		return fmt.Sprintf("%s is %s, expected %s", name, showValue(got), showValue(want))
	}
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok {
			return differs()
		}
		for _, k := range slices.Sorted(maps.Keys(want)) {
			v, ok := got[k]
			if !ok {
				return fmt.Sprintf("%s has no key %s", name, quote(k))
			}
			if d := firstDifference(at+"."+pathStep{key: k}.name(), v, want[k]); d != "" {
				return d
			}
		}
		for _, k := range slices.Sorted(maps.Keys(got)) {
			if _, ok := want[k]; !ok {
				return fmt.Sprintf("%s has a key %s more", name, quote(k))
			}
		}
		return ""
	case []any:
		got, ok := got.([]any)
		if !ok {
			return differs()
		}
		for i := range min(len(got), len(want)) {
			if d := firstDifference(at+"["+strconv.Itoa(i)+"]", got[i], want[i]); d != "" {
				return d
			}
		}
		if len(got) != len(want) {
			return fmt.Sprintf("%s has %d elements, expected %d", name, len(got), len(want))
		}
		return ""
	case json.Number:
		if got, ok := got.(json.Number); ok && compareNumbers(string(got), string(want)) == 0 {
			return ""
		}
		return differs()
	}
	switch got.(type) {
	case map[string]any, []any:
		return differs() // these cannot be compared by ==
	}
	if got == want {
		return ""
	}
	return differs()
}

func showValue(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return "?"
	}
	return showJSON(trimJSON(b.Bytes()))
}

// compareNumbers compares two JSON numbers exactly, however large and however
// they are written.
func compareNumbers(a, b string) int {
	x, y := newDecimal(a), newDecimal(b)
	switch {
	case x.sign() != y.sign():
		return cmp.Compare(x.sign(), y.sign())
	case x.negative:
		return y.compareMagnitude(x)
	}
	return x.compareMagnitude(y)
}

// A decimal is 0.digits * 10^exponent, the first and the last digit not being 0.
// Zero has no digits.
type decimal struct {
	negative bool
	digits   string
	exponent int64
}

// newDecimal reads a number that JSON allows. An exponent that is too large to
// count is cut to the largest.
func newDecimal(s string) decimal {
	var d decimal
	s, d.negative = strings.TrimPrefix(s, "-"), strings.HasPrefix(s, "-")
	mantissa, e := s, ""
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, e = s[:i], s[i+1:]
	}
	const limit = math.MaxInt64 / 4
	if e != "" {
		n, err := strconv.ParseInt(e, 10, 64)
		if err != nil || n > limit || n < -limit {
			n = limit
			if strings.HasPrefix(e, "-") {
				n = -limit
			}
		}
		d.exponent = n
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	d.exponent += int64(len(whole))
	digits := whole + fraction
	significant := strings.TrimLeft(digits, "0")
	d.exponent -= int64(len(digits) - len(significant))
	d.digits = strings.TrimRight(significant, "0")
	return d
}

func (d decimal) sign() int {
	switch {
	case d.digits == "":
		return 0
	case d.negative:
		return -1
	}
	return 1
}

func (d decimal) compareMagnitude(o decimal) int {
	if d.digits == "" && o.digits == "" {
		return 0
	}
	return cmp.Or(cmp.Compare(d.exponent, o.exponent), cmp.Compare(d.digits, o.digits))
}
