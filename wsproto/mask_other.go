//go:build !amd64

package wsproto

import "encoding/binary"

// xorBlocks masks the longest part of src that is made of whole 32-byte blocks
// and returns its length: four independent words at a step.
func xorBlocks(dst, src []byte, k uint32) int {
	n := len(src) &^ 31
	k64 := uint64(k)<<32 | uint64(k)
	for i := 0; i < n; i += 32 {
		d, s := dst[i:i+32:i+32], src[i:i+32:i+32]
		binary.LittleEndian.PutUint64(d, binary.LittleEndian.Uint64(s)^k64)
		binary.LittleEndian.PutUint64(d[8:], binary.LittleEndian.Uint64(s[8:])^k64)
		binary.LittleEndian.PutUint64(d[16:], binary.LittleEndian.Uint64(s[16:])^k64)
		binary.LittleEndian.PutUint64(d[24:], binary.LittleEndian.Uint64(s[24:])^k64)
	}
	return n
}
