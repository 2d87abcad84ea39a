package sse

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"

	"wscope/sse/internal/inflate"
	"wscope/sse/internal/zstd"
)

// codings returns the content codings of a response in the order in which they
// were applied.
//
// RFC 9110, Section 8.4.
func codings(h http.Header) (names []string) {
	for _, field := range h.Values("Content-Encoding") {
		for name := range strings.SplitSeq(field, ",") {
			if name = strings.ToLower(strings.Trim(name, " \t")); name != "" && name != "identity" {
				names = append(names, name)
			}
		}
	}
	return names
}

// decodeContent returns what the bytes of a response stand for. A coding begins
// with its first bytes, so the reader is not asked for any before there is
// somebody to wait for them.
func (c *Client) decodeContent(r io.Reader, names []string) io.Reader {
	for _, name := range slices.Backward(names) {
		r = &lazyDecoder{src: r, start: c.contentDecoder(name)}
	}
	return r
}

// decodeBody returns what a body stands for that is no stream. It is bounded after
// each coding, since there may be many of them. cut tells that there is more of the
// body, and then of what it stands for. One that is not in its coding is returned as
// it is.
func (c *Client) decodeBody(raw []byte, names []string, cut bool) (p []byte, more bool) {
	p, more = raw, cut
	for _, name := range slices.Backward(names) {
		start := c.contentDecoder(name)
		if start == nil {
			return raw, cut
		}
		decoded, err := readBody(&lazyDecoder{src: bytes.NewReader(p), start: start})
		if err != nil && (!more || len(decoded) == 0) {
			return raw, cut
		}
		p, more = decoded, more || len(decoded) > maxBody
	}
	return p, more
}

func (c *Client) contentDecoder(name string) func(io.Reader) (io.Reader, error) {
	switch name {
	case "gzip", "x-gzip":
		return func(r io.Reader) (io.Reader, error) { return inflate.NewGzipReader(r), nil }
	case "deflate":
		return func(r io.Reader) (io.Reader, error) { return inflate.NewDeflateReader(r), nil }
	case "zstd":
		return func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r), nil }
	}
	return c.ContentDecoders[name]
}

// acceptEncoding is what a client asks for that wants a compressed stream.
func (c *Client) acceptEncoding() string {
	names := []string{"gzip", "deflate", "zstd"}
	for name := range c.ContentDecoders {
		names = append(names, name)
	}
	slices.Sort(names[2:])
	return strings.Join(names, ", ")
}

// A lazyDecoder starts to decode with the first read.
type lazyDecoder struct {
	src   io.Reader
	start func(io.Reader) (io.Reader, error)
	r     io.Reader
}

func (d *lazyDecoder) Read(p []byte) (int, error) {
	if d.r == nil {
		r, err := d.start(d.src)
		if err != nil {
			return 0, err
		}
		d.r = r
	}
	return d.r.Read(p)
}
