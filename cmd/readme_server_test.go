//go:build unix

package cmd_test

import (
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"wscope/wsproto"
)

// readmeServers are the servers that the transcripts of README.md talk to,
// besides "echo", which is wscope listen.
var readmeServers = map[string]http.HandlerFunc{
	"forbids": forbid,
	"md5":     acceptMD5,
	"fails":   acceptAndFail,
	"none":    nil,
}

// startReadmeServer starts a server and returns its address.
func startReadmeServer(t *testing.T, sh *readmeShell, name string) string {
	t.Helper()
	if name == "echo" {
		terminal := startOnTerminal(t, sh.prepare("exec wscope listen 127.0.0.1:0"))
		ready := terminal.wait(regexp.MustCompile(`(?m)^listening on ws://([^/]+)/\r?$`), terminal.done)
		if ready == nil {
			t.Fatalf("wscope listen is not ready:\n%s", terminal)
		}
		return ready[1]
	}
	handler, ok := readmeServers[name]
	if !ok {
		t.Fatalf("there is no server called %s", name)
	}
	s := httptest.NewServer(handler)
	addr := strings.TrimPrefix(s.URL, "http://")
	if handler == nil {
		s.Close() // nobody listens there
	} else {
		t.Cleanup(s.Close)
	}
	return addr
}

// forbid refuses an upgrade and says why.
func forbid(w http.ResponseWriter, _ *http.Request) {
	w.Header()["Date"] = nil
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusForbidden)
	io.WriteString(w, "the token has expired\n")
}

// acceptMD5 accepts an upgrade with the wrong hash.
func acceptMD5(w http.ResponseWriter, r *http.Request) {
	sum := md5.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + wsproto.GUID))
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(sum[:]))
	io.Copy(io.Discard, conn)
}

// acceptAndFail closes the connection after the first message.
func acceptAndFail(w http.ResponseWriter, r *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		wsproto.AcceptKey(r.Header.Get("Sec-WebSocket-Key")))
	c := wsproto.NewConn(conn, wsproto.Server, wsproto.Config{}, nil)
	if _, err := c.ReadMessage(); err != nil {
		return
	}
	c.Close(wsproto.CloseInternalError, "no database")
	for {
		if _, err := c.ReadMessage(); err != nil {
			return
		}
	}
}
