package writeout

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"wscope/render"
	"wscope/wsproto"
)

var start = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

func after(ms int) render.Meta {
	return render.Meta{Time: start.Add(time.Duration(ms) * time.Millisecond)}
}

// session is what a session over a redirect, TLS and some messages leaves behind.
func session() *Summary {
	s := &Summary{Start: start, URL: "ws://h/a"}
	way := func(addr string, secure bool) *render.Route {
		hop := &render.Hop{
			Addr:     addr,
			Lookup:   &render.Lookup{Took: 2 * time.Millisecond},
			Attempts: []render.Attempt{{Addr: "192.0.2.9:80", Err: errors.New("no"), Took: time.Millisecond}, {Addr: "192.0.2.1:443", Local: "192.0.2.2:50000", Start: time.Millisecond, Took: 3 * time.Millisecond}},
		}
		if secure {
			hop.TLS = &render.TLS{Took: 5 * time.Millisecond}
		}
		return &render.Route{Hops: []*render.Hop{hop}, Took: 6 * time.Millisecond}
	}
	s.Add(&render.Detour{Meta: after(10), URL: "ws://h/a", Route: way("h:80", false), Status: 302, To: "wss://h/b", Number: 1})
	s.Add(&render.Handshake{
		Meta: after(40), Role: wsproto.Client, URL: "wss://h/b", Peer: "192.0.2.1:443", Local: "192.0.2.2:50000", Route: way("h:443", true), Took: 30 * time.Millisecond,
		Request:     []byte("GET /b HTTP/1.1\r\n\r\n\x00"),
		Response:    []byte("HTTP/1.1 101 Switching Protocols\r\nX-Two: 1\r\nSet-Cookie: s3cret\r\nx-two: \"2\"\r\n\r\n"),
		Subprotocol: "chat", Extensions: []string{"permessage-deflate", "x"},
	})
	s.Add(&render.End{
		Meta: after(1000), By: render.Peer, Code: 1000, Reason: "bye \x1b[2J",
		Err:   &wsproto.CloseError{Code: 1000, Reason: "bye \x1b[2J", Remote: true},
		Stats: render.Stats{FramesSent: 1, FramesReceived: 2, BytesSent: 3, BytesReceived: 4, MessagesSent: 5, MessagesReceived: 6, RTT: 812 * time.Microsecond, FirstFrame: 8 * time.Millisecond},
	})
	s.Finish(start.Add(1001*time.Millisecond), 0)
	return s
}

func printed(t *testing.T, format string, s *Summary, terminal bool) (stdout, stderr string) {
	t.Helper()
	f, err := Parse(format)
	if err != nil {
		t.Fatalf("Parse(%q): %v", format, err)
	}
	var out, errs strings.Builder
	if err := f.Print(Output{&out, terminal}, Output{&errs, terminal}, s); err != nil {
		t.Fatal(err)
	}
	return out.String(), errs.String()
}

func TestFormat(t *testing.T) {
	for _, test := range []struct{ format, stdout, stderr string }{
		{"", "", ""},
		{`plain 100%% \n\t\r\x\\n %`, "plain 100% \n\t\r\\x\\\n %", ""},
		{"%x{y} %headers{z} %", "%x{y} %headers{z} %", ""},
		{"%{http_code} %{response_code}", "101 101", ""},
		{"%header{X-TWO}|%header{none}|", "1||", ""},
		{"%header{set-cookie}", "[redacted]", ""},
		{"a%{stderr}b%{stdout}c%{stderr}", "ac", "b"},
		{"a%{onerror}b", "a", ""},
		{"%{time_namelookup} %{time_connect} %{time_appconnect} %{time_pretransfer} %{time_starttransfer} %{time_upgrade} %{time_first_frame} %{time_total} %{time_redirect}",
			"0.012000 0.016000 0.021000 0.021000 0.040000 0.040000 0.048000 1.001000 0.010000", ""},
		{"%{url} %{url_effective} %{scheme} %{num_redirects} %{redirect_url}", "ws://h/a wss://h/b wss 1 ", ""},
		{"%{remote_ip}:%{remote_port} %{local_ip}:%{local_port}", "192.0.2.1:443 192.0.2.2:50000", ""},
		{"%{http_version} %{num_headers} %{ssl_verify_result} %{exitcode}%{errormsg}", "1.1 3 0 0", ""},
		{"%{frames_sent} %{frames_received} %{bytes_sent} %{bytes_received} %{messages_sent} %{messages_received} %{rtt}", "1 2 3 4 5 6 0.000812", ""},
		{"%{close_by} %{close_code} %{close_reason}|%{subprotocol}|%{extensions}|%{connections}|%{events_received}", "peer 1000 bye \x1b[2J|chat|permessage-deflate, x|1|0", ""},
		{"%{size_upload} %{size_download} %{size_request} %{size_header} %{speed_upload} %{speed_download}", "3 4 20 78 2 3", ""},
		{"%{num_connects} %{num_retries}", "1 0", ""},
		{"%{header_json}", `{"set-cookie":["[redacted]"],"x-two":["1","\"2\""]}`, ""},
	} {
		stdout, stderr := printed(t, test.format, session(), false)
		if stdout != test.stdout || stderr != test.stderr {
			t.Errorf("%q: %q and %q, want %q and %q", test.format, stdout, stderr, test.stdout, test.stderr)
		}
	}
}

func TestFormatTerminal(t *testing.T) {
	if got, _ := printed(t, "\t%{close_reason}", session(), true); got != "\tbye ␛[2J" {
		t.Errorf("on a terminal %q", got)
	}
	s := session()
	s.Secrets = true
	if got, _ := printed(t, "%header{Set-Cookie}", s, true); got != "s3cret" {
		t.Errorf("with secrets %q", got)
	}
}

func TestFormatError(t *testing.T) {
	s := &Summary{Start: start, URL: "ws://h/"}
	s.Add(&render.Failure{Meta: after(1), Err: errors.New("connecting to ws://u:p@h/: refused")})
	s.Finish(start.Add(time.Millisecond), 7)
	got, _ := printed(t, "%{onerror}%{exitcode} %{errormsg} %{http_code} %{http_version} %{close_code} %{url_effective} %{remote_port}", s, false)
	if want := "7 connecting to ws://[redacted]@h/: refused 000 0 0 ws://h/ 0"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Every variable has a value before anything has happened, and JSON has all of them.
func TestVariables(t *testing.T) {
	for _, s := range []*Summary{{}, session()} {
		text, _ := printed(t, "%{json}", s, false)
		var all map[string]any
		if err := json.Unmarshal([]byte(text), &all); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for _, v := range variables {
			single, _ := printed(t, "%{"+v.name+"}", s, false)
			if v.name == "json" || v.name == "header_json" {
				if !json.Valid([]byte(single)) {
					t.Errorf("%%{%s} is no JSON: %s", v.name, single)
				}
				continue
			}
			if _, ok := all[v.name]; !ok {
				t.Errorf("the JSON has no %s", v.name)
			}
			if _, text := all[v.name].(string); single == "" && !text {
				t.Errorf("%%{%s} is empty, though it is no text", v.name)
			}
		}
	}
	if !slices.IsSortedFunc(variables[:], func(a, b variable) int { return strings.Compare(a.name, b.name) }) {
		t.Error("the table is not in the order of the alphabet")
	}
}

func TestParseFaults(t *testing.T) {
	for _, test := range []struct{ format, want, nearest string }{
		{"x %{http_code", `"%{http_code" has no closing brace`, ""},
		{"%header{x", `"%header{x" has no closing brace`, ""},
	} {
		if _, err := Parse(test.format); err == nil || err.Error() != test.want {
			t.Errorf("Parse(%q) = %v, want %q", test.format, err, test.want)
		}
	}
	for _, test := range []struct{ format, want, nearest string }{
		{"%{htp_code}", "there is no variable %{htp_code}", "http_code"},
		{"%{frames}", "there is no variable %{frames}", "frames_received"},
		{"%{output}", "there is no variable %{output}", ""},
		{"%{}", "there is no variable %{}", ""},
	} {
		f, err := Parse("a" + test.format + "b")
		if err != nil || len(f.Unknown) != 1 || f.Unknown[0].Error() != test.want || f.Unknown[0].Nearest != test.nearest {
			t.Errorf("Parse(%q) = %+v, %v, want %q and %q to be nearest", test.format, f, err, test.want, test.nearest)
		}
		if got, _ := printed(t, "a"+test.format+"b", session(), false); got != "ab" {
			t.Errorf("%q is printed as %q", test.format, got)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestPrintFails(t *testing.T) {
	f, err := Parse("a%{stderr}b")
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range [][2]Output{{{Writer: brokenWriter{}}, {Writer: io.Discard}}, {{Writer: io.Discard}, {Writer: brokenWriter{}}}} {
		if err := f.Print(out[0], out[1], &Summary{}); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("Print = %v, want the error of writing", err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`%{http_code}\n%header{x}%%`)
	f.Fuzz(func(t *testing.T, format string) {
		p, err := Parse(format)
		if err != nil {
			return
		}
		var out strings.Builder
		if err := p.Print(Output{Writer: &out}, Output{Writer: &out}, &Summary{}); err != nil {
			t.Error(err)
		}
		if !strings.ContainsAny(format, `%\`) && out.String() != format {
			t.Errorf("%q is printed as %q", format, out.String())
		}
	})
}
