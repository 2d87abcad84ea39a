package sse

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	mediaType   = "text/event-stream"
	maxBody     = 64 << 10        // of a response that is no stream
	bodyTimeout = 2 * time.Second // for reading it
)

var defaultTransport = sync.OnceValue(func() http.RoundTripper {
	return &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, DisableCompression: true}
})

// A connection is one response that is being read.
type connection struct {
	decoder  *Decoder
	body     *body
	cancel   context.CancelCauseFunc
	openedAt time.Time
	events   uint64
}

func (c *connection) close() {
	c.cancel(ErrClosed)
	c.body.close()
}

// next returns the next event. After a Drop there is none, however many have been
// read ahead.
func (c *connection) next(dropped bool) (*Event, error) {
	if dropped {
		return nil, ErrClosed
	}
	e, err := c.decoder.Next()
	if err != nil {
		if cause := c.body.cause(); cause != nil {
			err = cause
		}
		return nil, err
	}
	c.events++
	return e, nil
}

// A request is what is sent for a connection, before or after a redirect.
type request struct {
	method string
	url    *url.URL
	host   string
	header http.Header
	body   []byte
	away   bool // a redirect has led to another origin
}

// connect opens a connection.
func (s *Stream) connect() error {
	c := s.c
	req, err := s.request()
	if err != nil {
		return err
	}
	start := c.Now()
	ctx, cancel := context.WithCancelCause(s.ctx)
	var timer *time.Timer
	if c.ConnectTimeout > 0 {
		timer = time.AfterFunc(c.ConnectTimeout, func() { cancel(&TimeoutError{After: c.ConnectTimeout}) })
	}
	resp, err := c.roundTrips(ctx, &req)
	if timer != nil && !timer.Stop() && err == nil {
		resp.Body.Close()
		err = &TimeoutError{After: c.ConnectTimeout}
	}
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		cancel(nil)
		return err
	}
	if err := c.judge(resp); err != nil {
		cancel(nil)
		return err
	}
	b := &body{src: resp.Body, timeout: c.ReadTimeout}
	b.unhook = context.AfterFunc(ctx, b.shut)
	s.conn = &connection{
		body: b, cancel: cancel, openedAt: c.Now(),
		decoder: NewDecoder(c.decodeContent(b, codings(resp.Header)), DecoderConfig{
			MaxEventSize: c.MaxEventSize, LastEventID: s.lastID, Trace: c.Trace,
		}),
	}
	s.opened = true
	if c.Trace.Opened != nil {
		c.Trace.Opened(&Opening{
			Time: s.conn.openedAt, Took: s.conn.openedAt.Sub(start),
			Attempt: s.retries, LastEventID: s.lastID,
			URL: resp.Request.URL, Response: resp,
		})
	}
	return nil
}

// roundTrips sends a request and those that redirects lead to.
func (c *Client) roundTrips(ctx context.Context, req *request) (*http.Response, error) {
	answers := 0 // of the identity to this request
	for n := 0; ; {
		r := req.http(ctx)
		if c.Identity != nil {
			c.Identity.Sign(r, req.away)
		}
		if c.Jar != nil {
			for _, cookie := range c.Jar.Cookies(plain(req.url)) {
				r.AddCookie(cookie)
			}
		}
		if c.Trace.Request != nil {
			c.Trace.Request(r)
		}
		resp, err := c.Transport.RoundTrip(r)
		if err != nil {
			return nil, &RequestError{err}
		}
		resp.Request = r
		if c.Jar != nil {
			if cookies := resp.Cookies(); len(cookies) > 0 {
				c.Jar.SetCookies(plain(req.url), cookies)
			}
		}
		if c.Trace.Response != nil {
			c.Trace.Response(resp)
		}
		if c.Identity != nil && c.Identity.Answered(resp, req.away) && answers < maxAnswers {
			answers++
			resp.Body.Close()
			continue
		}
		if !isRedirect(resp.StatusCode) {
			return resp, nil
		}
		resp.Body.Close()
		next, err := c.redirect(*req, resp, n)
		if err != nil {
			return nil, err
		}
		*req = next
		n, answers = n+1, 0
	}
}

// plain returns the URL as a cookie jar wants it, with a path.
func plain(u *url.URL) *url.URL {
	p := *u
	p.Opaque = ""
	return &p
}

// request returns the first request of a connection.
func (s *Stream) request() (request, error) {
	c := s.c
	req := request{method: c.Method, url: s.url, body: c.Body, header: http.Header{}}
	defaults := map[string]string{"Accept": mediaType, "Cache-Control": "no-store"}
	if c.Compressed {
		defaults["Accept-Encoding"] = c.acceptEncoding()
	}
	for name, value := range defaults {
		req.header[name] = []string{value}
	}
	for name, values := range c.Header {
		switch textproto.CanonicalMIMEHeaderKey(name) {
		case "Host":
			if len(values) > 0 {
				req.host = values[0]
			}
			continue
		case "Last-Event-Id":
			continue // what there is of it is in s.lastID
		}
		deleteDefault(req.header, defaults, name)
		if len(values) > 0 {
			req.header[name] = values
		}
	}
	if u := s.url.User; u != nil && !hasField(c.Header, "Authorization") {
		password, _ := u.Password()
		req.header["Authorization"] = []string{"Basic " + base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password))}
	}
	if !hasField(req.header, "User-Agent") {
		req.header["User-Agent"] = []string{""} // keeps the transport from sending its own
	}
	if id := s.lastID; id != "" {
		if !sendable(id) {
			return req, &LastEventIDError{id}
		}
		req.header["Last-Event-ID"] = []string{id}
	}
	return req, nil
}

// sendable reports whether v can be the value of a header field. CR, LF and NUL
// cannot be in a last event ID to begin with.
//
// RFC 9110, Section 5.5.
func sendable(v string) bool {
	for i := range len(v) {
		if v[i] < ' ' && v[i] != '\t' || v[i] == 0x7F {
			return false
		}
	}
	return true
}

func deleteDefault(h http.Header, defaults map[string]string, name string) {
	for d := range defaults {
		if strings.EqualFold(d, name) && d != name {
			delete(h, d)
		}
	}
	delete(h, name)
}

func deleteField(h http.Header, name string) {
	for n := range h {
		if strings.EqualFold(n, name) {
			delete(h, n)
		}
	}
}

func hasField(h http.Header, name string) bool {
	for n := range h {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// http returns the request for a transport.
func (r *request) http(ctx context.Context) *http.Request {
	req := (&http.Request{
		Method: r.method, URL: r.url, Host: r.host, Header: r.header.Clone(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if r.body != nil {
		open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(r.body)), nil }
		req.Body, _ = open()
		req.GetBody = open
		req.ContentLength = int64(len(r.body))
	}
	// A server can end a connection that is about to be used again, as after a
	// redirect. A transport of net/http sends a request with a body again then,
	// on a new connection, if it finds this name; without a value it is not sent.
	if r.body != nil && !hasField(req.Header, "Idempotency-Key") {
		req.Header["Idempotency-Key"] = nil
	}
	return req
}

// judge refuses a response that is no event stream.
//
// HTML, Section 9.2.3.
func (c *Client) judge(resp *http.Response) error {
	e := &ResponseError{Response: resp}
	t := contentTypeOf(resp.Header)
	switch {
	case resp.StatusCode != http.StatusOK:
		e.Rule, e.Got, e.Want = RuleStatus, resp.Status, "200"
	case t.essence != mediaType:
		e.Rule, e.Got, e.Want = RuleContentType, t.value, mediaType
	default:
		for _, name := range codings(resp.Header) {
			if c.contentDecoder(name) == nil {
				e.Rule, e.Got, e.Want = RuleContentEncoding, name, c.acceptEncoding()
			}
		}
	}
	if e.Rule == 0 {
		return nil
	}
	timer := time.AfterFunc(bodyTimeout, func() { resp.Body.Close() })
	raw, err := readBody(resp.Body)
	timer.Stop()
	resp.Body.Close()
	e.Body, e.More = c.decodeBody(raw, codings(resp.Header), err != nil || len(raw) > maxBody)
	if len(e.Body) > maxBody {
		e.Body, e.More = e.Body[:maxBody], true
	}
	return e
}

// readBody reads what is shown of a body, and a byte more if there is one.
func readBody(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, maxBody+1)) }

// A body is the body of a response that ends when its context does, and if it
// is silent for too long.
type body struct {
	src     io.ReadCloser
	timeout time.Duration
	timer   *time.Timer // runs while a read waits
	unhook  func() bool
	silent  atomic.Bool
	once    sync.Once
}

func (b *body) Read(p []byte) (int, error) {
	if b.timeout <= 0 {
		return b.src.Read(p)
	}
	if b.timer == nil {
		b.timer = time.AfterFunc(b.timeout, func() {
			b.silent.Store(true)
			b.shut()
		})
	} else {
		b.timer.Reset(b.timeout)
	}
	n, err := b.src.Read(p)
	b.timer.Stop()
	return n, err
}

// cause returns why reading failed, if that is known better than the error of it
// tells.
func (b *body) cause() error {
	if b.silent.Load() {
		return &TimeoutError{After: b.timeout, Open: true}
	}
	return nil
}

func (b *body) shut() { b.once.Do(func() { b.src.Close() }) }

func (b *body) close() {
	b.unhook()
	b.shut()
}

// An Opening is a stream that has been opened.
type Opening struct {
	Time time.Time
	Took time.Duration // since the first request
	// Attempt is 0 for the first connection, else which attempt since the last
	// event has led to it.
	Attempt     int
	LastEventID string // that was sent
	URL         *url.URL
	Response    *http.Response // without its body
}

// A Loss is a stream that has ended, or a connection that could not be opened,
// and will be tried again.
type Loss struct {
	Time time.Time
	// Err is what happened. Nil is the end of the response, or a Drop.
	Err     error
	Dropped bool
	// Open tells that there was a stream, for a time of After, and that it has
	// brought so many events. Unfinished is how many bytes at its end made none.
	Open       bool
	After      time.Duration
	Events     uint64
	Unfinished int64
	// Attempt is which attempt since the last event comes next, from 1, after
	// Wait, and LastEventID what it will ask for.
	Attempt     int
	Wait        time.Duration
	LastEventID string
}
