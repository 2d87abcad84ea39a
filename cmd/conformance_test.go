package cmd_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// TestConformance runs the cases of package wstest against the real program in
// both roles. WSCOPE_BINARY names a program to test instead of the one that is
// built from this tree.
func TestConformance(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of connections and processes")
	}
	bin := wscopeBinary(t)
	t.Run("server", func(t *testing.T) { testServer(t, bin) })
	t.Run("client", func(t *testing.T) { testClient(t, bin) })
}

func wscopeBinary(t *testing.T) string {
	if bin := os.Getenv("WSCOPE_BINARY"); bin != "" {
		return bin
	}
	bin := filepath.Join(t.TempDir(), "wscope")
	if runtime.GOOS == "windows" {
		bin += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", bin, "..").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}

// program returns a command that runs in an environment without surprises.
func program(ctx context.Context, bin string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, bin, args...)
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); !strings.HasSuffix(strings.ToLower(name), "_proxy") {
			c.Env = append(c.Env, v)
		}
	}
	if os.Getenv("GORACE") == "" {
		// The race detector lets a program linger for a second at its end.
		c.Env = append(c.Env, "GORACE=atexit_sleep_ms=0")
	}
	c.WaitDelay = 5 * time.Second
	return c
}

// A conformanceServer is a wscope listen that runs.
type conformanceServer struct {
	addr   string
	cmd    *exec.Cmd
	stderr *syncBuffer
	done   chan struct{}
	err    error // of Wait
}

// startListen starts wscope listen and waits until it is ready. The test fails
// if it has not ended by itself before the test.
func startListen(t *testing.T, bin string, args ...string) *conformanceServer {
	t.Helper()
	s := &conformanceServer{stderr: new(syncBuffer), done: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	s.cmd = program(ctx, bin, append([]string{"listen", "127.0.0.1:0", "-q"}, args...)...)
	s.cmd.Stderr = s.stderr
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stdout)
	ready, err := lines.ReadString('\n')
	addr, ok := strings.CutPrefix(strings.TrimSuffix(ready, "/\n"), "listening on ws://")
	if err != nil || !ok {
		cancel()
		s.cmd.Wait()
		t.Fatalf("the ready line is %q (%v), stderr %q", ready, err, s.stderr)
	}
	s.addr = addr
	go func() {
		defer close(s.done)
		io.Copy(io.Discard, lines)
		s.err = s.cmd.Wait()
	}()
	t.Cleanup(func() {
		select {
		case <-s.done:
		default:
			cancel()
			<-s.done
		}
		if t.Failed() {
			t.Logf("wscope listen %q wrote to stderr:\n%s", args, tail(s.stderr.String(), 4000))
		}
	})
	return s
}

// dial returns a peer that is connected to s.
func (s *conformanceServer) dial(t *testing.T) *wstest.Peer {
	t.Helper()
	select {
	case <-s.done:
		t.Fatalf("the server has ended: %v, stderr %q", s.err, s.stderr)
	default:
	}
	nc, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	return wstest.NewPeer(nc, wsproto.Client)
}

// opening is the opening handshake of a polite client.
func (s *conformanceServer) opening() wstest.Opening {
	return wstest.Opening{
		Send: wstest.NewRequest(s.addr, "/").Bytes(),
		Check: func(p *wstest.Peer) error {
			head, err := p.ReadHead()
			if err != nil {
				return err
			}
			return wstest.CheckReply(head, wstest.SampleKey)
		},
	}
}

// A clientRun is how wscope connect ended.
type clientRun struct {
	exit           int
	stdout, stderr string
}

// runConnect runs wscope connect against a server that takes a single
// connection and plays serve on it.
func runConnect(t *testing.T, bin string, args []string, serve func(*wstest.Peer) error) (clientRun, error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() {
		nc, err := ln.Accept()
		ln.Close()
		if err != nil {
			served <- errors.New("the client did not connect")
			return
		}
		served <- serve(wstest.NewPeer(nc, wsproto.Server))
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var stdout, stderr bytes.Buffer
	c := program(ctx, bin, append(append([]string{"connect"}, args...), "ws://"+ln.Addr().String()+"/")...)
	c.Stdout, c.Stderr = &stdout, &stderr
	err = c.Run()
	ln.Close()
	serveErr := <-served
	run := clientRun{c.ProcessState.ExitCode(), stdout.String(), stderr.String()}
	if ee := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ee) {
		t.Errorf("running the client: %v", err)
	}
	return run, serveErr
}

// A syncBuffer is a buffer that a process writes and a test reads.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// tail returns the end of s.
func tail(s string, n int) string {
	if len(s) > n {
		return "..." + s[len(s)-n:]
	}
	return s
}
