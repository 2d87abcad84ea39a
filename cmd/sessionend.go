package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"wscope/cmd/internal/expect"
	"wscope/render"
	"wscope/wsproto"
)

// fail notes that something could not be sent.
func (s *session) fail(err error) {
	s.failMu.Lock()
	defer s.failMu.Unlock()
	if s.failure == nil {
		s.failure = err
	}
}

func (s *session) failed() error {
	s.failMu.Lock()
	defer s.failMu.Unlock()
	return s.failure
}

// conclude shows how the session ended and returns the error that the program
// ends with.
func (s *session) conclude(ctx context.Context, err error) error {
	out := judge(err)
	unmet := s.unmet(ctx, &out)
	why := s.complaint(ctx, &out)
	if unmet != nil {
		why = unmet
	}
	if err := s.view.failure(); err != nil {
		return unread(err, s.lacks())
	}
	c, o := s.link()
	o.end(c, out, s.opened)
	if err := s.view.failure(); err != nil {
		return unread(err, s.lacks())
	}
	if why != nil {
		return why
	}
	if out.exit != exitOK {
		return quietExit{out.exit}
	}
	return nil
}

// concludeWithout returns the error that the program ends with when there was no
// further connection, err being why.
func (s *session) concludeWithout(ctx context.Context, err error) error {
	cut := cutShort(ctx)
	if cut == "" && errors.As(err, new(*exitError)) {
		return err // which says more
	}
	if unmet := s.expects.close(cmp.Or(cut, "there was no further connection"), cut == cutBySignal); unmet != nil {
		return unmetFailure(unmet)
	}
	return err
}

// cutShort says what has cut the session short, or is "".
func cutShort(ctx context.Context) string {
	switch cause := context.Cause(ctx); {
	case cause == nil:
		return ""
	case errors.As(cause, new(*errMaxTime)):
		return cutByTime
	}
	return cutBySignal
}

// unmet returns the error of an expectation that was not met, and lets a Close
// that was expected be a good end.
func (s *session) unmet(ctx context.Context, out *outcome) error {
	if out.by == render.Peer {
		s.expects.offer(expect.Message{Kind: expect.Close, Code: out.code, Reason: out.reason})
		if s.expects.endMet() && (out.exit == exitClosed || out.exit == exitReceive) {
			out.exit = exitOK
		}
	}
	why, cut := "the connection was gone", cutShort(ctx)
	switch {
	case cut != "":
		why = cut
	case out.by == render.Peer && out.code != wsproto.CloseAbnormal:
		why = "the peer closed the connection"
	case out.by == render.Us:
		why = "the connection was closed by us"
	}
	err := s.expects.close(why, cut == cutBySignal)
	if err == nil || out.exit == exitProtocol {
		return nil
	}
	return unmetFailure(err)
}

// complaint looks for what was left open in a session that ended in order.
func (s *session) complaint(ctx context.Context, out *outcome) error {
	if err := s.failed(); err != nil && (out.exit == exitOK || !isSendFailure(err)) {
		return err // but how the peer ended it says more than that we could not send
	}
	var late *errMaxTime
	if errors.As(context.Cause(ctx), &late) {
		return failure(exitTimeout, late, "")
	}
	if out.exit != exitOK {
		return nil
	}
	missing := s.count > 0 && s.received < s.count
	unanswered := s.sent.Load() > 0 && s.received == 0 && len(s.expect.wanted) == 0
	switch {
	case s.interrupted.Load():
		if missing || unanswered {
			return quietExit{exitInterrupted}
		}
	case missing && s.timedOut.Load():
		return failure(exitTimeout, fmt.Errorf("received %d of %d messages, then nothing for %v", s.received, s.count, s.wait),
			"--wait gives the peer more time")
	case missing:
		return failure(exitExpectation, fellShort("received %d of %d messages before the connection was closed", s.received, s.count), "")
	case unanswered && s.expects.quiet():
		return failure(exitTimeout, fmt.Errorf("no answer: nothing came within %v", s.expect.within), "")
	case unanswered && s.timedOut.Load() && s.wait > 0:
		return failure(exitTimeout, fmt.Errorf("no answer: nothing came within %v", s.wait),
			"--wait gives the peer more time; -w 0 expects no answer")
	}
	return nil
}

// lacks reports whether the session has ended without something that was asked for.
func (s *session) lacks() bool {
	return s.count > 0 && s.received < s.count || s.expects.lack()
}
