package wsproto

import (
	"errors"
	"net"
	"strconv"
	"time"
)

// errNoBody is what writing the body of a response ends with that has none.
var errNoBody = errors.New("the response has no body (RFC 9110, Section 6.4.1)")

// A BodyWriter is the body of a response that is written piece by piece and can
// go on for ever. One goroutine writes and closes; the other methods may be
// called from any. It starts no goroutines.
type BodyWriter struct {
	nc      net.Conn
	chunked bool
	none    bool // the response has no body

	size    []byte // of the chunk, with its line end
	parts   [3][]byte
	reading chan struct{} // has an element while a goroutine reads
}

// Respond answers the request with the head of a response, and returns the writer
// of its body. Each piece is a chunk for a client of HTTP/1.1; for one of
// HTTP/1.0 the body lasts until the connection ends. The fields of the framing
// are added: the connection is for this response alone. An answer to HEAD and
// one with the status 204 or 304 have no body and have only to be closed.
//
// RFC 9112, Sections 6.3 and 7.1.
func (p *Pending) Respond(status int, fields Fields) (*BodyWriter, error) {
	major, minor, _ := parseVersion(p.Request.Proto)
	w := &BodyWriter{
		nc:      p.c.nc,
		chunked: major > 1 || minor > 0,
		none:    p.Request.Method == "HEAD" || status == 204 || status == 304,
		reading: make(chan struct{}, 1),
	}
	resp := &Response{Proto: "HTTP/1.1", Status: status, Fields: append(Fields{{"Connection", "close"}}, fields...)}
	if w.chunked && !w.none {
		resp.Fields = append(resp.Fields, Field{"Transfer-Encoding", "chunked"})
	}
	if err := resp.Fields.check(); err != nil {
		return nil, p.reject(&rejection{status: 500, rule: "Respond", got: err.Error(), want: "fields that can be sent"})
	}
	resp.Raw = resp.appendTo(nil)
	if f := p.c.cfg.Trace.HandshakeSent; f != nil {
		f(resp.Raw)
	}
	p.c.releaseCodec()
	if _, err := w.nc.Write(resp.Raw); err != nil {
		w.nc.Close()
		return nil, &HandshakeError{Kind: HandshakeDropped, Request: p.Request, Response: resp, Err: err}
	}
	w.nc.SetDeadline(time.Time{})
	return w, nil
}

// Write hands a piece of the body to the network.
func (w *BodyWriter) Write(p []byte) (int, error) {
	switch {
	case w.none:
		return 0, errNoBody
	case len(p) == 0:
		return 0, nil // a chunk without bytes would be the last one
	case !w.chunked:
		return w.nc.Write(p)
	}
	w.size = append(strconv.AppendInt(w.size[:0], int64(len(p)), 16), "\r\n"...)
	w.parts = [3][]byte{w.size, p, w.size[len(w.size)-2:]}
	chunk := net.Buffers(w.parts[:])
	_, err := chunk.WriteTo(w.nc)
	w.parts = [3][]byte{}
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

// SetWriteDeadline bounds the write that is under way and those that follow, as
// that of a net.Conn does.
func (w *BodyWriter) SetWriteDeadline(t time.Time) error { return w.nc.SetWriteDeadline(t) }

// Wait passes over what the peer still sends, and returns when it has ended its
// direction of the stream or the connection is lost: the peer has no more
// interest in the response. It returns after Close and Abort, too.
func (w *BodyWriter) Wait() {
	w.reading <- struct{}{}
	defer func() { <-w.reading }()
	var b [512]byte
	for {
		if _, err := w.nc.Read(b[:]); err != nil {
			return
		}
	}
}

// Close ends the body in order and the connection with it, once the peer has
// read all of it or after a second.
func (w *BodyWriter) Close() error {
	var err error
	if w.chunked && !w.none {
		_, err = w.nc.Write([]byte("0\r\n\r\n"))
	}
	closeWrite(w.nc)
	w.nc.SetReadDeadline(time.Now().Add(lingerTime))
	w.Wait()
	w.nc.Close()
	return err
}

// Abort ends the connection at once: a client of HTTP/1.1 can tell that the body
// is not complete.
func (w *BodyWriter) Abort() { closeNow(w.nc) }
