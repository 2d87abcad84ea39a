package netrc

import "strings"

// A scanner takes a file apart into words.
type scanner struct {
	rest string
	line int // of the word that was returned last
	next int // line feeds passed
}

// parse understands machine, default, login, password, account and macdef, and
// comments from a # at the beginning of a word. A word in double quotes may
// have blanks, and escapes, in it, as curl has them.
func parse(text string) (entries []Entry, bad *SyntaxError) {
	s := &scanner{rest: text}
	var e *Entry
	fail := func(reason string) ([]Entry, *SyntaxError) {
		return nil, &SyntaxError{Line: s.line, Reason: reason}
	}
	for {
		word, reason := s.keyword()
		if reason != "" {
			return fail(reason)
		}
		switch strings.ToLower(word) {
		case "":
			return entries, nil
		case "default":
			entries = append(entries, Entry{})
			e = &entries[len(entries)-1]
			continue
		case "machine", "login", "user", "password", "account", "macdef":
		default:
			return fail("a word that is none of machine, default, login, password, account and macdef; what has blanks in it has to be in double quotes")
		}
		value, ok, reason := s.value()
		switch {
		case reason != "":
			return fail(reason)
		case !ok:
			return fail("nothing follows " + word)
		}
		switch word = strings.ToLower(word); {
		case word == "machine":
			if value == "" {
				return fail("machine has no name")
			}
			entries = append(entries, Entry{Host: value})
			e = &entries[len(entries)-1]
		case word == "macdef":
			s.skipMacro()
		case e == nil:
			return fail(word + " comes before the first machine")
		case word == "login" || word == "user":
			e.Login = value
		case word == "password":
			e.Password = value
		}
	}
}

// keyword returns the next word that is not in a comment, "" at the end.
func (s *scanner) keyword() (word, reason string) {
	for {
		s.skipBlanks()
		if !strings.HasPrefix(s.rest, "#") {
			word, _, reason = s.word()
			return word, reason
		}
		_, s.rest, _ = strings.Cut(s.rest, "\n")
		s.next++
	}
}

// value returns the next word, whatever it begins with, on the line or on a
// later one.
func (s *scanner) value() (word string, ok bool, reason string) {
	s.skipBlanks()
	return s.word()
}

func (s *scanner) skipBlanks() {
	for s.rest != "" && strings.IndexByte(" \t\r\n", s.rest[0]) >= 0 {
		if s.rest[0] == '\n' {
			s.next++
		}
		s.rest = s.rest[1:]
	}
}

// word takes a word, in quotes or not.
func (s *scanner) word() (word string, ok bool, reason string) {
	if s.rest != "" {
		s.line = s.next + 1
	}
	if !strings.HasPrefix(s.rest, `"`) {
		n := strings.IndexAny(s.rest, " \t\r\n")
		if n < 0 {
			n = len(s.rest)
		}
		word, s.rest = s.rest[:n], s.rest[n:]
		return word, n > 0, ""
	}
	var b strings.Builder
	for i := 1; i < len(s.rest); i++ {
		switch c := s.rest[i]; {
		case c == '"':
			s.rest = s.rest[i+1:]
			return b.String(), true, ""
		case c == '\n':
			return "", false, "a double quote has no other before the end of the line"
		case c == '\\' && i+1 < len(s.rest):
			i++
			switch s.rest[i] {
			case 'n':
				b.WriteByte('\n')
			case 'r':
				b.WriteByte('\r')
			case 't':
				b.WriteByte('\t')
			default:
				b.WriteByte(s.rest[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", false, "a double quote has no other before the end of the line"
}

// skipMacro skips the definition of a macro, which an empty line ends.
func (s *scanner) skipMacro() {
	_, s.rest, _ = strings.Cut(s.rest, "\n")
	s.next++
	for s.rest != "" {
		var line string
		line, s.rest, _ = strings.Cut(s.rest, "\n")
		s.next++
		if strings.TrimRight(line, "\r") == "" {
			return
		}
	}
}
