// Package literal decodes bytes as people type them.
package literal

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Unescape understands \\ \n \r \t \0 \a \b \e \f \v \xHH \uHHHH and
// \UHHHHHHHH.
func Unescape(s string) ([]byte, error) {
	var b []byte
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b = append(b, s[i])
			continue
		}
		if i++; i == len(s) {
			return nil, errors.New(`a \ at the end escapes nothing; write \\ for the character itself`)
		}
		digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[i]]
		if digits == 0 {
			at := strings.IndexByte(`\nrt0abefv"'`, s[i])
			if at < 0 {
				r, _ := utf8.DecodeRuneInString(s[i:])
				return nil, fmt.Errorf(`\%c at offset %d is no escape; expected one of \\ \n \r \t \0 \e \xHH \uHHHH \UHHHHHHHH`, r, i-1)
			}
			b = append(b, "\\\n\r\t\x00\a\b\x1b\f\v\"'"[at])
			continue
		}
		hex := s[i+1 : min(len(s), i+1+digits)]
		n, err := strconv.ParseUint(hex, 16, 32)
		if err != nil || len(hex) < digits {
			return nil, fmt.Errorf(`\%c at offset %d needs %d hex digits`, s[i], i-1, digits)
		}
		if digits == 2 {
			b = append(b, byte(n))
		} else if !utf8.ValidRune(rune(n)) {
			return nil, fmt.Errorf(`\%c%s at offset %d is no character`, s[i], hex, i-1)
		} else {
			b = utf8.AppendRune(b, rune(n))
		}
		i += digits
	}
	return b, nil
}

// Hex decodes hex digits with any white space, commas, colons and 0x between
// the bytes.
func Hex(s string) ([]byte, error) {
	var digits strings.Builder
	for field := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(" \t\r\n,:", r) }) {
		field = strings.TrimPrefix(strings.TrimPrefix(field, "0x"), "0X")
		if len(field)%2 != 0 {
			return nil, fmt.Errorf("%q has an odd number of digits, expected two for each byte", field)
		}
		digits.WriteString(field)
	}
	p, err := hex.DecodeString(digits.String())
	var bad hex.InvalidByteError
	if errors.As(err, &bad) {
		return nil, fmt.Errorf("%q is no hex digit, expected bytes such as 00 ff 7f", rune(bad))
	}
	return p, err
}

// CheckText refuses a text message that is not UTF-8 and says where.
func CheckText(p []byte) error {
	if utf8.Valid(p) {
		return nil
	}
	at := 0
	for at < len(p) {
		r, n := utf8.DecodeRune(p[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	return fmt.Errorf("not UTF-8: byte 0x%02X at offset %d (RFC 6455, Section 8.1)", p[at], at)
}

// Duration reads a duration in Go's units; a bare number is seconds.
func Duration(s string) (time.Duration, error) {
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		ns := n * float64(time.Second)
		if math.Abs(ns) < math.MaxInt64 { // false for NaN, too
			return time.Duration(ns), nil
		}
		if !math.IsNaN(n) {
			return 0, errors.New("expected at most 292 years, which are 9223372036 seconds")
		}
	} else if d, err := time.ParseDuration(s); err == nil {
		return d, nil
	}
	return 0, errors.New("expected a duration such as 500ms, 2s, 1m30s, or a number of seconds")
}
