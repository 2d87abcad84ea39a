package wstest

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// pipeBuffer is how many bytes one direction of a [Pipe] holds before Write
// blocks.
const pipeBuffer = 64 << 10

// Pipe returns the two ends of a connection in memory that behaves as TCP does
// where a protocol can tell: each direction is buffered and ends by itself,
// closing an end that has unread input resets the connection, and deadlines
// work. Segments are kept apart: a Read returns bytes of one Write only.
//
// Everything that blocks does so in a way that package testing/synctest counts
// as durable, if the pipe is made inside the bubble.
func Pipe() (a, b *PipeConn) {
	ab, ba := newStream(), newStream()
	return &PipeConn{in: ba, out: ab, local: "a", remote: "b"},
		&PipeConn{in: ab, out: ba, local: "b", remote: "a"}
}

// A PipeConn is one end of a [Pipe]. It has the methods of a *net.TCPConn that
// end a connection in other ways than Close.
type PipeConn struct {
	in, out       *stream
	local, remote pipeAddr

	mu     sync.Mutex
	closed bool
	abrupt bool // SetLinger(0) was called
}

var _ net.Conn = (*PipeConn)(nil)

// Read implements [net.Conn]. After the other end has gone it returns io.EOF,
// or an error that is syscall.ECONNRESET if the connection was reset.
func (c *PipeConn) Read(p []byte) (int, error) {
	n, err := c.in.read(p)
	return n, c.opError("read", err)
}

// Write implements [net.Conn]. It returns once everything is in the buffer. The
// bytes are one segment unless the buffer is too small for them.
func (c *PipeConn) Write(p []byte) (int, error) {
	n, err := c.out.write(p)
	return n, c.opError("write", err)
}

// CloseWrite ends the outgoing direction: the other end reads io.EOF after
// what was written before.
func (c *PipeConn) CloseWrite() error {
	if c.isClosed() {
		return c.opError("close", net.ErrClosed)
	}
	c.out.finish()
	return nil
}

// SetLinger with 0 lets Close reset the connection, as SO_LINGER does.
func (c *PipeConn) SetLinger(sec int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.abrupt = sec == 0
	return nil
}

// Close ends both directions. If input is unread, or after SetLinger(0), the
// other end finds the connection reset and what it has not read yet lost.
func (c *PipeConn) Close() error {
	c.mu.Lock()
	again, abrupt := c.closed, c.abrupt
	c.closed = true
	c.mu.Unlock()
	if again {
		return c.opError("close", net.ErrClosed)
	}
	if unread := c.in.leave(); unread || abrupt {
		c.out.reset()
	} else {
		c.out.finish()
	}
	return nil
}

func (c *PipeConn) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// SetDeadline implements [net.Conn].
func (c *PipeConn) SetDeadline(t time.Time) error {
	c.in.setAlarm(&c.in.readAlarm, t)
	c.out.setAlarm(&c.out.writeAlarm, t)
	return nil
}

// SetReadDeadline implements [net.Conn].
func (c *PipeConn) SetReadDeadline(t time.Time) error {
	c.in.setAlarm(&c.in.readAlarm, t)
	return nil
}

// SetWriteDeadline implements [net.Conn].
func (c *PipeConn) SetWriteDeadline(t time.Time) error {
	c.out.setAlarm(&c.out.writeAlarm, t)
	return nil
}

// LocalAddr implements [net.Conn].
func (c *PipeConn) LocalAddr() net.Addr { return c.local }

// RemoteAddr implements [net.Conn].
func (c *PipeConn) RemoteAddr() net.Addr { return c.remote }

func (c *PipeConn) opError(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	if c.isClosed() {
		err = net.ErrClosed
	}
	return &net.OpError{Op: op, Net: c.local.Network(), Source: c.local, Addr: c.remote, Err: err}
}

type pipeAddr string

func (pipeAddr) Network() string  { return "pipe" }
func (a pipeAddr) String() string { return "pipe:" + string(a) }

// A stream is one direction of a pipe.
type stream struct {
	mu       sync.Mutex
	changed  *sync.Cond
	segments [][]byte
	size     int  // bytes in segments
	finished bool // the writer has ended the stream
	left     bool // the reader has gone
	broken   bool // reset

	readAlarm, writeAlarm alarm
}

// An alarm is a deadline of one side of a stream.
type alarm struct {
	timer *time.Timer
	set   int // how often it was set, so that an old timer can tell
	rang  bool
}

func newStream() *stream {
	s := new(stream)
	s.changed = sync.NewCond(&s.mu)
	return s
}

func (s *stream) read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.left:
			return 0, net.ErrClosed
		case s.broken:
			return 0, syscall.ECONNRESET
		case s.readAlarm.rang:
			return 0, os.ErrDeadlineExceeded
		case len(s.segments) > 0:
			n := copy(p, s.segments[0])
			if s.segments[0] = s.segments[0][n:]; len(s.segments[0]) == 0 {
				s.segments = s.segments[1:]
			}
			s.size -= n
			s.changed.Broadcast()
			return n, nil
		case s.finished:
			return 0, io.EOF
		case len(p) == 0:
			return 0, nil
		}
		s.changed.Wait()
	}
}

func (s *stream) write(p []byte) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch room := pipeBuffer - s.size; {
		case s.broken:
			return n, syscall.ECONNRESET
		case s.finished, s.left:
			return n, syscall.EPIPE
		case s.writeAlarm.rang:
			return n, os.ErrDeadlineExceeded
		case n == len(p):
			return n, nil
		case room > 0:
			seg := append([]byte(nil), p[n:min(len(p), n+room)]...)
			s.segments = append(s.segments, seg)
			s.size += len(seg)
			n += len(seg)
			s.changed.Broadcast()
			if n == len(p) {
				return n, nil
			}
		}
		s.changed.Wait()
	}
}

// finish ends the stream on the writer's side.
func (s *stream) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finished = true
	s.writeAlarm.stop()
	s.changed.Broadcast()
}

// leave ends the stream on the reader's side and reports whether that loses
// anything.
func (s *stream) leave() (unread bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	unread = s.size > 0
	s.left = true
	s.segments, s.size = nil, 0
	s.readAlarm.stop()
	s.changed.Broadcast()
	return unread
}

func (s *stream) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = true
	s.segments, s.size = nil, 0
	s.writeAlarm.stop()
	s.changed.Broadcast()
}

func (s *stream) setAlarm(a *alarm, t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a.stop()
	a.set++
	a.rang = false
	if !t.IsZero() {
		set := a.set
		if d := time.Until(t); d <= 0 {
			a.rang = true
		} else {
			a.timer = time.AfterFunc(d, func() {
				s.mu.Lock()
				defer s.mu.Unlock()
				if a.set == set {
					a.rang = true
					s.changed.Broadcast()
				}
			})
		}
	}
	s.changed.Broadcast()
}

func (a *alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
		a.timer = nil
	}
}
