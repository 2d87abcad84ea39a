package wstest

import (
	"bytes"
	"fmt"

	"wscope/wsproto"
)

// A Case is something that a peer does and what an endpoint that echoes every
// message has to do in return. It holds for both roles: who masks is decided
// when it is run.
type Case struct {
	Name    string
	Section string // of RFC 6455
	Send    []Step
	Want    Want
	// Limit is the longest message that the endpoint must be set up to take. 0
	// is any limit from 16 MiB on.
	Limit uint64
	// Heavy cases are worth sending in one way only.
	Heavy bool
}

// A Want is what comes back.
type Want struct {
	// Messages and Pongs come in their own order; how the two are interleaved
	// is the endpoint's choice. All of them come before a Close frame.
	Messages []Message
	Pongs    []string
	// LastPongs lets an endpoint that could not send answer the last of several
	// pings only. RFC 6455, Section 5.5.3.
	LastPongs bool
	// Close is the code that the endpoint's Close frame has, CloseNoStatus for
	// an empty one. 0 means that the endpoint has nothing to object to: the
	// peer closes with 1000 in the end, and the endpoint answers with 1000.
	Close wsproto.CloseCode
	// ByPeer is set if Close answers a Close frame of the case, and not set if
	// the endpoint fails the connection.
	ByPeer bool
	// Dropped is set if the peer ends the connection without a Close frame.
	// The endpoint may send one or not.
	Dropped bool
}

// A Step is one of [Frame], [Piece], [Bytes], [Push], [Await], [Quiet], [FIN]
// and [RST]. What the first three send goes out together, when one of the others
// comes.
type Step interface{ step() }

// A Piece is the part [From:To] of the payload of a frame. If From is 0, the
// header goes before it.
type Piece struct {
	Frame    Frame
	From, To int
}

// Bytes are sent as they are.
type Bytes []byte

// Push sends what was gathered, so that what follows is another segment.
type Push struct{}

// Await waits until the endpoint has sent so much in all.
type Await struct {
	Messages, Pongs int
	Close           bool
}

// Quiet looks for a few milliseconds whether the endpoint sends something,
// which it must not. It cannot fail by chance, only pass.
type Quiet struct{}

// FIN ends the peer's side of the connection.
type FIN struct{}

// RST resets the connection.
type RST struct{}

func (Frame) step() {}
func (Piece) step() {}
func (Bytes) step() {}
func (Push) step()  {}
func (Await) step() {}
func (Quiet) step() {}
func (FIN) step()   {}
func (RST) step()   {}

// A sender is a step that sends something.
type sender interface {
	Step
	appendTo(b []byte, from wsproto.Role) []byte
	describe(from wsproto.Role) string
}

func (f Frame) appendTo(b []byte, from wsproto.Role) []byte { return f.AppendTo(b, from) }
func (f Frame) describe(from wsproto.Role) string           { return describe(f.Header(from), f.Payload) }

func (p Piece) appendTo(b []byte, from wsproto.Role) []byte {
	h := p.Frame.Header(from)
	if p.From == 0 {
		b = appendHeader(b, h)
	}
	return p.Frame.appendPayload(b, h, p.From, p.To)
}

func (p Piece) describe(from wsproto.Role) string {
	if p.From == 0 {
		return describe(p.Frame.Header(from), p.Frame.Payload[:p.To])
	}
	return fmt.Sprintf("... payload from %d on  %s", p.From, preview(p.Frame.Payload[p.From:p.To]))
}

func (b Bytes) appendTo(to []byte, _ wsproto.Role) []byte { return append(to, b...) }

func (b Bytes) describe(wsproto.Role) string {
	const most = 160
	if len(b) > most {
		return fmt.Sprintf("% x ... (%d bytes)", []byte(b[:most]), len(b))
	}
	return fmt.Sprintf("% x", []byte(b))
}

// Stream returns all that from sends in the case.
func (c Case) Stream(from wsproto.Role) (b []byte) {
	for _, s := range c.Send {
		if s, ok := s.(sender); ok {
			b = s.appendTo(b, from)
		}
	}
	return b
}

// A Variant is a way to send a case.
type Variant struct {
	Name     string
	Segments Segments
	// Coalesce puts the first frames into the segment of the peer's half of the
	// opening handshake.
	Coalesce bool
	// Reply answers the Close frame of an endpoint that fails the connection,
	// although such an endpoint does not read on. RFC 6455, Section 7.1.7.
	Reply bool
}

// Variants returns the ways to send c.
func (c Case) Variants() []Variant {
	v := []Variant{
		{Name: "whole"},
		{Name: "coalesced with the handshake", Coalesce: true, Reply: true},
		{Name: "byte by byte", Segments: ByteByByte, Reply: true},
		{Name: "in sevens with the handshake", Segments: 7, Coalesce: true},
	}
	if c.Heavy {
		v = v[:1]
	}
	return v
}

// echoes is what comes back for messages that are echoed.
func echoes(frames ...Frame) Want {
	var w Want
	for _, f := range frames {
		w.Messages = append(w.Messages, Message{f.Op, f.Payload})
	}
	return w
}

// fails is what comes back if the connection is failed after these echoes.
func fails(code wsproto.CloseCode, frames ...Frame) Want {
	w := echoes(frames...)
	w.Close = code
	return w
}

// closes is what comes back for a Close frame after these echoes.
func closes(code wsproto.CloseCode, frames ...Frame) Want {
	w := fails(code, frames...)
	w.ByPeer = true
	return w
}

func (w Want) pongs(payloads ...string) Want { w.Pongs = append(w.Pongs, payloads...); return w }

// WantOf returns what a model that was fed the whole stream sends back.
func WantOf(m *Model) (w Want) {
	for _, o := range m.Out {
		switch o.Op {
		case wsproto.OpPong:
			w.Pongs = append(w.Pongs, string(o.Payload))
		case wsproto.OpClose:
			w.Close, _ = closeCode(o.Payload)
			w.ByPeer = m.Broken == ""
		default:
			w.Messages = append(w.Messages, o)
		}
	}
	return w
}

// diff says how what came back differs from w, or returns nothing.
func (w Want) diff(messages []Message, pongs []string) (diffs []string) {
	for i := range max(len(messages), len(w.Messages)) {
		switch {
		case i >= len(w.Messages):
			diffs = append(diffs, fmt.Sprintf("message %d is one too many: %s", i+1, messages[i]))
			return append(diffs, w.diffPongs(pongs)...)
		case i >= len(messages):
			diffs = append(diffs, fmt.Sprintf("message %d is missing: %s", i+1, w.Messages[i]))
			return append(diffs, w.diffPongs(pongs)...)
		case messages[i].Op != w.Messages[i].Op || !bytes.Equal(messages[i].Payload, w.Messages[i].Payload):
			diffs = append(diffs, fmt.Sprintf("message %d is %s, want %s", i+1, messages[i], w.Messages[i]))
		}
	}
	return append(diffs, w.diffPongs(pongs)...)
}

func (w Want) diffPongs(pongs []string) []string {
	want := w.Pongs
	if w.LastPongs && len(pongs) > 0 {
		want = subsequence(pongs, want)
	}
	for i := range max(len(pongs), len(want)) {
		switch {
		case i >= len(want):
			return []string{fmt.Sprintf("pong %d is one too many: %s", i+1, preview([]byte(pongs[i])))}
		case i >= len(pongs):
			return []string{fmt.Sprintf("pong %d is missing: %s", i+1, preview([]byte(want[i])))}
		case pongs[i] != want[i]:
			return []string{fmt.Sprintf("pong %d has %s, want %s", i+1, preview([]byte(pongs[i])), preview([]byte(want[i])))}
		}
	}
	return nil
}

// subsequence leaves of all only what is in some, which comes in the same
// order, and the last.
func subsequence(some, all []string) (left []string) {
	for i, s := range all {
		if len(left) < len(some) && some[len(left)] == s || i == len(all)-1 {
			left = append(left, s)
		}
	}
	return left
}

func (m Message) String() string {
	return fmt.Sprintf("%s of %d bytes %s", m.Op, len(m.Payload), preview(m.Payload))
}
