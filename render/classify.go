package render

import (
	"context"
	"errors"
	"net"

	"wscope/wsproto"
)

// String returns "sent" or "received".
func (d Direction) String() string {
	if d == Sent {
		return "sent"
	}
	return "received"
}

// String returns "nobody", "us" or "peer".
func (s Side) String() string {
	switch s {
	case Us:
		return "us"
	case Peer:
		return "peer"
	}
	return "nobody"
}

// classify returns the kind of err, a short name that programs can rely on, and
// the rule that was broken if it is about one. What has no kind of its own is
// of the kind otherwise.
func classify(err error, otherwise string) (kind string, rule *wsproto.ProtocolError) {
	var (
		closed *wsproto.CloseError
		drop   *wsproto.DropError
		size   *wsproto.SizeError
		dns    *net.DNSError
		op     *net.OpError
		slow   interface{ Timeout() bool }
	)
	switch {
	case errors.As(err, &rule):
		return "protocol", rule
	case errors.As(err, &closed):
		return "close", nil
	case errors.As(err, &size):
		return "size", nil
	case errors.As(err, &drop):
		return dropKind(drop.Drop), nil
	case errors.Is(err, context.Canceled):
		return "canceled", nil
	case errors.As(err, &slow) && slow.Timeout():
		return "timeout", nil
	case errors.As(err, &dns):
		return "dns", nil
	case errors.As(err, &op):
		return "network", nil
	}
	return otherwise, nil
}

func dropKind(d wsproto.Drop) string {
	switch d {
	case wsproto.DropFIN:
		return "fin"
	case wsproto.DropReset:
		return "reset"
	case wsproto.DropCloseTimeout:
		return "close_timeout"
	case wsproto.DropSend:
		return "send"
	}
	return "receive"
}
