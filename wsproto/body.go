package wsproto

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"strings"
	"time"
)

// bodyTime bounds how long a client waits for the body of a refusal. The
// refusal itself is known by then.
const bodyTime = 3 * time.Second

// readBody reads what a refusal says, as far as it is of use to a person:
// at most MaxBody bytes, and whatever came if the server stops half-way.
//
// RFC 9112, Section 6.3.
func (c *Conn) readBody(r *Response) {
	if r.Status < 200 || r.Status == 204 || r.Status == 304 {
		return
	}
	src := io.Reader(bufio.NewReader((*rawReader)(c)))
	length := r.Fields.Value("Content-Length")
	switch n, err := strconv.ParseUint(length, 10, 63); {
	case hasToken(r.Fields.Values("Transfer-Encoding"), "chunked"):
		src = &chunkedReader{src: src}
	case length != "" && err == nil:
		src = io.LimitReader(src, int64(n))
	}
	body, _ := io.ReadAll(io.LimitReader(src, MaxBody+1))
	if len(body) > MaxBody {
		body, r.More = body[:MaxBody], true
	}
	r.Body = body
}

// rawReader reads what is in the buffer and then from the network.
type rawReader Conn

func (r *rawReader) Read(p []byte) (int, error) {
	in := &r.in
	if in.r < in.w {
		n := copy(p, in.buf[in.r:in.w])
		in.r += n
		return n, nil
	}
	return r.nc.Read(p)
}

// chunkedReader decodes the chunked transfer coding.
//
// RFC 9112, Section 7.1.
type chunkedReader struct {
	src  io.Reader
	left uint64 // of the chunk
	more bool   // not the first chunk: a line end comes before the next size
	done bool
}

func (r *chunkedReader) Read(p []byte) (int, error) {
	if r.left == 0 && !r.done {
		if r.more {
			if _, err := r.line(); err != nil {
				return 0, err
			}
		}
		r.more = true
		line, err := r.line()
		if err != nil {
			return 0, err
		}
		size, _, _ := strings.Cut(line, ";")
		if r.left, err = strconv.ParseUint(trimOWS(size), 16, 63); err != nil {
			return 0, io.ErrUnexpectedEOF
		}
		r.done = r.left == 0
	}
	if r.done {
		return 0, io.EOF
	}
	n, err := r.src.Read(p[:min(uint64(len(p)), r.left)])
	r.left -= uint64(n)
	return n, err
}

// line reads up to the next LF. The lines between chunks are short.
func (r *chunkedReader) line() (string, error) {
	var line bytes.Buffer
	var b [1]byte
	for line.Len() < 4096 {
		if _, err := io.ReadFull(r.src, b[:]); err != nil {
			return "", err
		}
		if b[0] == '\n' {
			return strings.TrimSuffix(line.String(), "\r"), nil
		}
		line.WriteByte(b[0])
	}
	return "", io.ErrUnexpectedEOF
}
