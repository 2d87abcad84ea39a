// Package play runs scripts: it plays each test of them, with connections of its
// own, and tells how that went.
//
//	options.go, run.go     what a run needs, and the tests side by side
//	player.go              one test, from its first step to the last goodbye
//	part.go                the steps of a test or of a listen block, in a row
//	cookies.go             what servers have set, sent back
//	variables.go, content.go, capture.go  what texts stand for
//	link.go, inbox.go      a connection, and what has come over it
//	websocket.go           connect and accept
//	exchange.go, tap.go    http, and what all HTTP exchanges have
//	stream.go              sse
//	serve.go, reply.go     listen, reply and stream
//	send.go                what goes out
//	match.go, wait.go, unordered.go  expect and never
//	failure.go             what went wrong, and where
package play
