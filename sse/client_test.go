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
