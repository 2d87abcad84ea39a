package render

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"wscope/sse"
	"wscope/wsproto"
)

// ordinary has events of every kind.
func ordinary() []Event {
	events := append(allEvents(), asEvents(deflateFrames())...)
	events = append(events, deflateTalk()...)
	events = append(append(events, routes()...), detours()...)
	for _, e := range streamEvents() {
		if l, ok := e.(*StreamLine); ok && l.Kind == sse.FieldLine && len(l.Name) == 0 {
			continue // a hex dump can show it, a decoder calls it a comment
		}
		events = append(events, e)
	}
	return events
}

// everything adds events whose times are no whole microseconds, and those with
// parts that are not UTF-8.
func everything() []Event {
	odd := newFrame(7000, Received, wsproto.OpPong, "p", rtt(849_999*time.Nanosecond))
	odd.Meta.Time = odd.Meta.Time.Add(499_999 * time.Nanosecond)
	small := newFrame(7001, Received, wsproto.OpPong, "q", rtt(1))
	small.Meta.Time = small.Meta.Time.Add(500_500 * time.Nanosecond)
	return append(slices.Concat(ordinary(), detours(), trialEvents()), odd, small,
		newFrame(-20, Sent, wsproto.OpText, "before the start"),
		&Handshake{Meta: at(8000), URL: "ws://example.com/", Local: "127.0.0.1:1", Response: []byte("HTTP/1.1 500 Oops\r\n\r\nwhat"), Cut: true,
			Err: &wsproto.HandshakeError{Kind: wsproto.HandshakeRefused, Rule: "status", Got: "500 Oops", Want: "101"}},
		newFrame(8001, Received, wsproto.OpClose, "\x0f\xa0caf\xc3"),
		&End{Meta: at(8001), By: Peer, Code: 4000, Reason: "caf\xc3", Err: &wsproto.CloseError{
			Code: 4000, Reason: "caf\xc3", Remote: true, Reply: 4001, ReplyReason: "\xff"}},
	)
}

// record returns the transcript of some events.
func record(t testing.TB, secrets bool, events ...Event) []byte {
	t.Helper()
	var out bytes.Buffer
	r, err := NewRecorder(&out, &Recording{Meta: at(0), Program: "wscope test", Command: []string{"connect", "ws://[redacted]@h/"}, Secrets: secrets})
	for _, e := range events {
		err = errors.Join(err, r.Render(e))
	}
	if err := errors.Join(err, r.Flush()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// replay returns the events of a transcript.
func replay(t testing.TB, transcript []byte) (events []Event) {
	t.Helper()
	r := NewTranscriptReader(bytes.NewReader(transcript))
	for {
		e, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	if r.Skipped() > 0 {
		t.Errorf("%d lines were passed over", r.Skipped())
	}
	return events
}

// JSON comes back as it was without the nanoseconds of a recording, too.
func TestJSONRoundTrip(t *testing.T) {
	make := func(b *bytes.Buffer) Renderer { return New(b, Options{Format: JSON, Start: start}) }
	uneven := &Handshake{Meta: at(8002), URL: "ws://example.com/", Request: []byte("GET / HTTP/1.1\r\n\r\n"),
		Took: 1_000_600, Route: &Route{Took: 400_400}}
	live := show(t, make, append(slices.Concat(ordinary(), detours(), trialEvents()), uneven)...)
	got := show(t, make, replay(t, live)...)
	if diff := cmp.Diff(strings.SplitAfter(string(live), "\n"), strings.SplitAfter(string(got), "\n")); diff != "" {
		t.Errorf("-live +replayed:\n%s", diff)
	}
}

// What a transcript shows is what was shown when it was recorded.
func TestTranscriptRoundTrip(t *testing.T) {
	defer func(l *time.Location) { time.Local = l }(time.Local)
	time.Local = time.UTC // of the events of the tests
	live := everything()
	replayed := replay(t, record(t, false, live...))[1:]
	for i, e := range live {
		if got, want := fmt.Sprintf("%T", replayed[i]), fmt.Sprintf("%T", e); got != want {
			t.Fatalf("event %d comes back as %s, want %s", i, got, want)
		}
	}
	compare := func(name string, make func(*bytes.Buffer) Renderer) {
		t.Run(name, func(t *testing.T) {
			want, got := show(t, make, live...), show(t, make, replayed...)
			if diff := cmp.Diff(strings.SplitAfter(string(want), "\n"), strings.SplitAfter(string(got), "\n")); diff != "" {
				t.Errorf("-live +replayed:\n%s", diff)
			}
		})
	}
	for format := range formatNames {
		for stamps := range timestampNames {
			o := Options{Format: Format(format), Timestamps: Timestamps(stamps), Start: start, MaxPreview: -1}
			compare(fmt.Sprintf("%v/%v", o.Format, o.Timestamps), func(b *bytes.Buffer) Renderer { return New(b, o) })
		}
	}
	for verbose := range 4 {
		o := StatusOptions{Verbose: verbose, Start: start}
		compare(fmt.Sprintf("status %d", verbose), func(b *bytes.Buffer) Renderer { return NewStatus(b, o) })
	}
}

// With credentials in it a transcript shows them to those who ask for them.
func TestTranscriptSecrets(t *testing.T) {
	hidden := []string{"dXNlcjpwYXNz", "sid=", "user:pass", "lang=en", "u:p@", "Bearer abc"}
	live := ordinary()
	for _, secrets := range []bool{false, true} {
		transcript := record(t, secrets, live...)
		var raw strings.Builder
		for _, e := range replay(t, transcript) {
			switch e := e.(type) {
			case *Handshake:
				raw.Write(append(e.Request, e.Response...))
			case *Exchange:
				raw.Write(slices.Concat(e.Request, bytes.Join(e.Interim, nil), e.Response))
			}
		}
		for _, s := range hidden {
			if found := strings.Contains(string(transcript)+raw.String(), s); found != secrets {
				t.Errorf("with secrets %v the transcript has %q: %v", secrets, s, found)
			}
		}
	}
	make := func(b *bytes.Buffer) Renderer {
		return NewStatus(b, StatusOptions{Verbose: 1, ShowSecrets: true, Start: start})
	}
	want, got := show(t, make, live...), show(t, make, replay(t, record(t, true, live...))[1:]...)
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("-live +replayed:\n%s", diff)
	}
}

// The format JSON shows of a transcript what it would have shown at once, and
// can be shown itself.
func TestTranscriptOfJSON(t *testing.T) {
	make := func(b *bytes.Buffer) Renderer { return New(b, Options{Format: JSON, Start: start}) }
	want := show(t, make, ordinary()...)
	got := show(t, make, replay(t, append([]byte("listening on ws://127.0.0.1:1/\n"), want...))...)
	if diff := cmp.Diff(strings.SplitAfter(string(want), "\n"), strings.SplitAfter(string(got), "\n")); diff != "" {
		t.Errorf("-JSON +replayed JSON:\n%s", diff)
	}
}

func TestTranscriptSchema(t *testing.T) {
	schema := compileSchema(t)
	seen := map[string]bool{}
	for line := range bytes.Lines(record(t, false, everything()...)) {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
		if err != nil {
			t.Fatalf("%v\n%s", err, line)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%v\n%s", err, line)
		}
		seen[v.(map[string]any)["event"].(string)] = true
	}
	for _, name := range []string{"recording", "line", "frame", "handshake", "detour", "exchange"} {
		if !seen[name] {
			t.Errorf("no event %q was tried", name)
		}
	}
}

func TestTranscriptGolden(t *testing.T) {
	events := []Event{talk()[0], newFrame(1, Sent, wsproto.OpText, "hello"), newFrame(1500, Received, wsproto.OpBinary, "\x00\xFF")}
	for _, e := range streamEvents() {
		if l, ok := e.(*StreamLine); ok && len(l.Raw) < 100 {
			events = append(events, e)
		}
	}
	golden(t, "transcript", record(t, false, events...))
}

// Each event is one call of Write, with a whole line.
func TestRecorderWrites(t *testing.T) {
	var lines lineCounter
	r, err := NewRecorder(&lines, &Recording{Meta: at(0)})
	if err != nil || lines != 1 {
		t.Fatalf("%d lines, %v at the start", lines, err)
	}
	events := []Event{newFrame(1, Sent, wsproto.OpBinary, strings.Repeat("x", 1<<20)), messages()[0], talk()[0]}
	for i, e := range events {
		if err := r.Render(e); err != nil {
			t.Fatal(err)
		}
		if want := lineCounter(i + 2); lines != want {
			t.Errorf("%d lines after event %d, want %d", lines, i, want)
		}
	}
	full := errors.New("no space left")
	if _, err := NewRecorder(brokenWriter{full}, &Recording{}); err != full {
		t.Errorf("with a full disk: %v, want %v", err, full)
	}
}

// A lineCounter counts writes, each of which has to be a line.
type lineCounter int

func (n *lineCounter) Write(p []byte) (int, error) {
	if bytes.IndexByte(p, '\n') != len(p)-1 {
		return 0, fmt.Errorf("%.20q is no line", p)
	}
	*n++
	return len(p), nil
}

// Continuation frames know what they continue without the frames before them.
func TestTranscriptContinues(t *testing.T) {
	events := replay(t, record(t, false,
		newFrame(1, Received, wsproto.OpBinary, "\x00", fragment(1, false)),
		newFrame(2, Received, wsproto.OpText, "a", fragment(1, false), conn(2)),
		newFrame(3, Received, wsproto.OpContinuation, "b", fragment(2, true), conn(2)),
	))
	got := show(t, func(b *bytes.Buffer) Renderer { return New(b, Options{Timestamps: None}) }, events[3])
	if !bytes.Contains(got, []byte("(fragment 2 of text)")) {
		t.Errorf("the frame shows as %q", got)
	}
}

func TestSeconds(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"0": 0, "1": time.Second, "0.000000001": 1, "-0.5": -time.Second / 2, "-1.25": -1250 * time.Millisecond, "null": 0,
		"12345678.123456789": 12345678123456789, "1.5e-3": 1500 * time.Microsecond, "0.0000000019": 2,
	} {
		var got seconds
		if err := got.UnmarshalJSON([]byte(in)); err != nil || time.Duration(got) != want {
			t.Errorf("%s is %v, %v, want %v", in, time.Duration(got), err, want)
		}
	}
	for _, in := range []string{`"1"`, "1e10", "-99999999999", "99999999999999999999", "{}", "[1]", "true", ""} {
		if err := new(seconds).UnmarshalJSON([]byte(in)); err == nil {
			t.Errorf("%s is accepted", in)
		}
	}
	for _, d := range []time.Duration{0, 1, -1, 999_999_999, time.Hour, -90 * time.Second, 1<<63 - 1, -1 << 63} {
		text := appendNanoseconds(nil, d)
		var got seconds
		if err := got.UnmarshalJSON(text); d.Abs() < maxSeconds*time.Second/2 && (err != nil || time.Duration(got) != d) {
			t.Errorf("%d becomes %s and %d, %v", d, text, got, err)
		}
	}
}

// What the events have in common is asked of each kind in the same way.
func TestAbout(t *testing.T) {
	names := map[string]bool{}
	for _, e := range replay(t, record(t, false, everything()...)) {
		names[NameOf(e)] = true
		_, hasDir := DirectionOf(e)
		_, hasPayload := PayloadOf(e)
		if _, retry := e.(*StreamRetry); hasDir != hasPayload && !retry {
			t.Errorf("%T: direction %v, payload %v", e, hasDir, hasPayload)
		}
	}
	for _, name := range EventNames() {
		if !names[name] {
			t.Errorf("no event is called %q", name)
		}
	}
	f := newFrame(5, Sent, wsproto.OpText, "x")
	f.FrameInfo.Time, f.Meta.Time = f.Meta.Time, time.Time{}
	if got := MetaOf(f).Time; !got.Equal(f.FrameInfo.Time) {
		t.Errorf("the time of the frame is %v", got)
	}
}

// The first line says with -v where a transcript comes from.
func TestStatusOfRecording(t *testing.T) {
	e := &Recording{Meta: at(0), Program: "wscope v1", Command: []string{"wscope", "connect", "-x", "two words", "ws://u:p@h/\x1b"}}
	for verbose, want := range []string{"", "* recorded on 2026-01-02 15:04:05 by wscope v1: wscope connect -x \"two words\" ws://[redacted]@h/␛\n* error: oops\n"} {
		got := show(t, func(b *bytes.Buffer) Renderer { return NewStatus(b, StatusOptions{Verbose: verbose, Replay: true}) }, e)
		if verbose > 0 {
			got = append(got, show(t, func(b *bytes.Buffer) Renderer { return NewStatus(b, StatusOptions{Replay: true}) }, &Failure{Err: errors.New("oops")})...)
		}
		if string(got) != want {
			t.Errorf("-v %d: %q, want %q", verbose, got, want)
		}
	}
}

// Lines of a stream are what the decoder says of them.
func TestParseLine(t *testing.T) {
	const stream = "data: a\nid\r: x\r\nfoo: b\xff\n\n"
	d := sse.NewDecoder(strings.NewReader(stream), sse.DecoderConfig{Trace: sse.Trace{Line: func(want *sse.Line) {
		got := sse.ParseLine(want.Raw, want.Offset, want.End)
		got.Dispatches, got.EventOffset, got.Skipped = want.Dispatches, want.EventOffset, want.Skipped
		if diff := cmp.Diff(*want, got); diff != "" {
			t.Errorf("%q: -decoded +parsed:\n%s", want.Raw, diff)
		}
	}}})
	for {
		if _, err := d.Next(); err != nil {
			break
		}
	}
}

// Whatever is in a transcript, nothing of it can harm a terminal or the program.
func FuzzTranscript(f *testing.F) {
	for line := range bytes.Lines(record(f, false, everything()...)) {
		if len(line) < 10_000 {
			f.Add(line)
		}
	}
	f.Add([]byte(`{"v":1,"time":"0000-01-01T00:00:00Z","elapsed":-4294967295,"event":"finding","rule":"\u001b[2J"}`))
	f.Add([]byte(`{"v":1,"time":"9999-12-31T23:59:59Z","event":"close","by":"us","error":{"kind":"protocol","message":"\u001b","section":"\u009b"}}`))
	f.Fuzz(func(t *testing.T, transcript []byte) {
		var out bytes.Buffer
		var renderers []Renderer
		for format := range formatNames {
			renderers = append(renderers, New(&out, Options{Format: Format(format), Terminal: true}))
		}
		for verbose := range 4 {
			renderers = append(renderers, NewStatus(&out, StatusOptions{Verbose: verbose, ShowSecrets: verbose > 0}))
		}
		again, err := NewRecorder(&out, &Recording{})
		if err != nil {
			t.Fatal(err)
		}
		show := Multi(append(renderers, again)...)
		r := NewTranscriptReader(bytes.NewReader(transcript))
		r.MaxLine = 1 << 20
		for {
			e, err := r.Next()
			if err != nil {
				break
			}
			if err := show.Render(e); err != nil {
				t.Fatal(err)
			}
		}
		if err := show.Flush(); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			checkHarmless(t, strings.TrimSuffix(line, "\n"))
		}
	})
}

func BenchmarkRecorder(b *testing.B) {
	for _, size := range []int{100, 64 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			file, err := os.Create(filepath.Join(b.TempDir(), "record"))
			if err != nil {
				b.Fatal(err)
			}
			defer file.Close()
			r, err := NewRecorder(file, &Recording{Meta: at(0)})
			if err != nil {
				b.Fatal(err)
			}
			f := newFrame(1, Received, wsproto.OpText, strings.Repeat("x", size))
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if err := r.Render(f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkTranscriptReader(b *testing.B) {
	transcript := record(b, false, newFrame(1, Received, wsproto.OpText, strings.Repeat("x", 100)))
	first := bytes.IndexByte(transcript, '\n') + 1
	line := transcript[first:]
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	r := NewTranscriptReader(&endless{line: line})
	for b.Loop() {
		if _, err := r.Next(); err != nil {
			b.Fatal(err)
		}
	}
}

// An endless reader has the same line again and again.
type endless struct {
	line []byte
	at   int
}

func (r *endless) Read(p []byte) (n int, err error) {
	for n < len(p) {
		m := copy(p[n:], r.line[r.at:])
		r.at = (r.at + m) % len(r.line)
		n += m
	}
	return n, nil
}
