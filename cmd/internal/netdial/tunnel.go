package netdial

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"wscope/render"
	"wscope/wsproto"
)

const (
	// maxReply bounds the head of a proxy's reply, and the body of a refusal.
	maxReply = 64 << 10
	// bodyTime bounds how long the body of a refusal is read.
	bodyTime = 2 * time.Second
	// maxInterim bounds how many 1xx replies may come before the real one.
	maxInterim = 8
)

// through connects to a proxy and has it open a tunnel to t, whose hop is last.
func (d *Dialer) through(ctx context.Context, p *Proxy, t Target, last *render.Hop) (net.Conn, error) {
	hop := &render.Hop{Proxy: true, Addr: p.Addr(), Source: p.Source}
	d.route.Hops = append(d.route.Hops, hop, last)
	t.Host, _, _ = strings.Cut(t.Host, "%") // a zone means something on this machine only
	if p.Kind == ProxySOCKS5 {
		addrs, err := d.lookup(ctx, t, last)
		if err != nil {
			return nil, err
		}
		return d.tunnelToAny(ctx, p, t, addrs, hop, last)
	}
	return d.tunnelTo(ctx, p, t.Addr(), hop, last)
}

// tunnelToAny has a proxy open a tunnel to the first of addrs that it reaches. Those
// that it does not are on record as attempts.
func (d *Dialer) tunnelToAny(ctx context.Context, p *Proxy, t Target, addrs []netip.Addr, hop, last *render.Hop) (net.Conn, error) {
	for i, addr := range addrs[:min(len(addrs), maxAttempts)] {
		if i > 0 {
			hop = &render.Hop{Proxy: true, Addr: p.Addr()} // the way to the proxy is on record
			last.Tunnel = nil                              // so is that it was refused
		}
		c, err := d.tunnelTo(ctx, p, net.JoinHostPort(addr.String(), t.Port), hop, last)
		refused, ok := errors.AsType[*SOCKSError](err)
		if !ok || !refused.Unreached || len(addrs) == 1 {
			return c, err
		}
		last.Attempts = append(last.Attempts, render.Attempt{Addr: last.Tunnel.To, Took: last.Tunnel.Took, Err: refused})
	}
	err := &AttemptsError{last.Attempts}
	last.Attempts = last.Attempts[:len(last.Attempts)-1] // it is the tunnel's
	return nil, &Error{Phase: PhaseProxy, Addr: t.Addr(), Via: p.Addr(), Err: err}
}

// tunnelTo connects to a proxy and has it open a tunnel to an address.
func (d *Dialer) tunnelTo(ctx context.Context, p *Proxy, address string, hop, last *render.Hop) (net.Conn, error) {
	c, err := d.reach(ctx, Target{Host: p.Host, Port: p.Port}, hop)
	if err != nil {
		return nil, err
	}
	if p.Kind == ProxyHTTPS {
		if c, err = d.secure(ctx, c, p.TLS, false, Target{Host: p.Host, Port: p.Port}, hop); err != nil {
			return nil, err
		}
	}
	limit := d.ProxyTimeout
	if limit == 0 {
		limit = DefaultProxyTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	begin := time.Now()
	last.Tunnel = p.tunnel(address)
	d.progress(PhaseProxy, hop, hop.Addr)
	opened, err := p.open(ctx, c, last.Tunnel)
	last.Tunnel.Took = time.Since(begin)
	if err != nil {
		c.Close()
		if _, refused := errors.AsType[*RefusedError](err); !refused { // its body may have no end
			err = ended(ctx, err)
		}
		last.Tunnel.Err = err
		return nil, &Error{Phase: PhaseProxy, Addr: address, Via: p.Addr(), Err: err}
	}
	return opened, nil
}

// tunnel returns the tunnel that the proxy is to be asked for.
func (p *Proxy) tunnel(to string) *render.Tunnel {
	switch p.Kind {
	case ProxySOCKS5, ProxySOCKS5H:
		return &render.Tunnel{Protocol: "SOCKS5", To: to}
	}
	return &render.Tunnel{Protocol: "HTTP CONNECT", To: to, Request: p.request(to)}
}

// open has the proxy at the other end of c open a tunnel.
func (p *Proxy) open(ctx context.Context, c net.Conn, tunnel *render.Tunnel) (net.Conn, error) {
	if tunnel.Request == nil {
		return c, p.socks(ctx, c, tunnel.To)
	}
	release := boundBy(ctx, c)
	opened, err := p.httpConnect(c, tunnel)
	if ctxErr := release(); ctxErr != nil && err == nil {
		err = ctxErr
	}
	return opened, err
}

// boundBy makes the end of ctx end what c is waiting for. The returned function
// ends that, and returns the error of ctx if it has one.
func boundBy(ctx context.Context, c net.Conn) (release func() error) {
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
	return func() error {
		if !stop() {
			return ctx.Err()
		}
		c.SetDeadline(time.Time{})
		return nil
	}
}

// httpConnect sends a CONNECT request and reads the reply.
//
// RFC 9110, Section 9.3.6.
func (p *Proxy) httpConnect(c net.Conn, tunnel *render.Tunnel) (net.Conn, error) {
	if _, err := c.Write(tunnel.Request); err != nil {
		return nil, noReply(nil, err)
	}
	in := bufio.NewReader(c)
	for interim := 0; ; interim++ {
		head, err := readHead(in)
		tunnel.Response = append(tunnel.Response, head...)
		if err != nil {
			return nil, err
		}
		resp, err := http.ReadResponse(bufio.NewReader(io.MultiReader(bytes.NewReader(head), in)), &http.Request{Method: "GET"})
		if err != nil {
			return nil, &ReplyError{Got: firstLine(head), Err: err}
		}
		switch {
		case resp.StatusCode/100 == 1 && resp.StatusCode != http.StatusSwitchingProtocols && interim < maxInterim:
			tunnel.Response = nil
			continue
		case resp.StatusCode/100 == 2 && in.Buffered() == 0:
			return c, nil
		case resp.StatusCode/100 == 2:
			return &tunnelConn{Conn: c, in: in}, nil
		}
		refused := &RefusedError{Status: resp.Status, Code: resp.StatusCode, Challenges: resp.Header.Values("Proxy-Authenticate"), Sent: p.HasAuth}
		limit := time.AfterFunc(bodyTime, func() { c.SetReadDeadline(time.Unix(1, 0)) })
		body, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
		limit.Stop()
		tunnel.Cut = err != nil || len(body) > maxReply
		tunnel.Response = append(tunnel.Response, body[:min(len(body), maxReply)]...)
		return nil, refused
	}
}

// request returns the request for a tunnel.
func (p *Proxy) request(to string) []byte {
	fields := wsproto.Fields{{Name: "Host", Value: to}}
	if p.HasAuth {
		credentials := base64.StdEncoding.EncodeToString([]byte(p.User + ":" + p.Password))
		fields = append(fields, wsproto.Field{Name: "Proxy-Authorization", Value: "Basic " + credentials})
	}
	b := []byte("CONNECT " + to + " HTTP/1.1\r\n")
	for _, f := range fields {
		if p.Header.Has(f.Name) || slices.ContainsFunc(p.Omit, func(name string) bool { return strings.EqualFold(name, f.Name) }) {
			continue
		}
		b = fmt.Appendf(b, "%s: %s\r\n", f.Name, f.Value)
	}
	for _, f := range p.Header {
		b = fmt.Appendf(b, "%s: %s\r\n", f.Name, f.Value)
	}
	return append(b, "\r\n"...)
}

// readHead reads up to the blank line that ends the head of a reply. What is no
// HTTP is refused at its first byte that shows it.
func readHead(in *bufio.Reader) (head []byte, err error) {
	const start = "HTTP/"
	for {
		c, err := in.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && len(head) == 0:
			return head, &ReplyError{Got: "nothing, it has closed the connection"}
		case errors.Is(err, io.EOF):
			return head, &ReplyError{Got: firstLine(head) + " and then the end of the connection"}
		case err != nil:
			return head, noReply(head, err)
		}
		head = append(head, c)
		switch n := len(head); {
		case n <= len(start) && head[n-1] != start[n-1]:
			rest, _ := in.Peek(min(in.Buffered(), 32))
			return append(head, rest...), &ReplyError{Got: fmt.Sprintf("%q", append(slices.Clone(head), rest...))}
		case c == '\n' && (bytes.HasSuffix(head, []byte("\n\n")) || bytes.HasSuffix(head, []byte("\n\r\n"))):
			return head, nil
		case n == maxReply:
			return head, &ReplyError{Got: fmt.Sprintf("a head of more than %d bytes", maxReply)}
		}
	}
}

// noReply returns the error of a connection that failed with err behind what there
// is of the head. A reset is a way to say no: so does what speaks another protocol.
func noReply(head []byte, err error) error {
	switch {
	case !wsproto.IsReset(err):
		return bare(err)
	case len(head) == 0:
		return &ReplyError{Got: "nothing", Err: bare(err)}
	}
	return &ReplyError{Got: firstLine(head), Err: bare(err)}
}

func firstLine(head []byte) string {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	return fmt.Sprintf("%.80q", bytes.TrimSuffix(line, []byte("\r")))
}

// A ReplyError is a reply of a proxy that is none in HTTP.
type ReplyError struct {
	Got string
	Err error // what is wrong with it, may be nil
}

func (e *ReplyError) Error() string {
	s := "got " + e.Got + ", expected a reply in HTTP"
	if e.Err != nil {
		s += " (" + e.Err.Error() + ")"
	}
	return s
}

func (e *ReplyError) Unwrap() error { return e.Err }

// A RefusedError is a tunnel that an HTTP proxy does not open.
type RefusedError struct {
	Status     string // as in "403 Forbidden"
	Code       int
	Challenges []string // of Proxy-Authenticate
	Sent       bool     // that there were credentials
}

func (e *RefusedError) Error() string {
	s := "got " + e.Status + ", expected 200"
	if len(e.Challenges) > 0 {
		s += "; it wants " + strings.Join(e.Challenges, ", ")
	}
	return s
}

// A tunnelConn is a connection through a proxy, what came right behind its reply
// included.
type tunnelConn struct {
	net.Conn
	in *bufio.Reader
}

func (c *tunnelConn) Read(p []byte) (int, error) {
	if c.in.Buffered() > 0 {
		return c.in.Read(p)
	}
	return c.Conn.Read(p)
}
