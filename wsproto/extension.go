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

// A Codec transforms the data messages of one connection.
type Codec interface {
	// RSV are the reserved bits that the extension gives a meaning on the first
	// frame of a data message.
	RSV() RSV
	// Decode returns a reader of the message whose first frame had at least one
	// of the codec's bits set; wire has the unmasked payload of all its frames.
	// The reader is used up or abandoned before the next call. Its errors fail
	// the connection, with the code of a [*ProtocolError] if they are one and
	// with 1007 otherwise.
	Decode(first Header, wire io.Reader) io.Reader
	// Encode appends the transformed message to dst and returns the reserved
	// bits for its first frame. It is called with messages in the order in
	// which they are sent, never by two goroutines at once.
	Encode(dst []byte, op Opcode, message []byte) (out []byte, bits RSV, err error)
	// Close gives back what the codec holds. It is called once, when nothing
	// uses the codec any more.
	Close()
}
