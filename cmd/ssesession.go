package cmd

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"

	"wscope/cmd/internal/expect"
	"wscope/cmd/internal/netdial"
	"wscope/render"
	"wscope/sse"
	"wscope/wsproto"
)

// A streamSession is one run of sse: it joins the client of the stream and what
// is shown of it.
type streamSession struct {
	sseOptions
	target target
	view   *display
	opener *opener
	client *sse.Client
	o      *streamObserver

	expects  *expectations
	received int // events that count
	stop     func()
	ended    error // what met --expect-close, nil if nothing has yet
	dropped  bool  // --drop-after has done its work
	matched  bool  // --until
}

// prepare makes the client that the flags ask for.
func (s *streamSession) prepare() error {
	var err error
	if s.opener, err = s.dial.opener(s.target, s.streams); err != nil {
		return err
	}
	fields := slices.Concat(s.opener.own, s.opener.user)
	if s.lastEventID == "" {
		s.lastEventID = fields.Value("Last-Event-ID")
	}
	header := http.Header{}
	for _, name := range s.opener.dialer.Omit {
		header[name] = nil
	}
	for _, f := range fields {
		header[f.Name] = append(header[f.Name], f.Value)
	}
	if s.body != nil && !fields.Has("Content-Type") && !s.opener.omits("Content-Type") {
		header.Set("Content-Type", contentType(s.body))
	}
	tap := &httpTap{order: fields}
	s.o = newStreamObserver(s, tap)
	id := &streamIdentity{s.opener, s.o}
	trace := s.o.trace()
	trace.Redirect = id.redirected
	trace.Opened = func(e *sse.Opening) {
		s.o.opened(e)
		s.expects.start(s.stop, s.stop)
	}
	trace.Lost = s.lost
	s.client = &sse.Client{
		Transport:       s.transport(tap),
		Method:          s.method,
		Header:          header,
		Body:            s.body,
		LastEventID:     s.lastEventID,
		Identity:        id,
		MaxRedirects:    s.opener.redirect.max,
		TrustRedirects:  s.opener.redirect.trusted,
		Compressed:      s.compressed,
		ContentDecoders: contentDecoders,
		MaxEventSize:    s.maxEvent,
		ConnectTimeout:  s.dial.net.connectTimeout,
		ReadTimeout:     s.idleTimeout,
		NoReconnect:     s.noReconnect || s.retry == 0 || s.method != http.MethodGet && !s.reconnect,
		RetryFirst:      s.retry > 0,
		FailFirst:       s.retry <= 0,
		Backoff:         sse.Backoff{Delay: s.retryDelay, Attempts: max(s.retry, 0), MaxTime: s.retryMaxTime},
		Trace:           trace,
	}
	switch {
	case s.opener.redirect.max == 0, !s.opener.redirect.follows():
		s.client.MaxRedirects = -1
	case s.opener.redirect.max == unlimited:
		s.client.MaxRedirects = math.MaxInt
	}
	if s.maxEvent == 0 {
		s.client.MaxEventSize = -1
	}
	if s.retryDelay == 0 {
		s.client.Backoff.Delay = 1 // zero would be the default
	}
	if s.retry > 0 {
		s.client.RetryStatus = sse.TransientStatus
	}
	return nil
}

// transport returns the HTTP transport of the session.
func (s *streamSession) transport(tap *httpTap) http.RoundTripper {
	way := s.dial.way
	way.TLS.NextProtos = []string{"h2", "http/1.1"}
	if s.http1 {
		way.TLS.NextProtos = []string{"http/1.1"}
	}
	t := &http.Transport{DisableCompression: true, ForceAttemptHTTP2: !s.http1, Protocols: new(http.Protocols), MaxResponseHeaderBytes: maxHead}
	t.Protocols.SetHTTP1(!s.h2c)
	t.Protocols.SetHTTP2(!s.http1)
	t.Protocols.SetUnencryptedHTTP2(s.h2c)
	to := func(u wsproto.URL) *netdial.Dialer { return s.dial.wayTo(s.target.url, u) }
	d := streamDialer{way: to, tap: tap, kept: &s.o.kept, h2c: s.h2c, limit: s.dial.net.connectTimeout}
	t.DialContext, t.DialTLSContext = d.dial, d.dialTLS
	return wordedTransport{tappedTransport{t, tap}}
}

// typedURL returns the URL of the stream, as it was typed.
func (s *streamSession) typedURL() string {
	return "http" + strings.TrimPrefix(s.target.url.String(), "ws")
}

// run reads the stream until it ends, or nothing more is wanted of it.
func (s *streamSession) run(ctx context.Context) error {
	u := s.typedURL()
	following, cancel := context.WithCancel(ctx)
	defer cancel()
	s.stop = cancel
	stream, err := s.client.Stream(following, u)
	if err != nil {
		return failure(exitURL, err, streamURLHint)
	}
	defer stream.Close()
	s.o.begin(u, s.lastEventID)
	for err == nil {
		var e *sse.Event
		if e, err = stream.Next(); err == nil {
			if s.take(e) {
				break
			}
			if !s.dropped && s.dropAfter > 0 && s.o.connEvents == s.dropAfter {
				s.dropped = true
				stream.Drop()
			}
		}
	}
	return s.conclude(ctx, err, stream.Unfinished())
}

// take shows an event and reports whether it was the last that is wanted.
func (s *streamSession) take(e *sse.Event) (last bool) {
	wanted := len(s.events) == 0 || slices.Contains(s.events, string(e.Type))
	s.o.event(e, wanted)
	if !wanted {
		return false
	}
	s.received++
	s.matched = s.until != "" && bytes.Contains(e.Data, []byte(s.until))
	settled := s.expects.offer(expect.Message{Kind: expect.Event, Data: e.Data, Type: string(e.Type), ID: string(e.ID)})
	return settled || s.matched || s.received == s.count
}

// lost is told that a connection has ended, or could not be opened, and that there
// will be another, unless the end is what was waited for.
func (s *streamSession) lost(l *sse.Loss) {
	if l.Open && !l.Dropped && s.offerEnd(l.Err) {
		s.stop()
		return
	}
	s.o.lost(l)
}

// offerEnd holds the end of a connection against the expectations, and reports
// whether they are met by it. A nil error is an end in order.
func (s *streamSession) offerEnd(err error) bool {
	m := expect.Message{Kind: expect.Close, Code: wsproto.CloseNormal}
	if err != nil {
		m.Code = wsproto.CloseAbnormal
	}
	if !s.expects.offer(m) {
		return false
	}
	if s.ended = err; err == nil {
		s.ended = io.EOF
	}
	return true
}

// conclude shows how the session ended and returns the error that the program
// ends with.
func (s *streamSession) conclude(ctx context.Context, err error, unfinished int64) error {
	if s.o.stats.Connections == 0 && (ctx.Err() != nil || errors.As(err, new(*sse.TimeoutError))) {
		s.o.unanswered()
	}
	s.o.lastExchange(err)
	out := s.judge(ctx, err)
	final := err
	if gaveUp, ok := errors.AsType[*sse.GiveUpError](err); ok {
		final = gaveUp.Err
	}
	switch { // a connection that could not be opened has not ended
	case final == io.EOF, out.err == io.EOF:
		s.offerEnd(nil)
	case errors.As(final, new(*sse.LostError)):
		s.offerEnd(final)
	}
	if err := s.view.failure(); err != nil {
		return unread(err, s.lacks())
	}
	if s.ended != nil && s.expects.endMet() {
		out = streamOutcome{err: s.ended, by: render.Peer}
	}
	cut := cutShort(ctx)
	if unmet := s.expects.close(cmp.Or(cut, "the stream ended"), cut == cutBySignal); unmet != nil && s.o.stats.Connections > 0 {
		out = streamOutcome{err: out.err, by: out.by, unmet: unmetFailure(unmet)}
		if errors.Is(err, context.Canceled) {
			out.err, out.by = nil, render.Us // it was waited for in vain
		}
	}
	if s.o.stats.Connections > 0 {
		s.o.end(out, unfinished)
	}
	if err := s.view.failure(); err != nil {
		return unread(err, s.lacks())
	}
	if out.unmet != nil {
		return out.unmet
	}
	if out.exit == exitOK {
		return nil
	}
	if out.say == nil {
		return quietExit{out.exit}
	}
	return failure(out.exit, out.say, out.hint)
}

// A streamOutcome is how a session ended and what that means.
type streamOutcome struct {
	err  error // for the line about the end
	by   render.Side
	exit int
	say  error // what is still to be said, nil if the line has said it
	hint string
	// unmet is the error of an expectation, which counts for more than the rest.
	unmet error
}

// judge tells what the error that ended a stream means, nil if we had enough.
func (s *streamSession) judge(ctx context.Context, err error) streamOutcome {
	var (
		late    *errMaxTime
		refused *sse.ResponseError
	)
	opened := s.o.stats.Connections > 0
	stopped := errors.As(err, &refused) && refused.Response.StatusCode == http.StatusNoContent && opened
	inOrder := err == io.EOF || stopped
	missing := s.wanting()
	nothing := s.received == 0
	switch {
	case err == nil, ctx.Err() == nil && s.expects.quiet():
		return streamOutcome{by: render.Us}
	case errors.As(context.Cause(ctx), &late):
		return streamOutcome{by: render.Us, exit: exitTimeout, say: late}
	case ctx.Err() != nil:
		out := streamOutcome{by: render.Us}
		if missing || nothing {
			out.exit = exitInterrupted
		}
		return out
	case inOrder && missing:
		return streamOutcome{err: io.EOF, by: render.Peer, exit: exitExpectation, say: s.missing()}
	case inOrder && nothing && s.o.stats.Events > 0:
		return streamOutcome{err: io.EOF, by: render.Peer, exit: exitExpectation,
			say: fellShort("no event of type %s came before the stream ended", strings.Join(s.events, " or "))}
	case inOrder && nothing:
		return streamOutcome{err: io.EOF, by: render.Peer, exit: exitEmptyReply, say: errors.New("the stream ended without an event")}
	case inOrder:
		return streamOutcome{err: io.EOF, by: render.Peer}
	}
	e := streamFailure(err, s.target.url)
	if errors.As(err, &refused) && refused.Response.StatusCode == http.StatusUnauthorized {
		if hint := s.opener.id.rejectedHint(); hint != "" {
			e.hint = hint
		}
	}
	if s.h2c && e.code != exitTimeout && errors.As(err, new(*sse.RequestError)) && !errors.As(err, new(*netdial.Error)) {
		e.hint = "--http2-prior-knowledge is for servers that speak HTTP/2 without TLS: leave it out"
	}
	out := streamOutcome{err: err, exit: e.code, say: e.err, hint: e.hint}
	if doing := s.o.kept.waiting(); doing != "" && e.code == exitTimeout {
		out.say = fmt.Errorf("%w, while %s", out.say, doing)
	}
	switch {
	case errors.As(err, new(*sse.GiveUpError)), errors.As(err, new(*sse.TimeoutError)):
		out.by = render.Us
	case errors.As(err, new(*sse.LostError)):
		out.by = render.Peer
	}
	if opened && out.hint == "" {
		out.say = nil
	}
	return out
}

// missing says what was waited for in vain.
func (s *streamSession) missing() error {
	if s.until != "" && !s.matched {
		return fellShort(`no event had "%s" in its data before the stream ended`, s.until)
	}
	return fellShort("received %d of %d events before the stream ended", s.received, s.count)
}

// wanting reports whether events are still to come.
func (s *streamSession) wanting() bool {
	return s.count > 0 && s.received < s.count || s.until != "" && !s.matched
}

// lacks reports whether the session has ended without something that was asked for.
func (s *streamSession) lacks() bool {
	return s.wanting() || s.expects.lack()
}
