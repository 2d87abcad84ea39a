package wsproto

import (
	"encoding/binary"
	"io"
)

const (
	// MaxHeaderLen is the length of the longest frame header in bytes.
	MaxHeaderLen = 14
	// MaxControlPayload is the longest payload of a legal control frame.
	//
	// RFC 6455, Section 5.5.
	MaxControlPayload = 125
)

// RSV is a set of the three reserved bits of a header.
//
// RFC 6455, Section 5.2.
type RSV uint8

// The reserved bits, with the values they have in the first byte of a frame.
const (
	RSV1 RSV = 0x40
	RSV2 RSV = 0x20
	RSV3 RSV = 0x10
)

// A Header is the part of a frame that precedes its payload. It holds what was
// on the wire, legal or not; see [Header.Check].
//
// RFC 6455, Section 5.2.
type Header struct {
	FIN        bool
	Masked     bool
	RSV        RSV
	Opcode     Opcode
	MaskingKey [4]byte // meaningful only if Masked
	PayloadLen uint64
	// LenBytes is the number of extended length bytes: 0, 2 or 8. A header
	// that was read has what was on the wire. On encoding, the shortest form
	// that holds PayloadLen is used if LenBytes is smaller than it needs, so
	// that zero means the minimal form and a larger value a non-minimal one.
	LenBytes uint8
}

// Minimal reports whether the payload length is in its shortest encoding, as
// Section 5.2 demands.
func (h Header) Minimal() bool { return h.LenBytes <= minLenBytes(h.PayloadLen) }

func minLenBytes(n uint64) uint8 {
	switch {
	case n <= 125:
		return 0
	case n <= 0xFFFF:
		return 2
	}
	return 8
}

func (h Header) lenBytes() uint8 {
	least := minLenBytes(h.PayloadLen)
	switch {
	case h.LenBytes > 2:
		return 8
	case h.LenBytes > least:
		return 2
	}
	return least
}

// Len returns the number of bytes that h takes on the wire.
func (h Header) Len() int {
	n := 2 + int(h.lenBytes())
	if h.Masked {
		n += len(h.MaskingKey)
	}
	return n
}

// AppendTo appends the encoding of h to b. Every field goes out as it is, legal
// or not, but for the bits of Opcode and RSV that have no place in a header.
func (h Header) AppendTo(b []byte) []byte {
	first := byte(h.RSV&(RSV1|RSV2|RSV3)) | byte(h.Opcode&0xF)
	if h.FIN {
		first |= 0x80
	}
	var mask byte
	if h.Masked {
		mask = 0x80
	}
	switch h.lenBytes() {
	case 0:
		b = append(b, first, mask|byte(h.PayloadLen))
	case 2:
		b = append(b, first, mask|126, byte(h.PayloadLen>>8), byte(h.PayloadLen))
	default:
		b = binary.BigEndian.AppendUint64(append(b, first, mask|127), h.PayloadLen)
	}
	if h.Masked {
		b = append(b, h.MaskingKey[:]...)
	}
	return b
}

// headerLen returns the length of a header by its second byte.
func headerLen(second byte) int {
	n := 2
	switch second & 0x7F {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	return n + int(second>>7)*4
}

// ParseHeader decodes the header at the beginning of b and returns its length.
// It refuses nothing; with too few bytes in b it returns n == 0.
func ParseHeader(b []byte) (h Header, n int) {
	if len(b) < 2 {
		return Header{}, 0
	}
	first, second := b[0], b[1]
	n = headerLen(second)
	if len(b) < n {
		return Header{}, 0
	}
	h.FIN = first&0x80 != 0
	h.RSV = RSV(first & 0x70)
	h.Opcode = Opcode(first & 0xF)
	h.Masked = second&0x80 != 0
	switch h.PayloadLen = uint64(second & 0x7F); h.PayloadLen {
	case 126:
		h.PayloadLen = uint64(binary.BigEndian.Uint16(b[2:]))
		h.LenBytes = 2
	case 127:
		h.PayloadLen = binary.BigEndian.Uint64(b[2:])
		h.LenBytes = 8
	}
	if h.Masked {
		h.MaskingKey = [4]byte(b[n-4 : n])
	}
	return h, n
}

// ReadHeader reads one header from r and not a byte beyond it. It returns
// io.EOF if r ends before the first byte and io.ErrUnexpectedEOF if r ends
// inside the header.
func ReadHeader(r io.Reader) (Header, error) {
	var b [MaxHeaderLen]byte
	if _, err := io.ReadFull(r, b[:2]); err != nil {
		return Header{}, err
	}
	n := headerLen(b[1])
	if _, err := io.ReadFull(r, b[2:n]); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return Header{}, err
	}
	h, _ := ParseHeader(b[:n])
	return h, nil
}
