package cmd

import (
	"context"
	"errors"
	"time"

	"wscope/cmd/internal/eventsource"
	"wscope/render"
	"wscope/wsproto"
)

// serveEvents answers a request that is about an event stream, and sees the
// stream through to its end, which comes with that of ctx at the latest. It reports
// false for all other requests.
func (s *server) serveEvents(ctx context.Context, o *observer, p *wsproto.Pending, start time.Time) bool {
	answer := streamAnswer{server: s, observer: o, pending: p, start: start, lastID: p.Request.Fields.Value("Last-Event-ID")}
	asked, fields, refusal := s.access.Preflight(p.Request)
	if asked {
		answer.short(204, fields, refusal)
		return true
	}
	if !eventsource.Asked(p.Request) {
		return false
	}
	fields, refusal = s.access.Check(p.Request)
	fields = append(wsproto.Fields{
		{Name: "Content-Type", Value: eventsource.MediaType},
		{Name: "Cache-Control", Value: "no-store"},
		// nginx collects a response unless it is told otherwise.
		{Name: "X-Accel-Buffering", Value: "no"},
	}, fields...)
	script := s.events.script
	switch {
	case refusal != nil:
		answer.short(refusal.Status, nil, refusal)
	case script != nil && script.Over(answer.lastID):
		answer.short(204, fields[1:], nil)
	case p.Request.Method == "HEAD":
		answer.short(200, fields, nil)
	default:
		answer.stream(ctx, fields)
	}
	return true
}

// errEnding is what a client is told that comes too late.
var errEnding = errors.New("this server is about to end, or serves one client alone (--once)")

// A streamAnswer is the answer to a request about an event stream.
type streamAnswer struct {
	*server
	*observer
	pending *wsproto.Pending
	start   time.Time
	lastID  string // what the client asks to go on from
}

// short answers without a stream: with a refusal, or if that is nil with nothing
// but a head.
func (a *streamAnswer) short(status int, fields wsproto.Fields, refusal *eventsource.Refusal) {
	var err error
	if refusal != nil {
		a.pending.Reject(refusal.Status, fields, refusal.Body())
		err = refusal
	} else if body, failed := a.pending.Respond(status, fields); failed == nil {
		body.Close()
	} else {
		err = failed
	}
	a.answered(false, err)
}

// answered shows the request and the answer to it.
func (a *streamAnswer) answered(open bool, err error) {
	a.observer.view.show(&render.StreamServed{
		Meta: render.Meta{Time: time.Now(), Conn: a.conn}, URL: a.url, Peer: a.peer,
		Request: a.request, Response: a.response,
		Open: open, LastEventID: a.lastID, Took: time.Since(a.start), Err: err,
	})
}

// stream answers with a stream, and counts as a client.
func (a *streamAnswer) stream(ctx context.Context, fields wsproto.Fields) {
	a.server.mu.Lock()
	taken := a.take()
	a.server.mu.Unlock()
	if !taken {
		a.pending.Reject(503, nil, errEnding.Error()+"\n")
		a.answered(false, errEnding)
		return
	}
	s := &eventsource.Stream{DropAfter: a.events.dropAfter, EndTimeout: min(a.protocol.closeTimeout, eventsource.DefaultEndTimeout)}
	if a.events.setRetry {
		s.Retry = &a.events.retry
	}
	if script := a.events.script; script != nil {
		s.Feed = script.Follow(a.lastID)
	} else {
		a.watch.join()
		defer a.watch.leave()
		s.Feed = a.watch.log.Follow(a.lastID)
	}
	body, err := a.pending.Respond(200, fields)
	a.answered(err == nil, err)
	if err != nil {
		a.gone(exitReceive)
		return
	}
	s.Body = body
	opened := time.Now()
	err = s.Serve(ctx)
	out := judgeServed(err)
	now := time.Now()
	a.observer.view.show(&render.StreamServedEnd{
		Meta: render.Meta{Time: now, Conn: a.conn}, By: out.by, Err: out.err, Took: now.Sub(opened),
		Stats: render.ServedStats{Events: s.Events, Comments: s.Comments, Bytes: s.Bytes, Lost: s.Lost},
	})
	a.gone(out.exit)
}

// judgeServed tells what it means that an event stream has ended.
func judgeServed(err error) outcome {
	switch {
	case errors.Is(err, eventsource.ErrGone):
		return outcome{by: render.Peer}
	case errors.Is(err, eventsource.ErrStuck):
		return outcome{err: err, by: render.Us, exit: exitTimeout}
	}
	return outcome{by: render.Us}
}
