package cmd

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"wscope/cmd/internal/lineedit"
	"wscope/wsproto"
)

func TestTrial(t *testing.T) {
	const s = time.Second
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		o     retryOptions
		least time.Duration
		want  []time.Duration // waits, until there is no further attempt
	}{
		{"no retry", retryOptions{attempts: -1, delay: s}, 0, nil},
		{"none asked for", retryOptions{attempts: 0, delay: s, reconnect: true}, 0, nil},
		{"three", retryOptions{attempts: 3, delay: s}, 0, []time.Duration{s, 2 * s, 4 * s}},
		{"no delay", retryOptions{attempts: 2}, 0, []time.Duration{1, 500 * time.Millisecond}},
		{"the server asks for time", retryOptions{attempts: 3, delay: s}, 3 * s, []time.Duration{3 * s, 3 * s, 4 * s}},
		{"a cap", retryOptions{attempts: 8, delay: s}, 0, []time.Duration{s, 2 * s, 4 * s, 8 * s, 16 * s, 30 * s, 30 * s, 30 * s}},
		{"a time limit", retryOptions{attempts: -1, reconnect: true, delay: s, maxTime: 7 * s}, 0, []time.Duration{s, 2 * s, 4 * s}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now := start
			trial := trial{retryOptions: tt.o}
			for range 2 {
				for i, want := range tt.want {
					got, ok := trial.next(now, tt.least, 1)
					if !ok || got != want {
						t.Fatalf("wait %d: got %v, %v, want %v", i, got, ok, want)
					}
					now = now.Add(got)
				}
				if got, ok := trial.next(now, tt.least, 1); ok {
					t.Fatalf("got another wait, %v", got)
				}
				trial.progressed()
			}
		})
	}
}

func TestPassing(t *testing.T) {
	refused := func(status int, field string) error {
		r := &wsproto.Response{Status: status}
		if field != "" {
			r.Fields = wsproto.Fields{{Name: "Retry-After", Value: field}}
		}
		return failure(exitRefused, &wsproto.HandshakeError{Kind: wsproto.HandshakeRefused, Response: r}, "")
	}
	for _, tt := range []struct {
		name   string
		err    error
		before bool
		least  time.Duration
		want   bool
	}{
		{"no connection", failure(exitConnect, errors.New("refused"), ""), false, 0, true},
		{"timeout", failure(exitTimeout, errors.New("late"), ""), false, 0, true},
		{"empty reply", failure(exitEmptyReply, errors.New("empty"), ""), false, 0, true},
		{"no such name", failure(exitHostName, &net.DNSError{IsNotFound: true}, ""), false, 0, false},
		{"no such name any more", failure(exitHostName, &net.DNSError{IsNotFound: true}, ""), true, 0, true},
		{"the name server is away", failure(exitHostName, &net.DNSError{IsTemporary: true}, ""), false, 0, true},
		{"404", refused(404, ""), true, 0, false},
		{"503", refused(503, ""), false, 0, true},
		{"429 with a time", refused(429, "7"), false, 7 * time.Second, true},
		{"a wrong handshake", failure(exitHandshake, errors.New("wrong"), ""), true, 0, false},
		{"a certificate", failure(exitServerCert, errors.New("expired"), ""), true, 0, false},
		{"something else", errors.New("odd"), true, 0, false},
	} {
		least, ok := passing(tt.err, tt.before)
		if least != tt.least || ok != tt.want {
			t.Errorf("%s: got %v, %v, want %v, %v", tt.name, least, ok, tt.least, tt.want)
		}
	}
}

func TestLasting(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{&wsproto.DropError{Drop: wsproto.DropFIN}, false},
		{&wsproto.DropError{Drop: wsproto.DropReset}, false},
		{&errNoPong{time.Second}, false},
		{&wsproto.CloseError{Code: wsproto.CloseNormal, Remote: true}, true},
		{&wsproto.CloseError{Code: wsproto.CloseGoingAway, Remote: true}, false},
		{&wsproto.CloseError{Code: wsproto.CloseNoStatus, Remote: true}, false},
		{&wsproto.CloseError{Code: wsproto.CloseInternalError, Remote: true}, false},
		{&wsproto.CloseError{Code: wsproto.ClosePolicyViolation, Remote: true}, true},
		{&wsproto.CloseError{Code: 4000, Remote: true}, false},
		{&wsproto.CloseError{Code: 4000}, true},
		{&wsproto.ProtocolError{Code: wsproto.CloseProtocolError}, true},
		{&wsproto.SizeError{Limit: 1}, true},
	} {
		if got := lasting(fmt.Errorf("wrapped: %w", tt.err)); got != tt.want {
			t.Errorf("lasting(%v) = %v, want %v", tt.err, got, tt.want)
		}
	}
}

// TestLostAndFound has a person type while there is no connection.
func TestLostAndFound(t *testing.T) {
	k, c, server := startSession(t, "--reconnect", "--retry-delay", "1h", "-x", "subscribe")
	c.want(wsproto.OpText, "subscribe")
	c.Abort(nil)
	k.con.wait(t, "connecting again in 1 h")
	k.types("typed meanwhile", "/stats")
	k.con.wait(t, "what is typed waits for the next one")
	k.types("/reconnect")
	c = server.accept()
	k.con.wait(t, "open again")
	got := map[string]bool{}
	for range 2 {
		m, err := c.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		got[string(m.Payload)] = true
	}
	if !got["subscribe"] || !got["typed meanwhile"] {
		t.Errorf("the server got %v", got)
	}
	c.Close(wsproto.CloseNormal, "enough")
	k.wantStatus(exitOK)
}

// TestLeftBetween ends a session while there is no connection.
func TestLeftBetween(t *testing.T) {
	for name, leave := range map[string]func(k *talk){
		"quit":   func(k *talk) { k.types("/quit") },
		"close":  func(k *talk) { k.types("/close 4000") },
		"Ctrl-D": func(k *talk) { k.give("", io.EOF) },
	} {
		t.Run(name, func(t *testing.T) {
			k, c, _ := startSession(t, "--reconnect", "--retry-delay", "1h")
			c.Abort(nil)
			k.con.wait(t, "connecting again in 1 h")
			k.types("waits for ever")
			leave(k)
			k.wantStatus(exitReceive) // as the connection ended
		})
	}
	k, c, _ := startSession(t, "--reconnect", "--retry-delay", "1h")
	c.Abort(nil)
	k.con.wait(t, "connecting again in 1 h")
	k.give("", lineedit.ErrInterrupt)
	k.wantStatus(exitInterrupted)
}

// TestPipeReconnects sends each line of stdin once, whatever becomes of the
// connection in between.
func TestPipeReconnects(t *testing.T) {
	server := newTestServer(t)
	in, typed := io.Pipe()
	s, out, errOut := testStreams("")
	s.in = in
	status := make(chan int, 1)
	go func() {
		status <- run(t.Context(), s, []string{"connect", "--reconnect", "--retry-delay", "1ms", "-x", "first", server.url()})
	}()
	c := server.accept()
	c.want(wsproto.OpText, "first")
	io.WriteString(typed, "one\n")
	c.want(wsproto.OpText, "one")
	c.Close(wsproto.CloseServiceRestart, "")
	c = server.accept()
	c.want(wsproto.OpText, "first")
	io.WriteString(typed, "two\n")
	c.want(wsproto.OpText, "two")
	c.says("done")
	c.Close(wsproto.CloseNormal, "")
	if got := <-status; got != exitOK {
		t.Errorf("exit status %d\n%s", got, errOut)
	}
	if got := out.String(); got != "done\n" {
		t.Errorf("stdout has %q", got)
	}
	typed.Close()
}

func TestRetryInVain(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	s, _, errOut := testStreams("")
	status := run(t.Context(), s, []string{"connect", "--retry", "2", "--retry-delay", "1ms", "ws://" + l.Addr().String() + "/"})
	if status != exitConnect {
		t.Errorf("exit status %d, want %d", status, exitConnect)
	}
	for _, want := range []string{"(attempt 1 of 2)", "(attempt 2 of 2)", "tried again 2 times in vain"} {
		if !strings.Contains(errOut.String(), want) {
			t.Errorf("%q is not in\n%s", want, errOut)
		}
	}
}
