package zstd

import (
	"encoding/binary"
	"math/bits"
)

// A bitReader reads a bitstream backwards: from its last byte, whose highest set
// bit stands before the first bit, to its first byte. Bits before the beginning
// are zero. The bytes are handed to it each time, which lets a loop keep the rest
// in registers.
type bitReader struct {
	acc uint64 // loaded, with the next bit on top; below the last come bits of data, or zeros
	n   int    // bits in acc, less than zero if too many were taken
	pos int    // bytes that are not loaded
}

// minLoaded is how many bits there are after a load, unless there are no more.
const minLoaded = 56

// newBitReader begins a bitstream, if there is one, and loads its first bits.
func newBitReader(data []byte) (b bitReader, ok bool) {
	if len(data) == 0 || data[len(data)-1] == 0 {
		return b, false
	}
	b.pos = len(data)
	b.load(data)
	b.drop(bits.LeadingZeros64(b.acc) + 1)
	return b, true
}

// load loads more bits.
func (b *bitReader) load(data []byte) {
	if b.pos >= 8 {
		b.loadFast(data)
		return
	}
	for b.n < minLoaded && b.pos > 0 {
		b.pos--
		b.acc |= uint64(data[b.pos]) << (56 - b.n)
		b.n += 8
	}
}

// loadFast is load where there are eight bytes or more.
func (b *bitReader) loadFast(data []byte) {
	b.acc |= binary.LittleEndian.Uint64(data[b.pos-8:]) >> (b.n & 63)
	n := (63 - b.n) >> 3
	b.pos -= n
	b.n += 8 * n
}

// drop takes n bits.
func (b *bitReader) drop(n int) {
	b.acc <<= n & 63
	b.n -= n
}

// take takes n bits, at most 32, of those that are loaded.
func (b *bitReader) take(n uint8) uint32 {
	v := uint32(b.acc >> 32 >> ((32 - n) & 63))
	b.drop(int(n))
	return v
}

// left returns how many bits there are, less than zero if too many were taken.
func (b *bitReader) left() int { return b.n + 8*b.pos }

// A forwardReader reads bits from the lowest of the first byte on. Bits after
// the end are zero.
type forwardReader struct {
	data []byte
	pos  int // in bits
}

// peek returns the next n bits, at most 16.
func (f *forwardReader) peek(n int) int {
	var v int
	for i := range 3 {
		if at := f.pos>>3 + i; at < len(f.data) {
			v |= int(f.data[at]) << (8 * i)
		}
	}
	return v >> (f.pos & 7) & (1<<n - 1)
}

// take takes the next n bits, at most 16.
func (f *forwardReader) take(n int) int {
	v := f.peek(n)
	f.pos += n
	return v
}
