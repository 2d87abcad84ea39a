package cmd

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"wscope/render"
	"wscope/wsproto"
)

// dialOptions are the flags that say how a connection is opened.
type dialOptions struct {
	header         headerEdits
	origin         string
	userAgent      string
	user           string
	insecure       bool
	caFile         string
	connectTimeout time.Duration
	maxTime        time.Duration
}

// defaultConnectTimeout bounds opening a connection, from the name look-up to
// the end of the opening handshake.
const defaultConnectTimeout = 30 * time.Second

func (d *dialOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	d.connectTimeout = defaultConnectTimeout
	flags.VarP(headerFlag{&d.header}, "header", "H", "add `\"name: value\"` to the request; \"name:\" removes a field, \"name;\" sends it empty, @file has one a line")
	flags.StringVarP(&d.origin, "origin", "o", "", "send this `Origin`")
	flags.StringVarP(&d.userAgent, "user-agent", "A", "", "send this `User-Agent`")
	flags.StringVarP(&d.user, "user", "u", "", "authenticate with Basic as `user:password`; @file reads it, without a password it is asked for")
	flags.BoolVarP(&d.insecure, "insecure", "k", false, "do not check the certificate of the server")
	flags.StringVar(&d.caFile, "cacert", "", "trust the authorities in this PEM `file` instead of the system's")
	flags.Var(durationFlag{d: &d.connectTimeout}, "connect-timeout", "give up if the connection is not open after this time")
	flags.VarP(durationFlag{d: &d.maxTime}, "max-time", "m", "end the session after this time (default no limit)")
	for alias, name := range map[string]string{"ua": "user-agent", "auth": "user", "ca": "cacert", "no-check": "insecure"} {
		addAlias(flags, alias, name)
	}
	setFlagExample(flags, "header", "X-Trace: 1")
	setFlagExample(flags, "user", "alice:secret")
	setGroup(flags, "Connection", "header", "origin", "user-agent", "user", "insecure", "cacert", "connect-timeout", "max-time")
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
	auth, err := d.authorization(t, s)
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
	config, err := d.tls()
	if err != nil {
		return nil, err
	}
	return &wsproto.Dialer{Header: edits.fields, Omit: edits.omit, TLS: config, NetDial: dialNet}, nil
}

// dialNet opens a network connection. Names below localhost are this machine,
// whatever a name server thinks of them.
//
// RFC 6761, Section 6.3.
func dialNet(ctx context.Context, network, addr string) (net.Conn, error) {
	if host, port, err := net.SplitHostPort(addr); err == nil {
		if strings.HasSuffix(strings.ToLower(strings.TrimSuffix(host, ".")), ".localhost") {
			addr = net.JoinHostPort("localhost", port)
		}
	}
	return new(net.Dialer).DialContext(ctx, network, addr)
}

// authorization returns the value for Basic authentication from --user, or from
// the URL, or "".
//
// RFC 7617, Section 2.
func (d *dialOptions) authorization(t target, s streams) (string, error) {
	credentials := d.user
	if credentials == "" && t.url.Userinfo != "" {
		var err error
		if credentials, err = t.userinfo(); err != nil {
			return "", err
		}
	}
	if path, ok := strings.CutPrefix(credentials, "@"); ok {
		data, err := os.ReadFile(path)
		if err != nil {
			return "", failure(exitReadFile, fmt.Errorf("--user: %w", err), "")
		}
		credentials = strings.TrimRight(string(data), "\r\n")
	}
	if credentials == "" {
		return "", nil
	}
	if !strings.Contains(credentials, ":") {
		password, err := askPassword(s, credentials)
		if err != nil {
			return "", err
		}
		credentials += ":" + password
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(credentials)), nil
}

// askPassword asks for a password on the terminal. Nothing of it is echoed, not
// even what is typed before the question is there; Ctrl-C ends the program.
func askPassword(s streams, user string) (string, error) {
	file, ok := s.in.(*os.File)
	if !ok || !s.inTTY {
		return "", usageError("--user alice:secret", "--user has no password, and there is no terminal to ask for one")
	}
	state, err := term.MakeRaw(int(file.Fd()))
	if err == nil {
		restore := func() { term.Restore(int(file.Fd()), state) }
		defer restore()
		defer s.onExit(restore)()
		keyboard := term.NewTerminal(struct {
			io.Reader
			io.Writer
		}{file, s.err}, "")
		var password string
		if password, err = keyboard.ReadPassword("password for " + render.Escape(user) + ": "); err == nil {
			return password, nil
		}
	}
	if errors.Is(err, io.EOF) { // Ctrl-C or Ctrl-D
		io.WriteString(s.err, "\r\n")
		return "", quietExit{exitInterrupted}
	}
	return "", failure(exitReadFile, fmt.Errorf("reading the password: %w", err), "")
}

func (d *dialOptions) tls() (*tls.Config, error) {
	config := &tls.Config{InsecureSkipVerify: d.insecure, NextProtos: []string{"http/1.1"}}
	if d.caFile == "" {
		return config, nil
	}
	pem, err := os.ReadFile(d.caFile)
	if err != nil {
		return nil, failure(exitCAFile, fmt.Errorf("--cacert: %w", err), "")
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, failure(exitCAFile, fmt.Errorf("--cacert: %s has no certificate in PEM form", d.caFile),
			"a PEM file has a line -----BEGIN CERTIFICATE-----")
	}
	return config, nil
}

// open opens a connection and shows how that went. The error is one that knows
// its exit status.
func (d *dialOptions) open(ctx context.Context, dialer *wsproto.Dialer, t target, o *observer) (*wsproto.Conn, error) {
	if d.connectTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d.connectTimeout)
		defer cancel()
	}
	start := time.Now()
	o.request, o.response = nil, nil
	o.url, o.peer = t.url.String(), t.url.Addr()
	c, resp, err := dialer.Dial(ctx, o.url)
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
		return nil, dialFailure(err, t.url)
	}
	return c, nil
}
