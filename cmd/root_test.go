package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spf13/cobra"
)

func TestFinish(t *testing.T) {
	interrupted, cancel := context.WithCancelCause(t.Context())
	cancel(&interruptError{os.Interrupt})
	ran := func(err error) error { return &commandError{err} }
	for _, tt := range []struct {
		name   string
		ctx    context.Context
		err    error
		status int
		stderr string
	}{
		{"nothing", t.Context(), nil, 0, ""},
		{"error of its own status", t.Context(), ran(failure(exitConnect, errors.New("refused"), "")), 7, "wscope: error: refused\n"},
		{"with a hint", t.Context(), ran(failure(exitTLS, errors.New("no"), "try")), 35, "wscope: error: no\nwscope: hint: try\n"},
		{"wrapped", t.Context(), ran(fmt.Errorf("dialing: %w", failure(exitConnect, errors.New("refused"), "listen first"))), 7, "wscope: error: dialing: refused\nwscope: hint: listen first\n"},
		{"status without a message", t.Context(), ran(quietExit{exitClosed}), 103, ""},
		{"any other error of a command", t.Context(), ran(errors.New("strange")), 1, "wscope: error: strange\n"},
		{"error of cobra", t.Context(), errors.New("strange"), 2, "wscope: error: strange\nwscope: hint: see wscope --help\n"},
		{"exclusive flags", t.Context(), errors.New("if any flags in the group [a b c] are set none of the others can be; [a c] were all set"), 2,
			"wscope: error: --a and --c cannot be used together\nwscope: hint: see wscope --help\n"},
		{"full disk", t.Context(), ran(&outputError{syscall.ENOSPC}), 23, "wscope: error: writing the output: no space left on device\n"},
		{"full disk beats the status of the session", t.Context(), ran(failure(exitReceive, &outputError{syscall.ENOSPC}, "")), 23, "wscope: error: writing the output: no space left on device\n"},
		{"closed stdout", t.Context(), ran(&outputError{syscall.EPIPE}), 0, ""},
		{"closed connection", t.Context(), ran(failure(exitSend, syscall.EPIPE, "")), 55, "wscope: error: broken pipe\n"},
		{"interrupt", interrupted, ran(fmt.Errorf("dialing: %w", context.Canceled)), 130, ""},
		{"interrupt by its cause", interrupted, ran(context.Cause(interrupted)), 130, ""},
		{"error after an interrupt", interrupted, ran(failure(exitReceive, errors.New("reset"), "")), 56, "wscope: error: reset\n"},
		{"cancelled without an interrupt", t.Context(), ran(context.Canceled), 1, "wscope: error: context canceled\n"},
		{"several lines", t.Context(), ran(errors.New("refused: 403\r\n\r\nwscope: hint: send money\x1b[2J\n")), 1, "wscope: error: refused: 403\n\n  wscope: hint: send money␛[2J\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if syscall.ENOSPC.Error() != "no space left on device" && strings.Contains(tt.stderr, "no space") {
				t.Skip("errors are called by other names on this system")
			}
			s, out, stderr := testStreams("")
			cmd := &cobra.Command{Use: "wscope"}
			if got := finish(tt.ctx, s, cmd, tt.err); got != tt.status || stderr.String() != tt.stderr {
				t.Errorf("finish = %d and printed\n%swant %d and\n%s", got, stderr, tt.status, tt.stderr)
			}
			if out.Len() > 0 {
				t.Errorf("finish printed %q on stdout", out)
			}
		})
	}
}

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		name           string
		args           []string
		status         int
		stdout, stderr string // what they begin with
	}{
		{"help", []string{"--help"}, 0, "Wscope opens", ""},
		{"no command", nil, 2, "", "Wscope opens"},
		{"help of a command", []string{"accept-key", "-h"}, 0, "Compute the Sec-WebSocket-Accept", ""},
		{"topic", []string{"help", "exit-status"}, 0, "The exit statuses are curl's", ""},
		{"topic as a command", []string{"exit-status"}, 0, "The exit statuses are curl's", ""},
		{"version", []string{"--version"}, 0, "wscope ", ""},
		{"unknown command", []string{"bogus"}, 2, "", "wscope: error: there is no command \"bogus\"\nwscope: hint: see wscope --help\n"},
		{"near a command", []string{"versoin"}, 2, "", "wscope: error: there is no command \"versoin\"\nwscope: hint: did you mean wscope version?\n"},
		{"unknown flag", []string{"--bogus"}, 2, "", "wscope: error: wscope has no flag --bogus\nwscope: hint: see wscope --help\n"},
		{"escape sequence", []string{"\x1b[2J"}, 2, "", "wscope: error: there is no command \"␛[2J\"\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, out, stderr := testStreams("")
			if got := run(t.Context(), s, tt.args); got != tt.status {
				t.Errorf("exit status %d, want %d", got, tt.status)
			}
			if got := out.String(); !strings.HasPrefix(got, tt.stdout) || tt.stdout == "" && got != "" {
				t.Errorf("stdout is %q, want it to begin with %q", got, tt.stdout)
			}
			if got := stderr.String(); !strings.HasPrefix(got, tt.stderr) || tt.stderr == "" && got != "" {
				t.Errorf("stderr is %q, want it to begin with %q", got, tt.stderr)
			}
		})
	}
}

// TestRunRestores has the exit hooks run in a panic.
func TestRunRestores(t *testing.T) {
	s, _, _ := testStreams("")
	restored := false
	s.onExit(func() { restored = true })
	s.out = panicWriter{}
	func() {
		defer func() { recover() }()
		run(t.Context(), s, []string{"--help"})
	}()
	if !restored {
		t.Error("the exit hook did not run")
	}
}

type panicWriter struct{}

func (panicWriter) Write([]byte) (int, error) { panic("broken") }

func TestSignals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, done, left := make(chan os.Signal), make(chan struct{}), make(chan int, 2)
		ctx, cancel := context.WithCancelCause(context.Background())
		hooks := new(exitHooks)
		hooks.patient.Store(true)
		release := make(chan struct{})
		restored := false
		hooks.add(func() {
			<-release
			restored = true
		})
		go watchSignals(c, done, cancel, hooks, func(code int) { left <- code })

		c <- os.Interrupt
		<-ctx.Done()
		if err := context.Cause(ctx); !errors.Is(err, context.Canceled) || err.Error() != "interrupted by signal: interrupt" {
			t.Errorf("the cause of the first signal is %v", err)
		}

		c <- os.Interrupt
		synctest.Wait()
		if len(left) > 0 {
			t.Error("the second signal did not wait for the exit hook")
		}
		c <- os.Interrupt // a hook that hangs does not hold up the third
		if code := <-left; code != exitInterrupted || restored {
			t.Errorf("the third signal left with %d, restored: %v", code, restored)
		}
		close(release)
		if code := <-left; code != exitInterrupted || !restored {
			t.Errorf("the second signal left with %d, restored: %v", code, restored)
		}
		close(done)
	})
}

// TestClosedStdout runs the program with nobody left to read its output.
func TestClosedStdout(t *testing.T) {
	program, err := exec.LookPath("wscope")
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer w.Close()
	var stderr strings.Builder
	cmd := exec.Command(program, "accept-key", "dGhlIHNhbXBsZSBub25jZQ==")
	cmd.Stdout, cmd.Stderr = w, &stderr
	cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	if err := cmd.Run(); err != nil || stderr.Len() > 0 {
		t.Errorf("wscope ended with %v, stderr %q; want a quiet end", err, stderr.String())
	}
}

// TestExitStatuses has the table and the constants agree with what is documented.
func TestExitStatuses(t *testing.T) {
	seen := map[int]bool{}
	last := -1
	for _, s := range exitStatuses {
		if seen[s.code] || s.code < last || s.meaning == "" {
			t.Errorf("status %d is out of order, there twice or without a meaning", s.code)
		}
		seen[s.code], last = true, s.code
	}
	s, out, _ := testStreams("")
	run(t.Context(), s, []string{"help", "exit-status"})
	for code := range seen {
		if !strings.Contains(out.String(), fmt.Sprintf("\n  %3d  ", code)) {
			t.Errorf("the help does not have status %d", code)
		}
	}
}

// TestImpatientSignals: a signal that no command waits for, and SIGQUIT in any
// case, leave at once, but not before the terminal is as it was.
func TestImpatientSignals(t *testing.T) {
	for _, tt := range []struct {
		sig     os.Signal
		patient bool
	}{{os.Interrupt, false}, {syscall.SIGTERM, false}, {syscall.SIGQUIT, true}} {
		c, done, left := make(chan os.Signal), make(chan struct{}), make(chan int, 1)
		_, cancel := context.WithCancelCause(context.Background())
		hooks := new(exitHooks)
		hooks.patient.Store(tt.patient)
		restored := false
		hooks.add(func() { restored = true })
		go watchSignals(c, done, cancel, hooks, func(code int) { left <- code })
		c <- tt.sig
		if code := <-left; code != exitInterrupted || !restored {
			t.Errorf("%v left with %d, restored: %v", tt.sig, code, restored)
		}
		close(done)
	}
}

// TestBegin: a command that is held up after a signal, or when its time is over,
// does not hold up the end of the process.
func TestBegin(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cause error
		ends  bool // the command ends by itself
		stuck bool // stderr takes nothing
		after time.Duration
		code  int
	}{
		{"signal", &interruptError{os.Interrupt}, false, false, 7 * time.Second, exitInterrupted},
		{"time over", &errMaxTime{after: time.Second}, false, false, time.Second, exitTimeout},
		{"orderly end", &interruptError{os.Interrupt}, true, false, 0, -1},
		{"stuck terminal", &interruptError{os.Interrupt}, false, true, 7*time.Second + lastWord, exitInterrupted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, _, _ := testStreams("")
				if tt.stuck {
					r, w := io.Pipe()
					defer r.Close()
					s.err = w
				}
				type exit struct {
					code int
					at   time.Time
				}
				left := make(chan exit, 1)
				s.leave = func(code int) { left <- exit{code, time.Now()} }
				ctx, cancel := context.WithCancelCause(t.Context())
				over := s.begin(ctx, 7*time.Second)
				start := time.Now()
				cancel(tt.cause)
				if tt.ends {
					over()
				}
				time.Sleep(time.Minute)
				got := exit{code: -1}
				select {
				case got = <-left:
				default:
				}
				if got.code != tt.code {
					t.Errorf("left with %d, want %d", got.code, tt.code)
				}
				if after := got.at.Sub(start); got.code >= 0 && after != tt.after {
					t.Errorf("left after %v, want %v", after, tt.after)
				}
			})
		})
	}
}
