package cmd

import (
	"fmt"
	"sync/atomic"
	"time"

	"wscope/cmd/internal/record"
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
	heads   render.Renderer
	test    script.TestCase
	tape    *tape
	numbers atomic.Int64
}

// A tape is the recording of a run. Its connections are numbered over all tests.
type tape struct {
	file    *record.File // nil if there is none
	numbers atomic.Int64
}

// newTape begins the recording that the flags ask for.
func (o *runOptions) newTape() (*tape, error) {
	f, err := o.record.open(o.streams, time.Now())
	if f != nil {
		f.Failed = func(err error) {
			printDiagnostic(o.streams, o.colorMode, levelError, fmt.Sprintf("recording to %s: %v", o.record.path, err))
		}
	}
	return &tape{file: f}, err
}

// end closes the recording and returns what the program ends with: a recording
// that is not complete has a status of its own if nothing else is wrong.
func (t *tape) end(err error) error {
	if t.file != nil && t.file.Close() != nil && err == nil {
		return quietExit{exitWrite}
	}
	return err
}

// newObserver returns what watches a test.
func (o *runOptions) newObserver(test script.TestCase, t *tape) play.Observer {
	text := &report.Transcript{}
	start := time.Now()
	options := render.Options{Format: render.Frames, Start: start, ShowSecrets: o.showSecrets}
	w := &redirect{w: text}
	v := &display{out: w, err: w, options: options, record: t.file}
	v.data = render.New(w, options)
	status := render.StatusOptions{Announce: true, Start: start, ShowSecrets: o.showSecrets}
	v.status = render.NewStatus(w, status)
	status.Verbose = 1
	return &caseObserver{view: v, text: text, heads: render.NewStatus(w, status), test: test, tape: t}
}

// Number returns the number of a new connection: of those of the test or, if there
// is a recording, of the run.
func (o *caseObserver) Number() int {
	if !o.view.recording() {
		return int(o.numbers.Add(1))
	}
	n := int(o.tape.numbers.Add(1))
	text := fmt.Sprintf("of test %s, %s", script.Quote(o.test.Name), o.test.Place())
	o.view.keep(&render.Note{Meta: render.Meta{Time: time.Now(), Conn: n}, Text: text})
	return n
}

// Show shows what happens on a connection other than a WebSocket.
func (o *caseObserver) Show(e render.Event) {
	switch e.(type) {
	case *render.Exchange, *render.Note:
		o.view.mu.Lock()
		defer o.view.mu.Unlock()
		o.view.recordLocked(e)
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
