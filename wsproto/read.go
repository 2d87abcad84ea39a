package wsproto

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// A Message is a data message.
type Message struct {
	Opcode  Opcode // OpText or OpBinary
	Payload []byte // lent until the next read
	Frames  int    // how many frames it came in
	// Wire is how long the payloads of these frames were together. It differs
	// from the length of Payload if an extension has transformed the message.
	Wire uint64
}

// ReadMessage returns the next data message. Its payload is lent until the next
// call. Control frames are dealt with on the way. Of a message that
// [Conn.ReadPiece] has begun it returns the rest.
//
// The error says how the connection ended, and every later call returns it
// again: a [*CloseError] after a closing handshake, a [*ProtocolError] if the
// peer broke a rule, a [*SizeError] for a message over the limit, a [*DropError]
// if there was no closing handshake, or the cause of an [Conn.Abort]. By then the
// network connection is closed.
func (c *Conn) ReadMessage() (Message, error) {
	if m, ok := c.in.shortMessage(); ok {
		return m, nil
	}
	if c.ended != nil {
		return Message{}, c.ended
	}
	m, err := c.readMessage()
	if err != nil {
		c.end(err)
	}
	return m, err
}

// shortMessage takes a message that has arrived whole and is what most are: a
// single frame without reserved bits, with a length of up to 16 bits, legal and
// within the limit. To everything else it says no and leaves it as it is.
func (in *input) shortMessage() (m Message, ok bool) {
	b := in.buf[in.r:in.w]
	if len(b) < 2 || in.open || in.traced {
		return m, false
	}
	const fin = 0x80
	op := Opcode(b[0] ^ fin)
	if op != OpText && op != OpBinary {
		return m, false
	}
	head := 2
	n := int(b[1] ^ in.maskBit) // 128 and more if the bit is not as it has to be
	if n > 125 {
		if n > 126 || len(b) < 4 {
			return m, false
		}
		if n = int(binary.BigEndian.Uint16(b[2:])); n <= 125 {
			return m, false
		}
		head = 4
	}
	at := head
	if in.maskBit != 0 {
		at += 4
	}
	if uint(at+n) > uint(len(b)) || n > in.shortLimit {
		return m, false
	}
	p := b[at : at+n : at+n]
	if in.maskBit != 0 {
		key := [4]byte(b[head:at])
		Mask(p, p, key, 0)
		if op == OpText && !utf8.Valid(p) {
			Mask(p, p, key, 0)
			return m, false
		}
	} else if op == OpText && !utf8.Valid(p) {
		return m, false
	}
	in.r += at + n
	in.n.frames++
	in.n.bytes += uint64(n)
	return Message{Opcode: op, Payload: p, Frames: 1, Wire: uint64(n)}, true
}

func (c *Conn) readMessage() (Message, error) {
	in := &c.in
	if in.pieces.midway {
		return c.restOfMessage()
	}
	c.releaseMessage()
	for {
		h, n, err := c.nextFrame()
		if err != nil {
			return Message{}, err
		}
		if in.encoded {
			return c.readEncoded(h, n)
		}
		p, err := c.wholeFrame(h, n, in.frames == 1 && h.FIN)
		if err != nil {
			return Message{}, err
		}
		if h.FIN {
			return c.endMessage(p), nil
		}
	}
}

// endMessage makes a message of the one that was open.
func (c *Conn) endMessage(p []byte) Message {
	in := &c.in
	in.open = false
	in.n.idle--
	return Message{Opcode: in.op, Payload: p, Frames: in.frames, Wire: in.wire}
}

// nextFrame returns the header of the next frame of the message that is open, or
// of the first frame of the next message, and the header's length. The header
// stays in the buffer. Control frames are dealt with on the way.
func (c *Conn) nextFrame() (Header, int, error) {
	for {
		h, n, err := c.nextHeader()
		if err != nil {
			return h, n, err
		}
		if h.Opcode.IsControl() || h.Opcode.IsReserved() {
			err = c.control(h, n)
		} else {
			err = c.beginFrame(h, n)
			if err == nil && c.in.open {
				return h, n, nil
			}
		}
		if err != nil {
			return h, n, err
		}
	}
}

// nextHeader returns the next header and its length; it stays in the buffer.
func (c *Conn) nextHeader() (Header, int, error) {
	in := &c.in
	for {
		if h, n := ParseHeader(in.buf[in.r:in.w]); n > 0 {
			return h, n, nil
		}
		if err := c.fill(MaxHeaderLen); err != nil {
			where := ""
			switch {
			case in.r < in.w:
				where = "a frame header"
			case in.open:
				where = "a fragmented message"
			}
			return Header{}, 0, c.dropped(err, where)
		}
	}
}

// beginFrame judges the header of a data frame and opens a message with it or
// continues the open one. In a lenient connection, a frame that no message can
// be made of is passed over and leaves none open.
func (c *Conn) beginFrame(h Header, n int) error {
	in := &c.in
	state := State{From: c.role.Peer(), Fragmented: in.open, Allowed: c.rsv}
	if !h.legalData(state) {
		if err := c.broken(h, n, h.explain(state)); err != nil {
			return err
		}
		if h.Opcode == OpContinuation && !in.open {
			in.frames = 0
			return c.skipFrame(h, n)
		}
		in.open = h.Opcode == OpContinuation
	}
	if !in.open {
		in.open = true
		in.op = h.Opcode
		in.frames = 0
		in.wire, in.size = 0, 0
		in.msg = in.msg[:0]
		in.text = utf8Checker{}
		in.bad = false
		in.encoded = h.RSV&c.rsv != 0
	}
	in.frames++
	in.n.frames++
	in.n.idle++             // until it turns out to end a message
	in.wire += h.PayloadLen // cannot overflow: a header with 1<<63 was refused
	if !in.encoded {
		in.size = in.wire
		if limit := c.cfg.MaxMessageSize; limit > 0 && (h.PayloadLen > uint64(limit) || in.size > uint64(limit)) {
			c.cutShort(h, n, 0, nil)
			return c.tooBig()
		}
	}
	return nil
}

// tooBig refuses the open message.
func (c *Conn) tooBig() error {
	return c.fail(CloseMessageTooBig, &SizeError{Limit: c.cfg.MaxMessageSize, AtLeast: c.in.size})
}

// broken deals with a frame that breaks a rule. In a strict connection it
// reports the frame, fails the connection and returns the error; in a lenient
// one it returns nil if the framing survives.
func (c *Conn) broken(h Header, n int, rule *ProtocolError) error {
	if c.cfg.Lenient && rule != errLengthTopBit {
		// Reported with its payload, when that is complete.
		c.in.info.Broken = rule
		return nil
	}
	c.in.n.frames++
	c.in.n.idle++
	c.in.frames = 0 // it is no fragment of anything
	c.offending = bytes.Clone(c.in.buf[c.in.r:min(c.in.r+maxOffending, c.in.w)])
	c.cutShort(h, n, 0, rule)
	return c.fail(rule.Code, rule)
}

// judgeText checks p, the next part of the open message, if that is a text, and
// returns the rule that it breaks. In a lenient connection that happens once and
// is noted for the report of the frame, and the caller is told nothing.
func (c *Conn) judgeText(p []byte, last bool) *ProtocolError {
	in := &c.in
	if in.op != OpText || in.bad || in.text.write(p) && (!last || in.text.complete()) {
		return nil
	}
	if !c.cfg.Lenient {
		return errTextUTF8
	}
	in.bad = true
	if in.info.Broken == nil {
		in.info.Broken = errTextUTF8
	}
	return nil
}

// wholeFrame reads the payload of a data frame. It returns the payload of the
// message up to here; for the only frame of a message that is the part of the
// buffer in which the frame arrived.
func (c *Conn) wholeFrame(h Header, n int, only bool) ([]byte, error) {
	in := &c.in
	if h.PayloadLen > uint64(len(in.buf)-n) {
		if in.long < manyLongFrames || h.PayloadLen > longReadBuffer-MaxHeaderLen {
			return c.longFrame(h, n)
		}
		in.growLong()
	}
	length := int(h.PayloadLen)
	if len(in.buf) >= longReadBuffer {
		in.stride = n + length
	}
	text := in.op == OpText && !in.bad
	for used := 0; ; {
		p := in.buf[in.r+n : min(in.w, in.r+n+length)]
		whole := len(p) == length
		// Text is judged as it comes; other payload is unmasked in one go.
		if whole || text {
			if h.Masked {
				Mask(p[used:], p[used:], h.MaskingKey, used)
			}
			if rule := c.judgeText(p[used:], whole && h.FIN); rule != nil {
				c.cutShort(h, n, len(p), rule)
				return nil, c.fail(rule.Code, rule)
			}
			used = len(p)
		}
		if whole {
			in.r += n + length
			in.n.bytes += h.PayloadLen
			c.reportReceived(h, p, nil)
			if !only {
				in.msg = append(in.msg, p...)
				p = in.msg
			}
			return p, nil
		}
		if err := c.fill(n + length); err != nil {
			c.cutShort(h, n, used, nil)
			return nil, c.dropped(err, "a frame")
		}
	}
}

// longFrame reads the payload of a frame that does not fit the buffer. The
// message buffer grows with what arrives, not with what was announced.
func (c *Conn) longFrame(h Header, n int) ([]byte, error) {
	in := &c.in
	start := len(in.msg)
	in.msg = append(in.msg, in.buf[in.r+n:in.w]...)
	in.r, in.w = 0, 0
	for pos := 0; ; {
		p := in.msg[start:]
		in.n.bytes += uint64(len(p) - pos)
		if h.Masked {
			Mask(p[pos:], p[pos:], h.MaskingKey, pos)
		}
		last := uint64(len(p)) == h.PayloadLen
		if rule := c.judgeText(p[pos:], last && h.FIN); rule != nil {
			c.reportReceived(h, p, rule)
			return nil, c.fail(rule.Code, rule)
		}
		if pos = len(p); last {
			in.narrow = true
			in.long++
			c.reportReceived(h, p, nil)
			return in.msg, nil
		}
		room := in.roomFor(h.PayloadLen - uint64(pos))
		if h.Masked || in.op == OpText {
			room = room[:min(len(room), cachePiece)]
		}
		got, err := c.receive(room)
		if err != nil {
			c.reportReceived(h, p, nil)
			return nil, c.dropped(err, "a frame")
		}
		in.msg = in.msg[:len(in.msg)+got]
	}
}

// MessageOpen reports whether a data message has begun to arrive and is not
// complete. Only the reading goroutine may ask, such as from [Trace.Waiting].
func (c *Conn) MessageOpen() bool { return c.in.open }
