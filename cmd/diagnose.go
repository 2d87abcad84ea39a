package cmd

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/netip"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wscope/cmd/internal/doctor"
	"wscope/cmd/internal/netdial"
	"wscope/render"
	"wscope/wsproto"
)

// registerDiagnose defines --diagnose.
func registerDiagnose(cmd *cobra.Command, on *bool) {
	cmd.Flags().BoolVar(on, "diagnose", false, "open no session: ask in several ways, and say which of them the server accepts and what that means")
	setGroup(cmd.Flags(), "Handshake", "diagnose")
	cmd.MarkFlagsMutuallyExclusive("diagnose", "execute")
}

// A diagnosis asks a server for a connection in one way after the other.
type diagnosis struct {
	connectOptions
	opener *opener // of what is asked for
	asked  doctor.Asked
	view   *display        // of the handshakes, with -v
	report render.Renderer // of the trials
	trials []doctor.Trial
}

// runDiagnose tries the variants and shows what comes of them. The error is that
// of the first, which is as the command line asks.
func runDiagnose(ctx context.Context, o connectOptions, op *opener) error {
	ctx, cancel := o.limited(ctx)
	defer cancel()
	defer o.begin(ctx, 2*trialCloseTimeout)()
	d := &diagnosis{connectOptions: o, opener: op}
	if err := d.prepare(); err != nil {
		return err
	}
	// What there is to be tried is known in full when the name has been
	// resolved: with the first.
	first, route, failed := d.try(ctx, doctor.Variants(d.asked)[0])
	d.asked.Addrs = addresses(route)
	d.opener.net.connectTimeout = variantTime(d.opener.net.connectTimeout, first.Took)
	variants := doctor.Variants(d.asked)
	if err := d.newReport(variants); err != nil {
		return err
	}
	for i, v := range variants {
		trial := first
		if i > 0 {
			trial, _, _ = d.try(ctx, v)
		}
		if ctx.Err() != nil {
			return stopped(ctx)
		}
		if err := d.show(v, trial); err != nil {
			return err
		}
	}
	c := doctor.Conclude(d.asked, d.trials)
	c.Time = time.Now()
	if err := d.render(c); err != nil {
		return err
	}
	return failed
}

// variantTime returns how long a variant may take after the first one took so long,
// of at most limit: there are many of them, and silence is an answer, too.
func variantTime(limit, first time.Duration) time.Duration {
	return min(limit, max(5*time.Second, min(4*first, 10*time.Second)))
}

// stopped tells a signal from the end of --max-time.
func stopped(ctx context.Context) error {
	var late *errMaxTime
	if errors.As(context.Cause(ctx), &late) {
		return failure(exitTimeout, late, "")
	}
	return quietExit{exitInterrupted}
}

// prepare finds out what is asked for, and makes the display of the handshakes.
func (d *diagnosis) prepare() error {
	u := d.opener.target.url
	h := d.opener.header(hop{url: u})
	d.asked = doctor.Asked{
		URL: u, Origin: h.Value("Origin"), Subprotocols: d.subprotocols, Compressed: d.deflate.on,
		// Whatever the user has put into the request may be a secret.
		Secret: h.Has("Authorization") || h.Has("Cookie") || len(d.dial.header.fields)+len(d.subprotocols) > 0 || strings.Contains(u.Target, "?"),
	}
	if d.opener.net.connectTimeout <= 0 {
		d.opener.net.connectTimeout = defaultConnectTimeout // there is more to try
	}
	if c := d.opener.way.TLS; c != nil {
		d.asked.Protocols = c.NextProtos
	}
	s := d.streams
	s.out, s.outTTY = io.Discard, false
	if d.display.verbose == 0 {
		s.err, s.errTTY = io.Discard, false
	}
	var err error
	d.view, err = d.display.newDisplay(s, d.colorMode, "\n", false)
	return err
}

// newReport makes what shows the trials.
func (d *diagnosis) newReport(variants []doctor.Variant) error {
	format, err := d.display.dataFormat(d.streams)
	if err != nil {
		return err
	}
	if format == render.JSON {
		d.report = render.New(d.out, render.Options{Format: format, Start: d.view.options.Start, ShowSecrets: d.display.showSecrets})
		return nil
	}
	o := render.TrialOptions{Color: d.color(d.colorMode, d.outTTY)}
	for _, v := range variants {
		o.Labels = max(o.Labels, len(v.Label))
	}
	d.report = render.NewTrials(d.out, o)
	return nil
}

// show shows what came of a variant, and keeps it for the conclusion.
func (d *diagnosis) show(v doctor.Variant, t *render.Trial) error {
	d.trials = append(d.trials, doctor.Trial{Variant: v, Open: t.Err == nil && t.Skip == "", Status: t.Status, Problem: t.Brief})
	return d.render(t)
}

func (d *diagnosis) render(e render.Event) error {
	if err := d.report.Render(e); err != nil {
		return err
	}
	return d.report.Flush()
}

// try opens a connection as a variant has it and closes it at once. It returns
// the route, too, and the error with its exit status.
func (d *diagnosis) try(ctx context.Context, v doctor.Variant) (*render.Trial, *render.Route, error) {
	t := &render.Trial{Meta: render.Meta{Time: time.Now()}, Variant: v.Name, Label: v.Label, Skip: v.Skip}
	if v.Skip != "" {
		return t, nil, nil
	}
	o := newObserver(d.view, wsproto.Client, 0)
	o.note("trial: " + v.Label)
	op := d.vary(v)
	dialer := op.dialer
	dialer.Config = d.protocol.config()
	dialer.Trace = o.trace(d.display.verbose > 1)
	dialer.Version, dialer.Key = d.version, d.key
	if !v.NoSubprotocol {
		dialer.Subprotocols = d.subprotocols
	}
	compress := d.deflate
	if v.Compress != nil {
		compress.on = *v.Compress
	}
	dialer.Extensions = compress.extensions(o)
	c, err := op.open(ctx, &dialer, o)
	t.URL, t.Peer, t.Took = o.url, o.peer, time.Since(t.Time)
	t.Err, t.Diagnosis = err, o.diagnosis
	if err != nil {
		t.Brief, t.Status = doctor.Brief(err)
		return t, o.route, err
	}
	t.Subprotocol = c.Subprotocol()
	for _, x := range c.Extensions() {
		t.Extensions = append(t.Extensions, x.String())
	}
	hangUp(ctx, c)
	return t, o.route, nil
}

// vary returns an opener that asks as a variant does. It has no memory of what
// others were answered.
func (d *diagnosis) vary(v doctor.Variant) *opener {
	op, dial, way, id := *d.opener, *d.opener.dialOptions, *d.opener.way, *d.opener.id
	op.dialOptions, dial.way, op.id = &dial, &way, &id
	id.clients, id.rejected = nil, nil
	if jar, _, err := dial.cookies.load(op.target.url); err == nil {
		id.jar = jar
	}
	if v.URL != nil {
		op.target.url = *v.URL
	}
	if v.Origin != nil {
		op.set("Origin", *v.Origin)
	}
	if v.UserAgent != "" {
		op.set("User-Agent", v.UserAgent)
	}
	if v.Protocols != nil {
		if way.TLS = way.TLS.Clone(); way.TLS == nil {
			way.TLS = &tls.Config{}
		}
		way.TLS.NextProtos = *v.Protocols
	}
	if v.Addr.IsValid() {
		way.Hosts = append(way.Hosts[:len(way.Hosts):len(way.Hosts)], netdial.HostEntry{Host: "*", Port: op.target.url.Port, Addrs: []netip.Addr{v.Addr}})
	}
	return &op
}

// set has requests send a field with this value, or without it if that is empty.
func (op *opener) set(name, value string) {
	op.own, op.user = withField(op.own, name, value), withField(op.user, name, "")
}

// withField returns the fields with one of a name, or with none if the value is
// empty.
func withField(fields wsproto.Fields, name, value string) wsproto.Fields {
	var with wsproto.Fields
	for _, f := range fields {
		if !strings.EqualFold(f.Name, name) {
			with = append(with, f)
		}
	}
	if value != "" {
		with = append(with, wsproto.Field{Name: name, Value: value})
	}
	return with
}

// hangUp closes a connection that has served its purpose, in order if the peer
// does not take its time.
func hangUp(ctx context.Context, c *wsproto.Conn) {
	defer context.AfterFunc(ctx, func() { c.Abort(nil) })()
	late := time.AfterFunc(trialCloseTimeout, func() { c.Abort(nil) })
	defer late.Stop()
	c.Close(wsproto.CloseNormal, "")
	for {
		if _, err := c.ReadMessage(); err != nil {
			return
		}
	}
}

// trialCloseTimeout bounds the closing handshake of a connection that was opened
// to see whether it can be.
const trialCloseTimeout = time.Second

// addresses returns those of the server, if they are ours to choose from: it has
// a name that was resolved, and there is no proxy before it.
func addresses(r *render.Route) []netip.Addr {
	if r == nil || len(r.Hops) != 1 || r.Hops[0].Proxy || r.Hops[0].Lookup == nil {
		return nil
	}
	return r.Hops[0].Lookup.Addrs
}
