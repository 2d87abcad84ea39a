package inflate

// numLengthCodes is how many symbols there are to describe code lengths with.
const numLengthCodes = 19

// The symbols that are not lengths themselves.
const (
	repeatLength    = 16 // the length before, 3 to 6 times
	repeatZero      = 17 // 3 to 10 times
	repeatZeroOften = 18 // 11 to 138 times
)

// lengthOrder is the order in which the lengths of their codes come.
var lengthOrder = [numLengthCodes]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// A lengthCodes is what the lengths of the codes of a block are read with.
type lengthCodes struct {
	table   [1 << headerBits]entry
	codes   canonical
	lengths [maxLiterals + maxDistances]uint8
}

// lengthSymbols returns what the symbols stand for: the values are themselves.
func lengthSymbols() (symbols [numLengthCodes]entry) {
	for i, extra := range [numLengthCodes]entry{repeatLength: 2, repeatZero: 3, repeatZeroOften: 7} {
		symbols[i] = entry(i)<<16 | extra<<8
	}
	return symbols
}

// readCodes reads the codes of a block into z.own.
//
// RFC 1951, Section 3.2.7. What is not complete is refused as zlib does.
func (z *Reader) readCodes() error {
	const section = "3.2.7"
	v, err := z.src.take(5 + 5 + 4)
	if err != nil {
		return err
	}
	literals, distances, n := int(v&0x1F)+257, int(v>>5&0x1F)+1, int(v>>10)+4
	switch {
	case literals > maxLiterals:
		return deflateError(z.begun, section, "a block has %d literal/length codes, expected at most %d", literals, maxLiterals)
	case distances > maxDistances:
		return deflateError(z.begun, section, "a block has %d distance codes, expected at most %d", distances, maxDistances)
	}
	h := &z.header
	lengths := h.lengths[:numLengthCodes]
	clear(lengths)
	for _, symbol := range lengthOrder[:n] {
		v, err := z.src.take(3)
		if err != nil {
			return err
		}
		lengths[symbol] = uint8(v)
	}
	if left := h.codes.build(h.table[:], lengths, z.fixed.lengths[:]); left != 0 {
		return z.codesError("code length", left)
	}
	lengths = h.lengths[:literals+distances]
	if err := z.readLengths(lengths); err != nil {
		return err
	}
	if lengths[256] == 0 {
		return deflateError(z.begun, section, "a block has no end-of-block code, expected one")
	}
	if left := z.own.literals.build(z.own.literalTable[:], lengths[:literals], z.fixed.literals[:]); left != 0 && !single(left, lengths[:literals]) {
		return z.codesError("literal/length", left)
	}
	if left := z.own.distances.build(z.own.distanceTable[:], lengths[literals:], z.fixed.distances[:]); left != 0 && !single(left, lengths[literals:]) {
		return z.codesError("distance", left)
	}
	return nil
}

// readLengths reads code lengths. One that is repeated may be so over the border
// between literals and distances.
func (z *Reader) readLengths(lengths []uint8) error {
	const section = "3.2.7"
	for i := 0; i < len(lengths); {
		offset := z.src.offset()
		e, err := z.lengthSymbol()
		if err != nil {
			return err
		}
		symbol, times, value := e.value(), 1, uint8(0)
		switch symbol {
		default:
			lengths[i] = uint8(symbol)
			i++
			continue
		case repeatLength:
			if i == 0 {
				return deflateError(offset, section, "a code length is to be repeated, expected one before it")
			}
			times, value = 3, lengths[i-1]
		case repeatZero:
			times = 3
		case repeatZeroOften:
			times = 11
		}
		more, err := z.src.take(e.extra())
		if err != nil {
			return err
		}
		if times += int(more); times > len(lengths)-i {
			return deflateError(offset, section, "a code length is repeated %d times, expected at most %d", times, len(lengths)-i)
		}
		for range times {
			lengths[i] = value
			i++
		}
	}
	return nil
}

// lengthSymbol takes a symbol, waiting for as many bits as it has.
func (z *Reader) lengthSymbol() (entry, error) {
	for {
		e := z.header.table[z.src.acc&(1<<headerBits-1)]
		if e.length() <= z.src.n {
			z.src.drop(e.length())
			return e, nil
		}
		if err := inside(z.src.need(z.src.n + 1)); err != nil {
			return 0, err
		}
	}
}

// single reports whether a code that has left codes left over consists of a
// single code of one bit, or of none at all. A block with no more than one
// distance has such a code.
func single(left int, lengths []uint8) bool {
	if left < 0 {
		return false
	}
	sum := 0
	for _, n := range lengths {
		sum += int(n)
	}
	return sum <= 1
}

func (z *Reader) codesError(which string, left int) error {
	what := "incomplete"
	if left < 0 {
		what = "over-subscribed"
	}
	return deflateError(z.begun, "3.2.7", "the %s code of a block is %s, expected a complete one", which, what)
}
