//go:build !amd64

package sse

// inspectBlocks is inspect for whole blocks of 64 bytes.
func inspectBlocks(p []byte) (cr, wide bool) { return inspectWords(p) }

// innerBlocks is inner for whole blocks of 64 bytes.
func innerBlocks(p []byte) bool { return innerWords(p) }
