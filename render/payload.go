package render

import (
	"bytes"
	"strconv"
	"time"
	"unicode/utf8"

	"wscope/wsproto"
)

// A reading is how the payload of a frame is to be shown.
type reading uint8

const (
	asBytes  reading = iota // hex
	asText                  // escaped text
	asEither                // text if it looks like it, else hex
	asClose                 // code and reason
)

// appendBody appends p, which is already cut, as r asks. On asClose it does not
// judge: what is not long enough for a code is shown as bytes.
func appendBody(b, p []byte, r reading) []byte {
	switch {
	case r == asText, r == asEither && looksLikeText(p):
		return AppendEscaped(b, p)
	case r == asClose && len(p) == 0:
		return append(b, "no status code"...)
	case r == asClose && len(p) > 1:
		code, reason, _ := wsproto.ParseClosePayload(p)
		return appendClose(b, code, reason)
	}
	return appendHex(b, p)
}

// looksLikeText reports whether p is UTF-8 that needs no escapes but for
// ordinary white space.
func looksLikeText(p []byte) bool {
	for len(p) > 0 {
		if n := plainLen(p); n > 0 {
			p = p[n:]
			continue
		}
		r, size := utf8.DecodeRune(p)
		switch {
		case r == '\\', r == '\t', r == '\n', r == '\r':
		case r < utf8.RuneSelf, r == utf8.RuneError && size == 1, !showable(r):
			return false
		}
		p = p[size:]
	}
	return true
}

// appendClose appends the code with its name and, if there is one, the reason in
// quotes.
func appendClose(b []byte, code wsproto.CloseCode, reason string) []byte {
	b = append(b, code.String()...)
	if reason != "" {
		b = appendQuoted(append(b, ' '), []byte(reason))
	}
	return b
}

// appendRule appends what is wrong and where the rule stands.
func appendRule(b []byte, e *wsproto.ProtocolError) []byte {
	b = append(AppendEscaped(b, []byte(e.Reason)), " ("...)
	return append(AppendEscaped(b, []byte(e.Ref())), ')')
}

// appendQuoted appends p escaped and in double quotes. A quote inside is
// written as \x22, so that the last one ends the text.
func appendQuoted(b, p []byte) []byte {
	b = append(b, '"')
	for {
		i := bytes.IndexByte(p, '"')
		if i < 0 {
			break
		}
		b = append(AppendEscaped(b, p[:i]), `\x22`...)
		p = p[i+1:]
	}
	return append(AppendEscaped(b, p), '"')
}

// appendHex appends p as pairs of digits with a space between them.
func appendHex(b, p []byte) []byte {
	for i, c := range p {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, hexDigits[c>>4], hexDigits[c&0xF])
	}
	return b
}

// cut returns what of p is to be shown when limit bytes are allowed, and the
// number of bytes left out. A negative limit allows everything. In text no
// character is split.
func cut(p []byte, limit int, text bool) (head []byte, omitted int) {
	if limit < 0 || len(p) <= limit {
		return p, 0
	}
	n := limit
	if text {
		for i := n; i >= 0 && n-i < utf8.UTFMax; i-- {
			if utf8.RuneStart(p[i]) {
				// Only a whole character is worth stepping back for.
				if _, size := utf8.DecodeRune(p[i:]); i+size > limit {
					n = i
				}
				break
			}
		}
	}
	return p[:n], len(p) - n
}

// appendCount appends n and the noun, in the plural unless n is 1.
func appendCount(b []byte, n uint64, noun string) []byte {
	b = append(strconv.AppendUint(b, n, 10), ' ')
	b = append(b, noun...)
	if n != 1 {
		b = append(b, 's')
	}
	return b
}

// Duration returns d with a precision that fits its size, as in 1.2 ms.
func Duration(d time.Duration) string { return string(appendDuration(nil, d)) }

// appendDuration appends d with a precision that fits its size.
func appendDuration(b []byte, d time.Duration) []byte {
	switch {
	case d < 0:
		return appendDuration(append(b, '-'), -d)
	case d == 0:
		return append(b, "0 s"...)
	case d.Round(time.Microsecond) < 100*time.Microsecond:
		b = strconv.AppendInt(b, max(1, d.Round(time.Microsecond).Microseconds()), 10)
		return append(b, " µs"...)
	case d.Round(100*time.Microsecond) < time.Second:
		b = strconv.AppendFloat(b, d.Seconds()*1e3, 'f', 1, 64)
		return append(b, " ms"...)
	case d.Round(100*time.Millisecond) < time.Minute:
		b = strconv.AppendFloat(b, d.Seconds(), 'f', 1, 64)
		return append(b, " s"...)
	}
	s := int64(d.Round(time.Second) / time.Second)
	if s >= 3600 {
		b = append(strconv.AppendInt(b, s/3600, 10), " h "...)
		s %= 3600
	}
	b = append(strconv.AppendInt(b, s/60, 10), " min "...)
	return append(strconv.AppendInt(b, s%60, 10), " s"...)
}

// appendSize appends a number of bytes, exact below 10,000.
func appendSize(b []byte, n uint64) []byte {
	if n < 10_000 {
		return append(strconv.AppendUint(b, n, 10), " B"...)
	}
	f, unit := float64(n)/1024, " KiB"
	for _, next := range [...]string{" MiB", " GiB", " TiB"} {
		if f < 1023.95 {
			break
		}
		f, unit = f/1024, next
	}
	return append(strconv.AppendFloat(b, f, 'f', 1, 64), unit...)
}
