package wsproto

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// DefaultHandshakeTimeout is how long an [Acceptor] waits for a request.
const DefaultHandshakeTimeout = 10 * time.Second

// An Acceptor opens connections as a server. The zero value is ready to use. It
// may be used by several goroutines as long as none changes it.
type Acceptor struct {
	Config
	// HandshakeTimeout bounds the opening handshake from its first byte to its
	// last. Zero means DefaultHandshakeTimeout.
	HandshakeTimeout time.Duration
	// Subprotocols are those that the server speaks. The first of the client's
	// that is among them is chosen, and none if there is no such.
	Subprotocols []string
	// Extensions are those that the server knows.
	Extensions []Extension
	// CheckOrigin reports whether a request with that Origin, "" for none, is
	// welcome. Nil welcomes all. Others are answered with 403.
	CheckOrigin func(origin string) bool
	// Header are further fields of the response.
	Header Fields
}

// A Pending is a request that waits for its answer. One of its methods has to
// be called, once.
type Pending struct {
	Request *Request
	a       *Acceptor
	c       *Conn
}

// Accept reads a request from nc, judges it and answers it. It owns nc; after
// an error nc is closed. A request that was refused is a [*HandshakeError] whose
// Response has been sent.
func (a *Acceptor) Accept(nc net.Conn) (*Conn, *Request, error) {
	p, err := a.Read(nc)
	if err != nil {
		return nil, nil, err
	}
	c, err := p.Accept()
	return c, p.Request, err
}

// Read reads a request from nc, which it owns, but for errors in the form of it
// neither judges nor answers it.
func (a *Acceptor) Read(nc net.Conn) (*Pending, error) {
	timeout := a.HandshakeTimeout
	if timeout == 0 {
		timeout = DefaultHandshakeTimeout
	}
	nc.SetDeadline(time.Now().Add(timeout))
	c := &Conn{}
	c.init(nc, Server, a.Config)
	c.in.buf = make([]byte, minReadBuffer)
	raw, err := c.readHead()
	if f := c.cfg.Trace.HandshakeReceived; f != nil && len(raw) > 0 {
		f(raw)
	}
	p := &Pending{Request: &Request{Raw: raw}, a: a, c: c}
	if err == nil {
		p.Request, err = parseRequest(raw)
	}
	if err == nil {
		return p, nil
	}
	var head *headError
	switch {
	case errors.As(err, &head):
		status := 400
		if head.tooLarge {
			status = 431
		}
		return nil, p.reject(&rejection{status: status, rule: "request", got: head.got, want: head.want})
	case isTimeout(err) && len(raw) > 0:
		nc.SetWriteDeadline(time.Now().Add(lingerTime))
		p.reject(&rejection{status: 408, rule: "request", got: fmt.Sprintf("%d bytes", len(raw)), want: "a whole request within " + timeout.String()})
		return nil, &HandshakeError{Kind: HandshakeTimeout, Request: p.Request, Err: err}
	}
	nc.Close()
	kind := HandshakeDropped
	switch {
	case isTimeout(err):
		kind = HandshakeTimeout
	case errors.Is(err, io.EOF) && len(raw) == 0:
		kind = HandshakeEmpty
	}
	return nil, &HandshakeError{Kind: kind, Request: p.Request, Err: err}
}

// Accept judges the request by the rules of the opening handshake and answers
// it, with 101 or with what is wrong.
//
// RFC 6455, Section 4.2.
func (p *Pending) Accept() (*Conn, error) {
	a, c, r := p.a, p.c, p.Request
	resp := &Response{Proto: "HTTP/1.1", Status: 101}
	if bad := a.checkRequest(r, resp); bad != nil {
		return nil, p.reject(bad)
	}
	if bad := p.chooseSubprotocol(resp); bad != nil {
		return nil, p.reject(bad)
	}
	if bad := p.chooseExtensions(resp); bad != nil {
		return nil, p.reject(bad)
	}
	resp.Fields = append(resp.Fields, a.Header...)
	if err := resp.Fields.check(); err != nil {
		return nil, p.reject(&rejection{status: 500, rule: "Acceptor.Header", got: err.Error(), want: "fields that can be sent"})
	}
	resp.Raw = resp.appendTo(nil)
	if f := c.cfg.Trace.HandshakeSent; f != nil {
		f(resp.Raw)
	}
	if _, err := c.nc.Write(resp.Raw); err != nil {
		c.nc.Close()
		c.releaseCodec()
		return nil, &HandshakeError{Kind: HandshakeDropped, Request: r, Response: resp, Err: err}
	}
	c.nc.SetDeadline(time.Time{})
	c.opened()
	return c, nil
}

func (p *Pending) chooseSubprotocol(resp *Response) *rejection {
	values := p.Request.Fields.Values(fieldProtocol)
	if len(values) == 0 {
		return nil
	}
	offered, err := parseTokens(values)
	if err != nil {
		return &rejection{status: 400, rule: fieldProtocol, got: strings.Join(values, ", "),
			want: "a list of different tokens (" + err.Error() + ")", section: "4.1"}
	}
	for _, token := range offered {
		if slices.Contains(p.a.Subprotocols, token) {
			p.c.subprotocol = token
			resp.Fields = append(resp.Fields, Field{fieldProtocol, token})
			break
		}
	}
	return nil
}

func (p *Pending) chooseExtensions(resp *Response) *rejection {
	values := p.Request.Fields.Values(fieldExtensions)
	if len(values) == 0 {
		return nil
	}
	bad := func(err error) *rejection {
		return &rejection{status: 400, rule: fieldExtensions, got: strings.Join(values, ", "),
			want: "a list of extensions (" + err.Error() + ")", section: "9.1"}
	}
	offers, err := ParseExtensions(values)
	if err != nil {
		return bad(err)
	}
	var agreed []string
	for _, e := range p.a.Extensions {
		for _, offer := range offers {
			if offer.Name != e.Name() || p.c.codec != nil {
				continue
			}
			answer, codec, err := e.Accept(offer)
			if err != nil {
				return bad(err)
			}
			if codec == nil {
				continue // declined, the next offer may do
			}
			p.c.use(codec)
			p.c.extensions = append(p.c.extensions, answer)
			agreed = append(agreed, answer.String())
		}
	}
	if len(agreed) > 0 {
		resp.Fields = append(resp.Fields, Field{fieldExtensions, strings.Join(agreed, ", ")})
	}
	return nil
}

// Reject answers the request with an HTTP status and a body of plain text, and
// closes the connection once the peer has read that, or after a second.
func (p *Pending) Reject(status int, fields Fields, body string) error {
	resp := &Response{Proto: "HTTP/1.1", Status: status, Body: []byte(body)}
	resp.Fields = append(Fields{
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Length", strconv.Itoa(len(body))},
		{"X-Content-Type-Options", "nosniff"},
		{"Connection", "close"},
	}, fields...)
	if up := fields.Value("Connection"); up != "" {
		// 426 names the Upgrade field in Connection (RFC 9110, Section 15.5.22).
		resp.Fields[3].Value += ", " + up
		resp.Fields = slices.DeleteFunc(resp.Fields, func(f Field) bool { return f == Field{"Connection", up} })
	}
	if p.Request.Method == "HEAD" {
		resp.Body = nil // the length stays that of the body (RFC 9110, Section 9.3.2)
	}
	resp.Raw = resp.appendTo(nil)
	if f := p.c.cfg.Trace.HandshakeSent; f != nil {
		f(resp.Raw)
	}
	_, err := p.c.nc.Write(resp.Raw)
	p.c.linger(true)
	return err
}

func (p *Pending) reject(why *rejection) error {
	e := why.error(p.Request)
	p.c.releaseCodec()
	if err := p.Reject(why.status, why.fields, e.detail()+"\n"); err != nil {
		return &HandshakeError{Kind: HandshakeDropped, Request: p.Request, Err: err}
	}
	return e
}
