package zstd

import (
	"encoding/hex"
	"strings"
	"testing"
)

// A validFrame decodes to content, in hex. The window is 1 KiB where there is
// one.
type validFrame struct{ name, in, content string }

func validFrames() []validFrame {
	hello := blockOf(true, rawBlock, "68656c6c6f")
	return []validFrame{
		{"nothing", "", ""},
		{"empty frame", frameOf(blockOf(true, rawBlock, "")), ""},
		{"empty content with a size", "28b52ffd 20 00 01 0000", ""},
		{"window of 8 MiB", "28b52ffd 00 68" + hello, "68656c6c6f"},
		{"size of 1 byte", "28b52ffd 20 05" + hello, "68656c6c6f"},
		{"size of 2 bytes", "28b52ffd 40 00 0000 03 08 00 61", strings.Repeat("61", 256)},
		{"size of 4 bytes", "28b52ffd 80 00 05000000" + hello, "68656c6c6f"},
		{"size of 8 bytes", "28b52ffd c0 00 0500000000000000" + hello, "68656c6c6f"},
		{"single segment with a size of 8 bytes", "28b52ffd e0 0500000000000000" + hello, "68656c6c6f"},
		{"compressed block larger than its content", "28b52ffd 20 01" + blockOf(true, compressedBlock, "08 61 00"), "61"},
		{"no dictionary in 1 byte", "28b52ffd 01 00 00" + hello, "68656c6c6f"},
		{"no dictionary in 2 bytes", "28b52ffd 22 0000 05" + hello, "68656c6c6f"},
		{"no dictionary in 4 bytes", "28b52ffd 23 00000000 05" + hello, "68656c6c6f"},
		{"unused bit", "28b52ffd 10 00" + hello, "68656c6c6f"},
		{"checksum", "28b52ffd 04 00 01 0000 99e9d851", ""},
		{"skippable frames", "502a4d18 02000000 28b5" + "5f2a4d18 00000000", ""},
		{"block of a byte repeated", frameOf(" 1b 00 00 61"), "616161"},
		{"largest block", frameOf(" 03 20 00 00"), strings.Repeat("00", 1024)},
		{"several blocks", frameOf(blockOf(false, rawBlock, "61"), blockOf(false, rawBlock, ""), blockOf(true, rawBlock, "62")), "6162"},

		{"literals alone", theOnly("08 61 00"), "61"},
		{"literals, size in 2 bytes", theOnly("14 00 61 00"), "61"},
		{"literals, size in 3 bytes", theOnly("1c 00 00 61 00"), "61"},
		{"literals of a byte repeated", theOnly("19 61 00"), "616161"},
		{"literals of one stream", theOnly(literalsOf(compressedLiterals, 2, false, oneBitTree+"05") + "00"), "0001"},
		{"no literals in a stream", theOnly(literalsOf(compressedLiterals, 0, false, oneBitTree+"01") + "00"), ""},
		{"weights that end inside a state", theOnly(literalsOf(compressedLiterals, 2, false, "04 503e 0208 05") + "00"), "0102"},
		{"literals of four streams", theOnly(literalsOf(compressedLiterals, 7, true, oneBitTree+"0100 0100 0100 05 06 07 03") + "00"), "00010100010101"},
		{"literals with the tree of before", frameOf(
			blockOf(false, compressedBlock, literalsOf(compressedLiterals, 2, false, oneBitTree+"05")+"00"),
			blockOf(true, compressedBlock, literalsOf(treelessLiterals, 3, false, "0b")+"00")), "0001000101"},

		{"sequence", theOnly("08 61 01 54 01 00 00 01"), "61616161"},
		{"number of sequences in 2 bytes", theOnly("08 61 80 01 54 01 00 00 01"), "61616161"},
		{"literals after the sequence", theOnly("10 6162 01 54 01 00 00 01"), "6161616162"},
		{"default tables", theOnly("08 61 01 00 00 10 02"), "61616161"},
		{"offset in the block before", frameOf(blockOf(false, rawBlock, "616263"), blockOf(true, compressedBlock, "00 01 54 00 02 01 06")), "61626361626361"},
		{"tables of before", frameOf(
			blockOf(false, compressedBlock, "08 61 01 54 01 00 00 01"),
			blockOf(false, compressedBlock, "08 62 00"),
			blockOf(true, compressedBlock, "08 63 01 fc 01")), "616161616263636363"},
	}
}

func TestValidFrames(t *testing.T) {
	for _, test := range validFrames() {
		got, err := decode(unhex(test.in))
		if hex.EncodeToString(got) != test.content || err != nil {
			t.Errorf("%s: %x, %v, want %s", test.name, got, err, test.content)
		}
	}
}
