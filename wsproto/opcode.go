package wsproto

import "strconv"

// An Opcode says how the payload of a frame is to be read. It is four bits
// wide; a larger value does not fit a header.
//
// RFC 6455, Section 5.2 and Section 11.8.
type Opcode uint8

// The opcodes that RFC 6455 defines. All others are reserved.
const (
	OpContinuation Opcode = 0x0
	OpText         Opcode = 0x1
	OpBinary       Opcode = 0x2
	OpClose        Opcode = 0x8
	OpPing         Opcode = 0x9
	OpPong         Opcode = 0xA
)

var opcodeNames = [...]string{
	OpContinuation: "continuation",
	OpText:         "text",
	OpBinary:       "binary",
	OpClose:        "close",
	OpPing:         "ping",
	OpPong:         "pong",
}

// String returns the RFC's name of op in lower case, or "reserved 0x3" and the
// like for an opcode that has none.
func (op Opcode) String() string {
	if int(op) < len(opcodeNames) && opcodeNames[op] != "" {
		return opcodeNames[op]
	}
	return "reserved 0x" + strconv.FormatUint(uint64(op), 16)
}

// IsControl reports whether op is a control opcode, reserved ones included:
// those with the most significant of the four bits set.
//
// RFC 6455, Section 5.5.
func (op Opcode) IsControl() bool { return op&0x8 != 0 }

// IsReserved reports whether RFC 6455 gives op no meaning.
func (op Opcode) IsReserved() bool {
	return op > OpPong || op > OpBinary && op < OpClose
}
