package sse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A Client follows event streams. The zero value works: it sends a GET, follows
// redirects, and reconnects as the standard asks for. The fields may not be
// changed while there is a [Stream]; several streams can share a Client.
//
// HTML, Section 9.2.2 and Section 9.2.3.
type Client struct {
	// Transport carries out single requests. It must not decode contents itself.
	// Nil is a transport of net/http with HTTP/2 and the proxies of the
	// environment.
	Transport http.RoundTripper
	// Method is sent with each request, and after it Body. "" means GET.
	Method string
	Body   []byte
	// Header is sent with each request, with the names as they are spelled. It
	// takes precedence over what would be sent by default: Accept,
	// Cache-Control and, with Compressed, Accept-Encoding. A name without
	// values leaves out the default. Host is understood, and Last-Event-ID is
	// the same as LastEventID.
	Header http.Header
	// LastEventID is what is asked for until the stream has an ID of its own, ""
	// for the first value of Last-Event-ID in Header, or no field without one.
	LastEventID string
	// Identity says who we are to each server on the way. Nil leaves that to
	// Header and to a user and a password in the URL.
	Identity Identity
	// Jar keeps cookies over redirects and reconnections. Nil keeps none.
	Jar http.CookieJar
	// MaxRedirects bounds the redirects of one connection. Zero means 20, a
	// negative number that none is followed.
	MaxRedirects int
	// TrustRedirects sends Authorization, Proxy-Authorization and Cookie of the
	// Header to every server that a redirect leads to. Otherwise they go to the
	// origin of the URL only, and not even there once a redirect has led away
	// from it.
	TrustRedirects bool
	// Compressed asks for a compressed stream. One that comes compressed is
	// decoded anyway.
	Compressed bool
	// ContentDecoders has further content codings by their names in lower case.
	// The client knows gzip, deflate and zstd.
	ContentDecoders map[string]func(io.Reader) (io.Reader, error)
	// MaxEventSize is as in [DecoderConfig].
	MaxEventSize int64
	// ConnectTimeout bounds the time up to the header of a response, for each
	// connection with its redirects. ReadTimeout is how long a stream may be
	// silent before its connection is given up. Zero means no limit.
	ConnectTimeout, ReadTimeout time.Duration

	// NoReconnect ends a stream with its first connection.
	NoReconnect bool
	// RetryFirst goes on trying, in spite of that, until the first connection is
	// open.
	RetryFirst bool
	// FailFirst ends a stream whose first connection cannot be opened.
	FailFirst bool
	// RetryStatus tells which statuses are passing trouble and worth another
	// try; the standard knows none. See [TransientStatus].
	RetryStatus func(status int) bool
	Backoff     Backoff

	// Now is the clock, time.Now if nil. Rand gives numbers from 0 up to 1, those
	// of math/rand/v2 if nil. Wait waits before a reconnection, with a timer if
	// nil; its error ends the stream.
	Now  func() time.Time
	Rand func() float64
	Wait func(ctx context.Context, d time.Duration) error

	// Trace looks at all that happens.
	Trace Trace
}

// defaults returns a copy of c that has no field left to be filled in.
func (c *Client) defaults() *Client {
	d := *c
	if d.Transport == nil {
		d.Transport = defaultTransport()
	}
	if d.Method == "" {
		d.Method = http.MethodGet
	}
	if d.MaxRedirects == 0 {
		d.MaxRedirects = 20
	}
	if d.RetryStatus == nil {
		d.RetryStatus = func(int) bool { return false }
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Rand == nil {
		d.Rand = rand.Float64
	}
	if d.Wait == nil {
		d.Wait = wait
	}
	d.Backoff = d.Backoff.defaults()
	return &d
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// A Stream is an event stream over as many connections as it takes. It may not be
// used by two goroutines at once; its context can be cancelled by any.
type Stream struct {
	c      *Client
	ctx    context.Context
	cancel context.CancelCauseFunc
	url    *url.URL

	conn   *connection // nil if none is open
	err    error       // why there is nothing more
	lastID string
	base   time.Duration // the reconnection time

	unfinished int64 // bytes at the end of the last connection

	opened  bool // some connection has been
	retries int  // since the last event
	hurried int  // connections in a row that ended at once
	lost    time.Time
	dropped bool
}

// Stream returns a stream of the events of an http: or https: URL. It connects
// with the first call of [Stream.Next]. The error is one of the URL. The caller
// has to close the stream.
func (c *Client) Stream(ctx context.Context, rawURL string) (*Stream, error) {
	u, err := parseURL(rawURL)
	if err != nil {
		return nil, err
	}
	d := c.defaults()
	s := &Stream{c: d, url: u, lastID: d.firstID(), base: d.Backoff.Delay}
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	retry := d.Trace.Retry
	d.Trace.Retry = func(t time.Duration) {
		s.base = min(t, LongestWait)
		if retry != nil {
			retry(t)
		}
	}
	return s, nil
}

// firstID returns the last event ID that a stream begins with.
func (c *Client) firstID() string {
	if c.LastEventID != "" {
		return c.LastEventID
	}
	for name, values := range c.Header {
		if strings.EqualFold(name, "Last-Event-ID") && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// parseURL takes a URL apart in a way that sends its path and query as they are
// written.
func parseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, err
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("URL %q: scheme %q, expected http or https", u.Redacted(), u.Scheme)
	case u.Host == "":
		return nil, fmt.Errorf("URL %q: no host", u.Redacted())
	}
	// Some characters would be escaped on the way, which is not ours to do.
	_, rest, _ := strings.Cut(raw, "://")
	rest, _, _ = strings.Cut(rest, "#")
	if i := strings.IndexAny(rest, "/?"); i >= 0 && rest[i] == '/' && rest[i:] != u.RequestURI() && !strings.HasPrefix(rest[i:], "//") {
		u.Opaque, u.RawQuery, u.ForceQuery = rest[i:], "", false
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// LastEventID returns what a new connection would ask for, "" if nothing.
func (s *Stream) LastEventID() string {
	if s.conn != nil {
		return s.conn.decoder.LastEventID()
	}
	return s.lastID
}

// Unfinished returns how many bytes at the end of the last connection that has
// ended belong to no event, as [Decoder.Unfinished] has it.
func (s *Stream) Unfinished() int64 { return s.unfinished }

// Drop cuts the connection. The next call of [Stream.Next] opens another one,
// after the reconnection time.
func (s *Stream) Drop() {
	if s.conn != nil {
		s.dropped = true
		s.conn.close()
	}
}

// Close ends the stream and its connection.
func (s *Stream) Close() error {
	s.cancel(ErrClosed)
	if s.conn != nil {
		s.conn.close()
		s.conn = nil
	}
	if s.err == nil {
		s.err = ErrClosed
	}
	return nil
}

// Next returns the next event. It connects and reconnects as it has to. The event
// is lent until the next call.
//
// The error is final: the cause of the context if that was cancelled, io.EOF
// after a stream that ended in order and is not to be reconnected, or else why
// there is nothing more: a *RequestError, a *TimeoutError, a *RedirectError, a
// *ResponseError, a *LastEventIDError, a *SizeError, a *LostError or a
// *GiveUpError.
func (s *Stream) Next() (*Event, error) {
	for s.err == nil {
		if s.conn == nil {
			if err := s.connect(); err != nil {
				s.err = s.failed(err)
				continue
			}
		}
		e, err := s.conn.next(s.dropped)
		if err == nil {
			s.retries = 0
			return e, nil
		}
		s.err = s.ended(err)
	}
	return nil, s.err
}

// failed is told that no connection could be opened, and waits for the next
// attempt, or returns the error that ends the stream.
func (s *Stream) failed(err error) error {
	if s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	if !s.opened && s.c.FailFirst || !s.passing(err) {
		return err
	}
	return s.retry(&Loss{Err: err})
}

// ended is told that a connection has ended.
func (s *Stream) ended(err error) error {
	c := s.conn
	c.close()
	s.conn = nil
	s.lastID, s.unfinished = c.decoder.LastEventID(), c.decoder.Unfinished()
	dropped := s.dropped
	s.dropped = false
	if dropped {
		s.unfinished = 0 // it was the end that we made
	}
	if s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	loss := &Loss{
		Open: true, Dropped: dropped, Events: c.events, Unfinished: s.unfinished,
		After: s.c.Now().Sub(c.openedAt),
	}
	if !dropped && err != io.EOF {
		loss.Err = err
	}
	if s.hurried++; dropped || loss.After >= hurry {
		s.hurried = 0
	}
	var size *SizeError
	if errors.As(err, &size) {
		return err
	}
	return s.retry(loss)
}

// passing reports whether an error may be gone at the next attempt.
func (s *Stream) passing(err error) bool {
	var (
		response *ResponseError
		redirect *RedirectError
		value    *LastEventIDError
	)
	switch {
	case errors.As(err, &response):
		return response.Rule == RuleStatus && s.c.RetryStatus(response.Response.StatusCode)
	case errors.As(err, &redirect), errors.As(err, &value):
		return false
	}
	return !permanentTLS(err)
}

// retry waits for the next attempt, or returns the error that ends the stream.
func (s *Stream) retry(loss *Loss) error {
	c := s.c
	now := c.Now()
	if s.retries == 0 {
		s.lost = now
	}
	wait := c.Backoff.wait(s.base, s.retries, c.Rand())
	if s.hurried > maxHurried {
		wait = max(wait, hurry)
	}
	var refused *ResponseError
	if errors.As(loss.Err, &refused) {
		wait = max(wait, RetryAfter(refused.Response.Header.Get("Retry-After"), now))
	}
	final := loss.Err
	switch {
	case final == nil:
		final = io.EOF
	case loss.Open:
		final = &LostError{Err: loss.Err}
	}
	switch b := &c.Backoff; {
	case c.NoReconnect && (loss.Open || !c.RetryFirst):
		return final
	case b.Attempts > 0 && s.retries >= b.Attempts:
		return &GiveUpError{Attempts: s.retries, Err: final}
	case b.MaxTime > 0 && now.Add(wait).Sub(s.lost) > b.MaxTime:
		return &GiveUpError{Attempts: s.retries, Wait: wait, MaxTime: b.MaxTime, Err: final}
	}
	s.retries++
	if c.Trace.Lost != nil {
		loss.Attempt, loss.Wait, loss.LastEventID, loss.Time = s.retries, wait, s.lastID, now
		c.Trace.Lost(loss)
	}
	return c.Wait(s.ctx, wait)
}
