package wsproto

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

// A URL is a ws: or wss: URL taken apart just as far as a client needs it. The
// rest stays as it was written.
//
// RFC 6455, Section 3.
type URL struct {
	Secure bool   // wss
	Host   string // without port and brackets
	Port   string // never ""
	// Target is the request target exactly as it was typed, "/" if there was
	// none.
	Target string
	// Userinfo is the part before an @, as it was typed, or "".
	Userinfo string
}

// ParseURL takes a ws: or wss: URL apart. It refuses other schemes, a fragment,
// and every character that has no place in a request line.
func ParseURL(s string) (URL, error) {
	fail := func(format string, args ...any) (URL, error) {
		return URL{}, fmt.Errorf("URL %q: "+format, append([]any{RedactUserinfo(s)}, args...)...)
	}
	for i := range len(s) {
		if b := s[i]; b <= ' ' || b == 0x7F {
			return fail("character %q at offset %d is not allowed in a URL; write it as %%%02X", rune(b), i, b)
		}
	}
	scheme, rest, ok := strings.Cut(s, "://")
	var u URL
	switch {
	case !ok:
		return fail("no scheme, expected ws:// or wss://")
	case strings.EqualFold(scheme, "ws"):
	case strings.EqualFold(scheme, "wss"):
		u.Secure = true
	default:
		return fail("scheme %q, expected ws or wss", scheme)
	}
	end := authorityEnd(rest)
	if userinfoEnd(rest) > end {
		return fail("character %q is not allowed in a user or a password; write it as %%%02X", rest[end], rest[end])
	}
	if i := strings.IndexByte(rest, '#'); i >= 0 {
		return fail("fragment %q is not allowed (RFC 6455, Section 3); write # as %%23", rest[i:])
	}
	authority := rest[:end]
	if u.Target = rest[end:]; !strings.HasPrefix(u.Target, "/") {
		u.Target = "/" + u.Target
	}
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		u.Userinfo, authority = authority[:i], authority[i+1:]
	}
	u.Host = authority
	if strings.HasPrefix(authority, "[") {
		end := strings.IndexByte(authority, ']')
		if end < 0 {
			return fail("no ] behind the IPv6 address")
		}
		host, port := authority[1:end], authority[end+1:]
		ip, zone, ok := strings.Cut(host, "%")
		if ok { // RFC 6874 has a zone begin with %25
			host = ip + "%" + strings.TrimPrefix(zone, "25")
		}
		if !strings.Contains(ip, ":") || net.ParseIP(ip) == nil {
			return fail("%q is not an IPv6 address", host)
		}
		if port != "" && port[0] != ':' {
			return fail("unexpected %q behind the IPv6 address", port)
		}
		u.Host, u.Port = host, strings.TrimPrefix(port, ":")
	} else if i := strings.IndexByte(authority, ':'); i >= 0 {
		u.Host, u.Port = authority[:i], authority[i+1:]
		if strings.Contains(u.Port, ":") {
			return fail("an IPv6 address has to stand in brackets, as in ws://[::1]:8080/")
		}
	}
	if u.Host == "" {
		return fail("no host")
	}
	if i := strings.IndexAny(u.Host, `"<>\^{|}`+"`"); i >= 0 {
		return fail("character %q is not allowed in a host", u.Host[i])
	}
	if u.Port == "" {
		u.Port = u.defaultPort()
	}
	if n, err := strconv.ParseUint(u.Port, 10, 16); err != nil || n == 0 {
		return fail("port %q, expected 1 to 65535", u.Port)
	}
	return u, nil
}

// RedactUserinfo returns a URL, which may be none and without a scheme, without
// what may be a user and a password in it.
func RedactUserinfo(s string) string {
	_, rest, _ := strings.Cut(s, "://")
	if rest == "" {
		rest = s
	}
	if at := userinfoEnd(rest); at >= 0 {
		return s[:len(s)-len(rest)] + "[redacted]" + rest[at:]
	}
	return s
}

// authorityEnd returns the length of the authority that begins rest.
func authorityEnd(rest string) int {
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		return end
	}
	return len(rest)
}

// userinfoEnd returns where the @ is behind a user and a password at the beginning
// of rest, or -1. It is outside of the authority if that has a password for its
// port, since there is a character in the password that ends the authority.
func userinfoEnd(rest string) int {
	authority := rest[:authorityEnd(rest)]
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		return at
	}
	_, port, ok := strings.Cut(authority, ":")
	if !ok || authority[0] == '[' || strings.Trim(port, "0123456789") == "" {
		return -1
	}
	return strings.LastIndexByte(rest, '@')
}

func (u URL) defaultPort() string {
	if u.Secure {
		return "443"
	}
	return "80"
}

// Addr returns host and port for a dialer, an IPv6 address in brackets.
func (u URL) Addr() string { return net.JoinHostPort(u.Host, u.Port) }

// HostField returns the value of the Host header field: with the port if it is
// not the scheme's own, an IPv6 address in brackets and without a zone.
func (u URL) HostField() string {
	host := u.Host
	if strings.Contains(host, ":") {
		host, _, _ = strings.Cut(host, "%")
		host = "[" + host + "]"
	}
	if u.Port == u.defaultPort() {
		return host
	}
	return host + ":" + u.Port
}

// String returns the URL without its userinfo.
func (u URL) String() string {
	scheme := "ws://"
	if u.Secure {
		scheme = "wss://"
	}
	return scheme + u.HostField() + u.Target
}
