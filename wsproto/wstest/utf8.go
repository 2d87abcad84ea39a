package wstest

// A utf8Octets follows UTF-8 octet by octet. RFC 3629, Section 4.
type utf8Octets struct {
	need   int  // octets that the character still needs
	lo, hi byte // what the next of them may be
}

// next takes an octet and reports whether what was seen so far can still become
// UTF-8.
func (u *utf8Octets) next(c byte) bool {
	if u.need > 0 {
		ok := u.lo <= c && c <= u.hi
		u.need--
		u.lo, u.hi = 0x80, 0xBF
		return ok
	}
	u.lo, u.hi = 0x80, 0xBF
	switch {
	case c <= 0x7F:
	case c <= 0xC1: // a tail octet, or an overlong form of ASCII
		return false
	case c <= 0xDF:
		u.need = 1
	case c <= 0xEF:
		u.need = 2
		switch c {
		case 0xE0:
			u.lo = 0xA0 // below: overlong
		case 0xED:
			u.hi = 0x9F // above: surrogates
		}
	case c <= 0xF4:
		u.need = 3
		switch c {
		case 0xF0:
			u.lo = 0x90 // below: overlong
		case 0xF4:
			u.hi = 0x8F // above: beyond U+10FFFF
		}
	default:
		return false
	}
	return true
}

// complete reports whether no character is unfinished.
func (u *utf8Octets) complete() bool { return u.need == 0 }

// validUTF8 reports whether all of b is UTF-8.
func validUTF8(b []byte) bool {
	var u utf8Octets
	for _, c := range b {
		if !u.next(c) {
			return false
		}
	}
	return u.complete()
}
