package cmd

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"wscope/render"
	"wscope/sse"
)

// A streamObserver turns what the client of an event stream reports into events
// of a display. Its methods run on the goroutine that reads the stream, but for
// note.
type streamObserver struct {
	view   *display
	tap    *httpTap
	lint   *sse.Linter // nil without --lint
	hide   struct{ comments, retry bool }
	lines  bool // lines other than comments are shown, too
	ledger idLedger

	url     string
	started time.Time
	stats   render.StreamStats

	kept routeKeeper

	// Of the exchange that has not been shown yet.
	request  *http.Request
	response *http.Response

	at         time.Time // of the last read
	before     time.Time // of the event or comment before
	opening    time.Time // when the newest connection was open
	connEvents int
	retry      time.Duration // the reconnection time that the server has set last

	// Kept, so that showing an event allocates nothing.
	shown render.StreamEvent
	line  render.StreamLine
}

func newStreamObserver(s *streamSession, tap *httpTap) *streamObserver {
	o := &streamObserver{view: s.view, tap: tap}
	o.hide.comments, o.hide.retry = s.hideComments, s.hideRetry
	o.kept.show, tap.requested = o.view.talk, o.kept.requested
	o.lines = s.view.options.Format == render.Hex || s.display.verbose > 2
	if s.sseOptions.lint {
		o.lint = &sse.Linter{Report: func(f *sse.Finding) {
			o.view.show(&render.StreamFinding{Meta: o.now(), Finding: f})
		}}
	}
	return o
}

// begin notes when and where the session begins.
func (o *streamObserver) begin(url, lastEventID string) {
	o.url, o.started = url, time.Now()
	o.ledger.sent(lastEventID)
}

func (o *streamObserver) now() render.Meta { return render.Meta{Time: time.Now()} }

func (o *streamObserver) trace() sse.Trace {
	return sse.Trace{
		Line:     o.lineRead,
		Retry:    o.retrySet,
		Waiting:  o.view.flush,
		Read:     o.read,
		Request:  o.requested,
		Response: func(r *http.Response) { o.response = r },
	}
}

func (o *streamObserver) read(n int) {
	o.at = time.Now()
	o.stats.Bytes += uint64(n)
	if o.lint != nil {
		o.lint.Read(n, o.at)
	}
}

func (o *streamObserver) requested(r *http.Request) {
	o.lastExchange(nil) // it was redirected
	o.request = r
	o.kept.take() // of a connection that came too late for the exchange before
	o.tap.reset()
}

// detour shows that an exchange leads to another request.
func (o *streamObserver) detour(e *render.Detour) {
	e.URL = o.request.URL.String()
	o.lastExchange(nil)
	e.Meta = o.now()
	o.view.show(e)
}

// lastExchange shows the exchange that has not been shown yet.
func (o *streamObserver) lastExchange(err error) {
	if o.request == nil {
		return
	}
	request, interim, response := o.tap.heads()
	if len(request) == 0 && (o.response != nil || o.kept.connected()) {
		request = requestHead(o.request)
	}
	if len(response) == 0 {
		response = responseHead(o.response)
	}
	e := &render.Exchange{Meta: o.now(), URL: o.request.URL.String(), Route: o.kept.take(), Request: request, Interim: interim, Response: response}
	if o.response != nil {
		e.Err = err
	}
	o.view.show(e)
	o.request, o.response = nil, nil
}

func (o *streamObserver) opened(e *sse.Opening) {
	o.lastExchange(nil)
	o.stats.Connections++
	o.connEvents = 0
	o.at, o.before, o.opening = e.Time, e.Time, e.Time
	o.stats.FirstEvent = 0
	o.view.show(&render.StreamOpen{Meta: render.Meta{Time: e.Time}, URL: o.url, Opening: e})
	if o.stats.Connections > 1 {
		o.ledger.reconnected(e.Attempt)
	}
	if o.lint != nil {
		o.lint.Opened(e)
	}
}

func (o *streamObserver) lost(l *sse.Loss) {
	o.lastExchange(l.Err)
	if o.lint != nil && l.Open {
		o.lint.Closed(l.Unfinished, l.Err == nil && !l.Dropped, l.Time)
	}
	o.view.show(&render.StreamLoss{Meta: render.Meta{Time: l.Time}, Loss: l})
}

// sinceLast returns the time since the last event or comment that was shown.
func (o *streamObserver) sinceLast() time.Duration { return max(0, o.at.Sub(o.before)) }

// gap is sinceLast for an event or a comment that is shown.
func (o *streamObserver) gap() time.Duration {
	d := o.sinceLast()
	o.before = o.at
	return d
}

func (o *streamObserver) event(e *sse.Event, wanted bool) {
	o.stats.Events++
	if o.connEvents++; o.connEvents == 1 {
		o.stats.FirstEvent = max(o.at.Sub(o.opening), 1)
		o.view.talk(&render.Note{Meta: render.Meta{Time: o.at}, Text: "time: first event " + render.Duration(o.stats.FirstEvent) + " after the response"})
	}
	o.shown = render.StreamEvent{Meta: render.Meta{Time: o.at}, Event: e}
	if e.NewID {
		var resume *render.StreamResume
		o.shown.Again, o.shown.Skipped, resume = o.ledger.event(e.ID)
		if resume != nil {
			resume.Time = o.at
			o.view.show(resume)
		}
	}
	if !wanted {
		o.shown.Gap = o.sinceLast()
		o.view.keep(&o.shown)
		return
	}
	o.shown.Gap = o.gap()
	o.view.showStream(&o.shown)
}

func (o *streamObserver) lineRead(l *sse.Line) {
	if l.Kind == sse.CommentLine {
		o.stats.Comments++
	}
	if o.lint != nil {
		o.lint.Line(l)
	}
	comment := l.Kind == sse.CommentLine
	hidden := comment && o.hide.comments || !comment && !o.lines
	if hidden && !o.view.recording() {
		return
	}
	o.line = render.StreamLine{Meta: render.Meta{Time: o.at}, Line: l}
	if hidden {
		if comment {
			o.line.Gap = o.sinceLast()
		}
		o.view.keep(&o.line)
		return
	}
	if comment {
		o.line.Gap = o.gap()
	}
	o.view.showStream(&o.line)
}

func (o *streamObserver) retrySet(d time.Duration) {
	e := &render.StreamRetry{Meta: render.Meta{Time: o.at}, Wait: d, Gap: o.sinceLast()}
	if o.hide.retry {
		o.view.keep(e)
	} else {
		o.view.showStream(e)
	}
	if d > sse.LongestWait && d != o.retry {
		o.view.show(&render.Note{Meta: o.now(), Important: true, Text: fmt.Sprintf("the server asks for a reconnection time of %s: %s is waited at most",
			render.ReconnectionTime(d), render.Duration(sse.LongestWait))})
	}
	o.retry = d
}

// note may be called by any goroutine.
func (o *streamObserver) note(text string) {
	o.view.show(&render.Note{Meta: o.now(), Text: text})
}

// unanswered is told that no stream was open when time was up.
func (o *streamObserver) unanswered() {
	if o.lint != nil && o.request != nil && o.response == nil && o.kept.waiting() == "" {
		o.lint.Unanswered(time.Since(o.started))
	}
}

// end shows how the session ended, with so many bytes of an unfinished event.
func (o *streamObserver) end(out streamOutcome, unfinished int64) {
	m := o.now()
	if o.lint != nil {
		o.lint.Closed(unfinished, out.err == io.EOF, m.Time)
		for _, c := range o.lint.Counts() {
			if c.N > 1 {
				o.note(fmt.Sprintf("lint: %s %d times", c.Rule, c.N))
			}
		}
	}
	o.stats.Repeated, o.stats.Skipped = o.ledger.totalRepeated, o.ledger.totalSkipped
	o.view.show(&render.StreamEnd{Meta: m, Err: out.err, By: out.by, Took: m.Time.Sub(o.started), Stats: o.stats})
}

// showStream renders a part of a stream, which is flushed when there is nothing
// more to be read.
func (v *display) showStream(e render.Event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.recordLocked(e)
	v.showData(e)
	v.status.Render(e)
}
