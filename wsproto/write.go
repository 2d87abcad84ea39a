package wsproto

import (
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// bufferFull is how many bytes of frames are gathered before they are
	// written in any case.
	bufferFull = 64 << 10
	// largePayload is the length from which a payload is not gathered but
	// written from where it is, or masked and written piece by piece.
	largePayload = 32 << 10
)

// output is the writing half of a connection.
type output struct {
	mu     sync.Mutex // held while frames are put into buf and while buf is written
	buf    []byte     // whole frames, in the order of the wire
	two    [2][]byte  // what vector is made of
	vector net.Buffers
	err    error // the first failure of writing; nothing is written after it
	whole  bool  // the connection has ended, and all that was put into buf was written
	// gathered is set while buf may have frames that nobody is about to flush.
	gathered atomic.Bool

	closed       bool   // a Close frame was put into buf
	closeWritten bool   // that has been written
	closePayload []byte // of that frame

	keys keySource
	// The message that is being sent, if an extension has transformed it.
	encoded bool
	plain   []byte // what it was before
	room    loan   // what it is now

	lentBuf loan // buf, if it is large and an extension is in force

	info     FrameInfo
	fragment int  // number of the last data frame within its message
	maskBit  byte // of the second byte of a header that we send

	n         counts
	published tally
	due       uint64 // number of frames at which n is published next

	queue controlQueue
}

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
		switch {
		case c.codec != nil:
			err = c.putFragmented(op, p, len(p))
		case len(p) < largePayload && !c.cfg.Trace.sends():
			err = c.putShort(op, p)
		default:
			err = c.put(Header{FIN: true, Opcode: op}, p)
		}
	}
	if err == nil {
		if flush {
			err = c.flush()
		} else {
			err = c.gather()
		}
	}
	c.unlock()
	return err
}

// WriteFragmented sends p as one message in frames of size bytes each; the last
// is shorter if it comes out so. An empty message is one frame. Control frames
// may go out between the fragments, data of other goroutines may not. If one of
// those is a Close frame, the rest is not sent and ErrCloseSent is returned.
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
	if err := c.putFragmented(op, p, size); err != nil {
		return err
	}
	return c.flush()
}

// putFragmented puts a message into the buffer, in frames of size bytes. What an
// extension makes of a message stays whole if the message was to.
func (c *Conn) putFragmented(op Opcode, p []byte, size int) error {
	o := &c.out
	h := Header{Opcode: op}
	if c.codec != nil {
		whole := size >= len(p)
		room := o.room.take()
		defer func() {
			o.encoded, o.plain = false, nil
			o.room.giveBack(room)
		}()
		var err error
		if p, room, err = c.encode(&h, p, room); err != nil {
			return err
		}
		if whole {
			size = len(p)
		}
		o.reserve(min(len(p), largePayload) + MaxHeaderLen)
	}
	for {
		n := min(size, len(p))
		h.FIN = n == len(p)
		if err := c.put(h, p[:n]); err != nil || h.FIN {
			return err
		}
		p = p[n:]
		h = Header{Opcode: OpContinuation}
		c.putQueued()
		if o.closed {
			c.flush()
			return ErrCloseSent
		}
		if len(o.buf) >= bufferFull {
			if err := c.flush(); err != nil {
				return err
			}
		}
	}
}

// encode runs a message through the extension, which may use room, and sets the
// bits of its first header. It returns what is to be sent, and the room as it has
// become. It is called with mu held.
func (c *Conn) encode(h *Header, p, room []byte) (_, _ []byte, err error) {
	o := &c.out
	out, bits, err := c.codec.Encode(room, h.Opcode, p)
	if err != nil {
		o.err = err
		return nil, room, err
	}
	if bits == 0 {
		return p, out, nil
	}
	h.RSV = bits
	o.encoded, o.plain = true, p
	return out, out, nil
}

// minWriteBuffer is the largest output buffer that a connection with an extension
// keeps while it has nothing to send.
const minWriteBuffer = 4 << 10

// reserve makes room for n more bytes in the buffer.
func (o *output) reserve(n int) {
	if n += len(o.buf); n > cap(o.buf) && n > minWriteBuffer && !o.lentBuf.held() {
		o.buf = append(o.lentBuf.take(), o.buf...)
	}
}

// WriteFrame sends a frame as it is given, legal or not, and flushes. Nothing
// is added: a client's frame goes out unmasked unless h.Masked is set, and with
// the key in h. If h.PayloadLen differs from len(p), the header lies. It works
// after a Close frame too; a frame with OpClose counts as our Close frame and
// begins a closing handshake.
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
	if err := c.putFrame(h, p); err != nil {
		return err
	}
	return c.flush()
}

// NewMaskingKey returns a fresh masking key, for [Conn.WriteFrame].
func (c *Conn) NewMaskingKey() ([4]byte, error) {
	c.out.mu.Lock()
	defer c.unlock()
	return c.out.keys.next()
}

// Flush writes out what QueueMessage has gathered. After the end of the connection
// it returns an error only if some of that was not written.
func (c *Conn) Flush() error {
	o := &c.out
	o.mu.Lock()
	err := c.flush()
	if o.whole {
		err = nil
	}
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

// put appends one frame with the payload p to the buffer, masked if we are the
// client. It is called with mu held.
func (c *Conn) put(h Header, p []byte) error {
	h.PayloadLen = uint64(len(p))
	if c.role == Client {
		o := &c.out
		h.Masked = true
		var err error
		if h.MaskingKey, err = o.keys.next(); err != nil {
			o.err = err
			return err
		}
	}
	return c.putFrame(h, p)
}

// putFrame appends one frame to the buffer; a large payload is written at once.
// It is called with mu held.
func (c *Conn) putFrame(h Header, p []byte) error {
	o := &c.out
	if c.cfg.Trace.sends() {
		c.reportSent(h, p)
	}
	o.n.frames++
	o.n.bytes += uint64(len(p))
	if !h.FIN || h.Opcode > OpBinary {
		o.n.idle++
	}
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

// putShort does what put does for a message that is not large and not traced.
func (c *Conn) putShort(op Opcode, p []byte) error {
	const fin = 0x80
	o := &c.out
	b := o.buf
	n := len(p)
	if n <= 125 {
		b = append(b, fin|byte(op&0xF), o.maskBit|byte(n))
	} else {
		b = append(b, fin|byte(op&0xF), o.maskBit|126, byte(n>>8), byte(n))
	}
	if o.maskBit == 0 {
		b = append(b, p...)
	} else {
		key, err := o.keys.next()
		if err != nil {
			o.err = err
			return err
		}
		b = append(b, key[:]...)
		at := len(b)
		b = slices.Grow(b, n)[:at+n]
		Mask(b[at:], p, key, 0)
	}
	o.buf = b
	o.n.frames++
	o.n.bytes += uint64(n)
	return nil
}

// putLarge writes the buffer, which ends in the header of the frame, and then
// the payload: as it is, without a copy, or masked in pieces that fit a
// processor's cache.
func (c *Conn) putLarge(h Header, p []byte) error {
	o := &c.out
	o.due = 0 // this write may take its time
	if !h.Masked {
		if o.err != nil {
			return o.err
		}
		o.two = [2][]byte{o.buf, p}
		o.vector = o.two[:]
		_, err := o.vector.WriteTo(c.nc)
		o.two = [2][]byte{}
		return c.written(err)
	}
	const piece = 2 * largePayload
	for pos := 0; pos < len(p); {
		at := len(o.buf)
		n := min(piece, len(p)-pos)
		if c.codec != nil {
			o.reserve(n) // each flush gives the buffer back
		}
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

// gather leaves the buffer for a later flush if it is not full yet. It is called
// with mu held.
func (c *Conn) gather() error {
	o := &c.out
	if len(o.buf) >= bufferFull {
		return c.flush()
	}
	if !o.gathered.Load() {
		o.gathered.Store(len(o.buf) > 0)
	}
	return o.err
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

// written ends a write of the buffer.
func (c *Conn) written(err error) error {
	o := &c.out
	o.buf = o.buf[:0]
	if cap(o.buf) > minWriteBuffer && c.codec != nil {
		o.lentBuf.giveBack(o.buf)
		o.buf = nil
	}
	if o.gathered.Load() {
		o.gathered.Store(false)
	}
	if o.n.frames >= o.due {
		o.publish()
	}
	if err != nil {
		return c.cannotSend(err)
	}
	if f := c.cfg.Trace.Wrote; f != nil && !o.closed {
		f()
	}
	o.closeWritten = o.closed
	return nil
}

// publishEvery is after how many frames a writer shows its numbers unasked, which
// costs more than the rest of counting.
const publishEvery = 16

// publish is called with mu held.
func (o *output) publish() {
	o.published.publish(&o.n)
	o.due = o.n.frames + publishEvery
}

// cannotSend ends sending. The peer's last words may still be there to be read:
// the reading goroutine decides how the connection ended. It must not wait for
// ever, though, for a peer that is gone.
func (c *Conn) cannotSend(err error) error {
	o := &c.out
	o.err = &DropError{Drop: DropSend, CloseSent: o.closed, Err: err}
	if cause := c.aborted.Load(); cause != nil {
		o.err = *cause
	}
	c.readUntil(time.Now().Add(c.cfg.CloseTimeout))
	return o.err
}
