// Package deflate is the permessage-deflate extension: messages that are
// compressed one by one, with or without the help of those before.
//
//	params.go     parameters of offers and answers       (RFC 7692, Section 7.1)
//	extension.go  what is offered, accepted, agreed on   (Sections 5 and 7.1)
//	codec.go      an agreement in force, and its figures
//	writer.go     compressing messages                   (Section 7.2.1)
//	warm.go       who may keep a compressor
//	reader.go     inflating messages                     (Sections 7.2.2 and 7.2.3)
//	window.go     what is kept from message to message   (Section 7.2.1)
//
// An [Extension] is handed to a [wsproto.Dialer] or a [wsproto.Acceptor], and
// knows nothing of frames: which of them may carry RSV1 is the connection's
// affair.
//
// A connection holds a window for each direction that carries its context over,
// as large as what was sent so far and at most what was agreed on, and nothing
// else. Compressors and inflaters are shared by all connections of the process.
//
// What we send never refers further back than was agreed on. Of what the peer
// sends, a message that refers to more than is left of those before it is found
// out; one that refers too far back within itself is not.
package deflate
