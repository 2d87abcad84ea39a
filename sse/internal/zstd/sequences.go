package zstd

// How the table of a kind is given.
//
// RFC 8878, Section 3.1.1.3.2.1.
const (
	predefinedMode = iota
	rleMode
	compressedMode
	repeatMode
)

// readSequences decodes the rest of a compressed block to a part of z.block.
//
// RFC 8878, Section 3.1.1.3.2.
func (z *Reader) readSequences(p part, literals []byte) ([]byte, error) {
	const section = "3.1.1.3.2.1"
	count, ok := readCount(&p)
	if !ok {
		return nil, p.errorf(section, "the block ends before its number of sequences")
	}
	if count == 0 {
		if len(p.data) > 0 {
			return nil, p.errorf(section, "%d bytes follow in a block without sequences", len(p.data))
		}
		return z.endBlock(p, 0, literals)
	}
	start := p
	modes, ok := p.number(1)
	if !ok {
		return nil, p.errorf(section, "the block ends before the modes of its sequences")
	}
	if modes&3 != 0 {
		return nil, start.errorf(section, "the reserved bits of the modes of sequences 0x%02x are set, expected 0", modes)
	}
	for kind := range z.tables {
		if err := z.readTable(&p, kind, int(modes>>(6-2*kind)&3)); err != nil {
			return nil, err
		}
	}
	return z.execute(p, count, literals)
}

// readCount cuts Number_of_Sequences off p.
func readCount(p *part) (n int, ok bool) {
	v, ok := p.number(1)
	if n = int(v); !ok || n < 128 {
		return n, ok
	}
	if n < 255 {
		v, ok = p.number(1)
		return (n-128)<<8 + int(v), ok
	}
	v, ok = p.number(2)
	return int(v) + 0x7F00, ok
}

// readTable sets the table of a kind, and cuts off p what there is of it.
func (z *Reader) readTable(p *part, kind, mode int) error {
	const section = "3.1.1.3.2.1"
	book := &codebooks[kind]
	switch mode {
	case predefinedMode:
		z.tables[kind] = defaultTable(kind)
	case rleMode:
		start := *p
		symbol, ok := p.number(1)
		if !ok {
			return p.errorf(section, "the block ends before the code of its %s", book.name)
		}
		if symbol >= uint64(len(book.codes)) {
			return start.errorf(section, "the code of the %s is %d, expected at most %d", book.name, symbol, len(book.codes)-1)
		}
		z.tables[kind] = &z.own[kind]
		z.own[kind].single(book.codes[symbol])
	case compressedMode:
		if err := z.dist.read(p, book.maxLog, len(book.codes)-1); err != nil {
			return err
		}
		z.tables[kind] = &z.own[kind]
		z.own[kind].build(&z.dist, book.codes)
	default:
		if z.tables[kind] == nil {
			return p.errorf(section, "the %s repeat a table, and there was none before in the frame", book.name)
		}
	}
	return nil
}
