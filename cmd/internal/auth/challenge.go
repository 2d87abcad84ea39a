package auth

import (
	"strings"

	"wscope/wsproto"
)

// A Challenge is one way to authenticate that a server offers.
//
// RFC 9110, Section 11.6.1.
type Challenge struct {
	Scheme string // as it was written
	Token  string // what stands in the place of parameters, as in Negotiate, or ""
	Params []Param
}

// A Param is a parameter of a challenge, its value without quotes.
type Param struct{ Name, Value string }

// Param returns the value of the first parameter of that name, or "".
func (c *Challenge) Param(name string) string {
	for _, p := range c.Params {
		if strings.EqualFold(p.Name, name) {
			return p.Value
		}
	}
	return ""
}

// Is reports whether the challenge is one of that scheme.
func (c *Challenge) Is(scheme string) bool { return strings.EqualFold(c.Scheme, scheme) }

// ParseChallenges returns the challenges in the values of the WWW-Authenticate
// fields of a response, in order. A value may have several of them. What is not
// to be understood is skipped up to the next comma.
func ParseChallenges(values []string) []Challenge {
	var all []Challenge
	for _, v := range values {
		s := scanner{v}
		var c *Challenge // that parameters belong to
		for s.skip(" \t,"); s.rest != ""; s.skip(" \t,") {
			name := s.token()
			if c != nil && name != "" {
				if value, ok := s.value(); ok {
					c.Params = append(c.Params, Param{name, value})
					s.toComma()
					continue
				}
			}
			if name == "" || s.rest != "" && strings.IndexByte(" \t,", s.rest[0]) < 0 {
				s.toComma()
				continue
			}
			all = append(all, Challenge{Scheme: name})
			c = &all[len(all)-1]
			s.skip(" \t")
			c.Token = s.token68()
		}
	}
	return all
}

// A scanner takes a field value apart from left to right.
type scanner struct{ rest string }

func (s *scanner) skip(bytes string) { s.rest = strings.TrimLeft(s.rest, bytes) }

// take cuts the first n bytes off.
func (s *scanner) take(n int) string {
	t := s.rest[:n]
	s.rest = s.rest[n:]
	return t
}

// token takes a token, which is "" if there is none.
func (s *scanner) token() string {
	n := 0
	for n < len(s.rest) && wsproto.IsToken(s.rest[n:n+1]) {
		n++
	}
	return s.take(n)
}

// value takes the equals sign and what follows it, if there is one.
func (s *scanner) value() (value string, ok bool) {
	after, ok := strings.CutPrefix(strings.TrimLeft(s.rest, " \t"), "=")
	if !ok {
		return "", false
	}
	s.rest = strings.TrimLeft(after, " \t")
	if strings.HasPrefix(s.rest, `"`) {
		return s.quoted(), true
	}
	// Servers leave quotes out that have to be there.
	n := strings.IndexAny(s.rest, " \t,")
	if n < 0 {
		n = len(s.rest)
	}
	return s.take(n), true
}

// quoted takes a quoted string and returns what it stands for. One without an
// end goes to the end of the value.
//
// RFC 9110, Section 5.6.4.
func (s *scanner) quoted() string {
	var b strings.Builder
	for i := 1; i < len(s.rest); i++ {
		switch c := s.rest[i]; {
		case c == '"':
			s.rest = s.rest[i+1:]
			return b.String()
		case c == '\\' && i+1 < len(s.rest):
			i++
			b.WriteByte(s.rest[i])
		default:
			b.WriteByte(c)
		}
	}
	s.rest = ""
	return b.String()
}

// token68 takes what stands in the place of parameters. It is "" if parameters
// follow.
//
// RFC 9110, Section 11.2.
func (s *scanner) token68() string {
	n := 0
	for n < len(s.rest) && (isAlnum(s.rest[n]) || strings.IndexByte("-._~+/", s.rest[n]) >= 0) {
		n++
	}
	if n == 0 {
		return ""
	}
	for n < len(s.rest) && s.rest[n] == '=' {
		n++
	}
	if after := strings.TrimLeft(s.rest[n:], " \t"); after != "" && after[0] != ',' {
		return ""
	}
	return s.take(n)
}

// toComma skips to the next comma that is not in quotes.
func (s *scanner) toComma() {
	for s.rest != "" && s.rest[0] != ',' {
		if s.rest[0] == '"' {
			s.quoted()
			continue
		}
		s.rest = s.rest[1:]
	}
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}
