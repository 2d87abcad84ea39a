package expect

import (
	"fmt"
	"strconv"

	"wscope/render"
	"wscope/wsproto"
)

// A Kind is what a message is.
type Kind uint8

// The kinds of messages.
const (
	Text    Kind = iota + 1 // a text message
	Binary                  // a binary message
	Ping                    // a ping
	Pong                    // a pong
	Close                   // the end of a connection
	Event                   // an event of an event stream
	Content                 // the body of an HTTP message
	Field                   // the value of a header field, a status and the like
)

var kindNames = [...]string{
	Text: "text", Binary: "binary", Ping: "ping", Pong: "pong", Close: "close", Event: "event", Content: "body", Field: "field",
}

// String returns the word that a script has for k.
func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return "kind " + strconv.Itoa(int(k))
}

// A Message is something that came from a peer.
type Message struct {
	Kind Kind
	// Data is the payload, for an event its data. It is not changed.
	Data []byte
	// Code and Reason are those of a Close. The code is CloseAbnormal if the
	// connection went away without one.
	Code   wsproto.CloseCode
	Reason string
	// Type and ID are those of an Event.
	Type, ID string
}

// maxShown is how many bytes of a text or of binary data are shown in one place.
const maxShown = 200

// String returns the message as a report shows it, cut and without anything
// that would do something to a terminal.
func (m *Message) String() string {
	switch m.Kind {
	case Binary:
		return "binary " + showBytes(m.Data)
	case Close:
		s := "close " + m.Code.String()
		if m.Reason != "" {
			s += " " + quote(m.Reason)
		}
		return s
	case Event:
		s := "event"
		if m.Type != "message" {
			s += " type " + quote(m.Type)
		}
		if m.ID != "" {
			s += " id " + quote(m.ID)
		}
		return s + " text " + quote(string(m.Data))
	case Field:
		return quote(string(m.Data))
	}
	return m.Kind.String() + " " + quote(string(m.Data))
}

// quote returns s in double quotes, escaped, and cut if it is long.
func quote(s string) string {
	if len(s) <= maxShown {
		return `"` + render.Escape(s) + `"`
	}
	n := maxShown
	for n > maxShown-4 && s[n]&0xC0 == 0x80 { // not inside a character
		n--
	}
	return fmt.Sprintf(`"%s"... (%d bytes)`, render.Escape(s[:n]), len(s))
}

// showBytes returns p in hex, cut if it is long.
func showBytes(p []byte) string {
	const most = 32
	if len(p) > most {
		return fmt.Sprintf("hex:%x... (%d bytes)", p[:most], len(p))
	}
	return fmt.Sprintf("hex:%x", p)
}
