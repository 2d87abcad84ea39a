package render

import "strings"

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
