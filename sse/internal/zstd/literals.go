package zstd

// The types of literals sections.
//
// RFC 8878, Section 3.1.1.3.1.1.
const (
	rawLiterals = iota
	rleLiterals
	compressedLiterals
	treelessLiterals
)

// A literalsHeader is a Literals_Section_Header.
//
// RFC 8878, Section 3.1.1.3.1.1.
type literalsHeader struct {
	kind       int
	size       int  // of the literals
	compressed int  // bytes of the tree and the streams
	four       bool // streams, not one
}

// readLiteralsHeader cuts the header off p.
func readLiteralsHeader(p *part) (h literalsHeader, err error) {
	const section = "3.1.1.3.1.1"
	start := *p
	if len(p.data) == 0 {
		return h, p.errorf(section, "the block is empty, expected a header of literals")
	}
	h.kind = int(p.data[0] & 3)
	format := p.data[0] >> 2 & 3
	length, width := [...]int{1, 2, 1, 3}[format], [...]int{5, 12, 5, 20}[format]
	if h.kind >= compressedLiterals {
		length, width = [...]int{3, 3, 4, 5}[format], [...]int{10, 10, 14, 18}[format]
	}
	v, ok := p.number(length)
	if !ok {
		return h, start.errorf(section, "the block has %d bytes, expected a header of literals of %d", len(start.data), length)
	}
	if length == 1 {
		v >>= 3
	} else {
		v >>= 4
	}
	h.size = int(v & (1<<width - 1))
	h.compressed = int(v >> width)
	h.four = h.kind >= compressedLiterals && format != 0
	return h, nil
}

// readLiterals cuts the literals section off the content of a block. The
// literals are part of it, or of z.literals.
//
// RFC 8878, Section 3.1.1.3.1.
func (z *Reader) readLiterals(p *part) ([]byte, error) {
	start := *p
	h, err := readLiteralsHeader(p)
	if err != nil {
		return nil, err
	}
	if h.size > z.frame.maxBlock {
		return nil, start.errorf("3.1.1.2.4", "the block has %d bytes of literals, expected at most %d", h.size, z.frame.maxBlock)
	}
	switch h.kind {
	case rawLiterals:
		content, ok := p.take(h.size)
		if !ok {
			return nil, p.errorf("3.1.1.3.1.2", "the block ends after %d literals, expected %d", len(p.data), h.size)
		}
		return content.data, nil
	case rleLiterals:
		c, ok := p.number(1)
		if !ok {
			return nil, p.errorf("3.1.1.3.1.3", "the block ends before its literal")
		}
		z.growLiterals(h.size)
		fill(z.literals, byte(c))
		return z.literals, nil
	}
	content, ok := p.take(h.compressed)
	if !ok {
		return nil, p.errorf("3.1.1.3.1.4", "the block ends after %d bytes of literals, expected %d", len(p.data), h.compressed)
	}
	if h.kind == compressedLiterals {
		if err := z.huffman.read(&content, &z.dist); err != nil {
			return nil, err
		}
	} else if !z.huffman.present {
		return nil, start.errorf("3.1.1.3.1.1", "the literals have no Huffman tree, and there was none before in the frame")
	}
	z.growLiterals(h.size)
	if h.four {
		return z.literals, z.huffman.readFour(z.literals, content)
	}
	return z.literals, z.huffman.readOne(z.literals, content)
}

// growLiterals makes z.literals n bytes long.
func (z *Reader) growLiterals(n int) {
	if n > cap(z.literals) {
		z.literals = make([]byte, max(n, min(2*cap(z.literals), maxBlock)))
	}
	z.literals = z.literals[:n]
}
