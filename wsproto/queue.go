package wsproto

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
)

// A controlQueue is what goroutines that must not wait for the one that is
// writing leave to it: control frames, and the order to flush.
//
// Whoever holds output.mu lets go of it with unlock, which does what is in the
// queue. Whoever puts something there sets todo and then tries to lock mu. If
// that fails, somebody else holds mu at that moment or is about to, and will see
// todo after letting go; so nothing that was left is ever forgotten.
type controlQueue struct {
	todo atomic.Bool

	mu     sync.Mutex // held for moments only
	frames []controlFrame
	closed bool         // one of frames is a Close frame
	pong   controlFrame // answers the last ping
	pinged bool         // pong is waiting
}

// maxQueued bounds the frames that wait for a writer that is stuck.
const maxQueued = 64

var errQueueFull = errors.New("too many control frames wait to be sent: the peer does not read")

type controlFrame struct {
	op  Opcode
	n   int
	buf [MaxControlPayload]byte
}

func (f *controlFrame) set(op Opcode, p []byte) {
	f.op = op
	f.n = copy(f.buf[:], p)
}

func (f *controlFrame) payload() []byte { return f.buf[:f.n] }

// push leaves a control frame to the writer.
func (q *controlQueue) push(op Opcode, p []byte) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return ErrCloseSent
	case op == OpClose:
		q.closed = true
	case len(q.frames) >= maxQueued:
		return errQueueFull
	}
	q.frames = append(q.frames, controlFrame{})
	q.frames[len(q.frames)-1].set(op, p)
	q.todo.Store(true)
	return nil
}

// pushAnswer leaves the answer to a ping to the writer. Of several that wait, the
// last is enough.
//
// RFC 6455, Section 5.5.3.
func (q *controlQueue) pushAnswer(p []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pong.set(OpPong, p)
	q.pinged = true
	q.todo.Store(true)
}

// take empties the queue.
func (q *controlQueue) take() (frames []controlFrame) {
	q.mu.Lock()
	defer q.mu.Unlock()
	frames = q.frames
	if q.pinged {
		frames = slices.Insert(frames, 0, q.pong)
	}
	q.frames, q.closed, q.pinged = nil, false, false
	q.todo.Store(false)
	return frames
}

// Ping sends a Ping frame with at most MaxControlPayload bytes. It does not
// wait for data that is being written: if a writer is stuck, the ping goes out
// before any further data, and nil is returned although it may not come to that.
func (c *Conn) Ping(p []byte) error { return c.writeControl(OpPing, p) }

// Pong sends an unsolicited Pong frame, as Ping does a Ping.
func (c *Conn) Pong(p []byte) error { return c.writeControl(OpPong, p) }

// writeControl sends a control frame as soon as the wire is between two
// frames. If another goroutine is writing, it is left to that one.
func (c *Conn) writeControl(op Opcode, p []byte) error {
	if len(p) > MaxControlPayload {
		return longControl()[op&0xF]
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
	if err := o.queue.push(op, p); err != nil {
		return err
	}
	c.serveQueue()
	return nil
}

// answer sends a pong for a ping that was just read. Replies are gathered until
// the input is drained, and if another goroutine is stuck in writing they are
// left to it.
func (c *Conn) answer(p []byte) {
	o := &c.out
	if o.mu.TryLock() {
		if c.putControl(OpPong, p) == nil {
			c.gather()
		}
		c.unlock()
		return
	}
	o.queue.pushAnswer(p)
	c.serveQueue()
}

// flushReplies writes what the reading goroutine has gathered, before it waits.
// If another goroutine is writing, that one will do it.
func (c *Conn) flushReplies() {
	o := &c.out
	if !o.gathered.Load() {
		return
	}
	if o.mu.TryLock() {
		c.flush()
		c.unlock()
		return
	}
	o.queue.todo.Store(true)
	c.serveQueue()
}

// serveQueue is called after something was put into the queue: the holder of mu
// may have let go of it just before.
func (c *Conn) serveQueue() {
	if c.out.mu.TryLock() {
		c.unlock()
	}
}

// unlock lets go of mu, but not before all that others have left to its holder
// is done.
func (c *Conn) unlock() {
	o := &c.out
	for {
		if o.queue.todo.Load() {
			c.putQueued()
			c.flush()
		}
		o.mu.Unlock()
		if !o.queue.todo.Load() || !o.mu.TryLock() {
			return
		}
	}
}

// putQueued puts the control frames that wait into the buffer, with mu held. A
// flush has to follow: it may have been ordered, too.
func (c *Conn) putQueued() {
	q := &c.out.queue
	if !q.todo.Load() {
		return
	}
	for _, f := range q.take() {
		c.putControl(f.op, f.payload())
	}
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
	return c.put(Header{FIN: true, Opcode: op}, p)
}

// beginClose notes that a Close frame goes out. It is called with mu held.
func (c *Conn) beginClose(payload []byte) {
	if !c.out.closed {
		c.out.closed = true
		c.out.closePayload = slices.Clone(payload)
	}
	c.closeSent.Store(true)
	c.boundEnd()
}
