package sse

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"slices"
	"strings"

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

func (c *Client) contentDecoder(name string) func(io.Reader) (io.Reader, error) {
	switch name {
	case "gzip", "x-gzip":
		return newGunzipper
	case "deflate":
		return newInflater
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

// A gunzipper decodes the gzip coding, member by member: a server may make one of
// each event, which then must not wait for the next.
//
// RFC 1952, Section 2.2.
type gunzipper struct {
	src  *bufio.Reader
	z    *gzip.Reader
	over bool // the member has ended
}

func newGunzipper(r io.Reader) (io.Reader, error) {
	src := bufio.NewReader(r)
	z, err := gzip.NewReader(src)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	return &gunzipper{src: src, z: z}, nil
}

func (g *gunzipper) Read(p []byte) (int, error) {
	if g.over {
		if err := g.z.Reset(g.src); err != nil {
			return 0, err // io.EOF if there is no other member
		}
		g.z.Multistream(false)
		g.over = false
	}
	n, err := g.z.Read(p)
	if err == io.EOF {
		g.over, err = true, nil
	}
	return n, err
}

// newInflater decodes the deflate coding, which is the zlib format (RFC 1950),
// and also what many send in its name, bare deflate data (RFC 1951).
func newInflater(r io.Reader) (io.Reader, error) {
	in := bufio.NewReader(r)
	head, err := in.Peek(2)
	switch {
	case err == io.EOF && len(head) > 0:
		return nil, io.ErrUnexpectedEOF
	case err != nil:
		return nil, err
	}
	if head[0]&0x0F == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(in)
	}
	return flate.NewReader(in), nil
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
