package wsproto

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode/utf8"
)

const (
	// lingerTime is how long an endpoint that has nothing more to say waits for
	// the peer to end the TCP connection, if CloseTimeout is not shorter.
	lingerTime = time.Second
	// graceTime is how long a client leaves it to the server to be the first.
	graceTime = 100 * time.Millisecond
)

// Close begins the closing handshake: it sends a Close frame after the data
// that was sent before, and returns without waiting for the peer. The reading
// goroutine sees the handshake through and then returns a [*CloseError], or
// within CloseTimeout another error. With CloseNoStatus the frame has no payload.
//
// It refuses a code that may not be sent and a reason that is over MaxReason
// bytes or not UTF-8; [Conn.WriteFrame] sends even those. After the first Close
// frame it returns ErrCloseSent, and also after that of the peer, which the reading
// goroutine answers.
//
// RFC 6455, Section 7.1.2.
func (c *Conn) Close(code CloseCode, reason string) error {
	switch {
	case code != CloseNoStatus && !code.OnWire():
		return fmt.Errorf("close code %v may not be sent in a frame (RFC 6455, Section 7.4)", code)
	case code == CloseNoStatus && reason != "":
		return errors.New("a close reason needs a close code (RFC 6455, Section 5.5.1)")
	case len(reason) > MaxReason:
		return fmt.Errorf("close reason of %d bytes, at most %d fit into a Close frame (RFC 6455, Section 5.5)", len(reason), MaxReason)
	case !utf8.ValidString(reason):
		return fmt.Errorf("close reason %q is not UTF-8 (RFC 6455, Section 5.5.1)", reason)
	}
	c.boundEnd() // of a writer that is stuck, too
	if c.peerClosed.Load() && !c.CloseSent() {
		return ErrCloseSent // or will be at once
	}
	return c.writeControl(OpClose, AppendClosePayload(nil, code, reason))
}

// CloseSent reports whether we have sent a Close frame.
func (c *Conn) CloseSent() bool { return c.closeSent.Load() }

// deadlines are those of a connection that is coming to its end. Several
// goroutines can see the end coming; a deadline that is set is only ever brought
// forward, so that none of them makes another wait longer.
type deadlines struct {
	mu          sync.Mutex
	read, write time.Time
	lingering   bool // the reading goroutine alone sets the deadline for reading
}

// boundEnd gives the closing handshake its time, once.
func (c *Conn) boundEnd() {
	t := time.Now().Add(c.cfg.CloseTimeout)
	c.readUntil(t)
	d := &c.limits
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.write.IsZero() || t.Before(d.write) {
		d.write = t
		c.nc.SetWriteDeadline(t)
	}
}

// endWriting has a write that waits for the peer fail now.
func (c *Conn) endWriting() {
	d := &c.limits
	d.mu.Lock()
	defer d.mu.Unlock()
	d.write = time.Unix(1, 0)
	c.nc.SetWriteDeadline(d.write)
}

// readUntil bounds what is left to be read.
func (c *Conn) readUntil(t time.Time) {
	d := &c.limits
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.lingering && (d.read.IsZero() || t.Before(d.read)) {
		d.read = t
		c.nc.SetReadDeadline(t)
	}
}

// last sets a deadline for the reading goroutine, which has nothing more to do
// than to wait for the end of the stream.
func (d *deadlines) last(nc net.Conn, t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lingering = true
	if !d.read.IsZero() && d.read.Before(t) {
		t = d.read
	}
	nc.SetReadDeadline(t)
}

// sendClose sends a Close frame after everything that was put into the buffer
// before, unless one was sent already. It returns the payload of that one, or
// otherwise an error if ours could not be sent.
func (c *Conn) sendClose(payload []byte) (earlier []byte, sent bool, err error) {
	c.boundEnd()
	o := &c.out
	o.mu.Lock()
	defer c.unlock()
	c.putQueued() // our own Close frame may be among these
	if o.closed {
		if c.flush(); o.closeWritten {
			return o.closePayload, true, nil
		}
		return nil, false, o.err
	}
	if err := c.putControl(OpClose, payload); err != nil {
		return nil, false, err
	}
	return nil, false, c.flush()
}

// sentReason returns the reason of the Close frame that was sent.
func (c *Conn) sentReason() string {
	c.out.mu.Lock()
	defer c.unlock()
	_, reason, _ := ParseClosePayload(c.out.closePayload)
	return reason
}

// closeReceived completes the closing handshake after the peer's Close frame.
func (c *Conn) closeReceived(code CloseCode, reason string) error {
	reply := code
	if !code.OnWire() {
		reply = CloseNoStatus // a code that only a lenient endpoint lets pass
	}
	e := &CloseError{Code: code, Reason: reason, Remote: true, Reply: reply}
	switch earlier, sent, err := c.sendClose(AppendClosePayload(nil, reply, "")); {
	case sent:
		e = &CloseError{Reply: code, ReplyReason: reason}
		e.Code, e.Reason, _ = ParseClosePayload(earlier)
	case err != nil:
		e.Reply = CloseAbnormal
	}
	// Section 7.1.1: the server closes the TCP connection first, so that the
	// TIME_WAIT state is not the client's.
	c.linger(c.role == Server)
	return e
}

// fail fails the connection: the peer is told why, then the connection ends.
//
// RFC 6455, Section 7.1.7.
func (c *Conn) fail(code CloseCode, err error) error {
	c.sendClose(AppendClosePayload(nil, code, closeReason(err)))
	c.linger(true)
	return err
}

// closeReason makes a close reason of an error.
func closeReason(err error) string {
	s := err.Error()
	var broken *ProtocolError
	if errors.As(err, &broken) {
		s = broken.Reason + " (" + broken.Ref() + ")"
	}
	// Cutting can leave half a character at the end.
	return strings.ToValidUTF8(s[:min(len(s), MaxReason)], "")
}

// linger ends the TCP connection in a way that lets the peer read what was sent
// last: closing a socket with unread input would reset it. With first set we end
// our direction of the stream at once, otherwise the peer gets the time to be the
// first to do so.
func (c *Conn) linger(first bool) {
	if c.cfg.Trace.Waiting != nil {
		c.cfg.Trace.Waiting()
	}
	if first || !c.drain(graceTime) {
		closeWrite(c.nc)
		c.drain(lingerTime)
	}
	c.nc.Close()
}

// drain passes over what comes until the peer has ended its direction of the
// stream, and reports whether it did so in time.
func (c *Conn) drain(timeout time.Duration) bool {
	c.limits.last(c.nc, time.Now().Add(min(timeout, c.cfg.CloseTimeout)))
	for {
		if _, err := c.nc.Read(c.in.buf); err != nil {
			return !isTimeout(err)
		}
	}
}

// closeWrite ends our direction of a stream, that of TLS and that beneath.
func closeWrite(nc net.Conn) {
	if t, ok := nc.(interface{ NetConn() net.Conn }); ok {
		defer closeWrite(t.NetConn())
	}
	if w, ok := nc.(interface{ CloseWrite() error }); ok {
		w.CloseWrite()
	}
}

// dropped tells how the connection ended without a closing handshake, from what
// reading returned.
func (c *Conn) dropped(err error, inside string) error {
	fin := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	var unsent error
	if errors.Is(err, os.ErrDeadlineExceeded) && !c.CloseSent() {
		unsent = c.sendError()
	}
	if fin {
		c.nc.Close() // the peer may still read the end of a TLS connection
	} else {
		closeNow(c.nc)
	}
	if cause := c.aborted.Load(); cause != nil {
		return *cause
	}
	if unsent != nil {
		return unsent
	}
	closing := c.CloseSent()
	drop := DropReceive
	switch {
	case fin:
		drop = DropFIN
		if errors.Is(err, io.EOF) {
			err = nil
		}
	case IsReset(err):
		drop = DropReset
	case errors.Is(err, os.ErrDeadlineExceeded) && closing:
		drop = DropCloseTimeout
	}
	e := &DropError{Drop: drop, Inside: inside, CloseSent: closing, Err: err}
	if closing {
		e.CloseReason = c.sentReason()
	}
	return e
}

// sendError returns why sending has failed, or nil. While no Close frame is on its
// way, reading has a deadline only because of that, or because a Close frame waits
// behind data that the peer does not take: then the time for writing is over, too.
func (c *Conn) sendError() error {
	c.endWriting()
	c.out.mu.Lock()
	defer c.unlock()
	return c.out.err
}

// IsReset reports whether err says that a connection was reset, by the peer or on
// the way.
func IsReset(err error) bool {
	const wsaeconnaborted, wsaeconnreset = 10053, 10054 // Windows
	var errno syscall.Errno
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.As(err, &errno) && (errno == wsaeconnreset || errno == wsaeconnaborted)
}
