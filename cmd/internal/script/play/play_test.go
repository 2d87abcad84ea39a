package play

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wscope/cmd/internal/script"
	"wscope/render"
	"wscope/wsproto"
	"wscope/wsproto/deflate"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A plainObserver writes what it is shown into a transcript.
type plainObserver struct {
	mu      sync.Mutex
	buf     bytes.Buffer
	view    render.Renderer
	numbers int
}

func newPlainObserver(script.TestCase) Observer {
	o := &plainObserver{}
	o.view = render.Multi(
		render.New(&o.buf, render.Options{Format: render.Frames, Timestamps: render.None}),
		render.NewStatus(&o.buf, render.StatusOptions{Verbose: 1, Announce: true}),
	)
	return o
}

func (o *plainObserver) Number() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.numbers++
	return o.numbers
}

func (o *plainObserver) Show(e render.Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.view.Render(e)
	o.view.Flush()
}

func (o *plainObserver) Transcript() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

func (o *plainObserver) WebSocket(n int, role wsproto.Role) Watch {
	return &plainWatch{o: o, meta: render.Meta{Conn: n}, role: role}
}

type plainWatch struct {
	o    *plainObserver
	meta render.Meta
	role wsproto.Role
}

func (w *plainWatch) Trace() wsproto.Trace {
	show := func(dir render.Direction) func(*wsproto.FrameInfo) {
		return func(f *wsproto.FrameInfo) {
			w.o.Show(&render.Frame{Meta: w.meta, Dir: dir, FrameInfo: f})
		}
	}
	return wsproto.Trace{FrameSent: show(render.Sent), FrameReceived: show(render.Received)}
}

func (w *plainWatch) Deflate() []wsproto.Extension {
	return []wsproto.Extension{&deflate.Extension{}}
}

func (w *plainWatch) Opened(_ *wsproto.Conn, url string, _ *wsproto.Response, took time.Duration, err error) {
	w.o.Show(&render.Handshake{Meta: w.meta, Role: w.role, URL: url, Took: took, Err: err})
}

func (w *plainWatch) Ended(_ *wsproto.Conn, _ time.Time, err error) {
	w.o.Show(&render.End{Meta: w.meta, Err: err})
}

// testOptions returns options for tests: what fails by waiting fails soon.
func testOptions() Options {
	return Options{
		Timeout: 20 * time.Second,
		Within:  5 * time.Second,
		Env:     os.LookupEnv,
		Resolve: func(url string) (*Peer, error) {
			return &Peer{
				URL:    "ws" + strings.TrimPrefix(strings.TrimPrefix(url, "http"), "ws"),
				Dialer: &wsproto.Dialer{},
				Open: func(ctx context.Context, host, port string, _ bool) (net.Conn, error) {
					return new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(host, port))
				},
				ConnectTimeout: 5 * time.Second,
			}, nil
		},
		Observe: newPlainObserver,
	}
}

// playScript plays the tests of a script and returns their results.
func playScript(t *testing.T, ctx context.Context, file, src string, o Options) ([]script.TestCase, []Result) {
	t.Helper()
	s, ms := script.Load(file, []byte(src), os.ReadFile)
	if ms != nil {
		t.Fatalf("mistakes in\n%s\n%v", src, ms)
	}
	tests := s.Tests()
	results := make([]Result, len(tests))
	o.Finished = func(i int, r Result) { results[i] = r }
	Run(ctx, tests, o)
	return tests, results
}

// TestSpecification plays the examples of the specification.
func TestSpecification(t *testing.T) {
	n := 0
	for _, m := range regexp.MustCompile("(?s)```wscope\n(.*?)```").FindAllStringSubmatch(script.Language, -1) {
		tests, results := playScript(t, t.Context(), "LANGUAGE.md", m[1], testOptions())
		for i, r := range results {
			n++
			if r.Failure != nil {
				t.Errorf("%s: %s: %s\n%s\n%s", tests[i].Name, r.Failure.Pos, r.Failure.Message, r.Failure.Detail, r.Transcript)
			}
		}
	}
	if n < 15 {
		t.Errorf("played %d tests, expected all examples of the specification", n)
	}
}

// TestFailures plays the scripts of testdata. Before a test that has to fail
// there is "#! MESSAGE", and "#+ LINE" for lines of the details, as regular
// expressions; the step that has to fail has "#!" behind it.
func TestFailures(t *testing.T) {
	t.Setenv("WSCOPE_TEST_TOKEN", "s3cret-value")
	files, err := filepath.Glob("testdata/*.wscope")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		wants := expectedFailures(string(src))
		o := testOptions()
		o.Jobs = 8
		if strings.Contains(file, "http") {
			o.Within = 500 * time.Millisecond // which one test uses up
		}
		tests, results := playScript(t, t.Context(), file, string(src), o)
		for i, r := range results {
			name := filepath.Base(file) + ": " + tests[i].Name
			want, ok := wants[tests[i].Line]
			switch {
			case !ok && r.Failure == nil:
			case !ok:
				t.Errorf("%s: %s: %s\n%s\n%s", name, r.Failure.Pos, r.Failure.Message, r.Failure.Detail, r.Transcript)
			case r.Failure == nil:
				t.Errorf("%s: passed, want %s", name, want.message)
			default:
				got := r.Failure.Message
				if r.Failure.Pos.Line != want.line || r.Failure.Pos.File != file {
					t.Errorf("%s: failed at %s, want line %d", name, r.Failure.Pos, want.line)
				}
				if !regexp.MustCompile("^" + want.message + "$").MatchString(got) {
					t.Errorf("%s:\n%s\nwant\n%s\n%s\n%s", name, got, want.message, r.Failure.Detail, r.Transcript)
				}
				for _, d := range want.details {
					if !regexp.MustCompile("(?m)^ *" + d + "$").MatchString(r.Failure.Detail) {
						t.Errorf("%s: details\n%s\nwant\n%s", name, r.Failure.Detail, d)
					}
				}
			}
		}
	}
}

type expectedFailure struct {
	line    int
	message string
	details []string
}

// expectedFailures reads the comments of a script, by the lines of its tests.
func expectedFailures(src string) map[int]expectedFailure {
	all := map[int]expectedFailure{}
	var next *expectedFailure
	test, n := 0, 0
	for line := range strings.Lines(src) {
		n++
		line = strings.TrimSpace(line)
		if detail, ok := strings.CutPrefix(line, "#+ "); ok && next != nil {
			next.details = append(next.details, detail)
		} else if message, ok := strings.CutPrefix(line, "#! "); ok {
			next = &expectedFailure{message: message}
		} else if strings.HasPrefix(line, "test ") && next != nil {
			test = n
		} else if strings.HasSuffix(line, "#!") && next != nil {
			next.line = n
			all[test], next = *next, nil
		}
	}
	return all
}
