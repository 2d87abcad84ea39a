// Package wsproto speaks the WebSocket protocol, RFC 6455, in both roles, and
// shows everything that crosses the wire while it does so.
//
// A [Dialer] opens connections as a client, an [Acceptor] as a server. Both do
// the opening handshake by hand over a net.Conn, so that its bytes can be seen
// and edited, and end in a [Conn]. One goroutine reads from that; any may write.
// A [Trace] is told of each frame in both directions, illegal ones too.
//
// The types of the wire, such as [Header], hold what was there, legal or not;
// judging it is a separate call, [Header.Check]. What breaks a rule fails the
// connection with the close code that fits, unless [Config] has Lenient set, and
// is returned as a [*ProtocolError] that names the section.
//
// # Map
//
//	RFC 6455                                    files
//	1.3, 4.2.2  key and accept value            key.go
//	3           URLs                            url.go, location.go
//	4           opening handshake               dial.go, accept.go; request.go, response.go,
//	                                            head.go, body.go, bodywriter.go, field.go,
//	                                            handshakeerror.go
//	4.3, 9.1    tokens, extension parameters    fieldvalue.go
//	5.2         frame header                    header.go, opcode.go; judged in check.go
//	5.3         masking                         mask.go and the like
//	5.4         messages and their fragments    read.go, piece.go; write.go
//	5.5         control frames                  control.go; queue.go
//	7           closing handshake, and how      close.go
//	            a connection ends otherwise
//	7.4         close codes and reasons         closecode.go
//	8.1         UTF-8                           utf8.go
//	9           extensions                      extension.go, decode.go
//
// The connection itself is in conn.go, its buffer for reading in input.go, the
// room for messages in scratch.go, the hooks in trace.go and the errors in errors.go.
package wsproto
