package wsproto

import "unicode/utf8"

// utf8Checker validates text that comes in pieces. The zero value is ready.
//
// RFC 6455, Section 8.1.
type utf8Checker struct {
	carry [utf8.UTFMax]byte // the beginning of a character that is not complete
	n     int               // its length
}

// write takes the next piece and reports whether the text can still become
// valid UTF-8: it turns false at the first byte that no continuation could
// repair, not at the end of the character.
func (u *utf8Checker) write(p []byte) bool {
	for u.n > 0 && len(p) > 0 {
		u.carry[u.n] = p[0]
		u.n++
		p = p[1:]
		// FullRune takes an invalid beginning for a full (error) rune.
		if utf8.FullRune(u.carry[:u.n]) {
			if r, size := utf8.DecodeRune(u.carry[:u.n]); r == utf8.RuneError && size <= 1 {
				return false
			}
			u.n = 0
		}
	}
	whole := len(p) - incomplete(p)
	if !utf8.Valid(p[:whole]) {
		return false
	}
	if u.n == 0 {
		u.n = copy(u.carry[:], p[whole:])
	}
	return true
}

// complete reports whether the text may end here.
func (u *utf8Checker) complete() bool { return u.n == 0 }

// incomplete returns the length of the unfinished but so far valid character at
// the end of p.
func incomplete(p []byte) int {
	for i := 1; i < utf8.UTFMax && i <= len(p); i++ {
		if tail := p[len(p)-i:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return i
			}
			break
		}
	}
	return 0
}
