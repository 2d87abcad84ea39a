package cmd

import (
	"bytes"
	"sync"
	"time"

	"wscope/cmd/internal/eventsource"
	"wscope/render"
)

const (
	// watchBytes bounds what is kept of a watched server.
	watchBytes = 16 << 20
	// watchRest is how long a server goes on to keep what happens when nobody
	// watches any more: whoever has lost the connection comes back by then.
	watchRest = time.Minute
)

// A watch is what happens to the WebSocket clients of a server, as an event
// stream. As long as nobody watches, nothing is done for it.
type watch struct {
	view *display
	log  *eventsource.Log
	json func(*bytes.Buffer) render.Renderer

	mu      sync.Mutex
	clients int
	rest    *time.Timer // ends the watch after the last client has left
	tap     *tap        // nil while nobody watches
}

func newWatch(view *display, o eventOptions) *watch {
	// Credentials are not for whoever watches, even if the user sees them.
	options := render.Options{Format: render.JSON, Start: view.options.Start, Hide: view.options.Hide}
	w := &watch{
		view: view,
		log:  eventsource.NewLog(o.buffer, watchBytes),
		json: func(b *bytes.Buffer) render.Renderer { return render.New(b, options) },
	}
	w.log.NoID = o.noID
	w.log.Lost = func(n uint64) []byte {
		var line bytes.Buffer
		r := w.json(&line)
		r.Render(&render.StreamLost{Meta: render.Meta{Time: time.Now()}, Events: n})
		r.Flush()
		return bytes.TrimSuffix(line.Bytes(), []byte{'\n'})
	}
	return w
}

// join counts a client. What happens from now on is for it to see.
func (w *watch) join() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.rest != nil {
		w.rest.Stop()
		w.rest = nil
	}
	if w.clients++; w.tap == nil {
		w.tap = &tap{log: w.log, newJSON: w.json}
		w.view.watch(w.tap)
	}
}

func (w *watch) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.clients--; w.clients == 0 {
		w.rest = time.AfterFunc(watchRest, w.end)
	}
}

// end stops watching if nobody has come back.
func (w *watch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.clients == 0 {
		w.tap = nil
		w.view.watch(nil)
		w.log.Pause()
	}
}

// A tap puts the events of WebSocket clients into a log. Its Render is not called
// by two goroutines at once.
type tap struct {
	log     *eventsource.Log
	newJSON func(*bytes.Buffer) render.Renderer

	json render.Renderer
	line bytes.Buffer
}

func (t *tap) Render(e render.Event) {
	switch e.(type) {
	case *render.Handshake, *render.Frame, *render.Message, *render.Note, *render.End, *render.Failure:
	default:
		return // the clients of event streams are not shown to one another
	}
	if t.json == nil {
		t.json = t.newJSON(&t.line)
	}
	t.line.Reset()
	t.json.Render(e)
	t.json.Flush()
	if line := bytes.TrimSuffix(t.line.Bytes(), []byte{'\n'}); len(line) > 0 {
		t.log.Append(render.NameOf(e), line)
	}
	if t.line.Cap() > 1<<20 {
		t.line = bytes.Buffer{}
	}
}

// watch lets a tap see everything from now on, or with nil nobody.
func (v *display) watch(t *tap) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.tap = t
	v.watched.Store(t != nil)
	v.wantMessages()
}
