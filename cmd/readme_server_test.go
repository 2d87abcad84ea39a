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
// besides "echo", which is wscope listen, and those that begin with its command;
// "proxy", the same with a proxy beside it; and "tls", the same behind TLS.
var readmeServers = map[string]http.HandlerFunc{
	"forbids": forbid,
	"login":   logIn,
	"md5":     acceptMD5,
	"fails":   acceptAndFail,
	"drops":   acceptAndDrop,
	"origin":  acceptOwnOrigin,
	"none":    nil,
}

// startReadmeServer starts a server and returns its address.
func startReadmeServer(t *testing.T, sh *readmeShell, name string) string {
	t.Helper()
	const listen = "wscope listen 8080"
	switch name {
	case "echo":
		name = listen
	case "proxy":
		sh.proxy = startReadmeProxy(t)
		name = listen
	case "tls":
		return startReadmeTLS(t, sh.dir, startReadmeServer(t, sh, "echo"))
	}
	if flags, ok := strings.CutPrefix(name, listen); ok {
		terminal := startOnTerminal(t, sh.prepare("exec wscope listen 127.0.0.1:0"+flags))
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

// upgrade accepts an upgrade.
func upgrade(w http.ResponseWriter, r *http.Request) *wsproto.Conn {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		wsproto.AcceptKey(r.Header.Get("Sec-WebSocket-Key")))
	return wsproto.NewConn(conn, wsproto.Server, wsproto.Config{}, nil)
}

// drain reads up to the end of a connection.
func drain(c *wsproto.Conn) {
	for {
		if _, err := c.ReadMessage(); err != nil {
			return
		}
	}
}

// acceptAndFail closes the connection after the first message.
func acceptAndFail(w http.ResponseWriter, r *http.Request) {
	c := upgrade(w, r)
	if _, err := c.ReadMessage(); err != nil {
		return
	}
	c.Close(wsproto.CloseInternalError, "no database")
	drain(c)
}

// acceptAndDrop ends the connection after the first message, without a Close
// frame.
func acceptAndDrop(w http.ResponseWriter, r *http.Request) {
	c := upgrade(w, r)
	if _, err := c.ReadMessage(); err != nil {
		return
	}
	c.Abort(nil)
}

// acceptOwnOrigin accepts upgrades from the server's own pages.
func acceptOwnOrigin(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Origin") != "http://"+r.Host {
		w.Header()["Date"] = nil
		w.WriteHeader(http.StatusForbidden)
		return
	}
	drain(upgrade(w, r))
}

// logIn sends who knows the password of alice on to /chat, with a cookie, and
// answers one message there.
func logIn(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	cookie, err := r.Cookie("session")
	switch {
	case r.URL.Path == "/chat" && err == nil && cookie.Value == "42":
		answerOnce(w, r)
	case user == "alice" && password == "secret":
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "42", Path: "/", HttpOnly: true})
		http.Redirect(w, r, "/chat", http.StatusSeeOther)
	default:
		w.Header()["Date"] = nil
		w.Header().Set("WWW-Authenticate", `Basic realm="chat"`)
		w.WriteHeader(http.StatusUnauthorized)
	}
}

// answerOnce accepts an upgrade and greets whoever sends a message.
func answerOnce(w http.ResponseWriter, r *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		wsproto.AcceptKey(r.Header.Get("Sec-WebSocket-Key")))
	c := wsproto.NewConn(conn, wsproto.Server, wsproto.Config{}, nil)
	for {
		m, err := c.ReadMessage()
		if err != nil {
			return
		}
		c.WriteMessage(m.Opcode, []byte("hello alice"))
	}
}
