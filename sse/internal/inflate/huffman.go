package inflate

import (
	"math/bits"
	"sync"
)

const (
	maxCodeLength = 15
	literalBits   = 10 // of the code of a literal or a length that a table has at once
	distanceBits  = 9
	headerBits    = 7 // of the code of a code length, which has no more

	allLiterals  = 288 // that have a fixed code
	allDistances = 32
	maxLiterals  = 286 // that a block can describe codes for
	maxDistances = 30
)

// An entry says what a code stands for. From the lowest byte on it has the length
// of the code, kinds with the number of extra bits, and a value.
type entry uint32

const (
	literal    entry = 1 << (12 + iota) // the value is a byte
	endOfBlock                          // of codes for literals and lengths
	invalid                             // what no encoder may use
	long                                // the code is longer than the table can tell

	special   = endOfBlock | invalid | long
	extraBits = 0xF << 8
)

func (e entry) length() uint { return uint(e & 0xFF) }
func (e entry) extra() uint  { return uint(e&extraBits) >> 8 }
func (e entry) value() int   { return int(e >> 16) }

// A canonical is a Huffman code. Codes up to the size of a table, which stands
// beside it, are found there by the bits that come next, and the others by
// comparing them with the first code that is longer.
//
// RFC 1951, Section 3.2.2.
type canonical struct {
	limit  [maxCodeLength + 1]uint32 // the code after the last of that length, with zeros up to 15 bits
	index  [maxCodeLength + 1]int32  // from a code of that length to its place in sorted
	sorted [allLiterals]entry        // in the order of their codes
}

// build makes the code of what the symbols stand for, whose codes have such
// lengths, and its table. It returns how many codes of 15 bits are left over, less
// than zero if there are too many codes, in which case the code is of no use.
//
// A code that is not complete is of use only if it has one code of one bit, or
// none at all. The other bit, or either, is invalid then.
func (c *canonical) build(table []entry, lengths []uint8, symbols []entry) (left int) {
	var count [maxCodeLength + 1]int
	for _, n := range lengths {
		count[n]++
	}
	var place [maxCodeLength + 1]int
	code, sum := 0, 0
	left = 1
	for n := 1; n <= maxCodeLength; n++ {
		if left = left<<1 - count[n]; left < 0 {
			return left
		}
		code <<= 1
		place[n] = sum
		c.index[n] = int32(sum - code)
		code += count[n]
		sum += count[n]
		c.limit[n] = uint32(code) << (maxCodeLength - n)
	}
	for symbol, n := range lengths {
		if n != 0 {
			c.sorted[place[n]] = symbols[symbol] | entry(n)
			place[n]++
		}
	}
	rest := long
	if left > 0 {
		rest = invalid | 1
	}
	c.fill(table, &count, rest)
	return left
}

// fill makes the table. A table of n bits is twice one of n-1 bits, with the codes
// of n bits at places which are still free. As the first bit of a code is the
// lowest one, places come in the order of their reversed bits. Those that no code
// is found at have the entry rest.
func (c *canonical) fill(table []entry, count *[maxCodeLength + 1]int, rest entry) {
	tableBits := bits.Len(uint(len(table))) - 1
	code, sum := 0, 0
	for n, size := 1, 1; n <= tableBits; n, size = n+1, 2*size {
		copy(table[size:2*size], table[:size])
		code <<= 1
		for range count[n] {
			table[reverse(code, n)] = c.sorted[sum]
			code++
			sum++
		}
	}
	for ; code < len(table); code++ {
		table[reverse(code, tableBits)] = rest
	}
}

// reverse returns the n bits of v in the other order.
func reverse(v, n int) uint16 { return bits.Reverse16(uint16(v)) >> (16 - n) }

// find returns the entry of a code that is longer than tableBits, which comes
// next in acc.
func (c *canonical) find(acc uint64, tableBits int) entry {
	code := uint32(bits.Reverse16(uint16(acc))) >> 1
	n := tableBits + 1
	for code >= c.limit[n] {
		n++
	}
	return c.sorted[c.index[n]+int32(code>>(maxCodeLength-n))]
}

// The codes of a block: for literals and lengths, and for distances.
type codes struct {
	literalTable  [1 << literalBits]entry
	distanceTable [1 << distanceBits]entry
	literals      canonical
	distances     canonical
}

// literal returns the entry of the literal or length that comes next in acc. Not
// all of its bits have to be there, zeros standing for those that are not: then
// the entry has a length that is more than there is, and no other meaning.
func (c *codes) literal(acc uint64) entry {
	e := c.literalTable[acc&(1<<literalBits-1)]
	if e&long != 0 {
		e = c.literals.find(acc, literalBits)
	}
	return e
}

// distance is the same for a distance.
func (c *codes) distance(acc uint64) entry {
	e := c.distanceTable[acc&(1<<distanceBits-1)]
	if e&long != 0 {
		e = c.distances.find(acc, distanceBits)
	}
	return e
}

// A fixed is what is the same for all streams: what symbols stand for, and the
// fixed codes.
type fixed struct {
	literals  [allLiterals]entry
	distances [allDistances]entry
	lengths   [numLengthCodes]entry
	codes     codes
}

// theFixed makes it once. Programs that decode nothing do without.
//
// RFC 1951, Sections 3.2.5 and 3.2.6.
var theFixed = sync.OnceValue(func() *fixed {
	f := &fixed{literals: literalSymbols(), distances: distanceSymbols(), lengths: lengthSymbols()}
	var lengths [allLiterals]uint8
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 8
		}
	}
	f.codes.literals.build(f.codes.literalTable[:], lengths[:], f.literals[:])
	for i := range allDistances {
		lengths[i] = 5
	}
	f.codes.distances.build(f.codes.distanceTable[:], lengths[:allDistances], f.distances[:])
	return f
})
