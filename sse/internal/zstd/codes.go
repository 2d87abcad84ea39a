package zstd

import "sync"

// The kinds of codes in sequences, in the order of their tables.
const (
	lengthKind = iota // of literals
	offsetKind
	matchKind
	kinds
)

// What the codes stand for.
//
// RFC 8878, Section 3.1.1.3.2.1.1.
var (
	literalsLengthCodes = []code{
		{0, 0}, {1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}, {6, 0}, {7, 0},
		{8, 0}, {9, 0}, {10, 0}, {11, 0}, {12, 0}, {13, 0}, {14, 0}, {15, 0},
		{16, 1}, {18, 1}, {20, 1}, {22, 1}, {24, 2}, {28, 2}, {32, 3}, {40, 3},
		{48, 4}, {64, 6}, {128, 7}, {256, 8}, {512, 9}, {1024, 10}, {2048, 11}, {4096, 12},
		{8192, 13}, {16384, 14}, {32768, 15}, {65536, 16},
	}
	offsetCodes = []code{ // of offset values, of which the first three are repeated offsets
		{1 << 0, 0}, {1 << 1, 1}, {1 << 2, 2}, {1 << 3, 3}, {1 << 4, 4}, {1 << 5, 5}, {1 << 6, 6}, {1 << 7, 7},
		{1 << 8, 8}, {1 << 9, 9}, {1 << 10, 10}, {1 << 11, 11}, {1 << 12, 12}, {1 << 13, 13}, {1 << 14, 14}, {1 << 15, 15},
		{1 << 16, 16}, {1 << 17, 17}, {1 << 18, 18}, {1 << 19, 19}, {1 << 20, 20}, {1 << 21, 21}, {1 << 22, 22}, {1 << 23, 23},
		{1 << 24, 24}, {1 << 25, 25}, {1 << 26, 26}, {1 << 27, 27}, {1 << 28, 28}, {1 << 29, 29}, {1 << 30, 30}, {1 << 31, 31},
	}
	matchLengthCodes = []code{
		{3, 0}, {4, 0}, {5, 0}, {6, 0}, {7, 0}, {8, 0}, {9, 0}, {10, 0},
		{11, 0}, {12, 0}, {13, 0}, {14, 0}, {15, 0}, {16, 0}, {17, 0}, {18, 0},
		{19, 0}, {20, 0}, {21, 0}, {22, 0}, {23, 0}, {24, 0}, {25, 0}, {26, 0},
		{27, 0}, {28, 0}, {29, 0}, {30, 0}, {31, 0}, {32, 0}, {33, 0}, {34, 0},
		{35, 1}, {37, 1}, {39, 1}, {41, 1}, {43, 2}, {47, 2}, {51, 3}, {59, 3},
		{67, 4}, {83, 4}, {99, 5}, {131, 7}, {259, 8}, {515, 9}, {1027, 10}, {2051, 11},
		{4099, 12}, {8195, 13}, {16387, 14}, {32771, 15}, {65539, 16},
	}
)

// The default distributions.
//
// RFC 8878, Section 3.1.1.3.2.2.
var (
	defaultLiteralsLengths = []int16{
		4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1,
		2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1,
		-1, -1, -1, -1,
	}
	defaultOffsets = []int16{
		1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1,
		1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1,
	}
	defaultMatchLengths = []int16{
		1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1,
		1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
		1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1,
		-1, -1, -1, -1, -1,
	}
)

// A codebook is what is the same for all tables of a kind.
type codebook struct {
	name          string
	codes         []code
	maxLog        int
	defaultLog    int
	defaultStates []int16
}

// codebooks are the codebooks of all kinds.
//
// RFC 8878, Section 3.1.1.3.2.1.
var codebooks = [kinds]codebook{
	{"literals lengths", literalsLengthCodes, 9, 6, defaultLiteralsLengths},
	{"offsets", offsetCodes, 8, 5, defaultOffsets},
	{"match lengths", matchLengthCodes, 9, 6, defaultMatchLengths},
}

var defaults struct {
	once   sync.Once
	tables [kinds]table
}

// defaultTable returns the table of the default distribution of a kind. It is
// shared and must not be changed.
func defaultTable(kind int) *table {
	defaults.once.Do(func() {
		for i, book := range codebooks {
			defaults.tables[i].build(&distribution{log: book.defaultLog, states: book.defaultStates}, book.codes)
		}
	})
	return &defaults.tables[kind]
}
