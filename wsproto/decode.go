package wsproto

import (
	"errors"
	"io"
)

// decoding is the state of a message that comes out of a [Codec].
type decoding struct {
	src   io.Reader // what the codec makes of the message
	chunk []byte    // of the wire, not used yet by the codec
	done  bool      // the wire has given all of the message
	err   error     // of the wire

	// For the trace of the frame that is being decoded.
	wire []byte // its payload so far
	lent loan   // wire
	from int    // where its part of the message buffer begins
	size uint64 // length of the message before it
}

// maxTracedWire is how much of the payload of an encoded frame is kept for the
// trace.
const maxTracedWire = 1 << 20

// readEncoded reads a message that an extension has transformed.
func (c *Conn) readEncoded(h Header, n int) (Message, error) {
	c.beginPieces(h, n)
	for {
		if _, done, err := c.decodedPiece(); err != nil {
			return Message{}, err
		} else if done {
			return c.endMessage(c.in.msg), nil
		}
	}
}

// release lets go of what is only needed while a message is decoded.
func (d *decoding) release() {
	if d.wire != nil {
		d.lent.giveBack(d.wire)
		d.wire = nil
	}
}

func (c *Conn) beginDecoding(first Header) {
	d := &c.in.pieces.decoding
	*d = decoding{wire: d.wire, lent: d.lent}
	if c.in.traced && d.wire == nil {
		d.wire = d.lent.take()
	}
	if cap(c.in.msg) == 0 {
		c.in.msg = c.in.lentMsg.take()
	}
	d.src = c.codec.Decode(first, (*wireReader)(c))
}

// decodedPiece appends the next part of the open message, as it comes out of the
// extension, to the message buffer and returns it.
func (c *Conn) decodedPiece() (p []byte, done bool, err error) {
	in := &c.in
	d := &in.pieces.decoding
	left := uint64(maxReadBuffer)
	if len(in.msg) == cap(in.msg) {
		left = min(left, max(minDecoded, uint64(len(in.msg))))
	}
	room := in.roomFor(left)
	for range maxEmptyReads {
		n, err := d.src.Read(room)
		in.msg = in.msg[:len(in.msg)+n]
		in.size += uint64(n)
		if d.err != nil {
			return nil, false, d.err
		}
		if done = err == io.EOF; done {
			// An extension may see the end before the last frame.
			for !d.done {
				if _, err := (*wireReader)(c).Next(); err != nil && err != io.EOF {
					return nil, false, err
				}
			}
			err = nil
		}
		if err != nil {
			rule := undecodable(err)
			c.reportPieceFrame(nil, rule)
			return nil, false, c.fail(rule.Code, rule)
		}
		if limit := c.cfg.MaxMessageSize; limit > 0 && in.size > uint64(limit) {
			c.reportPieceFrame(nil, nil)
			return nil, false, c.tooBig()
		}
		if rule := c.judgeText(room[:n], done); rule != nil {
			c.reportPieceFrame(nil, rule)
			return nil, false, c.fail(rule.Code, rule)
		}
		if done {
			c.reportPieceFrame(nil, nil)
		}
		if n > 0 || done {
			return room[:n], done, nil
		}
	}
	rule := undecodable(io.ErrNoProgress)
	c.reportPieceFrame(nil, rule)
	return nil, false, c.fail(rule.Code, rule)
}

// minDecoded is the room that a message is first given. How long it becomes is not
// known before, and the room is kept.
const minDecoded = 1 << 10

// maxEmptyReads is how often a codec's reader may return nothing at a time.
const maxEmptyReads = 100

// undecodable makes a broken rule of an error of a codec's reader.
func undecodable(err error) *ProtocolError {
	var rule *ProtocolError
	if errors.As(err, &rule) {
		return rule
	}
	return &ProtocolError{Code: CloseInvalidPayload, Section: "7.4.1", Reason: "message cannot be decoded: " + err.Error()}
}

// decodedFrame returns the payload of the frame that has been decoded, and notes
// for the trace what has come of it.
func (c *Conn) decodedFrame() []byte {
	in := &c.in
	d := &in.pieces.decoding
	p := d.wire
	in.info.Encoded, in.info.EncodedLen = true, in.pieces.pos
	in.info.Decoded = in.msg[min(d.from, len(in.msg)):]
	in.info.DecodedLen = in.size - d.size
	d.wire, d.from, d.size = d.wire[:0], len(in.msg), in.size
	return p
}

// wireReader is the [WireReader] of a connection.
type wireReader Conn

func (w *wireReader) Next() ([]byte, error) {
	c := (*Conn)(w)
	s := &c.in.pieces
	d := &s.decoding
	d.chunk = nil
	switch {
	case d.err != nil:
		return nil, d.err
	case d.done:
		return nil, io.EOF
	}
	p, done, err := c.wirePiece()
	if err != nil {
		d.err = err
		return nil, err
	}
	if c.in.traced {
		d.wire = append(d.wire, p[:min(len(p), maxTracedWire-len(d.wire))]...)
	}
	if d.done = done; done && len(p) == 0 {
		return nil, io.EOF
	}
	return p, nil
}

func (w *wireReader) Read(p []byte) (int, error) {
	d := &w.in.pieces.decoding
	if len(d.chunk) == 0 {
		chunk, err := w.Next()
		if err != nil {
			return 0, err
		}
		d.chunk = chunk
	}
	n := copy(p, d.chunk)
	d.chunk = d.chunk[n:]
	return n, nil
}

func (w *wireReader) ReadByte() (byte, error) {
	d := &w.in.pieces.decoding
	if len(d.chunk) == 0 {
		chunk, err := w.Next()
		if err != nil {
			return 0, err
		}
		d.chunk = chunk
	}
	b := d.chunk[0]
	d.chunk = d.chunk[1:]
	return b, nil
}
