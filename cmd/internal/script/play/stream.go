package play

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"wscope/cmd/internal/expect"
	"wscope/render"
	"wscope/sse"
)

// follow opens an event stream as a client.
func (l *link) follow() error {
	peer, err := l.resolve()
	if err != nil {
		return err
	}
	f := &follower{link: l, tap: &tap{}, url: httpURL(peer.URL), opened: make(chan struct{})}
	c, err := f.client(peer)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(l.ctx)
	stream, err := c.Stream(ctx, f.url)
	if err != nil {
		cancel()
		return err
	}
	l.onAbort(func(error) { cancel() })
	failed := make(chan error, 1)
	l.working.Go(func() {
		defer cancel()
		defer stream.Close()
		failed <- f.read(stream)
	})
	refused := l.open.Option("refused")
	select {
	case <-f.opened:
		if refused != nil {
			return fmt.Errorf("the server has opened the stream, expected it to refuse with %d", refused.Number)
		}
		return nil
	case err = <-failed:
	case <-l.ctx.Done():
		return context.Cause(l.ctx)
	}
	var answer *sse.ResponseError
	if refused == nil || !errors.As(err, &answer) {
		return l.explain(l.ctx, peer, err)
	}
	l.response(answer.Response)
	l.body = answer.Body
	if l.status != refused.Number {
		return fmt.Errorf("the server has answered with %s, expected %d", answer.Response.Status, refused.Number)
	}
	return nil
}

// A follower reads an event stream for a link.
type follower struct {
	*link
	tap    *tap
	url    string
	opened chan struct{} // closed when the stream is open for the first time
	open   bool

	begun  time.Time
	before time.Time // of the last event
	stats  render.StreamStats
}

// client returns a client as the options of the script say.
func (f *follower) client(peer *Peer) (*sse.Client, error) {
	header, _, err := f.httpHeader(peer)
	if err != nil {
		return nil, err
	}
	body, post, err := f.bodyOption()
	if err != nil {
		return nil, err
	}
	c := &sse.Client{
		Transport:      f.transport(peer, f.tap),
		Header:         header,
		Body:           body,
		ConnectTimeout: peer.ConnectTimeout,
		NoReconnect:    f.link.open.Option("no-reconnect") != nil,
		FailFirst:      true,
		Identity:       httpCookies{f.link},
		Trace:          f.trace(),
	}
	if post {
		c.Method = http.MethodPost
	}
	if o := f.link.open.Option("last-event-id"); o != nil {
		if c.LastEventID, err = f.vars.expand(o.Texts[0]); err != nil {
			return nil, err
		}
	}
	if o := f.link.open.Option("retry"); o != nil {
		c.Backoff.Delay = max(o.Duration, 1) // zero would be the default
	}
	return c, nil
}

func (f *follower) trace() sse.Trace {
	return sse.Trace{
		Opened: func(o *sse.Opening) {
			f.showExchange(f.url, f.tap, nil)
			f.stats.Connections++
			f.before = o.Time
			f.observer.Show(&render.StreamOpen{Meta: f.meta(), URL: f.url, Opening: o})
			if !f.open {
				f.open = true
				f.response(o.Response)
				close(f.opened)
			}
		},
		Lost: func(l *sse.Loss) {
			if !l.Open {
				f.showExchange(f.url, f.tap, l.Err)
			}
			f.observer.Show(&render.StreamLoss{Meta: f.meta(), Loss: l})
		},
		Read: func(n int) { f.stats.Bytes += uint64(n) },
		Line: func(line *sse.Line) {
			if line.Kind == sse.CommentLine {
				f.stats.Comments++
				f.observer.Show(&render.StreamLine{Meta: f.meta(), Line: line, Gap: f.gap()})
			}
		},
		Retry: func(d time.Duration) {
			f.observer.Show(&render.StreamRetry{Meta: f.meta(), Wait: d, Gap: time.Since(f.before)})
		},
	}
}

// gap returns the time since the last event or comment.
func (f *follower) gap() time.Duration {
	now := time.Now()
	d := now.Sub(f.before)
	f.before = now
	return d
}

// read reads events until the stream ends, and returns why it has.
func (f *follower) read(stream *sse.Stream) error {
	f.begun = time.Now()
	for {
		e, err := stream.Next()
		if err != nil {
			if !f.open {
				f.showExchange(f.url, f.tap, err)
			} else {
				f.observer.Show(&render.StreamEnd{Meta: f.meta(), Err: err, Took: time.Since(f.begun), Stats: f.stats})
			}
			f.inbox.finish(endOfStream(err), err)
			return err
		}
		f.stats.Events++
		f.observer.Show(&render.StreamEvent{Meta: f.meta(), Event: e, Gap: f.gap()})
		f.inbox.put(f.ctx, &expect.Message{Kind: expect.Event, Data: e.Data, Type: string(e.Type), ID: string(e.ID)})
	}
}
