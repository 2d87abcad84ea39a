package cmd_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptPatience bounds every wait for a program. Only a test that fails gets
// to it.
const scriptPatience = 30 * time.Second

var readyLine = regexp.MustCompile(`(?m)^listening on (wss?://([^/\n]+)/\S*)$`)

// A listener is a wscope that runs beside a script, listen mostly.
type listener struct {
	cmd            *exec.Cmd
	stdin          io.WriteCloser
	stdout, stderr *watchedBuffer
	done           chan struct{} // closed when it has ended
	err            error         // how, after done
}

// A listenersKey is where a script keeps its listeners, by name.
type listenersKey struct{}

func listeners(ts *testscript.TestScript) map[string]*listener {
	return ts.Value(listenersKey{}).(map[string]*listener)
}

func findListener(ts *testscript.TestScript, name string) *listener {
	l := listeners(ts)[name]
	if l == nil {
		ts.Fatalf("there is no listener called %s", name)
	}
	return l
}

// scriptListen starts wscope listen and waits for its ready line.
func scriptListen(ts *testscript.TestScript, neg bool, args []string) {
	name, args := cutName(args)
	if neg {
		ts.Fatalf("usage: listen [-name NAME] [args...]")
	}
	l := startProgram(ts, name, append([]string{"listen"}, args...))
	line := l.stdout.wait(readyLine, l.done)
	if line == nil {
		ts.Fatalf("wscope listen is not ready\n[stdout]\n%s[stderr]\n%s", l.stdout, l.stderr)
	}
	prefix := ""
	if name != "listen" {
		prefix = name + "_"
	}
	ts.Setenv(prefix+"URL", line[1])
	ts.Setenv(prefix+"ADDR", line[2])
}

// startProgram starts wscope with a stdin that is open and empty. It is killed at
// the end of the script if it still runs.
func startProgram(ts *testscript.TestScript, name string, args []string) *listener {
	changed := make(chan struct{}, 1)
	l := &listener{
		stdout: &watchedBuffer{changed: changed},
		stderr: &watchedBuffer{changed: changed},
		done:   make(chan struct{}),
	}
	program, err := lookPath(ts, "wscope")
	ts.Check(err)
	l.cmd = exec.Command(program, args...)
	l.cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "GOCOVERDIR", "GORACE", "XDG_STATE_HOME", "SSLKEYLOGFILE", "TERM", "NO_COLOR", "CLICOLOR_FORCE"} {
		if v := ts.Getenv(name); v != "" {
			l.cmd.Env = append(l.cmd.Env, name+"="+v)
		}
	}
	l.cmd.Stdout, l.cmd.Stderr = l.stdout, l.stderr
	l.stdin, err = l.cmd.StdinPipe()
	ts.Check(err)
	ts.Check(l.cmd.Start())
	go func() {
		l.err = l.cmd.Wait()
		close(l.done)
	}()
	ts.Defer(func() {
		l.cmd.Process.Kill()
		<-l.done
	})
	listeners(ts)[name] = l
	return l
}

// lookPath finds a program in the PATH of the script.
func lookPath(ts *testscript.TestScript, name string) (string, error) {
	for _, dir := range strings.Split(ts.Getenv("PATH"), string(os.PathListSeparator)) {
		if path, err := exec.LookPath(dir + string(os.PathSeparator) + name); err == nil {
			return path, nil
		}
	}
	return "", exec.ErrNotFound
}

// scriptWaitout waits until a listener has printed what a regular expression
// matches.
func scriptWaitout(ts *testscript.TestScript, neg bool, args []string) {
	name, args := cutName(args)
	if neg || len(args) != 1 {
		ts.Fatalf("usage: waitout [-name NAME] REGEXP")
	}
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	l := findListener(ts, name)
	ended := false
	timeout := time.After(scriptPatience)
	for !pattern.MatchString(l.stdout.String()) && !pattern.MatchString(l.stderr.String()) {
		if ended {
			ts.Fatalf("wscope has ended without printing %s\n[stdout]\n%s[stderr]\n%s", args[0], l.stdout, l.stderr)
		}
		select {
		case <-l.stdout.changed: // stderr shares the channel
		case <-l.done:
			ended = true // what came last is looked at once more
		case <-timeout:
			ts.Fatalf("wscope does not print %s\n[stdout]\n%s[stderr]\n%s", args[0], l.stdout, l.stderr)
		}
	}
}

// scriptStopsig stops a listener by a signal, or waits for it with -WAIT.
func scriptStopsig(ts *testscript.TestScript, neg bool, args []string) {
	name, args := cutName(args)
	sig, want := "-INT", 0
	if len(args) > 0 && strings.HasPrefix(args[0], "-") {
		sig, args = args[0], args[1:]
	}
	if len(args) > 0 {
		n, err := strconv.Atoi(args[0])
		ts.Check(err)
		want, args = n, args[1:]
	}
	if neg || len(args) > 0 {
		ts.Fatalf("usage: stopsig [-name NAME] [-INT | -TERM | -KILL | -WAIT] [N]")
	}
	l := findListener(ts, name)
	l.signal(ts, sig)
	select {
	case <-l.done:
	case <-time.After(scriptPatience):
		ts.Fatalf("wscope does not end\n[stdout]\n%s[stderr]\n%s", l.stdout, l.stderr)
	}
	ts.Check(os.WriteFile(ts.MkAbs(name+".stdout"), []byte(l.stdout.String()), 0o666))
	ts.Check(os.WriteFile(ts.MkAbs(name+".stderr"), []byte(l.stderr.String()), 0o666))
	delete(listeners(ts), name)
	if sig == "-KILL" {
		return
	}
	if got := exitStatus(ts, l.err); got != want {
		ts.Fatalf("wscope: exit status %d, want %d\n[stderr]\n%s", got, want, l.stderr)
	}
}

func (l *listener) signal(ts *testscript.TestScript, sig string) {
	switch sig {
	case "-INT":
		ts.Check(l.cmd.Process.Signal(os.Interrupt))
	case "-TERM":
		ts.Check(l.cmd.Process.Signal(syscall.SIGTERM))
	case "-KILL":
		ts.Check(l.cmd.Process.Kill())
	case "-WAIT":
	default:
		ts.Fatalf("there is no signal %s", sig)
	}
}

// A watchedBuffer collects the output of a program and tells of every change.
type watchedBuffer struct {
	mu      sync.Mutex
	b       bytes.Buffer
	changed chan struct{}
}

func (w *watchedBuffer) Write(p []byte) (int, error) {
	w.mu.Lock()
	w.b.Write(p)
	w.mu.Unlock()
	select {
	case w.changed <- struct{}{}:
	default: // somebody is about to look anyway
	}
	return len(p), nil
}

func (w *watchedBuffer) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// wait returns the first match of pattern and its groups as soon as there is
// one, or nil if the program has ended without it.
func (w *watchedBuffer) wait(pattern *regexp.Regexp, done <-chan struct{}) []string {
	timeout := time.After(scriptPatience)
	for ended := false; ; {
		if m := pattern.FindStringSubmatch(w.String()); m != nil || ended {
			return m
		}
		select {
		case <-w.changed:
		case <-done:
			ended = true
		case <-timeout:
			ended = true
		}
	}
}
