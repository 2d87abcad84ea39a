package render

import (
	"crypto/tls"
	"crypto/x509"
	"net/netip"
	"time"
)

// A Route is the way by which a connection was opened, or how far it was.
type Route struct {
	// Hops are those that were reached for, in order: the proxy if there is one,
	// then the server.
	Hops []*Hop
	Took time.Duration
}

// A Hop is one of those that a [Route] leads over. What did not happen is nil.
type Hop struct {
	Proxy bool // otherwise it is the server
	// Addr is host and port as they were asked for, or the path of a Unix socket.
	Addr string
	// Lookup is about the name of the host.
	Lookup *Lookup
	// Attempts are the addresses that were tried, in the order in which the
	// attempts began. A server behind a proxy has none: the proxy tries them.
	Attempts []Attempt
	// Tunnel is how the proxy before this hop was asked for it.
	Tunnel *Tunnel
	// TLS is the handshake with this hop.
	TLS *TLS
}

// A Lookup is the resolution of a name.
type Lookup struct {
	Name  string
	Addrs []netip.Addr
	// Source says who has answered where it was no name server, as in
	// "--resolve".
	Source string
	Took   time.Duration
	Err    error
}

// An Attempt is an attempt to connect to one address.
type Attempt struct {
	Addr  string        // with the port, or the path of a Unix socket
	Local string        // our end, "" if the attempt has failed
	Start time.Duration // since the first attempt of the hop
	Took  time.Duration
	Err   error // nil for the one attempt that is used
	Lost  bool  // given up, since another address was faster
}

// A Tunnel is the way through a proxy.
type Tunnel struct {
	Protocol string // as in "HTTP CONNECT" or "SOCKS5"
	To       string // what the proxy was asked for, host and port
	// Request and Response are the raw bytes of an HTTP proxy, as far as they
	// were exchanged, the body of a refusal included; Cut tells that there was
	// more of it.
	Request, Response []byte
	Cut               bool
	Took              time.Duration
	Err               error
}

// A TLS is a TLS handshake. Without an Err the state of the connection is known.
type TLS struct {
	// ServerName is what was sent as the name of the server (SNI), "" if nothing
	// was. RFC 6066, Section 3.
	ServerName string
	Took       time.Duration
	// State is of a handshake that was completed.
	State *tls.ConnectionState
	// Certificates are those that the server has sent, its own first; they are
	// there for a handshake that ended because of them, too.
	Certificates []*x509.Certificate
	// Unchecked tells that the certificate was not to be checked; Problem is then
	// what a check would have said, or nil.
	Unchecked bool
	Problem   error
	// ClientCertificate tells that the server has asked for a certificate of
	// ours, and whether it got one.
	ClientCertificate ClientCertificate
	Err               error
}

// ClientCertificate is what became of the client certificate in a handshake.
type ClientCertificate uint8

// What becomes of it.
const (
	ClientCertNotWanted ClientCertificate = iota // the server has not asked
	ClientCertMissing                            // it has asked, there is none
	ClientCertSent
)
