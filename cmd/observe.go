package cmd

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"wscope/cmd/internal/doctor"
	"wscope/cmd/internal/netdial"
	"wscope/render"
	"wscope/wsproto"
)

// maxPings bounds how many pings are remembered for their round trip.
const maxPings = 64

// An observer turns what a connection's trace reports into events of a display.
type observer struct {
	view *display
	conn int // number of the connection, 0 if there is only one
	role wsproto.Role
	url  string
	peer string
	// attempt is how many attempts to connect again there have been.
	attempt int
	lenient bool // broken rules are passed over

	// Of the opening handshake.
	route             *render.Route
	request, response []byte
	cut               bool // there was more of the response

	mu sync.Mutex
	// When the handshake was over, and when the first bytes after it came, which
	// may have been before that was noted.
	opened, begun time.Time

	pings []sentPing
	rtt   time.Duration // of the last pong

	// waiting is set while the reading goroutine has nothing to do but wait
	// for the peer: only then is silence the peer's.
	waiting atomic.Bool

	deflate  deflateObserver
	activity activity

	// diagnosis is of the opening handshake, if that failed.
	diagnosis *render.Diagnosis

	// One event of each kind is kept for each side, so that showing a frame
	// allocates nothing.
	sent, received render.Frame
	message        render.Message
}

type sentPing struct {
	payload string
	at      time.Time
}

func newObserver(view *display, role wsproto.Role, conn int) *observer {
	return &observer{view: view, role: role, conn: conn}
}

// trace returns the functions that a connection reports to. Without frames only
// the handshake and broken rules are looked at, and the display is flushed in time.
func (o *observer) trace(frames bool) wsproto.Trace {
	t := wsproto.Trace{
		Waiting: func() {
			o.view.flush()
			o.waiting.Store(true)
			o.activity.waiting()
		},
		Wrote: o.activity.written,
		Begun: func(at time.Time) {
			o.mu.Lock()
			o.begun = at
			o.mu.Unlock()
			o.tellFirstFrame()
		},
	}
	own, peer := &o.request, &o.response
	if o.role == wsproto.Server {
		own, peer = peer, own
	}
	t.HandshakeSent = func(raw []byte) {
		*own = append(*own, raw...)
		if o.role == wsproto.Client {
			o.view.talk(&render.Underway{Meta: render.Meta{Time: time.Now(), Conn: o.conn}, Route: o.route, Request: raw})
		}
	}
	t.HandshakeReceived = func(raw []byte) { *peer = append(*peer, raw...) }
	t.FrameBroken = o.frameReceived
	if frames {
		t.FrameSent = o.frameSent
		t.FrameReceived = o.frameReceived
	}
	return t
}

func (o *observer) frameSent(f *wsproto.FrameInfo) {
	if f.Header.Opcode == wsproto.OpPing {
		o.pinged(f)
	}
	o.activity.noteSent(f.Header.Opcode, f.Header.PayloadLen)
	o.sent = render.Frame{Meta: render.Meta{Time: f.Time, Conn: o.conn}, Dir: render.Sent, FrameInfo: f}
	o.sent.Deflate = o.deflate.frame(render.Sent, f)
	o.view.show(&o.sent)
	if o.view.options.Terminal {
		o.view.flush() // somebody has just typed it
	}
}

func (o *observer) frameReceived(f *wsproto.FrameInfo) {
	o.waiting.Store(false)
	if f.Broken == nil {
		o.activity.received.note(f.Header.Opcode, f.Header.PayloadLen)
	}
	o.received = render.Frame{Meta: render.Meta{Time: f.Time, Conn: o.conn}, Dir: render.Received, FrameInfo: f}
	o.received.Deflate = o.deflate.frame(render.Received, f)
	if f.Header.Opcode == wsproto.OpPong {
		o.received.RTT = o.pong(f)
	}
	o.view.show(&o.received)
}

func (o *observer) pinged(f *wsproto.FrameInfo) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.pings) == maxPings {
		o.pings = o.pings[1:]
	}
	o.pings = append(o.pings, sentPing{string(f.Payload), f.Time})
}

// pong returns the time since the ping that f answers. A pong answers all pings
// up to the newest with its payload (RFC 6455, Section 5.5.3).
func (o *observer) pong(f *wsproto.FrameInfo) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := len(o.pings) - 1; i >= 0; i-- {
		if p := o.pings[i]; p.payload == string(f.Payload) {
			o.pings = o.pings[i+1:]
			o.rtt = max(f.Time.Sub(p.at), 1)
			return o.rtt
		}
	}
	return 0
}

// messageReceived shows a message. Only the reading goroutine calls it.
func (o *observer) messageReceived(m wsproto.Message) {
	o.waiting.Store(false)
	o.activity.received.note(m.Opcode, m.Wire)
	o.message = render.Message{
		Meta:   o.meta(),
		Dir:    render.Received,
		Opcode: m.Opcode, Payload: m.Payload, Fragments: m.Frames,
		Start: true, Done: true,
		Deflate: o.deflate.message(m),
	}
	o.view.show(&o.message)
}

// pieceReceived shows a part of a message. Only the reading goroutine calls it.
func (o *observer) pieceReceived(p wsproto.Piece) {
	o.waiting.Store(false)
	o.message = render.Message{
		Meta:   o.meta(),
		Dir:    render.Received,
		Opcode: p.Opcode, Payload: p.Payload,
		Start: p.Start, Done: p.Done,
	}
	if p.Done {
		o.message.Fragments = p.Frames
	}
	o.view.show(&o.message)
}

// send sends a message without flushing, or in frames of size bytes if size is
// not 0, and shows it where messages are of interest.
func (o *observer) send(c *wsproto.Conn, op wsproto.Opcode, p []byte, size int) error {
	shown := o.view.messages.Load()
	if shown && o.deflate.codec != nil {
		// What is counted is then the message that is shown.
		o.deflate.sending.Lock()
		defer o.deflate.sending.Unlock()
	}
	before := o.deflate.flow()
	var err error
	if size > 0 {
		err = c.WriteFragmented(op, p, size)
	} else {
		err = c.QueueMessage(op, p)
	}
	if err == nil && shown {
		o.view.show(&render.Message{
			Meta: o.meta(), Dir: render.Sent, Opcode: op, Payload: p, Start: true, Done: true,
			Deflate: o.deflate.since(before),
		})
	}
	return err
}

// meta is left without a time where nothing shows it.
func (o *observer) meta() render.Meta {
	m := render.Meta{Conn: o.conn}
	if o.view.messages.Load() {
		m.Time = time.Now()
	}
	return m
}

// handshake shows how the opening handshake went.
func (o *observer) handshake(c *wsproto.Conn, took time.Duration, err error) {
	e := &render.Handshake{
		Meta:     render.Meta{Time: time.Now(), Conn: o.conn},
		Attempt:  o.attempt,
		Role:     o.role,
		URL:      o.url,
		Peer:     o.peer,
		Route:    o.route,
		Request:  o.request,
		Response: o.response,
		Cut:      o.cut,
		Took:     took,
		Err:      err,
	}
	var failed *wsproto.HandshakeError
	if errors.As(err, &failed) {
		o.diagnosis = o.diagnose(failed)
		e.Diagnosis = o.diagnosis
	}
	if c != nil {
		e.Local = c.NetConn().LocalAddr().String()
		e.Subprotocol = c.Subprotocol()
		for _, x := range c.Extensions() {
			e.Extensions = append(e.Extensions, x.String())
		}
		e.Meaning = o.deflate.meaning()
	}
	o.view.show(e)
	o.mu.Lock()
	o.opened = e.Time
	o.mu.Unlock()
	o.tellFirstFrame()
}

// firstFrame returns how long after the handshake the first frame came, 0 if none
// has.
func (o *observer) firstFrame() time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.begun.IsZero() || o.opened.IsZero() {
		return 0
	}
	return max(o.begun.Sub(o.opened), 1)
}

// tellFirstFrame tells those who watch when the first frame came, if it has come.
func (o *observer) tellFirstFrame() {
	if d := o.firstFrame(); d != 0 {
		o.view.talk(&render.Note{
			Meta: render.Meta{Time: time.Now(), Conn: o.conn},
			Text: "time: first frame " + render.Duration(d) + " after the upgrade",
		})
	}
}

// watching returns a dialer that shows what it does while it does it.
func (o *observer) watching(d *netdial.Dialer) *netdial.Dialer {
	watched := *d
	watched.Progress = func(r *render.Route, s netdial.Stage) {
		o.view.talk(&render.Underway{Meta: render.Meta{Time: time.Now(), Conn: o.conn}, Route: r, Waiting: s.String()})
	}
	return &watched
}

// detour shows the request and the response that have just been exchanged, which
// lead to another request.
func (o *observer) detour(e *render.Detour) {
	e.Meta = render.Meta{Time: time.Now(), Conn: o.conn}
	e.URL, e.Route = o.url, o.route
	e.Request, e.Response, e.Cut = o.request, o.response, o.cut
	o.view.show(e)
}

func (o *observer) note(text string) {
	o.view.show(&render.Note{Meta: render.Meta{Time: time.Now(), Conn: o.conn}, Text: text})
}

func (o *observer) fail(err error, hint string) {
	o.view.show(&render.Failure{Meta: render.Meta{Time: time.Now(), Conn: o.conn}, Err: err, Hint: hint})
}

// end shows how the session ended.
func (o *observer) end(c *wsproto.Conn, out outcome, opened time.Time) {
	e := out.event()
	e.Meta = render.Meta{Time: time.Now(), Conn: o.conn}
	e.Took = e.Time.Sub(opened)
	e.Stats = o.stats(c)
	if o.role == wsproto.Client || !o.view.silent {
		e.Diagnosis = doctor.Autopsy(o.autopsy(c, out.err, opened))
	}
	o.view.show(e)
}

func (o *observer) stats(c *wsproto.Conn) render.Stats {
	s := c.Stats()
	o.mu.Lock()
	rtt := o.rtt
	o.mu.Unlock()
	return render.Stats{
		FramesSent: s.FramesSent, FramesReceived: s.FramesReceived,
		BytesSent: s.BytesSent, BytesReceived: s.BytesReceived,
		MessagesSent: s.MessagesSent, MessagesReceived: s.MessagesReceived,
		RTT:        rtt,
		FirstFrame: o.firstFrame(),
		Deflate:    o.deflate.stats(),
	}
}
