package inflate

// maxBlockHeader is how many bytes the header of a block has at most, with its
// codes: 3 and 14 bits, 19 lengths of 3 bits, and 316 lengths of 7 bits. A length
// that is followed by bits stands for at least three.
const maxBlockHeader = (3 + 14 + 19*3 + (maxLiterals+maxDistances)*7 + 7) / 8

// The values of BTYPE.
const (
	storedBlock = iota
	fixedBlock
	dynamicBlock
)

// nextBlock begins a block.
//
// RFC 1951, Section 3.2.3.
func (z *Reader) nextBlock() error {
	z.begun = z.src.offset()
	v, err := z.src.take(3)
	if err != nil {
		return err
	}
	z.last = v&1 != 0
	switch v >> 1 {
	case storedBlock:
		return z.beginStored()
	case fixedBlock:
		z.codes = &z.fixed.codes
	case dynamicBlock:
		if err := z.readCodes(); err != nil {
			return err
		}
		z.codes = &z.own
	default:
		return deflateError(z.begun, "3.2.3", "a block has the type 3, expected at most 2")
	}
	z.next = (*Reader).symbols
	return nil
}

// endBlock goes on after a block.
func (z *Reader) endBlock() {
	if z.last {
		z.inData, z.next = false, z.end
	} else {
		z.next = (*Reader).nextBlock
	}
}

// beginStored begins a stored block.
//
// RFC 1951, Section 3.2.4.
func (z *Reader) beginStored() error {
	z.src.align()
	offset := z.src.offset()
	v, err := z.src.take(32)
	if err != nil {
		return err
	}
	length, complement := uint16(v), uint16(v>>16)
	if complement != ^length {
		return deflateError(offset, "3.2.4", "the length of a stored block is %04x and its complement %04x, expected %04x", length, complement, ^length)
	}
	z.stored = int(length)
	z.next = (*Reader).storedBytes
	return nil
}

// storedBytes copies what has arrived of a stored block.
func (z *Reader) storedBytes() error {
	w := &z.window
	for z.stored > 0 {
		if !w.room(1) || w.pending() > 0 && z.src.n == 0 && z.src.arrived() == 0 {
			return nil
		}
		n, err := z.src.some(w.buf[w.end:min(len(w.buf), w.end+z.stored)])
		if err != nil {
			return err
		}
		w.end += n
		z.stored -= n
	}
	z.endBlock()
	return nil
}
