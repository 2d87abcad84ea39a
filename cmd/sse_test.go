package cmd

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"wscope/sse"
)

// parseSSE returns what a command line of sse parses to.
func parseSSE(t *testing.T, stdin string, args ...string) (sseOptions, error) {
	t.Helper()
	var got sseOptions
	s := streams{in: strings.NewReader(stdin), out: io.Discard, err: io.Discard}
	cmd := newSSECmd(s, func(_ context.Context, o sseOptions) error {
		got = o
		return nil
	})
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	return got, cmd.ExecuteContext(t.Context())
}

func TestSSEFlags(t *testing.T) {
	file := filepath.Join(t.TempDir(), "body.json")
	if err := os.WriteFile(file, []byte(`{"a":1}`), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args string
		ok   func(o sseOptions) bool
	}{
		{"", func(o sseOptions) bool {
			return o.method == "GET" && o.body == nil && o.retry == -1 && o.retryDelay == 3*time.Second && o.delimiter == "\n" && o.maxEvent == sse.DefaultMaxEventSize
		}},
		{"-d a=1 -d b=2", func(o sseOptions) bool { return o.method == "POST" && string(o.body) == "a=1&b=2" }},
		{"-d @" + file, func(o sseOptions) bool {
			return string(o.body) == `{"a":1}` && contentType(o.body) == "application/json"
		}},
		{"-d @- -X PUT", func(o sseOptions) bool {
			return o.method == "PUT" && string(o.body) == "from stdin" && contentType(o.body) == "application/x-www-form-urlencoded"
		}},
		{"-d @@x", func(o sseOptions) bool { return string(o.body) == "@x" }},
		{"-1 -0", func(o sseOptions) bool { return o.count == 1 && o.delimiter == "\x00" }},
		{`--delimiter \t --event a --event b,c`, func(o sseOptions) bool { return o.delimiter == "\t" && strings.Join(o.events, "|") == "a|b,c" }},
		{"--hide comment,retry", func(o sseOptions) bool { return o.hideComments && o.hideRetry }},
		{"-L --max-redirs 3 --idle-timeout 5 --retry 4 --retry-delay 100ms --retry-max-time 1m", func(o sseOptions) bool {
			return o.dial.redirect.follows() && o.dial.redirect.max == 3 && o.idleTimeout == 5*time.Second && o.retry == 4 && o.retryDelay == 100*time.Millisecond && o.retryMaxTime == time.Minute
		}},
	} {
		o, err := parseSSE(t, "from stdin", append(strings.Fields(test.args), "http://h/")...)
		if err != nil || o.url != "http://h/" || !test.ok(o) {
			t.Errorf("%s: %+v, %v", test.args, o, err)
		}
	}
	for _, bad := range []string{
		"-1 --count 2", "--count -1", "--drop-after -1", "--no-reconnect --reconnect", "--no-reconnect --drop-after 1", "--max-redirs -2",
		"-X G@T", "--hide ping", `--delimiter \q`, "-d @/nowhere/at/all", "--retry x", "--retry -2", "--idle-timeout -1", "--max-event-size x",
	} {
		if _, err := parseSSE(t, "", append(strings.Fields(bad), "http://h/")...); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

func TestParseStreamTarget(t *testing.T) {
	for in, want := range map[string]string{
		"http://h/x": "ws://h/x ", "https://h": "wss://h/ ", "ws://h/": "ws://h/ ",
		"localhost:80/x": "ws://localhost/x no scheme in the URL: took http://, since localhost is this machine",
		"example.com":    "wss://example.com/ no scheme in the URL: took https://",
	} {
		got, err := parseStreamTarget(in)
		if s := got.url.String() + " " + got.note; err != nil || s != want {
			t.Errorf("%s: %q, %v, want %q", in, s, err, want)
		}
	}
	for bad, want := range map[string]string{
		"ftp://h/":    `URL "ftp://h/": scheme "ftp", expected http or https`,
		"http://":     `URL "http://": no host`,
		"https:///x":  `URL "https:///x": no host`,
		"http://h:x/": `URL "http://h:x/": port "x", expected 1 to 65535`,
		"http://::1/": `URL "http://::1/": an IPv6 address has to stand in brackets, as in http://[::1]:8080/`,
		":0":          `":0", read as a URL "http://localhost:0": port "0", expected 1 to 65535`,
		"ws://":       `URL "ws://": no host`,
	} {
		_, err := parseStreamTarget(bad)
		if e, ok := err.(*exitError); !ok || e.code != exitURL || e.hint != streamURLHint || e.Error() != want {
			t.Errorf("%s: %v, want %s", bad, err, want)
		}
	}
}

// Each event is there as soon as it has been flushed, whatever the coding.
func TestContentDecodersAtOnce(t *testing.T) {
	coders := map[string]func(io.Writer) interface {
		io.Writer
		Flush() error
	}{
		"br": func(w io.Writer) interface {
			io.Writer
			Flush() error
		} {
			return brotli.NewWriter(w)
		},
		"zstd": func(w io.Writer) interface {
			io.Writer
			Flush() error
		} {
			z, err := zstd.NewWriter(w)
			if err != nil {
				panic(err)
			}
			return z
		},
	}
	for coding, newCoder := range coders {
		t.Run(coding, func(t *testing.T) {
			seen := make(chan bool)
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !strings.Contains(r.Header.Get("Accept-Encoding"), coding) {
					t.Errorf("Accept-Encoding is %q", r.Header.Get("Accept-Encoding"))
				}
				w.Header().Set("Content-Type", "text/event-stream")
				w.Header().Set("Content-Encoding", coding)
				c := newCoder(w)
				for i := range 10 {
					fmt.Fprintf(c, "data: %d\n\n", i)
					c.Flush()
					http.NewResponseController(w).Flush()
					select {
					case <-seen:
					case <-r.Context().Done():
						return
					}
				}
			}))
			defer srv.Close()
			c := &sse.Client{NoReconnect: true, Compressed: true, ContentDecoders: contentDecoders}
			stream, err := c.Stream(t.Context(), srv.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer stream.Close()
			for i := range 10 {
				e, err := stream.Next()
				if err != nil || string(e.Data) != fmt.Sprint(i) {
					t.Fatalf("event %d: %v, %v", i, e, err)
				}
				seen <- true
			}
		})
	}
}

// HTTP/2 shows as it would be on the wire, and the order of things is kept.
func TestSSEOverHTTP2(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprintf(w, "data: %s\n\n", r.Proto)
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	for _, test := range []struct {
		args []string
		want string
	}{{nil, "HTTP/2.0"}, {[]string{"--http1.1"}, "HTTP/1.1"}} {
		var out, talk bytes.Buffer
		args := append([]string{"sse", "-v", "-k", "--count", "1", srv.URL}, test.args...)
		if code := run(t.Context(), streams{in: strings.NewReader(""), out: &out, err: &talk}, args); code != 0 || out.String() != test.want+"\n" {
			t.Errorf("%v: exit status %d, %q\n%s", test.args, code, &out, &talk)
		}
		for _, want := range []string{"> GET / HTTP/", "< HTTP/" + test.want[5:6], "* TLS 1.3, ", "Content-Type: text/event-stream"} {
			if !strings.Contains(talk.String(), want) {
				t.Errorf("%v: no %q in\n%s", test.args, want, &talk)
			}
		}
	}
}

// Interim responses are shown before the final one, whatever the version.
func TestSSEInterim(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</x>")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Del("Link")
		w.Header().Set("Content-Type", "text/event-stream")
		if r.URL.Path == "/endless" {
			w.Header().Set("X-Long", strings.Repeat("x", 64<<10))
			for range 20 {
				w.WriteHeader(http.StatusProcessing)
			}
		}
		fmt.Fprintf(w, "data: %s\n\n", r.Proto)
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	for version, args := range map[string][]string{"2.0": {"sse", "-k", "-1"}, "1.1": {"sse", "-k", "-1", "--http1.1"}} {
		var out, talk bytes.Buffer
		code := run(t.Context(), streams{in: strings.NewReader(""), out: &out, err: &talk}, append(args, "-v", srv.URL))
		if want := "< HTTP/" + version + " 103 Early Hints\n< Link: </x>\n<\n< HTTP/" + version + " 200 OK\n"; code != 0 || !strings.Contains(talk.String(), want) {
			t.Errorf("exit status %d, no %q in\n%s", code, want, &talk)
		}
		talk.Reset()
		code = run(t.Context(), streams{in: strings.NewReader(""), out: &out, err: &talk}, append(args, srv.URL+"/endless"))
		if code == 0 || talk.Len() > 8<<10 {
			t.Errorf("endless in HTTP/%s: exit status %d, %d bytes\n%.2000s", version, code, talk.Len(), &talk)
		}
	}
}

// HTTP/2 without TLS.
func TestSSEPriorKnowledge(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprintf(w, "data: %s\n\n", r.Proto)
	}))
	srv.Config.Protocols = new(http.Protocols)
	srv.Config.Protocols.SetUnencryptedHTTP2(true)
	srv.Start()
	defer srv.Close()
	var out, talk bytes.Buffer
	code := run(t.Context(), streams{in: strings.NewReader(""), out: &out, err: &talk}, []string{"sse", "--http2-prior-knowledge", "-1", srv.URL})
	if code != 0 || out.String() != "HTTP/2.0\n" {
		t.Errorf("exit status %d, %q\n%s", code, &out, &talk)
	}
}

// A server that is killed in the middle of a stream and comes back loses
// nothing, and the ledger says so.
func TestSSEServerDies(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next := 0
		fmt.Sscan(r.Header.Get("Last-Event-ID"), &next)
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "retry: 1\n\n")
		for range 3 {
			next++
			fmt.Fprintf(w, "id: %d\ndata: %d\n\n", next, next)
		}
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}))
	srv.Config.ErrorLog = nil
	defer srv.Close()
	var out, talk bytes.Buffer
	code := run(t.Context(), streams{in: strings.NewReader(""), out: &out, err: &talk}, []string{"sse", "--count", "7", srv.URL})
	if code != 0 || out.String() != "1\n2\n3\n4\n5\n6\n7\n" {
		t.Errorf("exit status %d, %q\n%s", code, &out, &talk)
	}
	for _, want := range []string{
		"and 3 events: unexpected EOF; attempt 1 in 1.0 ms with Last-Event-ID \"3\"\n",
		"(attempt 1, HTTP/1.1 200 OK, Last-Event-ID \"3\")\n",
		"* goes on with id \"4\": nothing twice, nothing skipped\n",
		"3 connections)\n",
	} {
		if !strings.Contains(talk.String(), want) {
			t.Errorf("no %q in\n%s", want, &talk)
		}
	}
}
