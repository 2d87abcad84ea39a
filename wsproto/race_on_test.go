//go:build race

package wsproto_test

// sample is one in how many conformance cases are played. The race detector makes
// each of them slow, and they differ little in what goroutines do.
const sample = 3
