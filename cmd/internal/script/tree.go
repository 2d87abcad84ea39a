package script

import (
	"time"

	"wscope/cmd/internal/expect"
	"wscope/cmd/internal/rawframe"
)

// A Script is a file, with what it includes.
type Script struct {
	File  string
	Nodes []Node // *Test, *Set and *Include
}

// A Node is a statement: *Test or a [Step].
type Node interface{ Position() Pos }

// A Step is a statement of a test.
type Step interface {
	Node
	// On returns the name of the connection that stands before the step, or "".
	On() string
	// String returns the first line of the step as it stands in a script.
	String() string
}

// Base is what all steps have in common.
type Base struct {
	Pos
	Conn string // the name before the colon, or ""
}

// Position returns where the step begins.
func (b Base) Position() Pos { return b.Pos }

// On returns the name of the connection, or "".
func (b Base) On() string { return b.Conn }

// A Test is a case.
type Test struct {
	Pos
	Name    string
	Timeout time.Duration // 0 if the script does not say
	Steps   []Step

	broken bool // its steps could not be read
}

// Position returns where the test begins.
func (t *Test) Position() Pos { return t.Pos }

// An OpenKind is how a connection comes to be.
type OpenKind uint8

// The ways to open a connection.
const (
	Connect OpenKind = iota // a WebSocket connection as a client
	SSE                     // an event stream as a client
	HTTP                    // a request as a client
	Accept                  // a WebSocket connection as a server
	Stream                  // an event stream as a server
	Reply                   // an answer as a server
)

var openWords = [...]string{Connect: "connect", SSE: "sse", HTTP: "http", Accept: "accept", Stream: "stream", Reply: "reply"}

// String returns the word of the language.
func (k OpenKind) String() string { return openWords[k] }

// Serves reports whether k is a step of a listen block.
func (k OpenKind) Serves() bool { return k >= Accept }

// An Open opens a connection.
type Open struct {
	Base
	Kind    OpenKind
	URL     Text   // of a client
	Method  string // HTTP
	Status  int    // Reply
	As      string // "" if it has no name
	Options []Option
}

// An Option is a line of the block of an Open. What it has depends on its name.
type Option struct {
	Pos
	Name     string
	Texts    []Text
	Content  Content
	Number   int
	Duration time.Duration
}

// Option returns the last option of a name, or nil.
func (o *Open) Option(name string) *Option {
	for i := len(o.Options) - 1; i >= 0; i-- {
		if o.Options[i].Name == name {
			return &o.Options[i]
		}
	}
	return nil
}

// A Listen plays a server beside the steps that follow it.
type Listen struct {
	Base
	Address *Text // nil for a free port
	As      string
	Steps   []Step
}

// A Send sends a message.
type Send struct {
	Base
	Binary  bool
	Content Content
}

// A Frame sends a frame bit by bit.
type Frame struct {
	Base
	Fields  []FrameField
	Frame   rawframe.Frame // without the payload
	Content *Content       // nil for none
}

// A FrameField is a field of a Frame as it is written.
type FrameField struct{ Name, Value string }

// A Control sends a ping or a pong.
type Control struct {
	Base
	Pong bool
	Data *Text // nil for none
}

// A Close closes a connection.
type Close struct {
	Base
	Code   int // 0 for 1000
	Reason *Text
	Within time.Duration // 0 for the default
}

// A Drop ends a connection without a word.
type Drop struct{ Base }

// An Emit sends an event.
type Emit struct {
	Base
	Text              *Content
	Type, ID, Comment *Text
	Retry             *time.Duration
}

// An Expect waits for a message.
type Expect struct {
	Base
	Next   bool // the next message has to be it
	What   What
	Within time.Duration // 0 for the default
}

// A Never fails if a message comes.
type Never struct {
	Base
	What   What
	Within time.Duration // 0 for the rest of the test
}

// A What is what is waited for.
type What struct {
	Kind expect.Kind
	// Field is "status", "header" or "request" if Kind is expect.Field.
	Field string
	Name  *Text // of a header field
	Code  int   // of a close or a status, 0 for any
	// Type and ID are those of an event, nil for any.
	Type, ID *Text
	Body     Body
}

// A BodyForm is what is said about the data of a message.
type BodyForm uint8

// The forms of a Body.
const (
	Any    BodyForm = iota
	Same            // the data has to be Content
	Match           // Pattern has to match
	JSON            // Conditions have to be true
	Exists          // a header field has to be there
	Absent          // a header field has not to be there
)

// A Body is what has to be true of the data of a message.
type Body struct {
	Form       BodyForm
	Content    Content
	Pattern    Text
	Conditions []Condition
}

// A Condition is what has to be true of a value in a JSON document. Without an Op
// all of it stands in the text of Path.
type Condition struct {
	Path  Text
	Op    expect.Op
	Value Text
}

// An Unordered waits for several messages in any order. Its steps are *Expect
// and *Capture.
type Unordered struct {
	Base
	Steps []Step
}

// A Set gives a variable a value.
type Set struct {
	Base
	Name  string
	Value Text
}

// A Capture gives a variable a value that came from the peer: one of Path,
// Pattern, Header or, without any of them, all of the message.
type Capture struct {
	Base
	Name    string
	Path    *Text
	Header  *Text // a field, of which Pattern may pick a part
	Pattern *Text
	Group   int // -1 for the first, or all if there is none
}

// A Sleep waits.
type Sleep struct {
	Base
	For time.Duration
}

// A Cookies has the clients of the test keep the cookies that servers set, and
// send them.
type Cookies struct{ Base }

// A Repeat does steps several times.
type Repeat struct {
	Base
	N     int
	As    string // the variable that counts, or ""
	Steps []Step
}

// An Include stands for the lines of another file.
type Include struct {
	Base
	Path  string // as it is written
	Nodes []Node
}
