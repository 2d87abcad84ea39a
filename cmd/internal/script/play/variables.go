package play

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"wscope/cmd/internal/expect"
	"wscope/cmd/internal/script"
	"wscope/cmd/internal/spell"
)

// Variables are those of one part of a test.
type variables struct {
	env     func(string) (string, bool)
	values  map[string]variable
	secrets *secrets
}

// Secrets are the values of the environment that are not to be shown. All parts
// of a test share them.
type secrets struct {
	mu     sync.Mutex
	values []string
}

// A variable is a value. One that was captured from JSON is known as JSON, too.
type variable struct {
	text string
	json []byte // nil if it is only text
}

func newVariables(o *Options) *variables {
	v := &variables{env: o.Env, values: map[string]variable{}, secrets: &secrets{}}
	for name, text := range o.Variables {
		v.set(name, text)
	}
	return v
}

// clone returns variables that begin with the same values.
func (v *variables) clone() *variables {
	return &variables{env: v.env, values: maps.Clone(v.values), secrets: v.secrets}
}

func (v *variables) set(name, text string) { v.put(name, variable{text: text}) }

func (v *variables) put(name string, value variable) { v.values[name] = value }

// assign sets a variable to a text of the script. A reference by itself keeps
// what is known of the value.
func (v *variables) assign(name string, t script.Text) error {
	if p, ok := t.Reference(); ok && !p.Env {
		value, err := v.find(p.Ref)
		if err == nil {
			v.put(name, value)
		}
		return err
	}
	text, err := v.expand(t)
	if err == nil {
		v.set(name, text)
	}
	return err
}

func (v *variables) find(name string) (variable, error) {
	value, ok := v.values[name]
	if ok {
		return value, nil
	}
	names := slices.Sorted(maps.Keys(v.values))
	hint := ""
	switch near := spell.Nearest(name, names); {
	case near != "":
		hint = " (did you mean ${" + near + "}?)"
	case len(names) > 0 && len(names) <= 10:
		hint = ", there is ${" + strings.Join(names, "}, ${") + "}"
	}
	return value, fmt.Errorf("the variable ${%s} is not set%s", name, hint)
}

// expand returns a text with the values of its references.
func (v *variables) expand(t script.Text) (string, error) {
	return t.Expand(func(p script.Part) (string, error) {
		if p.Env {
			return v.environment(p.Ref)
		}
		value, err := v.find(p.Ref)
		return value.text, err
	})
}

func (v *variables) environment(name string) (string, error) {
	var text string
	ok := false
	if v.env != nil {
		text, ok = v.env(name)
	}
	if !ok {
		return "", fmt.Errorf("the environment variable %s is not set, or empty", name)
	}
	if isSecret(name, text) {
		v.secrets.add(text)
	}
	return text, nil
}

// value returns the JSON that the right side of a comparison stands for.
func (v *variables) value(t script.Text) ([]byte, error) {
	if p, ok := t.Reference(); ok && t.Form == script.Bare && !p.Env {
		found, err := v.find(p.Ref)
		switch {
		case err != nil:
			return nil, err
		case found.json != nil:
			return found.json, nil
		}
		return expect.Value(found.text), nil
	}
	text, err := v.expand(t)
	switch {
	case err != nil:
		return nil, err
	case t.Form == script.Quoted:
		return expect.String(text), nil
	case t.Form == script.Bare && !json.Valid([]byte(text)):
		return expect.Value(text), nil
	case !json.Valid([]byte(text)):
		return nil, errors.New("what stands in backquotes is not JSON: " + script.Quote(text))
	}
	return []byte(text), nil
}

// secretWords are what a variable of the environment is named after that is not
// to be shown.
var secretWords = [...]string{"TOKEN", "SECRET", "PASS", "KEY", "AUTH", "COOKIE", "CREDENTIAL", "SESSION"}

// isSecret reports whether a value of the environment is a secret. A very short
// one would be found everywhere.
func isSecret(name, value string) bool {
	if len(value) < 4 {
		return false
	}
	name = strings.ToUpper(name)
	return slices.ContainsFunc(secretWords[:], func(w string) bool { return strings.Contains(name, w) })
}

func (s *secrets) add(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.values, value) {
		s.values = append(s.values, value)
	}
}

// redact takes the secrets out of a result, a long one before one that is a part
// of it.
func (s *secrets) redact(r *Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.values) == 0 {
		return
	}
	slices.SortFunc(s.values, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, v := range s.values {
		pairs = append(pairs, v, "[redacted]")
	}
	replace := strings.NewReplacer(pairs...).Replace
	r.Transcript = replace(r.Transcript)
	if r.Failure != nil {
		r.Failure.Message, r.Failure.Detail = replace(r.Failure.Message), replace(r.Failure.Detail)
	}
}
