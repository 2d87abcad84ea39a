package render

import (
	"bytes"
	"strings"
)

const redacted = "[redacted]"

// secretFields are the header fields whose values are credentials.
var secretFields = []string{"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"}

// authSchemes are the names that may stay in front of redacted credentials.
var authSchemes = []string{"Basic", "Bearer", "Digest", "Negotiate", "NTLM"}

func isSecret(field string) bool {
	for _, s := range secretFields {
		if strings.EqualFold(s, field) {
			return true
		}
	}
	return false
}

// redactValue returns the value of a header field without what is secret in it.
func redactValue(field, value string) string {
	if !isSecret(field) {
		return RedactURLs(value)
	}
	if scheme, rest, ok := strings.Cut(value, " "); ok && strings.TrimSpace(rest) != "" {
		for _, s := range authSchemes {
			if strings.EqualFold(s, scheme) {
				return scheme + " " + redacted
			}
		}
	}
	return redacted
}

// RedactURLs returns s with the user information of every URL in it, as in
// ws://user:pass@host/, replaced. RFC 3986, Section 3.2.1.
func RedactURLs(s string) string {
	const mark = "://"
	i := strings.Index(s, mark)
	if i < 0 || !strings.Contains(s[i:], "@") {
		return s
	}
	var b strings.Builder
	for i >= 0 {
		b.WriteString(s[:i+len(mark)])
		s = s[i+len(mark):]
		end := strings.IndexAny(s, "/?#\\ \t\r\n\"'<>")
		if end < 0 {
			end = len(s)
		}
		if at := strings.LastIndexByte(s[:end], '@'); at >= 0 {
			b.WriteString(redacted)
			s = s[at:]
		}
		i = strings.Index(s, mark)
	}
	b.WriteString(s)
	return b.String()
}

// A head is the part of an HTTP message before its body, as it was on the wire.
type head struct {
	line   string
	fields []field
	ended  bool // whether the blank line was there
	body   []byte
}

// A field is one field of a head. A line that is none has no name.
type field struct{ name, value string }

func (f field) String() string {
	if f.name == "" {
		return f.value
	}
	return f.name + ": " + f.value
}

// parseHead takes the raw bytes of a message apart, which may be cut off or
// illegal in any way. A field line without a colon has an empty name; a line
// that continues the one before (RFC 9112, Section 5.2) is joined to it. What is
// secret is redacted unless it is wanted.
func parseHead(raw []byte, secrets bool) head {
	var h head
	first := true
	for len(raw) > 0 {
		line, rest, _ := bytes.Cut(raw, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		raw = rest
		switch {
		case first:
			h.line = string(line)
			first = false
			continue
		case len(line) == 0:
			h.ended, h.body = true, raw
			raw = nil
			continue
		}
		if n := len(h.fields); n > 0 && (line[0] == ' ' || line[0] == '\t') {
			h.fields[n-1].value += " " + string(bytes.Trim(line, " \t"))
			continue
		}
		name, value, ok := strings.Cut(string(line), ":")
		if !ok {
			name, value = "", name
		}
		h.fields = append(h.fields, field{name, strings.Trim(value, " \t")})
	}
	if !secrets {
		h.line = RedactURLs(h.line)
		for i, f := range h.fields {
			h.fields[i].value = redactValue(strings.Trim(f.name, " \t"), f.value)
		}
	}
	return h
}
