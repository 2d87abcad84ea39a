package wsproto

import (
	"errors"
	"fmt"
	"sync"
)

// A ProtocolError is a rule of RFC 6455, or of an extension, that a frame or a
// message of the peer breaks.
type ProtocolError struct {
	// Code is the close code that the connection is failed with.
	Code CloseCode
	// Section is where the rule stands, as in "5.4".
	Section string
	// RFC is the document of Section. Zero means 6455.
	RFC int
	// Reason says what is wrong in lower case, as in "fragmented ping frame".
	Reason string
}

func (e *ProtocolError) Error() string {
	return "protocol error: " + e.Reason + " (" + e.Ref() + ")"
}

// Ref names the document and the section, as in "RFC 6455, Section 5.4".
func (e *ProtocolError) Ref() string {
	rfc := e.RFC
	if rfc == 0 {
		rfc = 6455
	}
	return fmt.Sprintf("RFC %d, Section %s", rfc, e.Section)
}

func protocolError(section, reason string) *ProtocolError {
	return &ProtocolError{Code: CloseProtocolError, Section: section, Reason: reason}
}

// The rules that a header or a payload can break. They are allocated once: a
// hostile peer costs no more than a polite one.
var (
	errLengthTopBit      = protocolError("5.2", "the most significant bit of the 64-bit payload length is set")
	errLengthNotMinimal  = protocolError("5.2", "the payload length is not in its shortest encoding")
	errClientUnmasked    = protocolError("5.1", "frame of a client is not masked")
	errServerMasked      = protocolError("5.1", "frame of a server is masked")
	errStrayContinuation = protocolError("5.4", "continuation frame without a message to continue")
	errNewMessageInside  = protocolError("5.4", "new data frame inside a fragmented message")
	errCloseOneByte      = protocolError("5.5.1", "close payload of one byte, too short for a close code")
	errCloseReasonUTF8   = &ProtocolError{Code: CloseInvalidPayload, Section: "5.5.1", Reason: "close reason is not UTF-8"}
	errTextUTF8          = &ProtocolError{Code: CloseInvalidPayload, Section: "8.1", Reason: "text message is not UTF-8"}
)

// The rules whose words name an opcode or a bit. Their tables wait for the first
// peer that breaks one: most programs never meet it.
var (
	reservedOpcode = perOpcode(func(op Opcode) *ProtocolError {
		return protocolError("5.2", fmt.Sprintf("reserved opcode 0x%X", uint8(op)))
	})
	fragmentedControl = perOpcode(func(op Opcode) *ProtocolError {
		return protocolError("5.5", "fragmented "+op.String()+" frame")
	})
	longControl = perOpcode(func(op Opcode) *ProtocolError {
		return protocolError("5.5", op.String()+" frame with a payload of more than 125 bytes")
	})
	reservedBits = sync.OnceValue(func() *[8]*ProtocolError {
		var e [8]*ProtocolError
		for i := range e {
			e[i] = protocolError("5.2", "reserved bit "+RSV(i<<4).String()+" is set and no extension gave it a meaning")
		}
		return &e
	})
)

// perOpcode returns a table of what f makes of each opcode, which the first call
// builds.
func perOpcode(f func(Opcode) *ProtocolError) func() *[16]*ProtocolError {
	return sync.OnceValue(func() *[16]*ProtocolError {
		var e [16]*ProtocolError
		for op := range e {
			e[op] = f(Opcode(op))
		}
		return &e
	})
}

// rsvError names the reserved bits that h may not have set. A bit of an
// extension is legal on the first frame of a data message alone.
func rsvError(h Header, allowed RSV) *ProtocolError {
	if bad := h.RSV &^ allowed; bad != 0 {
		return reservedBits()[bad>>4]
	}
	return protocolError("5.2", "reserved bit "+h.RSV.String()+" is set on a "+h.Opcode.String()+
		" frame, its extension uses it only on the first frame of a data message")
}

// String names the bits that are set, as in "RSV1" or "RSV1+RSV3", or "none".
func (r RSV) String() string {
	s := ""
	for i, bit := range [...]RSV{RSV1, RSV2, RSV3} {
		if r&bit != 0 {
			if s != "" {
				s += "+"
			}
			s += "RSV" + string(rune('1'+i))
		}
	}
	if s == "" {
		return "none"
	}
	return s
}

// A SizeError is a message that is longer than the connection takes. It is no
// mistake of the peer's; the connection is failed with 1009.
type SizeError struct {
	Limit int64
	// AtLeast is how long the message is by what is known when it is refused.
	AtLeast uint64
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("message of at least %d bytes is over the limit of %d", e.AtLeast, e.Limit)
}

// A CloseError ends a connection whose closing handshake was completed.
//
// RFC 6455, Section 7.1.
type CloseError struct {
	// Code and Reason are those of the Close frame that came first, from
	// whichever side. Code is CloseNoStatus if it had none.
	Code   CloseCode
	Reason string
	// Remote reports whether the peer began the closing handshake.
	Remote bool
	// Reply and ReplyReason are those of the Close frame that answered. If both
	// sides began at the same time, ours counts as the first.
	Reply       CloseCode
	ReplyReason string
}

func (e *CloseError) Error() string {
	by := "us"
	if e.Remote {
		by = "the peer"
	}
	s := "closed by " + by + ": " + e.Code.String()
	if e.Reason != "" {
		s += fmt.Sprintf(" %q", e.Reason)
	}
	return s
}

// A Drop tells how a connection went away without a closing handshake.
type Drop uint8

// The ways to lose a connection. All of them are 1006 to RFC 6455, Section
// 7.1.5; whoever looks for the cause has to know which it was.
const (
	DropFIN          Drop = iota + 1 // the peer ended the stream without a Close frame
	DropReset                        // the connection was reset
	DropCloseTimeout                 // the peer did not answer our Close frame in time
	DropReceive                      // receiving failed in another way
	DropSend                         // sending failed
)

// A DropError ends a connection that had no complete closing handshake.
type DropError struct {
	Drop Drop
	// Inside says where in the stream the end came: "" between frames,
	// otherwise such as "a frame header" or "a fragmented message".
	Inside string
	// CloseSent reports whether we had sent a Close frame, and CloseReason is its
	// reason, which may be "".
	CloseSent   bool
	CloseReason string
	// Err is the error of the network, or nil. For DropFIN it is
	// io.ErrUnexpectedEOF if TLS was cut off inside a record (crypto/tls lets an
	// end between two records pass, with a close_notify or without), otherwise
	// nil.
	Err error
}

func (e *DropError) Error() string {
	var s string
	switch e.Drop {
	case DropFIN:
		s = "the peer ended the connection without a Close frame"
	case DropReset:
		s = "the connection was reset"
	case DropCloseTimeout:
		s = "the peer did not answer the Close frame in time"
	case DropSend:
		s = "sending failed"
	default:
		s = "receiving failed"
	}
	if e.Inside != "" {
		s += " inside " + e.Inside
	}
	if e.Drop == DropCloseTimeout && e.CloseReason != "" {
		s += fmt.Sprintf(", which said %q", e.CloseReason)
	}
	if e.Err != nil && (e.Drop == DropReceive || e.Drop == DropSend) {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the error of the network.
func (e *DropError) Unwrap() error { return e.Err }

var (
	// ErrCloseSent is returned for a data frame after a Close frame was sent.
	//
	// RFC 6455, Section 5.5.1.
	ErrCloseSent = errors.New("no frame may follow the Close frame that was sent")
	// ErrClosed is returned for a write to a connection that has ended.
	ErrClosed = errors.New("the connection has ended")
)
