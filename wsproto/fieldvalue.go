package wsproto

import (
	"errors"
	"fmt"
	"strings"
)

// IsToken reports whether s is a token: the form of a header field name, a
// subprotocol and an extension name.
//
// RFC 9110, Section 5.6.2.
func IsToken(s string) bool {
	for i := range len(s) {
		if !isTokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func isTokenByte(b byte) bool {
	switch {
	case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9':
		return true
	}
	return strings.IndexByte("!#$%&'*+-.^_`|~", b) >= 0
}

// isFieldValue reports whether s may stand in a header field: no control
// characters but tabs. Bytes above 0x7F are let pass, as everywhere on the web.
func isFieldValue(s string) bool {
	for i := range len(s) {
		if b := s[i]; b < ' ' && b != '\t' || b == 0x7F {
			return false
		}
	}
	return true
}

// isSafeValue reports whether s, received as the value of a header field, can be
// kept for somebody to look at: other control characters than these are invalid
// but do no harm.
//
// RFC 9110, Section 5.5.
func isSafeValue(s string) bool { return !strings.ContainsAny(s, "\r\n\x00") }

// hasToken reports whether one of the comma-separated lists has the token want,
// without regard to case.
func hasToken(lists []string, want string) bool {
	for _, list := range lists {
		for item := range strings.SplitSeq(list, ",") {
			if strings.EqualFold(trimOWS(item), want) {
				return true
			}
		}
	}
	return false
}

// trimOWS removes optional white space: spaces and tabs, nothing else.
func trimOWS(s string) string { return strings.Trim(s, " \t") }

// parseTokens splits comma-separated lists of tokens, of which none may occur
// twice. Empty elements are passed over, as RFC 9110 has it for every list.
func parseTokens(lists []string) ([]string, error) {
	var tokens []string
	for _, list := range lists {
		for item := range strings.SplitSeq(list, ",") {
			item = trimOWS(item)
			if item == "" {
				continue
			}
			if !IsToken(item) {
				return nil, fmt.Errorf("%q is not a token", item)
			}
			for _, t := range tokens {
				if t == item {
					return nil, fmt.Errorf("%q is named twice", item)
				}
			}
			tokens = append(tokens, item)
		}
	}
	if len(tokens) == 0 {
		return nil, errors.New("no token")
	}
	return tokens, nil
}

// ExtensionParams is an extension with its parameters, as in one element of a
// Sec-WebSocket-Extensions field.
//
// RFC 6455, Section 9.1.
type ExtensionParams struct {
	Name   string
	Params []Param
}

// A Param is a parameter of an extension. An empty value and no value are not
// the same: "a" has none.
type Param struct {
	Name, Value string
	HasValue    bool
}

// String returns the element as it stands in a header field. Every value is a
// token, so none is quoted.
func (e ExtensionParams) String() string {
	var b strings.Builder
	b.WriteString(e.Name)
	for _, p := range e.Params {
		b.WriteString("; ")
		b.WriteString(p.Name)
		if p.HasValue {
			b.WriteByte('=')
			b.WriteString(p.Value)
		}
	}
	return b.String()
}

// ParseExtensions decodes the values of all Sec-WebSocket-Extensions fields of a
// message. A quoted value is returned without its quotes; it has to be a token
// then. The names of parameters are not judged, nor whether one occurs twice.
//
// RFC 6455, Section 9.1.
func ParseExtensions(values []string) ([]ExtensionParams, error) {
	var list []ExtensionParams
	for _, v := range values {
		p := valueParser{rest: v}
		for {
			p.space()
			if p.skip(',') {
				continue
			}
			if p.rest == "" {
				break
			}
			e, err := p.extension()
			if err != nil {
				return nil, fmt.Errorf("%w at %q", err, p.rest)
			}
			list = append(list, e)
			if p.rest != "" && !p.skip(',') {
				return nil, fmt.Errorf("want a comma or a semicolon at %q", p.rest)
			}
		}
	}
	if len(list) == 0 {
		return nil, errors.New("no extension")
	}
	return list, nil
}

// A valueParser takes a field value apart from the left.
type valueParser struct{ rest string }

func (p *valueParser) space() { p.rest = strings.TrimLeft(p.rest, " \t") }

func (p *valueParser) skip(b byte) bool {
	if p.rest != "" && p.rest[0] == b {
		p.rest = p.rest[1:]
		return true
	}
	return false
}

func (p *valueParser) token() (string, error) {
	n := 0
	for n < len(p.rest) && isTokenByte(p.rest[n]) {
		n++
	}
	if n == 0 {
		return "", errors.New("want a token")
	}
	s := p.rest[:n]
	p.rest = p.rest[n:]
	return s, nil
}

func (p *valueParser) extension() (e ExtensionParams, err error) {
	if e.Name, err = p.token(); err != nil {
		return e, err
	}
	for p.space(); p.skip(';'); p.space() {
		p.space()
		var param Param
		if param.Name, err = p.token(); err != nil {
			return e, err
		}
		p.space()
		if p.skip('=') {
			p.space()
			param.HasValue = true
			if param.Value, err = p.paramValue(); err != nil {
				return e, err
			}
		}
		e.Params = append(e.Params, param)
	}
	return e, nil
}

// paramValue reads a token or a quoted string whose content is one.
func (p *valueParser) paramValue() (string, error) {
	if !p.skip('"') {
		return p.token()
	}
	var b strings.Builder
	for p.rest != "" {
		c := p.rest[0]
		p.rest = p.rest[1:]
		switch {
		case c == '"':
			if !IsToken(b.String()) {
				return "", errors.New("a quoted value has to be a token")
			}
			return b.String(), nil
		case c == '\\' && p.rest != "":
			c = p.rest[0]
			p.rest = p.rest[1:]
		}
		b.WriteByte(c)
	}
	return "", errors.New("want a closing quote")
}
