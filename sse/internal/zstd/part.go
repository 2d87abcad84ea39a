package zstd

// A part is a piece of the input that is at hand, with its place. What is taken
// from it is a part of the same memory.
type part struct {
	data   []byte
	offset int64 // of data in the input
}

// take cuts the first n bytes off, if there are as many.
func (p *part) take(n int) (head part, ok bool) {
	if n < 0 || n > len(p.data) {
		return part{}, false
	}
	head = part{p.data[:n:n], p.offset}
	p.data, p.offset = p.data[n:], p.offset+int64(n)
	return head, true
}

// number cuts a little-endian number of n bytes off, n at most 8, if there are
// as many.
func (p *part) number(n int) (v uint64, ok bool) {
	head, ok := p.take(n)
	for i, c := range head.data {
		v |= uint64(c) << (8 * i)
	}
	return v, ok
}

// errorf returns the error of a rule of RFC 8878 that the next bytes break.
func (p *part) errorf(section, format string, args ...any) *Error {
	return errorAt(p.offset, section, format, args...)
}
