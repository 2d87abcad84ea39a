package inflate

import (
	"errors"
	"io"
	"sort"
)

// A reference inflates bare data bit by bit, by the letter of RFC 1951, and keeps
// how much can be known after how many bits: what symbols stand for of which all
// bits are there.
type reference struct {
	in    []byte
	limit int // of what is decoded
	bit   int
	out   []byte
	known []point
}

// A point is that after so many bits there are so many bytes.
type point struct{ bits, bytes int }

var (
	errBroken = errors.New("broken")
	errLimit  = errors.New("limit")
)

// inflate returns nil, io.ErrUnexpectedEOF, errBroken, or errLimit.
func (r *reference) inflate() error {
	for {
		last, err := r.number(1)
		if err != nil {
			return err
		}
		if err := r.block(); err != nil {
			return err
		}
		if last == 1 {
			return nil
		}
	}
}

// after returns how much is known after n bytes.
func (r *reference) after(n int) int {
	i := sort.Search(len(r.known), func(i int) bool { return r.known[i].bits > 8*n })
	if i == 0 {
		return 0
	}
	return r.known[i-1].bytes
}

// give takes down that p is known.
func (r *reference) give(p ...byte) error {
	r.out = append(r.out, p...)
	r.known = append(r.known, point{r.bit, len(r.out)})
	if len(r.out) > r.limit {
		return errLimit
	}
	return nil
}

func (r *reference) number(n int) (v int, err error) {
	for i := range n {
		if r.bit == 8*len(r.in) {
			return 0, io.ErrUnexpectedEOF
		}
		v |= int(r.in[r.bit/8]>>(r.bit%8)&1) << i
		r.bit++
	}
	return v, nil
}

func (r *reference) block() error {
	kind, err := r.number(2)
	switch {
	case err != nil:
		return err
	case kind == 0:
		return r.stored()
	case kind == 1:
		var lengths [288 + 32]int
		for i := range lengths {
			switch {
			case i < 144:
				lengths[i] = 8
			case i < 256:
				lengths[i] = 9
			case i < 280:
				lengths[i] = 7
			case i < 288:
				lengths[i] = 8
			default:
				lengths[i] = 5
			}
		}
		return r.symbols(newRefCode(lengths[:288]), newRefCode(lengths[288:]))
	case kind == 2:
		literals, distances, err := r.codes()
		if err != nil {
			return err
		}
		return r.symbols(literals, distances)
	}
	return errBroken
}

func (r *reference) stored() error {
	r.bit = (r.bit + 7) / 8 * 8
	n, err := r.number(16)
	if err != nil {
		return err
	}
	complement, err := r.number(16)
	if err != nil {
		return err
	}
	if n+complement != 0xFFFF {
		return errBroken
	}
	for range n {
		v, err := r.number(8)
		if err != nil {
			return err
		}
		if err := r.give(byte(v)); err != nil {
			return err
		}
	}
	return nil
}

// A refCode has the symbols by the length and the number of their codes.
type refCode struct {
	symbols map[[2]int]int
	left    int // how many codes of 15 bits are left over
}

func newRefCode(lengths []int) refCode {
	c := refCode{symbols: map[[2]int]int{}, left: 1 << 15}
	code := 0
	for n := 1; n <= 15; n++ {
		code <<= 1
		for symbol, length := range lengths {
			if length == n {
				c.symbols[[2]int{n, code}] = symbol
				code++
				c.left -= 1 << (15 - n)
			}
		}
	}
	return c
}

// usable reports whether zlib takes such a code for literals or distances.
func (c refCode) usable() bool {
	_, single := c.symbols[[2]int{1, 0}]
	return c.left == 0 || len(c.symbols) == 0 || len(c.symbols) == 1 && single
}

func (r *reference) symbol(c refCode) (int, error) {
	code := 0
	for n := 1; n <= 15; n++ {
		bit, err := r.number(1)
		if err != nil {
			return 0, err
		}
		code = code<<1 | bit
		if symbol, ok := c.symbols[[2]int{n, code}]; ok {
			return symbol, nil
		}
		if c.left != 0 {
			break // no code has more than one bit
		}
	}
	return 0, errBroken
}

func (r *reference) codes() (literals, distances refCode, err error) {
	var head [3]int
	for i, n := range []int{5, 5, 4} {
		if head[i], err = r.number(n); err != nil {
			return refCode{}, refCode{}, err
		}
	}
	nlit, ndist := head[0]+257, head[1]+1
	if nlit > 286 || ndist > 30 {
		return refCode{}, refCode{}, errBroken
	}
	order := []int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
	var own [19]int
	for _, i := range order[:head[2]+4] {
		if own[i], err = r.number(3); err != nil {
			return refCode{}, refCode{}, err
		}
	}
	code := newRefCode(own[:])
	if code.left != 0 {
		return refCode{}, refCode{}, errBroken
	}
	var all []int
	for len(all) < nlit+ndist {
		symbol, err := r.symbol(code)
		if err != nil {
			return refCode{}, refCode{}, err
		}
		value, times, extra := symbol, 1, 0
		switch symbol {
		case 16:
			if len(all) == 0 {
				return refCode{}, refCode{}, errBroken
			}
			value, times, extra = all[len(all)-1], 3, 2
		case 17:
			value, times, extra = 0, 3, 3
		case 18:
			value, times, extra = 0, 11, 7
		}
		more, err := r.number(extra)
		if err != nil {
			return refCode{}, refCode{}, err
		}
		for range times + more {
			all = append(all, value)
		}
	}
	if len(all) > nlit+ndist || all[256] == 0 {
		return refCode{}, refCode{}, errBroken
	}
	literals, distances = newRefCode(all[:nlit]), newRefCode(all[nlit:])
	if !literals.usable() || !distances.usable() {
		return refCode{}, refCode{}, errBroken
	}
	return literals, distances, nil
}

// The tables of RFC 1951, Section 3.2.5, as they stand there.
var (
	refLengths = [...][2]int{
		{0, 3}, {0, 4}, {0, 5}, {0, 6}, {0, 7}, {0, 8}, {0, 9}, {0, 10}, {1, 11}, {1, 13},
		{1, 15}, {1, 17}, {2, 19}, {2, 23}, {2, 27}, {2, 31}, {3, 35}, {3, 43}, {3, 51}, {3, 59},
		{4, 67}, {4, 83}, {4, 99}, {4, 115}, {5, 131}, {5, 163}, {5, 195}, {5, 227}, {0, 258},
	}
	refDistances = [...][2]int{
		{0, 1}, {0, 2}, {0, 3}, {0, 4}, {1, 5}, {1, 7}, {2, 9}, {2, 13}, {3, 17}, {3, 25},
		{4, 33}, {4, 49}, {5, 65}, {5, 97}, {6, 129}, {6, 193}, {7, 257}, {7, 385}, {8, 513}, {8, 769},
		{9, 1025}, {9, 1537}, {10, 2049}, {10, 3073}, {11, 4097}, {11, 6145}, {12, 8193}, {12, 12289}, {13, 16385}, {13, 24577},
	}
)

func (r *reference) symbols(literals, distances refCode) error {
	for {
		symbol, err := r.symbol(literals)
		switch {
		case err != nil:
			return err
		case symbol < 256:
			if err := r.give(byte(symbol)); err != nil {
				return err
			}
			continue
		case symbol == 256:
			return nil
		case symbol > 285:
			return errBroken
		}
		length, err := r.number(refLengths[symbol-257][0])
		if err != nil {
			return err
		}
		length += refLengths[symbol-257][1]
		if symbol, err = r.symbol(distances); err != nil {
			return err
		}
		if symbol > 29 {
			return errBroken
		}
		distance, err := r.number(refDistances[symbol][0])
		if err != nil {
			return err
		}
		if distance += refDistances[symbol][1]; distance > len(r.out) {
			return errBroken
		}
		p := make([]byte, length)
		for i := range p {
			if i < distance {
				p[i] = r.out[len(r.out)-distance+i]
			} else {
				p[i] = p[i-distance]
			}
		}
		if err := r.give(p...); err != nil {
			return err
		}
	}
}
