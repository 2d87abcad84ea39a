package wsproto

import (
	"bytes"
	"errors"
	"testing"
	"testing/iotest"
)

// maskByByte is the definition: octet i is XORed with key octet i MOD 4.
func maskByByte(p []byte, key [4]byte, pos int) []byte {
	q := make([]byte, len(p))
	for i := range p {
		q[i] = p[i] ^ key[(pos+i)%4]
	}
	return q
}

func TestMask(t *testing.T) {
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	for n := range 1400 {
		for pos := range 5 {
			src := make([]byte, n+1)[1:] // off the alignment
			for i := range src {
				src[i] = byte(i*7 + n)
			}
			want := maskByByte(src, key, pos)
			dst := make([]byte, n)
			if Mask(dst, src, key, pos); !bytes.Equal(dst, want) {
				t.Fatalf("Mask of %d bytes at %d: got %x, want %x", n, pos, dst, want)
			}
			if Mask(src, src, key, pos); !bytes.Equal(src, want) {
				t.Fatalf("Mask in place of %d bytes at %d: got %x, want %x", n, pos, src, want)
			}
		}
	}
}

// TestMaskStaysInside would see a vector store past the end of the payload.
func TestMaskStaysInside(t *testing.T) {
	for n := range 300 {
		buf := bytes.Repeat([]byte{0xEE}, n+128)
		Mask(buf[64:64+n], make([]byte, n), [4]byte{1, 2, 3, 4}, 0)
		for i, b := range buf {
			if (i < 64 || i >= 64+n) && b != 0xEE {
				t.Fatalf("masking %d bytes wrote outside, at %d", n, i-64)
			}
		}
	}
}

// RFC 6455, Section 5.7: a single-frame masked text message "Hello".
func TestMaskRFC(t *testing.T) {
	got := make([]byte, 5)
	Mask(got, []byte{0x7f, 0x9f, 0x4d, 0x51, 0x58}, [4]byte{0x37, 0xfa, 0x21, 0x3d}, 0)
	if string(got) != "Hello" {
		t.Errorf("unmasked %q, want Hello", got)
	}
}

func TestKeySource(t *testing.T) {
	var s keySource
	seen := map[[4]byte]bool{}
	for range 1000 {
		k, err := s.next()
		if err != nil {
			t.Fatal(err)
		}
		seen[k] = true
	}
	if len(seen) < 990 {
		t.Errorf("%d different keys of 1000", len(seen))
	}
	broken := errors.New("no entropy")
	s = keySource{rand: iotest.ErrReader(broken)}
	if _, err := s.next(); err != broken {
		t.Errorf("got error %v, want %v", err, broken)
	}
}

func FuzzMask(f *testing.F) {
	f.Add([]byte("Hello"), uint32(0x37fa213d), 0)
	f.Add(make([]byte, 200), uint32(1), 3)
	f.Fuzz(func(t *testing.T, p []byte, k uint32, pos int) {
		key := [4]byte{byte(k >> 24), byte(k >> 16), byte(k >> 8), byte(k)}
		pos &= 0xFFFF
		want := maskByByte(p, key, pos)
		q := bytes.Clone(p)
		cut := len(q) * 2 / 3
		Mask(q[:cut], q[:cut], key, pos)
		Mask(q[cut:], q[cut:], key, pos+cut)
		if !bytes.Equal(q, want) {
			t.Errorf("masked in two pieces: %x, want %x", q, want)
		}
	})
}

func BenchmarkMask(b *testing.B) {
	for _, size := range []struct {
		name string
		n    int
	}{{"16B", 16}, {"128B", 128}, {"1KiB", 1 << 10}, {"64KiB", 64 << 10}, {"1MiB", 1 << 20}} {
		b.Run(size.name, func(b *testing.B) {
			p := make([]byte, size.n)
			b.SetBytes(int64(size.n))
			for b.Loop() {
				Mask(p, p, [4]byte{0x11, 0x9a, 0xf3, 0x05}, 0)
			}
		})
	}
}
