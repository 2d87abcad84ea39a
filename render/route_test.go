package render

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// routes are handshakes that came about in different ways.
func routes() []Event {
	const ms = time.Millisecond
	certificate := Certificate{
		Subject: "CN=example.com", Issuer: "CN=Issuing CA,O=Example \x1b[31m", Names: []string{"example.com", "www.example.com"},
		NotBefore: start.AddDate(0, -2, 0), NotAfter: start.AddDate(0, 1, 0), SHA256: [32]byte{1, 2, 0xFF},
	}
	issuer := Certificate{Subject: "CN=Issuing CA", Issuer: "CN=Root", NotBefore: start.AddDate(-2, 0, 0), NotAfter: start.AddDate(0, 0, 10).Add(time.Hour)}
	expired := Certificate{Subject: "CN=old", Issuer: "CN=old", Names: []string{"a", "b", "c", "d", "e", "f", "g"}, NotBefore: start.AddDate(-2, 0, 0), NotAfter: start.AddDate(0, 0, -1).Add(-time.Hour)}
	early := Certificate{Subject: "CN=new", Issuer: "CN=new", NotBefore: start.AddDate(0, 0, 3), NotAfter: start.AddDate(2, 0, 0)}
	agreed := TLS{Host: "example.com", Version: "TLS 1.3", Cipher: "TLS_AES_128_GCM_SHA256", Group: "X25519MLKEM768", Protocol: "http/1.1", Took: 5 * ms}
	secure := func(change func(*TLS)) *TLS {
		t := agreed
		change(&t)
		return &t
	}
	lookup := &Lookup{Name: "example.com", Addrs: []netip.Addr{netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("192.0.2.1")}, Took: 12 * ms}
	connected := func(addr string) []Attempt { return []Attempt{{Addr: addr, Local: "127.0.0.1:50000", Took: ms / 2}} }
	shake := func(after int, r *Route, err error) *Handshake {
		return &Handshake{Meta: at(after), URL: "ws://example.com/", Peer: "192.0.2.1:443", Route: r, Took: r.Took + 3*ms, Err: err}
	}
	const connectRequest = "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n"
	refused := errors.New("got 407 Proxy Authentication Required, expected 200")
	return []Event{
		shake(1, &Route{Took: 18 * ms, Hops: []*Hop{{
			Addr: "example.com:443", Lookup: lookup,
			Attempts: []Attempt{
				{Addr: "[2001:db8::1]:443", Took: 252 * ms, Lost: true},
				{Addr: "192.0.2.7:443", Start: ms, Took: ms, Err: errors.New("connection refused")},
				{Addr: "192.0.2.1:443", Local: "192.0.2.9:50000", Start: 250 * ms, Took: 2 * ms},
			},
			TLS: secure(func(t *TLS) {
				t.ServerName, t.Certificates, t.ClientCertificate = "example.com", []Certificate{certificate, issuer}, ClientCertSent
			}),
		}}}, nil),
		shake(2, &Route{Took: 9 * ms, Hops: []*Hop{
			{Proxy: true, Addr: "proxy:3128", Source: "$https_proxy", Lookup: &Lookup{Name: "proxy", Addrs: lookup.Addrs[1:], Source: "--resolve"}, Attempts: connected("192.0.2.1:3128"),
				TLS: secure(func(t *TLS) { t.ServerName, t.Protocol, t.Unchecked = "proxy", "", true })},
			{Addr: "example.com:443", Tunnel: &Tunnel{Protocol: "HTTP CONNECT", To: "example.com:443", Took: 4 * ms,
				Request: []byte(connectRequest), Response: []byte("HTTP/1.1 200 OK\r\n\r\n")},
				TLS: secure(func(t *TLS) {
					t.ServerName, t.Unchecked, t.Problem = "other.example", true, errors.New("it has expired")
					t.Certificates, t.ClientCertificate = []Certificate{expired, early}, ClientCertMissing
				})},
		}}, nil),
		shake(3, &Route{Took: 9 * ms, Hops: []*Hop{
			{Proxy: true, Addr: "127.0.0.1:3128", Attempts: connected("127.0.0.1:3128")},
			{Addr: "example.com:443", Tunnel: &Tunnel{Protocol: "HTTP CONNECT", To: "example.com:443", Took: 4 * ms, Cut: true, Err: refused,
				Request: []byte(connectRequest), Response: []byte("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\nwho are \x1b you?\n")}},
		}}, refused),
		shake(4, &Route{Took: 9 * ms, Hops: []*Hop{{Addr: "nowhere:80", Lookup: &Lookup{Name: "nowhere", Took: 9 * ms, Err: errors.New("no such host")}}}},
			errors.New("there is no host called nowhere")),
		shake(5, &Route{Took: time.Second, Hops: []*Hop{{Addr: "/run/s", Attempts: []Attempt{{Addr: "/run/s", Took: ms}},
			TLS: &TLS{Took: time.Second, Err: context.DeadlineExceeded}}}}, errors.New("the time was over")),
		withConn(7, &Exchange{Meta: at(6), URL: "http://example.com/feed", Request: []byte(streamRequest), Response: []byte(streamResponse),
			Route: &Route{Took: ms, Hops: []*Hop{
				{Proxy: true, Addr: "127.0.0.1:1080", Attempts: connected("127.0.0.1:1080")},
				{Addr: "example.com:80", Lookup: lookup, Tunnel: &Tunnel{Protocol: "SOCKS5", To: "192.0.2.1:80", Took: ms}}}}}),
		shake(8, &Route{}, errors.New("http_proxy: no host")),
	}
}

func TestRouteGolden(t *testing.T) {
	for _, test := range []struct {
		name string
		make func(*bytes.Buffer) Renderer
	}{
		{"route", func(b *bytes.Buffer) Renderer { return NewStatus(b, StatusOptions{}) }},
		{"route-quiet", func(b *bytes.Buffer) Renderer { return NewStatus(b, StatusOptions{Quiet: true, Verbose: 1}) }},
		{"route-v", func(b *bytes.Buffer) Renderer { return NewStatus(b, StatusOptions{Verbose: 1}) }},
		{"route-v-color", func(b *bytes.Buffer) Renderer { return NewStatus(b, StatusOptions{Verbose: 1, Color: true}) }},
		{"route-json", func(b *bytes.Buffer) Renderer { return New(b, Options{Format: JSON, Start: start}) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			golden(t, test.name, show(t, test.make, routes()...))
		})
	}
}

func TestRouteSchema(t *testing.T) {
	schema := compileSchema(t)
	shown := show(t, func(b *bytes.Buffer) Renderer { return New(b, Options{Format: JSON, Start: start}) }, routes()...)
	for line := range bytes.Lines(append(shown, record(t, false, routes()...)...)) {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
		if err != nil {
			t.Fatalf("%v\n%s", err, line)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%v\n%s", err, line)
		}
	}
}

// A route of a transcript shows as it did when it was recorded, and has no secret.
func TestRouteTranscript(t *testing.T) {
	transcript := record(t, false, routes()...)
	if strings.Contains(string(transcript), "dXNlcjpwYXNz") {
		t.Error("the transcript has the credentials for a proxy")
	}
	replayed := replay(t, transcript)[1:]
	for name, make := range map[string]func(*bytes.Buffer) Renderer{
		"talk": func(b *bytes.Buffer) Renderer { return NewStatus(b, StatusOptions{Verbose: 1, Start: start}) },
		"json": func(b *bytes.Buffer) Renderer { return New(b, Options{Format: JSON, Start: start}) },
	} {
		want, got := show(t, make, routes()...), show(t, make, replayed...)
		if diff := cmp.Diff(strings.SplitAfter(string(want), "\n"), strings.SplitAfter(string(got), "\n")); diff != "" {
			t.Errorf("%s: -live +replayed:\n%s", name, diff)
		}
	}
}

func TestRouteTranscriptErrors(t *testing.T) {
	const before = `{"v":1,"event":"handshake","time":"2026-01-02T15:04:05Z","elapsed":0,"role":"client","route":{"took":0,"hops":[`
	for hop, want := range map[string]string{
		`{"role":"server","lookup":{"addresses":["x"]}}`: `line 1: addresses is "x", expected an IP address`,
		`{"role":"middle"}`: `line 1: role is "middle", expected proxy or server`,
		`{"role":"server","tls":{"client_certificate":"x"}}`:              `line 1: client_certificate is "x", expected missing or sent`,
		`{"role":"server","tls":{"certificates":[{"sha256":"01"}]}}`:      `line 1: sha256 is "01", expected 64 hexadecimal digits`,
		`{"role":"server","tls":{"certificates":[{"not_after":"2026"}]}}`: `line 1: parsing time "2026" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "-"`,
	} {
		_, err := NewTranscriptReader(strings.NewReader(before + hop + "]}}\n")).Next()
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", hop, err, want)
		}
	}
}
