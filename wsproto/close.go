package wsproto

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

const (
	// lingerTime is how long an endpoint that has nothing more to say waits for
	// the peer to end the TCP connection, if CloseTimeout is not shorter.
	lingerTime = time.Second
	// graceTime is how long a client leaves it to the server to be the first.
	graceTime = 100 * time.Millisecond
)

// Close begins the closing handshake: it sends a Close frame after the data
// that was sent before, and returns without waiting. The reading goroutine sees
// the handshake through and then returns a [*CloseError], or within CloseTimeout
// another error. With CloseNoStatus the frame has no payload.
//
// It refuses a code that may not be sent and a reason over MaxReason bytes;
// [Conn.WriteFrame] sends even those. After the first Close frame it returns ErrCloseSent.
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
	}
	deadline := time.Now().Add(c.cfg.CloseTimeout)
	c.nc.SetReadDeadline(deadline)
	c.nc.SetWriteDeadline(deadline) // of a writer that is stuck, too
	return c.writeControl(OpClose, AppendClosePayload(nil, code, reason))
}

// CloseSent reports whether we have sent a Close frame.
func (c *Conn) CloseSent() bool { return c.started.Load() != 0 }

// sendClose sends a Close frame after everything that was put into the buffer
// before, unless one was sent already. It reports whether it did, and returns
// the payload of the Close frame that was sent.
func (c *Conn) sendClose(payload []byte) (first bool, sent []byte) {
	c.nc.SetWriteDeadline(time.Now().Add(c.cfg.CloseTimeout))
	o := &c.out
	o.mu.Lock()
	defer c.unlock()
	if o.todo.Load() {
		c.doQueued() // our own Close frame may be among these
	}
	first = !o.closed && c.putControl(OpClose, payload) == nil
	c.flush()
	return first, o.closePayload
}

// closeReceived completes the closing handshake after the peer's Close frame.
func (c *Conn) closeReceived(code CloseCode, reason string) error {
	reply := code
	if !code.OnWire() {
		reply = CloseNoStatus // a code that only a lenient endpoint lets pass
	}
	e := &CloseError{Code: code, Reason: reason, Remote: true, Reply: reply}
	if first, sent := c.sendClose(AppendClosePayload(nil, reply, "")); !first {
		e = &CloseError{Reply: code, ReplyReason: reason}
		e.Code, e.Reason, _ = ParseClosePayload(sent)
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
	return s[:min(len(s), MaxReason)]
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
	c.nc.SetReadDeadline(time.Now().Add(min(timeout, c.cfg.CloseTimeout)))
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
	c.nc.Close()
	if cause := c.aborted.Load(); cause != nil {
		return *cause
	}
	closing := c.CloseSent()
	drop := DropReceive
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		drop, err = DropFIN, nil
	case isReset(err):
		drop = DropReset
	case errors.Is(err, os.ErrDeadlineExceeded) && closing:
		drop = DropCloseTimeout
	case errors.Is(err, os.ErrDeadlineExceeded):
		// Only a failure to send sets a deadline while no one is closing.
		c.out.mu.Lock()
		defer c.unlock()
		if c.out.err != nil {
			return c.out.err
		}
	}
	return &DropError{Drop: drop, Inside: inside, CloseSent: closing, Err: err}
}

func isReset(err error) bool {
	const wsaeconnreset = 10054 // Windows
	var errno syscall.Errno
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.As(err, &errno) && errno == wsaeconnreset
}
