package netdial

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"wscope/wsproto"
)

// A Proxy is one that connections go through.
type Proxy struct {
	Kind ProxyKind
	Host string // IPv6 without brackets
	Port string
	// User and Password are for the proxy. HasAuth tells them from none.
	User, Password string
	HasAuth        bool
	// Header are fields of the request for a tunnel, in order. One with the name
	// of a field that is sent anyway replaces it; Omit names those that are left
	// out. They are for the proxy alone.
	Header wsproto.Fields
	Omit   []string
	// Source says who has named the proxy, as in "$https_proxy".
	Source string
	// TLS is how the connection to an HTTPS proxy is secured. Nil means the
	// defaults of crypto/tls.
	TLS *tls.Config
}

// A ProxyKind is what a proxy speaks.
type ProxyKind uint8

// The kinds.
const (
	ProxyHTTP    ProxyKind = iota // HTTP CONNECT
	ProxyHTTPS                    // the same over TLS
	ProxySOCKS5                   // names are resolved here
	ProxySOCKS5H                  // names are resolved by the proxy
)

var proxySchemes = [...]string{ProxyHTTP: "http", ProxyHTTPS: "https", ProxySOCKS5: "socks5", ProxySOCKS5H: "socks5h"}

// String returns the scheme of the URL of such a proxy.
func (k ProxyKind) String() string { return proxySchemes[k] }

// Addr returns host and port, an IPv6 address in brackets.
func (p *Proxy) Addr() string { return net.JoinHostPort(p.Host, p.Port) }

// String returns the URL of the proxy, without what is secret.
func (p *Proxy) String() string { return p.Kind.String() + "://" + p.Addr() }

// ParseProxy reads the URL of a proxy, [SCHEME://][USER:PASSWORD@]HOST[:PORT], by
// curl's rules: without a scheme it is http, without a port 1080, or 443 for
// https. What is behind the port is ignored. Errors do not repeat what may be a
// password.
func ParseProxy(s string) (*Proxy, error) {
	const want = "expected SCHEME://HOST:PORT, as in http://proxy.example:3128"
	p := &Proxy{}
	if strings.ContainsFunc(s, isControl) {
		return nil, errors.New("a line break or another control character is not allowed in the URL of a proxy")
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if ok {
		i := slices.Index(proxySchemes[:], strings.ToLower(scheme))
		if i < 0 {
			return nil, fmt.Errorf("scheme %q, expected %s", scheme, strings.Join(proxySchemes[:], ", "))
		}
		p.Kind = ProxyKind(i)
	} else {
		rest = s
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		if !strings.Contains(rest[:i], "@") && strings.Contains(rest[i:], "@") {
			return nil, fmt.Errorf("character %q is not allowed in a user or a password; write it as %%%02X", rest[i], rest[i])
		}
		rest = rest[:i]
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		if err := p.setUserinfo(rest[:i]); err != nil {
			return nil, err
		}
		rest = rest[i+1:]
	}
	host, port, ok := cutHost(rest)
	if !ok {
		host = unbracket(rest)
		port = "1080"
		if p.Kind == ProxyHTTPS {
			port = "443"
		}
	}
	p.Host, p.Port = host, port
	switch {
	case host == "":
		return nil, errors.New("no host, " + want)
	case strings.ContainsAny(host, ` "<>\^{|}[]`+"`"):
		return nil, fmt.Errorf("%q is not a host, %s", host, want)
	case strings.Contains(host, ":"):
		if _, err := netip.ParseAddr(host); err != nil {
			return nil, errors.New("an IPv6 address has to stand in brackets, as in http://[::1]:3128")
		}
	}
	if err := checkPort(port); err != nil {
		return nil, fmt.Errorf("%w, %s", err, want)
	}
	var err error
	if p.Host, err = ASCIIHost(host); err != nil {
		return nil, err
	}
	return p, nil
}

// setUserinfo takes the user and the password from a URL.
func (p *Proxy) setUserinfo(s string) error {
	user, password, _ := strings.Cut(s, ":")
	for _, part := range []struct {
		to   *string
		from string
	}{{&p.User, user}, {&p.Password, password}} {
		decoded, err := url.PathUnescape(part.from)
		if err != nil {
			return errors.New("the user or the password in the URL has a % that is no escape; write it as %25")
		}
		*part.to = decoded
	}
	p.HasAuth = true
	return p.checkAuth()
}

// SetAuth takes user:password.
func (p *Proxy) SetAuth(credentials string) error {
	p.User, p.Password, _ = strings.Cut(credentials, ":")
	p.HasAuth = true
	return p.checkAuth()
}

func (p *Proxy) checkAuth() error {
	if strings.ContainsFunc(p.User+p.Password, isControl) {
		return errors.New("a line break or another control character is not allowed in the user and the password of a proxy")
	}
	return nil
}

var errControl = errors.New("a line break or another control character is not allowed there")

func isControl(r rune) bool { return r < ' ' || r == 0x7F }
