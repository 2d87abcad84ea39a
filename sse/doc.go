// Package sse reads event streams: the text/event-stream format and the client
// behaviour of the Server-Sent Events chapter of the HTML standard.
//
// A [Decoder] makes events of bytes, a [Client] keeps a stream open over as many
// connections as it takes, and a [Linter] tells what is questionable about one.
// They report and never print; [Trace] shows all that they see on the way.
//
// The files and the sections of the chapter (HTML, Section 9.2):
//
//	line.go, inspect*.go, utf8.go  9.2.5 Parsing an event stream: lines, decoding
//	event.go, field.go, span.go    9.2.6 Interpreting an event stream
//	client.go, connection.go       9.2.2 to 9.2.4: opening, announcing, reconnecting
//	contenttype.go                 9.2.3 what makes a response a stream
//	backoff.go                     9.2.3 the reconnection time
//	redirect.go, encoding.go       redirects; content codings, decoded as they arrive
//	internal/inflate               gzip and deflate, which the standard library holds back
//	internal/zstd                  zstd, which the standard library has not
//	errors.go, trace.go            what can go wrong, what can be looked at
//	lint*.go                       9.2.7 and what else authors of servers trip over
package sse
