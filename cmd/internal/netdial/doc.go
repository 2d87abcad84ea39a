// Package netdial opens the network connections of a client by the way that its
// user asks for: straight, through an HTTP or SOCKS proxy, over a Unix socket, to
// another address than the name server knows, and secured by TLS. Whatever it
// does on that way, and when, is on a [render.Route]; what goes wrong is an
// [*Error] that knows the phase and the hop.
//
// The phases, and the files that carry them:
//
//	name   hosts.go      names to addresses, --resolve, localhost
//	       idn.go        names beyond ASCII, as Punycode
//	tcp    race.go       the addresses of a name, RFC 8305
//	       bind.go       our own end of the connection
//	proxy  proxy.go      which proxy: URL, environ.go and noproxy.go
//	       tunnel.go     HTTP CONNECT, RFC 9110, Section 9.3.6
//	       socks.go      SOCKS5, RFC 1928 and RFC 1929
//	tls    secure.go     the handshake, with the proxy and with the server
//	       certificate.go  why a certificate was not accepted, in a sentence
//
// connectto.go changes the target before all that.
package netdial
