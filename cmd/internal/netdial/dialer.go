package netdial

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"time"

	"wscope/render"
)

// A Dialer opens connections. The zero value connects as a net.Dialer does. It
// may be used by several goroutines as long as none changes it.
type Dialer struct {
	// ConnectTo replaces targets, the first that fits.
	ConnectTo []ConnectTo
	// Hosts has the addresses of names that nobody is asked for.
	Hosts Hosts
	// Family restricts addresses to those of IPv4 or IPv6.
	Family Family
	// Bind is our own end of connections. Nil leaves it to the system.
	Bind *Bind
	// Unix is the path of a Unix socket to connect to, whatever the target is.
	// An @ at its beginning stands for the abstract namespace of Linux.
	Unix string
	// Proxy returns the proxy for a target, nil for none. A nil Proxy means
	// none.
	Proxy func(Target) (*Proxy, error)
	// TLS is how connections to targets with TLS are secured. Nil means the
	// defaults of crypto/tls, an empty ServerName the host of the target. With
	// NoServerName no name is sent, and the certificate is checked all the same.
	TLS          *tls.Config
	NoServerName bool
	// ProxyTimeout bounds what a proxy takes to answer, even if the context has
	// no deadline. Zero means DefaultProxyTimeout.
	ProxyTimeout time.Duration
	// Progress is told what is about to be waited for, and what there is to see
	// of the way by then. It is called by the goroutine that dials; the route is
	// lent to it for the duration of the call.
	Progress func(*render.Route, Stage)

	// Lookup resolves a name; network is "ip", "ip4" or "ip6". Nil asks
	// net.DefaultResolver.
	Lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)
	// Connect connects to one address. Nil means that of a net.Dialer.
	Connect func(ctx context.Context, network, addr string) (net.Conn, error)

	route *render.Route // of the connection that is being opened
}

// DefaultProxyTimeout is how long a proxy may take to answer.
const DefaultProxyTimeout = time.Minute

// A Target is where a connection is to lead.
type Target struct {
	Host string // a name or an address, IPv6 without brackets
	Port string // a number
	TLS  bool
}

// Addr returns host and port, an IPv6 address in brackets.
func (t Target) Addr() string { return net.JoinHostPort(t.Host, t.Port) }

// Dial connects to t. The context bounds all of it, up to the end of the TLS
// handshake, and nothing after that. The route is there in any case; an error is
// an [*Error].
func (d *Dialer) Dial(ctx context.Context, t Target) (net.Conn, *render.Route, error) {
	begin := time.Now()
	dialing := *d
	dialing.route = &render.Route{}
	c, err := dialing.dial(ctx, t)
	dialing.route.Took = time.Since(begin)
	return c, dialing.route, err
}

func (d *Dialer) dial(ctx context.Context, t Target) (net.Conn, error) {
	to := d.replace(t)
	var proxy *Proxy
	if d.Proxy != nil && d.Unix == "" {
		var err error
		if proxy, err = d.Proxy(to); err != nil {
			return nil, &Error{Phase: PhaseProxy, Addr: to.Addr(), Err: err}
		}
	}
	var (
		c   net.Conn
		err error
	)
	hop := &render.Hop{Addr: to.Addr()}
	if proxy != nil {
		c, err = d.through(ctx, proxy, to, hop)
		if e, ok := errors.AsType[*Error](err); ok && (e.Proxy || e.Phase == PhaseProxy) {
			e.Source = proxy.Source
		}
	} else {
		d.route.Hops = append(d.route.Hops, hop)
		c, err = d.reach(ctx, to, hop)
	}
	if err != nil || !t.TLS {
		return c, err
	}
	return d.secure(ctx, c, d.TLS, d.NoServerName, t, hop)
}

// reach connects to t itself.
func (d *Dialer) reach(ctx context.Context, t Target, hop *render.Hop) (net.Conn, error) {
	if d.Unix != "" && !hop.Proxy {
		return d.reachUnix(ctx, hop)
	}
	addrs, err := d.lookup(ctx, t, hop)
	if err != nil {
		return nil, err
	}
	return d.race(ctx, addrs, t, hop)
}

// reachUnix connects to the Unix socket.
func (d *Dialer) reachUnix(ctx context.Context, hop *render.Hop) (net.Conn, error) {
	hop.Addr = d.Unix
	d.progress(PhaseTCP, hop, d.Unix)
	begin := time.Now()
	c, err := d.connect(ctx, "unix", d.Unix)
	if err != nil {
		err = bare(ended(ctx, err))
	}
	hop.Attempts = []render.Attempt{{Addr: d.Unix, Took: time.Since(begin), Err: err}}
	if err != nil {
		return nil, &Error{Phase: PhaseTCP, Addr: d.Unix, Unix: true, Err: err}
	}
	return c, nil
}

// connect connects to one address.
func (d *Dialer) connect(ctx context.Context, network, addr string) (net.Conn, error) {
	if d.Connect != nil {
		return d.Connect(ctx, network, addr)
	}
	var nd net.Dialer
	if d.Bind != nil && network != "unix" {
		if err := d.Bind.apply(&nd, addr); err != nil {
			return nil, err
		}
	}
	return nd.DialContext(ctx, network, addr)
}

// progress tells what is done next with a hop: to is the address of it that is
// connected to, or who is asked.
func (d *Dialer) progress(phase Phase, hop *render.Hop, to string) {
	if d.Progress != nil {
		d.Progress(d.route, Stage{Phase: phase, Proxy: hop.Proxy, Addr: to})
	}
}

// A Stage is a part of the way to a target.
type Stage struct {
	Phase Phase
	Proxy bool // it is about the proxy, not the server
	// Addr is the address that is connected to, else that of the hop.
	Addr string
}

// String says what is done, as in "connecting to the proxy 127.0.0.1:3128".
func (s Stage) String() string {
	hop := s.Addr
	if s.Proxy {
		hop = "the proxy " + hop
	}
	switch s.Phase {
	case PhaseName:
		return "looking up the name of " + hop
	case PhaseTCP:
		return "connecting to " + hop
	case PhaseProxy:
		return "waiting for the answer of " + hop
	}
	return "doing the TLS handshake with " + hop
}
