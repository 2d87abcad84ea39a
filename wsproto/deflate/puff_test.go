package deflate

import (
	"errors"
	"fmt"
)

// A puff inflates deflate streams by the letter of RFC 1951, slowly, and judges
// what a fast library does not look at: how far back a stream refers.
type puff struct {
	window   int    // the largest distance that is allowed
	tail     string // is put after a payload
	furthest int    // the largest that was seen

	in   []byte
	bit  int
	out  []byte
	from int // where in out the message begins
}

var errPuffShort = errors.New("the stream ends early")

// message inflates the payload of one message. What was inflated before stays
// within reach if there is takeover.
func (p *puff) message(payload []byte, takeover bool) ([]byte, error) {
	if !takeover {
		p.out = p.out[:0]
	}
	p.in, p.bit, p.from = append(append([]byte(nil), payload...), p.tail...), 0, len(p.out)
	for {
		final, err := p.block()
		switch {
		case err != nil:
			return nil, err
		case final:
			p.bit = (p.bit + 7) &^ 7
			if p.bit >= 8*len(payload) {
				return p.out[p.from:], nil
			}
		case p.bit == 8*len(p.in) && p.tail == string(syncTail):
			return p.out[p.from:], nil
		}
	}
}

func (p *puff) bits(n int) (v int, err error) {
	for i := range n {
		if p.bit >= 8*len(p.in) {
			return 0, errPuffShort
		}
		v |= int(p.in[p.bit/8]>>(p.bit%8)&1) << i
		p.bit++
	}
	return v, nil
}

func (p *puff) block() (final bool, err error) {
	v, err := p.bits(3)
	if err != nil {
		return false, err
	}
	final = v&1 != 0
	switch v >> 1 {
	case 0:
		return final, p.stored()
	case 1:
		var lengths [288 + 30]int
		for i := range 288 {
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
		for i := range 30 {
			lengths[288+i] = 5
		}
		return final, p.codes(newPuffCode(lengths[:288]), newPuffCode(lengths[288:]))
	case 2:
		lit, dist, err := p.tables()
		if err != nil {
			return false, err
		}
		return final, p.codes(lit, dist)
	}
	return false, errors.New("block type 3")
}

func (p *puff) stored() error {
	p.bit = (p.bit + 7) &^ 7
	n, err := p.bits(16)
	if err != nil {
		return err
	}
	inverse, err := p.bits(16)
	if err != nil {
		return err
	}
	if n != ^inverse&0xFFFF {
		return fmt.Errorf("length %04x and inverse %04x", n, inverse)
	}
	at := p.bit / 8
	if at+n > len(p.in) {
		return errPuffShort
	}
	p.out = append(p.out, p.in[at:at+n]...)
	p.bit += 8 * n
	return nil
}

// A puffCode is a canonical Huffman code: how many codes there are of each
// length, and the symbols in the order of their codes.
type puffCode struct {
	count   [16]int
	symbols []int
}

func newPuffCode(lengths []int) *puffCode {
	code := &puffCode{}
	for length := 1; length <= 15; length++ {
		for symbol, l := range lengths {
			if l == length {
				code.count[length]++
				code.symbols = append(code.symbols, symbol)
			}
		}
	}
	return code
}

// complete reports whether every sequence of bits has a meaning. A single code of
// one bit and none at all are let pass.
func (c *puffCode) complete() bool {
	left := 1
	for _, n := range c.count[1:] {
		if left = left<<1 - n; left < 0 {
			return false
		}
	}
	return left == 0 || len(c.symbols) == 0 || len(c.symbols) == 1 && c.count[1] == 1
}

func (p *puff) symbol(code *puffCode) (int, error) {
	v, first, index := 0, 0, 0
	for length := 1; length <= 15; length++ {
		if p.bit >= 8*len(p.in) {
			return 0, errPuffShort
		}
		v |= int(p.in[p.bit/8] >> (p.bit % 8) & 1)
		p.bit++
		count := code.count[length]
		if v-first < count {
			return code.symbols[index+v-first], nil
		}
		index += count
		first = (first + count) << 1
		v <<= 1
	}
	return 0, errors.New("no such code")
}

func (p *puff) tables() (lit, dist *puffCode, err error) {
	v, err := p.bits(14)
	if err != nil {
		return nil, nil, err
	}
	nlit, ndist, ncode := v&31+257, v>>5&31+1, v>>10+4
	if nlit > 286 || ndist > 30 {
		return nil, nil, errors.New("too many codes")
	}
	order := []int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
	var lengths [19]int
	for _, i := range order[:ncode] {
		if lengths[i], err = p.bits(3); err != nil {
			return nil, nil, err
		}
	}
	code := newPuffCode(lengths[:])
	if !code.complete() {
		return nil, nil, errors.New("code lengths that are not complete")
	}
	var all []int
	for len(all) < nlit+ndist {
		symbol, err := p.symbol(code)
		if err != nil {
			return nil, nil, err
		}
		repeat, value := 1, symbol
		switch symbol {
		case 16:
			if len(all) == 0 {
				return nil, nil, errors.New("nothing to repeat")
			}
			repeat, err = p.bits(2)
			repeat, value = repeat+3, all[len(all)-1]
		case 17:
			repeat, err = p.bits(3)
			repeat, value = repeat+3, 0
		case 18:
			repeat, err = p.bits(7)
			repeat, value = repeat+11, 0
		}
		if err != nil {
			return nil, nil, err
		}
		for range repeat {
			all = append(all, value)
		}
	}
	if len(all) > nlit+ndist {
		return nil, nil, errors.New("too many code lengths")
	}
	lit, dist = newPuffCode(all[:nlit]), newPuffCode(all[nlit:])
	if !lit.complete() || !dist.complete() {
		return nil, nil, errors.New("a code that is not complete")
	}
	return lit, dist, nil
}

var (
	puffLengths = [...][2]int{{3, 0}, {4, 0}, {5, 0}, {6, 0}, {7, 0}, {8, 0}, {9, 0}, {10, 0}, {11, 1}, {13, 1}, {15, 1}, {17, 1},
		{19, 2}, {23, 2}, {27, 2}, {31, 2}, {35, 3}, {43, 3}, {51, 3}, {59, 3}, {67, 4}, {83, 4}, {99, 4}, {115, 4},
		{131, 5}, {163, 5}, {195, 5}, {227, 5}, {258, 0}}
	puffDistances = [...][2]int{{1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 1}, {7, 1}, {9, 2}, {13, 2}, {17, 3}, {25, 3}, {33, 4}, {49, 4},
		{65, 5}, {97, 5}, {129, 6}, {193, 6}, {257, 7}, {385, 7}, {513, 8}, {769, 8}, {1025, 9}, {1537, 9}, {2049, 10}, {3073, 10},
		{4097, 11}, {6145, 11}, {8193, 12}, {12289, 12}, {16385, 13}, {24577, 13}}
)

func (p *puff) codes(lit, dist *puffCode) error {
	for {
		symbol, err := p.symbol(lit)
		switch {
		case err != nil:
			return err
		case symbol < 256:
			p.out = append(p.out, byte(symbol))
			continue
		case symbol == 256:
			return nil
		case symbol-257 >= len(puffLengths):
			return errors.New("no such length")
		}
		length, err := p.extra(puffLengths[symbol-257])
		if err != nil {
			return err
		}
		if symbol, err = p.symbol(dist); err != nil {
			return err
		}
		if symbol >= len(puffDistances) {
			return errors.New("no such distance")
		}
		distance, err := p.extra(puffDistances[symbol])
		if err != nil {
			return err
		}
		p.furthest = max(p.furthest, distance)
		if distance > len(p.out) || distance > p.window {
			return fmt.Errorf("distance %d, window %d, %d bytes there", distance, p.window, len(p.out))
		}
		for range length {
			p.out = append(p.out, p.out[len(p.out)-distance])
		}
	}
}

func (p *puff) extra(base [2]int) (int, error) {
	v, err := p.bits(base[1])
	return base[0] + v, err
}
