package wsproto

// control reads a control frame and does what it asks for. A frame with a
// reserved opcode is dealt with here, too.
//
// RFC 6455, Section 5.5.
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
	in.n.frames++
	in.n.idle++
	length := int(h.PayloadLen)
	for in.w-in.r < n+length {
		if err := c.fill(n + length); err != nil {
			c.cutShort(h, n, 0, nil)
			return c.dropped(err, "a control frame")
		}
	}
	p := in.buf[in.r+n : in.r+n+length]
	if h.Masked {
		Mask(p, p, h.MaskingKey, 0)
	}
	in.r += n + length
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
	c.peerClosed.Store(true) // who is told of it may want to close, too
	code, reason, rule := ParseClosePayload(p)
	c.reportReceived(h, p, rule)
	if rule != nil && !c.cfg.Lenient {
		return c.fail(rule.Code, rule)
	}
	return c.closeReceived(code, reason)
}

// skipFrame passes over a frame that belongs to no message, in a lenient
// connection.
func (c *Conn) skipFrame(h Header, n int) error {
	in := &c.in
	in.n.frames++
	in.n.idle++
	c.reportReceived(h, c.arrived(h, n, 0), nil)
	in.r += n
	for left := h.PayloadLen; ; {
		have := min(left, uint64(in.w-in.r))
		in.r += int(have)
		in.n.bytes += have
		if left -= have; left == 0 {
			return nil
		}
		if err := c.fill(1); err != nil {
			return c.dropped(err, "a frame")
		}
	}
}
