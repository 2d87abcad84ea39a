package sse

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A connection that ends is followed by another, with everything as before and
// the last event ID of all that were before it.
func TestClientReconnects(t *testing.T) {
	s := &scripted{steps: []step{
		stream("id: 1\ndata: a\n\n"),
		stream("data: b\n\n"),
		fails(errReset),
		brokenStream("id: 2\ndata: c\n\nid: 3\ndata: lost\n", errReset),
		stream("id\ndata: d\n\n"),
		stream("data: e\n\n"),
		noContent,
	}}
	c := &Client{Method: "POST", Body: []byte(`{"q":1}`), Header: http.Header{"X-Key": {"k"}}, LastEventID: "0"}
	data, waits, err := follow(t, c, s)
	var refused *ResponseError
	if !errors.As(err, &refused) || refused.Rule != RuleStatus || refused.Response.StatusCode != 204 {
		t.Errorf("the stream ends with %v", err)
	}
	if want := []string{"a", "b", "c", "d", "e"}; !slices.Equal(data, want) {
		t.Errorf("events %q, want %q", data, want)
	}
	if got, want := s.lastIDs(), []string{"0", "1", "1", "1", "2", "none", "none"}; !slices.Equal(got, want) {
		t.Errorf("last event IDs %q, want %q", got, want)
	}
	if want := seconds(3, 3, 6, 3, 3, 3); !slices.Equal(waits, want) {
		t.Errorf("waits %v, want %v", waits, want)
	}
	for i, r := range s.requests {
		if r.Method != "POST" || s.bodies[i] != `{"q":1}` || r.ContentLength != 7 || r.Header.Get("X-Key") != "k" || r.URL.Path != "/feed" {
			t.Errorf("request %d: %s %v with %q and %v", i, r.Method, r.URL, s.bodies[i], r.Header)
		}
	}
}

// A Last-Event-ID of the Header is the one that the stream begins with, until an
// event has another.
func TestClientLastEventIDOfHeader(t *testing.T) {
	for _, test := range []struct {
		name  string
		c     Client
		steps []step
		want  []string
	}{
		{"kept", Client{Header: http.Header{"last-event-id": {"9", "8"}}}, []step{
			fails(errReset), stream("data: a\n\n"), stream("id: 10\ndata: b\n\n"), stream("id\ndata: c\n\n"), noContent,
		}, []string{"9", "9", "9", "10", "none"}},
		{"another is explicit", Client{LastEventID: "1", Header: http.Header{"Last-Event-ID": {"9"}}}, []step{stream("data: a\n\n"), noContent}, []string{"1", "1"}},
		{"empty", Client{Header: http.Header{"Last-Event-ID": {""}}}, []step{stream("data: a\n\n"), noContent}, []string{"none", "none"}},
		{"removed", Client{Header: http.Header{"Last-Event-ID": nil}}, []step{stream("data: a\n\n"), noContent}, []string{"none", "none"}},
	} {
		s := &scripted{steps: test.steps}
		var told []string
		test.c.Trace.Lost = func(l *Loss) { told = append(told, l.LastEventID) }
		follow(t, &test.c, s)
		if got := s.lastIDs(); !slices.Equal(got, test.want) {
			t.Errorf("%s: last event IDs %q, want %q", test.name, got, test.want)
		}
		for i, id := range told {
			if want := test.want[i+1]; id != want && !(id == "" && want == "none") {
				t.Errorf("%s: the trace has %q, want %q", test.name, id, want)
			}
		}
	}
}

// The server sets the reconnection time, at once and for good.
func TestClientRetryField(t *testing.T) {
	s := &scripted{steps: []step{
		stream("retry: 10\n"),
		stream("retry: 7000\ndata: a\n\nretry: x\n\n"),
		stream("data: b\n\n"),
		noContent,
	}}
	var seen []time.Duration
	c := &Client{Trace: Trace{Retry: func(d time.Duration) { seen = append(seen, d) }}}
	_, waits, _ := follow(t, c, s)
	if want := seconds(0.01, 7, 7); !slices.Equal(waits, want) {
		t.Errorf("waits %v, want %v", waits, want)
	}
	if want := seconds(0.01, 7); !slices.Equal(seen, want) {
		t.Errorf("the trace has %v, want %v", seen, want)
	}
}

// A server cannot keep a client away for ever. What it asked for is reported as it
// is, and what the caller wants is done.
func TestClientLongestWait(t *testing.T) {
	const asked = 48 * time.Hour
	s := &scripted{steps: []step{
		stream("data: a\n\n"),
		stream("retry: 172800000\ndata: b\n\n"),
		stream("retry: 99999999999999999999999\ndata: c\n\n"),
		noContent,
	}}
	var seen []time.Duration
	c := &Client{Backoff: Backoff{Delay: asked}, Trace: Trace{Retry: func(d time.Duration) { seen = append(seen, d) }}}
	_, waits, _ := follow(t, c, s)
	if want := []time.Duration{asked, LongestWait, LongestWait}; !slices.Equal(waits, want) {
		t.Errorf("waits %v, want %v", waits, want)
	}
	if len(seen) != 2 || seen[0] != asked || seen[1] <= asked {
		t.Errorf("the trace has %v", seen)
	}
}

// Streams that bring nothing are tried ever more slowly.
func TestClientBackoff(t *testing.T) {
	empty := stream(": nothing\n\n")
	s := &scripted{steps: []step{
		fails(errReset), empty, fails(errReset), empty, fails(errReset), empty, stream("data: a\n\n"), fails(errReset), noContent,
	}}
	_, waits, _ := follow(t, &Client{Backoff: Backoff{Delay: time.Second, Max: 10 * time.Second}}, s)
	if want := seconds(1, 2, 4, 8, 10, 10, 1, 2); !slices.Equal(waits, want) {
		t.Errorf("waits %v, want %v", waits, want)
	}
}

func TestBackoffWait(t *testing.T) {
	const ms = time.Millisecond
	for _, test := range []struct {
		base   time.Duration
		failed int
		low    time.Duration // without luck and with it
		high   time.Duration
	}{
		{0, 0, 0, 0},
		{0, 1, 250 * ms, 500 * ms},
		{0, 2, 500 * ms, 1000 * ms},
		{1000 * ms, 0, 1000 * ms, 1000 * ms},
		{1000 * ms, 1, 1000 * ms, 2000 * ms},
		{1000 * ms, 3, 4000 * ms, 8000 * ms},
		{1000 * ms, 5, 15000 * ms, 30000 * ms},
		{1000 * ms, 1 << 40, 15000 * ms, 30000 * ms},
		{time.Hour, 7, time.Hour, time.Hour},
		{1<<63 - 1, 7, 1<<63 - 1, 1<<63 - 1},
	} {
		b := Backoff{}.defaults()
		low, high := b.wait(test.base, test.failed, 0), b.wait(test.base, test.failed, 1)
		if low != test.low || high != test.high {
			t.Errorf("after %d failures with %v: %v to %v, want %v to %v", test.failed, test.base, low, high, test.low, test.high)
		}
	}
}

func TestClientGivesUp(t *testing.T) {
	for _, test := range []struct {
		name     string
		c        Client
		steps    []step
		requests int
		check    func(error) bool
	}{
		{"no reconnection, end", Client{NoReconnect: true}, []step{stream("data: a\n\n")}, 1, func(err error) bool { return err == io.EOF }},
		{"no reconnection, broken", Client{NoReconnect: true}, []step{brokenStream("", errReset)}, 1, isLost},
		{"no reconnection, not opened", Client{NoReconnect: true}, []step{fails(errReset)}, 1, notOpened},
		{"first fails", Client{FailFirst: true}, []step{fails(errReset)}, 1, notOpened},
		{"later fails", Client{FailFirst: true, Backoff: Backoff{Attempts: 2}}, []step{stream("data: a\n\n"), fails(errReset)}, 3, isGivenUp(2)},
		{"attempts", Client{Backoff: Backoff{Attempts: 3}}, []step{fails(errReset)}, 4, isGivenUp(3)},
		{"attempts without events", Client{Backoff: Backoff{Attempts: 1}}, []step{stream(": hi\n\n")}, 2, isGivenUp(1)},
		{"status", Client{}, []step{respond(500, strings.NewReader("oops"), isStream)}, 1, isRefused(RuleStatus, "oops")},
		{"404", Client{}, []step{respond(404, strings.NewReader("gone"))}, 1, isRefused(RuleStatus, "gone")},
		{"201", Client{}, []step{respond(201, strings.NewReader(""), isStream)}, 1, isRefused(RuleStatus, "")},
		{"content type", Client{}, []step{respond(200, strings.NewReader("{}"), "Content-Type: application/json")}, 1, isRefused(RuleContentType, "{}")},
		{"no content type", Client{}, []step{respond(200, strings.NewReader("data: x\n\n"))}, 1, isRefused(RuleContentType, "data: x\n\n")},
		{"content coding", Client{}, []step{respond(200, strings.NewReader("x"), isStream, "Content-Encoding: gzip, rot13")}, 1, isRefused(RuleContentEncoding, "x")},
		{"event size", Client{MaxEventSize: 10}, []step{stream("data: 123456\n\n")}, 1, func(err error) bool { return errors.As(err, new(*SizeError)) }},
		{"passing status", Client{RetryStatus: TransientStatus}, []step{respond(503, strings.NewReader("")), stream("data: a\n\n"), respond(502, strings.NewReader("")), noContent}, 4, isRefused(RuleStatus, "")},
		{"first until it is open, and no other", Client{NoReconnect: true, RetryFirst: true, RetryStatus: TransientStatus}, []step{fails(errReset), respond(503, strings.NewReader("")), stream("data: a\n\n")}, 3, func(err error) bool { return err == io.EOF }},
		{"first until it is open, and broken", Client{NoReconnect: true, RetryFirst: true}, []step{fails(errReset), brokenStream("", errReset)}, 2, isLost},
		{"first in vain", Client{NoReconnect: true, RetryFirst: true, Backoff: Backoff{Attempts: 2}}, []step{fails(errReset)}, 3, isGivenUp(2)},
		{"first with a lasting status", Client{NoReconnect: true, RetryFirst: true, RetryStatus: TransientStatus}, []step{respond(404, strings.NewReader("gone"))}, 1, isRefused(RuleStatus, "gone")},
		{"redirect", Client{}, []step{respond(302, strings.NewReader(""))}, 1, func(err error) bool { return errors.As(err, new(*RedirectError)) }},
		{"bad last event ID", Client{LastEventID: "a\x01"}, nil, 0, func(err error) bool { return errors.As(err, new(*LastEventIDError)) }},
	} {
		s := &scripted{steps: test.steps}
		_, _, err := follow(t, &test.c, s)
		if len(s.requests) != test.requests || !test.check(err) {
			t.Errorf("%s: %d requests, %T %v", test.name, len(s.requests), err, err)
		}
		if err != nil && err.Error() == "" {
			t.Errorf("%s: an error without a text", test.name)
		}
	}
}

// A server that ends each connection at once is not flooded, whatever it brings and
// asks for.
func TestClientHurried(t *testing.T) {
	var now time.Time
	quick := stream("retry: 0\ndata: a\n\n")
	slow := respond(200, io.MultiReader(strings.NewReader("data: b\n\n"), later(func() { now = now.Add(hurry) })), isStream)
	s := &scripted{steps: []step{quick, quick, quick, quick, quick, slow, quick, quick, quick, quick, noContent}}
	_, waits, _ := follow(t, &Client{Now: func() time.Time { return now }}, s)
	if want := seconds(0, 0, 0, 0.1, 0.1, 0, 0, 0, 0, 0.1); !slices.Equal(waits, want) {
		t.Errorf("waits %v, want %v", waits, want)
	}
}

// later is a reader of nothing that calls a function.
type later func()

func (f later) Read([]byte) (int, error) { f(); return 0, io.EOF }

func isLost(err error) bool {
	return errors.As(err, new(*LostError)) && errors.Is(err, errReset)
}

func notOpened(err error) bool {
	return errors.As(err, new(*RequestError)) && errors.Is(err, errReset)
}

func isGivenUp(attempts int) func(error) bool {
	return func(err error) bool {
		var e *GiveUpError
		return errors.As(err, &e) && e.Attempts == attempts
	}
}

func TestClientRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	busy := func(after string) step { return respond(503, strings.NewReader(""), "Retry-After: "+after) }
	s := &scripted{steps: []step{
		busy("120"), stream("data: a\n\n"), busy(now.Add(time.Minute).Format(http.TimeFormat)), stream("data: a\n\n"),
		busy("soon"), stream("data: a\n\n"), busy("99999999999"), noContent,
	}}
	_, waits, _ := follow(t, &Client{RetryStatus: TransientStatus, Now: func() time.Time { return now }}, s)
	if want := seconds(120, 3, 60, 3, 6, 3, 24*3600); !slices.Equal(waits, want) {
		t.Errorf("waits %v, want %v", waits, want)
	}
}

func TestClientMaxTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{steps: []step{stream("data: a\n\n"), fails(errReset)}}
		start := time.Now()
		_, _, err := follow(t, &Client{Backoff: Backoff{Delay: time.Second, MaxTime: 20 * time.Second}, Wait: wait}, s)
		if !isGivenUp(4)(err) || time.Since(start) != 15*time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

// A limit of time is told as such.
func TestGiveUpErrorOfTime(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, test := range []struct {
		name  string
		c     Client
		steps []step
		want  string
	}{
		{"attempts", Client{Backoff: Backoff{Attempts: 1}}, []step{fails(errReset)},
			"gave up after 1 attempt to reconnect: no response: connection reset by peer"},
		{"not once", Client{Backoff: Backoff{Attempts: 3, MaxTime: time.Second}}, []step{respond(503, strings.NewReader(""), "Retry-After: 3")},
			`did not try again, since an attempt in 3s would exceed the limit of 1s: the status is "503 Service Unavailable", expected 200`},
		{"once", Client{Backoff: Backoff{Attempts: 3, MaxTime: 4 * time.Second}}, []step{fails(errReset)},
			"gave up after 1 attempt to reconnect, since another in 6s would exceed the limit of 4s: no response: connection reset by peer"},
	} {
		test.c.RetryStatus = TransientStatus
		test.c.Now = func() time.Time { return now }
		_, _, err := follow(t, &test.c, &scripted{steps: test.steps})
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
}
