package writeout

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"wscope/cmd/internal/netdial"
	"wscope/render"
	"wscope/sse"
	"wscope/wsproto"
)

// check prints a format and compares.
func check(t *testing.T, what string, s *Summary, format, want string) {
	t.Helper()
	if got, _ := printed(t, format, s, false); got != want {
		t.Errorf("%s: %s is %q, want %q", what, format, got, want)
	}
}

func TestSummaryRefused(t *testing.T) {
	s := &Summary{Start: start, URL: "ws://h/a/b"}
	s.Add(&render.Handshake{
		Meta: after(5), Role: wsproto.Client, URL: "ws://h/a/b", Peer: "h:80", Took: 5 * time.Millisecond,
		Response: []byte("HTTP/1.1 302 Found\nLocation: ../c\n\nbody"), Err: errors.New("refused"),
	})
	s.Finish(after(6).Time, 22)
	check(t, "refused", s, "%{http_code} %{redirect_url} %{num_redirects} %{time_upgrade} %{time_starttransfer} %{remote_ip} %{connections}", "302 ws://h/c 0 0.000000 0.005000  0")
}

func TestSummaryNoResponse(t *testing.T) {
	for _, response := range []string{"", "SSH-2.0\r\n", "HTTP/1.1\r\n", "HTTP/1.1 abc\r\n", "HTTP/1.1 "} {
		s := &Summary{Start: start}
		s.Add(&render.Handshake{Meta: after(5), Role: wsproto.Client, Response: []byte(response), Err: errors.New("no")})
		check(t, response, s, "%{http_code} %{time_starttransfer} %{redirect_url}", "000 0.000000 ")
	}
}

// Through a proxy the times go on from hop to hop, and the ends are those of the
// connection to it.
func TestSummaryProxy(t *testing.T) {
	s := &Summary{Start: start}
	s.Add(&render.Handshake{
		Meta: after(100), Role: wsproto.Client, Took: 90 * time.Millisecond, Err: errors.New("no"),
		Route: &render.Route{Took: 40 * time.Millisecond, Hops: []*render.Hop{
			{Proxy: true, Attempts: []render.Attempt{{Addr: "192.0.2.1:3128", Local: "192.0.2.2:1", Took: 5 * time.Millisecond}}, TLS: &render.TLS{Took: 10 * time.Millisecond}},
			{Tunnel: &render.Tunnel{Took: 7 * time.Millisecond, Response: []byte("HTTP/1.1 200 OK\r\n\r\n")}, TLS: &render.TLS{Took: 8 * time.Millisecond}},
		}},
	})
	check(t, "proxy", s, "%{http_connect} %{time_connect} %{time_appconnect} %{time_pretransfer} %{remote_ip} %{local_port}", "200 0.015000 0.040000 0.050000 192.0.2.1 1")
}

func TestSummaryVerify(t *testing.T) {
	for fault, want := range map[netdial.Fault]string{
		netdial.FaultExpired: "10", netdial.FaultNotYetValid: "9", netdial.FaultWrongHost: "62",
		netdial.FaultSelfSigned: "18", netdial.FaultUnknownCA: "20", netdial.FaultOther: "1",
	} {
		bad := &netdial.CertificateError{Fault: fault, Err: errors.New("x")}
		for _, hop := range []*render.Hop{{TLS: &render.TLS{Err: bad}}, {TLS: &render.TLS{Unchecked: true, Problem: bad}}} {
			s := &Summary{}
			s.Add(&render.Handshake{Role: wsproto.Client, Route: &render.Route{Hops: []*render.Hop{hop}}})
			check(t, "fault", s, "%{ssl_verify_result}", want)
		}
	}
	for _, hop := range []*render.Hop{{}, {TLS: &render.TLS{}}, {TLS: &render.TLS{Err: io.EOF}}, {Proxy: true, TLS: &render.TLS{Err: &netdial.CertificateError{Err: io.EOF}}}} {
		s := &Summary{}
		s.Add(&render.Handshake{Role: wsproto.Client, Route: &render.Route{Hops: []*render.Hop{hop}}})
		check(t, "no fault", s, "%{ssl_verify_result}", "0")
	}
}

// Counts add up over connections; the rest is of the last one.
func TestSummaryReconnection(t *testing.T) {
	s := &Summary{Start: start}
	for i, reason := range []string{"one", "two"} {
		s.Add(&render.Detour{Meta: after(i * 100), To: "ws://h/", Number: 1})
		s.Add(&render.Handshake{Meta: after(i*100 + 50), Role: wsproto.Client, URL: "ws://h/" + reason, Response: []byte("HTTP/1.1 101 X\r\n\r\n")})
		s.Add(&render.End{Meta: after(i*100 + 90), By: render.Us, Code: 1001, Reason: reason, Stats: render.Stats{FramesSent: 2, BytesReceived: 3}})
	}
	check(t, "reconnection", s, "%{connections} %{frames_sent} %{bytes_received} %{close_reason} %{url_effective} %{num_redirects}", "2 4 6 two ws://h/two 1")
}

func TestSummaryDropped(t *testing.T) {
	s := &Summary{}
	s.Add(&render.End{By: render.Nobody, Code: 1006, Err: errors.New("dropped")})
	s.Finish(start, 56)
	check(t, "dropped", s, "%{close_by} %{close_code} %{errormsg}", "nobody 1006 dropped")
}

func TestSummaryStream(t *testing.T) {
	s := &Summary{Start: start, URL: "http://h/a"}
	const response = "HTTP/2.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
	opening := &sse.Opening{Time: after(20).Time, Response: &http.Response{}, URL: &url.URL{}}
	s.Add(&render.Exchange{Meta: after(10), URL: "http://h/a", Response: []byte("HTTP/1.1 302 Found\r\n\r\n")})
	s.Add(&render.Detour{Meta: after(10), To: "http://h/b", Number: 1})
	s.Add(&render.Exchange{Meta: after(20), URL: "http://h/b", Response: []byte(response)})
	s.Add(&render.StreamOpen{Meta: after(20), Opening: opening})
	s.Add(&render.StreamEnd{Meta: after(90), By: render.Peer, Err: io.EOF, Stats: render.StreamStats{Events: 3, Bytes: 40}})
	s.Finish(after(91).Time, 0)
	check(t, "stream", s, "%{http_code} %{http_version} %{content_type} %{scheme} %{num_redirects} %{time_redirect} %{time_starttransfer} %{time_upgrade} %{time_total} %{events_received} %{bytes_received} %{close_by} %{connections}",
		"200 2 text/event-stream http 1 0.010000 0.020000 0.020000 0.091000 3 40 peer 1")
	s = &Summary{Start: start}
	s.Add(&render.StreamLoss{Meta: after(100), Loss: &sse.Loss{Wait: 50 * time.Millisecond}})
	s.Add(&render.Exchange{Meta: after(170), Response: []byte(response), Route: &render.Route{Took: 5 * time.Millisecond}})
	check(t, "stream again", s, "%{time_pretransfer} %{time_starttransfer}", "0.155000 0.170000")
}
