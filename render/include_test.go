package render

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"

	"wscope/sse"
	"wscope/wsproto"
)

// included has a redirect, the reply that opens, a refusal, one of an event stream,
// and data.
func included() []Event {
	const opens = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSet-Cookie: s3cret\r\n\r\n"
	refused := &sse.ResponseError{Rule: sse.RuleStatus, Response: &http.Response{StatusCode: 404}, Body: []byte("nothing\n")}
	return []Event{
		&Detour{Meta: at(0), URL: "ws://h/", Status: 302, To: "ws://h/b", Response: []byte("HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n<moved>")},
		&Handshake{Meta: at(1), Role: wsproto.Client, Request: []byte("GET /b HTTP/1.1\r\n\r\n"), Response: []byte(opens)},
		&Message{Meta: at(2), Dir: Received, Opcode: wsproto.OpText, Payload: []byte("hello"), Start: true, Done: true},
		&Handshake{Meta: at(3), Role: wsproto.Client, Response: []byte("HTTP/1.1 403 \x1b[2J\nX-Bare: line feeds\n\nno\x1b[2J"), Err: errors.New("refused")},
		&Exchange{Meta: at(4), Interim: [][]byte{[]byte("HTTP/2.0 103 Early Hints\r\nSet-Cookie: s3cret\r\n\r\n")}, Response: []byte("HTTP/2.0 404\r\n\r\n"), Err: refused},
		&Handshake{Meta: at(5), Role: wsproto.Client, Err: errors.New("no response")},
		&Handshake{Meta: at(6), Role: wsproto.Server, Request: []byte("GET / HTTP/1.1\r\n\r\n"), Response: []byte(opens)},
	}
}

func TestInclude(t *testing.T) {
	for _, test := range []struct {
		name string
		o    Options
		want string
	}{
		{"pipe", Options{Format: Messages},
			"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n" +
				"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSet-Cookie: [redacted]\r\n\r\nhello\n" +
				"HTTP/1.1 403 \x1b[2J\nX-Bare: line feeds\n\nno\x1b[2J" +
				"HTTP/2.0 103 Early Hints\r\nSet-Cookie: [redacted]\r\n\r\nHTTP/2.0 404\r\n\r\nnothing\n"},
		{"pipe with frames", Options{Format: Frames, ShowSecrets: true},
			"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n" +
				"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSet-Cookie: s3cret\r\n\r\n" +
				"HTTP/1.1 403 \x1b[2J\nX-Bare: line feeds\n\nno\x1b[2J" +
				"HTTP/2.0 103 Early Hints\r\nSet-Cookie: s3cret\r\n\r\nHTTP/2.0 404\r\n\r\nnothing\n"},
		{"terminal", Options{Format: Messages, Terminal: true},
			"HTTP/1.1 302 Found\nLocation: /b\n\n" +
				"HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nSet-Cookie: [redacted]\n\nhello\n" +
				"HTTP/1.1 403 ␛[2J\nX-Bare: line feeds\n\nno␛[2J\n" +
				"HTTP/2.0 103 Early Hints\nSet-Cookie: [redacted]\n\nHTTP/2.0 404\n\nnothing\n"},
	} {
		test.o.Include = true
		got := string(show(t, func(b *bytes.Buffer) Renderer { return New(b, test.o) }, included()...))
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	// JSON is as it was.
	with := show(t, func(b *bytes.Buffer) Renderer { return New(b, Options{Format: JSON, Include: true}) }, included()...)
	without := show(t, func(b *bytes.Buffer) Renderer { return New(b, Options{Format: JSON}) }, included()...)
	if !bytes.Equal(with, without) {
		t.Errorf("JSON has changed:\n%s", with)
	}
}

// What is shown in front of the data is not shown again beside it, unless it is asked
// for.
func TestIncluded(t *testing.T) {
	for verbose, want := range []bool{false, true} {
		out := show(t, func(b *bytes.Buffer) Renderer { return NewStatus(b, StatusOptions{Included: true, Verbose: verbose}) }, included()...)
		if got := strings.Contains(string(out), "< HTTP"); got != want {
			t.Errorf("verbose %d: responses are shown: %v, want %v\n%s", verbose, got, want, out)
		}
	}
}
