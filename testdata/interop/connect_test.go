package interop

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"interop/peer"
)

// TestConnectAcceptance runs the two lines that everybody tries first, with the
// default --wait.
func TestConnectAcceptance(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, start func(*testing.T) *server) {
		s := start(t)
		runInTime(t, s, "hi\n", "connect", s.url).check(t, 0, "hi\n")
		runInTime(t, s, "", "connect", "-x", "hi", s.url).check(t, 0, "hi\n")
	})
}

// runInTime runs a session, again if no answer has come in time: the second of
// the default --wait may pass on a machine that is busy with something else.
func runInTime(t *testing.T, s *server, stdin string, args ...string) (r result) {
	const timeout = 28
	for range 5 {
		r = run(t, stdin, args...)
		end := s.nextEnd(t)
		if r.exit != timeout {
			checkEnd(t, end, 1000, "")
			break
		}
	}
	return r
}

// checkEnd compares how a connection ended with what the implementation should
// have received.
func checkEnd(t *testing.T, e *peer.End, code int, reason string) {
	t.Helper()
	if e.Code == peer.Unknown && e.Err == nil {
		return
	}
	if e.Code != code || e.Reason != reason {
		t.Errorf("the peer says that the connection %v, want %d %q", e, code, reason)
	}
}

func TestConnect(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		return "@" + path
	}
	mebiText, mebiBinary := text(1<<20), binary(1<<20)
	fragmented := text(peer.FragmentedSize)
	mebiTextFile, mebiBinaryFile, fragmentedFile := file("text", mebiText), file("binary", mebiBinary), file("fragmented", fragmented)

	tests := []struct {
		name   string
		path   string
		stdin  string
		args   []string
		exit   int
		stdout string
		code   int // that the server receives
		reason string
		stderr string // a part of it
	}{
		{name: "text", args: []string{"-1", "-x", "grüße, 世界"}, stdout: "grüße, 世界\n"},
		{name: "lines", stdin: "one\ntwo\r\n\nfour", args: []string{"--count", "4"}, stdout: "one\ntwo\n\nfour\n"},
		{name: "empty text", args: []string{"-1", "-x", ""}, stdout: "\n"},
		{name: "binary", stdin: string(binary(1000)), args: []string{"-1", "--binary", "--no-split"}, stdout: string(binary(1000))},
		{name: "binary in hex", args: []string{"-1", "--slash", "--binary-as", "hex", "-x", "/hex 00 01 ff"}, stdout: "0001ff\n"},
		{name: "empty binary", args: []string{"-1", "--binary", "-x", ""}, stdout: ""},
		{name: "1 MiB of text", args: []string{"-1", "-x", mebiTextFile}, stdout: string(mebiText) + "\n"},
		{name: "1 MiB of binary", args: []string{"-1", "--binary", "-x", mebiBinaryFile}, stdout: string(mebiBinary)},
		{name: "fragments sent", args: []string{"-1", "--fragment", "3", "-x", "a fragmented 世界"}, stdout: "a fragmented 世界\n"},
		{name: "fragments received", path: "/fragments", args: []string{"-1", "-x", fragmentedFile}, stdout: string(fragmented) + "\n"},
		{name: "ping answered", path: "/ping", args: []string{"-1", "-x", "after the ping"}, stdout: "after the ping\n"},
		{name: "closed by us", args: []string{"-1", "--close", "4000:that is all", "-x", "a"}, stdout: "a\n", code: 4000, reason: "that is all"},
		{name: "closed by the server", path: "/close?code=1000&reason=bye", args: []string{"-x", "a"}, stdout: "a\n",
			stderr: `closed by the peer`},
		{name: "going away", path: "/close?code=1001", args: []string{"-x", "a"}, stdout: "a\n", code: 1001},
		{name: "internal error", path: "/close?code=1011&reason=out+of+order", args: []string{"-x", "a"}, exit: 103, stdout: "a\n", code: 1011,
			stderr: `1011 internal error "out of order"`},
		{name: "code of an application", path: "/close?code=4001&reason=who+are+you%3F", args: []string{"-x", "a"}, exit: 103, stdout: "a\n", code: 4001,
			stderr: `"who are you?"`},
		{name: "subprotocol", args: []string{"-1", "-v", "-s", "chat.v1, " + peer.Subprotocol, "-x", "a"}, stdout: "a\n",
			stderr: "subprotocol " + peer.Subprotocol},
		{name: "handshake", args: []string{"-1", "-v", "-x", "a"}, stdout: "a\n", stderr: "< HTTP/1.1 101"},
	}
	eachServer(t, func(t *testing.T, start func(*testing.T) *server) {
		s := start(t)
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				args := append([]string{"connect", "-w", "-1"}, tt.args...)
				r := run(t, tt.stdin, append(args, s.url+tt.path)...)
				r.check(t, tt.exit, tt.stdout)
				if !strings.Contains(r.stderr, tt.stderr) {
					t.Errorf("stderr lacks %q:\n%s", tt.stderr, r.stderr)
				}
				end := s.nextEnd(t)
				if tt.code == 0 {
					tt.code = 1000
				}
				if strings.HasPrefix(tt.path, "/close") {
					checkAnswer(t, end, tt.code)
					return
				}
				checkEnd(t, end, tt.code, tt.reason)
			})
		}
	})
}

// checkAnswer checks the close code that was sent in answer to the peer's own,
// which is what RFC 6455, Section 5.5.1 calls typical.
func checkAnswer(t *testing.T, e *peer.End, code int) {
	t.Helper()
	if e.Code != peer.Unknown && e.Code != code {
		t.Errorf("the peer says that the connection %v, want %d", e, code)
	}
}

// TestConnectFrames looks at the frames that cross the wire.
func TestConnectFrames(t *testing.T) {
	t.Parallel()
	message := filepath.Join(t.TempDir(), "message")
	if err := os.WriteFile(message, text(peer.FragmentedSize), 0o666); err != nil {
		t.Fatal(err)
	}
	eachServer(t, func(t *testing.T, start func(*testing.T) *server) {
		s := start(t)

		// The last echo comes behind the pong.
		r := run(t, "", "connect", "-w", "-1", "--json", "--slash", "--count", "2",
			"-x", "one", "-x", "/ping are you there", "-x", "two", s.url)
		if got := frames(t, r.stdout, "received", "pong"); r.exit != 0 || len(got) != 1 || string(got[0].Base64) != "are you there" {
			t.Errorf("exit status %d, pongs %v, want one\n%s", r.exit, got, r.stderr)
		}

		r = run(t, "", "connect", "-w", "-1", "--json", "-1", "-x", "@"+message, s.url+"/fragments")
		if got := frames(t, r.stdout, "received", "continuation"); r.exit != 0 || len(got) == 0 {
			t.Errorf("exit status %d and no continuation frame, want some\n%s", r.exit, r.stderr)
		}
	})
}

type frame struct {
	Event     string
	Direction string
	Opcode    string `json:"opcode_name"`
	Base64    []byte
}

// frames returns the frames of a direction that have an opcode.
func frames(t *testing.T, output, direction, opcode string) []frame {
	t.Helper()
	var found []frame
	for line := range strings.Lines(output) {
		var f frame
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatalf("%v in %s", err, abridged(line))
		}
		if f.Event == "frame" && f.Direction == direction && f.Opcode == opcode {
			found = append(found, f)
		}
	}
	return found
}

// TestConnectMany sends so much before it listens that neither side may wait
// for the other to read.
func TestConnectMany(t *testing.T) {
	t.Parallel()
	const n = 20000
	var lines strings.Builder
	for i := range n {
		fmt.Fprintf(&lines, "%d %s\n", i, strings.Repeat("x", i%300))
	}
	eachServer(t, func(t *testing.T, start func(*testing.T) *server) {
		s := start(t)
		run(t, lines.String(), "connect", "-w", "-1", "--count", fmt.Sprint(n), s.url).check(t, 0, lines.String())
	})
}
