package render

import (
	"encoding/base64"
	"slices"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// appendJSONString appends p as a JSON string. p has to be valid UTF-8. Whatever
// [AppendEscaped] does not show as it is, the line separators U+2028 and U+2029
// among it, is written as \u and digits, so that the output is safe to look at
// and safe inside JavaScript.
func appendJSONString(b, p []byte) []byte {
	b = append(slices.Grow(b, len(p)+2), '"')
	for len(p) > 0 {
		n := 0
		for n < len(p) && jsonPlain[p[n]] {
			n++
		}
		b = append(b, p[:n]...)
		if p = p[n:]; len(p) == 0 {
			break
		}
		r, size := utf8.DecodeRune(p)
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', p[0])
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r < utf8.RuneSelf || !showable(r) && r <= 0xFFFF:
			b = appendUnit(b, r)
		case !showable(r):
			high, low := utf16.EncodeRune(r)
			b = appendUnit(appendUnit(b, high), low)
		default:
			b = append(b, p[:size]...)
		}
		p = p[size:]
	}
	return append(b, '"')
}

// longText is the length up to which a text is worth reading, whatever it is.
const longText = 4 << 10

// bloats reports whether p is control characters for the most part, which a JSON
// string has to escape.
func bloats(p []byte) bool {
	n := 0
	for _, c := range p {
		if c < ' ' {
			n++
		}
	}
	return n > len(p)/2
}

// jsonPlain are the bytes that stand for themselves in a JSON string.
var jsonPlain = func() (plain [256]bool) {
	for c := ' '; c < 0x7F; c++ {
		plain[c] = c != '"' && c != '\\'
	}
	return plain
}()

func appendUnit(b []byte, u rune) []byte {
	return append(b, '\\', 'u', hexDigits[u>>12&0xF], hexDigits[u>>8&0xF], hexDigits[u>>4&0xF], hexDigits[u&0xF])
}

// appendJSONText appends s as a JSON string. A text that is not UTF-8, which
// none is that has a meaning, is escaped as [Escape] does it.
func appendJSONText(b []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = Escape(s)
	}
	return appendJSONString(b, []byte(s))
}

func appendBase64(b, p []byte) []byte {
	b = append(b, '"')
	b = base64.StdEncoding.AppendEncode(b, p)
	return append(b, '"')
}

// appendSeconds appends d in seconds with microseconds.
func appendSeconds(b []byte, d time.Duration) []byte {
	us := d.Round(time.Microsecond).Microseconds()
	if us < 0 {
		b = append(b, '-')
		us = -us
	}
	b = append(strconv.AppendInt(b, us/1e6, 10), '.')
	for unit := int64(1e5); unit > 0; unit /= 10 {
		b = append(b, '0'+byte(us/unit%10))
	}
	return b
}

// appendNanoseconds appends d in seconds with nanoseconds, which is exact.
func appendNanoseconds(b []byte, d time.Duration) []byte {
	if d < 0 {
		b = append(b, '-')
	}
	// The magnitude of the least duration has no room in a Duration.
	ns := uint64(d)
	if d < 0 {
		ns = -ns
	}
	b = append(strconv.AppendUint(b, ns/1e9, 10), '.')
	for unit := uint64(1e8); unit > 0; unit /= 10 {
		b = append(b, '0'+byte(ns/unit%10))
	}
	return b
}

// appendTime appends t in the form of RFC 3339 with microseconds, in UTC.
func appendTime(b []byte, t time.Time) []byte {
	b = append(b, '"')
	b = t.UTC().AppendFormat(b, "2006-01-02T15:04:05.000000Z")
	return append(b, '"')
}
