package sse

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// hop is one step of a walk: the status and the place that a response sends to.
type hop struct {
	status   int
	location string
}

func TestRedirects(t *testing.T) {
	for _, test := range []struct {
		name   string
		method string
		hops   []hop
		want   []string // of each request after the first: method, URL, body, Authorization
	}{
		{"301", "GET", []hop{{301, "/b"}}, []string{"GET http://example.com/b - auth"}},
		{"302 and 303", "GET", []hop{{302, "b?x=2"}, {303, "../c#frag"}}, []string{"GET http://example.com/b?x=2 - auth", "GET http://example.com/c - auth"}},
		{"307 and 308", "POST", []hop{{307, "/b"}, {308, "/c"}}, []string{"POST http://example.com/b body auth", "POST http://example.com/c body auth"}},
		{"POST becomes GET", "POST", []hop{{301, "/b"}}, []string{"GET http://example.com/b - auth"}},
		{"POST becomes GET by 302", "POST", []hop{{302, "/b"}}, []string{"GET http://example.com/b - auth"}},
		{"POST becomes GET by 303", "POST", []hop{{303, "/b"}}, []string{"GET http://example.com/b - auth"}},
		{"PUT stays", "PUT", []hop{{301, "/b"}}, []string{"PUT http://example.com/b body auth"}},
		{"PUT becomes GET by 303", "PUT", []hop{{303, "/b"}}, []string{"GET http://example.com/b - auth"}},
		{"same host, spelled out", "GET", []hop{{302, "http://EXAMPLE.com:80/b"}}, []string{"GET http://EXAMPLE.com:80/b - auth"}},
		{"other host", "GET", []hop{{302, "http://other.example/b"}}, []string{"GET http://other.example/b - none"}},
		{"other port", "GET", []hop{{302, "http://example.com:81/b"}}, []string{"GET http://example.com:81/b - none"}},
		{"to TLS and back", "GET", []hop{{302, "https://example.com/b"}, {302, "http://example.com/c"}}, []string{"GET https://example.com/b - none", "GET http://example.com/c - none"}},
		{"a name and a password in Location", "GET", []hop{{302, "http://u:p@example.com/b"}}, []string{"GET http://example.com/b - auth"}},
	} {
		s := &scripted{}
		for _, h := range test.hops {
			s.steps = append(s.steps, respond(h.status, strings.NewReader(""), "Location: "+h.location))
		}
		s.steps = append(s.steps, stream("data: x\n\n"))
		s.steps = append(s.steps, s.steps...)
		s.steps = append(s.steps, noContent)
		c := &Client{Method: test.method, Header: http.Header{"authorization": {"auth"}, "Cookie": {"c=1"}, "Host": {"virtual"}}}
		if test.method != "GET" {
			c.Body = []byte("body")
		}
		follow(t, c, s)
		var got []string
		for i, r := range s.requests {
			auth := strings.Join(exactField(r.Header, "authorization"), "")
			if auth == "" {
				auth = "none"
			}
			if (auth == "none") != (r.Header["Cookie"] == nil) || (auth == "none") != (r.Host == "") {
				t.Errorf("%s: cookies or host do not go with the credentials: %v %q", test.name, r.Header, r.Host)
			}
			body := s.bodies[i]
			if body == "" {
				body = "-"
			}
			got = append(got, r.Method+" "+r.URL.String()+" "+body+" "+auth)
		}
		n := len(test.hops) + 1
		if len(got) < 2*n || !slices.Equal(got[1:n], test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
			continue
		}
		// The next connection goes the whole way again.
		if !slices.Equal(got[:n], got[n:2*n]) {
			t.Errorf("%s: the second time %q", test.name, got[n:2*n])
		}
	}
}

func TestRedirectsRefused(t *testing.T) {
	away := func(location string) step { return respond(302, strings.NewReader(""), "Location: "+location) }
	for _, test := range []struct {
		name     string
		max      int
		step     step
		requests int
	}{
		{"for ever", 0, away("/b"), 21},
		{"too many", 2, away("/b"), 3},
		{"none wanted", -1, away("/b"), 1},
		{"nowhere", 0, respond(302, strings.NewReader("")), 1},
		{"a file", 0, away("file:///etc/passwd"), 1},
		{"no host", 0, away("http:///b"), 1},
		{"no URL", 0, away("http://[/"), 1},
	} {
		s := &scripted{steps: []step{test.step}}
		_, _, err := follow(t, &Client{MaxRedirects: test.max}, s)
		var e *RedirectError
		if !errors.As(err, &e) || len(s.requests) != test.requests {
			t.Errorf("%s: %d requests, %v", test.name, len(s.requests), err)
		}
	}
}
