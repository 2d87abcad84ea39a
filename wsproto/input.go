package wsproto

import (
	"slices"
	"time"
)

const (
	// minReadBuffer is what a connection begins with and maxReadBuffer what it
	// grows to when the peer fills it.
	minReadBuffer = 4 << 10
	maxReadBuffer = 64 << 10
	// longReadBuffer is what it grows to when manyLongFrames have not fitted: four
	// frames that each have as much payload as maxReadBuffer come in one read.
	longReadBuffer = 4 * (maxReadBuffer + MaxHeaderLen)
	manyLongFrames = 16
	// narrowRead is how much is read with the header that follows a long frame.
	narrowRead = 512
)

// input is the reading half of a connection. It belongs to the reading
// goroutine.
//
// All bytes arrive in buf. A frame that fits there is unmasked and lent to the
// caller where it is; a longer one goes from the network straight into msg. If such
// frames go on to come, buf grows so that several of them fit.
type input struct {
	buf     []byte
	small   []byte    // what buf is when it has shrunk again; nil if it has, or will not
	r, w    int       // buf[r:w] has arrived and is not used yet
	arrived time.Time // when the newest byte of buf did
	begun   bool      // something has arrived
	full    bool      // the last read filled the buffer: a larger one pays
	trickle bool      // the last read brought little: a smaller one does
	narrow  bool      // the last frame bypassed the buffer: the next may, too
	long    int       // how many did since buf was a longReadBuffer
	stride  int       // length of the last frame while it is one

	// What a message must be like to be taken by shortMessage.
	traced     bool
	maskBit    byte // of the second byte of a header that the peer sends
	shortLimit int

	msg  []byte // payload of the message so far, if it is not in buf alone
	text utf8Checker

	lentBuf, lentMsg loan

	// The data message that is open, from its first frame to its last.
	open    bool
	op      Opcode
	frames  int
	wire    uint64 // payload bytes of its frames so far
	size    uint64 // bytes of the message so far: as wire, but for an encoded one what has been decoded
	bad     bool   // lenient: the text is not UTF-8, and that was said
	encoded bool   // its first frame has bits of the codec

	pieces pieces
	info   FrameInfo

	n         counts
	published tally
}

func (in *input) publish() { in.published.publish(&in.n) }

// fill waits for more bytes. Room is made for need bytes from r on, which must
// fit the buffer.
func (c *Conn) fill(need int) error {
	in := &c.in
	if in.r == in.w {
		in.r, in.w = 0, 0
	}
	switch {
	case in.full && len(in.buf) < maxReadBuffer:
		in.grow(min(4*len(in.buf), maxReadBuffer), c.codec != nil)
	case in.small != nil && in.w == 0 && !in.full && (c.codec != nil || in.trickle):
		in.shrink()
	case in.r+need > len(in.buf) || in.w == len(in.buf):
		in.w = copy(in.buf, in.buf[in.r:in.w])
		in.r = 0
	}
	room := in.buf[in.w:]
	narrow := in.narrow
	if narrow {
		// A long frame is likely to follow the last one. What of it is read
		// into the buffer has to be copied out again.
		in.narrow = false
		room = room[:min(len(room), narrowRead)]
	} else if in.stride > 0 {
		// The part that is read of a frame that does not fit has to be moved, so
		// the read ends where a frame does if they are all as long as the last.
		if n := (len(in.buf)-in.r)/in.stride*in.stride - (in.w - in.r); n > 0 {
			room = room[:n]
		}
	}
	n, err := c.receive(room)
	in.w += n
	in.full = n == len(room) && !narrow
	in.trickle = n < minReadBuffer
	return err
}

// grow takes a larger buffer of n bytes or a few more, for good or to shrink again.
func (in *input) grow(n int, again bool) {
	var larger []byte
	if again {
		larger = in.lentBuf.take()
		n = max(n, min(cap(larger), maxReadBuffer))
		if in.small == nil {
			in.small = in.buf
		}
	}
	if cap(larger) < n {
		larger = make([]byte, n)
	}
	in.w = copy(larger[:n], in.buf[in.r:in.w])
	in.r = 0
	in.buf = larger[:n]
}

// growLong takes a buffer for frames that have not fitted the one there is.
func (in *input) growLong() {
	in.grow(longReadBuffer, true)
	in.long = 0
	if len(in.msg) == 0 {
		in.msg = nil // only longer ones go there
	}
}

// shrink goes back to the small buffer when nothing is in the large one. A
// connection with an extension does so before it may have to wait: for the work
// that it has with messages, reading them in fewer calls does not pay.
func (in *input) shrink() {
	in.lentBuf.giveBack(in.buf)
	in.buf, in.small = in.small, nil
	in.stride = 0
}

// receive reads from the network. Before it waits, all that is gathered on the
// way out goes out.
func (c *Conn) receive(p []byte) (int, error) {
	in := &c.in
	c.flushReplies()
	in.publish()
	if c.cfg.Trace.Waiting != nil {
		c.cfg.Trace.Waiting()
	}
	for {
		n, err := c.nc.Read(p)
		if n > 0 {
			in.n.wire += uint64(n)
			if !in.begun {
				c.begin(c.now())
			}
			if in.traced = c.cfg.Trace.receives(); in.traced {
				in.arrived = c.now()
			}
			return n, nil
		}
		if err != nil {
			return 0, err
		}
	}
}

// begin reports the first bytes after the opening handshake.
func (c *Conn) begin(at time.Time) {
	c.in.begun = true
	if f := c.cfg.Trace.Begun; f != nil {
		f(at)
	}
}

// opened notes that the opening handshake is over.
func (c *Conn) opened() {
	c.in.arrived = c.now()
	if c.in.r < c.in.w {
		c.begin(c.in.arrived)
	}
}

// releaseMessage makes room for the next message, and lets a buffer go that an
// unusually large one has left. With an extension it lets every buffer go that can
// be shared: what has to be done for a message costs more than to have one again.
func (c *Conn) releaseMessage() {
	in := &c.in
	if in.open {
		return
	}
	if c.codec != nil {
		in.pieces.decoding.release()
	}
	n := cap(in.msg)
	switch {
	case c.codec != nil && n <= maxScratch:
		in.lentMsg.giveBack(in.msg)
		in.msg = nil
	case n > maxScratch && len(in.msg) < n/4:
		in.msg = nil
	}
	in.msg = in.msg[:0]
}

// cachePiece is what is unmasked and judged while it is in a processor's cache.
const cachePiece = 256 << 10

// roomFor returns free space at the end of the message buffer for at most left
// bytes.
func (in *input) roomFor(left uint64) []byte {
	if len(in.msg) == cap(in.msg) {
		grow := max(maxReadBuffer, len(in.msg))
		if uint64(grow) > left {
			grow = int(left)
		}
		in.msg = slices.Grow(in.msg, grow)
	}
	room := in.msg[len(in.msg):cap(in.msg)]
	if uint64(len(room)) > left {
		room = room[:left]
	}
	return room
}
