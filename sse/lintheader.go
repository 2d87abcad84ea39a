package sse

import (
	"mime"
	"slices"
	"strconv"
	"strings"
)

// lookAtHeader judges the header of a response that is an event stream.
//
// HTML, Section 9.2.7; RFC 9111, Section 5.2.2.
func (l *Linter) lookAtHeader() {
	t := contentTypeOf(l.header)
	if t.values > 1 {
		l.find(LintContentType, -1, "Content-Type has "+strconv.Itoa(t.values)+" values, "+quote(strings.Join(l.header.Values("Content-Type"), ", ")),
			"send one: browsers take the last that names a type, many clients the first")
	}
	_, params, err := mime.ParseMediaType(t.value)
	charset, has := params["charset"]
	l.charset = has
	if err != nil {
		l.find(LintContentType, -1, "the parameters of Content-Type "+quote(t.value)+" are malformed: "+err.Error(),
			"send Content-Type: text/event-stream; charset=utf-8")
	}
	if has && !strings.EqualFold(charset, "utf-8") {
		l.find(LintContentType, -1, "Content-Type names the charset "+quote(charset),
			"event streams are UTF-8 whatever is said: send UTF-8, and charset=utf-8 or no charset")
	}
	names := make([]string, 0, len(params))
	for name := range params {
		if name != "charset" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		l.findMinor(LintContentType, -1, "Content-Type has the parameter "+quote(name)+", which means nothing",
			"send Content-Type: text/event-stream; charset=utf-8")
	}
	if v := strings.ToLower(strings.Join(l.header.Values("Cache-Control"), ",")); !strings.Contains(v, "no-store") && !strings.Contains(v, "no-cache") {
		seen := "there is no Cache-Control"
		if v != "" {
			seen = "Cache-Control is " + quote(v)
		}
		l.find(LintCacheControl, -1, seen, "send Cache-Control: no-store, so that no cache keeps or collects the stream")
	}
	if v := l.header.Get("Content-Length"); v != "" {
		l.find(LintContentLength, -1, "the response has a Content-Length of "+v,
			"a length that is known beforehand means that all of the response was collected first: write and flush event by event")
	}
}
