package inflate

// literalSymbols returns what the symbols of literals and lengths stand for. The
// value of a length is the smallest one.
//
// RFC 1951, Section 3.2.5.
func literalSymbols() (symbols [allLiterals]entry) {
	for i := range 256 {
		symbols[i] = literal | entry(i)<<16
	}
	symbols[256] = endOfBlock
	base := entry(3)
	for i := range 28 {
		extra := entry(max(0, i/4-1))
		symbols[257+i] = base<<16 | extra<<8
		base += 1 << extra
	}
	symbols[285] = maxLength << 16
	symbols[286] = invalid | 286<<16
	symbols[287] = invalid | 287<<16
	return symbols
}

// distanceSymbols does so for distances.
func distanceSymbols() (symbols [allDistances]entry) {
	base := entry(1)
	for i := range maxDistances {
		extra := entry(max(0, i/2-1))
		symbols[i] = base<<16 | extra<<8
		base += 1 << extra
	}
	symbols[30] = invalid | 30<<16
	symbols[31] = invalid | 31<<16
	return symbols
}

// symbols decodes a block as far as it has arrived. It waits for more only if
// there is nothing to hand out.
func (z *Reader) symbols() error {
	for {
		z.fast()
		if !z.window.room(outputRoom) {
			return nil
		}
		z.src.load()
		switch state, err := z.symbol(); {
		case err != nil:
			return err
		case state == atEnd:
			z.endBlock()
			return nil
		case state == atSymbol:
		case z.window.pending() > 0:
			return nil
		default:
			if err := inside(z.src.fill()); err != nil {
				return err
			}
		}
	}
}

// A state is where a block stands after what was decoded of it.
type state uint8

const (
	atSymbol state = iota // another one comes next
	inSymbol              // not all of its bits are loaded
	atEnd
)

// symbol decodes a literal, or a length with its distance, of what is loaded. It
// takes nothing before all of it is there, which is at most 48 bits.
func (z *Reader) symbol() (state, error) {
	acc, left := z.src.acc, z.src.n
	e := z.codes.literal(acc)
	n := e.length()
	switch {
	case n > left:
		return inSymbol, nil
	case e&literal != 0:
		z.window.buf[z.window.end] = byte(e.value())
		z.window.end++
		z.src.drop(n)
		return atSymbol, nil
	case e&endOfBlock != 0:
		z.src.drop(n)
		return atEnd, nil
	case e&invalid != 0:
		return 0, z.invalidSymbol("a literal or length", e, n, 0)
	}
	length, used := z.number(e, 0)
	e = z.codes.distance(acc >> used)
	switch n := e.length(); {
	case used+n > left:
		return inSymbol, nil
	case e&invalid != 0:
		return 0, z.invalidSymbol("a distance", e, n, used)
	}
	distance, total := z.number(e, used)
	if total > left {
		return inSymbol, nil
	}
	if distance > z.window.end {
		z.src.drop(used)
		return 0, deflateError(z.src.offset(), "3.2.3", "a distance is %d, expected at most %d", distance, z.window.end)
	}
	z.src.drop(total)
	z.window.repeat(length, distance)
	return atSymbol, nil
}

// number returns a length or distance whose code e has after the first bits
// that are loaded, and where it ends.
func (z *Reader) number(e entry, from uint) (v int, to uint) {
	from += e.length()
	return e.value() + int(z.src.acc>>from&(1<<e.extra()-1)), from + e.extra()
}

// invalidSymbol returns the error of a code of n bits which comes after the first
// bits that are loaded.
func (z *Reader) invalidSymbol(what string, e entry, n, from uint) error {
	z.src.drop(from)
	if e.value() == 0 {
		return deflateError(z.src.offset(), "3.2.7", "%s has the code %0*b, expected one that the block describes", what, n, z.src.acc&(1<<n-1))
	}
	return deflateError(z.src.offset(), "3.2.6", "%s has the symbol %d, expected at most %d", what, e.value(), e.value()&^1-1)
}
