// Package peer gives WebSocket implementations one face, so that the same
// conversation can be held with each of them, in both roles.
package peer

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"
)

// Subprotocol is the only subprotocol that the servers of this package speak.
const Subprotocol = "chat.v2"

// MaxMessage is the longest message that the peers of this package take.
const MaxMessage = 64 << 20

// Unknown stands for a close code that an implementation does not tell.
const Unknown = -1

// A Message is a data message.
type Message struct {
	Text bool
	Data []byte
}

// An End is how a connection ended by the word of the implementation: the code
// and the reason of the Close frame that it received. Receive returns it as its
// error.
type End struct {
	Code   int // 1005 for a Close frame without a code, 1006 without a Close frame
	Reason string
	Err    error // what the implementation said, or nil
}

func (e *End) Error() string {
	return fmt.Sprintf("ended with %d %q: %v", e.Code, e.Reason, e.Err)
}

// A Conn is an open connection. Its messages are read all the time, so that
// pings are answered while nobody is in Receive.
type Conn interface {
	Subprotocol() string
	Send(Message) error
	// SendFragmented sends a message in several frames. Implementations choose
	// their sizes; a message of FragmentedSize bytes is cut by all of them.
	SendFragmented(Message) error
	// Ping sends a ping and returns when its pong has come. It is
	// [errors.ErrUnsupported] where nobody can ask for a ping.
	Ping(context.Context) error
	// Receive returns the next message, at last an [*End].
	Receive(context.Context) (Message, error)
	// Close begins the closing handshake. Receive tells how it went.
	Close(code int, reason string) error
}

// FragmentedSize is the length of a message that every implementation sends in
// several frames when it is asked for fragments.
const FragmentedSize = 300_000

// A Library is an implementation that runs in this process.
type Library struct {
	Name string
	// AnswersNormal is set if it answers a Close frame that has a code of the
	// protocol itself, below 3000, with 1000 rather than with that code.
	AnswersNormal bool
	// Dial opens a connection as a client.
	Dial func(ctx context.Context, url string, subprotocols ...string) (Conn, error)
	// Serve opens a connection as a server for each client of a listener and
	// hands it to handle with the URL of the request, until the listener is
	// closed. Each call of handle has a goroutine of its own.
	Serve func(l net.Listener, handle func(Conn, *url.URL))
}

// Libraries returns the libraries that wsproto is held against.
func Libraries() []Library {
	return []Library{Gorilla(), Coder(), Gobwas(), GWS()}
}

// inbox collects what a reading goroutine hears, for Receive and Ping.
type inbox struct {
	messages chan Message
	pongs    chan string
	done     chan struct{} // closed after end was set
	end      *End
}

func newInbox() inbox {
	return inbox{messages: make(chan Message, 16), pongs: make(chan string, 16), done: make(chan struct{})}
}

func (b *inbox) message(text bool, p []byte) {
	b.messages <- Message{text, slices.Clone(p)}
}

func (b *inbox) pong(payload string) {
	select {
	case b.pongs <- payload:
	default: // nobody has asked for so many
	}
}

func (b *inbox) ended(e *End) {
	b.end = e
	close(b.done)
}

// Receive returns the messages that came before the end, then the end.
func (b *inbox) Receive(ctx context.Context) (Message, error) {
	select {
	case m := <-b.messages:
		return m, nil
	default:
	}
	select {
	case m := <-b.messages:
		return m, nil
	case <-b.done:
		select {
		case m := <-b.messages:
			return m, nil
		default:
			return Message{}, b.end
		}
	case <-ctx.Done():
		return Message{}, fmt.Errorf("no message has come: %w", context.Cause(ctx))
	}
}

// await waits for the pong with the payload.
func (b *inbox) await(ctx context.Context, payload string) error {
	for {
		select {
		case p := <-b.pongs:
			if p == payload {
				return nil
			}
		case <-b.done:
			return b.end
		case <-ctx.Done():
			return fmt.Errorf("no pong has come: %w", context.Cause(ctx))
		}
	}
}

// pingPayload is what the pings of this package carry.
const pingPayload = "are you there"
