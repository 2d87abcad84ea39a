//go:build unix

package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"wscope/wsproto"
)

// A terminal is a pseudo terminal on which the real program runs.
type terminal struct {
	t      *testing.T
	cmd    *exec.Cmd
	keys   *os.File // the other side of the terminal
	tty    *os.File
	before *term.State
	shown  *watchedOutput
	done   chan error
}

func startTerminal(t *testing.T, args ...string) *terminal {
	t.Helper()
	program, err := exec.LookPath("wscope")
	if err != nil {
		t.Fatal(err)
	}
	keys, tty, err := pty.Open()
	if err != nil {
		t.Skip(err) // no terminals here
	}
	x := &terminal{t: t, keys: keys, tty: tty, shown: newWatchedOutput(), done: make(chan error, 1)}
	if err := pty.Setsize(keys, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	if x.before, err = term.GetState(int(tty.Fd())); err != nil {
		t.Fatal(err)
	}
	x.cmd = exec.Command(program, args...)
	x.cmd.Stdin, x.cmd.Stdout, x.cmd.Stderr = tty, tty, tty
	x.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	x.cmd.Env = append(os.Environ(), "TERM=xterm", "XDG_STATE_HOME="+t.TempDir())
	if err := x.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { x.done <- x.cmd.Wait() }()
	read := make(chan struct{})
	go func() {
		defer close(read)
		io.Copy(x.shown, keys)
	}()
	t.Cleanup(func() {
		x.cmd.Process.Kill()
		tty.Close()
		keys.Close()
		<-read
	})
	return x
}

func (x *terminal) types(text string) {
	x.t.Helper()
	if _, err := io.WriteString(x.keys, text); err != nil {
		x.t.Fatal(err)
	}
}

// wantEnd waits for the program to end and demands that the terminal is as it
// was.
func (x *terminal) wantEnd(status int) {
	x.t.Helper()
	select {
	case err := <-x.done:
		var exit *exec.ExitError
		if got := x.cmd.ProcessState.ExitCode(); got != status || err != nil && !errors.As(err, &exit) {
			x.t.Errorf("the program ended with %d, %v, want %d\n%q", got, err, status, x.shown)
		}
	case <-time.After(patience):
		x.t.Fatalf("the program does not end\n%q", x.shown)
	}
	after, err := term.GetState(int(x.tty.Fd()))
	if err != nil || !reflect.DeepEqual(after, x.before) {
		x.t.Errorf("the terminal is not as it was: %+v, %v, want %+v", after, err, x.before)
	}
	const on, off = "\x1b[?2004h", "\x1b[?2004l"
	x.shown.waitFor(x.t, "the end of bracketed paste", func(shown string) bool {
		return strings.LastIndex(shown, on) <= strings.LastIndex(shown, off)
	})
}

// TestTypingOnTerminal has many frames come while a line is half typed, and
// nothing in them do anything to the terminal.
func TestTypingOnTerminal(t *testing.T) {
	server := newTestServer(t)
	x := startTerminal(t, "connect", "--color", "never", server.url())
	c := server.accept()
	x.shown.wait(t, "> ")
	x.types("half a li")
	x.shown.wait(t, "half a li")
	const hostile = "\x1b[2J\x1b]52;c;aGk=\x07\x7f \u009b31m \u202egnp.exe\u202c\u2066"
	c.says(hostile)
	for i := range 1000 {
		c.says(fmt.Sprintf("tick %d\x1b]0;owned\x07", i))
	}
	x.shown.wait(t, "tick 999␛]0;owned␇")
	x.types("ne\r")
	c.want(wsproto.OpText, "half a line")
	x.types("\x1b[200~{\n\t\"pasted\": true\n}\x1b[201~\r")
	c.want(wsproto.OpText, "{\n\t\"pasted\": true\n}")
	x.types("\x1b[A\x1b[A\r") // the line before the pasted one
	c.want(wsproto.OpText, "half a line")
	x.types("/pi\tx\r") // Tab completes the command
	x.shown.wait(t, "PING")
	x.types("/quit\r")
	c.wantClose(1000, "")
	x.wantEnd(exitOK)

	shown := x.shown.String()
	for _, bad := range []string{"\x1b]", "\x1b[2J", "\a", "\u009b", "\u202e", "\u202c", "\u2066", "\x7f"} {
		if strings.Contains(shown, bad) {
			t.Errorf("%q reached the terminal", bad)
		}
	}
	if !strings.Contains(shown, `␛[2J␛]52;c;aGk=␇␡ \u{9b}31m \u{202e}gnp.exe\u{202c}\u{2066}`) {
		t.Error("the hostile message is not shown escaped")
	}
}

// TestBytesOnTerminal types what is not UTF-8, which is neither sent nor passed over
// in silence.
func TestBytesOnTerminal(t *testing.T) {
	server := newTestServer(t)
	x := startTerminal(t, "connect", "--color", "never", server.url())
	c := server.accept()
	x.shown.wait(t, "> ")
	x.types("caf\xe9s")
	x.shown.wait(t, "left out: not UTF-8: byte 0xE9 at offset 0")
	x.types("\r")
	c.want(wsproto.OpText, "cafs")
	x.types("\x1b[200~na\xefve\x1b[201~")
	x.shown.wait(t, "left out: not UTF-8: byte 0xEF at offset 2")
	x.types("end\r")
	c.want(wsproto.OpText, "end")
	x.types("/quit\r")
	c.wantClose(1000, "")
	x.wantEnd(exitOK)
}

func TestSignalOnTerminal(t *testing.T) {
	server := newTestServer(t)
	x := startTerminal(t, "connect", server.url())
	c := server.accept()
	x.shown.wait(t, "> ")
	x.types("not sent")
	x.shown.wait(t, "not sent")
	x.cmd.Process.Signal(syscall.SIGTERM)
	c.wantClose(1000, "")
	x.wantEnd(exitOK)

	// The second one does not wait for the peer.
	x = startTerminal(t, "connect", "--close-timeout", "1h", server.url())
	server.accept()
	x.shown.wait(t, "> ")
	x.types("not sent")
	x.shown.wait(t, "not sent")
	x.cmd.Process.Signal(syscall.SIGTERM)
	x.shown.wait(t, "CLOSE")
	x.cmd.Process.Signal(syscall.SIGTERM)
	x.wantEnd(exitInterrupted)
}

// TestPasswordOnTerminal asks for a password, which does not show.
func TestPasswordOnTerminal(t *testing.T) {
	server := newTestServer(t)
	x := startTerminal(t, "connect", "-u", "alice", "-vv", server.url())
	x.shown.wait(t, "password for alice: ")
	x.types("secret\r")
	c := server.accept()
	x.shown.wait(t, "> ")
	x.types("/quit\r")
	c.wantClose(1000, "")
	x.wantEnd(exitOK)
	if strings.Contains(x.shown.String(), "secret") {
		t.Error("the password shows")
	}

	x = startTerminal(t, "connect", "-u", "alice", server.url())
	x.shown.wait(t, "password for alice: ")
	x.types("sec\x03")
	x.wantEnd(exitInterrupted)
}

// dialsIn is a client of the server that runs on the terminal.
func (x *terminal) dialsIn() *testConn {
	x.t.Helper()
	x.shown.wait(x.t, "/\r\n")
	x.shown.wait(x.t, "> ")
	_, rest, _ := strings.Cut(x.shown.String(), "listening on ")
	url, _, _ := strings.Cut(rest, "\r\n")
	return dialTest(x.t, url)
}

// TestServerOnTerminal types to the clients of listen.
func TestServerOnTerminal(t *testing.T) {
	x := startTerminal(t, "listen", "0", "--interactive", "--color", "never")
	c := x.dialsIn()
	x.shown.wait(t, " open at ")
	x.types("hello\r")
	c.want(wsproto.OpText, "hello")
	x.types("\x03")
	c.wantClose(1001, "server is shutting down")
	x.wantEnd(exitOK)
}

// TestListeningWscatOnTerminal has a pasted line of wscat do what it did there:
// what is typed goes out, and nothing comes back by itself.
func TestListeningWscatOnTerminal(t *testing.T) {
	x := startTerminal(t, "-l", "0", "--color", "never")
	c := x.dialsIn()
	c.says("heard")
	x.shown.wait(t, "heard")
	x.types("typed\r")
	c.want(wsproto.OpText, "typed")
	x.types("/quit\r")
	c.wantClose(1001, "server is shutting down")
	x.wantEnd(exitOK)
}
