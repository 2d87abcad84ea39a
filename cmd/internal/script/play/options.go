package play

import (
	"context"
	"net"
	"time"

	"wscope/cmd/internal/script"
	"wscope/render"
	"wscope/wsproto"
)

// Options are what a run needs. Resolve and Observe have to be there.
type Options struct {
	// Jobs is how many tests are played at the same time, 1 if it is less.
	Jobs int
	// Timeout bounds a test that does not say how long it may take, Within an
	// expectation that does not. Both have to be more than 0.
	Timeout, Within time.Duration
	// Variables are set before the first line of each test; the set of a script
	// outside of tests does not change them.
	Variables map[string]string
	// Env looks up a variable of the environment. Nil has none.
	Env func(name string) (string, bool)
	// ShowSecrets leaves the values of environment variables that seem to be
	// secrets in messages and transcripts.
	ShowSecrets bool
	// Resolve returns how the server of a URL is reached. It is called by
	// several goroutines.
	Resolve func(url string) (*Peer, error)
	// Observe returns what is shown the connections of a test.
	Observe func(script.TestCase) Observer
	// Started and Finished are told of each test, by several goroutines. A test
	// that was not started before the context ended is only finished.
	Started  func(index int)
	Finished func(index int, r Result)
}

// A Peer is a server as the command line says to reach it.
type Peer struct {
	// URL begins with ws: or wss:.
	URL string
	// Dialer does the opening handshake. It is shared; it is copied before it is
	// changed. Open opens a network connection, with TLS if it is to be secure.
	Dialer *wsproto.Dialer
	Open   func(ctx context.Context, host, port string, secure bool) (net.Conn, error)
	// ConnectTimeout bounds the opening of a connection. 0 is no limit.
	ConnectTimeout time.Duration
	// Explain words an error of opening a connection. Nil leaves it as it is.
	Explain func(error) error
}

// An Observer is shown what happens on the connections of a test. Its methods
// are called by several goroutines.
type Observer interface {
	// Number returns the number of a new connection.
	Number() int
	// WebSocket returns what watches the connection of a number.
	WebSocket(number int, role wsproto.Role) Watch
	// Show shows what happens on other connections.
	Show(render.Event)
	// Transcript returns all that was shown. Nothing is shown after it.
	Transcript() string
}

// A Watch watches one WebSocket connection.
type Watch interface {
	// Trace returns what the connection reports to.
	Trace() wsproto.Trace
	// Deflate returns the extension for the connection.
	Deflate() []wsproto.Extension
	// Opened is told how the opening handshake went. The connection is nil after
	// an error, the response on a server and where there was none.
	Opened(c *wsproto.Conn, url string, resp *wsproto.Response, took time.Duration, err error)
	// Ended is told how the connection ended.
	Ended(c *wsproto.Conn, opened time.Time, err error)
}

// A Result is how a test went.
type Result struct {
	Took time.Duration
	// Failure is nil if the test has passed, or was not started.
	Failure *Failure
	// Skipped tells that the test was not started.
	Skipped bool
	// Transcript is what happened on the connections.
	Transcript string
}

// A Failure is why a test has failed.
type Failure struct {
	Pos script.Pos // of the step
	// Message says what was waited for, or done, and what came of it, in one
	// line. Detail has more, in several; it may be empty.
	Message, Detail string
}
