package cmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"wscope/cmd/internal/eventsource"
	"wscope/wsproto"
)

// maxTurnedAway bounds how many clients are told at the same time that there is
// no room. Further ones are closed without a word.
const maxTurnedAway = 64

// lastWords is how long those who watch are kept when the server ends, to see how
// the sessions of the clients do.
const lastWords = 500 * time.Millisecond

// A server serves the clients of listen.
type server struct {
	listenOptions
	view     *display
	listener net.Listener
	frames   bool // somebody looks at them, not only those who watch
	access   *eventsource.Guard
	watch    *watch

	accepted   atomic.Int64 // numbers the clients
	turnedAway atomic.Int64
	wg         sync.WaitGroup // of all connections
	sessions   sync.WaitGroup // of the clients

	mu      sync.Mutex
	active  int                   // connections, those in their handshake too
	opening map[net.Conn]struct{} // connections in their handshake
	clients map[int]*client
	taken   bool // there has been a client
	closing bool
	first   error         // how the session of the first client ended, with --once
	done    chan struct{} // closed when it has

	// When there are clients, those who wait for one are told.
	arrived chan struct{}
}

// A client is an open connection of a server.
type client struct {
	*observer
	c      *wsproto.Conn
	opened time.Time
	outbox chan func(*wsproto.Conn) error // of an interactive server, else nil
}

func newServer(o listenOptions, view *display, l net.Listener, access *eventsource.Guard) *server {
	if o.display.silent() {
		view.mute = mute{frames: true, messages: !o.interactive}
	}
	return &server{
		listenOptions: o,
		view:          view,
		listener:      l,
		access:        access,
		watch:         newWatch(view, o.events),
		frames:        view.recording() || !o.display.silent() && o.display.wantsFrames(view.options.Format),
		opening:       map[net.Conn]struct{}{},
		clients:       map[int]*client{},
		done:          make(chan struct{}),
		arrived:       make(chan struct{}, 1),
	}
}

// run serves until ctx ends, the first client has gone with --once, or stdout
// can no longer be written to.
func (s *server) run(outer context.Context) error {
	ctx, cancel := context.WithCancel(outer)
	defer cancel()
	if s.view.whenFailed(cancel) {
		cancel()
	}
	if s.interactive {
		stop, err := s.startInput(ctx, cancel)
		if err != nil {
			return err
		}
		defer stop()
	}
	streams, endStreams := context.WithCancel(context.WithoutCancel(ctx))
	defer endStreams()
	accepting := make(chan struct{})
	go func() {
		defer close(accepting)
		s.acceptLoop(ctx, streams)
	}()
	select {
	case <-ctx.Done():
	case <-s.done:
	}
	cancel()
	s.listener.Close()
	<-accepting
	s.closeAll(closing{code: wsproto.CloseGoingAway, reason: "server is shutting down"})
	// Those who watch see how the sessions end, unless that takes long.
	late := time.AfterFunc(lastWords, endStreams)
	if s.view.failure() != nil {
		time.AfterFunc(hurriedClose, s.abortAll) // nobody sees how they end
	}
	s.sessions.Wait()
	late.Stop()
	endStreams()
	s.wg.Wait()
	if err := s.view.failure(); err != nil {
		return err
	}
	return s.conclude(outer)
}

// conclude returns the error that the program ends with. Nothing has been settled
// if no client has come when one was waited for.
func (s *server) conclude(ctx context.Context) error {
	var late *errMaxTime
	errors.As(context.Cause(ctx), &late)
	select {
	case <-s.done:
		late = nil // the one client had gone by then
	default:
	}
	switch {
	case late != nil && !s.taken:
		return failure(exitTimeout, fmt.Errorf("no client has come within the --max-time of %v", late.after), "")
	case late != nil && s.once:
		return failure(exitTimeout, late, "")
	case s.once && !s.taken:
		return quietExit{exitInterrupted}
	case s.once:
		return s.first
	}
	return nil
}

// acceptLoop takes clients in until the listener is closed. Event streams end
// with the context of that name.
func (s *server) acceptLoop(ctx, streams context.Context) {
	for delay := time.Duration(0); ; {
		nc, err := s.listener.Accept()
		switch {
		case err == nil:
			delay = 0
			s.admit(streams, nc)
		case errors.Is(err, net.ErrClosed):
			return
		default:
			// Out of descriptors, mostly. It passes when clients leave.
			if delay == 0 {
				newObserver(s.view, wsproto.Server, 0).fail(fmt.Errorf("accepting a client: %w", err), "")
			}
			delay = min(max(2*delay, 5*time.Millisecond), time.Second)
			select {
			case <-ctx.Done():
			case <-time.After(delay):
			}
		}
	}
}

// admit takes a client in if there is room.
func (s *server) admit(streams context.Context, nc net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		nc.Close()
		return
	}
	s.opening[nc] = struct{}{}
	if s.active >= s.maxClients {
		if s.turnedAway.Add(1) > maxTurnedAway {
			s.turnedAway.Add(-1)
			delete(s.opening, nc)
			nc.Close()
			return
		}
		s.wg.Go(func() {
			defer s.turnedAway.Add(-1)
			defer s.opened(nc)
			s.turnAway(nc)
		})
		return
	}
	s.active++
	s.wg.Go(func() {
		s.serve(streams, nc)
		s.mu.Lock()
		s.active--
		s.mu.Unlock()
	})
}

// opened notes that nothing more has to come before a connection is open.
func (s *server) opened(nc net.Conn) {
	s.mu.Lock()
	delete(s.opening, nc)
	s.mu.Unlock()
}

func (s *server) turnAway(nc net.Conn) {
	a := wsproto.Acceptor{HandshakeTimeout: s.handshakeTimeout}
	p, err := a.Read(nc)
	if err != nil {
		return
	}
	p.Reject(503, wsproto.Fields{{Name: "Retry-After", Value: "1"}},
		fmt.Sprintf("this server has room for %d at a time\n", s.maxClients))
}

// serve sees one client through, from its request to its end.
func (s *server) serve(streams context.Context, nc net.Conn) {
	o := newObserver(s.view, wsproto.Server, int(s.accepted.Add(1)))
	o.peer, o.lenient = peerName(nc.RemoteAddr()), s.protocol.lenient
	a := wsproto.Acceptor{
		Config:           s.protocol.config(),
		HandshakeTimeout: s.handshakeTimeout,
		Subprotocols:     s.subprotocols,
		Extensions:       s.deflate.extensions(o),
	}
	a.Trace = o.trace(true)
	if !s.frames {
		a.Trace.Switch = &s.view.watched
	}
	if s.display.silent() && !s.view.recording() {
		a.Trace.Waiting = nil // there is nothing to be flushed
		if !s.view.watched.Load() {
			a.Trace.HandshakeSent, a.Trace.HandshakeReceived = nil, nil
		}
	}
	if len(s.origins) > 0 && !slices.Contains(s.origins, "*") {
		a.CheckOrigin = func(origin string) bool { return origin == "" || slices.Contains(s.origins, origin) }
	}
	start := time.Now()
	p, err := a.Read(nc)
	// From here on the end of the server is told in a Close frame.
	s.opened(nc)
	var c *wsproto.Conn
	if err == nil {
		o.url = p.Request.Target
		if s.serveEvents(streams, o, p, start) {
			return
		}
		c, err = p.Accept()
	}
	took := time.Since(start)
	if err != nil {
		o.handshake(nil, took, err)
		return
	}
	cl := &client{observer: o, c: c, opened: time.Now()}
	// Who is told of a client can send to it.
	served := s.join(cl)
	o.handshake(c, took, nil)
	switch {
	case !served:
		c.Close(wsproto.CloseGoingAway, "")
	case cl.outbox != nil:
		outbox := cl.outbox // leave takes it away
		s.wg.Go(func() { s.sendFrom(cl, outbox) })
	}
	err = s.echo(cl)
	s.leave(cl)
	out := judge(err)
	o.end(c, out, cl.opened)
	if served {
		s.sessions.Done()
		s.gone(out.exit)
	}
}

// gone notes that a client has left which was taken: with --once the server has
// nothing more to do.
func (s *server) gone(exit int) {
	if !s.once {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first == nil && exit != exitOK {
		s.first = quietExit{exit}
	}
	if !s.closing {
		s.closing = true
		close(s.done)
	}
}

// take takes a client of either sort, with mu held. It reports false if the server
// is about to end.
func (s *server) take() bool {
	if s.closing || s.once && s.taken {
		return false
	}
	s.taken = true
	if s.once {
		s.listener.Close()
	}
	return true
}

// join adds a client. It reports false if the server is about to end.
func (s *server) join(cl *client) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.take() {
		return false
	}
	s.sessions.Add(1)
	s.clients[cl.conn] = cl
	if s.interactive {
		cl.outbox = make(chan func(*wsproto.Conn) error, maxOutbox)
	}
	select {
	case s.arrived <- struct{}{}:
	default:
	}
	return true
}

func (s *server) leave(cl *client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.clients, cl.conn)
	if cl.outbox != nil {
		close(cl.outbox)
		cl.outbox = nil
	}
}

// closeAll begins the closing handshake with every client, and drops those that
// have not got so far.
func (s *server) closeAll(how closing) {
	s.mu.Lock()
	s.closing = true
	var open []*wsproto.Conn
	for _, cl := range s.clients {
		open = append(open, cl.c)
	}
	for nc := range s.opening {
		nc.Close()
	}
	s.mu.Unlock()
	for _, c := range open {
		c.Close(how.code, how.reason)
	}
}

// abortAll ends every connection at once.
func (s *server) abortAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, cl := range s.clients {
		cl.c.Abort(nil)
	}
}

// echo sends messages back until the connection ends, and returns why it did.
func (s *server) echo(cl *client) error {
	if s.idleTimeout > 0 {
		stop := make(chan struct{})
		defer close(stop)
		go closeIdle(cl.c, s.idleTimeout, stop)
	}
	shown := s.shownAsMessages()
	for {
		m, err := cl.c.ReadMessage()
		if err != nil {
			return err
		}
		if shown || s.view.messages.Load() {
			cl.messageReceived(m)
		}
		if s.noEcho {
			continue
		}
		// An error ends the connection, and reading tells how.
		cl.send(cl.c, m.Opcode, m.Payload, s.fragment)
	}
}

// shownAsMessages reports whether messages themselves are what is shown, even if
// nobody wants them with their times.
func (s *server) shownAsMessages() bool {
	return s.interactive || !s.display.silent() && !s.frames
}

// closeIdle closes a connection on which nothing comes for the time of timeout.
func closeIdle(c *wsproto.Conn, timeout time.Duration, stop <-chan struct{}) {
	ticker := time.NewTicker(max(timeout/8, time.Millisecond))
	defer ticker.Stop()
	last, since := c.Stats().WireReceived, time.Now()
	for {
		select {
		case <-stop:
			return
		case now := <-ticker.C:
			if n := c.Stats().WireReceived; n != last {
				last, since = n, now
			} else if now.Sub(since) >= timeout {
				c.Close(wsproto.CloseGoingAway, "idle for "+timeout.String())
				return
			}
		}
	}
}
