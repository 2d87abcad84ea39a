package script

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"wscope/cmd/internal/expect"
)

// Print returns a script as text: what Parse would make the same tree of.
// Comments are not kept, and what is included stays in its file.
func Print(s *Script) string {
	p := &printer{}
	for i, n := range s.Nodes {
		test, ok := n.(*Test)
		if !ok {
			p.step(n.(Step))
			continue
		}
		if i > 0 {
			p.b.WriteByte('\n')
		}
		p.line("test " + Quote(test.Name) + " {")
		p.depth++
		if test.Timeout > 0 {
			p.line("timeout " + test.Timeout.String())
		}
		p.steps(test.Steps)
		p.end()
	}
	return p.b.String()
}

type printer struct {
	b     strings.Builder
	depth int
}

func (p *printer) line(s string) {
	p.b.WriteString(strings.Repeat("  ", p.depth) + s + "\n")
}

func (p *printer) end() {
	p.depth--
	p.line("}")
}

func (p *printer) steps(steps []Step) {
	for _, s := range steps {
		p.step(s)
	}
}

func (p *printer) step(s Step) {
	var inner []Step
	switch s := s.(type) {
	case *Open:
		if len(s.Options) == 0 {
			p.line(s.String())
			return
		}
		p.line(s.String() + " {")
		p.depth++
		for _, o := range s.Options {
			p.line(o.String())
		}
		p.end()
		return
	case *Listen:
		inner = s.Steps
	case *Unordered:
		inner = s.Steps
	case *Repeat:
		inner = s.Steps
	default:
		p.line(s.String())
		return
	}
	p.line(s.String() + " {")
	p.depth++
	p.steps(inner)
	p.end()
}

// A words gathers the words of a line.
type words []string

func (w *words) add(s ...string) { *w = append(*w, s...) }

func (w *words) text(word string, t *Text) {
	if t != nil {
		w.add(word, t.String())
	}
}

func (w *words) within(d time.Duration) {
	if d > 0 {
		w.add("within", d.String())
	}
}

// first begins a line with the name of a connection.
func (b Base) first(word string) words {
	if b.Conn != "" {
		return words{b.Conn + ":", word}
	}
	return words{word}
}

func (w words) String() string { return strings.Join(w, " ") }

// word returns the word of the language that a step begins with.
func word(s Step) string {
	rest := strings.Fields(s.String())
	if s.On() != "" {
		rest = rest[1:]
	}
	return rest[0]
}

func (o *Open) String() string {
	w := o.first(o.Kind.String())
	if o.Kind == HTTP {
		w.add(o.Method)
	}
	switch o.Kind {
	case Connect, SSE, HTTP:
		w.add(o.URL.String())
	case Reply:
		w.add(strconv.Itoa(o.Status))
	}
	if o.As != "" {
		w.add("as", o.As)
	}
	return w.String()
}

// String returns the option as it stands in a script.
func (o *Option) String() string {
	w := words{o.Name}
	for _, t := range o.Texts {
		w.add(t.String())
	}
	switch o.Name {
	case "body":
		w.add(o.Content.String())
	case "refused":
		w.add(strconv.Itoa(o.Number))
	case "retry":
		w.add(o.Duration.String())
	}
	return w.String()
}

func (l *Listen) String() string {
	w := l.first("listen")
	if l.Address != nil {
		w.add(l.Address.String())
	}
	w.add("as", l.As)
	return w.String()
}

func (s *Send) String() string {
	w := s.first("send")
	if s.Binary {
		w = s.first("send-binary")
	}
	w.add(s.Content.String())
	return w.String()
}

func (f *Frame) String() string {
	w := f.first("frame")
	for _, field := range f.Fields {
		w.add(field.Name + "=" + field.Value)
	}
	if f.Content != nil {
		w.add(f.Content.String())
	}
	return w.String()
}

func (c *Control) String() string {
	w := c.first("ping")
	if c.Pong {
		w = c.first("pong")
	}
	if c.Data != nil {
		w.add(c.Data.String())
	}
	return w.String()
}

func (c *Close) String() string {
	w := c.first("close")
	if c.Code > 0 {
		w.add(strconv.Itoa(c.Code))
	}
	if c.Reason != nil {
		w.add(c.Reason.String())
	}
	w.within(c.Within)
	return w.String()
}

func (d *Drop) String() string { return d.first("drop").String() }

func (e *Emit) String() string {
	w := e.first("event")
	if e.Text != nil {
		w.add("text", e.Text.String())
	}
	w.text("type", e.Type)
	w.text("id", e.ID)
	if e.Retry != nil {
		w.add("retry", e.Retry.String())
	}
	w.text("comment", e.Comment)
	return w.String()
}

func (e *Expect) String() string {
	w := e.first("expect")
	if e.Next {
		w.add("next")
	}
	w.add(e.What.String())
	w.within(e.Within)
	return w.String()
}

func (n *Never) String() string {
	w := n.first("never")
	w.add(n.What.String())
	w.within(n.Within)
	return w.String()
}

// String returns what is waited for as it stands in a script.
func (x What) String() string {
	var w words
	switch {
	case x.Kind == expect.Field:
		w.add(x.Field)
	case x.Kind == expect.Text && (x.Body.Form == Match || x.Body.Form == JSON):
	default:
		w.add(x.Kind.String())
	}
	if x.Code > 0 {
		w.add(strconv.Itoa(x.Code))
	}
	if x.Name != nil {
		w.add(x.Name.String())
	}
	w.text("type", x.Type)
	w.text("id", x.ID)
	switch x.Body.Form {
	case Same:
		if x.Kind == expect.Event {
			w.add("text")
		}
		w.add(x.Body.Content.String())
	case Match:
		w.add("re", x.Body.Pattern.String())
	case JSON:
		w.add("json")
		for i, c := range x.Body.Conditions {
			if i > 0 {
				w.add("and")
			}
			w.add(c.String())
		}
	case Exists:
		w.add("exists")
	case Absent:
		w.add("absent")
	}
	return w.String()
}

// String returns the condition as it stands in a script.
func (c Condition) String() string {
	if c.Op == "" {
		return c.Path.String()
	}
	w := words{c.Path.String(), string(c.Op)}
	if c.Op != expect.Exists {
		w.add(c.Value.String())
	}
	return w.String()
}

func (u *Unordered) String() string { return u.first("unordered").String() }

func (s *Set) String() string { return fmt.Sprintf("set %s = %s", s.Name, s.Value) }

func (c *Capture) String() string {
	w := c.first("capture")
	w.add(c.Name, "=")
	switch {
	case c.Path != nil:
		w.add(c.Path.String())
	case c.Header == nil && c.Pattern == nil:
		w.add("text")
	}
	w.text("header", c.Header)
	w.text("re", c.Pattern)
	if c.Group >= 0 {
		w.add("group", strconv.Itoa(c.Group))
	}
	return w.String()
}

func (s *Sleep) String() string { return "sleep " + s.For.String() }

func (c *Cookies) String() string { return "cookies" }

func (r *Repeat) String() string {
	w := r.first("repeat")
	w.add(strconv.Itoa(r.N))
	if r.As != "" {
		w.add("as", r.As)
	}
	return w.String()
}

func (i *Include) String() string { return "include " + Quote(i.Path) }
