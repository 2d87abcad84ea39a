// Package render shows what happened on a connection: as lines for a terminal,
// as an annotated hex dump, as bare payloads for a pipe, and as JSON, from which it
// reads it back.
package render

import (
	"time"

	"wscope/wsproto"
)

// An Event is something that happened. The events are [*Handshake], [*Frame],
// [*Message], [*Note], [*End] and [*Failure], for redirects and challenges
// [*Detour], while a connection is being opened [*Underway], and for event streams
// [*Exchange], [*StreamOpen], [*StreamEvent], [*StreamLine], [*StreamRetry],
// [*StreamLoss], [*StreamResume], [*StreamFinding] and [*StreamEnd], on a server
// [*StreamServed], [*StreamServedEnd] and [*StreamLost]. A transcript begins with a [*Recording]. An event and every slice
// in it are lent to a [Renderer] for the duration of the call.
type Event interface{ event() *Meta }

// Meta is what all events have in common.
type Meta struct {
	Time time.Time
	// Elapsed is the time since the start, of an event that was read from a
	// transcript. Zero means that it is counted from Time.
	Elapsed time.Duration
	// Conn is the number of the connection, from 1, where there can be several;
	// 0 where there is only one.
	Conn int
}

// A Direction tells what we sent from what we received.
type Direction uint8

// The two directions.
const (
	Sent Direction = iota
	Received
)

// A Handshake is a finished opening handshake, or one that failed.
type Handshake struct {
	Meta
	// Attempt is how many attempts it took to connect again, 0 for the first
	// connection.
	Attempt int
	Role    wsproto.Role // ours
	URL     string       // of the client's request; for a server the request target
	Peer    string       // the remote address
	Local   string       // our own address, "" if there is none
	// Route is how the connection was opened, nil for a server.
	Route *Route
	// Request and Response are the raw bytes as far as they were exchanged.
	Request, Response []byte
	// Cut tells that there was more of the response's body than there is here.
	Cut         bool
	Subprotocol string   // "" if none was agreed on
	Extensions  []string // as in the response, one for each extension
	Meaning     []string // what they mean, in words
	Took        time.Duration
	// Err is why it failed, or nil, and Diagnosis the explanation, or nil.
	Err       error
	Diagnosis *Diagnosis
}

// A Frame is one frame that crossed the wire.
type Frame struct {
	Meta
	Dir Direction
	*wsproto.FrameInfo
	// Continues is the opcode of the message that a continuation frame belongs
	// to, where the frame comes from a transcript. Zero means that it is to be
	// found out from the frames before.
	Continues wsproto.Opcode
	// RTT is how long after its ping a pong came. Zero means that there is
	// nothing to say: it is no pong, or it answers no ping of ours.
	RTT time.Duration
	// Deflate is about the message of a frame with Encoded set, up to the end
	// of the frame. It is nil if nobody has kept count.
	Deflate *Deflate
}

// A Message is a data message. A long one may come in pieces: the first has
// Start, the last has Done, one in a single piece has both.
type Message struct {
	Meta
	Dir         Direction
	Opcode      wsproto.Opcode // OpText or OpBinary
	Payload     []byte
	Fragments   int // frames that it came in, 0 if that is not known yet
	Start, Done bool
	Deflate     *Deflate // nil if it was not compressed
}

// A Retry is an attempt to connect again that is about to be made.
type Retry struct {
	Meta
	// Err is why the connection could not be opened; nil means that there was one
	// and that its [End] has been told.
	Err error
	// Attempt counts from 1. Limit is the highest number it may have, or 0.
	Attempt, Limit int
	Wait           time.Duration
}

// A Note is a remark about the connection, shown with -v.
type Note struct {
	Meta
	Text      string
	Important bool // it is shown without -v, too
}

// An End is the end of a session that had been opened.
type End struct {
	Meta
	// Err is how it ended: a *wsproto.CloseError for a closing handshake, else
	// what happened instead.
	Err error
	// By is who ended it.
	By Side
	// Code and Reason are those of the Close frame that mattered; the code is
	// 1006 if there was none.
	Code   wsproto.CloseCode
	Reason string
	Took   time.Duration
	Stats  Stats
	// Diagnosis explains it, or is nil. It has a hint only if the end was not
	// in order.
	Diagnosis *Diagnosis
}

// A Side is one of those who can end a connection.
type Side uint8

// The sides.
const (
	Nobody Side = iota // the network, or nobody can tell
	Us
	Peer
)

// Stats counts what crossed a connection after its opening handshake.
type Stats struct {
	FramesSent, FramesReceived     uint64
	BytesSent, BytesReceived       uint64 // payload bytes of these frames
	MessagesSent, MessagesReceived uint64
	RTT                            time.Duration // of the last pong, 0 without one
	// FirstFrame is how long after the opening handshake the first frame came, or
	// began to, 0 if there was none.
	FirstFrame time.Duration
	Deflate    *DeflateStats // nil where it was not agreed on
}

// A Failure is an error that a user has to know about.
type Failure struct {
	Meta
	Err  error
	Hint string // what to try next, or ""
}

func (e *Handshake) event() *Meta { return &e.Meta }
func (e *Frame) event() *Meta     { return &e.Meta }
func (e *Message) event() *Meta   { return &e.Meta }
func (e *Retry) event() *Meta     { return &e.Meta }
func (e *Note) event() *Meta      { return &e.Meta }
func (e *End) event() *Meta       { return &e.Meta }
func (e *Failure) event() *Meta   { return &e.Meta }

// A Renderer shows events. Render is not called by two goroutines at once. An
// error is one of writing; after it nothing more can be shown.
type Renderer interface {
	Render(Event) error
	// Flush writes out what is buffered. Whoever renders calls it when nothing
	// more is to be rendered at the moment.
	Flush() error
}
