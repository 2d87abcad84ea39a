package wsproto

import (
	"errors"
	"net"
	"slices"
	"time"
)

const (
	// bufferFull is how many bytes of frames are gathered before they are
	// written in any case.
	bufferFull = 64 << 10
	// largePayload is the length from which a payload is not gathered but
	// written from where it is, or masked and written piece by piece.
	largePayload = 32 << 10
	// maxQueued bounds the control frames that wait for a writer that is stuck.
	maxQueued = 64
)

var errQueueFull = errors.New("too many control frames wait to be sent: the peer does not read")

// WriteMessage sends p as one unfragmented message and returns when it has
// been handed to the network. op is OpText or OpBinary. That a text is UTF-8 is
// the caller's affair.
func (c *Conn) WriteMessage(op Opcode, p []byte) error {
	return c.writeMessage(op, p, true)
}

// QueueMessage is like WriteMessage but gathers messages, to send many in few
// system calls. They go out when enough has been gathered, with [Conn.Flush], and
// before the reading goroutine waits for the peer. A writer that is not the
// reading goroutine has to call Flush when it pauses.
func (c *Conn) QueueMessage(op Opcode, p []byte) error {
	return c.writeMessage(op, p, false)
}

func (c *Conn) writeMessage(op Opcode, p []byte, flush bool) error {
	o := &c.out
	o.mu.Lock()
	err := c.dataAllowed()
	if err == nil {
		var rsv RSV
		if c.codec != nil {
			p, rsv, err = c.encode(op, p)
		}
		if err == nil {
			err = c.put(Header{FIN: true, RSV: rsv, Opcode: op}, p, 0)
			o.n.messages++
		}
	}
	if err == nil && (flush || len(o.buf) >= bufferFull) {
		err = c.flush()
	}
	c.unlock()
	return err
}

// WriteFragmented sends p as one message in frames of size bytes each; the last
// is shorter if it comes out so. An empty message is one frame. Control frames
// may go out between the fragments, data of other goroutines may not.
//
// RFC 6455, Section 5.4.
func (c *Conn) WriteFragmented(op Opcode, p []byte, size int) error {
	if size < 1 {
		return c.WriteMessage(op, p)
	}
	o := &c.out
	o.mu.Lock()
	defer c.unlock()
	if err := c.dataAllowed(); err != nil {
		return err
	}
	h := Header{Opcode: op}
	if c.codec != nil {
		var err error
		if p, h.RSV, err = c.encode(op, p); err != nil {
			return err
		}
	}
	o.n.messages++
	for i := 1; ; i++ {
		n := min(size, len(p))
		h.FIN = n == len(p)
		number := i
		if h.FIN && i == 1 {
			number = 0
		}
		if err := c.put(h, p[:n], number); err != nil {
			return err
		}
		if h.FIN {
			return c.flush()
		}
		if o.todo.Load() {
			c.doQueued()
		}
		if len(o.buf) >= bufferFull {
			if err := c.flush(); err != nil {
				return err
			}
		}
		p = p[n:]
		h = Header{Opcode: OpContinuation}
	}
}

// WriteFrame sends a frame as it is given, legal or not, and flushes. Nothing
// is added: a client's frame goes out unmasked unless h.Masked is set, and with
// the key in h. If h.PayloadLen differs from len(p), the header lies. It works
// after a Close frame too; a frame with OpClose counts as our Close frame.
func (c *Conn) WriteFrame(h Header, p []byte) error {
	o := &c.out
	o.mu.Lock()
	defer c.unlock()
	if o.err != nil {
		return o.err
	}
	if h.Opcode == OpClose {
		c.beginClose(p)
	}
	c.reportSent(h, p, 0)
	o.buf = h.AppendTo(o.buf)
	at := len(o.buf)
	o.buf = append(o.buf, p...)
	if h.Masked {
		Mask(o.buf[at:], p, h.MaskingKey, 0)
	}
	o.n.frames++
	o.n.bytes += uint64(len(p))
	return c.flush()
}

// NewMaskingKey returns a fresh masking key, for [Conn.WriteFrame].
func (c *Conn) NewMaskingKey() ([4]byte, error) {
	c.out.mu.Lock()
	defer c.unlock()
	return c.out.keys.next()
}

// Ping sends a Ping frame with at most MaxControlPayload bytes. It does not
// wait for data that is being written: if a writer is stuck, the ping goes out
// before any further data.
func (c *Conn) Ping(p []byte) error { return c.writeControl(OpPing, p) }

// Pong sends an unsolicited Pong frame, as Ping does a Ping.
func (c *Conn) Pong(p []byte) error { return c.writeControl(OpPong, p) }

// Flush writes out what QueueMessage has gathered.
func (c *Conn) Flush() error {
	c.out.mu.Lock()
	err := c.flush()
	c.unlock()
	return err
}

// dataAllowed is called with mu held.
func (c *Conn) dataAllowed() error {
	switch o := &c.out; {
	case o.err != nil:
		return o.err
	case o.closed:
		return ErrCloseSent
	}
	return nil
}

// encode runs a message through the extension, with mu held.
func (c *Conn) encode(op Opcode, p []byte) ([]byte, RSV, error) {
	out, rsv, err := c.codec.Encode(nil, op, p)
	if err != nil {
		c.out.err = err
	}
	return out, rsv, err
}

// put appends one frame to the buffer, masked if we are the client; a large
// payload is written at once. It is called with mu held.
func (c *Conn) put(h Header, p []byte, fragment int) error {
	o := &c.out
	h.PayloadLen = uint64(len(p))
	if c.role == Client {
		h.Masked = true
		var err error
		if h.MaskingKey, err = o.keys.next(); err != nil {
			o.err = err
			return err
		}
	}
	if c.cfg.Trace.FrameSent != nil {
		c.reportSent(h, p, fragment)
	}
	o.n.frames++
	o.n.bytes += uint64(len(p))
	o.buf = h.AppendTo(o.buf)
	if len(p) >= largePayload {
		return c.putLarge(h, p)
	}
	at := len(o.buf)
	o.buf = append(o.buf, p...)
	if h.Masked {
		Mask(o.buf[at:], o.buf[at:], h.MaskingKey, 0)
	}
	return nil
}

// putLarge writes the buffer, which ends in the header of the frame, and then
// the payload: as it is, without a copy, or masked in pieces that fit a
// processor's cache.
func (c *Conn) putLarge(h Header, p []byte) error {
	o := &c.out
	if !h.Masked {
		bufs := net.Buffers{o.buf, p}
		_, err := bufs.WriteTo(c.nc)
		return c.written(err)
	}
	const piece = 2 * largePayload
	for pos := 0; pos < len(p); {
		at := len(o.buf)
		n := min(piece, len(p)-pos)
		o.buf = slices.Grow(o.buf, n)[:at+n]
		Mask(o.buf[at:], p[pos:pos+n], h.MaskingKey, pos)
		if pos += n; pos == len(p) && n < largePayload {
			return nil // the rest is gathered with what follows
		}
		if err := c.flush(); err != nil {
			return err
		}
	}
	return nil
}

// flush writes the buffer. It is called with mu held.
func (c *Conn) flush() error {
	o := &c.out
	if o.err != nil || len(o.buf) == 0 {
		return o.err
	}
	_, err := c.nc.Write(o.buf)
	return c.written(err)
}

func (c *Conn) written(err error) error {
	o := &c.out
	o.buf = o.buf[:0]
	o.shown.publish(&o.n)
	if err != nil {
		// The peer's last words may still be there to be read: the reading
		// goroutine decides how the connection ended. It must not wait for
		// ever, though, for a peer that is gone.
		o.err = &DropError{Drop: DropSend, CloseSent: o.closed, Err: err}
		c.nc.SetReadDeadline(time.Now().Add(c.cfg.CloseTimeout))
	}
	return o.err
}

func (c *Conn) reportSent(h Header, p []byte, fragment int) {
	if f := c.cfg.Trace.FrameSent; f != nil {
		c.out.info = FrameInfo{Time: c.now(), Header: h, Payload: p, Fragment: fragment}
		f(&c.out.info)
		c.out.info.Payload = nil
	}
}

// A queuedControl is a control frame that waits for the writer.
type queuedControl struct {
	op  Opcode
	n   int
	buf [MaxControlPayload]byte
}

// writeControl sends a control frame as soon as the wire is between two
// frames. If another goroutine is writing, it is left to that one.
func (c *Conn) writeControl(op Opcode, p []byte) error {
	if len(p) > MaxControlPayload {
		return longControl[op&0xF]
	}
	o := &c.out
	if o.mu.TryLock() {
		err := c.putControl(op, p)
		if err == nil {
			err = c.flush()
		}
		c.unlock()
		return err
	}
	if err := o.enqueue(op, p); err != nil {
		return err
	}
	// The holder of mu may have let go of it just before.
	if o.mu.TryLock() {
		c.unlock()
	}
	return nil
}

// enqueue leaves a control frame to the holder of mu. Of several pongs that
// wait only the last is kept (RFC 6455, Section 5.5.3).
func (o *output) enqueue(op Opcode, p []byte) error {
	q := queuedControl{op: op, n: len(p)}
	copy(q.buf[:], p)
	o.queueMu.Lock()
	defer o.queueMu.Unlock()
	if op == OpPong {
		o.queue = slices.DeleteFunc(o.queue, func(q queuedControl) bool { return q.op == OpPong })
	}
	if len(o.queue) >= maxQueued {
		return errQueueFull
	}
	o.queue = append(o.queue, q)
	o.todo.Store(true)
	return nil
}

// putControl is called with mu held.
func (c *Conn) putControl(op Opcode, p []byte) error {
	o := &c.out
	if o.err != nil {
		return o.err
	}
	if o.closed {
		return ErrCloseSent
	}
	if op == OpClose {
		c.beginClose(p)
	}
	return c.put(Header{FIN: true, Opcode: op}, p, 0)
}

// beginClose notes that a Close frame goes out. It is called with mu held.
func (c *Conn) beginClose(payload []byte) {
	if !c.out.closed {
		c.out.closed = true
		c.out.closePayload = slices.Clone(payload)
	}
	c.started.CompareAndSwap(0, time.Now().UnixNano())
}

// unlock lets go of mu, but not before all that others have left to its holder
// is done.
func (c *Conn) unlock() {
	o := &c.out
	for {
		if o.todo.Load() {
			c.doQueued()
			c.flush()
		}
		o.mu.Unlock()
		if !o.todo.Load() || !o.mu.TryLock() {
			return
		}
	}
}

// doQueued puts the control frames that wait into the buffer, with mu held.
func (c *Conn) doQueued() {
	o := &c.out
	o.queueMu.Lock()
	queue := o.queue
	o.queue = nil
	o.todo.Store(false)
	o.queueMu.Unlock()
	for i := range queue {
		c.putControl(queue[i].op, queue[i].buf[:queue[i].n])
	}
}

// answer sends a pong for a ping that was just read. It never waits: replies
// are gathered until the input is drained, and if another goroutine is stuck in
// writing they are left to it.
func (c *Conn) answer(p []byte) {
	o := &c.out
	if o.mu.TryLock() {
		if c.putControl(OpPong, p) == nil && len(o.buf) >= bufferFull {
			c.flush()
		}
		c.unlock()
		return
	}
	if o.enqueue(OpPong, p) == nil && o.mu.TryLock() {
		c.unlock()
	}
}

// flushReplies writes what the reading goroutine has gathered, before it waits.
// If another goroutine is writing, that one will do it.
func (c *Conn) flushReplies() {
	o := &c.out
	if o.mu.TryLock() {
		c.flush()
		c.unlock()
		return
	}
	o.todo.Store(true)
	if o.mu.TryLock() {
		c.unlock()
	}
}
