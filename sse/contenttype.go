package sse

import (
	"mime"
	"net/http"
	"strings"
)

// A contentType is what a response says of its content.
type contentType struct {
	essence string // the type and the subtype in lower case, "" if no value has them
	value   string // that counts, or all if none does
	values  int    // how many there are
}

// contentTypeOf judges several values as browsers do: the last that names a type
// counts, wherever it stands.
//
// Fetch, Section 2.2.2, "extract a MIME type".
func contentTypeOf(h http.Header) contentType {
	t := contentType{value: strings.Join(h.Values("Content-Type"), ", ")}
	for _, value := range splitValues(t.value) {
		if value == "" {
			continue
		}
		t.values++
		// Bad parameters do no harm.
		essence, _, _ := strings.Cut(value, ";")
		essence, _, err := mime.ParseMediaType(strings.TrimRight(essence, " \t"))
		if err == nil && essence != "*/*" && strings.Contains(essence, "/") {
			t.essence, t.value = essence, value
		}
	}
	return t
}

// splitValues splits a list at commas that are in no quoted string.
//
// Fetch, Section 2.2.2, "get, decode, and split".
func splitValues(list string) (values []string) {
	quoted, escaped, start := false, false, 0
	for i := range len(list) {
		switch c := list[i]; {
		case escaped:
			escaped = false
		case c == '"':
			quoted = !quoted
		case quoted:
			escaped = c == '\\'
		case c == ',':
			values = append(values, strings.Trim(list[start:i], " \t"))
			start = i + 1
		}
	}
	return append(values, strings.Trim(list[start:], " \t"))
}
