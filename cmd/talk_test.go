package cmd

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wscope/cmd/internal/lineedit"
	"wscope/wsproto"
)

// patience bounds every wait. Only a test that fails gets to it.
const patience = 20 * time.Second

// A typist is a console with a test at its keys.
type typist struct {
	lines  chan func() (string, error)
	closed chan struct{}
	once   sync.Once
	held   atomic.Pointer[hold] // nil while the terminal takes what is written
	*watchedOutput
}

// A hold keeps what is written from the terminal.
type hold struct {
	begun, over chan struct{} // the first write waits; it need not any more
	once        sync.Once
}

func (c *typist) Write(p []byte) (int, error) {
	if h := c.held.Load(); h != nil {
		h.once.Do(func() { close(h.begun) })
		<-h.over
	}
	return c.watchedOutput.Write(p)
}

var _ console = (*typist)(nil)

func newTypist() *typist {
	return &typist{
		lines:         make(chan func() (string, error)),
		closed:        make(chan struct{}),
		watchedOutput: newWatchedOutput(),
	}
}

func (c *typist) ReadLine() (string, error) {
	select {
	case line := <-c.lines:
		return line()
	case <-c.closed:
		return "", lineedit.ErrClosed
	}
}

func (c *typist) Close() error {
	c.once.Do(func() { close(c.closed) })
	return nil
}

// A watchedOutput collects what is shown and can be waited for.
type watchedOutput struct {
	mu      sync.Mutex
	b       bytes.Buffer
	changed chan struct{} // closed and replaced by each write
}

func newWatchedOutput() *watchedOutput { return &watchedOutput{changed: make(chan struct{})} }

func (w *watchedOutput) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.changed)
	w.changed = make(chan struct{})
	return w.b.Write(p)
}

func (w *watchedOutput) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// wait waits until text was shown.
func (w *watchedOutput) wait(t *testing.T, text string) {
	t.Helper()
	w.waitFor(t, text, func(shown string) bool { return strings.Contains(shown, text) })
}

// waitFor waits until what was shown is ok, which is called what.
func (w *watchedOutput) waitFor(t *testing.T, what string, ok func(shown string) bool) {
	t.Helper()
	timeout := time.After(patience)
	for {
		w.mu.Lock()
		shown, changed := w.b.String(), w.changed
		w.mu.Unlock()
		if ok(shown) {
			return
		}
		select {
		case <-changed:
		case <-timeout:
			t.Fatalf("%q is not shown, but\n%s", what, shown)
		}
	}
}

// A talk is a command that runs between a scripted console and peers of its own.
type talk struct {
	t        *testing.T
	con      *typist
	out, err *watchedOutput
	status   chan int
}

// startTalk runs a command line on a terminal with a typist.
func startTalk(t *testing.T, ctx context.Context, args []string) *talk {
	t.Helper()
	k := &talk{t: t, con: newTypist(), out: newWatchedOutput(), err: newWatchedOutput(), status: make(chan int, 2)}
	s := streams{
		in: strings.NewReader(""), out: outputWriter{k.out}, err: k.err,
		inTTY: true, outTTY: true, errTTY: true,
		env:  func(name string) string { return map[string]string{"TERM": "dumb"}[name] },
		exit: new(exitHooks),
		// What the process would end with, if it was one.
		leave: func(code int) { k.status <- code },
	}
	open := func(streams, consoleOptions) (console, error) { return k.con, nil }
	connect := newConnectCmd(s, func(_ context.Context, o connectOptions) error {
		o.newConsole = open
		return runConnect(ctx, o)
	})
	if args[0] == "listen" {
		connect = newListenCmd(s, func(_ context.Context, o listenOptions) error {
			o.newConsole = open
			return runListen(ctx, o)
		})
	}
	go func() { k.status <- finish(ctx, s, connect, execute(connect, args[1:]...)) }()
	return k
}

// types types lines. Each is taken before the next one is typed.
func (k *talk) types(lines ...string) {
	k.t.Helper()
	for _, line := range lines {
		k.give(line, nil)
	}
}

// give has the console return a line and an error.
func (k *talk) give(line string, err error) {
	k.t.Helper()
	select {
	case k.con.lines <- func() (string, error) { return line, err }:
	case <-time.After(patience):
		k.t.Fatalf("nobody reads what is typed:\n%s%s", k.con, k.err)
	}
}

func (k *talk) wantStatus(want int) {
	k.t.Helper()
	select {
	case got := <-k.status:
		if got != want {
			k.t.Errorf("exit status %d, want %d\n%s%s%s", got, want, k.con, k.out, k.err)
		}
	case <-time.After(patience):
		k.t.Fatalf("the session does not end\n%s%s", k.con, k.err)
	}
}

// A testServer accepts connections and hands them to a test.
type testServer struct {
	t     *testing.T
	l     net.Listener
	conns chan *wsproto.Conn
}

func newTestServer(t *testing.T) *testServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &testServer{t, l, make(chan *wsproto.Conn)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			nc.SetDeadline(time.Now().Add(patience))
			if c, _, err := new(wsproto.Acceptor).Accept(nc); err == nil {
				s.conns <- c
			}
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return s
}

func (s *testServer) url() string { return "ws://" + s.l.Addr().String() + "/" }

func (s *testServer) accept() *testConn {
	s.t.Helper()
	select {
	case c := <-s.conns:
		s.t.Cleanup(func() { c.Abort(nil) })
		return &testConn{s.t, c}
	case <-time.After(patience):
		s.t.Fatal("nobody connects")
		return nil
	}
}

// A testConn is the server's end of a connection.
type testConn struct {
	t *testing.T
	*wsproto.Conn
}

// want reads a message.
func (c *testConn) want(op wsproto.Opcode, text string) {
	c.t.Helper()
	m, err := c.ReadMessage()
	if err != nil || m.Opcode != op || string(m.Payload) != text {
		c.t.Fatalf("the server got %v %q, %v, want %v %q", m.Opcode, m.Payload, err, op, text)
	}
}

// wantClose reads up to the client's Close frame.
func (c *testConn) wantClose(code wsproto.CloseCode, reason string) {
	c.t.Helper()
	_, err := c.ReadMessage()
	var closed *wsproto.CloseError
	if !errors.As(err, &closed) || !closed.Remote || closed.Code != code || closed.Reason != reason {
		c.t.Fatalf("the server got %v, want %d %q", err, code, reason)
	}
}

func (c *testConn) says(text string) {
	c.t.Helper()
	if err := c.WriteMessage(wsproto.OpText, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}
