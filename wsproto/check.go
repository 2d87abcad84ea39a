package wsproto

// A State is what the legality of the next header depends on besides the
// header itself.
type State struct {
	From       Role // who sends the frame
	Fragmented bool // a fragmented message is open
	// Allowed are the reserved bits that a negotiated extension has given a
	// meaning on the first frame of a data message.
	Allowed RSV
}

// Check returns the first rule that h breaks when it is received in state s, or
// nil. Size limits are not rules of the protocol and are not looked at, but for
// those of control frames and the most significant bit of a 64-bit length.
//
// RFC 6455, Sections 5.1, 5.2, 5.4 and 5.5.
func (h Header) Check(s State) *ProtocolError {
	// The one comparison that a legal data frame has to pass is kept apart
	// from the naming of what is wrong with an illegal one.
	if h.legalData(s) {
		return nil
	}
	return h.explain(s)
}

// legalData reports whether h is a legal data frame. False may still be a legal
// control frame.
func (h Header) legalData(s State) bool {
	return h.Opcode <= OpBinary &&
		(h.Opcode == OpContinuation) == s.Fragmented &&
		(h.RSV == 0 || h.RSV&^s.Allowed == 0 && !s.Fragmented) &&
		h.Masked == (s.From == Client) &&
		h.PayloadLen < 1<<63 &&
		h.LenBytes <= minLenBytes(h.PayloadLen)
}

func (h Header) explain(s State) *ProtocolError {
	allowed := s.Allowed
	if h.Opcode.IsControl() || h.Opcode == OpContinuation {
		allowed = 0
	}
	switch {
	case h.RSV&^allowed != 0:
		return rsvError(h, s.Allowed)
	case h.Opcode.IsReserved():
		return reservedOpcode()[h.Opcode&0xF]
	case h.PayloadLen >= 1<<63:
		return errLengthTopBit
	case !h.Minimal():
		return errLengthNotMinimal
	case s.From == Client && !h.Masked:
		return errClientUnmasked
	case s.From == Server && h.Masked:
		return errServerMasked
	}
	if h.Opcode.IsControl() {
		switch {
		case !h.FIN:
			return fragmentedControl()[h.Opcode&0xF]
		case h.PayloadLen > MaxControlPayload:
			return longControl()[h.Opcode&0xF]
		}
		return nil
	}
	switch {
	case h.Opcode == OpContinuation && !s.Fragmented:
		return errStrayContinuation
	case h.Opcode != OpContinuation && s.Fragmented:
		return errNewMessageInside
	}
	return nil
}
