package wsproto

import "io"

// An Extension is something that the two sides can agree on in the opening
// handshake. It is shared by connections and used by several goroutines; what
// belongs to one connection is its [Codec].
//
// RFC 6455, Section 9.
type Extension interface {
	// Name is the extension token, as in "permessage-deflate".
	Name() string
	// Offer returns what a client offers, the preferred form first.
	Offer() []ExtensionParams
	// Accept judges one offer as a server. To decline it, it returns a nil
	// Codec and no error; an error fails the handshake.
	Accept(offer ExtensionParams) (answer ExtensionParams, codec Codec, err error)
	// Confirm judges a server's answer as a client. An error fails the
	// connection.
	Confirm(answer ExtensionParams) (Codec, error)
}

// A Codec transforms the data messages of one connection. Decode and its reader
// are used by the reading goroutine, Encode by one goroutine at a time; the two
// can run at once.
type Codec interface {
	// RSV are the reserved bits that the extension gives a meaning on the first
	// frame of a data message. Frames that have them elsewhere, and control
	// frames, break a rule, which the connection sees to.
	RSV() RSV
	// Decode returns a reader of the message whose first frame had at least one
	// of the codec's bits set; of other messages it is not told. The wire has
	// the message as it came, and blocks until there is more of it.
	//
	// The reader is read until it returns io.EOF or another error, or is
	// abandoned; either way it is not used after the next Decode or Close, so
	// that it may be the same one each time. It need not hold back: the
	// connection bounds what it reads in one call, ends a message that is over
	// the size limit, and judges text as it comes. To make that as early as
	// possible, the reader returns what it has before it asks the wire for more.
	//
	// Errors of the wire are passed on. Other errors fail the connection, with
	// the code of a [*ProtocolError] if they are one and with 1007 otherwise.
	Decode(first Header, wire WireReader) io.Reader
	// Encode transforms a message: it appends to dst and returns the result with
	// the reserved bits for its first frame. If it returns no bits, the message
	// is sent as it is and out is ignored. It is called with messages in the
	// order in which they are sent. An error ends all sending.
	Encode(dst []byte, op Opcode, message []byte) (out []byte, bits RSV, err error)
	// Close gives back what the codec holds. It is called once, when nothing
	// uses the codec any more.
	Close()
}

// A WireReader reads the payload of one message, unmasked and freed from its
// frames, from the network. It returns io.EOF at the end of the message.
type WireReader interface {
	io.Reader
	io.ByteReader
	// Next returns the next bytes, at least one, as they have arrived, without
	// a copy: they are lent until any method is called again. Bytes that were
	// left by Read or ReadByte in what Next returned before are skipped, so a
	// codec uses either Next or the two others.
	Next() ([]byte, error)
}
