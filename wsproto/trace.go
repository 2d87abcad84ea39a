package wsproto

import (
	"sync/atomic"
	"time"
)

// A Trace looks inside a connection. Every field may be nil. The functions are
// called synchronously, so the connection waits while they run; they must not
// write to the connection, and must not change what they are shown.
type Trace struct {
	// HandshakeSent has the bytes of our half of the opening handshake, before
	// they are written. They are valid during the call.
	HandshakeSent func(raw []byte)
	// HandshakeReceived has the peer's half as it was on the wire, complete or
	// as far as it came, before it is judged. It is valid during the call.
	HandshakeReceived func(raw []byte)
	// FrameSent runs for each frame before its bytes are handed to the
	// network, so that no answer to a frame is ever reported before the frame.
	// It runs on the goroutine that writes, never on two at once, but at any
	// time during a FrameReceived.
	FrameSent func(*FrameInfo)
	// FrameReceived runs once for each frame, an illegal one too, on the reading
	// goroutine, before anything is sent because of the frame and before its
	// message is returned, except by [Conn.ReadPiece].
	FrameReceived func(*FrameInfo)
	// FrameBroken runs, in the manner of FrameReceived, for a frame that breaks a
	// rule if FrameReceived does not tell: because it is nil or switched off, or
	// because the frame was reported with its first piece. It costs nothing as
	// long as no rule is broken.
	FrameBroken func(*FrameInfo)
	// Switch turns FrameSent and FrameReceived on and off while the connection
	// is open; nil leaves them on. It is looked at before each frame that is
	// sent and with each read of the network, so that they cost next to nothing
	// while they are off. Of a message that is under way when they are turned
	// on they may see only a part.
	Switch *atomic.Bool
	// Begun runs once, when the first bytes after the opening handshake have
	// arrived, and is told when that was. It runs on the goroutine that reads, or
	// on the one that does the handshake if they came together with that.
	Begun func(at time.Time)
	// Waiting runs on the reading goroutine each time it has used up what has
	// arrived and is about to wait for more.
	Waiting func()
	// Wrote runs each time that the network has taken frames from us, but for our
	// Close frame and what goes with it. It runs on the goroutine that writes,
	// never on two at once, and has to be quick: others may wait to write.
	Wrote func()
}

// sends reports whether frames that are sent are to be reported.
func (t *Trace) sends() bool { return t.FrameSent != nil && (t.Switch == nil || t.Switch.Load()) }

// receives reports whether frames that are received are to be reported.
func (t *Trace) receives() bool {
	return t.FrameReceived != nil && (t.Switch == nil || t.Switch.Load())
}

// A FrameInfo is a frame that crossed the wire. It is lent for the duration of
// the call it is an argument of.
type FrameInfo struct {
	Time   time.Time
	Header Header
	// Payload is the unmasked payload. It is shorter than Header.PayloadLen if
	// the rest was not there when the frame was reported: the frame breaks a
	// rule, is over the size limit, was cut off, or is delivered as a stream.
	Payload []byte
	// Fragment numbers the frames of a message that has several, from 1. It is
	// 0 for a message in one frame and for a control frame.
	Fragment int
	// Encoded is set if the frame belongs to a message that an extension has
	// transformed. Payload is what was on the wire. Decoded is the part of the
	// message that came out of the extension by the end of this frame and had
	// not before, and DecodedLen its length; Decoded is shorter than that if
	// the message is delivered as a stream. What we send is counted with the
	// last frame of its message.
	Encoded    bool
	Decoded    []byte
	DecodedLen uint64
	// EncodedLen is how many bytes of the payload an extension was given or has
	// made: all of them, unless the frame was given up before its end.
	EncodedLen uint64
	// Broken is the rule that the frame breaks, or nil.
	Broken *ProtocolError
}

// cutShort counts and reports a frame that is not going to be read to its end,
// whose header of n bytes is at r. The first bytes of its payload, as many as
// unmasked says, are unmasked already.
func (c *Conn) cutShort(h Header, n, unmasked int, rule *ProtocolError) {
	p := c.arrived(h, n, unmasked)
	c.in.n.bytes += uint64(len(p))
	c.reportReceived(h, p, rule)
}

// arrived unmasks and returns what is there of the payload of a frame whose
// header is at r.
func (c *Conn) arrived(h Header, n, unmasked int) []byte {
	in := &c.in
	p := in.buf[in.r+n : in.w]
	if uint64(len(p)) > h.PayloadLen {
		p = p[:h.PayloadLen]
	}
	if h.Masked {
		Mask(p[unmasked:], p[unmasked:], h.MaskingKey, unmasked)
	}
	return p
}

// reportReceived traces a frame. What in.info has already is kept: the rule that
// a lenient connection has noted, unless another is given, and what came out of
// an extension.
func (c *Conn) reportReceived(h Header, p []byte, rule *ProtocolError) {
	in := &c.in
	i := &in.info
	if in.traced {
		i.Time = in.arrived
		c.report(c.cfg.Trace.FrameReceived, h, p, rule)
		return
	}
	if rule == nil && i.Broken == nil && !i.Encoded {
		return
	}
	c.reportBroken(h, p, rule)
}

// reportBroken traces a frame that is not traced otherwise, if it breaks a rule.
func (c *Conn) reportBroken(h Header, p []byte, rule *ProtocolError) {
	i := &c.in.info
	f := c.cfg.Trace.FrameBroken
	if f == nil || rule == nil && i.Broken == nil {
		*i = FrameInfo{} // it is not about the next frame
		return
	}
	i.Time = c.now()
	c.report(f, h, p, rule)
}

func (c *Conn) report(f func(*FrameInfo), h Header, p []byte, rule *ProtocolError) {
	in := &c.in
	i := &in.info
	i.Header, i.Payload = h, p
	if rule != nil {
		i.Broken = rule
	}
	if h.Opcode <= OpBinary && (in.frames > 1 || !h.FIN) {
		i.Fragment = in.frames
	}
	f(i)
	*i = FrameInfo{}
}

// reportSent traces a frame, with output.mu held.
func (c *Conn) reportSent(h Header, p []byte) {
	o := &c.out
	h.LenBytes = h.lenBytes()
	o.info = FrameInfo{Time: c.now(), Header: h, Payload: p}
	if h.Opcode <= OpBinary {
		if h.Opcode != OpContinuation {
			o.fragment = 0
		}
		if o.fragment++; o.fragment > 1 || !h.FIN {
			o.info.Fragment = o.fragment
		}
		if o.info.Encoded = o.encoded; o.encoded {
			o.info.EncodedLen = h.PayloadLen
		}
		if o.encoded && h.FIN {
			o.info.Decoded, o.info.DecodedLen = o.plain, uint64(len(o.plain))
		}
	}
	c.cfg.Trace.FrameSent(&o.info)
	o.info = FrameInfo{}
}
