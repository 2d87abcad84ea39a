package zstd

import (
	"slices"
	"testing"
)

// RFC 8878, Section 4.1.1: with an accuracy of 8 and 100 states given away, a
// value of 0 to 97 has 7 bits, and one of 98 to 157 has 8.
func TestNumberOfStates(t *testing.T) {
	for _, test := range []struct{ bits, value, length int }{
		{0, 0, 7}, {97, 97, 7}, {98, 98, 8}, {127, 127, 8}, {128, 0, 7}, {225, 97, 7}, {226, 128, 8}, {255, 157, 8},
	} {
		f := forwardReader{data: []byte{byte(test.bits << 3), byte(test.bits >> 5)}, pos: 3}
		if got := f.states(256 - 100); got != test.value-1 || f.pos != 3+test.length {
			t.Errorf("%08b: %d in %d bits, want %d in %d", test.bits, got, f.pos-3, test.value-1, test.length)
		}
	}
}

func TestDistribution(t *testing.T) {
	for _, test := range []struct {
		in     string
		states []int16
		rest   int
	}{
		{"103f ff", []int16{16, 16}, 1},
		{"503e", []int16{4, 28}, 0},
		{"10 fe 1f 7f", append(make([]int16, 19), 31, 1), 0},
	} {
		p := part{data: unhex(test.in)}
		var d distribution
		if err := d.read(&p, 6, 30); err != nil || d.log != 5 || !slices.Equal(d.states, test.states) || len(p.data) != test.rest {
			t.Errorf("%s: %v of %d bits, %d bytes left, %v, want %v", test.in, d.states, d.log, len(p.data), err, test.states)
		}
	}
}

// RFC 8878, Appendix A: some states of the default tables.
func TestDefaultTables(t *testing.T) {
	for _, test := range []struct {
		kind   int
		state  uint32
		symbol int
		bits   uint8
		next   uint16
	}{
		{lengthKind, 0, 0, 4, 0}, {lengthKind, 1, 0, 4, 16}, {lengthKind, 2, 1, 5, 32}, {lengthKind, 10, 14, 6, 0},
		{lengthKind, 22, 0, 4, 32}, {lengthKind, 39, 25, 4, 16}, {lengthKind, 43, 0, 4, 48}, {lengthKind, 63, 32, 6, 0},
		{offsetKind, 0, 0, 5, 0}, {offsetKind, 1, 6, 4, 0}, {offsetKind, 15, 7, 4, 16}, {offsetKind, 23, 1, 5, 0}, {offsetKind, 31, 24, 5, 0},
		{matchKind, 0, 0, 6, 0}, {matchKind, 1, 1, 4, 0}, {matchKind, 22, 1, 4, 16}, {matchKind, 44, 1, 4, 48}, {matchKind, 56, 29, 6, 0}, {matchKind, 63, 46, 6, 0},
	} {
		book := codebooks[test.kind]
		want := cell{book.codes[test.symbol], test.bits, test.next}
		if got := defaultTable(test.kind).at(test.state); got != want {
			t.Errorf("%s, state %d: %v, want %v", book.name, test.state, got, want)
		}
	}
}

// Each state of a table can be reached from the states of each symbol in exactly
// one way, or it would not be decodable.
func TestTableIsComplete(t *testing.T) {
	for kind, book := range codebooks {
		reached := map[code]map[uint32]int{}
		for state := range uint32(1 << book.defaultLog) {
			c := defaultTable(kind).at(state)
			if reached[c.code] == nil {
				reached[c.code] = map[uint32]int{}
			}
			for i := range uint32(1 << c.bits) {
				reached[c.code][uint32(c.next)+i]++
			}
		}
		if len(reached) != len(book.defaultStates) {
			t.Errorf("%s: %d symbols, want %d", book.name, len(reached), len(book.defaultStates))
		}
		for c, states := range reached {
			for state := range uint32(1 << book.defaultLog) {
				if states[state] != 1 {
					t.Errorf("%s: state %d follows %v %d times", book.name, state, c, states[state])
				}
			}
		}
	}
}

// The codes of a kind stand for each number once, from the first on.
func TestCodesHaveNoGaps(t *testing.T) {
	for _, book := range codebooks {
		next := uint64(book.codes[0].value)
		for i, c := range book.codes {
			if uint64(c.value) != next {
				t.Errorf("%s: code %d begins at %d, want %d", book.name, i, c.value, next)
			}
			next = uint64(c.value) + 1<<c.extra
		}
	}
}
