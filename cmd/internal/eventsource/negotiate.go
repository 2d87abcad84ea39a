package eventsource

import (
	"mime"
	"strconv"
	"strings"

	"wscope/wsproto"
)

// Asked reports whether a request is for an event stream: a GET or a HEAD that
// accepts one by name. That it accepts everything is not asking for it. A request
// to upgrade to WebSocket asks for something else.
func Asked(r *wsproto.Request) bool {
	return (r.Method == "GET" || r.Method == "HEAD") && strings.HasPrefix(r.Proto, "HTTP/1.") &&
		!r.Fields.HasToken("Upgrade", "websocket") && accepts(r.Fields.Values("Accept"), MediaType)
}

// accepts reports whether a media type is named with a weight that is not zero.
//
// RFC 9110, Section 12.5.1.
func accepts(values []string, mediaType string) bool {
	for _, v := range values {
		for _, item := range splitList(v) {
			name, params, err := mime.ParseMediaType(item)
			if err != nil || name != mediaType {
				continue
			}
			weight, ok := params["q"]
			if !ok {
				return true
			}
			if q, err := strconv.ParseFloat(weight, 64); err == nil && q > 0 && q <= 1 {
				return true
			}
		}
	}
	return false
}

// splitList splits a list at its commas, but for those in quotes.
//
// RFC 9110, Sections 5.6.1 and 5.6.4.
func splitList(s string) (items []string) {
	start, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '\\' && quoted:
			i++
		case s[i] == ',' && !quoted:
			items = append(items, s[start:i])
			start = i + 1
		}
	}
	return append(items, s[start:])
}
