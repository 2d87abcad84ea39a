package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"wscope/wsproto"
)

// compressed makes a frame one of a compressed message: decoded is what came out
// of it, and d is about the message so far.
func compressed(decoded string, d *Deflate) frameOption {
	return func(f *Frame) {
		f.Encoded, f.Decoded, f.DecodedLen = true, []byte(decoded), uint64(len(decoded))
		f.Deflate = d
	}
}

// deflateFrames has every kind of compressed frame.
func deflateFrames() []*Frame {
	first := rsv(wsproto.RSV1)
	long := strings.Repeat("long ", 300)
	return []*Frame{
		newFrame(1, Sent, wsproto.OpText, "\xf2\x48\xcd\xc9\xc9\x07\x00", first, compressed("Hello", &Deflate{Wire: 7, Plain: 5})),
		newFrame(2, Received, wsproto.OpText, "\xf2\x00\x11\x00\x00", first, compressed("Hello", &Deflate{Wire: 5, Plain: 5, Context: 5})),
		newFrame(3, Received, wsproto.OpText, "\xf2\x48", first, compressed("line\n\x1b[31m Grüße, and so on", &Deflate{Wire: 2, Plain: 29, Context: 20_000})),
		newFrame(4, Received, wsproto.OpBinary, "\x62\x64", first, compressed("\x00\x01\xfe\xff", &Deflate{Wire: 2, Plain: 4})),
		newFrame(5, Received, wsproto.OpText, "\x00", first, compressed("", &Deflate{Wire: 1})),
		newFrame(6, Received, wsproto.OpText, "\x72", first, fragment(1, false), compressed("caf\xc3", &Deflate{Wire: 1, Plain: 4, Context: 9})),
		newFrame(7, Received, wsproto.OpPing, "between"),
		newFrame(8, Received, wsproto.OpContinuation, "\x73\x74\x75", fragment(2, false), compressed("", &Deflate{Wire: 4, Plain: 4, Context: 9})),
		newFrame(9, Received, wsproto.OpContinuation, "\x00", fragment(3, true), compressed("\xa9 noir", &Deflate{Wire: 5, Plain: 10, Context: 9})),
		newFrame(10, Sent, wsproto.OpText, "\xf2\x48", first, fragment(1, false), compressed("", &Deflate{Wire: 2})),
		newFrame(11, Sent, wsproto.OpContinuation, "\xcd", fragment(2, true), compressed("Hello Hello", &Deflate{Wire: 3, Plain: 11})),
		newFrame(12, Received, wsproto.OpText, "abc", first, compressed(long, &Deflate{Wire: 3, Plain: uint64(len(long))})),
		newFrame(13, Received, wsproto.OpText, "plain"), // as it is, though compressing was agreed on
		newFrame(14, Received, wsproto.OpText, "\x07", first, compressed("", &Deflate{Wire: 1}), func(f *Frame) {
			f.Broken = &wsproto.ProtocolError{Code: wsproto.CloseInvalidPayload, RFC: 7692, Section: "7.2.2", Reason: "the compressed data of the message is corrupt"}
		}),
		newFrame(15, Received, wsproto.OpBinary, "some", first, length(9000, 2), compressed("part of", &Deflate{Wire: 9000, Plain: 40_000}), func(f *Frame) { f.DecodedLen = 40_000 }),
		newFrame(16, Received, wsproto.OpText, "uncounted", first, compressed("inflated", nil)),
	}
}

// deflateTalk has the events that tell of compressing besides frames.
func deflateTalk() []Event {
	meaning := []string{"permessage-deflate: each side does as it likes"}
	stats := &DeflateStats{Sent: DeflateFlow{3, 300, 1200}, Received: DeflateFlow{2, 90_000, 9_000_000}, Windows: 9216}
	ended := &wsproto.CloseError{Code: wsproto.CloseNormal, Reply: wsproto.CloseNormal}
	return []Event{
		&Handshake{Meta: at(1), URL: "ws://example.com/", Extensions: []string{"permessage-deflate"}, Meaning: meaning},
		withConn(3, &Handshake{Meta: at(2), Role: wsproto.Server, URL: "/", Peer: "127.0.0.1:1", Extensions: []string{"permessage-deflate"}, Meaning: append(meaning, "and \x1b")}),
		&Message{Meta: at(3), Dir: Received, Opcode: wsproto.OpText, Payload: []byte("Hello"), Start: true, Done: true, Deflate: &Deflate{Wire: 7, Plain: 5}},
		&Message{Meta: at(4), Dir: Sent, Opcode: wsproto.OpText, Payload: []byte("HelloHello"), Start: true, Done: true, Deflate: &Deflate{Wire: 5, Plain: 10, Context: 5}},
		&Message{Meta: at(5), Dir: Sent, Opcode: wsproto.OpText, Start: true, Done: true, Deflate: &Deflate{Wire: 1}},
		&End{Meta: at(6), By: Us, Code: wsproto.CloseNormal, Err: ended, Stats: Stats{Deflate: stats}},
		&End{Meta: at(7), By: Us, Code: wsproto.CloseNormal, Err: ended, Stats: Stats{Deflate: &DeflateStats{Received: DeflateFlow{Messages: 1, Wire: 1}}}},
	}
}

func TestDeflateGolden(t *testing.T) {
	frames := asEvents(deflateFrames())
	all := append(frames, deflateTalk()...)
	for _, test := range []struct {
		name   string
		events []Event
		make   func(*bytes.Buffer) Renderer
	}{
		{"deflate-frames", frames, func(b *bytes.Buffer) Renderer { return New(b, Options{Start: start, MaxPreview: 40}) }},
		{"deflate-frames-color", frames, func(b *bytes.Buffer) Renderer { return New(b, Options{Start: start, MaxPreview: 40, Color: true}) }},
		{"deflate-hex", frames, func(b *bytes.Buffer) Renderer { return New(b, Options{Start: start, Format: Hex, MaxPreview: 20}) }},
		{"deflate-json", all, func(b *bytes.Buffer) Renderer { return New(b, Options{Start: start, Format: JSON}) }},
		{"deflate-status", all, func(b *bytes.Buffer) Renderer { return NewStatus(b, StatusOptions{Start: start, Announce: true}) }},
	} {
		t.Run(test.name, func(t *testing.T) { golden(t, test.name, show(t, test.make, test.events...)) })
	}
}

func TestDeflateSchema(t *testing.T) {
	schema := compileSchema(t)
	for i, e := range append(asEvents(deflateFrames()), deflateTalk()...) {
		line := show(t, func(b *bytes.Buffer) Renderer { return New(b, Options{Format: JSON, Start: start}) }, e)
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
		if err != nil {
			t.Fatalf("event %d: %v\n%s", i, err, line)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("event %d: %v\n%s", i, err, line)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, test := range []struct {
		wire, plain uint64
		want        string
	}{{18, 64, "28 %"}, {7, 5, "140 %"}, {1, 1032, "0.1 %"}, {99, 1000, "9.9 %"}, {100, 1000, "10 %"}, {9_999, 100_000, "10 %"}, {0, 5, "0.0 %"}} {
		if got := string(appendPercent(nil, test.wire, test.plain)); got != test.want {
			t.Errorf("%d of %d is %s, want %s", test.wire, test.plain, got, test.want)
		}
	}
}
