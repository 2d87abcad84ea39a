package zstd

import "math/bits"

const (
	maxCodeBits  = 11
	maxWeightLog = 6 // accuracy of the table that decodes weights
	maxWeights   = 255
)

// A huffman is a Huffman tree, as a table of what the next bits stand for. Its
// symbols are the literals.
//
// RFC 8878, Section 4.2.
type huffman struct {
	present bool // in the frame so far
	// cells have the symbol in the upper byte and the length of its code in the
	// lower one.
	cells   [1 << maxCodeBits]uint16
	weights [maxWeights + 1]uint8
	table   table // of weights
}

// read cuts a tree description off p.
//
// RFC 8878, Section 4.2.1.
func (h *huffman) read(p *part, d *distribution) error {
	start := *p
	header, ok := p.number(1)
	if !ok {
		return p.errorf("4.2.1.1", "the literals end before their Huffman tree")
	}
	var n int
	var err error
	if header < 128 {
		content, ok := p.take(int(header))
		if !ok {
			return p.errorf("4.2.1.1", "the literals end after %d bytes of their Huffman tree, expected %d", len(p.data), header)
		}
		if n, err = h.readWeights(content, d); err != nil {
			return err
		}
	} else {
		n = int(header) - 127
		content, ok := p.take((n + 1) / 2)
		if !ok {
			return p.errorf("4.2.1.1", "the literals end after %d bytes of their Huffman tree, expected %d", len(p.data), (n+1)/2)
		}
		for i := range n {
			h.weights[i] = content.data[i/2] >> (4 * (1 - i&1)) & 0xF
		}
	}
	if reason := h.build(n); reason != "" {
		return start.errorf("4.2.1", "%s", reason)
	}
	h.present = true
	return nil
}

// readWeights decodes compressed weights and returns how many there are.
//
// RFC 8878, Section 4.2.1.2.
func (h *huffman) readWeights(p part, d *distribution) (int, error) {
	const section = "4.2.1.2"
	if err := d.read(&p, maxWeightLog, maxWeights); err != nil {
		return 0, err
	}
	h.table.build(d, nil)
	b, ok := newBitReader(p.data)
	if !ok {
		return 0, p.errorf(section, "the weights of a Huffman tree end with a zero byte or are none")
	}
	state, other := b.take(h.table.log), b.take(h.table.log)
	if b.left() < 0 {
		return 0, p.errorf(section, "the weights of a Huffman tree end before their first states")
	}
	for n := 0; n+2 <= maxWeights; n++ {
		c := h.table.at(state)
		h.weights[n] = uint8(c.value)
		if b.left() < int(c.bits) {
			h.weights[n+1] = uint8(h.table.at(other).value)
			return n + 2, nil
		}
		b.load(p.data)
		state, other = other, uint32(c.next)+b.take(c.bits)
	}
	return 0, p.errorf(section, "a Huffman tree has more than %d weights", maxWeights)
}

// build makes the table of the first n weights and of the last symbol, whose
// weight follows from them. It returns what is wrong with them.
//
// RFC 8878, Sections 4.2.1 and 4.2.1.3.
func (h *huffman) build(n int) string {
	var count [maxCodeBits + 1]int
	sum := 0
	for _, w := range h.weights[:n] {
		if w > maxCodeBits {
			return "a weight of the Huffman tree is larger than 11"
		}
		count[w]++
		sum += 1 << w >> 1
	}
	if sum == 0 {
		return "the Huffman tree has fewer than two symbols"
	}
	depth := bits.Len(uint(sum))
	if depth > maxCodeBits {
		return "a code of the Huffman tree is longer than 11 bits"
	}
	left := 1<<depth - sum
	if left&(left-1) != 0 {
		return "the Huffman tree is not complete with one more symbol"
	}
	h.weights[n] = uint8(bits.Len(uint(left)))
	count[h.weights[n]]++
	if count[1] == 0 {
		return "the Huffman tree has no symbol of weight 1"
	}

	// Codes in the order of their weights fill the table from its beginning.
	var next [maxCodeBits + 1]int
	at := 0
	for w := 1; w <= depth; w++ {
		next[w] = at
		at += count[w] << (w - 1 + maxCodeBits - depth)
	}
	for symbol, w := range h.weights[:n+1] {
		if w == 0 {
			continue
		}
		cell := uint16(symbol)<<8 | uint16(depth+1-int(w))
		run := 1 << (int(w) - 1 + maxCodeBits - depth)
		cells := h.cells[next[w]:][:run]
		for i := range cells {
			cells[i] = cell
		}
		next[w] += run
	}
	return ""
}

// readOne fills dst with the symbols of a single stream, all of p.
//
// RFC 8878, Section 4.2.2.
func (h *huffman) readOne(dst []byte, p part) error {
	b, ok := newBitReader(p.data)
	if !ok {
		return emptyStream(p)
	}
	if !h.finish(dst, b, p.data) {
		return wrongStream(p)
	}
	return nil
}

func emptyStream(p part) error {
	return p.errorf("4.2.2", "a Huffman stream ends with a zero byte or is empty")
}

func wrongStream(p part) error {
	return p.errorf("4.2.2", "a Huffman stream does not end with its last literal")
}

// readFour fills dst with the symbols of four streams, which follow a jump
// table.
//
// RFC 8878, Sections 3.1.1.3.1.6 and 4.2.2.
func (h *huffman) readFour(dst []byte, p part) error {
	const section = "3.1.1.3.1.6"
	start := p
	if len(dst) < 6 {
		return start.errorf(section, "%d literals are in 4 streams, expected at least 6", len(dst))
	}
	var streams [4]part
	table, ok := p.take(6)
	for i := range streams[:3] {
		n, _ := table.number(2)
		if ok {
			streams[i], ok = p.take(int(n))
		}
	}
	if streams[3] = p; !ok {
		return start.errorf(section, "the streams of the jump table are longer than the %d bytes of the literals", len(start.data))
	}
	var readers [4]bitReader
	for i, s := range streams {
		if readers[i], ok = newBitReader(s.data); !ok {
			return emptyStream(s)
		}
	}
	quarter := (len(dst) + 3) / 4
	done := h.together(dst, quarter, &streams, &readers)
	for i, s := range streams {
		if !h.finish(dst[i*quarter+done:min((i+1)*quarter, len(dst))], readers[i], s.data) {
			return wrongStream(s)
		}
	}
	return nil
}

// perLoad is how many symbols there are at least in what is loaded.
const perLoad = minLoaded / maxCodeBits

// together reads four streams in turns, which a processor does side by side, as
// long as all of them go on for a while. Each fills a quarter of dst, the last
// one up to three bytes less. It returns how many symbols of each that were.
func (h *huffman) together(dst []byte, quarter int, streams *[4]part, readers *[4]bitReader) int {
	a, b, c, d := readers[0], readers[1], readers[2], readers[3]
	aIn, bIn, cIn, dIn := streams[0].data, streams[1].data, streams[2].data, streams[3].data
	aOut, bOut, cOut, dOut := dst[:quarter], dst[quarter:][:quarter], dst[2*quarter:][:quarter], dst[3*quarter:]
	done := 0
	for done+perLoad <= len(dOut) && min(a.pos, b.pos, c.pos, d.pos) >= 8 {
		a.loadFast(aIn)
		b.loadFast(bIn)
		c.loadFast(cIn)
		d.loadFast(dIn)
		for range perLoad {
			aOut[done] = h.next(&a)
			bOut[done] = h.next(&b)
			cOut[done] = h.next(&c)
			dOut[done] = h.next(&d)
			done++
		}
	}
	*readers = [4]bitReader{a, b, c, d}
	return done
}

// next decodes a symbol of what is loaded.
func (h *huffman) next(b *bitReader) byte {
	c := h.cells[b.acc>>(64-maxCodeBits)]
	b.drop(int(c & 0xFF))
	return byte(c >> 8)
}

// finish fills dst with the rest of a stream, and reports whether that is all of
// it.
func (h *huffman) finish(dst []byte, b bitReader, data []byte) bool {
	for len(dst) > 0 {
		b.load(data)
		n := min(perLoad, len(dst))
		for i := range dst[:n] {
			dst[i] = h.next(&b)
		}
		dst = dst[n:]
	}
	return b.left() == 0
}
