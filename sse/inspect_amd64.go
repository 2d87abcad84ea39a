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
