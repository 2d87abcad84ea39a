package cmd

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"wscope/render"
	"wscope/sse"
	"wscope/wsproto"
)

// retryOptions are the flags that say when a session connects again.
type retryOptions struct {
	reconnect      bool
	attempts       int // noAttempts is any number with reconnect, and none without
	delay, maxTime time.Duration
}

func (o *retryOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&o.reconnect, "reconnect", false, "connect again when the connection is lost, or the peer closes it with a code that does not mean the end; -x is sent again")
	o.attempts = noAttempts
	flags.Var(attemptsFlag{&o.attempts}, "retry", "after passing trouble, such as a refused connection or 503, try again this `number` of times in a row, -1 for ever (default none; with --reconnect for ever)")
	o.delay = time.Second
	flags.Var(durationFlag{d: &o.delay}, "retry-delay", "wait this long before the first of these attempts, and longer and longer before the others, up to 30 s")
	flags.Var(durationFlag{d: &o.maxTime}, "retry-max-time", "do not begin an attempt when trying has gone on for this time (default no limit)")
	setFlagExample(flags, "retry", "3")
	setFlagExample(flags, "retry-delay", "500ms")
	setGroup(flags, "Reconnection", "reconnect", "retry", "retry-delay", "retry-max-time")
}

// noAttempts is a number of attempts that was not asked for.
const noAttempts = -1

// An attemptsFlag is how often something is tried again, -1 for ever.
type attemptsFlag struct{ n *int }

func (f attemptsFlag) Type() string   { return "int" }
func (f attemptsFlag) String() string { return "0" } // the help says the default in words

func (f attemptsFlag) Set(s string) error {
	n, err := strconv.Atoi(s)
	switch {
	case err != nil || n < -1:
		return errors.New("expected a number of attempts such as 3, or -1 for ever")
	case n < 0:
		n = math.MaxInt
	}
	*f.n = n
	return nil
}

// A trial counts attempts in a row that have come to nothing.
type trial struct {
	retryOptions
	began  time.Time // zero before the first failure
	failed int
}

// next reports whether there is to be another attempt after a failure, which
// asks for at least the time of least, and how long to wait for it.
func (t *trial) next(now time.Time, least time.Duration, random float64) (time.Duration, bool) {
	if t.attempts >= 0 && t.failed >= t.attempts || t.attempts < 0 && !t.reconnect {
		return 0, false
	}
	if t.began.IsZero() {
		t.began = now
	}
	wait := max(least, sse.Backoff{Delay: max(t.delay, 1)}.Wait(t.failed, random))
	if t.maxTime > 0 && now.Add(wait).Sub(t.began) > t.maxTime {
		return 0, false
	}
	t.failed++
	return wait, true
}

// progressed begins the count anew: the connection was of use.
func (t *trial) progressed() { t.began, t.failed = time.Time{}, 0 }

// usefulAfter is how long a connection has to last to be of use when no message
// comes on it. A server that accepts and closes at once is not to be flooded.
const usefulAfter = 30 * time.Second

// passing reports whether a failure to open a connection may be gone at the next
// attempt, and how long the server asks to wait. A name that does not exist is
// taken for a passing trouble only if it has been resolved before.
func passing(err error, before bool) (least time.Duration, ok bool) {
	var (
		known   *exitError
		refused *wsproto.HandshakeError
		name    *net.DNSError
	)
	if !errors.As(err, &known) {
		return 0, false
	}
	switch known.code {
	case exitConnect, exitTimeout, exitEmptyReply, exitSend, exitReceive:
		return 0, true
	case exitHostName, exitProxyName:
		return 0, before || errors.As(err, &name) && !name.IsNotFound
	case exitRefused:
		if errors.As(err, &refused) && refused.Response != nil && sse.TransientStatus(refused.Response.Status) {
			return sse.RetryAfter(refused.Response.Fields.Value("Retry-After"), time.Now()), true
		}
	}
	return 0, false
}

// lasting reports whether a session that ended with err would end in the same
// way again.
func lasting(err error) bool {
	var (
		closed *wsproto.CloseError
		drop   *wsproto.DropError
	)
	switch {
	case errors.As(err, &closed):
		switch closed.Code {
		case wsproto.CloseNormal, wsproto.CloseProtocolError, wsproto.CloseUnsupportedData, wsproto.CloseInvalidPayload,
			wsproto.ClosePolicyViolation, wsproto.CloseMessageTooBig, wsproto.CloseMandatoryExtension:
			return true
		}
		return !closed.Remote
	case errors.As(err, &drop):
		return false
	}
	return !errors.As(err, new(*errNoPong))
}

// errStopped ends the attempts to connect again when somebody has had enough.
var errStopped = errors.New("stopped")

// A gap is the time between two connections of a session.
type gap struct {
	stop context.CancelCauseFunc
	skip chan struct{} // ends a wait
}

// connect opens a connection and, after passing trouble, tries again as the
// flags say. With before it is not the first one.
func (s *session) connect(ctx context.Context, before bool) error {
	for {
		err := s.open(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		least, ok := passing(err, before)
		if !ok {
			return err
		}
		wait, ok := s.trial.next(time.Now(), least, rand.Float64())
		if !ok {
			if s.trial.failed > 0 {
				return giveUp(err, s.trial.failed)
			}
			return err
		}
		s.announce(err, wait)
		if err := s.pause(ctx, wait); err != nil {
			return err
		}
	}
}

// giveUp adds to an error how often it was met.
func giveUp(err error, failed int) error {
	var known *exitError
	if !errors.As(err, &known) {
		return err
	}
	again := "once"
	if failed > 1 {
		again = fmt.Sprintf("%d times", failed)
	}
	return failure(known.code, fmt.Errorf("%w; tried again %s in vain", known.err, again), known.hint)
}

// announce shows that there will be another attempt. The error is why there was
// no connection, nil if one was lost.
func (s *session) announce(err error, wait time.Duration) {
	s.view.show(&render.Retry{
		Meta: render.Meta{Time: time.Now()}, Err: err,
		Attempt: s.trial.failed, Limit: max(s.trial.attempts, 0), Wait: wait,
	})
}

// pause waits for the next attempt.
func (s *session) pause(ctx context.Context, wait time.Duration) error {
	var skip chan struct{}
	s.mu.Lock()
	if s.gap != nil {
		skip = s.gap.skip
	}
	s.mu.Unlock()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-skip:
	case <-ctx.Done():
		var late *errMaxTime
		if cause := context.Cause(ctx); !errors.As(cause, &late) {
			return cause
		}
		return failure(exitTimeout, late, "")
	}
	return nil
}

// follow receives until the session ends, over every connection of it, and
// returns why it did. Without connected that is why there was no further
// connection.
func (s *session) follow(ctx context.Context) (connected bool, err error) {
	defer func() {
		s.mu.Lock()
		s.over = true
		s.changed.Broadcast()
		s.mu.Unlock()
	}()
	for {
		stop := s.watch(ctx)
		err := s.receive()
		stop()
		c, o := s.link()
		if c.Stats().MessagesReceived > 0 || time.Since(s.opened) > usefulAfter {
			s.trial.progressed()
		}
		s.mu.Lock()
		asked := s.again
		s.again = false
		s.mu.Unlock()
		if ctx.Err() != nil || !asked && (!s.retry.reconnect || s.closedByUs.Load() || s.view.failure() != nil || lasting(err)) {
			return true, err
		}
		wait := time.Duration(0)
		if !asked {
			var ok bool
			if wait, ok = s.trial.next(time.Now(), 0, rand.Float64()); !ok {
				return true, err
			}
		}
		o.end(c, judge(err), s.opened)
		switch again := s.reopen(ctx, !asked, wait); {
		case errors.Is(again, errStopped):
			return false, quietExit{judge(err).exit}
		case again != nil:
			return false, again
		}
	}
}

// reopen connects again. If nobody has asked for it, that is after a while, and
// -x is sent again.
func (s *session) reopen(ctx context.Context, automatic bool, wait time.Duration) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.mu.Lock()
	s.gap = &gap{cancel, make(chan struct{}, 1)}
	s.mu.Unlock()
	var err error
	if automatic {
		s.announce(nil, wait)
		err = s.pause(ctx, wait)
	}
	if err == nil {
		err = s.connect(ctx, true)
	}
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, errStopped) {
		err = cause
	}
	s.mu.Lock()
	s.gap = nil
	s.mu.Unlock()
	if err == nil && automatic && len(s.first) > 0 {
		go s.feedAgain(s.conn())
	}
	return err
}

// feedAgain sends -x on another connection. What fails of it fails with the
// connection, and is sent on the one after that.
func (s *session) feedAgain(c *wsproto.Conn) {
	defer s.guard()
	for _, a := range s.first {
		if s.conn() != c || a.do(s) != nil {
			return
		}
	}
	s.view.flush()
}

// deliver sends a message at once, in frames of size bytes if that is not 0. What
// cannot be sent because the connection is lost waits for the next one.
func (s *session) deliver(op wsproto.Opcode, p []byte, size int) error {
	for {
		c := s.conn()
		err := s.queue(op, p, size)
		if err == nil {
			err = c.Flush()
		}
		if err == nil || !s.awaitNext(c) {
			return err
		}
	}
}

// awaitNext waits for the connection after c, and reports whether there is one.
func (s *session) awaitNext(c *wsproto.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.retry.reconnect && !s.again && s.gap == nil && s.c == c {
		return false
	}
	if s.c == c && !s.over && s.waits != nil {
		s.waits()
	}
	for s.c == c && !s.over {
		s.changed.Wait()
	}
	return s.c != c
}

// between reports whether there is no connection at the moment but will be.
func (s *session) between() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gap != nil
}

// stopTrying ends the attempts to connect again, and reports whether there were
// any to end.
func (s *session) stopTrying() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gap != nil {
		s.gap.stop(errStopped)
	}
	return s.gap != nil
}

// tryNow ends the wait for the next attempt, and reports whether there may have
// been one.
func (s *session) tryNow() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gap == nil {
		return false
	}
	select {
	case s.gap.skip <- struct{}{}:
	default:
	}
	return true
}
