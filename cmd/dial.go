package cmd

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"wscope/cmd/internal/netdial"
	"wscope/wsproto"
)

// dialOptions are the flags that say how a connection is opened.
type dialOptions struct {
	header    headerEdits
	origin    string
	userAgent string

	auth authOptions
	net  netOptions
	tls  tlsOptions

	// way opens network connections, from the first dialer on.
	way *netdial.Dialer
}

func (d *dialOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.VarP(headerFlag{&d.header}, "header", "H", "add `\"name: value\"` to the request; \"name:\" removes a field, \"name;\" sends it empty, @file has one a line")
	flags.StringVarP(&d.origin, "origin", "o", "", "send this `Origin`")
	flags.StringVarP(&d.userAgent, "user-agent", "A", "", "send this `User-Agent`")
	addAlias(flags, "ua", "user-agent")
	setFlagExample(flags, "header", "X-Trace: 1")
	setGroup(flags, "Connection", "header", "origin", "user-agent")
	d.net.register(cmd)
	d.tls.register(cmd)
	d.auth.register(cmd)
}

// dialer returns the Dialer that the flags ask for, to connect to t.
func (d *dialOptions) dialer(t target, s streams) (*wsproto.Dialer, error) {
	edits := headerEdits{omit: d.header.omit}
	agent := d.userAgent
	if agent == "" {
		agent = userAgent()
	}
	own := wsproto.Fields{{Name: "User-Agent", Value: agent}}
	if d.origin != "" {
		own = append(own, wsproto.Field{Name: "Origin", Value: d.origin})
	}
	auth, err := d.auth.authorization(t, s)
	if err != nil {
		return nil, err
	}
	if auth != "" {
		own = append(own, wsproto.Field{Name: "Authorization", Value: auth})
	}
	omitted := wsproto.Fields{}
	for _, name := range d.header.omit {
		omitted = append(omitted, wsproto.Field{Name: name})
	}
	for _, f := range own {
		if d.header.fields.Has(f.Name) || omitted.Has(f.Name) {
			continue
		}
		if err := edits.set(f.Name, f.Value); err != nil {
			return nil, usageError("", "%w", err)
		}
	}
	edits.fields = append(edits.fields, d.header.fields...)
	if d.way, err = d.network(t, s); err != nil {
		return nil, err
	}
	return &wsproto.Dialer{Header: edits.fields, Omit: edits.omit}, nil
}

// open opens a connection and shows how that went. The error is one that knows
// its exit status.
func (d *dialOptions) open(ctx context.Context, dialer *wsproto.Dialer, t target, o *observer) (*wsproto.Conn, error) {
	if d.net.connectTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d.net.connectTimeout)
		defer cancel()
	}
	start := time.Now()
	o.route, o.request, o.response = nil, nil, nil
	o.url, o.peer = t.url.String(), t.url.Addr()
	c, resp, err := upgrade(ctx, d.way, dialer, t.url, o)
	took := time.Since(start)
	if resp != nil {
		o.response = append(o.response, resp.Body...)
		o.cut = resp.More
	}
	if c != nil {
		o.peer = c.NetConn().RemoteAddr().String()
	}
	o.handshake(c, took, err)
	if err != nil {
		var late *errMaxTime
		switch cause := context.Cause(ctx); {
		case errors.As(cause, &late):
			return nil, failure(exitTimeout, late, "")
		case ctx.Err() == context.Canceled:
			return nil, cause
		}
		return nil, explained(dialFailure(err, t.url), o.diagnosis)
	}
	return c, nil
}
