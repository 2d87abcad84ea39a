package wsproto_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// echo serves a connection whose opening handshake is still to be done, until it
// ends, and sends every message back.
func echo(nc net.Conn, role wsproto.Role, cfg wsproto.Config, inPieces bool) error {
	var c *wsproto.Conn
	var err error
	if role == wsproto.Server {
		c, _, err = (&wsproto.Acceptor{Config: cfg}).Accept(nc)
	} else {
		d := wsproto.Dialer{Config: cfg, Key: wstest.SampleKey}
		var req *wsproto.Request
		u, _ := wsproto.ParseURL("ws://pipe/")
		if req, err = d.Request(u); err == nil {
			c, _, err = d.Upgrade(context.Background(), nc, req)
		}
	}
	if err != nil {
		return err
	}
	for {
		var m wsproto.Message
		if inPieces {
			m, err = collect(c)
		} else {
			m, err = c.ReadMessage()
		}
		if err != nil {
			return err
		}
		if err := c.QueueMessage(m.Opcode, m.Payload); err != nil && !errors.Is(err, wsproto.ErrCloseSent) {
			// How the connection ended is the reader's to say.
			continue
		}
	}
}

// collect reads a message piece by piece.
func collect(c *wsproto.Conn) (wsproto.Message, error) {
	var m wsproto.Message
	for {
		p, err := c.ReadPiece()
		if err != nil {
			return m, err
		}
		if p.Start != (m.Frames == 0) {
			return m, fmt.Errorf("a piece with Start %v after %d frames", p.Start, m.Frames)
		}
		m.Opcode, m.Frames, m.Wire = p.Opcode, p.Frames, p.Wire
		m.Payload = append(m.Payload, p.Payload...)
		if p.Done {
			return m, nil
		}
	}
}

// opening is the peer's half of the opening handshake.
func opening(p *wstest.Peer) (wstest.Opening, error) {
	if p.Role == wsproto.Server {
		head, err := p.ReadHead()
		if err != nil {
			return wstest.Opening{}, err
		}
		key, err := wstest.CheckRequest(head)
		return wstest.Opening{Send: wstest.NewReply(key).Bytes()}, err
	}
	return wstest.Opening{
		Send: wstest.NewRequest("pipe", "/").Bytes(),
		Check: func(p *wstest.Peer) error {
			head, err := p.ReadHead()
			if err != nil {
				return err
			}
			return wstest.CheckReply(head, wstest.SampleKey)
		},
	}, nil
}

// runCase runs c in a bubble of its own, so that no timeout takes time and every
// goroutine has to end.
func runCase(t *testing.T, role wsproto.Role, inPieces bool, c wstest.Case, v wstest.Variant) (err error) {
	synctest.Test(t, func(*testing.T) {
		ours, theirs := wstest.Pipe()
		cfg := wsproto.Config{MaxMessageSize: int64(c.Limit)}
		done := make(chan error)
		go func() { done <- echo(theirs, role, cfg, inPieces) }()
		p := wstest.NewPeer(ours, role.Peer())
		o, openErr := opening(p)
		if openErr == nil {
			err = c.Run(p, v, o)
		} else {
			err = openErr
			p.Close()
		}
		<-done
	})
	return err
}

// TestConformance plays the cases of wstest against a connection that echoes,
// each case in one of the ways to send it, to one that reads whole messages or
// to one that reads pieces.
func TestConformance(t *testing.T) {
	for _, role := range []wsproto.Role{wsproto.Server, wsproto.Client} {
		for _, inPieces := range []bool{false, true} {
			name := role.String()
			if inPieces {
				name += " in pieces"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				cases := append(wstest.Cases(), wstest.Drops(role.Peer())...)
				cases = append(cases, wstest.Mutations(role.Peer(), 7, 100)...)
				for i, c := range cases {
					if size(c) > 64<<10 {
						continue // others do the same with less
					}
					if i%sample != 0 || inPieces != (i/sample%3 == 0) {
						continue
					}
					v := c.Variants()
					if err := runCase(t, role, inPieces, c, v[i%len(v)]); err != nil {
						t.Errorf("%s, %s: %v", c.Name, v[i%len(v)].Name, err)
					}
				}
			})
		}
	}
}

// size is about how many bytes c sends.
func size(c wstest.Case) (n int) {
	for _, s := range c.Send {
		switch s := s.(type) {
		case wstest.Frame:
			n += len(s.Payload)
		case wstest.Piece:
			n += s.To - s.From
		}
	}
	return n
}

// TestRequests plays the opening handshakes of clients, good and bad, to an
// Acceptor.
func TestRequests(t *testing.T) {
	for i, r := range wstest.Requests() {
		synctest.Test(t, func(t *testing.T) {
			ours, theirs := wstest.Pipe()
			done := make(chan error)
			go func() { done <- echo(theirs, wsproto.Server, wsproto.Config{}, false) }()
			if err := r.Run(wstest.NewPeer(ours, wsproto.Client), "pipe", wstest.Segments(i%3)); err != nil {
				t.Error(err)
			}
			<-done
		})
	}
}

// TestReplies plays the opening handshakes of servers to a Dialer, which has to
// come to one of the outcomes wanted.
func TestReplies(t *testing.T) {
	for i, r := range wstest.Replies() {
		synctest.Test(t, func(t *testing.T) {
			ours, theirs := wstest.Pipe()
			run := make(chan error)
			go func() { run <- r.Run(wstest.NewPeer(ours, wsproto.Server), wstest.Segments(i%3)) }()
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			var d wsproto.Dialer
			u, _ := wsproto.ParseURL("ws://pipe/")
			req, _ := d.Request(u)
			c, _, err := d.Upgrade(ctx, theirs, req)
			for err == nil {
				var m wsproto.Message
				if m, err = c.ReadMessage(); err == nil {
					c.WriteMessage(m.Opcode, m.Payload)
				}
			}
			// An RST can take along what was sent before it.
			got := outcome(err)
			if !slices.Contains(r.Want, got) && !(r.Then == wstest.Cut && got == wstest.Dropped) {
				t.Errorf("%s (%s): %s, want %s: %v", r.Name, r.Ref, got, r.Want, err)
			}
			if err := <-run; err != nil {
				t.Errorf("%s (%s): %v", r.Name, r.Ref, err)
			}
		})
	}
}

// outcome tells what became of a connection by how it ended.
func outcome(err error) wstest.Outcome {
	var drop *wsproto.DropError
	var e *wsproto.HandshakeError
	switch {
	case errors.As(err, &drop):
		return wstest.Dropped
	case !errors.As(err, &e):
		return wstest.Opens
	}
	switch e.Kind {
	case wsproto.HandshakeRefused:
		return wstest.Refused
	case wsproto.HandshakeEmpty:
		return wstest.Empty
	case wsproto.HandshakeDropped:
		return wstest.Dropped
	case wsproto.HandshakeTimeout:
		return wstest.Silence
	}
	return wstest.Invalid
}
