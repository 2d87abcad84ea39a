package deflate

import (
	"bytes"
	"errors"
	"sync"
	"weak"

	"github.com/klauspost/compress/flate"

	"wscope/wsproto"
)

// smallMessage is the length below which the fast compressor looks for no
// matches and forgets its context. Shorter messages go to a slower one.
const smallMessage = 128

// smallContext is how much of the context that one is given at most.
const smallContext = 8 << 10

// A compressor that does not know the context yet is given this much of it, or
// more for a longer message: it costs as much as compressing that, and most of what
// a message repeats is near.
const (
	minPrime     = 4 << 10
	primeForByte = 4
)

// syncTail is the end of the empty block that a flush leaves, which is not sent.
//
// RFC 7692, Section 7.2.1.
var syncTail = []byte{0x00, 0x00, 0xFF, 0xFF}

var errNoSyncTail = errors.New("the compressor has not flushed")

// A kind of writers, those that no connection uses in a pool.
type kind struct {
	pool   sync.Pool
	level  int
	window int // in bytes; 0 stands for the largest, the only one that has levels
}

// The kinds. The fast one has the level of every library that is out for speed,
// the narrow ones are in the order of their windows.
var (
	small  = kind{level: 7}
	fast   = kind{level: flate.BestSpeed}
	narrow = [MaxWindowBits - MinWindowBits]kind{
		{window: 1 << 8}, {window: 1 << 9}, {window: 1 << 10}, {window: 1 << 11},
		{window: 1 << 12}, {window: 1 << 13}, {window: 1 << 14},
	}
)

// A writer is a compressor with where it writes to.
type writer struct {
	*flate.Writer
	out    sink
	kind   *kind
	primed bool // it was given a context, and refers to that
	// Guarded by shelf.mu: whose context it has, and when it was used last.
	of   *Codec
	last uint64
}

// A sink appends what is written to it.
type sink struct{ b []byte }

func (s *sink) Write(p []byte) (int, error) {
	s.b = append(s.b, p...)
	return len(p), nil
}

// get returns a writer whose context is dict.
func (k *kind) get(dict []byte) (*writer, error) {
	w, ok := k.pool.Get().(*writer)
	if !ok {
		fl, err := k.make()
		if err != nil {
			return nil, err
		}
		w = &writer{Writer: fl, kind: k}
	}
	if len(dict) == 0 && !w.primed {
		w.Reset(&w.out)
		return w, nil
	}
	// Reset would bring an earlier context back.
	w.ResetDict(&w.out, dict)
	w.primed = len(dict) > 0
	return w, nil
}

func (k *kind) make() (*flate.Writer, error) {
	if k.window != 0 {
		return flate.NewWriterWindow(nil, k.window)
	}
	return flate.NewWriter(nil, k.level)
}

func (w *writer) free() { w.kind.pool.Put(w) }

// compress appends the compressed message to dst, without the tail.
func (w *writer) compress(dst, message []byte) ([]byte, error) {
	w.out.b = dst
	_, err := w.Write(message)
	if err == nil {
		err = w.Flush()
	}
	out := w.out.b
	w.out.b = nil
	if err == nil && !bytes.HasSuffix(out[len(dst):], syncTail) {
		err = errNoSyncTail
	}
	if err != nil {
		return nil, err
	}
	return out[:len(out)-len(syncTail)], nil
}

// Encode implements [wsproto.Codec].
//
// RFC 7692, Section 7.2.1.
func (c *Codec) Encode(dst []byte, _ wsproto.Opcode, message []byte) ([]byte, wsproto.RSV, error) {
	if len(message) < c.threshold {
		return dst, 0, nil
	}
	context := 0
	if c.send.Takeover {
		context = len(c.sent.bytes())
	}
	w, err := c.writerFor(message)
	if err != nil {
		return nil, 0, err
	}
	out, err := w.compress(dst, message)
	if err != nil {
		return nil, 0, err
	}
	if c.send.Takeover {
		c.sent.add(message)
	}
	c.keep(w)
	c.sent.context.Store(int64(context))
	c.sent.messages.Add(1)
	c.sent.wire.Add(uint64(len(out) - len(dst)))
	c.sent.plain.Add(uint64(len(message)))
	return out, wsproto.RSV1, nil
}

// writerFor returns a writer that has the context for a message, and is nobody
// else's.
func (c *Codec) writerFor(message []byte) (*writer, error) {
	k := &fast
	bits := c.send.WindowBits
	switch {
	case len(message) < smallMessage:
		k = &small
	case bits < MaxWindowBits:
		k = &narrow[bits-MinWindowBits]
	}
	if w := c.takeWarm(); w != nil {
		if w.kind == k {
			return w, nil
		}
		w.free()
	}
	var dict []byte
	if c.send.Takeover {
		n := max(minPrime, primeForByte*len(message))
		if k == &small {
			// No distance may exceed the window, which this kind does not know.
			n = min(smallContext, c.send.Window()-len(message))
		}
		dict = c.sent.last(n)
	}
	return k.get(dict)
}

// keep leaves the writer with the codec as long as it is not wanted elsewhere,
// if it knows the context of the next message.
func (c *Codec) keep(w *writer) {
	overreaching := w.kind == &small && c.send.WindowBits < MaxWindowBits
	if !c.send.Takeover || overreaching {
		w.free()
		return
	}
	if warmWriters.put(c, w) {
		c.warm = weak.Make(w)
	}
}

func (c *Codec) takeWarm() *writer {
	w := c.warm.Value()
	c.warm = weak.Pointer[writer]{}
	if w == nil || !warmWriters.take(c, w) {
		return nil
	}
	return w
}

// cool gives the writer back.
func (c *Codec) cool() {
	if w := c.takeWarm(); w != nil {
		w.free()
	}
}
