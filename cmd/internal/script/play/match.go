package play

import (
	"fmt"
	"strings"

	"wscope/cmd/internal/expect"
	"wscope/cmd/internal/script"
	"wscope/render"
	"wscope/wsproto"
)

// matcher returns what is waited for, with the values of its variables.
func (t *part) matcher(w script.What, pos script.Pos) (*expect.Matcher, error) {
	x := &expect.Matcher{Kind: w.Kind, Code: wsproto.CloseCode(w.Code)}
	for _, f := range []struct {
		from *script.Text
		to   **string
	}{{w.Type, &x.Type}, {w.ID, &x.ID}} {
		if f.from == nil {
			continue
		}
		s, err := t.vars.expand(*f.from)
		if err != nil {
			return nil, err
		}
		*f.to = &s
	}
	var err error
	x.Body, err = t.body(w, pos)
	return x, err
}

// body returns what has to be true of the data, or nil.
func (t *part) body(w script.What, pos script.Pos) (expect.Body, error) {
	switch b := w.Body; b.Form {
	case script.Same:
		p, err := t.bytes(b.Content, pos)
		switch {
		case err != nil:
			return nil, err
		case w.Kind == expect.Binary:
			return expect.Bytes(p), nil
		}
		return expect.Exactly(p), nil
	case script.Match:
		pattern, err := t.vars.expand(b.Pattern)
		if err != nil {
			return nil, err
		}
		re, err := expect.NewRegexp(pattern)
		if err != nil {
			return nil, err // a nil *Regexp would be a Body
		}
		return re, nil
	case script.JSON:
		return t.conditions(b.Conditions)
	}
	return nil, nil
}

func (t *part) conditions(list []script.Condition) (expect.Body, error) {
	j := expect.JSON{}
	for _, c := range list {
		text, err := t.vars.expand(c.Path)
		if err != nil {
			return nil, err
		}
		if c.Op == "" {
			all, err := expect.ParseConditions(text)
			if err != nil {
				return nil, err
			}
			j = append(j, all...)
			continue
		}
		path, err := expect.ParsePath(text)
		if err != nil {
			return nil, err
		}
		var value []byte
		switch c.Op {
		case expect.Exists:
		case expect.Matches:
			var pattern string
			pattern, err = t.vars.expand(c.Value)
			value = []byte(pattern)
		default:
			value, err = t.vars.value(c.Value)
		}
		if err != nil {
			return nil, err
		}
		condition, err := expect.NewCondition(path, c.Op, value)
		if err != nil {
			return nil, err
		}
		j = append(j, condition)
	}
	return j, nil
}

// expectBody looks at the body of an HTTP exchange, which is there already.
func (l *link) expectBody(x *expect.Matcher) error {
	x.Kind = expect.Content
	m := &expect.Message{Kind: expect.Content, Data: l.body}
	if miss := x.Match(m); miss != nil {
		return unmetError{fmt.Errorf("expected the body to match %s\n%s", x, came(m, miss))}
	}
	l.last = m
	return nil
}

// came tells what there was, and what is different.
func came(m *expect.Message, miss *expect.Miss) string {
	var seen expect.Misses
	seen.Add(m, miss)
	return seen.String()
}

// expectField looks at what the peer's half of the exchange has.
func (l *link) expectField(s *script.Expect) error {
	switch s.What.Field {
	case "status":
		if l.status != s.What.Code {
			return unmetError{fmt.Errorf("expected status %d, got %d", s.What.Code, l.status)}
		}
		return nil
	case "request":
		body, err := l.fieldBody(s)
		if err != nil {
			return err
		}
		if miss := body.Match([]byte(l.asked)); miss != nil {
			return unmetError{fmt.Errorf("expected %s\n%s", s.What, came(&expect.Message{Kind: expect.Field, Data: []byte(l.asked)}, miss))}
		}
		return nil
	}
	name, err := l.vars.expand(*s.What.Name)
	if err != nil {
		return err
	}
	values := l.fields.Values(name)
	switch {
	case s.What.Body.Form == script.Absent && len(values) > 0:
		return unmetError{fmt.Errorf("expected no header field %s, and there is %s", name, l.quoteAll(name, values))}
	case s.What.Body.Form == script.Absent:
		return nil
	case len(values) == 0:
		return unmetError{fmt.Errorf("expected a header field %s, and there is none%s", name, l.fieldNames())}
	case s.What.Body.Form == script.Exists:
		return nil
	}
	body, err := l.fieldBody(s)
	if err != nil {
		return err
	}
	var seen expect.Misses
	for _, v := range values {
		miss := body.Match([]byte(v))
		if miss == nil {
			return nil
		}
		if v != l.shown(name, v) {
			v, miss = l.shown(name, v), &expect.Miss{Why: "it is a secret, --show-secrets shows it"}
		}
		seen.Add(&expect.Message{Kind: expect.Field, Data: []byte(v)}, miss)
	}
	demand := "match " + body.String()
	if text, ok := strings.CutPrefix(body.String(), "text "); ok {
		demand = "be " + text
	}
	return unmetError{fmt.Errorf("expected header field %s to %s\n%s", name, demand, seen.String())}
}

// fieldBody returns what has to be true of a field.
func (l *link) fieldBody(s *script.Expect) (expect.Body, error) {
	return l.part.body(s.What, s.Pos)
}

// fieldNames lists the fields that there are.
func (l *link) fieldNames() string {
	var names []string
	for _, f := range l.fields {
		names = append(names, f.Name)
	}
	if len(names) == 0 {
		return ""
	}
	return ", but " + strings.Join(names, ", ")
}

// shown returns the value of a header field without what is secret in it.
func (l *link) shown(name, value string) string {
	if l.ShowSecrets {
		return value
	}
	return render.RedactField(name, value)
}

// quoteAll returns the values of a header field as they are shown.
func (l *link) quoteAll(name string, values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = (&expect.Message{Kind: expect.Field, Data: []byte(l.shown(name, v))}).String()
	}
	return strings.Join(quoted, ", ")
}
