package wsproto

import "time"

// A Trace looks inside a connection. Every field may be nil. The functions are
// called synchronously, so the connection waits while they run; they must not
// write to the connection.
type Trace struct {
	// HandshakeSent has the bytes of our half of the opening handshake, before
	// they are written. They are valid during the call.
	HandshakeSent func(raw []byte)
	// HandshakeReceived has the peer's half as it was on the wire, complete or
	// as far as it came, before it is judged. It is valid during the call.
	HandshakeReceived func(raw []byte)
	// FrameSent runs for each frame just before its bytes are handed to the
	// network, so that no answer to a frame is ever reported before the frame.
	// It runs on the goroutine that writes, never on two at once.
	FrameSent func(*FrameInfo)
	// FrameReceived runs for each frame, an illegal one too, on the reading
	// goroutine, before anything is sent because of the frame.
	FrameReceived func(*FrameInfo)
	// Waiting runs on the reading goroutine each time it has used up what has
	// arrived and is about to wait for more.
	Waiting func()
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
	// Broken is the rule that the frame breaks, or nil.
	Broken *ProtocolError
}
