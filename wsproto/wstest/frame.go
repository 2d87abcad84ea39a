package wstest

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"strings"
	"unicode/utf8"

	"wscope/wsproto"
)

// A Frame is a frame to be sent, bit by bit. A field that is zero is what a
// polite peer would send.
//
// RFC 6455, Section 5.2.
type Frame struct {
	Op      wsproto.Opcode
	More    bool // FIN is clear: another fragment follows
	RSV     wsproto.RSV
	Payload []byte
	// Declare is the payload length in the header, if it is not that of
	// Payload.
	Declare uint64
	// LenBytes is the least number of bytes of the extended length: 2 or 8
	// make an encoding that is not minimal.
	LenBytes uint8
	// WrongMask masks the frame of a server and does not mask that of a client.
	WrongMask bool
	// Key is the masking key. Without one it is computed from the rest, so that
	// different frames have different keys and the same frame has the same.
	Key *[4]byte
}

// Text returns an unfragmented text frame.
func Text(s string) Frame { return Frame{Op: wsproto.OpText, Payload: []byte(s)} }

// Binary returns an unfragmented binary frame.
func Binary(s string) Frame { return Frame{Op: wsproto.OpBinary, Payload: []byte(s)} }

// Ping returns a ping.
func Ping(s string) Frame { return Frame{Op: wsproto.OpPing, Payload: []byte(s)} }

// Pong returns a pong.
func Pong(s string) Frame { return Frame{Op: wsproto.OpPong, Payload: []byte(s)} }

// CloseWith returns a Close frame with the payload as it is.
func CloseWith(payload string) Frame { return Frame{Op: wsproto.OpClose, Payload: []byte(payload)} }

// Close returns a Close frame with a code and a reason.
func Close(code wsproto.CloseCode, reason string) Frame {
	b := binary.BigEndian.AppendUint16(nil, uint16(code))
	return CloseWith(string(b) + reason)
}

// StartText returns the first of several fragments of a text message.
func StartText(s string) Frame { return Text(s).AndMore() }

// StartBinary returns the first of several fragments of a binary message.
func StartBinary(s string) Frame { return Binary(s).AndMore() }

// Middle returns a continuation frame that is not the last.
func Middle(s string) Frame { return Last(s).AndMore() }

// Last returns the continuation frame that ends a message.
func Last(s string) Frame { return Frame{Op: wsproto.OpContinuation, Payload: []byte(s)} }

// AndMore returns f with FIN clear.
func (f Frame) AndMore() Frame { f.More = true; return f }

// WithRSV returns f with reserved bits set.
func (f Frame) WithRSV(r wsproto.RSV) Frame { f.RSV = r; return f }

// WithKey returns f with a masking key.
func (f Frame) WithKey(a, b, c, d byte) Frame { f.Key = &[4]byte{a, b, c, d}; return f }

// WithLenBytes returns f with a longer encoding of the payload length.
func (f Frame) WithLenBytes(n uint8) Frame { f.LenBytes = n; return f }

// Declaring returns f with another payload length in its header.
func (f Frame) Declaring(n uint64) Frame { f.Declare = n; return f }

// Unlike returns f masked if the role forbids it, unmasked if it demands it.
func (f Frame) Unlike() Frame { f.WrongMask = true; return f }

// Header returns the header of f when it is sent by from.
func (f Frame) Header(from wsproto.Role) wsproto.Header {
	h := wsproto.Header{
		FIN:        !f.More,
		Masked:     (from == wsproto.Client) != f.WrongMask,
		RSV:        f.RSV,
		Opcode:     f.Op,
		PayloadLen: uint64(len(f.Payload)),
		LenBytes:   f.LenBytes,
	}
	if f.Declare != 0 {
		h.PayloadLen = f.Declare
	}
	switch {
	case h.PayloadLen > 0xFFFF:
		h.LenBytes = 8
	case h.PayloadLen > 125 && h.LenBytes == 0:
		h.LenBytes = 2
	}
	if h.Masked {
		h.MaskingKey = f.key()
	}
	return h
}

func (f Frame) key() (key [4]byte) {
	if f.Key != nil {
		return *f.Key
	}
	sum := fnv.New32a()
	sum.Write([]byte{byte(f.Op), byte(f.RSV), byte(len(f.Payload))})
	sum.Write(f.Payload[:min(len(f.Payload), 1024)])
	binary.BigEndian.PutUint32(key[:], sum.Sum32())
	return key
}

// AppendTo appends f to b as from sends it.
func (f Frame) AppendTo(b []byte, from wsproto.Role) []byte {
	h := f.Header(from)
	return f.appendPayload(appendHeader(b, h), h, 0, len(f.Payload))
}

// appendPayload appends the payload bytes from i up to j, masked if need be.
func (f Frame) appendPayload(b []byte, h wsproto.Header, i, j int) []byte {
	at := len(b)
	b = append(b, f.Payload[i:j]...)
	if h.Masked {
		applyMask(b[at:], h.MaskingKey, i)
	}
	return b
}

// appendHeader encodes h. RFC 6455, Section 5.2.
func appendHeader(b []byte, h wsproto.Header) []byte {
	first, second := byte(h.Opcode)&0x0F|byte(h.RSV)&0x70, byte(0)
	if h.FIN {
		first |= 1 << 7
	}
	if h.Masked {
		second = 1 << 7
	}
	switch h.LenBytes {
	case 0:
		b = append(b, first, second|byte(h.PayloadLen))
	case 2:
		b = binary.BigEndian.AppendUint16(append(b, first, second|126), uint16(h.PayloadLen))
	default:
		b = binary.BigEndian.AppendUint64(append(b, first, second|127), h.PayloadLen)
	}
	if h.Masked {
		b = append(b, h.MaskingKey[:]...)
	}
	return b
}

// applyMask masks or unmasks b, whose first byte is that at offset at of the
// payload. RFC 6455, Section 5.3.
func applyMask(b []byte, key [4]byte, at int) {
	var k [8]byte
	for i := range k {
		k[i] = key[(at+i)%4]
	}
	word := binary.LittleEndian.Uint64(k[:])
	for ; len(b) >= 8; b = b[8:] {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^word)
	}
	for i := range b {
		b[i] ^= k[i]
	}
}

// headerSize returns how many bytes a header has by its first two.
func headerSize(b [2]byte) int {
	n := 2
	switch b[1] & 0x7F {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	if b[1]&0x80 != 0 {
		n += 4
	}
	return n
}

// parseHeader decodes a complete header.
func parseHeader(b []byte) wsproto.Header {
	h := wsproto.Header{
		FIN:        b[0]&0x80 != 0,
		RSV:        wsproto.RSV(b[0] & 0x70),
		Opcode:     wsproto.Opcode(b[0] & 0x0F),
		Masked:     b[1]&0x80 != 0,
		PayloadLen: uint64(b[1] & 0x7F),
	}
	switch h.PayloadLen {
	case 126:
		h.PayloadLen, h.LenBytes = uint64(binary.BigEndian.Uint16(b[2:])), 2
	case 127:
		h.PayloadLen, h.LenBytes = binary.BigEndian.Uint64(b[2:]), 8
	}
	if h.Masked {
		h.MaskingKey = [4]byte(b[len(b)-4:])
	}
	return h
}

// readHeader reads one header and not a byte more.
func readHeader(r io.Reader) (wsproto.Header, error) {
	var b [14]byte
	if _, err := io.ReadFull(r, b[:2]); err != nil {
		return wsproto.Header{}, err
	}
	n := headerSize([2]byte(b[:2]))
	if _, err := io.ReadFull(r, b[2:n]); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return wsproto.Header{}, err
	}
	return parseHeader(b[:n]), nil
}

// describe is a frame in one line.
func describe(h wsproto.Header, payload []byte) string {
	fin, key := "FIN", "-       "
	if !h.FIN {
		fin = "---"
	}
	if h.Masked {
		key = fmt.Sprintf("%x", h.MaskingKey)
	}
	s := fmt.Sprintf("%-6s %s rsv %03b mask %s len %d", opName(h.Opcode), fin, byte(h.RSV)>>4, key, h.PayloadLen)
	if !shortest(h) {
		s += fmt.Sprintf(" (in %d bytes)", h.LenBytes)
	}
	if uint64(len(payload)) != h.PayloadLen {
		s += fmt.Sprintf(" (%d sent)", len(payload))
	}
	if h.Opcode == wsproto.OpClose && len(payload) >= 2 {
		return s + fmt.Sprintf("  %d %q", binary.BigEndian.Uint16(payload), payload[2:])
	}
	return s + "  " + preview(payload)
}

func opName(op wsproto.Opcode) string {
	switch op {
	case wsproto.OpContinuation:
		return "CONT"
	case wsproto.OpText:
		return "TEXT"
	case wsproto.OpBinary:
		return "BINARY"
	case wsproto.OpClose:
		return "CLOSE"
	case wsproto.OpPing:
		return "PING"
	case wsproto.OpPong:
		return "PONG"
	}
	return fmt.Sprintf("op 0x%X", uint8(op))
}

// preview shows the beginning of a payload, quoted if it is text and in
// hexadecimal if it is not.
func preview(p []byte) string {
	const most = 48
	rest := ""
	if len(p) > most {
		rest = fmt.Sprintf("... (%d bytes)", len(p))
		p = p[:most]
		for !utf8.Valid(p) && len(p) > most-4 {
			p = p[:len(p)-1]
		}
	}
	switch {
	case len(p) == 0:
		return ""
	case utf8.Valid(p) && !strings.ContainsRune(string(p), utf8.RuneError):
		return fmt.Sprintf("%q", p) + rest
	}
	return fmt.Sprintf("% x", p) + rest
}
