package inflate

import (
	"hash/crc32"
	"io"
)

// The flags of a member.
const (
	flagText = 1 << iota
	flagHeaderCRC
	flagExtra
	flagName
	flagComment

	reservedFlags = 0xE0
)

// NewGzipReader returns a Reader of the gzip members in r: what a member has is
// handed out before it is known whether there is another one. It reads ahead what
// r has, but waits for nothing that it does not need.
func NewGzipReader(r io.Reader) *Reader {
	z := newReader(r, (*Reader).beginMember, (*Reader).endMember)
	z.sum = crc32.NewIEEE()
	return z
}

// beginMember reads the header of a member. The input may end before.
//
// RFC 1952, Sections 2.3 and 2.3.1.
func (z *Reader) beginMember() error {
	const section = "2.3.1"
	h := memberHeader{src: &z.src, crc: ^uint32(0)}
	offset := z.src.offset()
	if err := z.src.need(8); err != nil {
		return err
	}
	if id1, id2 := h.byte(), h.byte(); h.err == nil && (id1 != 0x1F || id2 != 0x8B) {
		return gzipError(offset, section, "a member begins with %02x%02x, expected 1f8b", id1, id2)
	}
	if method := h.byte(); h.err == nil && method != methodDeflate {
		return gzipError(offset, section, "a member has the compression method %d, expected %d", method, methodDeflate)
	}
	flags := h.byte()
	if flags&reservedFlags != 0 {
		return gzipError(offset, "2.3.1.2", "a member has the flags %02x, expected none of the reserved ones, %02x", flags, reservedFlags)
	}
	h.skip(4 + 1 + 1) // MTIME, XFL, OS
	if flags&flagExtra != 0 {
		h.skip(int(h.uint16()))
	}
	if flags&flagName != 0 {
		h.skipString()
	}
	if flags&flagComment != 0 {
		h.skipString()
	}
	if want := uint16(^h.crc); flags&flagHeaderCRC != 0 {
		if got := h.uint16(); h.err == nil && got != want {
			return gzipError(offset, section, "the CRC-16 of a header is %04x, expected %04x for the header that came", got, want)
		}
	}
	if h.err != nil {
		return h.err
	}
	z.beginData()
	return nil
}

// endMember checks the trailer of a member.
//
// RFC 1952, Sections 2.3 and 2.3.1.
func (z *Reader) endMember() error {
	const section = "2.3.1"
	z.src.align()
	offset := z.src.offset()
	crc, err := z.src.take(32)
	if err != nil {
		return err
	}
	if want := z.sum.Sum32(); crc != want {
		return gzipError(offset, section, "the CRC-32 is %08x, expected %08x for the content that came", crc, want)
	}
	offset = z.src.offset()
	size, err := z.src.take(32)
	if err != nil {
		return err
	}
	if size != z.size {
		return gzipError(offset, section, "the size is %d, expected %d for the content that came", size, z.size)
	}
	z.next = z.begin
	return nil
}

// A memberHeader reads the bytes of a header. Its first error stays, and zeros
// come after it.
type memberHeader struct {
	src *source
	crc uint32 // of the bytes so far, with its bits inverted
	err error
}

func (h *memberHeader) byte() byte {
	if h.err != nil {
		return 0
	}
	v, err := h.src.take(8)
	h.crc, h.err = crc32.IEEETable[byte(h.crc)^byte(v)]^h.crc>>8, err
	return byte(v)
}

func (h *memberHeader) uint16() uint16 { return uint16(h.byte()) | uint16(h.byte())<<8 }

func (h *memberHeader) skip(n int) {
	for range n {
		h.byte()
	}
}

// skipString skips what a zero ends, however long it is.
func (h *memberHeader) skipString() {
	for h.byte() != 0 {
	}
}
