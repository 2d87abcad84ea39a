package wsproto

// A Piece is a part of a data message.
type Piece struct {
	Opcode  Opcode // of the message: OpText or OpBinary
	Payload []byte // lent until the next read; it may be empty
	Frames  int    // frames of the message so far
	Wire    uint64 // announced length of the payloads of these frames together
	// Start and Done mark the first and the last piece of the message. In a
	// lenient connection a peer can begin a message inside another one: then a
	// Start comes without the Done of the one before.
	Start, Done bool
}

// pieces is the state of a message that is read in pieces.
type pieces struct {
	midway   bool   // between the first and the last piece of a message
	restart  bool   // lenient: a new message has begun inside the old one
	frame    Header // the frame that is being read
	pos      uint64 // payload bytes of it that are used
	reported bool   // it was traced

	decoding decoding
}

// ReadPiece returns the next part of a data message as soon as it has arrived,
// so that a message of any length can be read in bounded memory. A text is
// still judged byte by byte; a piece may end inside a character.
//
// A frame is traced with its first piece, and with as much of its payload; one
// that an extension has transformed when it has been decoded. Errors are those
// of [Conn.ReadMessage].
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
	s := &in.pieces
	start := !s.midway
	if start {
		c.releaseMessage()
		h, n, err := c.nextFrame()
		if err != nil {
			return Piece{}, err
		}
		c.beginPieces(h, n)
	}
	read := c.plainPiece
	if in.encoded {
		if len(in.msg) == cap(in.msg) && len(in.msg) < maxReadBuffer {
			in.msg = make([]byte, 0, max(minDecoded, min(4*len(in.msg), maxReadBuffer))) // the last piece has filled it
		}
		in.msg = in.msg[:0]
		s.decoding.from = 0
		read = c.decodedPiece
	}
	p, done, err := read()
	if err != nil {
		return Piece{}, err
	}
	if s.restart {
		s.restart, start = false, true
	}
	if s.midway = !done; done {
		c.endMessage(nil)
	}
	return Piece{Opcode: in.op, Payload: p, Frames: in.frames, Wire: in.wire, Start: start, Done: done}, nil
}

// restOfMessage collects what is left of a message that was begun in pieces.
func (c *Conn) restOfMessage() (Message, error) {
	var rest []byte
	for {
		p, err := c.readPiece()
		if err != nil {
			return Message{}, err
		}
		if p.Start {
			rest = rest[:0]
		}
		rest = append(rest, p.Payload...)
		if p.Done {
			return Message{Opcode: p.Opcode, Payload: rest, Frames: p.Frames, Wire: p.Wire}, nil
		}
	}
}

// beginPieces makes the first frame of a message, whose header of n bytes is at
// r, the one that pieces come from.
func (c *Conn) beginPieces(h Header, n int) {
	c.beginPieceFrame(h, n)
	if c.in.encoded {
		c.beginDecoding(h)
	}
}

func (c *Conn) beginPieceFrame(h Header, n int) {
	s := &c.in.pieces
	s.frame, s.pos, s.reported = h, 0, false
	c.in.r += n
}

// plainPiece returns the next part of a message that no extension has touched.
func (c *Conn) plainPiece() (p []byte, done bool, err error) {
	if p, done, err = c.wirePiece(); err != nil {
		return nil, false, err
	}
	rule := c.judgeText(p, done)
	c.reportPieceFrame(p, rule)
	if rule != nil {
		return nil, false, c.fail(rule.Code, rule)
	}
	return p, done, nil
}

// wirePiece returns what is there of the open message as it was on the wire but
// unmasked, and whether the message ends with it. Once it has ended there is
// nothing.
func (c *Conn) wirePiece() (p []byte, done bool, err error) {
	in := &c.in
	s := &in.pieces
	for s.pos == s.frame.PayloadLen {
		if s.frame.FIN {
			return nil, true, nil
		}
		c.reportPieceFrame(nil, nil)
		encoded := in.encoded
		h, n, err := c.nextFrame()
		if err != nil {
			return nil, false, err
		}
		if in.frames == 1 {
			// A lenient connection has let a new message begin inside the old.
			if encoded || in.encoded {
				// What an extension has kept of the old one is not defined.
				c.cutShort(h, n, 0, errNewMessageInside)
				return nil, false, c.fail(CloseProtocolError, errNewMessageInside)
			}
			s.restart = true
		}
		c.beginPieceFrame(h, n)
	}
	if in.r == in.w {
		if err := c.fill(1); err != nil {
			c.reportPieceFrame(nil, nil)
			return nil, false, c.dropped(err, "a frame")
		}
	}
	p = in.buf[in.r:in.w]
	if left := s.frame.PayloadLen - s.pos; uint64(len(p)) > left {
		p = p[:left]
	}
	if s.frame.Masked {
		Mask(p, p, s.frame.MaskingKey, int(s.pos%4))
	}
	in.r += len(p)
	in.n.bytes += uint64(len(p))
	s.pos += uint64(len(p))
	return p, s.frame.FIN && s.pos == s.frame.PayloadLen, nil
}

// reportPieceFrame traces the frame that is being read, unless that was done and
// it breaks no rule.
func (c *Conn) reportPieceFrame(p []byte, rule *ProtocolError) {
	in := &c.in
	s := &in.pieces
	if s.reported && rule == nil && in.info.Broken == nil {
		return
	}
	if in.encoded {
		p = c.decodedFrame()
	}
	if s.reported {
		c.reportBroken(s.frame, p, rule)
		return
	}
	s.reported = true
	c.reportReceived(s.frame, p, rule)
}
