//go:build unix

package cmd_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// A readmeShell runs commands on a terminal, each in a shell of its own, in the
// same folder.
type readmeShell struct {
	dir    string
	addr   string // of the server, or ""
	proxy  string // address of the proxy, or ""
	status int    // of the last command: its $?
}

func newReadmeShell(t *testing.T) *readmeShell {
	sh := &readmeShell{dir: t.TempDir()}
	writeReadmeFiles(t, sh.dir)
	return sh
}

// prepare returns a command that is not yet started.
func (sh *readmeShell) prepare(command string) *exec.Cmd {
	if sh.addr != "" {
		command = strings.ReplaceAll(command, readmeAddr, sh.addr)
	}
	if sh.proxy != "" {
		command = strings.ReplaceAll(command, readmeProxy, sh.proxy)
	}
	c := exec.Command("sh", "-c", "(exit "+strconv.Itoa(sh.status)+")\n"+command)
	c.Dir = sh.dir
	c.Env = append(os.Environ(), "NO_COLOR=1", "TERM=xterm", "HOME="+sh.dir,
		"XDG_STATE_HOME="+filepath.Join(sh.dir, ".state"), "GORACE=atexit_sleep_ms=0")
	return c
}

// run runs a command to its end and returns the lines that it leaves on the
// terminal.
func (sh *readmeShell) run(t *testing.T, command string) []string {
	t.Helper()
	c := sh.prepare(command)
	terminal := startOnTerminal(t, c)
	<-terminal.done
	sh.status = c.ProcessState.ExitCode()
	return sh.lines(terminal.String())
}

// listen runs a server, on a free port, and then its client. It returns what
// the server leaves on the terminal.
func (sh *readmeShell) listen(t *testing.T, command, client string) []string {
	t.Helper()
	_, port, _ := strings.Cut(readmeAddr, ":")
	c := sh.prepare("exec " + strings.Replace(command, " "+port, " 0", 1))
	terminal := startOnTerminal(t, c)
	ready := terminal.wait(regexp.MustCompile(`(?m)^listening on ws://([^/]+)/\r?$`), terminal.done)
	if ready == nil {
		t.Fatalf("the server is not ready:\n%s", terminal)
	}
	sh.addr = ready[1]
	if out, err := sh.prepare(client).CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", client, err, out)
	}
	c.Process.Signal(os.Interrupt)
	<-terminal.done
	return sh.lines(terminal.String())
}

// A readmeTerminal is a terminal with a program on it, and what was printed
// there.
type readmeTerminal struct {
	*watchedBuffer
	done chan struct{} // closed when the program has ended
}

// startOnTerminal starts a program on a terminal of its own, where nobody types.
func startOnTerminal(t *testing.T, c *exec.Cmd) *readmeTerminal {
	t.Helper()
	f, err := pty.StartWithSize(c, &pty.Winsize{Rows: 60, Cols: 250})
	if err != nil {
		t.Fatal(err)
	}
	rt := &readmeTerminal{&watchedBuffer{changed: make(chan struct{}, 1)}, make(chan struct{})}
	stuck := time.AfterFunc(scriptPatience, func() { c.Process.Kill() })
	go func() {
		// The end of a terminal whose programs have gone is EIO on Linux.
		if _, err := io.Copy(rt, f); err != nil && !errors.Is(err, syscall.EIO) {
			t.Error(err)
		}
		c.Wait()
		stuck.Stop()
		f.Close()
		close(rt.done)
	}()
	t.Cleanup(func() {
		c.Process.Kill()
		<-rt.done
	})
	return rt
}

var controlSequence = regexp.MustCompile(`\x1b\[[?0-9;]*[A-Za-z]`)

// lines returns what stays of the output on a screen: a prompt that was erased
// does not, and neither does the address that stands for readmeAddr.
func (sh *readmeShell) lines(output string) (lines []string) {
	output = controlSequence.ReplaceAllString(output, "")
	if sh.addr != "" {
		output = strings.ReplaceAll(output, sh.addr, readmeAddr)
	}
	if sh.proxy != "" {
		output = strings.ReplaceAll(output, sh.proxy, readmeProxy)
	}
	for line := range strings.Lines(output) {
		line, ended := strings.CutSuffix(line, "\r\n")
		line = line[strings.LastIndexByte(line, '\r')+1:]
		if ended || line != "" {
			lines = append(lines, strings.TrimRight(line, " ")+"\n")
		}
	}
	return lines
}

// normal are the parts of a line that are different each time.
var normal = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`^ +\d+\.\d{3}  (->|<-)`), "   0.000  $1"},
	{regexp.MustCompile(`^(->|<-) \d+\.\d{3} `), "$1 0.000 "},
	{regexp.MustCompile(` {2,}(open|refused|failed) +\d+(\.\d+)? (µs|ms|s)( +|$)`), "  $1 1 ms "}, // a row of --diagnose
	{regexp.MustCompile(`\b\d+(\.\d+)? (µs|ms|s)\b`), "1 ms"},
	{regexp.MustCompile(`\bmask [0-9a-f]{8}\b`), "mask 01234567"},
	{regexp.MustCompile(`\bgap +\d+\.\d{3}\b`), "gap 0.000"},
	{regexp.MustCompile(`(Sec-WebSocket-(Key|Accept):) .*`), "$1 ..."},
	{regexp.MustCompile(`\bTLS_[A-Z0-9_]+`), "TLS_AES_128_GCM_SHA256"},
	{regexp.MustCompile(`\bexpires on \d{4}-\d\d-\d\d`), "expires on 2026-01-01"},
	{regexp.MustCompile(`(#\d+ 127\.0\.0\.1):\d+`), "$1:50000"},
	{regexp.MustCompile(`"(time|elapsed|took|mask_key)":("[^"]*"|[0-9.]+)`), `"$1":0`},
	{regexp.MustCompile(`Sec-WebSocket-Accept is "[^"]*", expected "[^"]*"`), `Sec-WebSocket-Accept is "x", expected "y"`},
}

// inLanes returns lines without what is different each time: what is sent and
// what is received are put one behind the other, since which comes first is the
// network's affair.
func inLanes(lines []string) (all []string) {
	var sent, received []string
	for _, line := range lines {
		for _, n := range normal {
			line = n.pattern.ReplaceAllString(line, n.with)
		}
		switch {
		case strings.HasPrefix(line, "   0.000  ->"):
			sent = append(sent, line)
		case strings.HasPrefix(line, "   0.000  <-"):
			received = append(received, line)
		default:
			all = append(all, line)
		}
	}
	return append(append(all, sent...), received...)
}
