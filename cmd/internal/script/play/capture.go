package play

import (
	"errors"
	"fmt"

	"wscope/cmd/internal/expect"
	"wscope/cmd/internal/script"
)

// capture sets a variable to a part of a message, which may be nil, or of the
// peer's half of the HTTP exchange.
func (t *part) capture(s *script.Capture, m *expect.Message) error {
	l := t.link(s)
	if s.Header != nil {
		return t.captureHeader(s, l)
	}
	if m == nil && l.body != nil {
		m = &expect.Message{Kind: expect.Content, Data: l.body}
	}
	switch {
	case m == nil:
		return errors.New("there is no message to capture from: an expect has to come before")
	case s.Path != nil:
		text, err := t.vars.expand(*s.Path)
		if err != nil {
			return err
		}
		path, err := expect.ParsePath(text)
		if err != nil {
			return err
		}
		v, err := path.Find(m.Data)
		if err != nil {
			return fmt.Errorf("%w, in %s", err, m)
		}
		t.vars.put(s.Name, variable{expect.Plain(v), v})
		return nil
	case s.Pattern != nil:
		return t.captureGroup(s, string(m.Data), m.String())
	}
	t.vars.set(s.Name, string(m.Data))
	return nil
}

func (t *part) captureHeader(s *script.Capture, l *link) error {
	name, err := t.vars.expand(*s.Header)
	if err != nil {
		return err
	}
	values := l.fields.Values(name)
	if len(values) == 0 {
		return fmt.Errorf("there is no header field %s%s", name, l.fieldNames())
	}
	if s.Pattern == nil {
		t.vars.set(s.Name, values[0])
		return nil
	}
	for _, v := range values {
		if err = t.captureGroup(s, v, l.quoteAll(name, values)); err == nil {
			return nil
		}
	}
	return err
}

// captureGroup sets a variable to what a group of a regular expression matches.
func (t *part) captureGroup(s *script.Capture, from, shown string) error {
	pattern, err := t.vars.expand(*s.Pattern)
	if err != nil {
		return err
	}
	re, err := expect.NewRegexp(pattern)
	if err != nil {
		return err
	}
	group := s.Group
	switch {
	case group < 0:
		group = min(re.Groups(), 1)
	case group > re.Groups():
		return fmt.Errorf("the regular expression has %d groups, there is no group %d", re.Groups(), group)
	}
	v, ok := re.Find([]byte(from), group)
	if !ok {
		why := fmt.Sprintf("group %d has no part in the match", group)
		if miss := re.Match([]byte(from)); miss != nil {
			why = miss.Why
		}
		return fmt.Errorf("nothing to capture in %s: %s", shown, why)
	}
	t.vars.set(s.Name, v)
	return nil
}
