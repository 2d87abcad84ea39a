package zstd

// execute decodes the sequences in the bitstream p, and puts the bytes of the
// block that they and the literals stand for into z.block.
//
// RFC 8878, Sections 3.1.1.3.2.1.2 and 3.1.1.4.
func (z *Reader) execute(p part, count int, literals []byte) ([]byte, error) {
	const section = "3.1.1.3.2.1.2"
	b, ok := newBitReader(p.data)
	if !ok {
		return nil, p.errorf(section, "the bitstream of the sequences ends with a zero byte or is empty")
	}
	lengths, offsets, matches := z.tables[lengthKind], z.tables[offsetKind], z.tables[matchKind]
	lengthState, offsetState, matchState := b.take(lengths.log), b.take(offsets.log), b.take(matches.log)
	used := 0 // bytes of the block
	for ; count > 0; count-- {
		b.load(p.data)
		length, distance, match := lengths.at(lengthState), offsets.at(offsetState), matches.at(matchState)
		offsetValue := distance.value + b.take(distance.extra)
		matched := int(match.value + b.take(match.extra))
		b.load(p.data)
		copied := int(length.value + b.take(length.extra))
		if count > 1 {
			lengthState = uint32(length.next) + b.take(length.bits)
			matchState = uint32(match.next) + b.take(match.bits)
			offsetState = uint32(distance.next) + b.take(distance.bits)
		}

		if copied > len(literals) {
			return nil, p.errorf("3.1.1.4", "a sequence copies %d literals, and %d are left", copied, len(literals))
		}
		if used+copied+matched > z.frame.maxBlock {
			return nil, z.tooLong(p)
		}
		z.reserve(used, copied+matched)
		copyShort(z.block[used:], literals, copied)
		literals = literals[copied:]
		used += copied

		back := z.repeatOffset(offsetValue, copied == 0)
		if back == 0 {
			return nil, p.errorf("3.1.1.5", "a sequence has the offset 0")
		}
		if back > uint32(z.frame.window) || int(back) > used+len(z.window.buf) {
			return nil, p.errorf("3.1.1.4", "a sequence has the offset %d, expected at most %d", back, min(z.frame.window, used+len(z.window.buf)))
		}
		z.copyMatch(used, int(back), matched)
		used += matched
	}
	if b.left() != 0 {
		return nil, p.errorf(section, "the bitstream of the sequences does not end with the last sequence")
	}
	return z.endBlock(p, used, literals)
}

// endBlock appends the literals that are left to the used bytes of a block.
func (z *Reader) endBlock(p part, used int, literals []byte) ([]byte, error) {
	if used+len(literals) > z.frame.maxBlock {
		return nil, z.tooLong(p)
	}
	z.reserve(used, len(literals))
	return z.block[:used+copy(z.block[used:], literals)], nil
}

func (z *Reader) tooLong(p part) error {
	return p.errorf("3.1.1.2.4", "the block decodes to more than %d bytes", z.frame.maxBlock)
}

// repeatOffset returns the offset that an offset value stands for, and makes it
// the most recent one. It is 0 if there is no such offset.
//
// RFC 8878, Section 3.1.1.5.
func (z *Reader) repeatOffset(value uint32, noLiterals bool) uint32 {
	o := &z.offsets
	if value > 3 {
		*o = [3]uint32{value - 3, o[0], o[1]}
		return o[0]
	}
	if noLiterals {
		value++
	}
	switch value {
	case 1:
	case 2:
		*o = [3]uint32{o[1], o[0], o[2]}
	case 3:
		*o = [3]uint32{o[2], o[0], o[1]}
	default:
		*o = [3]uint32{o[0] - 1, o[0], o[1]}
	}
	return o[0]
}

// slack is how many bytes may be written past the end of a copy.
const slack = 16

// copyShort copies n bytes, mostly few.
func copyShort(dst, src []byte, n int) {
	if n <= slack && len(src) >= slack {
		*(*[slack]byte)(dst) = [slack]byte(src)
		return
	}
	copy(dst, src[:n])
}

// copyMatch repeats n bytes from so far back at the place at of the block. They
// may begin in the window, and may overlap.
func (z *Reader) copyMatch(at, back, n int) {
	if back > at {
		copied := z.window.copy(z.block[at:at+n], back-at)
		if at, n = at+copied, n-copied; n == 0 {
			return
		}
	}
	dst := z.block[at:]
	from := z.block[at-back:]
	if back >= slack && n <= 4*slack {
		for i := 0; i < n; i += slack {
			*(*[slack]byte)(dst[i:]) = [slack]byte(from[i:])
		}
		return
	}
	// What has been copied can be repeated in turn.
	for done := 0; done < n; {
		done += copy(dst[done:n], from[:back+done])
	}
}
