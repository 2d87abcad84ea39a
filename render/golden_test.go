package render

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wscope/wsproto"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file of testdata, or rewrites the file.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", file, diff)
	}
}

var start = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

func at(ms int) Meta { return Meta{Time: start.Add(time.Duration(ms) * time.Millisecond)} }

// A frameOption changes a frame that newFrame makes.
type frameOption func(*Frame)

func newFrame(ms int, dir Direction, op wsproto.Opcode, payload string, opts ...frameOption) *Frame {
	f := &Frame{Meta: at(ms), Dir: dir, FrameInfo: &wsproto.FrameInfo{
		Header:  wsproto.Header{FIN: true, Opcode: op, PayloadLen: uint64(len(payload))},
		Payload: []byte(payload),
	}}
	if dir == Sent {
		f.Header.Masked = true
		f.Header.MaskingKey = [4]byte{0x37, 0xFA, 0x21, 0x3D}
	}
	for _, o := range opts {
		o(f)
	}
	return f
}

func fragment(n int, last bool) frameOption {
	return func(f *Frame) { f.Fragment, f.Header.FIN = n, last }
}

func rtt(d time.Duration) frameOption { return func(f *Frame) { f.RTT = d } }
func conn(n int) frameOption          { return func(f *Frame) { f.Conn = n } }

func rsv(r wsproto.RSV) frameOption { return func(f *Frame) { f.Header.RSV = r } }

func length(n uint64, extended uint8) frameOption {
	return func(f *Frame) { f.Header.PayloadLen, f.Header.LenBytes = n, extended }
}

func broken(section, reason string) frameOption {
	return func(f *Frame) {
		f.Broken = &wsproto.ProtocolError{Code: wsproto.CloseProtocolError, Section: section, Reason: reason}
	}
}

// frames has every kind of frame, the legal ones first.
func frames() []*Frame {
	bye := string(wsproto.AppendClosePayload(nil, wsproto.CloseNormal, "bye"))
	return []*Frame{
		newFrame(0, Sent, wsproto.OpText, "hello"),
		newFrame(1, Received, wsproto.OpText, "hello"),
		newFrame(1500, Received, wsproto.OpText, ""),
		newFrame(1501, Received, wsproto.OpText, "line\nnext\x1b[31m \u202e \x9b \\x1b Grüße 世界"),
		newFrame(1502, Sent, wsproto.OpBinary, "\x00\x01\xFE\xFF"),
		newFrame(2104, Sent, wsproto.OpPing, "p-01"),
		newFrame(2105, Received, wsproto.OpPong, "p-01", rtt(812*time.Microsecond)),
		newFrame(2106, Received, wsproto.OpPong, "\x00\x07", rtt(37*time.Microsecond)),
		newFrame(3000, Received, wsproto.OpText, "caf\xc3", fragment(1, false)),
		newFrame(3001, Received, wsproto.OpPing, "between"),
		newFrame(3002, Sent, wsproto.OpBinary, "other", fragment(1, false)),
		newFrame(3003, Received, wsproto.OpContinuation, "\xa9 noir", fragment(2, true)),
		newFrame(3004, Sent, wsproto.OpContinuation, "way", fragment(2, true)),
		newFrame(3100, Received, wsproto.OpText, strings.Repeat("long ", 300)),
		newFrame(3101, Received, wsproto.OpBinary, strings.Repeat("B", 70_000)),
		newFrame(3200, Received, wsproto.OpText, "for one of many", conn(2)),
		newFrame(3201, Sent, wsproto.OpText, "and another", conn(13)),
		newFrame(4000, Received, wsproto.OpClose, bye),
		newFrame(4001, Sent, wsproto.OpClose, ""),
		newFrame(5000, Received, wsproto.OpText, "ok", length(2, 8),
			broken("5.2", "the payload length is not in its shortest encoding")),
		newFrame(5001, Received, wsproto.Opcode(0x3), "what", rsv(wsproto.RSV1|wsproto.RSV3),
			broken("5.2", "reserved bit RSV1+RSV3 is set and no extension gave it a meaning")),
		newFrame(5002, Received, wsproto.OpPing, "half", fragment(0, false), broken("5.5", "fragmented ping frame")),
		newFrame(5003, Received, wsproto.OpContinuation, "stray", broken("5.4", "continuation frame without a message to continue")),
		newFrame(5004, Received, wsproto.OpText, "", length(1<<63, 8),
			broken("5.2", "the most significant bit of the 64-bit payload length is set")),
		newFrame(5005, Received, wsproto.OpBinary, "some", length(1000, 2)),
		newFrame(5006, Received, wsproto.OpClose, "\x03", broken("5.5.1", "close payload of one byte, too short for a close code")),
		newFrame(5007, Received, wsproto.OpClose, "\x03\xeeno \"good\"\r\n\x1b]0;owned\a", broken("7.4", "close code 1006 may not be sent in a frame")),
		newFrame(5008, Received, wsproto.OpClose, "", length(3, 0), broken("5.1", "frame of a server is masked")),
	}
}

// show returns what a renderer writes for some events.
func show(t *testing.T, make func(*bytes.Buffer) Renderer, events ...Event) []byte {
	t.Helper()
	var out bytes.Buffer
	r := make(&out)
	for _, e := range events {
		if err := r.Render(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asEvents[E Event](in []E) []Event {
	out := make([]Event, len(in))
	for i, e := range in {
		out[i] = e
	}
	return out
}

func TestFramesGolden(t *testing.T) {
	for _, test := range []struct {
		name string
		o    Options
	}{
		{"frames", Options{}},
		{"frames-color", Options{Color: true, Terminal: true}},
		{"frames-delta", Options{Timestamps: Delta, MaxPreview: 8}},
		{"frames-wall", Options{Timestamps: Wall, MaxPreview: 8, Hide: opcodes(wsproto.OpPing) | opcodes(wsproto.OpPong)}},
		{"frames-none", Options{Timestamps: None, MaxPreview: 8}},
		{"frames-narrow", Options{MaxPreview: 40, Width: 80}},
		{"hex", Options{Format: Hex, MaxPreview: 40}},
		{"hex-color", Options{Format: Hex, MaxPreview: 40, Color: true}},
		{"hex-narrow", Options{Format: Hex, MaxPreview: 40, Width: 80}},
		{"hex-wide", Options{Format: Hex, MaxPreview: 40, Width: 160}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.o.Start = start
			golden(t, test.name, show(t, func(b *bytes.Buffer) Renderer { return New(b, test.o) }, asEvents(frames())...))
		})
	}
}

var errNet = errors.New("read tcp 127.0.0.1:1: connection \x1breset")

const (
	request = "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n" +
		"Authorization: Basic dXNlcjpwYXNz\r\nCookie: sid=1;\r\n lang=en\r\nX-From: http://user:pass@example.com/\r\n\r\n"
	response = "HTTP/1.1 101 Switching Protocols\r\nSet-Cookie: sid=2\r\nX-Evil: \x1b[2J\xff\r\nno colon here\r\n\r\n"
	refusal  = "HTTP/1.1 403 Forbidden\nContent-Length: 10\n\nno,\nsorry\x1b"
)

func withConn[E Event](n int, e E) E {
	e.event().Conn = n
	return e
}

// refused is a diagnosis with everything in it.
var refused = &Diagnosis{
	Symptom: "forbidden", RFC: 6455, Section: "10.2",
	Facts: []Fact{
		{"sent", "Origin: http://user:pass@other.example"},
		{"expected", "101 Switching Protocols \u202e"},
	},
	Meaning: "the server does not grant it",
	Causes:  []string{"the origin is not on its list", "a cookie is missing"},
	Next:    []string{"wscope connect -o http://example.com ws://example.com/", "ask\x1b"},
	Hint:    "the server may want another Origin (-o)",
}

// talk has every kind of event that is no frame.
func talk() []Event {
	stats := Stats{FramesSent: 3, BytesSent: 31, FramesReceived: 1, BytesReceived: 5_000_000, RTT: 800 * time.Microsecond, FirstFrame: 1200 * time.Microsecond}
	const took = 4 * time.Second
	return []Event{
		&Handshake{Meta: at(1), URL: "ws://user:pass@127.0.0.1:8080/chat", Peer: "127.0.0.1:8080", Took: 1234 * time.Microsecond,
			Request: []byte(request), Response: []byte(response)},
		&Handshake{Meta: at(2), URL: "wss://example.com/", Subprotocol: "chat.v2", Extensions: []string{"permessage-deflate; server_no_context_takeover"}, Took: 2 * time.Second},
		&Handshake{Meta: at(3), URL: "ws://example.com/", Request: []byte(request), Response: []byte(refusal), Took: time.Millisecond,
			Err: errors.New("handshake: the server answered 403 Forbidden"), Diagnosis: refused},
		&Handshake{Meta: at(3), URL: "ws://example.com/", Response: []byte("HTTP/1.1 404 Not Found\r\n\r\n"), Err: &wsproto.HandshakeError{
			Kind: wsproto.HandshakeRefused, Rule: "status", Got: "404 Not Found", Want: "101", Section: "4.1",
			Response: &wsproto.Response{Status: 404, Body: []byte("<h1>\r\n\u202enothing</h1>"), More: true},
		}},
		withConn(3, &Handshake{Meta: at(4), Role: wsproto.Server, URL: "/chat", Peer: "127.0.0.1:53412", Took: 80 * time.Microsecond,
			Request: []byte(request), Response: []byte(response)}),
		withConn(4, &Handshake{Meta: at(5), Role: wsproto.Server, URL: "/\x1b", Peer: "127.0.0.1:53413", Request: []byte("GET / HT"),
			Err: errors.New("handshake: the request ends early")}),
		&Note{Meta: at(6), Text: "connected to ws://user:pass@h/ \u202e"},
		withConn(2, &Note{Meta: at(7), Text: "idle"}),
		&Note{Meta: at(7), Text: "too long", Important: true},
		&End{Meta: at(8), By: Peer, Code: wsproto.CloseNormal, Reason: "bye", Took: took, Stats: stats,
			Err: &wsproto.CloseError{Code: wsproto.CloseNormal, Reason: "bye", Remote: true, Reply: wsproto.CloseNormal}},
		withConn(3, &End{Meta: at(9), By: Us, Code: wsproto.CloseGoingAway, Took: 90 * time.Second,
			Err: &wsproto.CloseError{Code: wsproto.CloseGoingAway, Reply: wsproto.CloseGoingAway}}),
		&End{Meta: at(10), By: Peer, Code: wsproto.CloseInternalError, Reason: "\x1b[31m \"oops\"", Took: took, Stats: stats,
			Err: &wsproto.CloseError{Code: wsproto.CloseInternalError, Remote: true, Reply: wsproto.CloseNormal, ReplyReason: "so be it"}},
		&End{Meta: at(11), By: Us, Code: wsproto.CloseProtocolError, Took: took, Stats: stats,
			Err: &wsproto.ProtocolError{Code: wsproto.CloseProtocolError, Section: "5.5", Reason: "fragmented ping frame"}},
		&End{Meta: at(12), Code: wsproto.CloseAbnormal, Took: took, Stats: stats,
			Err: &wsproto.DropError{Drop: wsproto.DropReceive, Inside: "a frame header", Err: errNet}},
		&End{Meta: at(12), By: Peer, Code: wsproto.CloseAbnormal, Took: took, Stats: stats, Err: &wsproto.DropError{Drop: wsproto.DropFIN},
			Diagnosis: &Diagnosis{Symptom: "fin", Meaning: "it was dropped", Hint: "--ping-interval \x1bkeeps it busy"}},
		&End{Meta: at(12), By: Us, Code: wsproto.CloseAbnormal, Took: took, Stats: stats, Err: errors.New("no pong and nothing else within 1s of a ping")},
		&End{Meta: at(13), By: Us, Code: wsproto.CloseMessageTooBig, Took: 26 * time.Hour, Stats: stats,
			Err: &wsproto.SizeError{Limit: 10, AtLeast: 11}},
		&Retry{Meta: at(13), Attempt: 1, Wait: 1200 * time.Millisecond},
		&Retry{Meta: at(13), Attempt: 2, Limit: 5, Wait: 2 * time.Second, Err: errNet},
		&Handshake{Meta: at(14), Attempt: 2, URL: "ws://127.0.0.1:8080/", Peer: "127.0.0.1:8080", Took: time.Millisecond},
		&Failure{Meta: at(14), Err: errNet, Hint: "try ws://user:pass@h/\u202e instead"},
		withConn(5, &Failure{Meta: at(15), Err: errors.New("no pong in time"), Hint: "ping it"}),
	}
}

func TestStatusGolden(t *testing.T) {
	for _, test := range []struct {
		name string
		o    StatusOptions
	}{
		{"status", StatusOptions{}},
		{"status-announce", StatusOptions{Announce: true}},
		{"status-quiet", StatusOptions{Quiet: true, Announce: true, Verbose: 3}},
		{"status-v", StatusOptions{Verbose: 1}},
		{"status-v-color", StatusOptions{Verbose: 1, Color: true}},
		{"status-v-secrets", StatusOptions{Verbose: 1, ShowSecrets: true}},
		{"status-vv", StatusOptions{Verbose: 2}},
		{"status-vvv", StatusOptions{Verbose: 3}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.o.Start = start
			events := append(talk(), newFrame(20, Sent, wsproto.OpText, "hello"))
			golden(t, test.name, show(t, func(b *bytes.Buffer) Renderer { return NewStatus(b, test.o) }, events...))
		})
	}
}
