package wsproto

import (
	"io"
	"net"
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

	aborted    atomic.Pointer[error] // cause of Abort
	closeSent  atomic.Bool           // a Close frame of ours was put on the way
	peerClosed atomic.Bool           // the Close frame of the peer has arrived
	limits     deadlines
	ended      error // of the reading goroutine: what every further read returns
	offending  []byte
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
	c.opened()
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
	c.in.traced = cfg.Trace.receives()
	if role == Server {
		c.in.maskBit = 0x80
	} else {
		c.out.maskBit = 0x80
	}
	c.in.shortLimit = 0xFFFF
	if limit := c.cfg.MaxMessageSize; limit > 0 {
		c.in.shortLimit = int(min(limit, 0xFFFF))
	}
}

func (c *Conn) now() time.Time { return c.cfg.Now() }

// end notes how the connection has ended. The network connection is closed.
func (c *Conn) end(err error) {
	c.ended = err
	c.in.r, c.in.w = 0, 0
	c.in.publish()
	o := &c.out
	o.mu.Lock()
	defer c.unlock()
	if o.err == nil {
		o.whole = len(o.buf) == 0
		o.err = ErrClosed
		if cause := c.aborted.Load(); cause != nil {
			o.err = *cause
		}
	}
	c.releaseCodec()
}

// Role returns our side of the connection.
func (c *Conn) Role() Role { return c.role }

// Subprotocol returns the subprotocol that was agreed on, or "".
func (c *Conn) Subprotocol() string { return c.subprotocol }

// Extensions returns the extensions that were agreed on, in order.
func (c *Conn) Extensions() []ExtensionParams { return c.extensions }

// NetConn returns the connection beneath, for its addresses and its TLS state.
// Reading from it or writing to it breaks the framing.
func (c *Conn) NetConn() net.Conn { return c.nc }

// maxOffending is how much of a frame that breaks a rule is kept, in bytes.
const maxOffending = 64

// Offending returns the first bytes of the frame whose header the connection was
// failed for, as they were on the wire: at most 64, fewer if no more had arrived,
// or nil. It is for the goroutine that reads, after its error.
func (c *Conn) Offending() []byte { return c.offending }

// Stats counts what has crossed a connection after the opening handshake.
type Stats struct {
	FramesSent, FramesReceived     uint64 // illegal ones, too
	BytesSent, BytesReceived       uint64 // payload bytes as they were on the wire
	MessagesSent, MessagesReceived uint64 // complete ones
	// WireReceived counts every byte that has arrived. While it grows the peer
	// is alive.
	WireReceived uint64
}

// Stats returns the counters. What arrived since the reading goroutine last
// waited for the network may be missing from them and, while a write waits for
// the peer, some of the frames before it.
func (c *Conn) Stats() Stats {
	var s Stats
	if c.out.mu.TryLock() {
		c.out.publish()
		c.unlock()
	}
	s.FramesSent, s.BytesSent, s.MessagesSent = c.out.published.counted()
	s.FramesReceived, s.BytesReceived, s.MessagesReceived = c.in.published.counted()
	s.WireReceived = c.in.published.wire.Load()
	return s
}

// Abort ends the connection at once, without a closing handshake. The reading
// goroutine gets cause, or ErrClosed if that is nil, when it has used up what
// had arrived; so does whoever writes.
func (c *Conn) Abort(cause error) {
	if cause == nil {
		cause = ErrClosed
	}
	if c.aborted.CompareAndSwap(nil, &cause) {
		closeNow(c.nc)
	}
}

// closeNow closes a network connection without waiting: that of TLS would send
// an alert first, for which the peer has to read.
func closeNow(nc net.Conn) {
	if t, ok := nc.(interface{ NetConn() net.Conn }); ok {
		closeNow(t.NetConn())
	}
	nc.Close()
}

// tally is a set of counters that one goroutine counts and others may look at.
type tally struct{ frames, bytes, idle, wire atomic.Uint64 }

// counts is what the owner of a tally counts before it publishes. In most
// frames a message ends; idle are those in which none does.
type counts struct{ frames, bytes, idle, wire uint64 }

// publish stores what has changed; the rest costs next to nothing.
func (t *tally) publish(n *counts) {
	t.frames.Store(n.frames)
	t.bytes.Store(n.bytes)
	if t.idle.Load() != n.idle {
		t.idle.Store(n.idle)
	}
	if t.wire.Load() != n.wire {
		t.wire.Store(n.wire)
	}
}

// counted returns the published numbers. Of frames and idle the one that is
// published last is looked at first, so that there are never more of it.
func (t *tally) counted() (frames, bytes, messages uint64) {
	idle := t.idle.Load()
	frames = t.frames.Load()
	return frames, t.bytes.Load(), frames - idle
}
