// Package sse reads event streams: the text/event-stream format and the client
// behaviour of the Server-Sent Events chapter of the HTML standard.
//
// A [Decoder] makes events of bytes. It reports and never prints; [Trace] shows
// all that it sees on the way.
//
// The files and the sections of the chapter (HTML, Section 9.2):
//
//	line.go, inspect*.go, utf8.go  9.2.5 Parsing an event stream: lines, decoding
//	event.go                       9.2.6 Interpreting an event stream
//	errors.go, trace.go            what can go wrong, what can be looked at
package sse
