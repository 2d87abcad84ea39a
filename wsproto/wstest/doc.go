// Package wstest judges WebSocket endpoints by what they do on the wire. Only
// tests import it.
//
// It is written from RFC 6455 alone and shares no code with the protocol
// package beyond the names of opcodes, roles and close codes, so that a mistake
// there is not repeated here.
//
//	pipe.go        a connection in memory: buffered, half-closable, with deadlines
//	peer.go        a scripted peer that need not be polite, over any net.Conn
//	frame.go       frames built bit by bit, read back and described
//	handshake.go   opening handshakes of both sides, polite or edited  (Section 4)
//	model.go       what an echo endpoint has to do for a stream of bytes
//	utf8.go        UTF-8 by the octet                                  (RFC 3629)
//	case.go        a conformance case: what is sent, what must come back
//	run.go         runs a case against an endpoint in either role
//	cases_*.go     the cases, by chapter of the RFC
//	derived.go     cases derived from others: cut off anywhere, mutated
//	requests.go    opening handshakes that a server has to judge
//	replies.go     replies that a client has to judge
//
// A number at the beginning of a case's name, as in "5.6", is that of the
// public Autobahn testsuite, whose cases of chapters 1 to 7, 9 and 10 are all
// here, with none of the outcomes that it tolerates as non-strict.
package wstest
