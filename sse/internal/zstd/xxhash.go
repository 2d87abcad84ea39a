package zstd

import (
	"encoding/binary"
	"math/bits"
)

const (
	prime1 = 0x9E3779B185EBCA87
	prime2 = 0xC2B2AE3D27D4EB4F
	prime3 = 0x165667B19E3779F9
	prime4 = 0x85EBCA77C2B2AE63
	prime5 = 0x27D4EB2F165667C5
)

// An xxhash is an XXH64 with the seed 0.
//
// RFC 8878, Section 3.1.1.
type xxhash struct {
	lanes [4]uint64
	total uint64   // bytes so far
	tail  [32]byte // of which the last total%32 are here
}

func (h *xxhash) reset() {
	p1, p2 := uint64(prime1), uint64(prime2)
	h.lanes = [4]uint64{p1 + p2, p2, 0, -p1}
	h.total = 0
}

func (h *xxhash) write(p []byte) {
	held := int(h.total % 32)
	h.total += uint64(len(p))
	if held > 0 {
		n := copy(h.tail[held:], p)
		if p = p[n:]; held+n < len(h.tail) {
			return
		}
		h.stripes(h.tail[:])
	}
	h.stripes(p)
	copy(h.tail[:], p[len(p)&^31:])
}

// stripes takes in p but for what is left over of 32 bytes.
func (h *xxhash) stripes(p []byte) {
	a, b, c, d := h.lanes[0], h.lanes[1], h.lanes[2], h.lanes[3]
	for ; len(p) >= 32; p = p[32:] {
		a = round(a, binary.LittleEndian.Uint64(p))
		b = round(b, binary.LittleEndian.Uint64(p[8:]))
		c = round(c, binary.LittleEndian.Uint64(p[16:]))
		d = round(d, binary.LittleEndian.Uint64(p[24:]))
	}
	h.lanes = [4]uint64{a, b, c, d}
}

func round(lane, v uint64) uint64 { return bits.RotateLeft64(lane+v*prime2, 31) * prime1 }

func (h *xxhash) sum() uint64 {
	sum := uint64(prime5)
	if h.total >= 32 {
		sum = 0
		for i, lane := range h.lanes {
			sum += bits.RotateLeft64(lane, [4]int{1, 7, 12, 18}[i])
		}
		for _, lane := range h.lanes {
			sum = (sum^round(0, lane))*prime1 + prime4
		}
	}
	sum += h.total
	p := h.tail[:h.total%32]
	for ; len(p) >= 8; p = p[8:] {
		sum = bits.RotateLeft64(sum^round(0, binary.LittleEndian.Uint64(p)), 27)*prime1 + prime4
	}
	if len(p) >= 4 {
		sum = bits.RotateLeft64(sum^uint64(binary.LittleEndian.Uint32(p))*prime1, 23)*prime2 + prime3
		p = p[4:]
	}
	for _, c := range p {
		sum = bits.RotateLeft64(sum^uint64(c)*prime5, 11) * prime1
	}
	sum = (sum ^ sum>>33) * prime2
	sum = (sum ^ sum>>29) * prime3
	return sum ^ sum>>32
}
