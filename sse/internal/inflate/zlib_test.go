package inflate

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestDeflate(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"zlib", "789c cbc80400 013b00d2", "hi"},
		{"zlib without content", "789c 0300 00000001", ""},
		{"zlib, small window", "081d cbc80400 013b00d2", "hi"},
		{"bytes after zlib", "789c cbc80400 013b00d2 789c", "hi"},
		{"bare", "cbc80400", "hi"},
		{"bare without content", "0300", ""},
		{"bare stored", "01 0200 fdff 6869", "hi"},
		{"bare stored, with a padding like zlib's", "08 0000 ffff 01 0200 fdff 6869", "hi"},
		{"bytes after bare data", "cbc80400 00", "hi"},
	} {
		for chunks, src := range map[string]io.Reader{"at once": bytes.NewReader(unhex(test.in)), "byte by byte": iotest.OneByteReader(bytes.NewReader(unhex(test.in)))} {
			if got, err := io.ReadAll(NewDeflateReader(src)); string(got) != test.want || err != nil {
				t.Errorf("%s, %s: %q, %v, want %q", test.name, chunks, got, err, test.want)
			}
		}
	}
}

func TestBrokenDeflate(t *testing.T) {
	for _, test := range []struct{ name, in, gives, want string }{
		{"window", "881c", "", "zlib: the window has 65536 bytes, expected at most 32768, at offset 0 (RFC 1950, Section 2.2)"},
		{"dictionary", "78bb 01020304", "", "zlib: the stream needs the dictionary 01020304, expected a stream without one, at offset 0 (RFC 1950, Section 2.2)"},
		{"Adler-32", "789c cbc80400 013b00d3", "hi", "zlib: the Adler-32 is 013b00d3, expected 013b00d2 for the content that came, at offset 6 (RFC 1950, Section 2.2)"},
		{"text", "646174613a20780a0a", "", "deflate: the code length code of a block is incomplete, expected a complete one, at offset 0 (RFC 1951, Section 3.2.7)"},
		{"gzip", gzipHi, "", "deflate: a block has the type 3, expected at most 2, at offset 0 (RFC 1951, Section 3.2.3)"},
	} {
		if got, err := io.ReadAll(NewDeflateReader(bytes.NewReader(unhex(test.in)))); string(got) != test.gives || fmt.Sprint(err) != test.want {
			t.Errorf("%s: %q, %v, want %q, %s", test.name, got, err, test.gives, test.want)
		}
	}
}

// There is no other end than the end.
func TestTruncatedDeflate(t *testing.T) {
	for _, s := range []string{"789c cbc80400 013b00d2", "cbc80400", "78bb 01020304"} {
		in := unhex(s)
		for n := 1; n < len(in); n++ {
			if got, err := io.ReadAll(NewDeflateReader(bytes.NewReader(in[:n]))); err != io.ErrUnexpectedEOF || !strings.HasPrefix("hi", string(got)) {
				t.Errorf("%d bytes of %s: %q, %v", n, s, got, err)
			}
		}
	}
}
