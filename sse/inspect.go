package sse

import (
	"bytes"
	"encoding/binary"
)

// inspect reports whether p has a CR, and whether it has bytes beyond ASCII. It
// looks at all of p, and once.
func inspect(p []byte) (cr, wide bool) {
	n := len(p) &^ 63
	if n > 0 {
		cr, wide = inspectBlocks(p[:n])
	}
	for _, c := range p[n:] {
		cr = cr || c == '\r'
		wide = wide || c >= 0x80
	}
	return cr, wide
}

// inner reports whether all bytes of p are ASCII and beyond CR, so that they are
// from the inside of a line, of which nothing has to be repaired. It takes less
// time than to look for all that there may be.
func inner(p []byte) bool {
	n := len(p) &^ 63
	if n > 0 && !innerBlocks(p[:n]) {
		return false
	}
	for _, c := range p[n:] {
		if c <= '\r' || c >= 0x80 {
			return false
		}
	}
	return true
}

// innerWords is innerBlocks for any processor.
func innerWords(p []byte) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	for ; len(p) >= 8; p = p[8:] {
		w := binary.LittleEndian.Uint64(p)
		if (w-('\r'+1)*ones|w)&high != 0 {
			return false
		}
	}
	return true
}

// inspectWords is inspectBlocks for any processor.
func inspectWords(p []byte) (cr, wide bool) {
	const high = 0x8080808080808080
	cr = bytes.IndexByte(p, '\r') >= 0
	for len(p) >= 64 {
		q := p[:64:64]
		w := binary.LittleEndian.Uint64(q[0:]) | binary.LittleEndian.Uint64(q[8:]) |
			binary.LittleEndian.Uint64(q[16:]) | binary.LittleEndian.Uint64(q[24:]) |
			binary.LittleEndian.Uint64(q[32:]) | binary.LittleEndian.Uint64(q[40:]) |
			binary.LittleEndian.Uint64(q[48:]) | binary.LittleEndian.Uint64(q[56:])
		if w&high != 0 {
			return cr, true
		}
		p = p[64:]
	}
	return cr, false
}
