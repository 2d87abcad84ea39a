package sse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	noContent = respond(204, strings.NewReader(""))
	errReset  = errors.New("connection reset by peer")
)

func TestClientRequest(t *testing.T) {
	for _, test := range []struct {
		name string
		c    Client
		want http.Header
	}{
		{"defaults", Client{}, http.Header{
			"Accept": {"text/event-stream"}, "Cache-Control": {"no-store"}, "User-Agent": {""}}},
		{"compressed", Client{Compressed: true}, http.Header{
			"Accept": {"text/event-stream"}, "Cache-Control": {"no-store"}, "Accept-Encoding": {"gzip, deflate, zstd"}, "User-Agent": {""}}},
		{"own fields", Client{Header: http.Header{"accept": {"*/*"}, "Cache-Control": nil, "x-Api-KEY": {"1", "2"}, "User-Agent": {"me"}}}, http.Header{
			"accept": {"*/*"}, "x-Api-KEY": {"1", "2"}, "User-Agent": {"me"}}},
		{"last event ID", Client{LastEventID: "é 7"}, http.Header{
			"Accept": {"text/event-stream"}, "Cache-Control": {"no-store"}, "User-Agent": {""}, "Last-Event-ID": {"é 7"}}},
		{"last event ID as a field", Client{Header: http.Header{"last-event-id": {"7"}}}, http.Header{
			"Accept": {"text/event-stream"}, "Cache-Control": {"no-store"}, "User-Agent": {""}, "Last-Event-ID": {"7"}}},
	} {
		s := &scripted{steps: []step{noContent}}
		follow(t, &test.c, s)
		r := s.requests[0]
		if diff := cmp.Diff(test.want, r.Header); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if r.Method != "GET" || r.URL.RequestURI() != "/feed?x=1" || r.URL.Host != "example.com" || r.Body != nil {
			t.Errorf("%s: %s %v", test.name, r.Method, r.URL)
		}
	}
}

// The target of the request is what was typed.
func TestClientTarget(t *testing.T) {
	for in, want := range map[string]string{
		"http://h":                  "/",
		"http://h?q":                "/?q",
		"http://h/a%2Fb/../c":       "/a%2Fb/../c",
		`http://h/{a}|"b"?{c}=%20+`: `/{a}|"b"?{c}=%20+`,
		"http://h/a?#x":             "/a?",
		"https://u:p@h:8443/é":      "/é",
		"http://[::1]:80/x;y=1,2":   "/x;y=1,2",
	} {
		s := &scripted{steps: []step{noContent}}
		st, err := (&Client{Transport: s}).Stream(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		st.Next()
		if got := s.requests[0].URL.RequestURI(); got != want {
			t.Errorf("%s: the target is %q, want %q", in, got, want)
		}
	}
	for _, bad := range []string{"ftp://h/", "h:80", "/x", "http://", "http://h:x/", "http://h/%zz"} {
		if _, err := new(Client).Stream(t.Context(), bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

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

func isRefused(rule Rule, body string) func(error) bool {
	return func(err error) bool {
		var e *ResponseError
		return errors.As(err, &e) && e.Rule == rule && string(e.Body) == body
	}
}

func TestClientContentType(t *testing.T) {
	for value, want := range map[string]bool{
		"text/event-stream":                           true,
		"Text/Event-Stream":                           true,
		"text/event-stream; charset=utf-8":            true,
		" text/event-stream ;charset=latin1":          true,
		"text/event-stream;":                          true,
		"text/event-stream; =":                        true,
		"text/event-stream; charset=a; charset=b":     true,
		"text/event-streams":                          false,
		"text/plain":                                  false,
		"text/event-stream, text/html":                false,
		"application/json; profile=text/event-stream": false,
	} {
		s := &scripted{steps: []step{respond(200, strings.NewReader(""), "Content-Type: "+value)}}
		_, _, err := follow(t, &Client{NoReconnect: true}, s)
		if got := err == io.EOF; got != want {
			t.Errorf("%q: %v", value, err)
		}
	}
}

// Of several values the last that names a type counts, in one field or in many.
func TestClientContentTypes(t *testing.T) {
	for _, test := range []struct {
		values []string
		got    string // "" for a stream
	}{
		{[]string{"text/html", "text/event-stream"}, ""},
		{[]string{"text/html, text/event-stream; charset=utf-8"}, ""},
		{[]string{"text/event-stream", "*/*"}, ""},
		{[]string{"text/event-stream", "text"}, ""},
		{[]string{"text/event-stream", "text/html/x", "te xt/plain", ""}, ""},
		{[]string{`text/html; a="\", text/plain, "`, "text/event-stream"}, ""},
		{[]string{"text/event-stream,"}, ""},
		{[]string{"text/event-stream", "Text/HTML; a=b"}, "Text/HTML; a=b"},
		{[]string{"text/event-stream, text/html"}, "text/html"},
		{[]string{`text/html; a=", text/event-stream`}, `text/html; a=", text/event-stream`},
		{[]string{`text/html; a="\", text/event-stream"`}, `text/html; a="\", text/event-stream"`},
		{[]string{"text", "*/*"}, "text, */*"},
	} {
		var fields []string
		for _, value := range test.values {
			fields = append(fields, "Content-Type: "+value)
		}
		s := &scripted{steps: []step{respond(200, strings.NewReader(""), fields...)}}
		_, _, err := follow(t, &Client{NoReconnect: true}, s)
		got := ""
		if refused, ok := errors.AsType[*ResponseError](err); ok {
			got = refused.Got
		}
		if got != test.got || test.got == "" && err != io.EOF {
			t.Errorf("%q: %v", test.values, err)
		}
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

// A silent stream is given up and connected anew.
func TestClientReadTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{steps: []step{hangs("id: 1\ndata: a\n\n"), hangs(": b\n"), noContent}}
		start := time.Now()
		var losses []*Loss
		c := &Client{ReadTimeout: 10 * time.Second, Wait: wait, Trace: Trace{Lost: func(l *Loss) { losses = append(losses, l) }}}
		data, _, _ := follow(t, c, s)
		if !slices.Equal(data, []string{"a"}) || time.Since(start) != 10*time.Second+3*time.Second+10*time.Second+6*time.Second {
			t.Errorf("events %q after %v", data, time.Since(start))
		}
		if got := s.lastIDs(); !slices.Equal(got, []string{"none", "1", "1"}) {
			t.Errorf("last event IDs %q", got)
		}
		for i, l := range losses {
			var late *TimeoutError
			if !errors.As(l.Err, &late) || !late.Open || l.After != 10*time.Second || l.Attempt != i+1 {
				t.Errorf("loss %d: %+v", i, l)
			}
		}
	})
}

func TestClientConnectTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}
		s := &scripted{steps: []step{never}}
		start := time.Now()
		_, _, err := follow(t, &Client{ConnectTimeout: time.Second, FailFirst: true}, s)
		var late *TimeoutError
		if !errors.As(err, &late) || late.Open || time.Since(start) != time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

// A response that is no stream and does not end is not waited for.
func TestClientSlowRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refuse := func(r *http.Request) (*http.Response, error) {
			resp, err := hangs(strings.Repeat("x", 100))(r)
			resp.StatusCode, resp.Status = 400, "400 Bad Request"
			return resp, err
		}
		_, _, err := follow(t, new(Client), &scripted{steps: []step{refuse}})
		var e *ResponseError
		if !errors.As(err, &e) || len(e.Body) != 100 || !e.More {
			t.Errorf("the stream ends with %v", err)
		}
	})
	huge := respond(500, &loop{block: []byte("x")})
	_, _, err := follow(t, new(Client), &scripted{steps: []step{huge}})
	var e *ResponseError
	if !errors.As(err, &e) || len(e.Body) != maxBody || !e.More {
		t.Errorf("the stream ends with %v", err)
	}
}

// Cancelling ends the stream at once, wherever it is.
func TestClientCancel(t *testing.T) {
	never := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	cause := errors.New("enough")
	for name, first := range map[string]step{
		"no response": never, "silence": hangs("data: a\n\n"), "the wait": stream("data: a\n\n"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Second, func() { cancel(cause) })
				st, err := (&Client{Transport: &scripted{steps: []step{first}}}).Stream(ctx, "http://h/")
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				for err == nil {
					_, err = st.Next()
				}
				if err != cause || time.Since(start) != time.Second {
					t.Errorf("after %v: %v", time.Since(start), err)
				}
				if _, err := st.Next(); err != cause {
					t.Errorf("the next Next returns %v", err)
				}
			})
		})
	}
}

func TestStreamDrop(t *testing.T) {
	s := &scripted{steps: []step{stream("id: 1\ndata: a\n\nid: 2\ndata: b\n\n"), stream("id: 2\ndata: b\n\n")}}
	var losses []*Loss
	c := &Client{Transport: s, Wait: func(context.Context, time.Duration) error { return nil },
		Trace: Trace{Lost: func(l *Loss) { losses = append(losses, l) }}}
	st, err := c.Stream(t.Context(), "http://h/")
	if err != nil {
		t.Fatal(err)
	}
	st.Drop() // nothing to drop yet
	for _, want := range []string{"a", "b"} {
		e, err := st.Next()
		if err != nil || string(e.Data) != want {
			t.Fatalf("Next returns %v, %v, want %s", e, err, want)
		}
		st.Drop()
	}
	if got := s.lastIDs(); !slices.Equal(got, []string{"none", "1"}) {
		t.Errorf("last event IDs %q", got)
	}
	if len(losses) != 1 || !losses[0].Dropped || losses[0].Events != 1 || losses[0].Err != nil {
		t.Errorf("losses %+v", losses)
	}
	if st.LastEventID() != "2" {
		t.Errorf("the last event ID is %q", st.LastEventID())
	}
	st.Close()
	if _, err := st.Next(); err != ErrClosed {
		t.Errorf("after Close Next returns %v", err)
	}
}

// What happened between two connections is told.
func TestClientTrace(t *testing.T) {
	s := &scripted{steps: []step{
		respond(307, strings.NewReader(""), "Location: /other"), stream("id: 7\ndata: a\n\ndata: lost"), fails(errReset), stream(""), noContent,
	}}
	var log []string
	add := func(format string, args ...any) { log = append(log, fmt.Sprintf(format, args...)) }
	now := time.Time{}
	c := &Client{Now: func() time.Time { now = now.Add(time.Second); return now }, Trace: Trace{
		Request:  func(r *http.Request) { add("> %s", r.URL.Path) },
		Response: func(r *http.Response) { add("< %d", r.StatusCode) },
		Opened:   func(o *Opening) { add("open %s attempt %d id %q in %v", o.URL.Path, o.Attempt, o.LastEventID, o.Took) },
		Lost: func(l *Loss) {
			add("lost open %v %v events %d unfinished %d after %v: attempt %d in %v id %q", l.Open, l.Err, l.Events, l.Unfinished, l.After, l.Attempt, l.Wait, l.LastEventID)
		},
	}}
	follow(t, c, s)
	want := []string{
		"> /feed", "< 307", "> /other", "< 200", `open /other attempt 0 id "" in 1s`,
		`lost open true <nil> events 1 unfinished 10 after 1s: attempt 1 in 3s id "7"`,
		"> /feed", `lost open false no response: connection reset by peer events 0 unfinished 0 after 0s: attempt 2 in 6s id "7"`,
		"> /feed", "< 200", `open /feed attempt 2 id "7" in 1s`,
		`lost open true <nil> events 0 unfinished 0 after 1s: attempt 3 in 12s id "7"`,
		"> /feed", "< 204",
	}
	if diff := cmp.Diff(want, log); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
