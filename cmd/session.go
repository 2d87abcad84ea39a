package cmd

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"wscope/cmd/internal/expect"
	"wscope/wsproto"
)

// A session is one run of connect: it joins the connection, what is sent on it
// and what is shown of it.
type session struct {
	connectOptions
	target target
	opener *opener
	view   *display

	expects  *expectations
	first    []action // of -x
	payloads payloadReader
	inPieces bool

	mu      sync.Mutex
	c       *wsproto.Conn // the newest connection
	o       *observer     // of c
	changed *sync.Cond    // of c and over
	gap     *gap          // nil but between two connections
	again   bool          // /reconnect has been asked for
	over    bool          // c is the last connection, and it has ended
	waits   func()        // tells that something waits for a connection, or nil; called with mu

	trial    trial // of the reading goroutine
	opened   time.Time
	received int // messages, of the reading goroutine

	sent        atomic.Int64 // messages
	interrupted atomic.Bool
	timedOut    atomic.Bool // --wait is over
	closedByUs  atomic.Bool
	inputDone   atomic.Bool
	sentAll     atomic.Bool // and what is expected may still have to come
	quiet       *time.Timer // runs while inputDone
	progressed  wsproto.Stats

	failMu  sync.Mutex
	failure error // the first of what was to be sent and could not
}

// open opens the connection of the session, or a new one after /reconnect.
func (s *session) open(ctx context.Context) error {
	o := newObserver(s.view, wsproto.Client, 0)
	o.attempt, o.lenient = s.trial.failed, s.protocol.lenient
	d := s.opener.dialer
	d.Config = s.config(o)
	d.Subprotocols, d.Version, d.Key = s.subprotocols, s.version, s.key
	d.Extensions = s.deflate.extensions(o)
	c, err := s.opener.open(ctx, &d, o)
	if err != nil {
		return err
	}
	s.opened = time.Now()
	s.expects.start(s.shut, s.settled)
	s.closedByUs.Store(false)
	s.progressed = wsproto.Stats{}
	s.mu.Lock()
	s.c, s.o = c, o
	s.changed.Broadcast()
	s.mu.Unlock()
	if s.view.whenFailed(s.unheard) {
		time.AfterFunc(s.lastChance(), s.unheard)
	}
	return nil
}

// conn returns the connection. There is one from the first open on.
func (s *session) conn() *wsproto.Conn {
	c, _ := s.link()
	return c
}

// link returns the connection and its observer.
func (s *session) link() (*wsproto.Conn, *observer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.c, s.o
}

// runPiped is a session without a person: -x and stdin are sent, what comes is
// written, and the end is found by itself.
func (s *session) runPiped(ctx context.Context) error {
	if err := s.connect(ctx, false); err != nil {
		return err
	}
	go s.feed()
	connected, err := s.follow(ctx)
	if !connected {
		return s.concludeWithout(ctx, err)
	}
	return s.conclude(ctx, err)
}

// watch looks after signals, --max-time and --ping-interval until the returned
// function is called.
func (s *session) watch(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	unhook := context.AfterFunc(ctx, func() {
		defer s.guard()
		s.interrupt(ctx, done)
	})
	if s.pingInterval > 0 {
		wg.Go(func() {
			defer s.guard()
			s.pingLoop(done)
		})
	}
	s.mu.Lock()
	if s.quiet != nil {
		s.quiet.Reset(s.wait)
	}
	s.mu.Unlock()
	return func() {
		unhook()
		close(done)
		wg.Wait()
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.quiet != nil {
			s.quiet.Stop()
		}
	}
}

// interrupt ends the session after a signal, or when its time is over.
func (s *session) interrupt(ctx context.Context, done chan struct{}) {
	c := s.conn()
	var late *errMaxTime
	if !errors.As(context.Cause(ctx), &late) {
		s.interrupted.Store(true)
		s.shut()
		return
	}
	s.shut()
	select {
	case <-done:
	case <-time.After(min(s.protocol.closeTimeout, hurriedClose)):
		c.Abort(late)
	}
}

// hurriedClose is how long a closing handshake may take that somebody waits for
// the end of.
const hurriedClose = 200 * time.Millisecond

// lastChance is how long a session goes on that nobody has heard from the
// beginning: if something was asked for, long enough that a peer can give it at once.
func (s *session) lastChance() time.Duration {
	if s.count > 0 || s.expects.decide() {
		return time.Second
	}
	return 0
}

// unheard ends the session when nobody reads what it shows.
func (s *session) unheard() {
	c := s.conn()
	time.AfterFunc(min(s.protocol.closeTimeout, hurriedClose), func() { c.Abort(nil) })
	s.shut()
}

// shut begins the closing handshake.
func (s *session) shut() {
	s.closeWith(s.closing)
}

func (s *session) closeWith(how closing) error {
	if s.stopTrying() {
		return nil
	}
	c := s.conn()
	if c.CloseSent() {
		return wsproto.ErrCloseSent // the time for the closing handshake runs already
	}
	s.closedByUs.Store(true)
	err := c.Close(how.code, how.reason)
	s.view.flush()
	return err
}

// pingLoop sends pings and ends a connection on which nothing comes after one.
func (s *session) pingLoop(done <-chan struct{}) {
	c, o := s.link()
	ticker := time.NewTicker(s.pingInterval)
	defer ticker.Stop()
	var deadline <-chan time.Time
	var before uint64
	for n := 1; ; {
		select {
		case <-done:
			return
		case <-ticker.C:
			before0 := c.Stats().WireReceived
			if c.Ping(fmt.Appendf(nil, "p-%02d", n)) != nil {
				return // the reading goroutine knows why
			}
			s.view.flush()
			n++
			if s.pingTimeout > 0 && deadline == nil {
				deadline, before = time.After(s.pingTimeout), before0
			}
		case <-deadline:
			deadline = nil
			if o.waiting.Load() && c.Stats().WireReceived == before {
				c.Abort(&errNoPong{s.pingTimeout})
				return
			}
		}
	}
}

// receive shows what comes until the connection ends, and returns why it did.
func (s *session) receive() error {
	c, o := s.link()
	if s.inPieces {
		return s.receivePieces(c, o)
	}
	for {
		m, err := c.ReadMessage()
		if err != nil {
			return err
		}
		came := expect.Message{Kind: dataKind(m.Opcode), Data: m.Payload}
		if s.count > 0 && s.received >= s.count {
			s.expects.forbid(came) // it came between our Close frame and the peer's
			continue
		}
		s.received++
		o.messageReceived(m)
		if s.expects.offer(came) {
			s.settled()
		}
		if s.echo {
			if err := c.QueueMessage(m.Opcode, m.Payload); err == nil {
				s.sent.Add(1)
			}
		}
		if s.received == s.count {
			s.shut()
		}
	}
}

func (s *session) receivePieces(c *wsproto.Conn, o *observer) error {
	for {
		p, err := c.ReadPiece()
		if err != nil {
			return err
		}
		if s.count > 0 && s.received >= s.count {
			continue
		}
		o.pieceReceived(p)
		if p.Done {
			if s.received++; s.received == s.count {
				s.shut()
			}
		}
	}
}

// progress runs on the reading goroutine each time it is about to wait, and puts
// the end of --wait off if data has come. Control frames do not count: a server
// that pings is no server that answers.
func (s *session) progress() {
	if !s.inputDone.Load() || s.timedOut.Load() {
		return
	}
	c := s.conn()
	now := c.Stats()
	last := s.progressed
	s.progressed = now
	if now.MessagesReceived != last.MessagesReceived || c.MessageOpen() && now.WireReceived != last.WireReceived {
		s.quiet.Reset(s.wait)
	}
}

// inputEnds notes that nothing more will be sent, and begins to wait for the
// end.
func (s *session) inputEnds() {
	if s.expects.decide() {
		s.allSent()
		return
	}
	if s.echo || s.wait < 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quiet = time.AfterFunc(s.wait, s.waited)
	if s.gap != nil {
		s.quiet.Stop() // until there is somebody to wait for
	}
	s.inputDone.Store(true)
}

// allSent notes that nothing is left to be sent before the expectations may end
// the session.
func (s *session) allSent() {
	s.sentAll.Store(true)
	if !s.expects.pending() {
		s.shut()
	}
}

// waited runs when nothing has come for the time of --wait. That is the peer's
// doing only if it was waited for: stdout may have held us up.
func (s *session) waited() {
	s.mu.Lock()
	quiet, o := s.quiet, s.o
	s.mu.Unlock()
	if s.wait > 0 && !o.waiting.Load() {
		quiet.Reset(s.wait)
		return
	}
	s.timedOut.Store(true)
	s.shut()
}

// settled ends the session when what was expected has come, or what was never to
// come, but not before everything has been sent.
func (s *session) settled() {
	if s.sentAll.Load() || s.expects.close("", false) != nil {
		s.shut()
	}
}

// dataKind returns the kind of a data message.
func dataKind(op wsproto.Opcode) expect.Kind {
	if op == wsproto.OpText {
		return expect.Text
	}
	return expect.Binary
}
