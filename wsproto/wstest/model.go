package wstest

import (
	"encoding/binary"

	"wscope/wsproto"
)

// A rule is one that a header can break. All of them are answered with 1002.
type rule struct {
	name, section string
	broken        func(h wsproto.Header, s *state) bool
}

// A state is what a header is judged in.
type state struct {
	from       wsproto.Role // who sends
	fragmented bool         // a fragmented message is open
}

var headerRules = []rule{
	{"no reserved bit without an extension", "5.2", func(h wsproto.Header, _ *state) bool { return h.RSV != 0 }},
	{"no reserved opcode", "5.2", func(h wsproto.Header, _ *state) bool {
		return h.Opcode > 2 && h.Opcode < 8 || h.Opcode > 10
	}},
	{"length below 2^63", "5.2", func(h wsproto.Header, _ *state) bool { return h.PayloadLen>>63 != 0 }},
	{"length in its shortest form", "5.2", func(h wsproto.Header, _ *state) bool { return !shortest(h) }},
	{"masked by a client alone", "5.1", func(h wsproto.Header, s *state) bool {
		return h.Masked != (s.from == wsproto.Client)
	}},
	{"control frame not fragmented", "5.5", func(h wsproto.Header, _ *state) bool {
		return h.Opcode >= 8 && !h.FIN
	}},
	{"control frame of at most 125 bytes", "5.5", func(h wsproto.Header, _ *state) bool {
		return h.Opcode >= 8 && h.PayloadLen > 125
	}},
	{"continuation of something", "5.4", func(h wsproto.Header, s *state) bool {
		return h.Opcode == wsproto.OpContinuation && !s.fragmented
	}},
	{"no message inside a message", "5.4", func(h wsproto.Header, s *state) bool {
		return (h.Opcode == wsproto.OpText || h.Opcode == wsproto.OpBinary) && s.fragmented
	}},
}

// The rules about payloads.
const (
	ruleLimit       = "message within the limit"
	ruleText        = "text in UTF-8, as far as it came"
	ruleTextEnd     = "text in UTF-8, complete"
	ruleCloseOne    = "close payload not of one byte"
	ruleCloseCode   = "close code that may be on the wire"
	ruleCloseReason = "close reason in UTF-8"
)

func shortest(h wsproto.Header) bool {
	switch h.LenBytes {
	case 2:
		return h.PayloadLen > 125
	case 8:
		return h.PayloadLen > 0xFFFF
	}
	return true
}

// A Message is a message, or a control frame, without its framing.
type Message struct {
	Op      wsproto.Opcode
	Payload []byte
}

// A Model is an echo endpoint without a network: it is fed what a peer sends
// and knows, at each byte, what has to be sent back. It fails a connection at
// the earliest byte that shows what is wrong: the last of a header, or the
// octet that cannot be UTF-8.
type Model struct {
	From  wsproto.Role // who sends
	Limit uint64       // the longest message taken; 0 is no limit

	// Out is what goes back, each message in one frame, in order.
	Out []Message
	// Closed is set when a Close frame is in Out. Bytes after that are ignored.
	Closed bool
	// Broken is the rule that was broken, or "".
	Broken string
	// Ambiguous is set if it is as good to name another rule with another code.
	Ambiguous bool
	// At is how many bytes were taken until the Close frame had to be sent.
	At int

	without string // a rule to forget, to see whether the cases notice

	state  state
	head   []byte // of the header being read
	h      wsproto.Header
	inside bool   // a payload
	got    uint64 // bytes of it
	ctl    []byte // the payload of a control frame
	op     wsproto.Opcode
	msg    []byte // the message so far
	utf8   utf8Octets
}

// Feed takes the next bytes of the stream.
func (m *Model) Feed(b []byte) {
	for len(b) > 0 && !m.Closed {
		n := 1
		if m.inside {
			n = m.payload(b[:min(uint64(len(b)), m.h.PayloadLen-m.got)])
		} else {
			m.header(b[0])
		}
		m.At += n
		b = b[n:]
	}
}

func (m *Model) header(c byte) {
	if m.head = append(m.head, c); len(m.head) < 2 || len(m.head) < headerSize([2]byte(m.head)) {
		return
	}
	m.h, m.head, m.got = parseHeader(m.head), nil, 0
	m.state.from = m.From
	for _, r := range headerRules {
		if r.name != m.without && r.broken(m.h, &m.state) {
			m.Ambiguous = m.Limit > 0 && m.h.PayloadLen > m.Limit
			m.fail(wsproto.CloseProtocolError, r.name)
			return
		}
	}
	switch {
	case m.h.Opcode.IsControl():
		m.ctl = nil
	case m.h.Opcode != wsproto.OpContinuation:
		m.op, m.msg, m.utf8 = m.h.Opcode, nil, utf8Octets{}
	}
	if !m.h.Opcode.IsControl() && m.Limit > 0 && uint64(len(m.msg))+m.h.PayloadLen > m.Limit && m.without != ruleLimit {
		m.fail(wsproto.CloseMessageTooBig, ruleLimit)
		return
	}
	if m.inside = m.h.PayloadLen > 0; !m.inside {
		m.end()
	}
}

// payload takes the next bytes of a payload and returns how many it took until
// something was wrong, or all.
func (m *Model) payload(b []byte) int {
	to := &m.msg
	if m.h.Opcode.IsControl() {
		to = &m.ctl
	}
	at := len(*to)
	*to = append(*to, b...)
	b = (*to)[at:]
	if m.h.Masked {
		applyMask(b, m.h.MaskingKey, int(m.got%4))
	}
	if to == &m.msg && m.op == wsproto.OpText {
		for i, c := range b {
			if !m.utf8.next(c) && m.without != ruleText {
				m.fail(wsproto.CloseInvalidPayload, ruleText)
				return i + 1
			}
		}
	}
	if m.got += uint64(len(b)); m.got == m.h.PayloadLen {
		m.inside = false
		m.end()
	}
	return len(b)
}

// end is called at the end of each frame.
func (m *Model) end() {
	switch m.h.Opcode {
	case wsproto.OpPing:
		m.Out = append(m.Out, Message{wsproto.OpPong, m.ctl})
	case wsproto.OpPong:
	case wsproto.OpClose:
		m.closeFrame()
	default:
		if m.state.fragmented = !m.h.FIN; m.state.fragmented {
			return
		}
		if m.op == wsproto.OpText && m.without != ruleTextEnd && !validUTF8(m.msg) {
			m.fail(wsproto.CloseInvalidPayload, ruleTextEnd)
			return
		}
		m.Out = append(m.Out, Message{m.op, m.msg})
	}
}

// closeFrame answers a Close frame with the code that it has.
//
// RFC 6455, Section 5.5.1.
func (m *Model) closeFrame() {
	code, reason := closeCode(m.ctl)
	switch {
	case len(m.ctl) == 1 && m.without != ruleCloseOne:
		m.fail(wsproto.CloseProtocolError, ruleCloseOne)
	case len(m.ctl) > 1 && !mayBeOnWire(code) && m.without != ruleCloseCode:
		m.Ambiguous = !validUTF8(reason)
		m.fail(wsproto.CloseProtocolError, ruleCloseCode)
	case !validUTF8(reason) && m.without != ruleCloseReason:
		m.fail(wsproto.CloseInvalidPayload, ruleCloseReason)
	default:
		m.Closed = true
		m.Out = append(m.Out, Message{wsproto.OpClose, m.ctl[:min(2, len(m.ctl))]})
	}
}

func (m *Model) fail(code wsproto.CloseCode, rule string) {
	m.Closed, m.Broken, m.inside = true, rule, false
	m.Out = append(m.Out, Message{wsproto.OpClose, Close(code, "").Payload})
}

// closeCode takes the payload of a Close frame apart. Without a code it is
// CloseNoStatus.
func closeCode(payload []byte) (wsproto.CloseCode, []byte) {
	if len(payload) < 2 {
		return wsproto.CloseNoStatus, nil
	}
	return wsproto.CloseCode(binary.BigEndian.Uint16(payload)), payload[2:]
}

// mayBeOnWire reports whether a Close frame may have the code: one that is
// registered and not reserved, or one of the ranges of libraries and
// applications.
//
// RFC 6455, Section 7.4.
func mayBeOnWire(code wsproto.CloseCode) bool {
	switch {
	case code >= 1000 && code <= 1003, code >= 1007 && code <= 1014, code >= 3000 && code <= 4999:
		return true
	}
	return false
}
