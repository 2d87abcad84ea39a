package wsproto

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"
)

// A Dialer opens connections as a client. The zero value is ready to use. It
// may be used by several goroutines as long as none changes it.
type Dialer struct {
	Config
	// NetDial opens the network connection. Nil means that of a net.Dialer.
	NetDial func(ctx context.Context, network, addr string) (net.Conn, error)
	// TLS is how a wss: connection is secured. Nil means the defaults of
	// crypto/tls; an empty ServerName means the host of the URL.
	TLS *tls.Config
	// Header are fields of the request, in order. A field with the name of one
	// that a Dialer sets by itself replaces it; Omit names those of its own
	// that are left out.
	Header Fields
	Omit   []string
	// Subprotocols are offered in this order. Each has to be a token; Header can
	// offer what is not.
	Subprotocols []string
	// Extensions are offered in this order.
	Extensions []Extension
	// Key and Version replace a fresh key and "13".
	Key, Version string
}

// Dial connects to a ws: or wss: URL. The context bounds all of it, from the
// name look-up to the end of the opening handshake, and nothing after that.
//
// Errors are those of the network, a [*TLSError], and a [*HandshakeError] for
// what is wrong with the handshake itself.
func (d *Dialer) Dial(ctx context.Context, rawURL string) (*Conn, *Response, error) {
	u, err := ParseURL(rawURL)
	if err != nil {
		return nil, nil, err
	}
	req, err := d.Request(u)
	if err != nil {
		return nil, nil, err
	}
	dial := d.NetDial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	nc, err := dial(ctx, "tcp", u.Addr())
	if err != nil {
		return nil, nil, err
	}
	if u.Secure {
		if nc, err = d.secure(ctx, nc, u.Host); err != nil {
			return nil, nil, err
		}
	}
	return d.Upgrade(ctx, nc, req)
}

func (d *Dialer) secure(ctx context.Context, nc net.Conn, host string) (net.Conn, error) {
	cfg := d.TLS.Clone()
	if cfg == nil {
		cfg = &tls.Config{}
	}
	if cfg.ServerName == "" {
		cfg.ServerName = host
	}
	tc := tls.Client(nc, cfg)
	if err := tc.HandshakeContext(ctx); err != nil {
		nc.Close()
		return nil, &TLSError{Host: host, Err: err}
	}
	return tc, nil
}

// A TLSError is a TLS handshake that failed.
type TLSError struct {
	Host string
	Err  error
}

func (e *TLSError) Error() string { return "TLS handshake with " + e.Host + ": " + e.Err.Error() }

// Unwrap returns the error of crypto/tls or of the network.
func (e *TLSError) Unwrap() error { return e.Err }

// Request returns the request that Dial would send for u, with a fresh key.
//
// RFC 6455, Section 4.1.
func (d *Dialer) Request(u URL) (*Request, error) {
	key := d.Key
	if key == "" {
		var err error
		if key, err = NewKey(d.Rand); err != nil {
			return nil, fmt.Errorf("making a %s: %w", fieldKey, err)
		}
	}
	version := d.Version
	if version == "" {
		version = Version
	}
	for _, s := range d.Subprotocols {
		if !IsToken(s) {
			return nil, fmt.Errorf("subprotocol %q is not a token (RFC 6455, Section 4.1)", s)
		}
	}
	own := Fields{
		{"Host", u.HostField()},
		{"Upgrade", "websocket"},
		{"Connection", "Upgrade"},
		{fieldKey, key},
		{fieldVersion, version},
	}
	if len(d.Subprotocols) > 0 {
		own = append(own, Field{fieldProtocol, strings.Join(d.Subprotocols, ", ")})
	}
	var offers []string
	for _, e := range d.Extensions {
		for _, offer := range e.Offer() {
			offers = append(offers, offer.String())
		}
	}
	if len(offers) > 0 {
		own = append(own, Field{fieldExtensions, strings.Join(offers, ", ")})
	}

	r := &Request{Method: "GET", Target: u.Target, Proto: "HTTP/1.1"}
	// Host goes first, as RFC 9110, Section 7.2 asks for, a replaced one too.
	for _, f := range d.Header {
		if strings.EqualFold(f.Name, "Host") {
			r.Fields = append(r.Fields, f)
		}
	}
	for _, f := range own {
		omit := slices.ContainsFunc(d.Omit, func(name string) bool { return strings.EqualFold(name, f.Name) })
		if !omit && !d.Header.Has(f.Name) {
			r.Fields = append(r.Fields, f)
		}
	}
	for _, f := range d.Header {
		if !strings.EqualFold(f.Name, "Host") {
			r.Fields = append(r.Fields, f)
		}
	}
	if err := r.Fields.check(); err != nil {
		return nil, err
	}
	r.Raw = r.appendTo(nil)
	return r, nil
}

// Upgrade does the opening handshake with req over nc, which it owns from then
// on. The context bounds the handshake. Bytes that follow the response in the
// same segment are the first frames.
//
// The response is nil only if there was none that could be taken apart.
func (d *Dialer) Upgrade(ctx context.Context, nc net.Conn, req *Request) (*Conn, *Response, error) {
	c := &Conn{}
	c.init(nc, Client, d.Config)
	c.in.buf = make([]byte, minReadBuffer)
	release := boundBy(ctx, nc)
	resp, err := d.handshake(ctx, c, req)
	if ctxErr := release(); ctxErr != nil && (err == nil || isTimeout(err)) {
		err = &HandshakeError{Kind: HandshakeTimeout, Request: req, Response: resp, Err: ctxErr}
	}
	if err != nil {
		nc.Close()
		c.releaseCodec()
		return nil, resp, err
	}
	return c, resp, nil
}

func (c *Conn) releaseCodec() {
	if c.codec != nil {
		c.codec.Close()
		c.codec = nil
	}
}

func (d *Dialer) handshake(ctx context.Context, c *Conn, req *Request) (*Response, error) {
	if f := c.cfg.Trace.HandshakeSent; f != nil {
		f(req.Raw)
	}
	if _, err := c.nc.Write(req.Raw); err != nil {
		return nil, &HandshakeError{Kind: HandshakeDropped, Request: req, Err: err}
	}
	resp, err := c.readResponse(req)
	if err != nil {
		return resp, err
	}
	subprotocol, exts, broken := checkResponse(req, resp)
	if broken != nil {
		if broken.Kind == HandshakeRefused {
			limit := time.Now().Add(bodyTime)
			if deadline, ok := ctx.Deadline(); !ok || limit.Before(deadline) {
				c.nc.SetReadDeadline(limit)
			}
			if ctx.Err() == nil { // otherwise the deadline of the cancellation may be gone
				c.readBody(resp)
			}
		}
		return resp, broken
	}
	c.opened()
	c.subprotocol, c.extensions = subprotocol, exts
	for _, params := range exts {
		if err := c.confirm(d.Extensions, params); err != nil {
			got := params.String()
			if err == errTwoCodecs { // each is right by itself
				got = strings.Join(resp.Fields.Values(fieldExtensions), ", ")
			}
			return resp, &HandshakeError{
				Kind: HandshakeInvalid, Rule: fieldExtensions, Got: got, Want: err.Error(),
				Section: "9.1", Request: req, Response: resp, Err: err,
			}
		}
	}
	return resp, nil
}

// confirm puts an extension into force that the server has chosen.
func (c *Conn) confirm(offered []Extension, answer ExtensionParams) error {
	for _, e := range offered {
		if e.Name() == answer.Name {
			codec, err := e.Confirm(answer)
			if err == nil {
				err = c.use(codec)
			}
			return err
		}
	}
	// Offered in a header field that the user wrote: shown, not understood.
	return nil
}

var errTwoCodecs = errors.New("one extension that transforms messages, not several")

func (c *Conn) use(codec Codec) error {
	if c.codec != nil {
		codec.Close()
		return errTwoCodecs
	}
	c.codec, c.rsv = codec, codec.RSV()
	return nil
}

// maxInterim bounds how many 1xx responses may precede the real one.
const maxInterim = 8

// readResponse reads the response, going past interim ones.
//
// RFC 9110, Section 15.2.
func (c *Conn) readResponse(req *Request) (*Response, error) {
	for interim := 0; ; interim++ {
		raw, err := c.readHead()
		if f := c.cfg.Trace.HandshakeReceived; f != nil && len(raw) > 0 {
			f(raw)
		}
		malformed := func(resp *Response, err error) error {
			e := &HandshakeError{Kind: HandshakeInvalid, Rule: "response", Want: err.Error(), Request: req, Response: resp, Err: err}
			var head *headError
			if errors.As(err, &head) {
				e.Got, e.Want = head.got, head.want
			}
			return e
		}
		if err != nil {
			// A reply that does not even begin as HTTP is not worth waiting for.
			var head *headError
			switch {
			case errors.As(err, &head):
				return &Response{Raw: raw}, malformed(&Response{Raw: raw}, err)
			case errors.Is(err, io.EOF) && len(raw) == 0:
				return nil, &HandshakeError{Kind: HandshakeEmpty, Request: req, Err: err}
			}
			return &Response{Raw: raw}, &HandshakeError{Kind: HandshakeDropped, Request: req, Response: &Response{Raw: raw}, Err: err}
		}
		resp, err := parseResponse(raw)
		if err != nil && resp.Status < 200 {
			return resp, malformed(resp, err)
		}
		// A refusal is one however sloppy its header is.
		if resp.Status == 101 || resp.Status >= 200 || interim == maxInterim {
			return resp, nil
		}
	}
}

// boundBy makes a deadline or a cancellation of ctx end what nc is waiting for.
// The returned function ends that and returns the error of ctx, if it has one.
func boundBy(ctx context.Context, nc net.Conn) (release func() error) {
	if deadline, ok := ctx.Deadline(); ok {
		nc.SetDeadline(deadline)
	}
	stop := context.AfterFunc(ctx, func() { nc.SetDeadline(time.Unix(1, 0)) })
	return func() error {
		if !stop() {
			return ctx.Err()
		}
		if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) {
			<-ctx.Done() // its timer may be a moment behind that of the network
			return ctx.Err()
		}
		nc.SetDeadline(time.Time{})
		return nil
	}
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}
