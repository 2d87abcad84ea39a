package play

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"wscope/cmd/internal/expect"
	"wscope/cmd/internal/script"
	"wscope/wsproto"
)

// connect opens a WebSocket connection as a client.
func (l *link) connect() error {
	peer, err := l.resolve()
	if err != nil {
		return err
	}
	ctx, done := l.bounded(peer)
	defer done()
	d := *peer.Dialer
	if d.Header, d.Omit, err = l.header(d.Header, d.Omit); err != nil {
		return err
	}
	if d.Header, err = l.withCookies(d.Header, d.Omit, peer.URL); err != nil {
		return err
	}
	if o := l.open.Option("origin"); o != nil {
		origin, err := l.vars.expand(o.Texts[0])
		if err != nil {
			return err
		}
		d.Header = setField(d.Header, "Origin", origin)
	}
	if o := l.open.Option("subprotocol"); o != nil {
		if d.Subprotocols, err = l.texts(o); err != nil {
			return err
		}
	}
	w := l.observer.WebSocket(l.number, wsproto.Client)
	d.Config = l.config(w)
	if l.open.Option("deflate") != nil {
		d.Extensions = w.Deflate()
	}
	start := time.Now()
	c, resp, err := upgrade(ctx, peer, &d)
	w.Opened(c, peer.URL, resp, time.Since(start), err)
	if resp != nil {
		l.status, l.fields = resp.Status, resp.Fields
		l.gotCookies(peer.URL, resp.Fields.Values("Set-Cookie"))
	}
	if refused := l.open.Option("refused"); refused != nil {
		return l.refused(c, resp, err, refused.Number, peer)
	}
	if err != nil {
		return l.explain(ctx, peer, err)
	}
	l.begin(c, w)
	return nil
}

// upgrade opens a network connection and does the opening handshake over it.
func upgrade(ctx context.Context, peer *Peer, d *wsproto.Dialer) (*wsproto.Conn, *wsproto.Response, error) {
	u, err := wsproto.ParseURL(peer.URL)
	if err != nil {
		return nil, nil, err
	}
	req, err := d.Request(u)
	if err != nil {
		return nil, nil, err
	}
	nc, err := peer.Open(ctx, u.Host, u.Port, u.Secure)
	if err != nil {
		return nil, nil, err
	}
	return d.Upgrade(ctx, nc, req)
}

// resolve returns how the server of the URL is reached.
func (l *link) resolve() (*Peer, error) {
	url, err := l.vars.expand(l.open.URL)
	if err != nil {
		return nil, err
	}
	return l.Resolve(url)
}

// bounded returns the context for opening a connection.
func (l *link) bounded(peer *Peer) (context.Context, context.CancelFunc) {
	if peer.ConnectTimeout <= 0 {
		return context.WithCancel(l.ctx)
	}
	return context.WithTimeout(l.ctx, peer.ConnectTimeout)
}

// explain words an error of opening a connection.
func (l *link) explain(ctx context.Context, peer *Peer, err error) error {
	if l.ctx.Err() != nil {
		return context.Cause(l.ctx)
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("the connection was not open after %v: %w", peer.ConnectTimeout, err)
	}
	if peer.Explain != nil {
		return peer.Explain(err)
	}
	return err
}

// refused judges an upgrade that was to be refused.
func (l *link) refused(c *wsproto.Conn, resp *wsproto.Response, err error, want int, peer *Peer) error {
	if c != nil {
		c.Abort(errOver)
		return fmt.Errorf("the server has accepted the upgrade, expected it to refuse with %d", want)
	}
	var handshake *wsproto.HandshakeError
	if !errors.As(err, &handshake) || handshake.Kind != wsproto.HandshakeRefused {
		return l.explain(l.ctx, peer, err)
	}
	if resp.Status != want {
		return fmt.Errorf("the server has refused with %d %s, expected %d", resp.Status, resp.Reason, want)
	}
	l.body = resp.Body
	l.inbox.finish(&expect.Message{Kind: expect.Close}, errors.New("it was refused"))
	return nil
}

// config returns how the connection behaves.
func (l *link) config(w Watch) wsproto.Config {
	c := wsproto.Config{
		CloseTimeout: max(l.Within, closingTime),
		Lenient:      l.open.Option("lenient") != nil,
		NoPong:       l.open.Option("no-pong") != nil,
		Trace:        w.Trace(),
	}
	show := c.Trace.FrameReceived
	c.Trace.FrameReceived = func(f *wsproto.FrameInfo) {
		if show != nil {
			show(f)
		}
		switch f.Header.Opcode {
		case wsproto.OpPing:
			l.inbox.put(l.ctx, &expect.Message{Kind: expect.Ping, Data: f.Payload})
		case wsproto.OpPong:
			l.inbox.put(l.ctx, &expect.Message{Kind: expect.Pong, Data: f.Payload})
		}
	}
	return c
}

// begin reads from an open connection until it ends.
func (l *link) begin(c *wsproto.Conn, w Watch) {
	opened := time.Now()
	l.mu.Lock()
	l.ws = c
	if l.aborted == nil {
		l.aborts = nil // c owns what they would close
	}
	l.mu.Unlock()
	l.onAbort(c.Abort)
	l.working.Go(func() {
		for {
			m, err := c.ReadMessage()
			if err != nil {
				w.Ended(c, opened, err)
				l.inbox.finish(endOf(err), err)
				return
			}
			kind := expect.Text
			if m.Opcode == wsproto.OpBinary {
				kind = expect.Binary
			}
			l.inbox.put(l.ctx, &expect.Message{Kind: kind, Data: m.Payload})
		}
	})
}

// accept takes a client in and opens a WebSocket connection with it.
func (l *link) accept(listener net.Listener) error {
	w := l.observer.WebSocket(l.number, wsproto.Server)
	a := wsproto.Acceptor{Config: l.config(w)}
	var err error
	if a.Header, _, err = l.header(nil, nil); err != nil {
		return err
	}
	if o := l.open.Option("subprotocol"); o != nil {
		if a.Subprotocols, err = l.texts(o); err != nil {
			return err
		}
	}
	if l.open.Option("deflate") != nil {
		a.Extensions = w.Deflate()
	}
	nc, err := l.takeClient(listener)
	if err != nil {
		return err
	}
	start := time.Now()
	c, r, err := a.Accept(nc)
	target := ""
	if r != nil {
		target = r.Target
		l.asked, l.fields = r.Method+" "+r.Target, r.Fields
	}
	w.Opened(c, target, nil, time.Since(start), err)
	if err != nil {
		return l.explain(l.ctx, &Peer{}, err)
	}
	l.begin(c, w)
	return nil
}

// texts returns the texts of an option.
func (l *link) texts(o *script.Option) (all []string, err error) {
	for _, t := range o.Texts {
		s, err := l.vars.expand(t)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}
