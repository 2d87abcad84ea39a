package inflate

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

const (
	gzipHead = "1f8b 08 00 00000000 00 03 "
	// gzipHi is a member with "hi".
	gzipHi = gzipHead + "cbc80400" + hiTrailer
	// hiTrailer is the CRC-32 of "hi" and its size.
	hiTrailer = " ac2a93d8 02000000 "
)

func gunzip(in []byte) ([]byte, error) { return io.ReadAll(NewGzipReader(bytes.NewReader(in))) }

func TestGzip(t *testing.T) {
	long := strings.Repeat("6e", 100_000) + "00"
	for _, test := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"a member", gzipHi, "hi"},
		{"an empty one", gzipHead + "0300 00000000 00000000", ""},
		{"three", gzipHi + gzipHead + "0300 00000000 00000000" + gzipHi, "hihi"},
		{"text", "1f8b 08 01 01020304 02 ff cbc80400" + hiTrailer, "hi"},
		{"name", "1f8b 08 08 00000000 00 03 66696c6500 cbc80400" + hiTrailer, "hi"},
		{"long name", "1f8b 08 08 00000000 00 03 " + long + " cbc80400" + hiTrailer, "hi"},
		{"long comment", "1f8b 08 10 00000000 00 03 " + long + " cbc80400" + hiTrailer, "hi"},
		{"extra", "1f8b 08 04 00000000 00 03 0300 414200 cbc80400" + hiTrailer, "hi"},
		{"long extra", "1f8b 08 04 00000000 00 03 ffff" + strings.Repeat("00", 65535) + " cbc80400" + hiTrailer, "hi"},
		{"empty fields", "1f8b 08 1c 00000000 00 03 0000 00 00 cbc80400" + hiTrailer, "hi"},
		{"all", "1f8b 08 1f 00000000 00 03 0200 6162 6300 6400 761e cbc80400" + hiTrailer, "hi"},
	} {
		in := unhex(test.in)
		got, err := gunzip(in)
		if string(got) != test.want || err != nil {
			t.Errorf("%s: %q, %v, want %q", test.name, got, err, test.want)
		}
		got, err = io.ReadAll(NewGzipReader(iotest.OneByteReader(bytes.NewReader(in))))
		if string(got) != test.want || err != nil {
			t.Errorf("%s, byte by byte: %q, %v, want %q", test.name, got, err, test.want)
		}
	}
}

func TestBrokenGzip(t *testing.T) {
	for _, test := range []struct{ name, in, gives, want string }{
		{"text", "646174613a20780a0a", "", "gzip: a member begins with 6461, expected 1f8b, at offset 0 (RFC 1952, Section 2.3.1)"},
		{"half the magic", "1f8c", "", "gzip: a member begins with 1f8c, expected 1f8b, at offset 0 (RFC 1952, Section 2.3.1)"},
		{"method", "1f8b 07", "", "gzip: a member has the compression method 7, expected 8, at offset 0 (RFC 1952, Section 2.3.1)"},
		{"reserved flags", "1f8b 08 21", "", "gzip: a member has the flags 21, expected none of the reserved ones, e0, at offset 0 (RFC 1952, Section 2.3.1.2)"},
		{"header CRC", "1f8b 08 02 00000000 00 03 0000", "", "gzip: the CRC-16 of a header is 0000, expected 77a7 for the header that came, at offset 0 (RFC 1952, Section 2.3.1)"},
		{"CRC", gzipHead + "cbc80400 ad2a93d8", "hi", "gzip: the CRC-32 is d8932aad, expected d8932aac for the content that came, at offset 14 (RFC 1952, Section 2.3.1)"},
		{"size", gzipHead + "cbc80400 ac2a93d8 03000000", "hi", "gzip: the size is 3, expected 2 for the content that came, at offset 18 (RFC 1952, Section 2.3.1)"},
		{"garbage after a member", gzipHi + "3c68", "hi", "gzip: a member begins with 3c68, expected 1f8b, at offset 22 (RFC 1952, Section 2.3.1)"},
		{"zeros after a member", gzipHi + "0000", "hi", "gzip: a member begins with 0000, expected 1f8b, at offset 22 (RFC 1952, Section 2.3.1)"},
		{"distance into the member before", gzipHi + gzipHead + "4b044200", "hia", "deflate: a distance is 2, expected at most 1, at offset 34 (RFC 1951, Section 3.2.3)"},
	} {
		if got, err := gunzip(unhex(test.in)); string(got) != test.gives || fmt.Sprint(err) != test.want {
			t.Errorf("%s: %q, %v, want %q, %s", test.name, got, err, test.gives, test.want)
		}
	}
}

// A stream may end only between members.
func TestTruncatedGzip(t *testing.T) {
	in := unhex("1f8b 08 1f 00000000 00 03 0200 6162 6300 6400 761e cbc80400" + hiTrailer + gzipHi)
	between := len(in) - len(unhex(gzipHi))
	for n := range in {
		want := io.ErrUnexpectedEOF
		if n == 0 || n == between {
			want = nil
		}
		if got, err := gunzip(in[:n]); err != want || !strings.HasPrefix("hihi", string(got)) {
			t.Errorf("%d bytes of %d: %q, %v, want %v", n, len(in), got, err, want)
		}
	}
}

// Each member has a size, a checksum and a window of its own.
func TestGzipMembers(t *testing.T) {
	for _, level := range levels {
		var in, want bytes.Buffer
		for _, content := range samples() {
			w, err := gzip.NewWriterLevel(&in, level)
			if err != nil {
				t.Fatal(err)
			}
			w.Write(content)
			w.Close()
			want.Write(content)
		}
		if got, err := gunzip(in.Bytes()); err != nil || !bytes.Equal(got, want.Bytes()) {
			t.Errorf("level %d: %d bytes, %v, want %d", level, len(got), err, want.Len())
		}
	}
}
