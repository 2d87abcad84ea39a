package zstd

import "math/bits"

const (
	minTableLog = 5
	maxTableLog = 9 // of all tables
)

// A distribution says how many of the states of a table stand for each symbol.
type distribution struct {
	log    int // of the number of states
	states []int16
	room   [256]int16
}

// lessThanOne is the number of states of a symbol that has one state, and leads
// from there to any other.
const lessThanOne = -1

// read cuts the description of a distribution off p. Symbols are 0 to
// maxSymbol.
//
// RFC 8878, Section 4.1.1.
func (d *distribution) read(p *part, maxLog, maxSymbol int) error {
	const section = "4.1.1"
	f := forwardReader{data: p.data}
	d.log = f.take(4) + minTableLog
	if d.log > maxLog {
		return p.errorf(section, "the accuracy of an FSE table is %d bits, expected at most %d", d.log, maxLog)
	}
	d.states = d.room[:0]
	for left := 1 << d.log; left > 0; {
		if len(d.states) > maxSymbol {
			return p.errorf(section, "an FSE table has symbols beyond %d", maxSymbol)
		}
		n := f.states(left)
		if n == 1<<d.log {
			return p.errorf(section, "an FSE table has a single symbol, expected at least two")
		}
		d.states = append(d.states, int16(n))
		if n == lessThanOne {
			n = 1
		}
		left -= n
		for run := 3; n == 0 && run == 3; {
			run = f.take(2)
			if len(d.states)+run > maxSymbol {
				return p.errorf(section, "an FSE table has symbols beyond %d", maxSymbol)
			}
			for range run {
				d.states = append(d.states, 0)
			}
		}
	}
	if _, ok := p.take((f.pos + 7) / 8); !ok {
		return p.errorf(section, "the description of an FSE table is longer than its block")
	}
	return nil
}

// states takes the number of states of a symbol, when so many are left. It is
// stored plus one, so the largest value is left+1; the small ones have a bit
// less where that leaves codes over.
func (f *forwardReader) states(left int) int {
	n := bits.Len(uint(left + 1))
	short := 1<<n - 1 - (left + 1) // values of n-1 bits
	v := f.peek(n)
	if low := v & (1<<(n-1) - 1); low < short {
		f.pos += n - 1
		return low - 1
	}
	f.pos += n
	if v >= 1<<(n-1) {
		v -= short
	}
	return v - 1
}

// A code is what a symbol stands for: value and so many extra bits.
type code struct {
	value uint32
	extra uint8
}

// A cell is a state: the symbol it stands for, and where it leads to.
type cell struct {
	code
	bits uint8  // to take
	next uint16 // state, to which they are added
}

// A table decodes symbols.
type table struct {
	log   uint8 // of the number of states
	cells [1 << maxTableLog]cell
}

// at returns the cell of a state.
func (t *table) at(state uint32) cell { return t.cells[state%(1<<maxTableLog)] }

// build makes a table of a distribution. A symbol stands for codes[symbol], or
// for itself if codes is nil.
//
// RFC 8878, Section 4.1.1.
func (t *table) build(d *distribution, codes []code) {
	size := 1 << d.log
	t.log = uint8(d.log)
	var seen [256]uint16 // states up to now, plus all of them: a number to be spread over the states
	spread := t.cells[:size]
	free := size - 1 // and below
	for symbol, n := range d.states {
		if n == lessThanOne {
			spread[free].value = uint32(symbol)
			free--
			n = 1
		}
		seen[symbol] = uint16(n)
	}
	at, step := 0, size>>1+size>>3+3
	for symbol, n := range d.states {
		for range max(n, 0) {
			spread[at].value = uint32(symbol)
			for at = (at + step) & (size - 1); at > free; {
				at = (at + step) & (size - 1)
			}
		}
	}
	for i := range spread {
		c := &spread[i]
		symbol := c.value
		n := seen[symbol]
		seen[symbol]++
		c.bits = uint8(d.log + 1 - bits.Len16(n))
		c.next = n<<c.bits - uint16(size)
		if codes != nil {
			c.code = codes[symbol]
		}
	}
}

// single makes a table of which each symbol is the same.
func (t *table) single(c code) {
	t.log = 0
	t.cells[0] = cell{code: c}
}
