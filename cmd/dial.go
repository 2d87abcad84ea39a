package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"wscope/cmd/internal/netdial"
	"wscope/wsproto"
)

// dialOptions are the flags that say how a connection is opened.
type dialOptions struct {
	header    headerEdits
	origin    string
	userAgent optionalText

	auth authOptions
	net  netOptions
	tls  tlsOptions

	redirect redirectOptions
	cookies  cookieOptions

	// way opens network connections, from the first opener on.
	way *netdial.Dialer
}

func (d *dialOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.VarP(headerFlag{&d.header}, "header", "H", "add `\"name: value\"` to the request; \"name:\" removes a field, \"name;\" sends it empty, @file has one a line")
	flags.StringVarP(&d.origin, "origin", "o", "", "send this `Origin`")
	flags.VarP(optionalFlag{&d.userAgent, "User-Agent"}, "user-agent", "A", "send this `User-Agent`; with '' send none")
	addAlias(flags, "ua", "user-agent")
	setFlagExample(flags, "header", "X-Trace: 1")
	setGroup(flags, "Connection", "header", "origin", "user-agent")
	d.net.register(cmd)
	d.tls.register(cmd)
	d.redirect.register(cmd)
	d.auth.register(cmd)
	d.cookies.register(cmd)
}

// dialer returns the Dialer that the flags ask for, to connect to t without
// redirects.
func (d *dialOptions) dialer(t target, s streams) (*wsproto.Dialer, error) {
	op, err := d.opener(t, s)
	if err != nil {
		return nil, err
	}
	op.dialer.Header = op.header(hop{url: t.url})
	return &op.dialer, nil
}

// opener returns what opens connections to t as the flags ask for.
func (d *dialOptions) opener(t target, s streams) (*opener, error) {
	op := &opener{dialOptions: d, target: t, user: d.header.fields}
	op.dialer.Omit = d.header.omit
	agent := d.userAgent.text
	if !d.userAgent.given {
		agent = userAgent()
	}
	edits := headerEdits{}
	for _, f := range []struct{ flag, name, value string }{{"user-agent", "User-Agent", agent}, {"origin", "Origin", d.origin}} {
		if f.value == "" || op.user.Has(f.name) || op.omits(f.name) {
			continue
		}
		if err := edits.set(f.name, f.value); err != nil {
			return nil, usageError("--"+f.flag+" https://example.com", "--%s: %w", f.flag, err)
		}
	}
	op.own = edits.fields
	var err error
	if op.id, err = d.identity(t, s); err != nil {
		return nil, err
	}
	d.way, err = d.network(t, s)
	return op, err
}

// attempt sends one request and takes the response. What was exchanged is left
// with the observer.
func (op *opener) attempt(ctx context.Context, dialer *wsproto.Dialer, u wsproto.URL, o *observer) (*wsproto.Conn, *wsproto.Response, error) {
	o.route, o.request, o.response, o.cut = nil, nil, nil, false
	o.url, o.peer = u.String(), u.Addr()
	c, resp, err := upgrade(ctx, op.wayTo(op.target.url, u), dialer, u, o)
	if resp != nil {
		o.response = append(o.response, resp.Body...)
		o.cut = resp.More
	}
	if c != nil {
		o.peer = c.NetConn().RemoteAddr().String()
	}
	return c, resp, err
}
