package wsproto

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestErrorTexts(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{errNewMessageInside, "protocol error: new data frame inside a fragmented message (RFC 6455, Section 5.4)"},
		{&ProtocolError{RFC: 7692, Section: "7.2.3", Reason: "x"}, "protocol error: x (RFC 7692, Section 7.2.3)"},
		{&SizeError{Limit: 10, AtLeast: 11}, "message of at least 11 bytes is over the limit of 10"},
		{&CloseError{Code: 1000, Remote: true}, "closed by the peer: 1000 normal closure"},
		{&CloseError{Code: 4000, Reason: "a\x1b\""}, `closed by us: 4000 private use "a\x1b\""`},
		{&DropError{Drop: DropFIN}, "the peer ended the connection without a Close frame"},
		{&DropError{Drop: DropReset, Inside: "a frame", Err: io.ErrClosedPipe}, "the connection was reset inside a frame"},
		{&DropError{Drop: DropCloseTimeout}, "the peer did not answer the Close frame in time"},
		{&DropError{Drop: DropCloseTimeout, CloseReason: "idle"}, `the peer did not answer the Close frame in time, which said "idle"`},
		{&DropError{Drop: DropSend, Err: io.ErrClosedPipe}, "sending failed: io: read/write on closed pipe"},
		{&DropError{Drop: DropReceive, Err: io.ErrClosedPipe}, "receiving failed: io: read/write on closed pipe"},
		{&HandshakeError{Kind: HandshakeEmpty}, "handshake: the peer ended the connection without sending a byte"},
		{&HandshakeError{Kind: HandshakeTimeout}, "handshake: the peer sent nothing in time"},
		{&HandshakeError{Kind: HandshakeTimeout, Response: &Response{Raw: []byte("H")}}, "handshake: the peer did not complete its half in time"},
		{&HandshakeError{Kind: HandshakeTimeout, Err: context.Canceled}, "handshake: given up before the peer had completed its half"},
		{&HandshakeError{Kind: HandshakeDropped, Response: &Response{Raw: []byte("H")}, Err: io.EOF}, "handshake: the connection was lost inside the peer's half"},
		{&HandshakeError{Kind: HandshakeDropped, Request: &Request{Method: "GET", Raw: []byte("G")}, Response: &Response{Status: 101, Raw: []byte("H")}, Err: io.ErrClosedPipe},
			"handshake: the connection was lost: io: read/write on closed pipe"},
		{&HandshakeError{Kind: HandshakeDropped, Err: io.ErrClosedPipe}, "handshake: the connection was lost: io: read/write on closed pipe"},
		{&HandshakeError{Kind: HandshakeInvalid, Rule: "Upgrade", Want: "websocket", Section: "4.1"}, `handshake: Upgrade is missing, expected "websocket" (RFC 6455, Section 4.1)`},
		{&HandshakeError{Kind: HandshakeInvalid, Rule: "Upgrade", Got: "a\x1b", Want: "any of two"}, `handshake: Upgrade is "a\x1b", expected any of two`},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
	for _, err := range []error{&DropError{Err: io.EOF}, &HandshakeError{Err: io.EOF}, &TLSError{Err: io.EOF}} {
		if !errors.Is(err, io.EOF) {
			t.Errorf("%T hides the error of the network", err)
		}
	}
}

func TestCloseReason(t *testing.T) {
	long := make([]byte, 200)
	for i := range long {
		long[i] = "\u00e9"[i%2]
	}
	for _, tt := range []struct {
		err  error
		want int // bytes
	}{
		{errStrayContinuation, 72},
		{errors.New(string(long)), 122},
		{fmt.Errorf("x%s", long), 123},
		{errors.New("\xff"), 0},
	} {
		got := closeReason(tt.err)
		if len(got) != tt.want {
			t.Errorf("%v: %q has %d bytes, want %d", tt.err, got, len(got), tt.want)
		}
		if _, _, broken := ParseClosePayload(AppendClosePayload(nil, 1002, got)); broken != nil {
			t.Errorf("%v: %v", tt.err, broken)
		}
	}
}

func TestNames(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{OpText.String(), "text"}, {OpContinuation.String(), "continuation"}, {OpPong.String(), "pong"},
		{Opcode(3).String(), "reserved 0x3"}, {Opcode(15).String(), "reserved 0xf"}, {Opcode(200).String(), "reserved 0xc8"},
		{RSV(0).String(), "none"}, {RSV1.String(), "RSV1"}, {(RSV1 | RSV3).String(), "RSV1+RSV3"},
		{Client.String(), "client"}, {Server.String(), "server"}, {Client.Peer().String(), "server"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}
