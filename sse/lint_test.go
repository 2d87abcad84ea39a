package sse

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var lintStart = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// goodHeader has nothing to complain about.
func goodHeader() http.Header {
	return http.Header{"Content-Type": {"text/event-stream; charset=utf-8"}, "Cache-Control": {"no-store"}}
}

// An arrival is a part of a stream that comes so long after the one before it.
type arrival struct {
	after time.Duration
	text  string
}

// lint returns what a Linter finds in one connection.
func lint(t *testing.T, l *Linter, header http.Header, parts ...arrival) (findings []Finding) {
	t.Helper()
	now := lintStart
	l.Report = func(f *Finding) {
		if f.Seen == "" || f.Advice == "" {
			t.Errorf("%s says nothing", f.Rule)
		}
		findings = append(findings, *f)
	}
	var p pieces
	for _, a := range parts {
		p = append(p, []byte(a.text))
	}
	n := 0
	d := NewDecoder(&p, DecoderConfig{Trace: Trace{
		Line: l.Line,
		Read: func(size int) {
			now = now.Add(parts[n].after)
			l.Read(size, now)
			n++
		},
	}})
	l.Opened(&Opening{Response: &http.Response{Header: header}, Time: now})
	for {
		if _, err := d.Next(); err != nil {
			l.Closed(d.Unfinished(), true, now)
			return findings
		}
	}
}

func TestLintLines(t *testing.T) {
	for _, test := range []struct {
		name, stream string
		want         string // rules, with ! in front if they are not minor, and @ and the offset
	}{
		{"nothing", "", ""},
		{"all is well", ": hi\nevent: a\nid: 1\nretry: 3000\ndata: x\ndata:  indented\n\nretry: 1\n\nid: 7\n\n", ""},
		{"CRLF", "data: x\r\n\r\n", ""},
		{"mark", "\uFEFFdata: x\n\n", "byte-order-mark@0"},
		{"second mark", "\uFEFF\uFEFFdata: x\n\ndata: y\n\n", "byte-order-mark@0 !unknown-field@3"},
		{"lone CR", "data: x\rdata: y\r\n\r\n", "!lone-cr@7"},
		{"no blank line", "data: x\n\nid: 2\ndata: y\n", "!unfinished-event@9"},
		{"no line end", "data: x\n\ndata: y", "!unfinished-event@9"},
		{"unfinished comment", "data: x\n\n: bye", ""},
		{"unfinished comment in an event", "data: x\n\ndata: y\n: bye", "!unfinished-event@9"},
		{"NUL", "id: a\x00b\ndata: x\n\n", "!nul-in-id@0"},
		{"retry", "retry: 3s\nretry:\ndata: x\n\n", "!retry-not-digits@0"},
		{"retry of an hour", "retry: 3600000\ndata: x\n\n", ""},
		{"retry of a day", "retry: 86400000\ndata: x\n\n", "!retry-too-long@0"},
		{"retry without an end", "data: x\n\nretry: 99999999999999999999999\n\n", "!retry-too-long@9"},
		{"Latin-1", "data: gr\xFC\xDFe\n\n", "!not-utf-8@8"},
		{"unknown", "foo: 1\nfoo: 2\nData: x\n data: y\nid : z\nhello world\ndata: x\n\n", "!unknown-field@0 !unknown-field@14 !unknown-field@22 !unknown-field@31 !unknown-field@38"},
		{"blanks", "event:  add\ndata: x\n\n", "blanks-in-value@0"},
		{"blanks at the end", "id: 7 \ndata: x \n\n", "blanks-in-value@0"},
		{"blanks in data", "data:  x\n\n", "blanks-in-value@0"},
		{"tab", "data:\tx\n\n", "blanks-in-value@0"},
		{"no data", "event: ping\n\n", "!event-without-data@0"},
	} {
		var rules []string
		for _, f := range lint(t, new(Linter), goodHeader(), arrival{0, test.stream}) {
			rules = append(rules, f.short())
		}
		if got := strings.Join(rules, " "); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func (f *Finding) short() string {
	s := f.Rule + "@" + itoa(f.Offset)
	if !f.Minor {
		s = "!" + s
	}
	return s
}

func itoa(n int64) string {
	if n < 0 {
		return "-"
	}
	s := ""
	for ; n > 9; n /= 10 {
		s = string(rune('0'+n%10)) + s
	}
	return string(rune('0'+n)) + s
}

func TestLintHeader(t *testing.T) {
	for _, test := range []struct {
		field, value string
		stream       string
		want         []string
	}{
		{"Content-Type", "text/event-stream", "data: x\n\n", nil},
		{"Content-Type", "text/event-stream", "data: é\n\n", []string{"content-type@0"}},
		{"Content-Type", "text/event-stream; charset=UTF-8", "data: é\n\n", nil},
		{"Content-Type", "text/event-stream; charset=iso-8859-1", "", []string{"!content-type@-"}},
		{"Content-Type", "text/event-stream; version=1", "", []string{"content-type@-"}},
		{"Content-Type", "text/event-stream; =", "", []string{"!content-type@-"}},
		{"Content-Type", "text/html, text/event-stream; charset=utf-8", "", []string{"!content-type@-"}},
		{"Cache-Control", "", "", []string{"!cache-control@-"}},
		{"Cache-Control", "max-age=60", "", []string{"!cache-control@-"}},
		{"Cache-Control", "private, No-Cache", "", nil},
		{"Content-Length", "10", "", []string{"!content-length@-"}},
	} {
		h := goodHeader()
		h.Set(test.field, test.value)
		var got []string
		for _, f := range lint(t, new(Linter), h, arrival{0, test.stream}) {
			got = append(got, f.short())
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %s: %q, want %q", test.field, test.value, got, test.want)
		}
	}
}

func TestLintTiming(t *testing.T) {
	const one = "data: x\n\n"
	four, five := strings.Repeat(one, 4), strings.Repeat(one, 5)
	full := strings.Repeat("data: "+strings.Repeat("x", 994)+"\n\n", 4)
	const cut = "data: x\n\ndata: x\n\ndata: "
	const s = time.Second
	for _, test := range []struct {
		name   string
		parts  []arrival
		coding string
		want   []string
	}{
		{"one after the other", []arrival{{s, one}, {s, one}, {s, one}, {9 * s, one}, {s, one}}, "", nil},
		{"many at a time, with pauses", []arrival{{0, five}, {9 * s, one}, {s, five}, {s, one}}, "", nil},
		{"cut events", []arrival{{s, cut}, {2 * s, "x\n\n" + cut}, {2 * s, "x\n\n"}}, "", []string{"!buffering@24"}},
		{"cut events in several reads", []arrival{{s, one}, {time.Millisecond, one}, {time.Millisecond, "da"}, {s, "ta: x\n\n"}}, "", []string{"!buffering@20"}},
		{"cut between two lines", []arrival{{s, five + "id: 1\n"}, {s, one}}, "", []string{"!buffering@51"}},
		{"cut, but not for long", []arrival{{s, cut}, {s / 10, "x\n\n"}}, "", nil},
		{"quiet, and then some", []arrival{{9 * s, four}}, "", nil},
		{"quiet, and then all", []arrival{{9 * s, five}}, "", []string{"!buffering@45"}},
		{"one that is slow to be written", []arrival{{s, "data: "}, {s, "x\n\n"}, {s, "data: "}, {s, "x\n\n"}}, "", nil},
		{"the end is cut", []arrival{{s, cut}}, "", []string{"!unfinished-event@18"}},
		{"several at a time, always", []arrival{{0, four}, {3 * s, four}, {3 * s, four}, {3 * s, four}, {3 * s, four}}, "", nil},
		{"many at a time, always", []arrival{{0, five}, {3 * s, five}, {3 * s, five}, {3 * s, five}, {3 * s, five}}, "", []string{"!buffering@180"}},
		{"what a buffer holds, always", []arrival{{0, full}, {3 * s, full}, {2 * s, full}, {5 * s, full}, {3 * s, full}}, "", []string{"!buffering@16032"}},
		{"compressed", []arrival{{s, cut}, {2 * s, "x\n\n"}}, "gzip", []string{"!compression-delay@24"}},
	} {
		h := goodHeader()
		if test.coding != "" {
			h.Set("Content-Encoding", test.coding)
		}
		var got []string
		for _, f := range lint(t, new(Linter), h, test.parts...) {
			got = append(got, f.short())
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestLintSilence(t *testing.T) {
	var found []string
	l := &Linter{Report: func(f *Finding) { found = append(found, f.Rule) }}
	l.Opened(&Opening{Response: &http.Response{Header: goodHeader()}, Time: lintStart})
	l.Closed(0, false, lintStart.Add(time.Second))
	l.Opened(&Opening{Response: &http.Response{Header: goodHeader()}, Time: lintStart})
	l.Closed(0, false, lintStart.Add(10*time.Second))
	if !slices.Equal(found, []string{LintSilence}) {
		t.Errorf("found %q", found)
	}
}

// A steady source behind a buffer comes in a rhythm, however short the silences
// are.
func TestLintRhythm(t *testing.T) {
	const one = "data: x\n\n"
	const ms = time.Millisecond
	// repeated has n bursts of so many events, after silences of these lengths in
	// turn.
	repeated := func(n, events int, silences ...time.Duration) (parts []arrival) {
		for i := range n {
			parts = append(parts, arrival{silences[i%len(silences)], strings.Repeat(one, events)})
		}
		return parts
	}
	var cut, torn, now []arrival
	for i := range 15 {
		cut = append(cut, arrival{300 * ms, one[3:] + one + one + one[:3]})
		torn = append(torn, arrival{300 * ms, one}, arrival{20 * ms, one + one}, arrival{20 * ms, one + one})
		now = append(now, arrival{300 * ms, one})
		if i%4 == 0 {
			now = append(now, repeated(2, 5, 300*ms)...)
		}
	}
	cut[0].text = one + one + one[:3]
	for _, test := range []struct {
		name   string
		parts  []arrival
		coding string
		want   string
	}{
		{"every 0.3 s", repeated(15, 15, 300*ms), "", LintBuffering},
		{"every 0.5 s", repeated(10, 15, 500*ms), "", LintBuffering},
		{"every 0.9 s", repeated(6, 6, 900*ms), "", LintBuffering},
		{"several, as one cause has", repeated(50, 4, 900*ms), "", ""},
		{"not quite every 0.3 s", repeated(20, 15, 260*ms, 350*ms, 310*ms), "", LintBuffering},
		{"a little less and a little more than a second", repeated(6, 6, 970*ms, 1030*ms), "", LintBuffering},
		{"few, but cut", cut, "", LintBuffering},
		{"compressed", repeated(6, 6, 900*ms), "gzip", LintCompression},
		{"not for long", repeated(8, 15, 300*ms), "", ""},
		{"few bursts", repeated(3, 15, 900*ms), "", ""},
		{"few events", repeated(50, 3, 300*ms), "", ""},
		{"hardly a silence", repeated(50, 15, 100*ms), "", ""},
		{"in no rhythm", repeated(50, 15, 300*ms, 900*ms), "", ""},
		{"not at once", torn, "", ""},
		{"now and then", now, "", ""},
	} {
		h := goodHeader()
		if test.coding != "" {
			h.Set("Content-Encoding", test.coding)
		}
		got := ""
		for _, f := range lint(t, new(Linter), h, test.parts...) {
			if f.Rule != LintUnfinished {
				got += f.Rule
			}
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// A proxy holds the header of a response back, too, until its buffer is full.
func TestLintLateStart(t *testing.T) {
	const s = time.Second
	for _, test := range []struct {
		name   string
		took   time.Duration
		events int
		more   bool // comes later
		want   []string
	}{
		{"all of it late", 8 * s, 4, false, []string{LintBuffering}},
		{"at once", s / 10, 4, false, nil},
		{"few", 8 * s, 3, false, nil},
		{"and then one by one", 8 * s, 4, true, nil},
	} {
		var found []string
		l := &Linter{Report: func(f *Finding) { found = append(found, f.Rule) }}
		l.Opened(&Opening{Response: &http.Response{Header: goodHeader()}, Time: lintStart, Took: test.took})
		at := lintStart
		feed := func(text string) {
			d := NewDecoder(strings.NewReader(text), DecoderConfig{Trace: Trace{Line: l.Line, Read: func(n int) { l.Read(n, at) }}})
			for {
				if _, err := d.Next(); err != nil {
					return
				}
			}
		}
		feed(strings.Repeat("data: x\n\n", test.events))
		if test.more {
			at = at.Add(s)
			feed("data: x\n\n")
		}
		l.Closed(0, false, at)
		if !slices.Equal(found, test.want) {
			t.Errorf("%s: found %q, want %q", test.name, found, test.want)
		}
	}
}

// An echo at the event stream of listen is four events at once, each with the time
// it was made. That is so however many echoes there are at a time.
func TestLintOwnStream(t *testing.T) {
	const ms = time.Millisecond
	// echoes has n of them at a moment, which are made so long one after the other.
	echoes := func(at time.Time, n int, apart time.Duration) string {
		var b strings.Builder
		for i := range n {
			made := at.Add(time.Duration(i) * apart).Format("2006-01-02T15:04:05.000000Z07:00")
			for _, what := range []string{"frame", "message", "frame", "message"} {
				b.WriteString("event: " + what + "\ndata: {\"v\":1,\"event\":\"" + what + "\",\"time\":\"" + made + "\",\"conn\":2,\"text\":\"" + strings.Repeat("hello ", 30) + "\"}\n\n")
			}
		}
		return b.String()
	}
	for _, test := range []struct {
		name        string
		n           int // at a time
		wait, apart time.Duration
		want        string
	}{
		{"one a second", 1, 1000 * ms, 0, ""},
		{"one in two seconds", 1, 2000 * ms, 0, ""},
		{"three a second", 1, 333 * ms, 0, ""},
		{"three at once each second", 3, 1000 * ms, ms, ""},
		{"many at once each second", 40, 1000 * ms, ms, ""},
		{"collected", 2, 1000 * ms, 800 * ms, LintBuffering},
		{"collected for short", 8, 500 * ms, 60 * ms, LintBuffering},
	} {
		at := lintStart
		parts := []arrival{{0, ": hello\n\n"}}
		for range 60 {
			at = at.Add(test.wait)
			parts = append(parts, arrival{test.wait, echoes(at.Add(-test.apart*time.Duration(test.n-1)), test.n, test.apart)})
		}
		for _, asked := range []string{"no", ""} {
			h := goodHeader()
			h.Set("X-Accel-Buffering", asked)
			got := ""
			for _, f := range lint(t, new(Linter), h, parts...) {
				got += f.Rule
				if told := strings.Contains(f.Advice, "send the header X-Accel-Buffering: no"); told == (asked == "no") {
					t.Errorf("%s: X-Accel-Buffering %q: the advice is %s", test.name, asked, f.Advice)
				}
			}
			if got != test.want {
				t.Errorf("%s: X-Accel-Buffering %q: %q, want %q", test.name, asked, got, test.want)
			}
		}
	}
}

// A response that asks for no buffering is not told to, and it takes more to say
// that it is buffered nevertheless.
func TestLintAsked(t *testing.T) {
	const s = time.Second
	const one = "data: x\n\n"
	bursts := func(n int, wait time.Duration) (parts []arrival) {
		for range 6 {
			parts = append(parts, arrival{wait, strings.Repeat(one, n)})
		}
		return parts
	}
	for _, test := range []struct {
		name  string
		parts []arrival
		want  string
	}{
		{"many", bursts(20, s), ""},
		{"very many", bursts(60, s), LintBuffering},
		{"very many in a rhythm", bursts(60, s*9/10), LintBuffering},
		{"cut", []arrival{{s, one + one + "da"}, {2 * s, "ta: x\n\n"}}, LintBuffering},
	} {
		h := goodHeader()
		h.Set("X-Accel-Buffering", "No ")
		got := ""
		for _, f := range lint(t, new(Linter), h, test.parts...) {
			got += f.Rule
			if strings.Contains(f.Advice, "send the header") || !strings.Contains(f.Advice, "CDN") {
				t.Errorf("%s: the advice is %s", test.name, f.Advice)
			}
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	var advice string
	l := &Linter{Report: func(f *Finding) { advice = f.Advice }}
	l.Opened(&Opening{Response: &http.Response{Header: http.Header{"X-Accel-Buffering": {"no"}, "Cache-Control": {"no-store"}}}, Time: lintStart})
	l.Closed(0, false, lintStart.Add(10*s))
	if !strings.Contains(advice, askedAdvice) {
		t.Errorf("about silence: the advice is %s", advice)
	}
}

func TestTimeIn(t *testing.T) {
	for v, want := range map[string]string{
		`{"time":"2026-11-29T17:11:56.601610Z","x":1}`:       "2026-11-29T17:11:56.60161Z",
		"THAT at 2026-11-29T17:11:56.601+01:00":              "2026-11-29T17:11:56.601+01:00",
		"2026-11-29T17:11:56.601":                            "",
		"2026-11-29T17:11:56Z":                               "",
		"2026-11-29T17:11:56.6Z":                             "",
		"2026-99-29T17:11:56.601Z, 2026-11-29T17:11:56.602Z": "2026-11-29T17:11:56.602Z",
		"":  "",
		"T": "",
		strings.Repeat(" ", maxTimeIn) + "2026-11-29T17:11:56.601Z": "",
	} {
		got := ""
		if at := timeIn([]byte(v)); !at.IsZero() {
			got = at.Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", v, got, want)
		}
	}
}

func TestLintUnanswered(t *testing.T) {
	var found []string
	l := &Linter{Report: func(f *Finding) { found = append(found, f.Seen) }}
	l.Unanswered(900 * time.Millisecond)
	l.Unanswered(1234 * time.Millisecond)
	if !slices.Equal(found, []string{"the request was not answered within 1.2s"}) {
		t.Errorf("found %q", found)
	}
}

// A finding is told once, and counted over all connections.
func TestLintCounts(t *testing.T) {
	l := new(Linter)
	first := lint(t, l, goodHeader(), arrival{0, "id: \x00\nfoo: 1\nid: \x00\n\n"})
	second := lint(t, l, goodHeader(), arrival{0, "foo: 1\nbar: 1\nid: \x00\n\n"})
	if len(first) != 2 || len(second) != 1 {
		t.Errorf("%d findings, then %d", len(first), len(second))
	}
	if diff := cmp.Diff([]LintCount{{LintNULInID, 3}, {LintUnknownField, 3}}, l.Counts()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	l = new(Linter)
	var many strings.Builder
	for i := range 100 {
		many.WriteString("field" + itoa(int64(i)) + ": x\n")
	}
	if n := len(lint(t, l, goodHeader(), arrival{0, many.String()})); n > maxNames+1 {
		t.Errorf("%d findings", n)
	}
}
