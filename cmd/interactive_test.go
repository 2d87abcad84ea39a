package cmd

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wscope/cmd/internal/lineedit"
	"wscope/wsproto"
)

// startSession connects a session with a scripted console to a server.
func startSession(t *testing.T, args ...string) (*talk, *testConn, *testServer) {
	t.Helper()
	server := newTestServer(t)
	k := startTalk(t, t.Context(), append(append([]string{"connect"}, args...), server.url()))
	return k, server.accept(), server
}

func TestTypedLines(t *testing.T) {
	k, c, _ := startSession(t)
	for _, line := range []struct{ typed, sent string }{
		{"hello", "hello"},
		{"  blanks stay  ", "  blanks stay  "},
		{"", ""},
		{"exit", "exit"},
		{"//ping", "/ping"},
		{" /ping", " /ping"},
		{"@@file", "@file"},
		{`a\nb`, `a\nb`},
		{"pasted\nin two lines", "pasted\nin two lines"},
		{"/pasted\n/path", "/pasted\n/path"},
		{"ünï ❤\x00", "ünï ❤\x00"},
	} {
		k.types(line.typed)
		c.want(wsproto.OpText, line.sent)
	}
	c.says("answer")
	k.con.wait(t, "answer")
	k.types("/quit")
	c.wantClose(1000, "")
	k.wantStatus(exitOK)
	if got := k.out.String(); got != "" {
		t.Errorf("%q went past the console", got)
	}
	if !strings.Contains(k.err.String(), "closed by us") {
		t.Errorf("the end is not told, but %q", k.err)
	}
}

func TestSlashInSession(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("\xffcontent\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	k, c, _ := startSession(t, "--escape")
	k.types("/help")
	k.con.wait(t, "/fragment N MESSAGE")
	k.types("/text /a", "/binary b", "/hex 00ff", "/file "+file, "/fragment 2 abcde", `typed\n`)
	c.want(wsproto.OpText, "/a")
	c.want(wsproto.OpBinary, "b")
	c.want(wsproto.OpBinary, "\x00\xff")
	c.want(wsproto.OpBinary, "\xffcontent\n")
	c.want(wsproto.OpText, "abcde")
	c.want(wsproto.OpText, "typed\n")
	k.con.wait(t, "(fragment 3 of text)")

	k.types("/ping are you there?")
	k.con.wait(t, "->  PING")
	k.types("/pong by the way", "/text go on")
	c.want(wsproto.OpText, "go on")
	c.Flush() // the answer to the ping
	k.con.wait(t, "<-  PONG")
	k.con.wait(t, "rtt ")

	k.types("/headers")
	k.con.wait(t, "> GET / HTTP/1.1")
	k.con.wait(t, "< HTTP/1.1 101 Switching Protocols")
	k.types("/stats")
	k.con.wait(t, "sent 11 frames, 7 messages, ")
	k.con.wait(t, "; received 1 frame, 0 messages, 14 bytes; last round trip ")

	k.types("/format messages", "from here on")
	c.want(wsproto.OpText, "from here on")
	c.says("one\ntwo\x1b")
	k.con.wait(t, "\none␊\n  two␛\n")
	k.types("/format json", "and on")
	c.want(wsproto.OpText, "and on")
	c.says("three")
	k.con.wait(t, `"text":"three"`)

	k.types("/close 4000 bye now")
	c.wantClose(4000, "bye now")
	k.wantStatus(exitOK)
}

// TestMistakes has none of them end the session.
func TestMistakes(t *testing.T) {
	k, c, _ := startSession(t)
	for _, m := range []struct{ typed, shown string }{
		{"/nothing", "error: there is no command /nothing"},
		{"/close 1006", "error: /close: close code 1006"},
		{"@" + filepath.Join(t.TempDir(), "none"), "no such file or directory; @@"},
		{"/text @nobody hi", "open nobody hi: no such file or directory; @@nobody hi sends the text"},
		{"bad \xff", `not UTF-8: byte 0xFF at offset 4 (RFC 6455, Section 8.1); /binary sends it`},
		{"@-", "@- is stdin, which is in use"},
		{"/format xml", `no format is called "xml"`},
		{"/frame op=99", "op=99: expected an opcode"},
	} {
		k.types(m.typed)
		k.con.wait(t, m.shown)
	}
	k.types("still there")
	c.want(wsproto.OpText, "still there")
	k.types("/quit")
	c.wantClose(1000, "")
	k.wantStatus(exitOK)
}

// TestIllegalFrame has somebody break a rule on purpose, and see it.
func TestIllegalFrame(t *testing.T) {
	k, c, _ := startSession(t)
	k.types("/frame op=0xb mask=0 rsv=001 oops")
	_, err := c.ReadMessage()
	var broken *wsproto.ProtocolError
	if !errors.As(err, &broken) {
		t.Errorf("the server got %v, want a broken rule", err)
	}
	k.wantStatus(exitClosed)
	if !strings.Contains(k.con.String(), "reserved") || !strings.Contains(k.err.String(), "closed by the peer") {
		t.Errorf("shown was\n%s%s", k.con, k.err)
	}
}

func TestReconnect(t *testing.T) {
	k, c, server := startSession(t, "-x", "first")
	c.want(wsproto.OpText, "first")
	k.types("/reconnect")
	c.wantClose(1000, "")
	c = server.accept()
	// What is looked at while the connection changes is that of one of the two.
	k.types("/stats", "/headers")
	c.says("ready")
	k.con.wait(t, "ready")
	k.types("again")
	c.want(wsproto.OpText, "again")
	k.types("/reconnect")
	c.wantClose(1000, "")
	c = server.accept()
	c.says("welcome back")
	k.con.wait(t, "welcome back")

	server.l.Close()
	k.types("/reconnect")
	c.wantClose(1000, "")
	k.wantStatus(exitConnect)
	if !strings.Contains(k.err.String(), "connection refused") {
		t.Errorf("shown was %s", k.err)
	}
}

// TestInterruptedReconnect leaves while a server does not answer the request.
func TestInterruptedReconnect(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	k := startTalk(t, t.Context(), []string{"connect", "--connect-timeout", "1h", "ws://" + l.Addr().String() + "/"})
	nc, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	conn, _, err := new(wsproto.Acceptor).Accept(nc)
	if err != nil {
		t.Fatal(err)
	}
	c := &testConn{t, conn}
	k.types("/reconnect")
	c.wantClose(1000, "")
	deaf, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	k.give("", lineedit.ErrInterrupt)
	k.wantStatus(exitInterrupted)
}

func TestCtrlC(t *testing.T) {
	k, c, _ := startSession(t)
	k.give("", lineedit.ErrInterrupt)
	c.wantClose(1000, "")
	k.wantStatus(exitOK)

	// With a question open it is an interrupt.
	k, c, _ = startSession(t)
	k.types("anyone?")
	c.want(wsproto.OpText, "anyone?")
	k.give("", lineedit.ErrInterrupt)
	c.wantClose(1000, "")
	k.wantStatus(exitInterrupted)

	// A peer that does not answer the Close frame is left by the second one,
	k, _, _ = startSession(t, "--close-timeout", "1h")
	k.give("", lineedit.ErrInterrupt)
	k.con.wait(t, "->  CLOSE")
	k.give("", lineedit.ErrInterrupt)
	k.wantStatus(exitInterrupted)

	// after a Ctrl-D too.
	k, _, _ = startSession(t, "--close-timeout", "1h")
	k.give("", io.EOF)
	k.con.wait(t, "->  CLOSE")
	k.give("", lineedit.ErrInterrupt)
	k.wantStatus(exitInterrupted)
}

// TestCtrlCOnStuckTerminal: what is shown of the session waits for a terminal that
// takes nothing any more, the end of the process does not.
func TestCtrlCOnStuckTerminal(t *testing.T) {
	for _, presses := range []int{1, 2} {
		k, c, _ := startSession(t, "--close-timeout", "10ms")
		h := &hold{begun: make(chan struct{}), over: make(chan struct{})}
		k.con.held.Store(h)
		c.says("not to be seen")
		<-h.begun
		for range presses {
			k.give("", lineedit.ErrInterrupt)
		}
		k.wantStatus(exitInterrupted)
		close(h.over)
		<-k.status // that of an end which came too late
	}
}

func TestCtrlD(t *testing.T) {
	k, c, _ := startSession(t, "--close", "4001:done")
	k.types("hello")
	c.want(wsproto.OpText, "hello")
	c.says("hello")
	k.con.wait(t, "<-  TEXT")
	k.give("", io.EOF)
	c.wantClose(4001, "done")
	k.wantStatus(exitOK)

	// The end of a terminal that has gone is read again and again.
	k, c, _ = startSession(t)
	k.give("", io.EOF)
	k.give("", io.EOF)
	c.wantClose(1000, "")
	k.wantStatus(exitOK)
}

func TestBrokenConsole(t *testing.T) {
	k, c, _ := startSession(t)
	k.give("", errors.New("the keyboard is on fire"))
	c.wantClose(1000, "")
	k.wantStatus(exitOK)
	k.con.wait(t, "error: the keyboard is on fire")
}

// TestPeerEndsTyping has the peer close while somebody types.
func TestPeerEndsTyping(t *testing.T) {
	k, c, _ := startSession(t)
	c.says("last words")
	go c.ReadMessage() // sees the closing handshake through
	if err := c.Close(1011, "out of \x1b[2Jorder"); err != nil {
		t.Fatal(err)
	}
	k.wantStatus(exitClosed)
	if got := k.err.String(); !strings.Contains(got, `1011 internal error "out of ␛[2Jorder"`) {
		t.Errorf("shown was %q", got)
	}
	k.con.wait(t, "last words")
}

// TestSignalInSession ends a session from outside.
func TestSignalInSession(t *testing.T) {
	server := newTestServer(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	k := startTalk(t, ctx, []string{"connect", server.url()})
	c := server.accept()
	k.types("hello")
	c.want(wsproto.OpText, "hello")
	c.says("hello")
	k.con.wait(t, "<-  TEXT")
	cancel(&interruptError{os.Interrupt})
	c.wantClose(1000, "")
	k.wantStatus(exitOK)
}

// TestFirstMessages sends -x before what is typed. A mistake there is shown, and
// the exit status tells of it.
func TestFirstMessages(t *testing.T) {
	k, c, _ := startSession(t, "-x", "one", "--slash", "-x", "/hex 0", "-x", "/text two")
	c.want(wsproto.OpText, "one")
	c.want(wsproto.OpText, "two")
	k.con.wait(t, "error: -x: /hex: ")
	k.types("three")
	c.want(wsproto.OpText, "three")
	k.types("/quit")
	c.wantClose(1000, "")
	k.wantStatus(exitFailure)
}

// TestExpectationsEndSession has what is expected of the server end a session on
// a terminal, too, where nobody has to type.
func TestExpectationsEndSession(t *testing.T) {
	k, c, _ := startSession(t, "-x", "hello", "--expect-re", "^hi")
	c.want(wsproto.OpText, "hello")
	c.says("hi there")
	c.wantClose(1000, "")
	k.wantStatus(exitOK)

	k, c, _ = startSession(t, "--never", "error", "--within", "10ms")
	c.wantClose(1000, "")
	k.wantStatus(exitOK)

	k, c, _ = startSession(t, "--never", "error")
	c.says("an error")
	c.wantClose(1000, "")
	k.wantStatus(exitExpectation)
}

func TestTypedBroadcast(t *testing.T) {
	k := startTalk(t, t.Context(), []string{"listen", "0", "--interactive", "--no-echo"})
	k.types("too early", "/stats", "/headers", "/reconnect", "/nothing")
	k.con.wait(t, "error: no client is connected: nothing was sent")
	k.con.wait(t, "no client is connected\n")
	k.con.wait(t, "error: /reconnect: a server waits for its clients")
	k.con.wait(t, "there is no command /nothing")

	url := strings.TrimSpace(strings.TrimPrefix(k.out.String(), "listening on "))
	a, b := dialTest(t, url), dialTest(t, url)
	k.con.wait(t, "#1 ")
	k.con.wait(t, "#2 ")
	k.types("hello", "/hex 00ff", "//x", "/stats", "/headers")
	for _, c := range []*testConn{a, b} {
		c.want(wsproto.OpText, "hello")
		c.want(wsproto.OpBinary, "\x00\xff")
		c.want(wsproto.OpText, "/x")
	}
	k.con.wait(t, "#2 "+b.NetConn().LocalAddr().String()+": sent ")
	k.con.wait(t, "\n#2 "+b.NetConn().LocalAddr().String()+"\n< GET / HTTP/1.1")
	a.says("from a")
	k.con.wait(t, "from a")
	b.Abort(nil)
	k.con.wait(t, "#2 dropped by the peer")
	k.types("/close 4000 bye")
	a.wantClose(4000, "bye")
	k.give("", lineedit.ErrInterrupt)
	k.wantStatus(exitOK)
}

func dialTest(t *testing.T, url string) *testConn {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, _, err := new(wsproto.Dialer).Dial(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Abort(nil) })
	return &testConn{t, c}
}
