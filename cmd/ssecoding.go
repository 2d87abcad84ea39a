package cmd

import (
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// contentDecoders are the content codings that the standard library has not.
var contentDecoders = map[string]func(io.Reader) (io.Reader, error){
	"br": func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
	// One decoder at a time hands out each block as it comes, and leaves no
	// goroutine behind.
	"zstd": func(r io.Reader) (io.Reader, error) {
		return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
	},
}
