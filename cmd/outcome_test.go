package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"wscope/render"
	"wscope/wsproto"
)

func TestJudge(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		by   render.Side
		code wsproto.CloseCode
		exit int
	}{
		{"the peer, 1000", &wsproto.CloseError{Code: 1000, Remote: true, Reply: 1000}, render.Peer, 1000, exitOK},
		{"the peer, 1001", &wsproto.CloseError{Code: 1001, Remote: true, Reply: 1001}, render.Peer, 1001, exitOK},
		{"the peer, no code", &wsproto.CloseError{Code: wsproto.CloseNoStatus, Remote: true, Reply: wsproto.CloseNoStatus}, render.Peer, 1005, exitOK},
		{"the peer, 1011", &wsproto.CloseError{Code: 1011, Remote: true, Reply: 1011}, render.Peer, 1011, exitClosed},
		{"the peer, private", &wsproto.CloseError{Code: 4000, Remote: true, Reply: 4000}, render.Peer, 4000, exitClosed},
		{"us", &wsproto.CloseError{Code: 1000, Reply: 1000}, render.Us, 1000, exitOK},
		{"us, private", &wsproto.CloseError{Code: 4000, Reply: 4000}, render.Us, 4000, exitOK},
		{"us, answered with less", &wsproto.CloseError{Code: 4000, Reply: wsproto.CloseNoStatus}, render.Us, 4000, exitOK},
		{"us, the peer complains", &wsproto.CloseError{Code: 1000, Reply: 1011}, render.Us, 1000, exitClosed},
		{"a broken rule", &wsproto.ProtocolError{Code: 1002, Section: "5.1", Reason: "no"}, render.Us, 1002, exitProtocol},
		{"no UTF-8", &wsproto.ProtocolError{Code: 1007, Section: "8.1", Reason: "no"}, render.Us, 1007, exitProtocol},
		{"too long", &wsproto.SizeError{Limit: 1, AtLeast: 2}, render.Us, 1009, exitReceive},
		{"FIN", &wsproto.DropError{Drop: wsproto.DropFIN}, render.Peer, 1006, exitReceive},
		{"RST", &wsproto.DropError{Drop: wsproto.DropReset}, render.Peer, 1006, exitReceive},
		{"Close not answered", &wsproto.DropError{Drop: wsproto.DropCloseTimeout, CloseSent: true}, render.Us, 1006, exitTimeout},
		{"receiving", &wsproto.DropError{Drop: wsproto.DropReceive}, render.Nobody, 1006, exitReceive},
		{"sending", &wsproto.DropError{Drop: wsproto.DropSend}, render.Nobody, 1006, exitSend},
		{"no pong", &errNoPong{time.Second}, render.Us, 1006, exitNoPong},
		{"over", &errMaxTime{after: time.Second}, render.Us, 1006, exitTimeout},
		{"interrupted", &interruptError{os.Interrupt}, render.Us, 1006, exitInterrupted},
		{"anything else", errors.New("odd"), render.Nobody, 1006, exitReceive},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, err := range []error{tt.err, fmt.Errorf("wrapped: %w", tt.err)} {
				got := judge(err)
				if got.by != tt.by || got.code != tt.code || got.exit != tt.exit || got.err != err {
					t.Errorf("judge(%v) = by %v, %d, status %d, want by %v, %d, status %d", err, got.by, got.code, got.exit, tt.by, tt.code, tt.exit)
				}
			}
		})
	}
}

func TestDialFailure(t *testing.T) {
	plain, err := wsproto.ParseURL("ws://example.com:8080/chat")
	if err != nil {
		t.Fatal(err)
	}
	secure := plain
	secure.Secure = true
	handshake := func(kind wsproto.HandshakeKind) error { return &wsproto.HandshakeError{Kind: kind} }
	for _, tt := range []struct {
		name string
		err  error
		url  wsproto.URL
		exit int
		hint string
	}{
		{"its own status", failure(exitCAFile, errors.New("no"), "look"), plain, exitCAFile, "look"},
		{"too slow by the context", context.DeadlineExceeded, plain, exitTimeout, "--connect-timeout"},
		{"something else", errors.New("odd"), plain, exitConnect, ""},

		{"empty", handshake(wsproto.HandshakeEmpty), plain, exitEmptyReply, ""},
		{"empty with TLS", handshake(wsproto.HandshakeEmpty), secure, exitEmptyReply, ""},
		{"dropped", handshake(wsproto.HandshakeDropped), plain, exitReceive, ""},
		{"slow handshake", handshake(wsproto.HandshakeTimeout), plain, exitTimeout, ""},
		{"invalid", handshake(wsproto.HandshakeInvalid), plain, exitHandshake, ""},
		{"refused", handshake(wsproto.HandshakeRefused), plain, exitRefused, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var e *exitError
			err := dialFailure(tt.err, tt.url)
			if !errors.As(err, &e) || e.code != tt.exit || !strings.Contains(e.hint, tt.hint) || (e.hint == "") != (tt.hint == "") {
				t.Errorf("dialFailure(%v) = %#v, want status %d and the hint %q", tt.err, err, tt.exit, tt.hint)
			}
		})
	}
	if err := dialFailure(context.Canceled, plain); !errors.Is(err, context.Canceled) {
		t.Errorf("dialFailure of a cancellation = %v", err)
	}
}

// TestExplained has errors get the hint of a diagnosis unless they have one.
func TestExplained(t *testing.T) {
	odd := errors.New("odd")
	d := &render.Diagnosis{Hint: "look there"}
	for _, tt := range []struct {
		name string
		err  error
		d    *render.Diagnosis
		want string
	}{
		{"no hint", failure(exitRefused, odd, ""), d, "look there"},
		{"its own hint", failure(exitRefused, odd, "look here"), d, "look here"},
		{"no diagnosis", failure(exitRefused, odd, ""), nil, ""},
	} {
		var e *exitError
		if !errors.As(explained(tt.err, tt.d), &e) || e.hint != tt.want || e.code != exitRefused || e.err != odd {
			t.Errorf("%s: %#v, want the hint %q", tt.name, e, tt.want)
		}
	}
	if err := explained(odd, d); err != odd {
		t.Errorf("an error without a status became %#v", err)
	}
}
