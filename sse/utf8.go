package sse

import "unicode/utf8"

// appendRepaired appends p with U+FFFD in place of what is not UTF-8: one for
// each maximal part that could have become a character, as browsers do it. Line
// ends never are inside such a part, so lines can be decoded one by one.
//
// Encoding Standard, Section 8.1.1; Unicode, Section 3.9, table 3-8.
func appendRepaired(dst, p []byte) []byte {
	for len(p) > 0 {
		r, size := utf8.DecodeRune(p)
		if r == utf8.RuneError && size == 1 {
			dst = append(dst, "\uFFFD"...)
			size = illFormed(p)
		} else {
			dst = append(dst, p[:size]...)
		}
		p = p[size:]
	}
	return dst
}

// illFormed returns how many bytes at the start of p, which is not UTF-8, a
// single U+FFFD stands for.
func illFormed(p []byte) int {
	lower, upper, length := byte(0x80), byte(0xBF), 0
	switch c := p[0]; {
	case c >= 0xC2 && c <= 0xDF:
		length = 2
	case c >= 0xE0 && c <= 0xEF:
		length = 3
		if c == 0xE0 {
			lower = 0xA0
		}
		if c == 0xED {
			upper = 0x9F
		}
	case c >= 0xF0 && c <= 0xF4:
		length = 4
		if c == 0xF0 {
			lower = 0x90
		}
		if c == 0xF4 {
			upper = 0x8F
		}
	}
	n := 1
	for n < length && n < len(p) && p[n] >= lower && p[n] <= upper {
		lower, upper = 0x80, 0xBF
		n++
	}
	return n
}
