package inflate

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"wscope/sse/internal/codingtest"
)

// oneBit are codes of one bit for 'a' and for the end of a block.
func oneBit() []int { return lengthsOf(257, 'a', 1, 256, 1) }

// abLengths are codes for 'a' (00), 'b' (01), the end of a block (10), and the
// length 3 (11).
func abLengths() []int { return lengthsOf(258, 'a', 2, 'b', 2, 256, 2, 257, 2) }

// A broken breaks a rule at offset, after it has given something.
type broken struct {
	name, in string
	offset   int64
	section  string
	gives    string
}

func brokenBlocks() []broken {
	const (
		a    = "10010001" // fixed codes
		b    = "10010010"
		end  = "0000000"
		len3 = "0000001"
	)
	return []broken{
		{"block of type 3", "1 3:2", 0, "3.2.3", ""},
		{"another one", "0 1:2 " + a + end + "1 3:2", 2, "3.2.3", "a"},
		{"stored block of another length", "1 0:2 | 1:16 1:16 97:8", 1, "3.2.4", ""},
		{"bits of a complement", "1 0:2 | 1:16 65533:16 97:8", 1, "3.2.4", ""},

		{"287 literals", "1 2:2 30:5 0:5 0:4", 0, "3.2.7", ""},
		{"288 literals", "1 2:2 31:5 0:5 0:4", 0, "3.2.7", ""},
		{"31 distances", "1 2:2 29:5 30:5 0:4", 0, "3.2.7", ""},
		{"32 distances", "1 2:2 0:5 31:5 0:4", 0, "3.2.7", ""},
		{"later", "0 1:2 " + a + b + end + "1 2:2 31:5 0:5 0:4", 3, "3.2.7", "ab"},

		{"no code for lengths", describing(257, 1), 0, "3.2.7", ""},
		{"a single code for lengths", describing(257, 1, 1, 1), 0, "3.2.7", ""},
		{"incomplete code for lengths", describing(257, 1, 0, 1, 1, 2), 0, "3.2.7", ""},
		{"too many codes for lengths", describing(257, 1, 0, 1, 1, 1, 2, 1), 0, "3.2.7", ""},
		{"far too many", describing(257, 1, 0, 1, 1, 1, 2, 1, 3, 1, 4, 1, 18, 7), 0, "3.2.7", ""},
		{"repeat without a length before", describing(257, 1, 0, 1, 16, 1) + "1 0:2", 9, "3.2.7", ""},
		{"length repeated too often", describing(257, 1, 0, 1, 18, 2, 16, 2) + "11 127:7 11 107:7 0 10 1:2", 11, "3.2.7", ""},
		{"zeros repeated too often", describing(257, 1, 0, 1, 18, 2, 17, 2) + "11 127:7 11 108:7 10 0:3", 11, "3.2.7", ""},
		{"many zeros repeated too often", describing(257, 1, 0, 1, 18, 1) + "1 127:7 1 127:7", 10, "3.2.7", ""},

		{"no end of block", dynamic(lengthsOf(257, 'a', 1, 'b', 1), []int{0}) + "0", 0, "3.2.7", ""},
		{"no codes at all", dynamic(lengthsOf(257), []int{0}), 0, "3.2.7", ""},
		{"incomplete literals", dynamic(lengthsOf(257, 'a', 2, 256, 1), []int{0}), 0, "3.2.7", ""},
		{"a single literal of two bits", dynamic(lengthsOf(257, 256, 2), []int{0}), 0, "3.2.7", ""},
		{"too many literals", dynamic(lengthsOf(257, 'a', 1, 'b', 1, 256, 1), []int{0}), 0, "3.2.7", ""},
		{"too many by one of 15 bits", dynamic(lengthsOf(257, 'a', 1, 'b', 15, 256, 1), []int{0}), 0, "3.2.7", ""},
		{"incomplete distances", dynamic(oneBit(), []int{1, 2}), 0, "3.2.7", ""},
		{"a single distance of two bits", dynamic(oneBit(), []int{2}), 0, "3.2.7", ""},
		{"two distances of two bits", dynamic(oneBit(), []int{2, 2}), 0, "3.2.7", ""},
		{"too many distances", dynamic(oneBit(), []int{1, 1, 1}), 0, "3.2.7", ""},

		{"the other bit of a single literal", dynamic(lengthsOf(257, 256, 1), []int{0}) + "1", 138, "3.2.7", ""},
		{"a distance without codes", dynamic(abLengths(), []int{0}) + "00 11 0", 139, "3.2.7", "a"},
		{"another one", dynamic(abLengths(), []int{0}) + "00 11 1", 139, "3.2.7", "a"},
		{"the other bit of a single distance", dynamic(abLengths(), []int{1}) + "00 11 0 11 1", 139, "3.2.7", "aaaa"},

		{"length symbol 286", "1 1:2 " + a + "11000110", 1, "3.2.6", "a"},
		{"length symbol 287", "1 1:2 " + a + "11000111", 1, "3.2.6", "a"},
		{"distance symbol 30", "1 1:2 " + a + len3 + "11110", 2, "3.2.6", "a"},
		{"distance symbol 31", "1 1:2 " + a + len3 + "11111", 2, "3.2.6", "a"},
		{"distance before the first byte", "1 1:2 " + len3 + "00000", 1, "3.2.3", ""},
		{"distance too far back", "1 1:2 " + a + len3 + "00001", 2, "3.2.3", "a"},
		{"too far back after a copy", "1 1:2 " + a + len3 + "00000" + " " + len3 + "00100 0", 3, "3.2.3", "aaaa"},
		{"largest distance", "1 1:2 " + a + b + len3 + "11101 8191:13", 3, "3.2.3", "ab"},
	}
}

func TestBrokenBlocks(t *testing.T) {
	for _, test := range brokenBlocks() {
		in := packed(test.in)
		got, err := decode(in)
		if s := sectionOf(err); s != test.section || string(got) != test.gives {
			t.Errorf("%s: %q, %v, want %q and a violation of section %s", test.name, got, err, test.gives, test.section)
			continue
		}
		var e *Error
		if !errors.As(err, &e) || e.Offset != test.offset {
			t.Errorf("%s: %v, want it at offset %d", test.name, err, test.offset)
		}
		// With much behind it, the fast loop comes across it.
		got, err = decode(append(in, make([]byte, 100)...))
		var e2 *Error
		if !errors.As(err, &e2) || *e2 != *e || string(got) != test.gives {
			t.Errorf("%s: %q, %v with bytes after it, want %q, %v", test.name, got, err, test.gives, e)
		}
		if r := (&reference{in: in, limit: 1 << 20}); r.inflate() != errBroken || string(r.out) != test.gives {
			t.Errorf("%s: the reference gives %q", test.name, r.out)
		}
	}
}

// What looks like it, and is allowed.
func TestOddBlocks(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"fixed block without symbols", "1 1:2 0000000", ""},
		{"stored block without bytes", "1 0:2 | 0:16 65535:16", ""},
		{"padding that is not zero", "1 0:2 11111 1:16 65534:16 97:8", "a"},
		{"a single literal", dynamic(lengthsOf(257, 256, 1), []int{0}) + "0", ""},
		{"no distances", dynamic(oneBit(), []int{0}) + "0 0 0 1", "aaa"},
		{"thirty codes for no distances", dynamic(oneBit(), make([]int, 30)) + "0 0 0 1", "aaa"},
		{"a single distance", dynamic(abLengths(), []int{1}) + "00 11 0 10", "aaaa"},
		{"a single distance of 2", dynamic(abLengths(), []int{0, 1}) + "00 01 11 0 10", "ababa"},
		{"length repeated over the border", describing(258, 4, 0, 2, 1, 3, 2, 2, 16, 3, 18, 2) + "10 86:7 01 01 10 127:7 10 8:7 01 01 111 1:2 00 01 11 01 10", "ababa"},
		{"codes of 15 bits", dynamic(ladder(), []int{0}) + strings.Repeat("1", 14) + "0 0 " + strings.Repeat("1", 15), "\x0e\x00"},
		{"length 258 as 227 and 31", "1 1:2 10010001 11000100 31:5 00000 0000000", strings.Repeat("a", 259)},
		{"length 258", "1 1:2 10010001 11000101 00000 0000000", strings.Repeat("a", 259)},
	} {
		in := packed(test.in)
		if r := (&reference{in: in, limit: 1 << 20}); r.inflate() != nil || string(r.out) != test.want {
			t.Errorf("%s: the reference gives %q, want %q", test.name, r.out, test.want)
		}
		if got, err := decode(in); string(got) != test.want || err != nil {
			t.Errorf("%s: %q, %v, want %q", test.name, got, err, test.want)
		}
	}
}

// ladder are codes of one bit, two bits, and so on, two of them of 15 bits.
func ladder() []int {
	lengths := lengthsOf(257, 256, 15)
	for i := range 15 {
		lengths[i] = i + 1
	}
	return lengths
}

// All prefixes of it are too short.
func TestTruncated(t *testing.T) {
	for _, level := range levels {
		in := encode(t, level, codingtest.Events(1)[0][:200], []byte("and more"))
		for n := range in {
			r := &reference{in: in[:n], limit: 1 << 20}
			r.inflate()
			if got, err := decode(in[:n]); err != io.ErrUnexpectedEOF || string(got) != string(r.out) {
				t.Fatalf("level %d, %d bytes of %d: %q, %v, want %q", level, n, len(in), got, err, r.out)
			}
		}
	}
}

func TestErrorText(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"1 3:2", `deflate: a block has the type 3, expected at most 2, at offset 0 (RFC 1951, Section 3.2.3)`},
		{"1 0:2 | 1:16 1:16", `deflate: the length of a stored block is 0001 and its complement 0001, expected fffe, at offset 1 (RFC 1951, Section 3.2.4)`},
		{"1 2:2 30:5 0:5 0:4", `deflate: a block has 287 literal/length codes, expected at most 286, at offset 0 (RFC 1951, Section 3.2.7)`},
		{"1 2:2 0:5 31:5 0:4", `deflate: a block has 32 distance codes, expected at most 30, at offset 0 (RFC 1951, Section 3.2.7)`},
		{describing(257, 1, 0, 1), `deflate: the code length code of a block is incomplete, expected a complete one, at offset 0 (RFC 1951, Section 3.2.7)`},
		{dynamic(oneBit(), []int{1, 1, 1}), `deflate: the distance code of a block is over-subscribed, expected a complete one, at offset 0 (RFC 1951, Section 3.2.7)`},
		{describing(257, 1, 0, 1, 16, 1) + "1 0:2", `deflate: a code length is to be repeated, expected one before it, at offset 9 (RFC 1951, Section 3.2.7)`},
		{describing(257, 1, 0, 1, 18, 1) + "1 127:7 1 127:7", `deflate: a code length is repeated 138 times, expected at most 120, at offset 10 (RFC 1951, Section 3.2.7)`},
		{dynamic(lengthsOf(257, 1, 1, 2, 1), []int{1}), `deflate: a block has no end-of-block code, expected one, at offset 0 (RFC 1951, Section 3.2.7)`},
		{dynamic(abLengths(), []int{1}) + "00 11 1", `deflate: a distance has the code 1, expected one that the block describes, at offset 139 (RFC 1951, Section 3.2.7)`},
		{"1 1:2 11000111", `deflate: a literal or length has the symbol 287, expected at most 285, at offset 0 (RFC 1951, Section 3.2.6)`},
		{"1 1:2 10010001 0000001 11110", `deflate: a distance has the symbol 30, expected at most 29, at offset 2 (RFC 1951, Section 3.2.6)`},
		{"1 1:2 10010001 0000001 00001", `deflate: a distance is 2, expected at most 1, at offset 2 (RFC 1951, Section 3.2.3)`},
	} {
		if _, err := decode(packed(test.in)); fmt.Sprint(err) != test.want {
			t.Errorf("%.40s: %v, want %s", test.in, err, test.want)
		}
	}
}
