package sift

import (
	"bytes"
	"testing"
	"time"

	"wscope/render"
	"wscope/sse"
	"wscope/wsproto"
)

func TestFilter(t *testing.T) {
	at := func(s, conn int) render.Meta {
		return render.Meta{Elapsed: time.Duration(s) * time.Second, Conn: conn}
	}
	frame := func(m render.Meta, d render.Direction, op wsproto.Opcode, p string) *render.Frame {
		return &render.Frame{Meta: m, Dir: d, FrameInfo: &wsproto.FrameInfo{Header: wsproto.Header{FIN: true, Opcode: op}, Payload: []byte(p)}}
	}
	squeezed := frame(at(5, 2), render.Received, wsproto.OpBinary, "wire")
	squeezed.Encoded, squeezed.Decoded, squeezed.DecodedLen = true, []byte("inflated"), 8
	events := map[string]render.Event{
		"handshake": &render.Handshake{Meta: at(1, 1)},
		"sent":      frame(at(2, 1), render.Sent, wsproto.OpText, "hello"),
		"received":  frame(at(3, 1), render.Received, wsproto.OpText, "world"),
		"message":   &render.Message{Meta: at(3, 1), Dir: render.Received, Opcode: wsproto.OpText, Payload: []byte("world")},
		"ping":      frame(at(4, 2), render.Received, wsproto.OpPing, "hello"),
		"squeezed":  squeezed,
		"event":     &render.StreamEvent{Meta: at(6, 0), Event: &sse.Event{Data: []byte("hello")}},
		"end":       &render.End{Meta: at(7, 1)},
	}
	has := func(text string) func([]byte) bool {
		return func(p []byte) bool { return bytes.Contains(p, []byte(text)) }
	}
	control, err := render.ParseOpcodes("control")
	if err != nil {
		t.Fatal(err)
	}
	text, err := render.ParseOpcodes("text")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		f    Filter
		want []string
	}{
		{"nothing asked", Filter{}, []string{"handshake", "sent", "received", "message", "ping", "squeezed", "event", "end"}},
		{"connection", Filter{Conns: []int{2}}, []string{"ping", "squeezed"}},
		{"no number", Filter{Conns: []int{0, 2}}, []string{"ping", "squeezed", "event"}},
		{"direction", Filter{Directions: []render.Direction{render.Sent}}, []string{"sent"}},
		{"opcode", Filter{Opcodes: text}, []string{"sent", "received", "message"}},
		{"control", Filter{Opcodes: control}, []string{"ping"}},
		{"kind", Filter{Names: []string{"close", "handshake"}}, []string{"handshake", "end"}},
		{"payload", Filter{Payload: has("hello")}, []string{"sent", "ping", "event"}},
		{"inflated payload", Filter{Payload: has("flat")}, []string{"squeezed"}},
		{"payload on the wire", Filter{Payload: has("wire")}, nil},
		{"from", Filter{From: 6 * time.Second}, []string{"event", "end"}},
		{"from to", Filter{From: 2 * time.Second, To: 4 * time.Second}, []string{"sent", "received", "message", "ping"}},
		{"all of it", Filter{Conns: []int{1}, Opcodes: text, Names: []string{"frame"}, Payload: has("o"), From: 3 * time.Second}, []string{"received"}},
	} {
		wanted := map[string]bool{}
		for _, name := range test.want {
			wanted[name] = true
		}
		for name, e := range events {
			if got := test.f.Match(e); got != wanted[name] {
				t.Errorf("%s: %s is matched: %v", test.name, name, got)
			}
		}
	}
}
