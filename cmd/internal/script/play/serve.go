package play

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"wscope/cmd/internal/script"
)

// startListen opens a port and plays the steps of the block beside those that
// follow it.
func (t *part) startListen(s *script.Listen) error {
	address, err := t.optional(s.Address)
	if err != nil {
		return err
	}
	switch {
	case address == "":
		address = "127.0.0.1:0"
	case !strings.Contains(address, ":"):
		address = "127.0.0.1:" + address
	}
	listener, err := new(net.ListenConfig).Listen(t.ctx, "tcp", address)
	if err != nil {
		return err
	}
	t.vars.set(s.As, "ws://"+listener.Addr().String())
	block := t.newPart(s, t.vars.clone())
	block.listener = listener
	stop := context.AfterFunc(t.ctx, func() { listener.Close() })
	t.working.Go(func() {
		defer stop()
		defer listener.Close()
		block.run(s.Steps)
		// Others who connect wait until the test is over, rather than to be
		// turned away.
		<-t.ctx.Done()
	})
	return nil
}

// takeClient waits for a client of a listen block.
func (l *link) takeClient(listener net.Listener) (net.Conn, error) {
	nc, err := listener.Accept()
	if err != nil {
		if l.ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
			return nil, context.Cause(l.ctx)
		}
		return nil, fmt.Errorf("waiting for a client: %w", err)
	}
	l.onAbort(func(error) { nc.Close() })
	return nc, nil
}
