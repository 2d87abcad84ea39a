package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"wscope/wsproto"
)

// A payloadReader makes the payload of a message out of an argument: "@file"
// is the content of a file, "@-" all of stdin, "@@x" is "@x", and anything else
// is itself.
type payloadReader struct {
	stdin  io.Reader // nil where it cannot be had
	escape bool      // \n, \x00 and the like are understood
	// usedStdin tells that an argument has taken stdin.
	usedStdin bool
}

func (r *payloadReader) read(arg string) ([]byte, error) {
	path, ok := strings.CutPrefix(arg, "@")
	switch {
	case !ok:
		return r.unescape(arg)
	case strings.HasPrefix(path, "@"):
		return r.unescape(path)
	case path == "-" && r.stdin == nil:
		return nil, errors.New("@- is stdin, which is in use; @@- is the text @-")
	case path == "-":
		r.usedStdin = true
		p, err := io.ReadAll(r.stdin)
		if err != nil {
			return nil, &fileError{fmt.Errorf("reading stdin: %w", err)}
		}
		return p, nil
	}
	if path == "" {
		return nil, &fileError{errors.New("a file name has to follow @; @- is stdin, @@ a literal @")}
	}
	p, err := os.ReadFile(path)
	if err != nil {
		return nil, &fileError{err}
	}
	return p, nil
}

func (r *payloadReader) unescape(s string) ([]byte, error) {
	if !r.escape {
		return []byte(s), nil
	}
	return unescape(s)
}

// unescape understands \\ \n \r \t \0 \a \b \e \f \v \xHH \uHHHH and
// \UHHHHHHHH.
func unescape(s string) ([]byte, error) {
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

// opcode returns what a message of the user's goes out as.
func opcode(binary bool) wsproto.Opcode {
	if binary {
		return wsproto.OpBinary
	}
	return wsproto.OpText
}

// checkText refuses a text message that is not UTF-8 and says where.
func checkText(p []byte) error {
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
	return &fileError{fmt.Errorf("not UTF-8: byte 0x%02X at offset %d (RFC 6455, Section 8.1)", p[at], at)}
}

const binaryHint = "send it as a binary message with --binary"
