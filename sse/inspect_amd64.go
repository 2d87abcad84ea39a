package sse

// inspectBlocks is inspect for whole blocks of 64 bytes, at least one.
func inspectBlocks(p []byte) (cr, wide bool) {
	returns, high := inspectSSE2(&p[0], len(p))
	return returns != 0, high != 0
}

// inspectSSE2 looks at n bytes, a positive multiple of 64. The bits of returns
// are set for bytes that are CR, those of high for bytes beyond ASCII, at their
// place in any 16 bytes. Every amd64 processor has SSE2.
//
//go:noescape
func inspectSSE2(p *byte, n int) (returns, high uint32)

// innerBlocks is inner for whole blocks of 64 bytes, at least one.
func innerBlocks(p []byte) bool {
	low, high := extremesSSE2(&p[0], len(p))
	return low|high == 0
}

// extremesSSE2 looks at n bytes, a positive multiple of 64. The bits of low are
// set for bytes up to CR, those of high for bytes beyond ASCII, as in inspectSSE2.
//
//go:noescape
func extremesSSE2(p *byte, n int) (low, high uint32)
