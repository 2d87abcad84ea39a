package wsproto

import (
	"crypto/rand"
	"encoding/binary"
	"io"
	"math/bits"
	"unsafe"
)

// Mask writes src, masked with key, to dst. Masking and unmasking are the same
// operation. The slices may be the same, to mask in place, but may not overlap
// otherwise; dst must not be shorter than src. The offset pos is that of src[0]
// in the payload of its frame, so that a payload can be masked in pieces.
//
// RFC 6455, Section 5.3.
func Mask(dst, src []byte, key [4]byte, pos int) {
	// Little-endian, so that the byte for pos comes first in memory.
	k := bits.RotateLeft32(binary.LittleEndian.Uint32(key[:]), -8*(pos&3))
	dst = dst[:len(src)]
	if len(src) >= minAligned {
		n := -int(uintptr(unsafe.Pointer(&dst[0]))) & (blockLen - 1)
		xorWords(dst[:n], src[:n], k)
		k = bits.RotateLeft32(k, -8*(n&3))
		dst, src = dst[n:], src[n:]
	}
	if len(src) >= minBlocks {
		n := xorBlocks(dst, src, k)
		dst, src = dst[n:], src[n:]
	}
	xorWords(dst, src, k)
}

const (
	blockLen = 32 // of vector code
	// minBlocks is the length from which the set-up of vector code pays, and
	// minAligned that from which it pays to begin with a few bytes less: blocks
	// that lie across the borders of cache lines take about twice as long.
	minBlocks  = 64
	minAligned = 4096
)

// xorWords masks eight bytes at a step, then the rest byte by byte.
func xorWords(dst, src []byte, k uint32) {
	k64 := uint64(k)<<32 | uint64(k)
	for len(src) >= 8 {
		binary.LittleEndian.PutUint64(dst, binary.LittleEndian.Uint64(src)^k64)
		dst, src = dst[8:], src[8:]
	}
	for i := range src {
		dst[i] = src[i] ^ byte(k)
		k = bits.RotateLeft32(k, -8)
	}
}

// keySource hands out masking keys from a buffer of random bytes, since asking
// the system for four bytes at a time costs more than all the rest of sending a
// short frame.
//
// RFC 6455, Section 5.3: each key is fresh and unpredictable.
type keySource struct {
	rand io.Reader // nil means crypto/rand
	buf  []byte    // not yet handed out
	all  []byte    // what buf is part of
}

// keyBytes is how much is asked of the source of randomness at a time.
const keyBytes = 512

func (s *keySource) next() (key [4]byte, err error) {
	if len(s.buf) < len(key) {
		if s.all == nil {
			s.all = make([]byte, keyBytes)
		}
		if s.rand == nil {
			rand.Read(s.all) // never fails
		} else if _, err := io.ReadFull(s.rand, s.all); err != nil {
			return key, err
		}
		s.buf = s.all
	}
	key = [4]byte(s.buf)
	s.buf = s.buf[4:]
	return key, nil
}
