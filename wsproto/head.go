package wsproto

import (
	"bytes"
	"fmt"
	"strings"
)

const (
	// maxHead bounds the head of a request or a response in bytes, and
	// maxFields the number of its fields.
	maxHead   = 64 << 10
	maxFields = 256
)

// A headError is a message head that is not HTTP/1.1, or too much of it.
type headError struct {
	tooLarge  bool
	got, want string
}

func (e *headError) Error() string { return e.got + ", expected " + e.want }

// readHead reads up to the empty line that ends the head of an HTTP message.
// What follows stays in the buffer. On an error it returns what has arrived.
//
// RFC 9112, Section 2.1.
func (c *Conn) readHead() (raw []byte, err error) {
	in := &c.in
	for scanned := 0; ; {
		b := in.buf[in.r:in.w]
		if err := c.notHTTP(b); err != nil {
			return bytes.Clone(b), err
		}
		if n := endOfHead(b, scanned); n > 0 {
			in.r += n
			return bytes.Clone(b[:n]), nil
		}
		scanned = max(0, len(b)-3)
		if len(b) >= maxHead {
			return bytes.Clone(b), &headError{
				tooLarge: true,
				got:      fmt.Sprintf("%d bytes without the empty line that ends a header", len(b)),
				want:     fmt.Sprintf("at most %d", maxHead),
			}
		}
		if in.w == len(in.buf) {
			if in.r == 0 {
				in.buf = append(in.buf, make([]byte, len(in.buf))...)
			}
			in.w = copy(in.buf, b)
			in.r = 0
		}
		n, err := c.nc.Read(in.buf[in.w:])
		in.w += n
		if err != nil && n == 0 {
			return bytes.Clone(in.buf[in.r:in.w]), err
		}
	}
}

// notHTTP recognises a peer that speaks something else by its first bytes,
// rather than wait for an end of a header that never comes.
func (c *Conn) notHTTP(b []byte) error {
	const prefix = "HTTP/"
	switch {
	case len(b) == 0:
	case c.role == Client && !strings.HasPrefix(string(b[:min(len(b), len(prefix))]), prefix[:min(len(b), len(prefix))]):
		return &headError{got: fmt.Sprintf("%.60q", b), want: "an HTTP/1.1 response"}
	case c.role == Server && b[0] == 0x16:
		return &headError{got: "a TLS record", want: "an HTTP/1.1 request without TLS"}
	case c.role == Server && !isTokenByte(b[0]) && b[0] != '\r' && b[0] != '\n':
		return &headError{got: fmt.Sprintf("%.60q", b), want: "an HTTP/1.1 request"}
	}
	return nil
}

// endOfHead returns the length of the head, with its empty line, that b begins
// with, or 0. The end is not before from. A line may end in LF alone.
//
// RFC 9112, Section 2.2.
func endOfHead(b []byte, from int) int {
	for i := from; ; {
		n := bytes.IndexByte(b[i:], '\n')
		if n < 0 {
			return 0
		}
		i += n + 1
		if rest := b[i:]; len(rest) > 0 && rest[0] == '\n' {
			return i + 1
		} else if len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n' {
			return i + 2
		}
	}
}

// parseHead takes the head of an HTTP message apart into its first line and its
// fields. It refuses everything that two readers could read differently, and
// values that are not valid in the eyes of the function of that name.
//
// RFC 9112, Sections 2.2 and 5.
func parseHead(raw []byte, valid func(string) bool) (first string, fields Fields, err error) {
	fail := func(got, want string) (string, Fields, error) {
		return first, fields, &headError{got: got, want: want}
	}
	text := string(raw)
	first, text, _ = strings.Cut(text, "\n")
	first = strings.TrimSuffix(first, "\r")
	if !valid(first) {
		return fail(fmt.Sprintf("first line %.100q", RedactUserinfo(first)), "no control characters")
	}
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		line = strings.TrimSuffix(line, "\r")
		if line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ":")
		switch {
		case line[0] == ' ' || line[0] == '\t':
			return fail("a header line that begins with white space", "no line folding (RFC 9112, Section 5.2)")
		case !ok:
			return fail(lineBegin(line), "a name, a colon and a value")
		case name != strings.TrimRight(name, " \t"):
			return fail(lineBegin(line), "no white space before the colon (RFC 9112, Section 5.1)")
		case !IsToken(name):
			return fail(lineBegin(line), "a token as the name")
		case !valid(value):
			return fail(lineBegin(line), "no control characters")
		case len(fields) == maxFields:
			return first, fields, &headError{
				tooLarge: true,
				got:      fmt.Sprintf("more than %d header fields", maxFields),
				want:     "fewer",
			}
		}
		fields = append(fields, Field{name, trimOWS(value)})
	}
	return first, fields, nil
}

// lineBegin names a header line by what is likely to be the name of its field. The
// rest may be a secret.
func lineBegin(line string) string {
	n := 0
	for n < len(line) && isTokenByte(line[n]) {
		n++
	}
	switch {
	case n == len(line):
		return fmt.Sprintf("header line %.100q", line)
	case line[n] == ':':
		return fmt.Sprintf("header line %.100q and its value", line[:n+1])
	}
	return fmt.Sprintf("header line that begins with %.100q", line[:n+1])
}

// parseVersion decodes the "HTTP/1.1" of a request line or a status line.
//
// RFC 9112, Section 2.3.
func parseVersion(s string) (major, minor int, ok bool) {
	if len(s) != len("HTTP/1.1") || s[:5] != "HTTP/" || s[6] != '.' || !isDigit(s[5]) || !isDigit(s[7]) {
		return 0, 0, false
	}
	return int(s[5] - '0'), int(s[7] - '0'), true
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }
