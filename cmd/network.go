package cmd

import (
	"context"
	"strings"

	"wscope/cmd/internal/netdial"
	"wscope/wsproto"
)

// network returns what opens the network connections of a session with t.
func (d *dialOptions) network(t target, s streams) (*netdial.Dialer, error) {
	n, err := d.net.dialer(s)
	if err != nil {
		return nil, err
	}
	if t.unix != "" {
		switch {
		case n.Unix != "" && n.Unix != t.unix:
			return nil, usageError("", "--unix-socket %s and the socket in the URL, %s, are not the same", n.Unix, t.unix)
		case d.net.proxy.url.text != "":
			return nil, usageError("", "a Unix socket is not reached through a proxy: leave --proxy out")
		}
		n.Unix = t.unix
	}
	n.NoServerName = d.tls.noServerName()
	n.TLS, err = d.tls.config(s, t.url.Secure)
	return n, err
}

// wayTo returns what opens connections to u, for a session with home. The client
// certificate and the name of --servername are for that server: another one, to
// which a redirect leads, gets neither of them.
func (d *dialOptions) wayTo(home, u wsproto.URL) *netdial.Dialer {
	same := strings.EqualFold(u.Host, home.Host) && (u.Port == home.Port || !home.Secure)
	if same || d.redirect.trusted || d.way.TLS == nil {
		return d.way
	}
	away := *d.way
	away.TLS = d.way.TLS.Clone()
	away.TLS.Certificates, away.TLS.ServerName, away.NoServerName = nil, "", false
	return &away
}

// upgrade opens a network connection to u and does the opening handshake over it.
// The route is left with the observer.
func upgrade(ctx context.Context, network *netdial.Dialer, dialer *wsproto.Dialer, u wsproto.URL, o *observer) (*wsproto.Conn, *wsproto.Response, error) {
	req, err := dialer.Request(u)
	if err != nil {
		return nil, nil, err
	}
	network = o.watching(network)
	nc, route, err := network.Dial(ctx, netdial.Target{Host: u.Host, Port: u.Port, TLS: u.Secure})
	o.route = route
	if err != nil {
		return nil, nil, err
	}
	return dialer.Upgrade(ctx, nc, req)
}
