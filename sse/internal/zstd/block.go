package zstd

// The types of blocks.
//
// RFC 8878, Section 3.1.1.2.2.
const (
	rawBlock = iota
	rleBlock
	compressedBlock
)

// nextBlock reads the header of a block, and its content unless it is raw.
//
// RFC 8878, Section 3.1.1.2.
func (z *Reader) nextBlock() error {
	p, err := z.src.inside(3)
	if err != nil {
		return err
	}
	header := p
	v, _ := p.number(3)
	last, kind, size := v&1 != 0, v>>1&3, int(v>>3)
	if kind > compressedBlock {
		return header.errorf("3.1.1.2.2", "the block type is 3, expected 0, 1 or 2")
	}
	if size > z.frame.maxBlock {
		return header.errorf("3.1.1.2.4", "the block size is %d, expected at most %d", size, z.frame.maxBlock)
	}
	z.src.skip(3)
	z.last = last
	var decoded []byte
	switch kind {
	case rawBlock:
		z.raw = size
		return nil
	case rleBlock:
		if p, err = z.src.inside(1); err != nil {
			return err
		}
		z.reserve(0, size)
		decoded = z.block[:size]
		fill(decoded, p.data[0])
		z.src.skip(1)
	default:
		if p, err = z.src.inside(size); err != nil {
			return err
		}
		if decoded, err = z.decompress(p); err != nil {
			return err
		}
		z.src.skip(size)
	}
	return z.finish(header.offset, decoded, last)
}

// rawBytes passes on what has arrived of a raw block.
func (z *Reader) rawBytes() error {
	p, err := z.src.some(z.raw)
	if err != nil {
		return err
	}
	z.raw -= len(p.data)
	return z.finish(p.offset, p.data, z.last && z.raw == 0)
}

// decompress decodes the content of a compressed block to a part of z.block.
//
// RFC 8878, Section 3.1.1.3.
func (z *Reader) decompress(p part) ([]byte, error) {
	literals, err := z.readLiterals(&p)
	if err != nil {
		return nil, err
	}
	return z.readSequences(p, literals)
}

// finish hands out decoded bytes. It keeps them for later blocks, of which there
// are none after the last bytes of a frame.
func (z *Reader) finish(offset int64, decoded []byte, last bool) error {
	if err := z.frame.add(offset, len(decoded)); err != nil {
		return err
	}
	if z.frame.checksum {
		z.hash.write(decoded)
	}
	if !last {
		z.window.add(decoded)
	}
	z.out = decoded
	return nil
}

// reserve makes room for n more bytes in z.block, of which used are in use, and
// for the slack after them.
func (z *Reader) reserve(used, n int) {
	if need := used + n + slack; need > len(z.block) {
		block := make([]byte, max(need, min(2*len(z.block), maxBlock+slack), minBuffer))
		copy(block, z.block[:used])
		z.block = block
	}
}

// fill sets all bytes of p to c.
func fill(p []byte, c byte) {
	if len(p) > 0 {
		p[0] = c
	}
	for n := 1; n < len(p); n *= 2 {
		copy(p[n:], p[:n])
	}
}
