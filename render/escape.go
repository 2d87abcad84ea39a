package render

import (
	"unicode"
	"unicode/utf8"
	"unsafe"
)

// maxMarks is how many combining marks in a row are shown as they are. Real
// scripts need fewer; towers of them draw over the neighbouring lines.
const maxMarks = 4

// AppendEscaped appends p to dst in a form that is safe to show on a terminal
// and from which p can be told exactly. Graphic characters stay as they are.
// The rest is written as
//
//	␛ ␊ ␡ …   the control picture of a C0 control or of DEL
//	\x9b       a byte that is not part of valid UTF-8
//	\u{202e}   any other character: C1 and bidirectional controls, line
//	           separators, characters without ink, private use, unassigned
//	\x5c       a backslash of p that would read as the start of an escape
//
// A control picture that is in p itself is written as \u{241b}, so every escape
// in the result is one of ours. A combining mark with nothing to combine with,
// and one in a long row of them, is escaped too. The result has at most four
// times the bytes of p, is valid UTF-8 and a single line.
func AppendEscaped(dst, p []byte) []byte { return appendEscaped(dst, p, true) }

// EscapeText is like [Escape], but for a sentence of ours that quotes what is
// foreign in the manner of Go: backslashes stay as they are, since those of the
// quotes would be escaped twice.
func EscapeText(s string) string { return string(appendEscaped(nil, []byte(s), false)) }

// appendEscaped escapes backslashes that would read as the start of an escape if
// backslashes is set.
func appendEscaped(dst, p []byte, backslashes bool) []byte {
	base, marks := false, 0 // whether a mark can follow, and how many did
	for len(p) > 0 {
		if n := plainLen(p); n > 0 {
			dst = append(dst, p[:n]...)
			p = p[n:]
			base, marks = true, 0
			continue
		}
		c := p[0]
		if c < utf8.RuneSelf {
			switch {
			case c == '\\' && backslashes && opensEscape(p):
				dst = append(dst, `\x5c`...)
			case c == '\\':
				dst = append(dst, c)
			case c == 0x7F:
				dst = append(dst, "␡"...)
			default:
				dst = utf8.AppendRune(dst, '␀'+rune(c))
			}
			p = p[1:]
			base, marks = c == '\\', 0
			continue
		}
		r, size := utf8.DecodeRune(p)
		switch mark := isMark(r); {
		case r == utf8.RuneError && size == 1:
			dst = append(dst, '\\', 'x', hexDigits[c>>4], hexDigits[c&0xF])
			base = false
		case mark && (!base || marks == maxMarks) || !showable(r):
			dst = appendCodePoint(dst, r)
			base = false
		default:
			dst = append(dst, p[:size]...)
			if base = true; mark {
				marks++
			} else {
				marks = 0
			}
		}
		p = p[size:]
	}
	return dst
}

// Escape is [AppendEscaped] for a string. It returns s itself if there is
// nothing to escape.
func Escape(s string) string {
	p := unsafe.Slice(unsafe.StringData(s), len(s))
	if plainLen(p) == len(p) {
		return s
	}
	return string(AppendEscaped(nil, p))
}

const hexDigits = "0123456789abcdef"

// plainLen returns the length of the run of printable ASCII at the start of p
// that has no backslash in it.
func plainLen(p []byte) int {
	for i, c := range p {
		if c < 0x20 || c >= 0x7F || c == '\\' {
			return i
		}
	}
	return len(p)
}

// opensEscape reports whether the backslash at p[0] reads as one of ours.
func opensEscape(p []byte) bool {
	return len(p) > 1 && p[1] == 'x' || len(p) > 2 && p[1] == 'u' && p[2] == '{'
}

func appendCodePoint(dst []byte, r rune) []byte {
	dst = append(dst, `\u{`...)
	shift := 4
	for r>>(shift+4) != 0 {
		shift += 4
	}
	for ; shift >= 0; shift -= 4 {
		dst = append(dst, hexDigits[r>>shift&0xF])
	}
	return append(dst, '}')
}

// Showable reports whether [AppendEscaped] leaves r as it is, marks in a row and
// backslashes apart.
func Showable(r rune) bool { return r >= ' ' && r < 0x7F || r > 0x7F && showable(r) }

// showable reports whether a character beyond ASCII may reach a terminal: it is
// graphic, has ink or is a plain space, and is not taken for an escape.
func showable(r rune) bool {
	switch {
	case isCommon(r):
		return true
	case r >= '␀' && r <= '␡':
		return false
	}
	return unicode.IsGraphic(r) && !unicode.Is(inkless, r)
}

func isMark(r rune) bool { return !isCommon(r) && unicode.Is(unicode.M, r) }

// isCommon reports whether r lies in one of the ranges that most text beyond
// ASCII is made of, in which everything is showable and nothing is a mark. It
// spares the search of the tables.
func isCommon(r rune) bool {
	switch {
	case r < 0x400:
		return r > 0xAD && r < 0x300
	case r < 0x4E00:
		return r < 0x483 || r > 0x3040 && r < 0x3097 || r > 0x30A0 && r < 0x3100
	case r < 0xD800:
		return r < 0xA000 || r >= 0xAC00 && r < 0xD7A4
	}
	return r >= 0x1F300 && r < 0x1F650
}

// inkless are the characters that Unicode counts as letters or marks and that
// show nothing: fillers, joiners and variation selectors, which can hide text
// and change the width of what they follow. The ones of category Cf, such as
// the zero width joiner, are not graphic to begin with.
var inkless = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x034F, Hi: 0x034F, Stride: 1}, // combining grapheme joiner
		{Lo: 0x115F, Hi: 0x1160, Stride: 1}, // Hangul fillers
		{Lo: 0x17B4, Hi: 0x17B5, Stride: 1}, // Khmer inherent vowels
		{Lo: 0x180B, Hi: 0x180F, Stride: 1}, // Mongolian selectors
		{Lo: 0x2800, Hi: 0x2800, Stride: 1}, // Braille pattern blank
		{Lo: 0x3164, Hi: 0x3164, Stride: 1}, // Hangul filler
		{Lo: 0xFE00, Hi: 0xFE0F, Stride: 1}, // variation selectors
		{Lo: 0xFFA0, Hi: 0xFFA0, Stride: 1}, // halfwidth Hangul filler
	},
	R32: []unicode.Range32{
		{Lo: 0x13430, Hi: 0x13455, Stride: 1}, // Egyptian hieroglyph format controls
		{Lo: 0xE0100, Hi: 0xE01EF, Stride: 1}, // variation selectors supplement
	},
}
