package wsproto

import (
	"errors"
	"io"
)

// A Piece is a part of a data message.
type Piece struct {
	Opcode  Opcode // of the message: OpText or OpBinary
	Payload []byte // lent until the next read; it may be empty
	Frames  int    // frames of the message so far
	Start   bool   // the first piece of the message
	Done    bool   // the last piece of the message
}

// pieces is the state of a message that is read in pieces.
type pieces struct {
	frame    Header
	pos      uint64 // payload bytes of frame that are used
	unmasked uint64 // payload bytes of frame that are unmasked already
	midway   bool   // between the first and the last piece of a message
	restart  bool   // lenient: a new message has begun inside the old one
	decoded  io.Reader
	err      error // of the wire, beneath an extension's reader
}

// ReadPiece returns the next part of a data message as soon as it has arrived,
// so that a message of any length can be read in bounded memory. A text is
// still judged byte by byte; a piece may end inside a character. A frame that is
// not complete when its first piece is read is traced with that part of its
// payload. Errors are those of [Conn.ReadMessage], with which it may alternate
// between messages.
func (c *Conn) ReadPiece() (Piece, error) {
	if c.ended != nil {
		return Piece{}, c.ended
	}
	p, err := c.readPiece()
	if err != nil {
		c.end(err)
	}
	return p, err
}

func (c *Conn) readPiece() (Piece, error) {
	in := &c.in
	start := !in.pieces.midway
	if start {
		h, n, err := c.nextFrame()
		if err != nil {
			return Piece{}, err
		}
		c.beginPieces(h, n)
	}
	var p []byte
	var done bool
	var err error
	if in.encoded {
		in.msg = in.msg[:0]
		p, done, err = c.decodedPiece(maxReadBuffer)
	} else {
		p, done, err = c.wirePiece(maxReadBuffer)
	}
	if err != nil {
		return Piece{}, err
	}
	if err := c.checkPiece(p, done); err != nil {
		return Piece{}, err
	}
	if in.pieces.restart {
		in.pieces.restart, start = false, true
	}
	in.pieces.midway = !done
	if done {
		in.open = false
		in.n.messages++
	}
	return Piece{Opcode: in.op, Payload: p, Frames: in.frames, Start: start, Done: done}, nil
}

// readEncoded reads the rest of a message that an extension has transformed.
func (c *Conn) readEncoded(h Header, n int) (Message, error) {
	in := &c.in
	c.beginPieces(h, n)
	for {
		at := len(in.msg)
		_, done, err := c.decodedPiece(maxReadBuffer)
		if err != nil {
			return Message{}, err
		}
		if err := c.checkPiece(in.msg[at:], done); err != nil {
			return Message{}, err
		}
		if done {
			in.open = false
			in.n.messages++
			return Message{Opcode: in.op, Payload: in.msg, Frames: in.frames}, nil
		}
	}
}

// beginPieces makes the first frame of a message, whose header is at r, the one
// that pieces come from.
func (c *Conn) beginPieces(h Header, n int) {
	in := &c.in
	c.beginPieceFrame(h, n)
	in.pieces.err = nil
	if in.encoded {
		in.size = 0 // from here on, what comes out of the extension
		in.pieces.decoded = c.codec.Decode(h, (*wireReader)(c))
	}
}

// beginPieceFrame reports a frame with what is there of it and goes past its
// header.
func (c *Conn) beginPieceFrame(h Header, n int) {
	in := &c.in
	s := &in.pieces
	s.frame, s.pos, s.unmasked = h, 0, 0
	if c.cfg.Trace.FrameReceived != nil {
		s.unmasked = min(uint64(in.w-in.r-n), h.PayloadLen)
		c.report(h, n, 0, nil)
	}
	in.r += n
}

// wirePiece returns at most size bytes of the open message as they were on the
// wire, unmasked, and whether the message ends with them. Once it has ended
// there are none.
func (c *Conn) wirePiece(size int) (p []byte, done bool, err error) {
	in := &c.in
	s := &in.pieces
	for s.pos == s.frame.PayloadLen {
		if s.frame.FIN {
			return nil, true, nil
		}
		encoded := in.encoded
		h, n, err := c.nextFrame()
		if err != nil {
			return nil, false, err
		}
		if in.frames == 1 {
			// A lenient connection has let a new message begin inside the old.
			if encoded || in.encoded {
				return nil, false, c.fail(CloseProtocolError, errNewMessageInside)
			}
			s.restart = true
		}
		c.beginPieceFrame(h, n)
	}
	if in.r == in.w {
		if err := c.fill(1); err != nil {
			return nil, false, c.dropped(err, "a frame")
		}
	}
	p = in.buf[in.r:min(in.w, in.r+size)]
	if left := s.frame.PayloadLen - s.pos; uint64(len(p)) > left {
		p = p[:left]
	}
	end := s.pos + uint64(len(p))
	if from := max(s.pos, s.unmasked); s.frame.Masked && from < end {
		q := p[from-s.pos:]
		Mask(q, q, s.frame.MaskingKey, int(from%4))
	}
	in.r += len(p)
	s.pos = end
	return p, s.frame.FIN && s.pos == s.frame.PayloadLen, nil
}

// decodedPiece appends at most size bytes of the open message, as they come out
// of the extension, to the message buffer and returns them.
func (c *Conn) decodedPiece(size int) (p []byte, done bool, err error) {
	in := &c.in
	s := &in.pieces
	room := in.roomFor(uint64(size))
	for range 100 {
		n, err := s.decoded.Read(room)
		p = room[:n]
		in.msg = in.msg[:len(in.msg)+n]
		in.size += uint64(n)
		switch {
		case s.err != nil:
			return nil, false, s.err
		case err == io.EOF:
			// An extension may see the end before the last frame.
			for done := false; !done; {
				if _, done, err = c.wirePiece(maxReadBuffer); err != nil {
					return nil, false, err
				}
			}
			return p, true, nil
		case err != nil:
			return nil, false, c.fail(codecFailure(err), err)
		case n > 0:
			return p, false, nil
		}
	}
	return nil, false, c.fail(CloseInternalError, io.ErrNoProgress)
}

// checkPiece bounds an encoded message and judges text.
func (c *Conn) checkPiece(p []byte, done bool) error {
	in := &c.in
	if limit := c.cfg.MaxMessageSize; limit > 0 && in.encoded && in.size > uint64(limit) {
		return c.tooBig()
	}
	if in.op != OpText || in.bad {
		return nil
	}
	if !in.text.write(p) || done && !in.text.complete() {
		if !c.cfg.Lenient {
			return c.fail(errTextUTF8.Code, errTextUTF8)
		}
		in.bad = true
	}
	return nil
}

// wireReader is what an extension reads a message from.
type wireReader Conn

func (w *wireReader) Read(p []byte) (int, error) {
	c := (*Conn)(w)
	s := &c.in.pieces
	for s.err == nil {
		q, done, err := c.wirePiece(len(p))
		s.err = err
		if len(q) > 0 {
			return copy(p, q), nil
		}
		if done {
			return 0, io.EOF
		}
	}
	return 0, s.err
}

// ReadByte lets an inflater read without a buffer of its own.
func (w *wireReader) ReadByte() (byte, error) {
	var b [1]byte
	_, err := w.Read(b[:])
	return b[0], err
}

var _ io.ByteReader = (*wireReader)(nil)

// codecFailure is the close code for an error of a Codec.
func codecFailure(err error) CloseCode {
	var rule *ProtocolError
	if errors.As(err, &rule) {
		return rule.Code
	}
	return CloseInvalidPayload
}
