package wsproto

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Defaults of a [Config].
const (
	DefaultMaxMessageSize = 64 << 20
	DefaultCloseTimeout   = 5 * time.Second
)

// A Config is how an open connection behaves. The zero value is ready to use.
type Config struct {
	// MaxMessageSize is the longest data message in bytes that is received;
	// for an extension that inflates messages, after it has. A longer one fails
	// the connection with 1009. Zero means DefaultMaxMessageSize, a negative
	// value no limit: then read with [Conn.ReadPiece].
	MaxMessageSize int64
	// CloseTimeout bounds the closing handshake from the Close frame that
	// begins it to the end of the stream. Zero means DefaultCloseTimeout.
	CloseTimeout time.Duration
	// NoPong turns the automatic answers to pings off.
	NoPong bool
	// Lenient reports a broken rule to the trace and goes on where the framing
	// allows. By default a broken rule fails the connection.
	Lenient bool
	// Rand is where masking keys come from. Nil means crypto/rand.
	Rand io.Reader
	// Now is the clock of the trace. Nil means time.Now.
	Now func() time.Time
	// Trace looks inside. Its functions may be nil.
	Trace Trace
}

// A Conn is an open WebSocket connection.
//
// One goroutine reads, with [Conn.ReadMessage] or [Conn.ReadPiece], until it gets an error;
// reading is also what answers pings and carries a closing handshake through.
// All other methods may be called from any goroutine at any time. A Conn
// starts no goroutines.
type Conn struct {
	nc   net.Conn
	role Role
	cfg  Config

	subprotocol string
	extensions  []ExtensionParams
	codec       Codec // nil without an extension
	rsv         RSV   // bits of the codec

	in  input
	out output

	aborted atomic.Pointer[error] // cause of Abort
	started atomic.Int64          // when our Close frame began a closing handshake, in Unix ns; 0: it did not
	ended   error                 // of the reading goroutine: what every further read returns
}

// NewConn returns a connection over nc, on which the opening handshake is
// already done. Bytes of the peer that were read with the handshake are given
// as early. The Conn owns nc.
func NewConn(nc net.Conn, role Role, cfg Config, early []byte) *Conn {
	c := &Conn{}
	c.init(nc, role, cfg)
	c.in.buf = append(make([]byte, 0, max(minReadBuffer, len(early))), early...)
	c.in.w = len(early)
	c.in.buf = c.in.buf[:cap(c.in.buf)]
	c.in.arrived = c.now()
	return c
}

func (c *Conn) init(nc net.Conn, role Role, cfg Config) {
	c.nc, c.role, c.cfg = nc, role, cfg
	if c.cfg.MaxMessageSize == 0 {
		c.cfg.MaxMessageSize = DefaultMaxMessageSize
	}
	if c.cfg.CloseTimeout == 0 {
		c.cfg.CloseTimeout = DefaultCloseTimeout
	}
	if c.cfg.Now == nil {
		c.cfg.Now = time.Now
	}
	c.out.keys.rand = cfg.Rand
}

func (c *Conn) now() time.Time { return c.cfg.Now() }

// Role returns our side of the connection.
func (c *Conn) Role() Role { return c.role }

// Subprotocol returns the subprotocol that was agreed on, or "".
func (c *Conn) Subprotocol() string { return c.subprotocol }

// Extensions returns the extensions that were agreed on, in order.
func (c *Conn) Extensions() []ExtensionParams { return c.extensions }

// NetConn returns the connection beneath, for its addresses and its TLS state.
// Reading from it or writing to it breaks the framing.
func (c *Conn) NetConn() net.Conn { return c.nc }

// Stats counts what has crossed a connection after the opening handshake.
type Stats struct {
	FramesSent, FramesReceived     uint64
	BytesSent, BytesReceived       uint64 // payload bytes
	MessagesSent, MessagesReceived uint64
	// WireReceived counts every byte that has arrived. While it grows the peer
	// is alive.
	WireReceived uint64
}

// Stats returns the counters. What arrived since the reading goroutine last
// waited for the network may be missing from them.
func (c *Conn) Stats() Stats {
	s := c.out.counted()
	in := &c.in.published
	s.FramesReceived = in.frames.Load()
	s.BytesReceived = in.bytes.Load()
	s.MessagesReceived = in.messages.Load()
	s.WireReceived = in.wire.Load()
	return s
}

// Abort ends the connection at once, without a closing handshake. The reading
// goroutine gets cause, or ErrClosed if that is nil.
func (c *Conn) Abort(cause error) {
	if cause == nil {
		cause = ErrClosed
	}
	if c.aborted.CompareAndSwap(nil, &cause) {
		c.nc.Close()
	}
}

// tally is a set of counters that one goroutine counts and others may look at.
type tally struct{ frames, bytes, messages, wire atomic.Uint64 }

// counts is what the owner of a tally counts before it publishes.
type counts struct{ frames, bytes, messages, wire uint64 }

func (t *tally) publish(n *counts) {
	t.frames.Store(n.frames)
	t.bytes.Store(n.bytes)
	t.messages.Store(n.messages)
	t.wire.Store(n.wire)
}

// output is the writing half of a connection.
type output struct {
	mu     sync.Mutex // held while frames are put into buf and while buf is written
	buf    []byte     // whole frames, in the order of the wire
	err    error      // the first failure of writing; nothing is written after it
	closed bool       // a Close frame was put into buf
	// closePayload is the payload of that frame.
	closePayload []byte
	info         FrameInfo
	keys         keySource
	n            counts
	shown        tally

	// What a goroutine that must not wait for mu leaves to its holder.
	todo    atomic.Bool
	queueMu sync.Mutex
	queue   []queuedControl
}

func (o *output) counted() (s Stats) {
	s.FramesSent = o.shown.frames.Load()
	s.BytesSent = o.shown.bytes.Load()
	s.MessagesSent = o.shown.messages.Load()
	return s
}
