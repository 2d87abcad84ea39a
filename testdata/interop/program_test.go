package interop

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A result is what a run of the program came to.
type result struct {
	stdout, stderr string
	exit           int
}

// run runs the program to its end. An empty stdin is the null device.
func run(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	cmd := exec.CommandContext(bounded(t), wscope, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if stdin != "" {
		cmd.Stdin = strings.NewReader(stdin)
	}
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.Exited()) {
		t.Fatalf("wscope %q: %v\n%s", args, err, stderr.String())
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// check compares a result with an exit status and an output.
func (r result) check(t *testing.T, exit int, stdout string) {
	t.Helper()
	if r.exit != exit {
		t.Errorf("exit status %d, want %d\n%s", r.exit, exit, r.stderr)
	}
	if r.stdout != stdout {
		t.Errorf("stdout is %s, want %s\n%s", abridged(r.stdout), abridged(stdout), r.stderr)
	}
}

// abridged quotes a string that may be long.
func abridged(s string) string {
	if len(s) > 200 {
		return fmt.Sprintf("%q and so on (%d bytes)", s[:200], len(s))
	}
	return fmt.Sprintf("%q", s)
}

// A listener is a wscope listen that runs beside a test.
type listener struct {
	url    string
	cmd    *exec.Cmd
	stdout bytes.Buffer // after the ready line; complete when it has ended
	stderr *bytes.Buffer
	done   chan struct{} // closed when it has ended
}

// listen starts wscope listen on a free port.
func listen(t *testing.T, args ...string) *listener {
	t.Helper()
	l := &listener{stderr: new(bytes.Buffer), done: make(chan struct{})}
	l.cmd = exec.CommandContext(t.Context(), wscope, append([]string{"listen", "127.0.0.1:0"}, args...)...)
	l.cmd.Stderr = l.stderr
	out, err := l.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	ready, err := r.ReadString('\n')
	u, ok := strings.CutPrefix(strings.TrimSuffix(ready, "\n"), "listening on ")
	go func() {
		io.Copy(&l.stdout, r)
		l.cmd.Wait()
		close(l.done)
	}()
	t.Cleanup(func() {
		l.cmd.Process.Kill()
		<-l.done
	})
	if err != nil || !ok {
		t.Fatalf("the ready line is %q: %v", ready, err)
	}
	l.url = u
	return l
}

// stop interrupts the listener and demands that it leaves in peace.
func (l *listener) stop(t *testing.T) {
	t.Helper()
	if err := l.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	l.wait(t, 0)
}

// wait waits for the listener to end with an exit status.
func (l *listener) wait(t *testing.T, exit int) {
	t.Helper()
	select {
	case <-l.done:
	case <-bounded(t).Done():
		t.Fatal("listen does not end")
	}
	if got := l.cmd.ProcessState.ExitCode(); got != exit {
		t.Errorf("listen: exit status %d, want %d\n%s", got, exit, l.stderr)
	}
}
