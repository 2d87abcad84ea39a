package cmd

import (
	"io"

	"github.com/andybalholm/brotli"
)

// contentDecoders are the content codings that package sse does not know.
var contentDecoders = map[string]func(io.Reader) (io.Reader, error){
	"br": func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
}
