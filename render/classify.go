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
// the rule that was broken if it is about one. An error of another package tells
// it by a method Kind. What has no kind of its own is of the kind otherwise.
func classify(err error, otherwise string) (kind string, rule *wsproto.ProtocolError) {
	var (
		closed    *wsproto.CloseError
		drop      *wsproto.DropError
		size      *wsproto.SizeError
		handshake *wsproto.HandshakeError
		secure    *wsproto.TLSError
		dns       *net.DNSError
		op        *net.OpError
		slow      interface{ Timeout() bool }
		phased    interface{ Kind() string }
		recorded  *recordedError
	)
	if errors.As(err, &recorded) {
		errors.As(recorded.cause, &rule)
		return recorded.kind, rule
	}
	if kind := classifyStream(err); kind != "" {
		return kind, nil
	}
	switch {
	case errors.As(err, &rule):
		return "protocol", rule
	case errors.As(err, &closed):
		return "close", nil
	case errors.As(err, &size):
		return "size", nil
	case errors.As(err, &drop):
		return nameOf(dropKinds, int(drop.Drop)), nil
	case errors.As(err, &handshake):
		return nameOf(handshakeKinds, int(handshake.Kind)), nil
	case errors.Is(err, context.Canceled):
		return "canceled", nil
	case errors.As(err, &slow) && slow.Timeout():
		return "timeout", nil
	case errors.As(err, &phased):
		return phased.Kind(), nil
	case errors.As(err, &secure):
		return "tls", nil
	case errors.As(err, &dns):
		return "dns", nil
	case errors.As(err, &op):
		return "network", nil
	}
	return otherwise, nil
}

var dropKinds = []string{
	0:                        "receive",
	wsproto.DropFIN:          "fin",
	wsproto.DropReset:        "reset",
	wsproto.DropCloseTimeout: "close_timeout",
	wsproto.DropReceive:      "receive",
	wsproto.DropSend:         "send",
}

var handshakeKinds = []string{
	0:                         "handshake",
	wsproto.HandshakeInvalid:  "handshake_invalid",
	wsproto.HandshakeRefused:  "handshake_refused",
	wsproto.HandshakeRejected: "handshake_rejected",
	wsproto.HandshakeEmpty:    "handshake_empty",
	wsproto.HandshakeDropped:  "handshake_dropped",
	wsproto.HandshakeTimeout:  "handshake_timeout",
}
