package render

import (
	"bytes"
	"strings"

	"wscope/wsproto"
)

const redacted = "[redacted]"

// secretFields are the header fields whose values are credentials.
var secretFields = []string{"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"}

// secretWords are what a field is named after that holds credentials of some
// program's own, as in X-Api-Key or X-Amz-Security-Token.
var secretWords = []string{"token", "secret", "password", "passwd", "api-key", "apikey", "access-key", "auth-key", "subscription-key"}

// authSchemes are the names that may stay in front of redacted credentials.
var authSchemes = []string{"Basic", "Bearer", "Digest", "Negotiate", "NTLM"}

// isSecret reports whether the values of a header field are credentials.
func isSecret(field string) bool {
	for _, s := range secretFields {
		if strings.EqualFold(s, field) {
			return true
		}
	}
	field = strings.ReplaceAll(strings.ToLower(field), "_", "-")
	for _, word := range secretWords {
		if strings.Contains(field, word) {
			return true
		}
	}
	return false
}

// RedactField returns the value of a header field without what is secret in it.
func RedactField(field, value string) string {
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

// RedactHead returns the raw bytes of an HTTP message, which may be cut off or
// illegal in any way, without what is secret in its head. Apart from the values
// that are replaced they stay as they are, and what follows the head does.
func RedactHead(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	line, raw := cutLine(raw)
	for first := true; len(line) > 0; first = false {
		if isBlankLine(line) && !first {
			return append(append(out, line...), raw...)
		}
		next, rest := cutLine(raw)
		for !first && (bytes.HasPrefix(next, []byte{' '}) || bytes.HasPrefix(next, []byte{'\t'})) {
			line = append(line[:len(line):len(line)], next...)
			next, rest = cutLine(rest)
		}
		out = append(out, redactField(string(line), first)...)
		line, raw = next, rest
	}
	return out
}

// redactField is RedactHead for one field with the lines that continue it, or
// for the first line of a message.
func redactField(text string, first bool) string {
	if first {
		return RedactURLs(text)
	}
	head, _, _ := strings.Cut(text, "\n")
	name, _, ok := strings.Cut(head, ":")
	end := text[len(strings.TrimRight(text, "\r\n")):]
	if word := LeadingToken(head); !ok && len(word) < len(strings.TrimRight(head, "\r")) && isSecret(word) {
		return text[:len(word)+1] + redacted + end // the colon was forgotten
	}
	if !ok || !isSecret(strings.Trim(name, " \t")) {
		return RedactURLs(text)
	}
	value := strings.Join(strings.Fields(text[len(name)+1:]), " ")
	return name + ": " + RedactField(strings.Trim(name, " \t"), value) + end
}

// LeadingToken returns the token that a line begins with, such as the name of a field.
func LeadingToken(line string) string {
	n := 0
	for n < len(line) && wsproto.IsToken(line[n:n+1]) {
		n++
	}
	return line[:n]
}

// cutLine cuts raw behind its first line, whose end it keeps.
func cutLine(raw []byte) (line, rest []byte) {
	i := bytes.IndexByte(raw, '\n') + 1
	if i == 0 {
		i = len(raw)
	}
	return raw[:i], raw[i:]
}

func isBlankLine(line []byte) bool {
	return len(bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))) == 0
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

// RedactURL is [RedactURLs] for what may be a URL without its scheme.
func RedactURL(s string) string {
	if strings.Contains(s, "://") {
		return RedactURLs(s)
	}
	end := strings.IndexAny(s, "/?#")
	if end < 0 {
		end = len(s)
	}
	if at := strings.LastIndexByte(s[:end], '@'); at > 0 {
		return redacted + s[at:]
	}
	return s
}
