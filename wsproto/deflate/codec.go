package deflate

import (
	"io"
	"sync/atomic"
	"weak"

	"wscope/wsproto"
)

// A Codec is the extension in force on one connection.
type Codec struct {
	send, receive Context
	threshold     int

	sent, received flow
	warm           weak.Pointer[writer] // which has compressed the last message, unless it was taken away
	reader         reader
	atEnd          atomic.Int64 // bytes of the windows when the connection ended
}

var _ wsproto.Codec = (*Codec)(nil)

// A flow is one direction.
type flow struct {
	window
	messages, wire, plain atomic.Uint64
	context               atomic.Int64 // of the last message
}

// leastReceived is the least that is kept of what is received. Where 256 bytes
// are agreed on, zlib compresses with 512 and so do those who build on it.
const leastReceived = 512

func newCodec(send, receive Context, threshold int) *Codec {
	c := &Codec{send: send, receive: receive, threshold: threshold}
	c.sent.max, c.received.max = send.Window(), max(receive.Window(), leastReceived)
	c.reader.codec = c
	return c
}

// Send returns how we compress.
func (c *Codec) Send() Context { return c.send }

// Receive returns how the peer compresses.
func (c *Codec) Receive() Context { return c.receive }

// RSV implements [wsproto.Codec].
//
// RFC 7692, Section 6.
func (c *Codec) RSV() wsproto.RSV { return wsproto.RSV1 }

// Close implements [wsproto.Codec]. The figures remain.
func (c *Codec) Close() {
	c.atEnd.Store(c.windows())
	c.cool()
	c.reader.release()
	c.sent.free()
	c.received.free()
}

func (c *Codec) windows() int64 { return c.sent.held.Load() + c.received.held.Load() }

// Stats are the figures of a connection. Messages that were not compressed are
// not in them.
type Stats struct {
	Sent, Received Flow
	// Windows is the memory that the contexts take, in bytes; after the
	// connection has ended, what they took then.
	Windows int
}

// A Flow counts the compressed messages of one direction.
type Flow struct {
	Messages uint64
	Wire     uint64 // bytes on the wire
	Plain    uint64 // bytes before compressing, or inflated
}

// Stats may be called from any goroutine, also after the connection has ended.
func (c *Codec) Stats() Stats {
	return Stats{
		Sent:     c.sent.stats(),
		Received: c.received.stats(),
		Windows:  int(max(c.windows(), c.atEnd.Load())),
	}
}

func (f *flow) stats() Flow {
	return Flow{Messages: f.messages.Load(), Wire: f.wire.Load(), Plain: f.plain.Load()}
}

// SentContext returns how many bytes of earlier messages the last message that
// we have compressed could refer to: 0 if it stands by itself. During
// [wsproto.Trace.FrameSent] that is the message of the frame.
func (c *Codec) SentContext() int { return int(c.sent.context.Load()) }

// ReceivedContext is SentContext for the message that is being inflated, or was
// last.
func (c *Codec) ReceivedContext() int { return int(c.received.context.Load()) }

// Decode implements [wsproto.Codec].
func (c *Codec) Decode(first wsproto.Header, wire wsproto.WireReader) io.Reader {
	c.reader.reset(first, wire)
	return &c.reader
}
