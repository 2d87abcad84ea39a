package render

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

// What has been shown of a connection while it was opened is not shown again, and
// what is left comes with the end of that.
func TestUnderway(t *testing.T) {
	const (
		ms      = time.Millisecond
		request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
	)
	server := &Hop{Addr: "h:443"}
	route := &Route{Hops: []*Hop{{Proxy: true, Addr: "p:1", Source: "--proxy"}, server}}
	var b bytes.Buffer
	s := NewStatus(&b, StatusOptions{Verbose: 1})
	step := func(e Event, want ...string) {
		t.Helper()
		b.Reset()
		s.Render(e)
		s.Flush()
		if got := b.String(); got != strings.Join(want, "") {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	proxy := route.Hops[0]
	step(&Underway{Route: route, Waiting: "connecting to 192.0.2.1:1"},
		"* proxy: p:1 is named by --proxy\n", "* connecting to 192.0.2.1:1\n")
	proxy.Attempts = []Attempt{{Addr: "192.0.2.1:1"}}
	step(&Underway{Route: route, Waiting: "connecting to 192.0.2.2:1"}, "* connecting to 192.0.2.2:1\n")
	proxy.Attempts = []Attempt{{Addr: "192.0.2.1:1", Lost: true, Took: 5 * ms}, {Addr: "192.0.2.2:1", Took: ms}}
	server.Tunnel = &Tunnel{Protocol: "HTTP CONNECT", To: "h:443", Request: []byte("CONNECT h:443 HTTP/1.1\r\n\r\n")}
	step(&Underway{Route: route, Waiting: "waiting"},
		"* proxy: 192.0.2.1:1 given up after 5.0 ms, another address was faster\n", "* proxy: connected to 192.0.2.2:1 in 1.0 ms\n",
		"> CONNECT h:443 HTTP/1.1\n", ">\n", "* waiting\n")
	server.Tunnel.Took, server.Tunnel.Response = 2*ms, []byte("HTTP/1.1 200 OK\r\n\r\n")
	step(&Underway{Route: route, Waiting: "doing the TLS handshake with h:443"},
		"< HTTP/1.1 200 OK\n", "<\n", "* HTTP CONNECT tunnel to h:443 open in 2.0 ms\n", "* doing the TLS handshake with h:443\n")
	server.TLS = &TLS{Host: "h", ServerName: "h", Version: "TLS 1.3", Cipher: "C", Took: 3 * ms}
	step(&Underway{Route: route, Request: []byte(request)},
		"* TLS 1.3, C, no protocol negotiated, in 3.0 ms\n", "> GET / HTTP/1.1\n", "> Host: h\n", ">\n")
	handshake := &Handshake{Route: route, Request: []byte(request), Response: []byte("HTTP/1.1 403 Forbidden\r\n\r\n"), Err: errors.New("status 403")}
	step(handshake, "< HTTP/1.1 403 Forbidden\n", "<\n")

	// The next connection is another.
	one := &Route{Hops: []*Hop{{Addr: "h:80", Attempts: []Attempt{{Addr: "192.0.2.3:80", Took: ms}}}}}
	step(&Underway{Route: one, Request: []byte(request)}, "* connected to 192.0.2.3:80 in 1.0 ms\n", "> GET / HTTP/1.1\n", "> Host: h\n", ">\n")
	step(&Detour{Route: one, Request: []byte(request), Response: []byte("HTTP/1.1 401 No\r\n\r\n")},
		"< HTTP/1.1 401 No\n", "<\n", "* the challenge of the server is answered\n")
	step(&Underway{Route: one, Request: []byte(request)}, "* connected to 192.0.2.3:80 in 1.0 ms\n", "> GET / HTTP/1.1\n", "> Host: h\n", ">\n")
	step(&Exchange{Route: one, Request: []byte(request), Response: []byte("HTTP/1.1 200 OK\r\n\r\n")},
		"< HTTP/1.1 200 OK\n", "<\n", "* time: connect 1.0 ms\n")
}

// Nobody but those who watch is told of what is under way.
func TestUnderwayQuiet(t *testing.T) {
	e := &Underway{Route: routes()[0].(*Handshake).Route, Waiting: "connecting", Request: []byte("GET / HTTP/1.1\r\n\r\n")}
	for _, o := range []StatusOptions{{}, {Verbose: 3, Quiet: true}} {
		if got := show(t, func(b *bytes.Buffer) Renderer { return NewStatus(b, o) }, e); len(got) > 0 {
			t.Errorf("%+v: got %q", o, got)
		}
	}
	for _, f := range []Format{Frames, Messages, Hex, JSON} {
		if got := show(t, func(b *bytes.Buffer) Renderer { return New(b, Options{Format: f}) }, e); len(got) > 0 {
			t.Errorf("%v: got %q", f, got)
		}
	}
}
