package wsproto

import (
	"slices"
	"time"
)

const (
	// minReadBuffer is what a connection begins with and maxReadBuffer what it
	// grows to when the peer fills it.
	minReadBuffer = 4 << 10
	maxReadBuffer = 64 << 10
	// keepMessage is the largest message buffer that is kept for good.
	keepMessage = 1 << 20
)

// input is the reading half of a connection. It belongs to the reading
// goroutine.
//
// All bytes arrive in buf. A frame that fits there is unmasked and lent to the
// caller where it is; a longer one goes from the network straight into msg.
type input struct {
	buf     []byte
	r, w    int       // buf[r:w] has arrived and is not used yet
	arrived time.Time // when the newest byte of buf did
	full    bool      // the last read filled the buffer: a larger one pays
	narrow  bool      // the last frame bypassed the buffer: the next may, too

	msg  []byte // payload of the message so far, if it is not in buf alone
	text utf8Checker

	// The data message that is open, from its first frame to its last.
	open    bool
	op      Opcode
	frames  int
	size    uint64 // payload bytes of it so far
	bad     bool   // lenient: the text is not UTF-8, and that was said
	encoded bool   // its first frame has bits of the codec

	pieces pieces
	info   FrameInfo

	n         counts
	published tally
}

// A Message is a data message.
type Message struct {
	Opcode  Opcode // OpText or OpBinary
	Payload []byte // lent until the next read
	Frames  int    // how many frames it came in
}

// ReadMessage returns the next data message. Its payload is lent until the next
// call. Control frames are dealt with on the way.
//
// The error says how the connection ended, and every later call returns it
// again: a [*CloseError] after a closing handshake, a [*ProtocolError] if the
// peer broke a rule, a [*SizeError] for a message over the limit, a [*DropError]
// if there was no closing handshake, or the cause of an [Conn.Abort]. By then the
// network connection is closed.
func (c *Conn) ReadMessage() (Message, error) {
	if c.ended != nil {
		return Message{}, c.ended
	}
	m, err := c.readMessage()
	if err != nil {
		c.end(err)
	}
	return m, err
}

func (c *Conn) end(err error) {
	c.ended = err
	c.in.publish()
	if c.codec != nil {
		c.out.mu.Lock()
		c.codec.Close()
		if c.out.err == nil {
			c.out.err = ErrClosed
		}
		c.unlock()
	}
}

func (in *input) publish() { in.published.publish(&in.n) }

func (c *Conn) readMessage() (Message, error) {
	in := &c.in
	in.releaseMessage()
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
			in.open = false
			in.n.messages++
			return Message{Opcode: in.op, Payload: p, Frames: in.frames}, nil
		}
	}
}

// releaseMessage makes room for the next message, and lets a buffer go that an
// unusually large one has left.
func (in *input) releaseMessage() {
	if in.open {
		return
	}
	if cap(in.msg) > keepMessage && len(in.msg) < cap(in.msg)/4 {
		in.msg = nil
	}
	in.msg = in.msg[:0]
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

// fill waits for more bytes. Room is made for need bytes from r on, which must
// fit the buffer.
func (c *Conn) fill(need int) error {
	in := &c.in
	switch {
	case in.r == in.w:
		in.r, in.w = 0, 0
		if in.full && len(in.buf) < maxReadBuffer {
			in.buf = make([]byte, min(4*len(in.buf), maxReadBuffer))
		}
	case in.r+need > len(in.buf) || in.w == len(in.buf):
		in.w = copy(in.buf, in.buf[in.r:in.w])
		in.r = 0
	}
	room := in.buf[in.w:]
	if in.narrow {
		// A long frame is likely to follow the last one. What of it is read
		// into the buffer has to be copied out again.
		in.narrow = false
		room = room[:min(len(room), minReadBuffer)]
	}
	n, err := c.receive(room)
	in.w += n
	in.full = n == len(room) && n > 0
	return err
}

// receive reads from the network. Before it waits, all that is gathered on the
// way out goes out.
func (c *Conn) receive(p []byte) (int, error) {
	in := &c.in
	c.flushReplies()
	in.publish()
	if c.cfg.Trace.Waiting != nil {
		c.cfg.Trace.Waiting()
	}
	for {
		n, err := c.nc.Read(p)
		if n > 0 {
			in.n.wire += uint64(n)
			if c.cfg.Trace.FrameReceived != nil {
				in.arrived = c.now()
			}
			return n, nil
		}
		if err != nil {
			return 0, err
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
		in.size = 0
		in.msg = in.msg[:0]
		in.text = utf8Checker{}
		in.bad = false
		in.encoded = h.RSV&c.rsv != 0
	}
	in.frames++
	in.n.frames++
	in.n.bytes += h.PayloadLen
	in.size += h.PayloadLen // cannot overflow: a header with 1<<63 was refused
	if limit := c.cfg.MaxMessageSize; limit > 0 && !in.encoded && (h.PayloadLen > uint64(limit) || in.size > uint64(limit)) {
		c.report(h, n, 0, nil)
		return c.tooBig()
	}
	return nil
}

// tooBig refuses the open message.
func (c *Conn) tooBig() error {
	return c.fail(CloseMessageTooBig, &SizeError{Limit: c.cfg.MaxMessageSize, AtLeast: c.in.size})
}

// broken reports a frame that breaks a rule. In a strict connection it fails
// the connection and returns the error, in a lenient one it returns nil if the
// framing survives.
func (c *Conn) broken(h Header, n int, rule *ProtocolError) error {
	if c.cfg.Lenient && rule != errLengthTopBit {
		// Reported with its payload, when that is complete.
		c.in.info.Broken = rule
		return nil
	}
	c.report(h, n, 0, rule)
	return c.fail(rule.Code, rule)
}

// report traces a frame that is not going to be read to its end, with what is
// there of its payload, of which the first unmasked bytes are unmasked already.
// The frame's header is at r.
func (c *Conn) report(h Header, n, unmasked int, rule *ProtocolError) {
	if c.cfg.Trace.FrameReceived == nil {
		return
	}
	in := &c.in
	p := in.buf[in.r+n : in.w]
	if uint64(len(p)) > h.PayloadLen {
		p = p[:h.PayloadLen]
	}
	if h.Masked {
		Mask(p[unmasked:], p[unmasked:], h.MaskingKey, unmasked)
	}
	c.reportReceived(h, p, rule)
}

func (c *Conn) reportReceived(h Header, p []byte, rule *ProtocolError) {
	f := c.cfg.Trace.FrameReceived
	if f == nil {
		c.in.info.Broken = nil
		return
	}
	in := &c.in
	if rule == nil {
		rule = in.info.Broken // noted by a lenient connection
	}
	in.info = FrameInfo{Time: in.arrived, Header: h, Payload: p, Broken: rule}
	if !h.Opcode.IsControl() && (in.frames > 1 || !h.FIN) {
		in.info.Fragment = in.frames
	}
	f(&in.info)
	in.info.Payload, in.info.Broken = nil, nil
}

// wholeFrame reads the payload of a data frame. It returns the payload of the
// message up to here; for the only frame of a message that is the part of the
// buffer in which the frame arrived.
func (c *Conn) wholeFrame(h Header, n int, only bool) ([]byte, error) {
	in := &c.in
	if h.PayloadLen > uint64(len(in.buf)-n) {
		return c.longFrame(h, n)
	}
	length := int(h.PayloadLen)
	text := in.op == OpText && !in.bad
	for used := 0; ; {
		p := in.buf[in.r+n : min(in.w, in.r+n+length)]
		whole := len(p) == length
		// Text is judged as it comes; other payload is unmasked in one go.
		if (whole || text) && len(p) > used {
			if h.Masked {
				Mask(p[used:], p[used:], h.MaskingKey, used)
			}
			if text && !in.text.write(p[used:]) {
				if err := c.badText(h, p); err != nil {
					return nil, err
				}
				text = false
			}
			used = len(p)
		}
		if whole {
			if text && h.FIN && !in.text.complete() {
				if err := c.badText(h, p); err != nil {
					return nil, err
				}
			}
			in.r += n + length
			if c.cfg.Trace.FrameReceived != nil {
				c.reportReceived(h, p, nil)
			}
			if !only {
				in.msg = append(in.msg, p...)
				p = in.msg
			}
			return p, nil
		}
		if err := c.fill(n + length); err != nil {
			c.report(h, n, used, nil)
			return nil, c.dropped(err, "a frame")
		}
	}
}

// badText refuses a text message that is not UTF-8. The frame is reported with
// the payload p as far as it has arrived; it is unmasked.
func (c *Conn) badText(h Header, p []byte) error {
	if c.cfg.Lenient {
		c.in.bad = true
		if c.in.info.Broken == nil {
			c.in.info.Broken = errTextUTF8
		}
		return nil
	}
	c.reportReceived(h, p, errTextUTF8)
	return c.fail(errTextUTF8.Code, errTextUTF8)
}

// longFrame reads the payload of a frame that does not fit the buffer. The
// message buffer grows with what arrives, not with what was announced.
func (c *Conn) longFrame(h Header, n int) ([]byte, error) {
	in := &c.in
	text := in.op == OpText && !in.bad
	start := len(in.msg)
	in.msg = append(in.msg, in.buf[in.r+n:in.w]...)
	in.r, in.w = 0, 0
	pos := 0
	for {
		p := in.msg[start:]
		if h.Masked {
			Mask(p[pos:], p[pos:], h.MaskingKey, pos)
		}
		last := uint64(len(p)) == h.PayloadLen
		if text && (!in.text.write(p[pos:]) || last && h.FIN && !in.text.complete()) {
			if err := c.badText(h, p); err != nil {
				return nil, err
			}
			text = false
		}
		if pos = len(p); last {
			in.narrow = true
			c.reportReceived(h, p, nil)
			return in.msg, nil
		}
		left := h.PayloadLen - uint64(pos)
		room := in.roomFor(left)
		got, err := c.receive(room)
		if err != nil {
			c.reportReceived(h, p, nil)
			return nil, c.dropped(err, "a frame")
		}
		in.msg = in.msg[:len(in.msg)+got]
	}
}

// roomFor returns free space at the end of the message buffer for at most left
// bytes.
func (in *input) roomFor(left uint64) []byte {
	const piece = 256 << 10 // what is unmasked and judged while it is in the cache
	if len(in.msg) == cap(in.msg) {
		grow := max(maxReadBuffer, len(in.msg))
		if uint64(grow) > left {
			grow = int(left)
		}
		in.msg = slices.Grow(in.msg, grow)
	}
	room := in.msg[len(in.msg):cap(in.msg)]
	if uint64(len(room)) > left {
		room = room[:left]
	}
	return room[:min(len(room), piece)]
}

// skipFrame passes over a frame that belongs to no message.
func (c *Conn) skipFrame(h Header, n int) error {
	in := &c.in
	c.report(h, n, 0, nil)
	in.n.frames++
	in.n.bytes += h.PayloadLen
	in.r += n
	for left := h.PayloadLen; ; {
		have := min(left, uint64(in.w-in.r))
		in.r += int(have)
		if left -= have; left == 0 {
			return nil
		}
		if err := c.fill(1); err != nil {
			return c.dropped(err, "a frame")
		}
	}
}

// control reads a control frame and does what it asks for. A frame with a
// reserved opcode is dealt with here, too.
func (c *Conn) control(h Header, n int) error {
	in := &c.in
	if rule := h.Check(State{From: c.role.Peer(), Fragmented: in.open, Allowed: c.rsv}); rule != nil {
		if err := c.broken(h, n, rule); err != nil {
			return err
		}
		if h.Opcode.IsReserved() || h.PayloadLen > uint64(len(in.buf)-n) {
			return c.skipFrame(h, n)
		}
	}
	length := int(h.PayloadLen)
	for in.w-in.r < n+length {
		if err := c.fill(n + length); err != nil {
			c.report(h, n, 0, nil)
			return c.dropped(err, "a control frame")
		}
	}
	p := in.buf[in.r+n : in.r+n+length]
	if h.Masked {
		Mask(p, p, h.MaskingKey, 0)
	}
	in.r += n + length
	in.n.frames++
	in.n.bytes += h.PayloadLen
	if h.Opcode == OpClose {
		return c.peerCloses(h, p)
	}
	c.reportReceived(h, p, nil)
	if h.Opcode == OpPing && !c.cfg.NoPong {
		c.answer(p[:min(len(p), MaxControlPayload)])
	}
	return nil
}

// peerCloses deals with the peer's Close frame, after which nothing is read.
func (c *Conn) peerCloses(h Header, p []byte) error {
	code, reason, rule := ParseClosePayload(p)
	c.reportReceived(h, p, rule)
	if rule != nil && !c.cfg.Lenient {
		return c.fail(rule.Code, rule)
	}
	return c.closeReceived(code, reason)
}
