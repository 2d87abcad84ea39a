package cmd

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"

	"wscope/cmd/internal/netdial"
	"wscope/cmd/internal/script/play"
	"wscope/wsproto"
)

// A peerBook knows how the servers of a run are reached. What the flags say is
// worked out once for each server, so that a password is asked for once.
type peerBook struct {
	options *runOptions

	mu   sync.Mutex
	ways map[wayKey]way
}

// A wayKey is what of a target decides how it is reached.
type wayKey struct {
	url  wsproto.URL // without the request target
	unix string
}

// A way is how a server is reached.
type way struct {
	dialer  *wsproto.Dialer
	network *netdial.Dialer
}

// resolve returns how the server of a URL is reached.
func (b *peerBook) resolve(url string) (*play.Peer, error) {
	t, err := parseTarget(url)
	if err != nil {
		return nil, err
	}
	w, err := b.way(t)
	if err != nil {
		return nil, err
	}
	return &play.Peer{
		URL:    t.url.String(),
		Dialer: w.dialer,
		Open: func(ctx context.Context, host, port string, secure bool) (net.Conn, error) {
			nc, _, err := w.network.Dial(ctx, netdial.Target{Host: host, Port: port, TLS: secure})
			return nc, err
		},
		ConnectTimeout: b.options.dial.net.connectTimeout,
		Explain:        func(err error) error { return explain(err, t.url) },
	}, nil
}

// way returns how a target is reached.
func (b *peerBook) way(t target) (w way, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := wayKey{t.url, t.unix}
	key.url.Target = ""
	if w, ok := b.ways[key]; ok {
		return w, nil
	}
	if w.dialer, err = b.options.dial.dialer(t, b.options.streams); err != nil {
		return w, err
	}
	if w.network, err = b.options.dial.network(t, b.options.streams); err != nil {
		return w, err
	}
	if b.ways == nil {
		b.ways = map[wayKey]way{}
	}
	b.ways[key] = w
	return w, nil
}

// explain words an error of opening a connection, with what to try in a line of
// its own.
func explain(err error, u wsproto.URL) error {
	err = dialFailure(err, u)
	var known *exitError
	if errors.As(err, &known) && known.hint != "" {
		return errors.New(strings.TrimRight(known.Error(), "\n") + "\nhint: " + known.hint)
	}
	return err
}
