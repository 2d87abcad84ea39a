package expect

import (
	"fmt"
	"strconv"

	"wscope/wsproto"
)

// A Matcher is what a message has to be. The zero values of all fields but Kind
// leave it open.
type Matcher struct {
	Kind Kind
	// Body is what has to be true of the data, for a Close of its reason.
	Body Body
	// Code is the code of a Close.
	Code wsproto.CloseCode
	// Type and ID are those of an Event.
	Type, ID *string
}

// Match returns nil if m is what is waited for, and otherwise how it misses.
func (x *Matcher) Match(m *Message) *Miss {
	if m.Kind != x.Kind {
		miss := &Miss{Why: "it is " + article(m.Kind) + ", expected " + article(x.Kind)}
		if m.Kind != Close && x.Kind != Close {
			miss.Near = 0.1 // a message at least, rather than the end of them
		}
		return miss
	}
	data := m.Data
	if x.Kind == Close {
		if x.Code != 0 && m.Code != x.Code {
			return &Miss{Near: 0.2, Why: fmt.Sprintf("the close code is %v, expected %v", m.Code, x.Code)}
		}
		data = []byte(m.Reason)
	}
	for _, part := range []struct {
		name, got string
		want      *string
	}{{"type", m.Type, x.Type}, {"id", m.ID, x.ID}} {
		if part.want != nil && part.got != *part.want {
			return &Miss{Near: 0.2, Why: fmt.Sprintf("the %s of the event is %s, expected %s", part.name, quote(part.got), quote(*part.want))}
		}
	}
	if x.Body == nil {
		return nil
	}
	miss := x.Body.Match(data)
	if miss != nil {
		miss.Near = 0.25 + 0.75*miss.Near // the kind is right at least
	}
	return miss
}

// article returns what a message of the kind is called in a sentence.
func article(k Kind) string {
	switch k {
	case Event:
		return "an event"
	case Close:
		return "a close"
	case Text, Binary:
		return "a " + k.String() + " message"
	}
	return "a " + k.String()
}

// String returns the words of a script that ask for it, as in `text "hello"`.
func (x *Matcher) String() string {
	s := x.Kind.String()
	if x.Kind == Close && x.Code != 0 {
		s += " " + strconv.Itoa(int(x.Code))
	}
	if x.Type != nil {
		s += " type " + quote(*x.Type)
	}
	if x.ID != nil {
		s += " id " + quote(*x.ID)
	}
	if x.Body == nil {
		return s
	}
	body := x.Body.String()
	if exactly, ok := x.Body.(Exactly); ok && x.Kind != Event {
		body = quote(string(exactly))
	} else if x.Kind == Text || x.Kind == Binary || x.Kind == Content || x.Kind == Field {
		return body // it says itself what it is about
	}
	return s + " " + body
}
