package sse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// A scripted transport answers each request with the next step, and the last
// step again and again.
type scripted struct {
	steps    []step
	requests []*http.Request
	bodies   []string
}

type step func(*http.Request) (*http.Response, error)

func (s *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	s.requests = append(s.requests, r)
	body := ""
	if r.Body != nil {
		p, _ := io.ReadAll(r.Body)
		body = string(p)
	}
	s.bodies = append(s.bodies, body)
	return s.steps[min(len(s.requests), len(s.steps))-1](r)
}

func respond(status int, body io.Reader, fields ...string) step {
	return func(r *http.Request) (*http.Response, error) {
		h := http.Header{}
		for _, f := range fields {
			name, value, _ := strings.Cut(f, ": ")
			h.Add(name, value)
		}
		return &http.Response{
			StatusCode: status, Status: fmt.Sprint(status, " ", http.StatusText(status)),
			Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: h, Body: io.NopCloser(body), Request: r,
		}, nil
	}
}

const isStream = "Content-Type: text/event-stream"

func stream(text string) step {
	return func(r *http.Request) (*http.Response, error) {
		return respond(200, strings.NewReader(text), isStream)(r)
	}
}

// brokenStream is a stream that ends with an error.
func brokenStream(text string, err error) step {
	return respond(200, io.MultiReader(strings.NewReader(text), errorReader{err}), isStream)
}

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }

// hanging is a body that waits until it is closed.
type hanging struct {
	closed chan struct{}
	once   sync.Once
}

func (h *hanging) Read([]byte) (int, error) { <-h.closed; return 0, errors.New("read on closed body") }
func (h *hanging) Close() error             { h.once.Do(func() { close(h.closed) }); return nil }

// hangs is a stream that goes silent.
func hangs(text string) step {
	return func(r *http.Request) (*http.Response, error) {
		h := &hanging{closed: make(chan struct{})}
		resp, err := respond(200, nil, isStream)(r)
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(strings.NewReader(text), h), h}
		return resp, err
	}
}

func fails(err error) step {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// follow reads a stream to its end, and returns the data of its events, the
// waits between its connections and the error.
func follow(t *testing.T, c *Client, s *scripted) (data []string, waits []time.Duration, err error) {
	t.Helper()
	c.Transport = s
	if c.Wait == nil {
		c.Wait = func(ctx context.Context, d time.Duration) error {
			waits = append(waits, d)
			return nil
		}
	}
	if c.Rand == nil {
		c.Rand = func() float64 { return 1 }
	}
	st, err := c.Stream(t.Context(), "http://example.com/feed?x=1")
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for {
		e, err := st.Next()
		if err != nil {
			return data, waits, err
		}
		data = append(data, string(e.Data))
	}
}

// exactField returns the values of a field whose name is spelled like that.
func exactField(h http.Header, name string) []string { return h[name] }

// lastIDs returns what each request asked for.
func (s *scripted) lastIDs() (ids []string) {
	for _, r := range s.requests {
		id := "none"
		if v := exactField(r.Header, "Last-Event-ID"); v != nil {
			id = strings.Join(v, ",")
		}
		ids = append(ids, id)
	}
	return ids
}
