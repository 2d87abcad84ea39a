package interop

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTinyproxy goes through an HTTP proxy that wants a password, and has tunnels
// to one port only.
func TestTinyproxy(t *testing.T) {
	wantsNetwork(t)
	l := listen(t, "-q", "--sse-send", "tick", "--sse-loop", "--sse-interval", "20ms")
	_, allowed, _ := net.SplitHostPort(strings.TrimSuffix(strings.TrimPrefix(l.url, "ws://"), "/"))
	config := filepath.Join(t.TempDir(), "tinyproxy.conf")
	addr := onFreePort(t, func(host, port string) *exec.Cmd {
		text := fmt.Sprintf("Listen %s\nPort %s\nBasicAuth alice secret\nConnectPort %s\nTimeout 60\n", host, port, allowed)
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return exec.CommandContext(t.Context(), "tinyproxy", "-d", "-c", config)
	})
	proxy := "http://alice:secret@" + addr

	t.Run("WebSocket", func(t *testing.T) {
		r := run(t, "", "connect", "-v", "-x", "hi", "-1", "--proxy", proxy, l.url)
		r.check(t, 0, "hi\n")
		r.checkStderr(t, "> Proxy-Authorization: Basic [redacted]", "* HTTP CONNECT tunnel to ")
		if strings.Contains(r.stderr, "secret") {
			t.Errorf("the password is shown:\n%s", r.stderr)
		}
	})
	t.Run("event stream", func(t *testing.T) {
		r := run(t, "", "sse", "--count", "2", "--proxy", proxy, strings.Replace(l.url, "ws://", "http://", 1))
		r.check(t, 0, "tick\ntick\n")
	})
	t.Run("no password", func(t *testing.T) {
		r := run(t, "", "connect", "--proxy", addr, l.url)
		r.check(t, 97, "")
		r.checkStderr(t, "< HTTP/1.0 407 Proxy Authentication Required", "hint: --proxy-user user:password")
	})
	t.Run("a wrong password", func(t *testing.T) {
		r := run(t, "", "connect", "--proxy", addr, "--proxy-user", "alice:wrong", l.url)
		r.check(t, 97, "")
		r.checkStderr(t, "got 40", ", expected 200")
	})
	t.Run("a port that is not allowed", func(t *testing.T) {
		r := run(t, "", "connect", "--proxy", proxy, "ws://127.0.0.1:1/")
		r.check(t, 97, "")
		r.checkStderr(t, "got 403 ", "hint: the rules of the proxy forbid it")
	})
}

// TestMicrosocks goes through a SOCKS5 proxy that wants a password.
func TestMicrosocks(t *testing.T) {
	wantsNetwork(t)
	l := listen(t, "-q", "--sse-send", "tick", "--sse-loop", "--sse-interval", "20ms")
	_, port, _ := net.SplitHostPort(strings.TrimSuffix(strings.TrimPrefix(l.url, "ws://"), "/"))
	addr := onFreePort(t, func(host, port string) *exec.Cmd {
		return exec.CommandContext(t.Context(), "microsocks", "-i", host, "-p", port, "-u", "alice", "-P", "secret")
	})
	for _, scheme := range []string{"socks5", "socks5h"} {
		t.Run(scheme, func(t *testing.T) {
			r := run(t, "", "connect", "-v", "-x", "hi", "-1", "-4", "--proxy", scheme+"://alice:secret@"+addr, "ws://localhost:"+port+"/")
			r.check(t, 0, "hi\n")
			want := map[string]string{"socks5": "127.0.0.1:", "socks5h": "localhost:"}[scheme]
			r.checkStderr(t, "* SOCKS5 tunnel to "+want+port+" open in ")
		})
	}
	t.Run("event stream", func(t *testing.T) {
		r := run(t, "", "sse", "--count", "2", "--proxy", "socks5h://"+addr, "--proxy-user", "alice:secret", strings.Replace(l.url, "ws://", "http://", 1))
		r.check(t, 0, "tick\ntick\n")
	})
	t.Run("no password", func(t *testing.T) {
		r := run(t, "", "connect", "--proxy", "socks5h://"+addr, l.url)
		r.check(t, 97, "")
		r.checkStderr(t, "accepts none of the ways to authenticate", "hint: --proxy-user")
	})
	t.Run("a wrong password", func(t *testing.T) {
		r := run(t, "", "connect", "--proxy", "socks5h://alice:wrong@"+addr, l.url)
		r.check(t, 97, "")
		r.checkStderr(t, "hint: --proxy-user")
	})
	t.Run("nobody is there", func(t *testing.T) {
		r := run(t, "", "connect", "--proxy", "socks5h://alice:secret@"+addr, "ws://127.0.0.1:1/")
		r.check(t, 97, "")
		r.checkStderr(t, "connection refused")
	})
}
