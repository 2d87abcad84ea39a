package doctor

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wscope/render"
	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// A sample is a server that is known by its reply.
type sample struct {
	symptom string
	reply   string // ACCEPT stands for the right value
	hint    string // a part of it

	url          string // ws://example.com:8080/chat if it is ""
	header       wsproto.Fields
	omit         []string
	subprotocols []string
	extensions   []wsproto.Extension
	version      string
	end          end
	noClientCert bool
}

// An end is what a server does after its reply.
type end int

const (
	hangsUp end = iota
	resets
	waits
	fails  // nobody ends the connection: the network does
	alerts // what TLS makes of an alert
)

const (
	sampleURL = "ws://example.com:8080/chat"
	sampleKey = "dGhlIHNhbXBsZSBub25jZQ=="
)

// fail has a client try the sample and returns the case that comes of it.
func (s sample) fail(t *testing.T) Case {
	t.Helper()
	c, failed := s.try(t)
	if !failed {
		t.Fatalf("the handshake did not fail: %q", s.reply)
	}
	return c
}

// try is fail for a sample that may be a good one.
func (s sample) try(t *testing.T) (c Case, failed bool) {
	t.Helper()
	raw := s.url
	if raw == "" {
		raw = sampleURL
	}
	u, err := wsproto.ParseURL(raw)
	if err != nil {
		t.Fatal(err)
	}
	c.URL, c.NoClientCert = u, s.noClientCert
	d := wsproto.Dialer{Header: s.header, Omit: s.omit, Subprotocols: s.subprotocols, Extensions: s.extensions, Version: s.version, Key: sampleKey}
	d.Trace.HandshakeReceived = func(raw []byte) { c.Received = append(c.Received, raw...) }
	synctest.Test(t, func(t *testing.T) {
		req, err := d.Request(u)
		if err != nil {
			t.Fatal(err)
		}
		ours, theirs := wstest.Pipe()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		go s.serve(theirs, ours)
		nc := net.Conn(ours)
		if s.end == alerts {
			nc = alerted{ours}
		}
		conn, _, err := d.Upgrade(ctx, nc, req)
		if conn != nil {
			conn.Abort(nil)
		}
		failed = errors.As(err, &c.Err)
	})
	return c, failed
}

// An alerted is a connection of TLS on which a fatal alert has come.
type alerted struct{ net.Conn }

func (alerted) Read([]byte) (int, error) {
	return 0, &net.OpError{Op: "remote error", Err: errors.New("tls: certificate required")}
}

func (s sample) serve(nc, client *wstest.PipeConn) {
	defer nc.Close()
	if _, err := http.ReadRequest(bufio.NewReader(nc)); err != nil {
		return
	}
	io.WriteString(nc, strings.ReplaceAll(s.reply, "ACCEPT", wsproto.AcceptKey(sampleKey)))
	synctest.Wait() // until the client has read it: a reset would take it away
	switch s.end {
	case waits:
		io.Copy(io.Discard, nc) // until the client has given up
	case resets:
		nc.SetLinger(0)
	case fails:
		client.Close()
	}
}

// diagnose runs the samples, and demands that each gets its diagnosis and that
// there is one for every row.
func diagnose(t *testing.T, samples []sample, rows []row) {
	t.Helper()
	seen := map[string]bool{}
	for _, s := range samples {
		seen[s.symptom] = true
		t.Run(s.symptom, func(t *testing.T) {
			c := s.fail(t)
			d := Diagnose(c)
			if d == nil {
				t.Fatalf("there is no diagnosis of %v", c.Err)
			}
			if d.Symptom != s.symptom || !strings.Contains(d.Hint, s.hint) {
				t.Errorf("the diagnosis of %q is %s with the hint %q, want %s and %q", s.reply, d.Symptom, d.Hint, s.symptom, s.hint)
			}
			complete(t, d)
		})
	}
	for _, r := range rows {
		if !seen[r.symptom] {
			t.Errorf("there is no sample of %s", r.symptom)
		}
	}
}

// maxHint is how long a hint may be, in bytes, if the peer is brief.
const maxHint = 230

// complete demands that a diagnosis says all that it has to.
func complete(t *testing.T, d *render.Diagnosis) {
	t.Helper()
	if d.Meaning == "" || len(d.Causes) == 0 || len(d.Next) == 0 || len(d.Facts) == 0 {
		t.Errorf("the diagnosis lacks something: %+v", d)
	}
	if len(d.Hint) > maxHint {
		t.Errorf("the hint has %d bytes, at most %d fit on a line or two: %s", len(d.Hint), maxHint, d.Hint)
	}
	texts := append(append([]string{d.Meaning, d.Hint}, d.Causes...), d.Next...)
	for _, f := range d.Facts {
		texts = append(texts, f.Text)
	}
	for _, text := range texts {
		if strings.ContainsAny(text, "\n\r\x1b") || strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "..") || strings.TrimSpace(text) != text {
			t.Errorf("not a sentence for a line: %q", text)
		}
		for _, word := range []string{"{}", "url}", "{origin", "{got", "{gateway"} {
			if strings.Contains(text, word) {
				t.Errorf("a word in braces is left: %q", text)
			}
		}
	}
}

// reply returns a response with a body.
func reply(status string, body string, fields ...string) string {
	return "HTTP/1.1 " + status + "\r\n" + strings.Join(append(fields, "", ""), "\r\n") + body
}

// switching returns a 101 with these fields alone.
func switching(fields ...string) string { return reply("101 Switching Protocols", "", fields...) }

func field(name, value string) wsproto.Fields { return wsproto.Fields{{Name: name, Value: value}} }

func TestDiagnoseNothing(t *testing.T) {
	u, err := wsproto.ParseURL(sampleURL)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []*wsproto.HandshakeError{nil, {Kind: wsproto.HandshakeRejected, Rule: "Origin"}} {
		if d := Diagnose(Case{URL: u, Err: e}); d != nil {
			t.Errorf("Diagnose(%v) = %+v, want nothing", e, d)
		}
	}
}

// TestDiagnoseBare has errors without a request and without a response.
func TestDiagnoseBare(t *testing.T) {
	for kind := wsproto.HandshakeInvalid; kind <= wsproto.HandshakeTimeout; kind++ {
		for _, rule := range []string{"", "status", "response", "Upgrade", "Sec-WebSocket-Accept", "Sec-WebSocket-Extensions"} {
			Diagnose(Case{Err: &wsproto.HandshakeError{Kind: kind, Rule: rule}})
		}
	}
}

// TestSymptoms demands that each symptom has one row.
func TestSymptoms(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range symptoms() {
		if seen[s] || s == "" {
			t.Errorf("there are two rows of the symptom %q", s)
		}
		seen[s] = true
	}
}

// symptoms returns those of all rows, of handshakes and of ends.
func symptoms() (all []string) {
	for _, table := range []func() []row{redirects, successes, badRequests, denials, clientErrors, serverErrors, strangers, badHeads, badUpgrades, silences} {
		for _, r := range table() {
			all = append(all, r.symptom)
		}
	}
	for _, e := range endings() {
		all = append(all, e.symptom)
	}
	return all
}
