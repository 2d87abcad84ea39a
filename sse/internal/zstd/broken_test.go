package zstd

import (
	"errors"
	"strings"
	"testing"
)

// A brokenFrame breaks a rule at offset.
type brokenFrame struct {
	name, in string
	offset   int64
	section  string // of RFC 8878, or with the name of another document
}

func brokenFrames() []brokenFrame {
	const (
		frames    = "3.1.1"
		size      = "3.1.1.1.4"
		blockSize = "3.1.1.2.4"
	)
	return []brokenFrame{
		{"text", "3c68746d 6c3e", 0, frames},
		{"text after a frame", frameOf(blockOf(true, rawBlock, "61")) + "64617461", blockAt + 1, frames},
		{"reserved bit", "28b52ffd 08 00", 4, "3.1.1.1.1.4"},
		{"window of 9 MiB", "28b52ffd 00 69", 5, "RFC 9659, Section 3"},
		{"largest window", "28b52ffd 00 ff", 5, "RFC 9659, Section 3"},
		{"segment over 8 MiB", "28b52ffd a0 01008000", 5, "RFC 9659, Section 3"},
		{"largest segment", "28b52ffd e0 ffffffffffffffff", 5, "RFC 9659, Section 3"},
		{"dictionary", "28b52ffd 01 00 07", 6, "3.1.1.1.3"},
		{"dictionary of 4 bytes", "28b52ffd 23 00000080 00", 5, "3.1.1.1.3"},
		{"content too short", "28b52ffd 20 03" + blockOf(true, rawBlock, "6869"), 11, size},
		{"content too long", "28b52ffd 80 00 01000000" + blockOf(true, rawBlock, "6869"), 13, size},
		{"wrong checksum", "28b52ffd 04 00" + blockOf(true, rawBlock, "") + "99e9d850", 9, frames},

		{"reserved block", frameOf(" 07 00 00"), 6, "3.1.1.2.2"},
		{"raw block too large", frameOf(" 09 20 00"), 6, blockSize},
		{"repeated byte too often", frameOf(" 0b 20 00"), 6, blockSize},
		{"compressed block too large", frameOf(" 0d 20 00"), 6, blockSize},
		{"block larger than its segment", "28b52ffd 20 01" + blockOf(true, compressedBlock, "10 6869 00"), 6, size},
		{"block larger than any segment", "28b52ffd 20 01 0d 2000", 6, blockSize},

		{"empty block", theOnly(""), blockAt, "3.1.1.3.1.1"},
		{"half a header of literals", theOnly("04"), blockAt, "3.1.1.3.1.1"},
		{"too few literals", theOnly("10 61"), blockAt + 1, "3.1.1.3.1.2"},
		{"no literal to repeat", theOnly("09"), blockAt + 1, "3.1.1.3.1.3"},
		{"too many literals", theOnly("1c 40 00"), blockAt, blockSize},
		{"too few compressed literals", theOnly("22 c0 00 80 10"), blockAt + 3, "3.1.1.3.1.4"},
		{"no tree before", theOnly(literalsOf(treelessLiterals, 1, false, "03") + "00"), blockAt, "3.1.1.3.1.1"},

		{"no tree", theOnly(literalsOf(compressedLiterals, 1, false, "")), blockAt + 3, "4.2.1.1"},
		{"half a tree", theOnly(literalsOf(compressedLiterals, 1, false, "84 11")), blockAt + 4, "4.2.1.1"},
		{"half a compressed tree", theOnly(literalsOf(compressedLiterals, 1, false, "05 00")), blockAt + 4, "4.2.1.1"},
		{"weight of 12", theOnly(literalsOf(compressedLiterals, 1, false, "80 c0")), blockAt + 3, "4.2.1"},
		{"no weight", theOnly(literalsOf(compressedLiterals, 1, false, "80 00")), blockAt + 3, "4.2.1"},
		{"no weight to complete a tree", theOnly(literalsOf(compressedLiterals, 1, false, "81 31")), blockAt + 3, "4.2.1"},
		{"no weight of 1", theOnly(literalsOf(compressedLiterals, 1, false, "80 20")), blockAt + 3, "4.2.1"},
		{"code of 12 bits", theOnly(literalsOf(compressedLiterals, 1, false, "81 bb")), blockAt + 3, "4.2.1"},
		{"accuracy of weights too high", theOnly(literalsOf(compressedLiterals, 1, false, "01 02")), blockAt + 4, "4.1.1"},
		{"half a distribution of weights", theOnly(literalsOf(compressedLiterals, 1, false, "01 00")), blockAt + 4, "4.1.1"},
		{"no compressed weights", theOnly(literalsOf(compressedLiterals, 1, false, "02 103f")), blockAt + 6, "4.2.1.2"},
		{"zero after the weights", theOnly(literalsOf(compressedLiterals, 1, false, "04 103f 0400")), blockAt + 6, "4.2.1.2"},
		{"half a state of weights", theOnly(literalsOf(compressedLiterals, 1, false, "03 103f 01")), blockAt + 6, "4.2.1.2"},
		{"256 weights", theOnly(literalsOf(compressedLiterals, 1, false, "7f 103f"+strings.Repeat("00", 124)+"01")), blockAt + 6, "4.2.1.2"},

		{"no stream", theOnly(literalsOf(compressedLiterals, 1, false, oneBitTree)), blockAt + 5, "4.2.2"},
		{"zero after the stream", theOnly(literalsOf(compressedLiterals, 1, false, oneBitTree+"0300")), blockAt + 5, "4.2.2"},
		{"stream too long", theOnly(literalsOf(compressedLiterals, 1, false, oneBitTree+"05")), blockAt + 5, "4.2.2"},
		{"stream too short", theOnly(literalsOf(compressedLiterals, 3, false, oneBitTree+"05")), blockAt + 5, "4.2.2"},
		{"half a jump table", theOnly(literalsOf(compressedLiterals, 7, true, oneBitTree+"0000 0000")), blockAt + 5, "3.1.1.3.1.6"},
		{"jump beyond the literals", theOnly(literalsOf(compressedLiterals, 7, true, oneBitTree+"0500 0100 0100 05")), blockAt + 5, "3.1.1.3.1.6"},
		{"no fourth stream", theOnly(literalsOf(compressedLiterals, 7, true, oneBitTree+"0100 0100 0100 050607")), blockAt + 14, "4.2.2"},
		{"fourth stream too short", theOnly(literalsOf(compressedLiterals, 8, true, oneBitTree+"0100 0100 0100 05060703")), blockAt + 14, "4.2.2"},
		{"5 literals in four streams", theOnly(literalsOf(compressedLiterals, 5, true, oneBitTree+"0100 0100 0100 05050501")), blockAt + 5, "3.1.1.3.1.6"},

		{"no number of sequences", theOnly("00"), blockAt + 1, "3.1.1.3.2.1"},
		{"half a number of sequences", theOnly("00 80"), blockAt + 2, "3.1.1.3.2.1"},
		{"two thirds of a number of sequences", theOnly("00 ff 00"), blockAt + 2, "3.1.1.3.2.1"},
		{"more than no sequences", theOnly("00 00 00"), blockAt + 2, "3.1.1.3.2.1"},
		{"no modes", theOnly("00 01"), blockAt + 2, "3.1.1.3.2.1"},
		{"reserved mode bits", theOnly("00 01 01"), blockAt + 2, "3.1.1.3.2.1"},
		{"no code to repeat", theOnly("00 01 40"), blockAt + 3, "3.1.1.3.2.1"},
		{"literals length code 36", theOnly("00 01 54 24 00 00"), blockAt + 3, "3.1.1.3.2.1"},
		{"offset code 32", theOnly("00 01 54 00 20 00"), blockAt + 4, "3.1.1.3.2.1"},
		{"match length code 53", theOnly("00 01 54 00 00 35"), blockAt + 5, "3.1.1.3.2.1"},
		{"no table before", theOnly("00 01 c0"), blockAt + 3, "3.1.1.3.2.1"},
		{"accuracy of literals lengths too high", theOnly("00 01 80 05"), blockAt + 3, "4.1.1"},
		{"accuracy of offsets too high", theOnly("00 01 20 04"), blockAt + 3, "4.1.1"},
		{"distribution of a single symbol", theOnly("08 61 01 64 01 f003 00 20"), blockAt + 5, "4.1.1"},
		{"half a distribution", theOnly("00 01 80 00"), blockAt + 3, "4.1.1"},
		{"distribution of too many symbols", theOnly("00 01 80 10 feffffffffff"), blockAt + 3, "4.1.1"},
		{"distribution that goes on after the last symbol", theOnly("00 01 20 10 feff1f 000000000000"), blockAt + 3, "4.1.1"},

		{"no sequences", theOnly("00 01 54 00 00 00"), blockAt + 6, "3.1.1.3.2.1.2"},
		{"zero after the sequences", theOnly("08 61 01 54 01 00 00 0100"), blockAt + 7, "3.1.1.3.2.1.2"},
		{"bits after the sequences", theOnly("08 61 01 54 01 00 00 02"), blockAt + 7, "3.1.1.3.2.1.2"},
		{"sequences too short", theOnly("08 61 01 54 01 00 20 01"), blockAt + 7, "3.1.1.3.2.1.2"},
		{"more literals than there are", theOnly("00 01 54 01 00 00 01"), blockAt + 6, "3.1.1.4"},
		{"offset before the frame", theOnly("08 61 01 54 01 02 00 05"), blockAt + 7, "3.1.1.4"},
		{"largest offset", theOnly("08 61 01 54 01 1f 00 ffffffff"), blockAt + 7, "3.1.1.4"},
		{"offset beyond the window", frameOf(" 02 20 00 00", " 02 20 00 00", blockOf(true, compressedBlock, "00 01 54 00 0a 00 0404")), 23, "3.1.1.4"},
		{"offset 0", theOnly("08 61 01 54 00 01 00 03"), blockAt + 7, "3.1.1.5"},
		{"sequence larger than a block", theOnly("08 61 01 54 01 00 2e 0004"), blockAt + 7, blockSize},
		{"literals after it larger than a block", theOnly("0d 40 00 61 01 54 01 00 00 01"), blockAt + 9, blockSize},
	}
}

func TestBrokenFrames(t *testing.T) {
	for _, test := range brokenFrames() {
		_, err := decode(unhex(test.in))
		if got := sectionOf(err); got != test.section {
			t.Errorf("%s: %v, want a violation of section %s", test.name, err, test.section)
			continue
		}
		var e *Error
		if !errors.As(err, &e) || e.Offset != test.offset {
			t.Errorf("%s: %v, want it at offset %d", test.name, err, test.offset)
		}
	}
}

func TestErrorText(t *testing.T) {
	for in, want := range map[string]string{
		"3c68746d 6c3e":                                        `zstd: a frame begins with 3c68746d, expected 28b52ffd, at offset 0 (RFC 8878, Section 3.1.1)`,
		"28b52ffd 00 69":                                       `zstd: the window of the frame has 9437184 bytes, expected at most 8388608, at offset 5 (RFC 9659, Section 3)`,
		"28b52ffd 01 00 07":                                    `zstd: the frame needs the dictionary 7, expected a frame without one, at offset 6 (RFC 8878, Section 3.1.1.1.3)`,
		"28b52ffd 04 00 01 0000 99e9d850":                      `zstd: the checksum is 50d8e999, expected 51d8e999 for the content that came, at offset 9 (RFC 8878, Section 3.1.1)`,
		theOnly("08 61 01 54 01 02 00 05"):                     `zstd: a sequence has the offset 2, expected at most 1, at offset 16 (RFC 8878, Section 3.1.1.4)`,
		strings.Repeat("502a4d18 00000000", 1000) + "00000000": `zstd: a frame begins with 00000000, expected 28b52ffd, at offset 8000 (RFC 8878, Section 3.1.1)`,
	} {
		if _, err := decode(unhex(in)); err == nil || err.Error() != want {
			t.Errorf("%.40s: %v, want %s", in, err, want)
		}
	}
}
