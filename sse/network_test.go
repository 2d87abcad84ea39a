package sse

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// quick reconnects without a wait.
func quick(ctx context.Context, _ time.Duration) error { return ctx.Err() }

type flushWriter interface {
	io.Writer
	Flush() error
}

type plainWriter struct{ io.Writer }

func (plainWriter) Flush() error { return nil }

// Each event is there before the next one is sent, whatever the connection and
// the coding. The server does not go on before the client has seen the event.
func TestClientAtOnce(t *testing.T) {
	coders := map[string]func(io.Writer) flushWriter{
		"":     func(w io.Writer) flushWriter { return plainWriter{w} },
		"gzip": func(w io.Writer) flushWriter { return gzip.NewWriter(w) },
		"deflate": func(w io.Writer) flushWriter {
			return zlib.NewWriter(w)
		},
		"Deflate": func(w io.Writer) flushWriter {
			f, err := flate.NewWriter(w, flate.BestSpeed)
			if err != nil {
				panic(err)
			}
			return f
		},
		"x-gzip": func(w io.Writer) flushWriter { return &memberWriter{w: w} },
		"gzip, x-gzip": func(w io.Writer) flushWriter {
			outer := gzip.NewWriter(w)
			return chainWriter{gzip.NewWriter(outer), outer}
		},
	}
	for _, proto := range []string{"HTTP/1.1", "HTTP/2.0"} {
		for coding, newCoder := range coders {
			t.Run(proto+" "+coding, func(t *testing.T) {
				seen := make(chan bool)
				srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Proto != proto {
						t.Errorf("the protocol is %s", r.Proto)
					}
					w.Header().Set("Content-Type", "text/event-stream")
					if coding != "" {
						w.Header().Set("Content-Encoding", coding)
					}
					http.NewResponseController(w).Flush()
					seen <- true // opened before there is anything to read
					c := newCoder(w)
					for i := range 20 {
						fmt.Fprintf(c, "id: %d\ndata: %d\n\n", i, i)
						c.Flush()
						http.NewResponseController(w).Flush()
						select {
						case seen <- true:
						case <-r.Context().Done():
							return
						}
					}
				}))
				srv.EnableHTTP2 = proto == "HTTP/2.0"
				srv.StartTLS()
				defer srv.Close()
				transport := srv.Client().Transport.(*http.Transport)
				transport.DisableCompression = true
				c := &Client{Transport: transport, NoReconnect: true, Compressed: true, Trace: Trace{Opened: func(*Opening) { <-seen }}}
				st, err := c.Stream(t.Context(), srv.URL)
				if err != nil {
					t.Fatal(err)
				}
				defer st.Close()
				for i := range 20 {
					e, err := st.Next()
					if err != nil || string(e.Data) != fmt.Sprint(i) {
						t.Fatalf("event %d: %v, %v", i, e, err)
					}
					<-seen
				}
				if _, err := st.Next(); err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("the stream ends with %v", err)
				}
			})
		}
	}
}

// A memberWriter makes a gzip member of all that is written up to a flush.
type memberWriter struct {
	w io.Writer
	z *gzip.Writer
}

func (m *memberWriter) Write(p []byte) (int, error) {
	if m.z == nil {
		m.z = gzip.NewWriter(m.w)
	}
	return m.z.Write(p)
}

func (m *memberWriter) Flush() error {
	z := m.z
	m.z = nil
	return z.Close()
}

type chainWriter struct{ inner, outer flushWriter }

func (c chainWriter) Write(p []byte) (int, error) { return c.inner.Write(p) }
func (c chainWriter) Flush() error                { return errors.Join(c.inner.Flush(), c.outer.Flush()) }

// A server that is killed in the middle of a stream and comes back loses
// nothing.
func TestClientServerDies(t *testing.T) {
	next := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Sscan(r.Header.Get("Last-Event-ID"), &next)
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "retry: 0\n\n")
		for range 5 {
			next++
			fmt.Fprintf(w, "id: %d\ndata: %d\n\n", next, next)
		}
		fmt.Fprintf(w, "id: %d\ndata: half", next+1)
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}))
	defer srv.Close()
	var reasons []error
	c := &Client{Wait: quick, Trace: Trace{Lost: func(l *Loss) { reasons = append(reasons, l.Err) }}}
	st, err := c.Stream(t.Context(), srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for i := 1; i <= 23; i++ {
		e, err := st.Next()
		if err != nil || string(e.Data) != fmt.Sprint(i) {
			t.Fatalf("event %d: %v, %v", i, e, err)
		}
	}
	for _, err := range reasons {
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("a stream was lost by %v", err)
		}
	}
}

// A server that redirects a POST and then ends the connection, without having
// said so, is asked again on a new one.
func TestClientRedirectEndsConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for n := 0; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			in := bufio.NewReader(c)
			r, err := http.ReadRequest(in)
			if err != nil {
				t.Error(err)
				return
			}
			body, _ := io.ReadAll(r.Body)
			if n == 0 {
				fmt.Fprint(c, "HTTP/1.1 307 There\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n")
				in.ReadByte() // the next request
			} else {
				fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: %s %s %s\n\n", r.Method, r.URL, body)
			}
			c.Close()
		}
	}()
	c := &Client{Transport: &http.Transport{}, Method: "POST", Body: []byte("body"), NoReconnect: true}
	st, err := c.Stream(t.Context(), "http://"+l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	e, err := st.Next()
	if err != nil || string(e.Data) != "POST /there body" {
		t.Errorf("%v, %v", e, err)
	}
}

// Cookies come back with the next connection, and with a redirect.
func TestClientCookies(t *testing.T) {
	var got []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.URL.Path+" "+r.Header.Get("Cookie"))
		if r.URL.Path == "/" {
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
			http.Redirect(w, r, "/stream", http.StatusFound)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "b", Value: "2", Path: "/"})
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "data: x\n\n")
	}))
	defer srv.Close()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	st, err := (&Client{Jar: jar, Wait: quick}).Stream(t.Context(), srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for range 2 {
		if _, err := st.Next(); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"/ ", "/stream a=1", "/ a=1; b=2", "/stream a=1; b=2"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("cookies %q, want %q", got, want)
	}
}

func TestClientUserinfo(t *testing.T) {
	s := &scripted{steps: []step{noContent}}
	st, err := (&Client{Transport: s}).Stream(t.Context(), "http://us%20er:pa%3Ass@h/")
	if err != nil {
		t.Fatal(err)
	}
	st.Next()
	user, password, ok := s.requests[0].BasicAuth()
	if !ok || user != "us er" || password != "pa:ss" {
		t.Errorf("credentials %q, %q, %v", user, password, ok)
	}
}

// What is not in the coding is an error of the connection, not of the program,
// and so is what ends too soon.
func TestClientBadCoding(t *testing.T) {
	for _, test := range []struct{ coding, body string }{
		{"gzip", "data: x\n\n"}, {"gzip", "\x1f\x8b\x08"}, {"gzip", "\x1f"},
		{"deflate", "\x78"}, {"deflate", "\x78\x9c"}, {"deflate", "\x4b"},
		{"zstd", "\x28"}, {"zstd", "\x28\xb5\x2f\xfd"},
	} {
		s := &scripted{steps: []step{respond(200, strings.NewReader(test.body), isStream, "Content-Encoding: "+test.coding)}}
		_, _, err := follow(t, &Client{NoReconnect: true}, s)
		if !errors.As(err, new(*LostError)) {
			t.Errorf("%s %q: the stream ends with %v", test.coding, test.body, err)
		}
	}
}
