package peer

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// A Process is an implementation in another language. Its programs speak JSON,
// one object a line.
type Process struct {
	Name string
	// Server is the command line of an echo server with the behaviour of Echo.
	// It prints {"listening": URL} first and {"ended": {"code", "reason"}} for
	// each connection, and ends when its stdin does.
	Server []string
	// Client is the command line of a client; the URL and the subprotocols are
	// appended. It prints {"open": SUBPROTOCOL}, {"message": BASE64, "text":
	// BOOL}, {"pong": STRING} and {"closed": {"code", "reason"}} as they
	// happen, and is told {"send": BASE64, "text": BOOL, "fragmented": BOOL},
	// {"ping": STRING} and {"close": CODE, "reason": STRING}.
	Client []string
}

// event is what a program prints.
type event struct {
	Listening string
	Ended     *closeEvent
	Open      *string
	Message   *string
	Text      bool
	Pong      *string
	Closed    *closeEvent
}

type closeEvent struct {
	Code   int
	Reason string
}

func (e *closeEvent) end() *End { return &End{Code: e.Code, Reason: e.Reason} }

// program is a running program.
type program struct {
	cmd   *exec.Cmd
	mu    sync.Mutex // of stdin
	stdin io.WriteCloser
	lines *bufio.Reader
}

func start(argv []string) (*program, error) {
	p := &program{cmd: exec.Command(argv[0], argv[1:]...)}
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	p.lines = bufio.NewReader(out)
	return p, p.cmd.Start()
}

func (p *program) next() (event, error) {
	line, err := p.lines.ReadString('\n')
	if err != nil {
		return event{}, err
	}
	var e event
	if err := json.Unmarshal([]byte(line), &e); err != nil {
		return event{}, fmt.Errorf("%w in %q", err, strings.TrimSpace(line))
	}
	return e, nil
}

func (p *program) tell(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err = p.stdin.Write(append(b, '\n'))
	return err
}

// Start starts the server. The function ended gets how each connection ended.
// Stop ends the server and returns what went wrong with it.
func (p Process) Start(ended func(*End)) (url string, stop func() error, err error) {
	server, err := start(p.Server)
	if err != nil {
		return "", nil, err
	}
	ready, err := server.next()
	if err == nil && ready.Listening == "" {
		err = errors.New("no URL")
	}
	if err != nil {
		server.cmd.Process.Kill()
		return "", nil, fmt.Errorf("%s: %w", p.Name, errors.Join(err, server.cmd.Wait()))
	}
	failed := make(chan error, 1)
	go func() {
		for {
			e, err := server.next()
			if err == nil && e.Ended == nil {
				err = fmt.Errorf("%s: an event that is none", p.Name)
			}
			if err != nil {
				if err == io.EOF {
					err = nil
				}
				failed <- err
				return
			}
			ended(e.Ended.end())
		}
	}()
	return ready.Listening, func() error {
		server.stdin.Close()
		return errors.Join(<-failed, server.cmd.Wait())
	}, nil
}

// Dial starts a client.
func (p Process) Dial(_ context.Context, url string, subprotocols ...string) (Conn, error) {
	argv := append(append([]string(nil), p.Client...), url)
	client, err := start(append(argv, subprotocols...))
	if err != nil {
		return nil, err
	}
	e, err := client.next()
	if err == nil && e.Open == nil {
		err = errors.New("the connection was not opened")
	}
	if err != nil {
		client.cmd.Process.Kill()
		return nil, fmt.Errorf("%s: %w", p.Name, errors.Join(err, client.cmd.Wait()))
	}
	c := &processConn{inbox: newInbox(), client: client, subprotocol: *e.Open}
	go c.read()
	return c, nil
}

type processConn struct {
	inbox
	client      *program
	subprotocol string
	reused      func() // unless nil, called after the end: the program goes on
}

func (c *processConn) read() {
	end := &End{Code: 1006}
	for {
		e, err := c.client.next()
		switch {
		case err != nil:
			c.client.stdin.Close()
			if err != io.EOF {
				end.Err = err
			}
			if err := c.client.cmd.Wait(); err != nil {
				end.Err = err
			}
			c.ended(end)
			return
		case e.Message != nil:
			p, err := base64.StdEncoding.DecodeString(*e.Message)
			if err != nil {
				end.Err = err
			}
			c.message(e.Text, p)
		case e.Pong != nil:
			c.pong(*e.Pong)
		case e.Closed != nil:
			end = e.Closed.end()
			if c.reused != nil {
				c.reused()
				c.ended(end)
				return
			}
		}
	}
}

func (c *processConn) Subprotocol() string { return c.subprotocol }

func (c *processConn) Send(m Message) error { return c.send(m, false) }

func (c *processConn) SendFragmented(m Message) error { return c.send(m, true) }

func (c *processConn) send(m Message, fragmented bool) error {
	return c.client.tell(map[string]any{
		"send": base64.StdEncoding.EncodeToString(m.Data), "text": m.Text, "fragmented": fragmented,
	})
}

func (c *processConn) Ping(ctx context.Context) error {
	if err := c.client.tell(map[string]any{"ping": pingPayload}); err != nil {
		return err
	}
	return c.await(ctx, pingPayload)
}

func (c *processConn) Close(code int, reason string) error {
	return c.client.tell(map[string]any{"close": code, "reason": reason})
}
