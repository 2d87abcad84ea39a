package render

import (
	"fmt"
	"net/netip"
	"strings"
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
	// Source says who has named the proxy, as in "$https_proxy".
	Source string
	// Lookup is about the name of the host.
	Lookup *Lookup
	// Attempts are the addresses that were tried, in the order in which the
	// attempts began. Of a server behind a proxy they are those that the proxy did
	// not reach, and the tunnel is the last.
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

// over reports whether the attempt has ended.
func (a *Attempt) over() bool { return a.Took > 0 || a.Err != nil || a.Lost }

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

// A TLS is a TLS handshake.
type TLS struct {
	// Host is the name or the address that the certificate has to be for.
	Host string
	// ServerName is what was sent as the name of the server (SNI), "" if nothing
	// was. RFC 6066, Section 3.
	ServerName string
	// What was agreed on, as in "TLS 1.3", "TLS_AES_128_GCM_SHA256", "X25519" and
	// "http/1.1". All are "" if the handshake has failed, Group and Protocol if
	// there is none.
	Version, Cipher, Group, Protocol string
	// Certificates are those that the other side has sent, its own first; they
	// are there for a handshake that failed because of them, too.
	Certificates []Certificate
	// Unchecked tells that the certificate was not to be checked; Problem is then
	// what a check would have said, or nil.
	Unchecked bool
	Problem   error
	// ClientCertificate tells whether the other side has asked for a certificate
	// of ours.
	ClientCertificate ClientCertificate
	Took              time.Duration
	Err               error
}

// ClientCertificate is what became of our certificate in a handshake.
type ClientCertificate uint8

// What can become of it.
const (
	ClientCertNotWanted ClientCertificate = iota // nobody has asked
	ClientCertMissing                            // there is none
	ClientCertSent
)

// A Certificate is what there is to know of one.
type Certificate struct {
	// Subject and Issuer are distinguished names in the form of RFC 2253.
	Subject, Issuer string
	// Names are the names and the addresses of hosts that it is for.
	Names               []string
	NotBefore, NotAfter time.Time
	SHA256              [32]byte // its fingerprint
}

// nearExpiry is how long before its end a certificate is pointed out.
const nearExpiry = 14 * 24 * time.Hour

// expiry says until when a certificate is valid, seen from a time, and whether
// that needs looking after.
func (c *Certificate) expiry(now time.Time) (text string, near bool) {
	const day = "2006-01-02"
	left := c.NotAfter.Sub(now)
	text = c.NotAfter.UTC().Format(day)
	switch {
	case now.Before(c.NotBefore):
		return "valid from " + c.NotBefore.UTC().Format(day) + " only, in " + Days(c.NotBefore.Sub(now)), true
	case left < 0:
		return "expired on " + text + ", " + Days(-left) + " ago", true
	case left < nearExpiry:
		return "expires on " + text + ", in " + Days(left), true
	}
	return "expires on " + text, false
}

// Days words a time span in days, as calendars are read.
func Days(d time.Duration) string {
	switch n := int(d / (24 * time.Hour)); n {
	case 0:
		return "less than a day"
	case 1:
		return "1 day"
	default:
		return fmt.Sprintf("%d days", n)
	}
}

// ShortList joins names, and counts those that are too many to read.
func ShortList(names []string) string {
	const most = 5
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
