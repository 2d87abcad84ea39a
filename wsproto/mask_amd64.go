package wsproto

import "sync/atomic"

// xorBlocks masks the longest part of src that is made of whole 32-byte blocks
// and returns its length. Without AVX2 it leaves all to the words.
func xorBlocks(dst, src []byte, k uint32) int {
	n := len(src) &^ 31
	if n == 0 || !hasAVX2() {
		return 0
	}
	xorAVX2(&dst[0], &src[0], n, k)
	return n
}

// xorAVX2 masks n bytes, a positive multiple of 32.
//
//go:noescape
func xorAVX2(dst, src *byte, n int, k uint32)

// avx2 is what is known of the processor: 0 before it has been asked. A question
// costs microseconds on a virtual machine, so who masks nothing does not ask.
var avx2 atomic.Uint32

const (
	avx2Absent = iota + 1
	avx2Present
)

func hasAVX2() bool {
	known := avx2.Load()
	if known == 0 {
		known = avx2Absent
		if detectAVX2() {
			known = avx2Present
		}
		avx2.Store(known)
	}
	return known == avx2Present
}

// detectAVX2 asks the processor for AVX2 and the system for the upper halves of
// the registers.
func detectAVX2() bool {
	const (
		osxsave = 1 << 27 // leaf 1, ECX
		avx     = 1 << 28 // leaf 1, ECX
		avx2    = 1 << 5  // leaf 7, EBX
		ymm     = 0b110   // XCR0: SSE and AVX state
	)
	if top, _, _ := cpuid(0, 0); top < 7 {
		return false
	}
	if _, _, c := cpuid(1, 0); c&(osxsave|avx) != osxsave|avx {
		return false
	}
	if xgetbv()&ymm != ymm {
		return false
	}
	_, b, _ := cpuid(7, 0)
	return b&avx2 != 0
}

func cpuid(leaf, sub uint32) (a, b, c uint32)

func xgetbv() uint32
