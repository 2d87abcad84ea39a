package render

import (
	"bytes"
	"errors"
	"strings"

	"wscope/wsproto"
)

// A head is the part of an HTTP message before its body, as it was on the wire.
type head struct {
	line   string
	fields []field
	begun  bool // whether there is anything of it
	ended  bool // whether the blank line was there
	body   []byte
	more   bool // whether the body is longer
	raw    []byte
}

// A field is one field of a head. A line that is none has no name.
type field struct{ name, value string }

func (f field) String() string {
	if f.name == "" {
		return f.value
	}
	return f.name + ": " + f.value
}

// parseHead takes the raw bytes of a message apart, which may be cut off or
// illegal in any way. A field line without a colon has an empty name; a line
// that continues the one before (RFC 9112, Section 5.2) is joined to it. What is
// secret is redacted unless it is wanted.
func parseHead(raw []byte, secrets bool) head {
	if !secrets {
		raw = RedactHead(raw)
	}
	h := head{begun: len(raw) > 0, raw: raw}
	first := true
	for len(raw) > 0 {
		line, rest, _ := bytes.Cut(raw, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		raw = rest
		switch {
		case first:
			h.line = string(line)
			first = false
			continue
		case len(line) == 0:
			h.ended, h.body = true, raw
			raw = nil
			continue
		}
		if n := len(h.fields); n > 0 && (line[0] == ' ' || line[0] == '\t') {
			h.fields[n-1].value += " " + string(bytes.Trim(line, " \t"))
			continue
		}
		name, value, ok := strings.Cut(string(line), ":")
		if !ok {
			name, value = "", name
		}
		h.fields = append(h.fields, field{name, strings.Trim(value, " \t")})
	}
	return h
}

// request is the first half of the handshake.
func (e *Handshake) request(secrets bool) head { return parseHead(e.Request, secrets) }

// response is the second half. The body of a refusal, which is read after the
// head, is taken from the error.
func (e *Handshake) response(secrets bool) head {
	h := parseHead(e.Response, secrets)
	var failed *wsproto.HandshakeError
	if len(h.body) == 0 && e.Role == wsproto.Client && errors.As(e.Err, &failed) && failed.Response != nil {
		h.body, h.more = failed.Response.Body, failed.Response.More
	}
	return h
}
