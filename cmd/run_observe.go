package cmd

import (
	"time"

	"wscope/cmd/internal/report"
	"wscope/cmd/internal/script"
	"wscope/cmd/internal/script/play"
	"wscope/render"
	"wscope/wsproto"
)

// A caseObserver shows the connections of a test in its transcript.
type caseObserver struct {
	view *display
	text *report.Transcript
	// heads shows the heads of HTTP exchanges, of which nothing else is seen.
	heads render.Renderer
}

// newObserver returns what watches a test.
func (o *runOptions) newObserver(script.TestCase) play.Observer {
	text := &report.Transcript{}
	start := time.Now()
	options := render.Options{Format: render.Frames, Start: start, ShowSecrets: o.showSecrets}
	w := &redirect{w: text}
	v := &display{out: w, err: w, options: options}
	v.data = render.New(w, options)
	status := render.StatusOptions{Announce: true, Start: start, ShowSecrets: o.showSecrets}
	v.status = render.NewStatus(w, status)
	status.Verbose = 1
	return &caseObserver{v, text, render.NewStatus(w, status)}
}

// Show shows what happens on a connection other than a WebSocket.
func (o *caseObserver) Show(e render.Event) {
	switch e.(type) {
	case *render.Exchange, *render.Note:
		o.view.mu.Lock()
		defer o.view.mu.Unlock()
		o.view.flushLocked()
		o.heads.Render(e)
		o.heads.Flush()
		return
	}
	o.view.show(e)
}

// Transcript returns all that was shown.
func (o *caseObserver) Transcript() string {
	o.view.flush()
	return o.text.String()
}

// WebSocket returns what watches a WebSocket connection.
func (o *caseObserver) WebSocket(number int, role wsproto.Role) play.Watch {
	return &caseWatch{newObserver(o.view, role, number)}
}

// A caseWatch watches a WebSocket connection of a test.
type caseWatch struct{ o *observer }

// Trace returns what the connection reports to.
func (w *caseWatch) Trace() wsproto.Trace { return w.o.trace(true) }

// Deflate returns the extension for the connection.
func (w *caseWatch) Deflate() []wsproto.Extension {
	return (&deflateOptions{on: true}).extensions(w.o)
}

// Opened shows how the opening handshake went.
func (w *caseWatch) Opened(c *wsproto.Conn, url string, resp *wsproto.Response, took time.Duration, err error) {
	w.o.url = url
	if resp != nil {
		w.o.response = append(w.o.response, resp.Body...)
		w.o.cut = resp.More
	}
	if c != nil {
		w.o.peer = c.NetConn().RemoteAddr().String()
	}
	w.o.handshake(c, took, err)
}

// Ended shows how the connection ended.
func (w *caseWatch) Ended(c *wsproto.Conn, opened time.Time, err error) {
	w.o.end(c, judge(err), opened)
}
