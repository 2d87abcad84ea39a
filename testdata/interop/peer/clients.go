package peer

import (
	"errors"
	"fmt"
	"sync"
)

// Clients are programs that open one connection after the other, each of them
// one at a time: to start a program takes longer than a conversation. They speak
// as the client of a [Process] does, but are told {"dial": URL, "argument":
// STRING} for each connection, and end when their stdin does.
type Clients struct {
	Name string
	Argv []string

	mu        sync.Mutex
	all, idle []*program
}

// Dial opens a connection, with a program that has nothing to do or a new one.
func (cs *Clients) Dial(url, argument string) (Conn, error) {
	p, err := cs.take()
	if err != nil {
		return nil, err
	}
	if err := p.tell(map[string]any{"dial": url, "argument": argument}); err != nil {
		return nil, err
	}
	e, err := p.next()
	if err == nil && e.Open == nil {
		err = errors.New("the connection was not opened")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cs.Name, err)
	}
	c := &processConn{inbox: newInbox(), client: p, subprotocol: *e.Open, reused: func() { cs.put(p) }}
	go c.read()
	return c, nil
}

func (cs *Clients) take() (*program, error) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if n := len(cs.idle); n > 0 {
		p := cs.idle[n-1]
		cs.idle = cs.idle[:n-1]
		return p, nil
	}
	p, err := start(cs.Argv)
	if err == nil {
		cs.all = append(cs.all, p)
	}
	return p, err
}

func (cs *Clients) put(p *program) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.idle = append(cs.idle, p)
}

// Close ends the programs. If any is still busy, after a test that has failed,
// they are killed.
func (cs *Clients) Close() error {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	var errs []error
	busy := len(cs.all) - len(cs.idle)
	if busy > 0 {
		errs = append(errs, fmt.Errorf("%s: %d clients are busy", cs.Name, busy))
	}
	for _, p := range cs.all {
		p.stdin.Close()
		if busy > 0 {
			p.cmd.Process.Kill()
		}
		errs = append(errs, p.cmd.Wait())
	}
	return errors.Join(errs...)
}
