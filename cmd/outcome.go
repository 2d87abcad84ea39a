package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"wscope/cmd/internal/netdial"
	"wscope/render"
	"wscope/wsproto"
)

// errNoPong ends a connection whose peer is silent.
type errNoPong struct{ after time.Duration }

func (e *errNoPong) Timeout() bool { return true }

func (e *errNoPong) Error() string {
	return fmt.Sprintf("no pong and nothing else within %v of a ping", e.after)
}

// errMaxTime ends a session that has lasted too long.
type errMaxTime struct {
	after time.Duration
	// unopened is how far a session had got that never was, or nil.
	unopened error
}

func (e *errMaxTime) Error() string {
	if e.unopened != nil {
		return fmt.Sprintf("the --max-time of %v was over before the session was open%s", e.after, phase(e.unopened))
	}
	return fmt.Sprintf("the session was over its --max-time of %v", e.after)
}

// phase says what was going on when the time was over.
func phase(err error) string {
	var (
		network   *netdial.Error
		handshake *wsproto.HandshakeError
	)
	switch {
	case errors.As(err, &network) && errors.Is(err, context.DeadlineExceeded):
		if when, ok := strings.CutPrefix(network.Error(), "the time was over "); ok {
			return ", " + when
		}
	case errors.As(err, &handshake) && handshake.Kind == wsproto.HandshakeTimeout:
		return ": " + strings.TrimPrefix(handshake.Error(), "handshake: ")
	}
	return ""
}

// overTime reports whether err came about since the time of a session was over. The
// timer of its context may be a moment behind that of the network.
func overTime(ctx context.Context, err error) bool {
	if errors.As(context.Cause(ctx), new(*errMaxTime)) {
		return true
	}
	deadline, ok := ctx.Deadline()
	late := errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded)
	return ok && late && !time.Now().Before(deadline)
}

// An outcome is how a session ended and what that means.
type outcome struct {
	err    error // what reading the connection ended with
	by     render.Side
	code   wsproto.CloseCode // that mattered, 1006 without a closing handshake
	reason string
	exit   int
}

// event returns the outcome as an event.
func (o outcome) event() *render.End {
	return &render.End{Err: o.err, By: o.by, Code: o.code, Reason: o.reason}
}

// judge tells what the error that ended a connection means.
func judge(err error) outcome {
	o := outcome{err: err, code: wsproto.CloseAbnormal, exit: exitReceive}
	var (
		closed *wsproto.CloseError
		broken *wsproto.ProtocolError
		size   *wsproto.SizeError
		drop   *wsproto.DropError
		noPong *errNoPong
		late   *errMaxTime
	)
	switch {
	case errors.As(err, &closed):
		o.code, o.reason, o.by, o.exit = closed.Code, closed.Reason, render.Us, exitOK
		if closed.Remote {
			o.by = render.Peer
			if !normalCode(closed.Code) {
				o.exit = exitClosed
			}
		} else if !normalCode(closed.Reply) && closed.Reply != closed.Code {
			o.exit = exitClosed
		}
	case errors.As(err, &broken):
		o.by, o.code, o.reason, o.exit = render.Us, broken.Code, broken.Reason, exitProtocol
	case errors.As(err, &size):
		o.by, o.code, o.reason = render.Us, wsproto.CloseMessageTooBig, size.Error()
	case errors.As(err, &drop):
		switch drop.Drop {
		case wsproto.DropFIN, wsproto.DropReset:
			o.by = render.Peer
		case wsproto.DropCloseTimeout:
			o.by, o.exit = render.Us, exitTimeout
		case wsproto.DropSend:
			o.exit = exitSend
		}
	case errors.As(err, &noPong):
		o.by, o.exit = render.Us, exitNoPong
	case errors.As(err, &late):
		o.by, o.exit = render.Us, exitTimeout
	case errors.Is(err, context.Canceled):
		o.by, o.exit = render.Us, exitInterrupted
	}
	return o
}

// normalCode reports whether a peer that closes with code has no complaint.
func normalCode(code wsproto.CloseCode) bool {
	return code == wsproto.CloseNormal || code == wsproto.CloseGoingAway || code == wsproto.CloseNoStatus
}

// dialFailure gives an error of opening a connection its exit status and says
// what to try.
func dialFailure(err error, u wsproto.URL) error {
	var (
		known     *exitError
		handshake *wsproto.HandshakeError
		network   *netdial.Error
	)
	switch {
	case errors.As(err, &known):
		return err
	case errors.As(err, &network):
		return netFailure(network, u)
	case errors.As(err, &handshake):
		return handshakeFailure(handshake)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return failure(exitTimeout, fmt.Errorf("connecting to %s took too long: %w", u.Addr(), err), "--connect-timeout gives it more time")
	case errors.Is(err, context.Canceled):
		return err
	}
	return failure(exitConnect, err, "")
}
