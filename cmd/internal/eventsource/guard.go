package eventsource

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wscope/wsproto"
)

// A Guard decides who may have an event stream. The stream can show what other
// clients send, so a page on the web must not get at it: neither from its own
// origin, nor by a name of its own that it has made to mean this server (DNS
// rebinding). A Guard may be used by several goroutines.
type Guard struct {
	listener net.Addr
	hosts    []string // in lower case, some with a port
	origins  []string // in lower case, or "*"
}

// NewGuard returns the guard of a listener. It lets requests in that are for the
// address of the listener, for a loopback name if it listens there, or for one of
// hosts, each a name with or without a port; further names of the machine are the
// caller's to add. Pages of the origins, "*" for all of them, may read the streams.
func NewGuard(listener net.Addr, hosts, origins []string) *Guard {
	g := &Guard{listener: listener}
	for _, h := range hosts {
		g.hosts = append(g.hosts, strings.ToLower(strings.TrimSuffix(h, ".")))
	}
	for _, o := range origins {
		g.origins = append(g.origins, strings.ToLower(o))
	}
	return g
}

// CheckHost judges what is meant to be given to [NewGuard] as a host.
func CheckHost(s string) error {
	name, port := splitHost(s)
	switch _, err := strconv.ParseUint(port, 10, 16); {
	case name == "" || strings.ContainsAny(s, "/?#@*, \t"):
		return errors.New("expected a host name, with or without a port")
	case port != "" && err != nil:
		return fmt.Errorf("%q is not a port", port)
	}
	return nil
}

// CheckOrigin judges what is meant to be given to [NewGuard] as an origin.
//
// RFC 6454, Section 7.
func CheckOrigin(s string) error {
	if s == "*" || s == "null" {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Host == "" || s != u.Scheme+"://"+u.Host {
		return errors.New("expected an origin such as https://example.com, or *")
	}
	return nil
}

// A Refusal is why a request is not answered with a stream.
type Refusal struct {
	Status          int
	Rule, Got, Want string // as in [wsproto.HandshakeError]
	Advice          string // to whoever runs the server
}

func (e *Refusal) Error() string {
	if e.Got == "" {
		return fmt.Sprintf("%s is missing, expected %s", e.Rule, e.Want)
	}
	return fmt.Sprintf("%s is %q, expected %s", e.Rule, e.Got, e.Want)
}

// Unwrap tells what sort of error that is.
func (e *Refusal) Unwrap() error {
	return &wsproto.HandshakeError{Kind: wsproto.HandshakeRejected, Rule: e.Rule, Got: e.Got, Want: e.Want}
}

// Body is what the client is told.
func (e *Refusal) Body() string { return e.Error() + "\n" + e.Advice + "\n" }

// Check judges a request for an event stream. It returns the fields that the
// response has to have on account of its origin.
func (g *Guard) Check(r *wsproto.Request) (wsproto.Fields, *Refusal) {
	host, refusal := g.checkHost(r)
	if refusal != nil {
		return nil, refusal
	}
	return g.checkOrigin(r, host)
}

// Preflight reports whether a request is the question of a browser whether it may
// ask, and there are origins that may. If the answer is yes, it consists of the
// fields.
//
// Fetch, Section 3.2.2.
func (g *Guard) Preflight(r *wsproto.Request) (asked bool, fields wsproto.Fields, refusal *Refusal) {
	if r.Method != "OPTIONS" || len(g.origins) == 0 || !r.Fields.Has("Origin") || !r.Fields.Has("Access-Control-Request-Method") {
		return false, nil, nil
	}
	fields, refusal = g.Check(r)
	if refusal != nil {
		return true, nil, refusal
	}
	fields = append(fields,
		wsproto.Field{Name: "Access-Control-Allow-Methods", Value: "GET, HEAD"},
		wsproto.Field{Name: "Access-Control-Max-Age", Value: "600"})
	if names := r.Fields.Values("Access-Control-Request-Headers"); len(names) > 0 {
		fields = append(fields, wsproto.Field{Name: "Access-Control-Allow-Headers", Value: strings.Join(names, ", ")})
	}
	return true, fields, nil
}

// checkHost looks at the name that the request was sent to, and returns it.
func (g *Guard) checkHost(r *wsproto.Request) (string, *Refusal) {
	hosts := r.Fields.Values("Host")
	if u, err := url.Parse(r.Target); err == nil && u.Host != "" && r.Target[0] != '/' {
		hosts = []string{u.Host} // it takes precedence (RFC 9112, Section 3.2.2)
	}
	switch {
	case len(hosts) == 1 && g.knows(hosts[0]):
		return strings.ToLower(hosts[0]), nil
	case len(hosts) == 0 && r.Proto == "HTTP/1.0":
		return "", nil // every browser sends one
	case len(hosts) != 1:
		return "", &Refusal{Status: 400, Rule: "Host", Got: strings.Join(hosts, ", "), Want: "exactly one host",
			Advice: "A request of HTTP/1.1 names its host in one field (RFC 9110, Section 7.2)."}
	}
	return "", &Refusal{Status: 421, Rule: "Host", Got: hosts[0], Want: g.expected(),
		Advice: "The event stream is for those who know this server by its own name.\n" +
			"wscope listen --allow-host NAME adds one."}
}

// knows reports whether a Host field names this server.
func (g *Guard) knows(host string) bool {
	host = strings.ToLower(host)
	name, port := splitHost(host)
	for _, known := range g.hosts {
		if known == name || known == host || known == net.JoinHostPort(name, port) {
			return true
		}
	}
	listener, ok := g.listener.(*net.TCPAddr)
	if !ok {
		return true // no browser gets to a socket in the file system
	}
	ours := listener.AddrPort()
	own := ours.Addr().Unmap()
	addr, err := netip.ParseAddr(name)
	addr = addr.Unmap()
	// Where all addresses of the machine are listened at, a port can have been
	// forwarded from another one.
	rightPort := port == strconv.Itoa(int(ours.Port())) || port == "" && ours.Port() == 80
	switch {
	case own.IsUnspecified():
		return err == nil || isLocalhost(name)
	case own.IsLoopback():
		return rightPort && (isLocalhost(name) || err == nil && addr.IsLoopback())
	}
	return rightPort && err == nil && addr == own
}

// expected says which names are known.
func (g *Guard) expected() string {
	names := slices.Clone(g.hosts)
	if a, ok := g.listener.(*net.TCPAddr); ok {
		switch {
		case a.IP.IsUnspecified():
			names = append(names, "an IP address")
		case a.IP.IsLoopback():
			names = append(names, a.String(), fmt.Sprintf("localhost:%d", a.Port))
		default:
			names = append(names, a.String())
		}
	}
	return strings.Join(names, " or ")
}

// splitHost splits a Host field, in which the port can be left out.
func splitHost(s string) (name, port string) {
	name, port, err := net.SplitHostPort(s)
	if err != nil {
		name, port = strings.Trim(s, "[]"), ""
	}
	return strings.TrimSuffix(name, "."), port
}

// isLocalhost reports whether a name is this machine whatever a name server says.
//
// RFC 6761, Section 6.3.
func isLocalhost(name string) bool {
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}

// checkOrigin looks at where the page is from that has sent the request, if a
// browser says that there is one.
//
// Fetch, Section 3.2.
func (g *Guard) checkOrigin(r *wsproto.Request, host string) (wsproto.Fields, *Refusal) {
	origin := r.Fields.Value("Origin")
	_, site, _ := strings.Cut(strings.ToLower(origin), "://")
	all := slices.Contains(g.origins, "*")
	var fields wsproto.Fields
	if len(g.origins) > 0 && !all {
		fields = wsproto.Fields{{Name: "Vary", Value: "Origin"}}
	}
	switch {
	case all:
		return wsproto.Fields{{Name: "Access-Control-Allow-Origin", Value: "*"}}, nil
	case origin != "" && slices.Contains(g.origins, strings.ToLower(origin)):
		return append(fields, wsproto.Field{Name: "Access-Control-Allow-Origin", Value: origin}), nil
	case origin != "" && (host == "" || site != host):
		return nil, &Refusal{Status: 403, Rule: "Origin", Got: origin, Want: "that of this server",
			Advice: "Pages of other origins may not read the event stream.\nwscope listen --cors ORIGIN allows one."}
	case origin == "" && r.Fields.Value("Sec-Fetch-Site") == "cross-site":
		return nil, &Refusal{Status: 403, Rule: "Sec-Fetch-Site", Got: "cross-site", Want: "same-origin or none",
			Advice: "Pages of other sites may not ask for the event stream.\nwscope listen --cors '*' allows all of them."}
	}
	return fields, nil
}
