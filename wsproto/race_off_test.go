//go:build !race

package wsproto_test

const sample = 1
