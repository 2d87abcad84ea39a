package sse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// pieces is a reader that gives one piece for each call, and then io.EOF.
type pieces [][]byte

func (p *pieces) Read(b []byte) (int, error) {
	if len(*p) == 0 {
		return 0, io.EOF
	}
	n := copy(b, (*p)[0])
	if (*p)[0] = (*p)[0][n:]; len((*p)[0]) == 0 {
		*p = (*p)[1:]
	}
	return n, nil
}

// decode returns all that a Decoder finds.
func decode(r io.Reader, c DecoderConfig) (parsed, error) {
	var p parsed
	c.Trace.Line = func(l *Line) {
		if l.Kind == CommentLine {
			p.comments = append(p.comments, decodeUTF8(l.Value))
		}
	}
	c.Trace.Retry = func(d time.Duration) { p.retries = append(p.retries, d) }
	seen := &recorder{src: r, err: io.EOF}
	err := p.decode(NewDecoder(seen, c))
	// A Decoder that nobody looks into takes many lines in another way.
	var alone parsed
	errAlone := alone.decode(NewDecoder(io.MultiReader(&seen.parts, errorReader{seen.err}), DecoderConfig{MaxEventSize: c.MaxEventSize, LastEventID: c.LastEventID}))
	if !slices.Equal(alone.events, p.events) || alone.lastID != p.lastID || fmt.Sprint(errAlone) != fmt.Sprint(err) {
		return p, fmt.Errorf("without a Trace: %+v, %v, with one %+v, %v", alone, errAlone, p, err)
	}
	return p, err
}

// decode takes in all events and how they end.
func (p *parsed) decode(d *Decoder) error {
	for {
		e, err := d.Next()
		if err != nil {
			p.lastID = d.LastEventID()
			if err == io.EOF {
				err = nil
			}
			return err
		}
		p.events = append(p.events, textEvent{string(e.Type), string(e.Data), string(e.ID), e.NewID})
	}
}

// A recorder keeps what is read, piece by piece.
type recorder struct {
	src   io.Reader
	parts pieces
	err   error
}

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	r.parts = append(r.parts, bytes.Clone(p[:n]))
	if err != nil {
		r.err = err
	}
	return n, err
}

// everyWay calls f with readers that give the stream in one piece, byte by byte,
// and in two and three pieces with borders at every byte.
func everyWay(stream []byte, f func(how string, r io.Reader)) {
	f("in one piece", bytes.NewReader(stream))
	f("byte by byte", iotest.OneByteReader(bytes.NewReader(stream)))
	f("with the end and data together", iotest.DataErrReader(bytes.NewReader(stream)))
	for i := range len(stream) + 1 {
		f(fmt.Sprintf("cut at %d", i), &pieces{stream[:i], stream[i:]})
		if i < len(stream) {
			f(fmt.Sprintf("cut at %d and %d", i, i+1), &pieces{stream[:i], stream[i : i+1], stream[i+1:]})
		}
	}
}

// message is the event that most tests expect.
func message(data string) textEvent { return textEvent{typ: "message", data: data} }

func withID(id string, e textEvent) textEvent {
	e.id, e.newID = id, true
	return e
}

func seconds(n ...float64) (d []time.Duration) {
	for _, s := range n {
		d = append(d, time.Duration(s*float64(time.Second)))
	}
	return d
}

var decodeTests = []struct {
	name   string
	stream string
	want   parsed
}{
	{"nothing", "", parsed{}},
	{"only blank lines", "\n\r\n\r\r\n", parsed{}},

	// The examples of the standard, Section 9.2.6.
	{"example of three lines", "data: YHOO\ndata: +2\ndata: 10\n\n", parsed{events: []textEvent{message("YHOO\n+2\n10")}}},
	{"example of four blocks", ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n",
		parsed{comments: []string{" test stream"}, events: []textEvent{
			withID("1", message("first event")), withID("", message("second event"))}}},
	{"example of empty data", "data\n\ndata\ndata\n\ndata:", parsed{events: []textEvent{message(""), message("\n")}}},
	{"example of the blank", "data:test\n\ndata: test\n\n", parsed{events: []textEvent{message("test"), message("test")}}},

	// Decoding.
	{"mark at the start", "\uFEFFdata: x\n\n", parsed{events: []textEvent{message("x")}}},
	{"two marks", "\uFEFF\uFEFFdata: x\n\ndata: y\n\n", parsed{events: []textEvent{message("y")}}},
	{"mark in the middle", "data: x\n\n\uFEFFdata: y\n\n", parsed{events: []textEvent{message("x")}}},
	{"part of a mark", "\xEF\xBBdata: x\n\ndata: y\n\n", parsed{events: []textEvent{message("y")}}},
	{"mark of UTF-16", "\xFE\xFFdata: x\n\ndata: y\n\n", parsed{events: []textEvent{message("y")}}},
	{"a mark and no more", "\uFEFF", parsed{}},
	{"part of a mark and no more", "\xEF\xBB", parsed{}},
	{"characters", "data: Grüße 世界 🎈\nevent: é\nid: ü\n\n", parsed{lastID: "ü",
		events: []textEvent{{"é", "Grüße 世界 🎈", "ü", true}}}},
	{"malformed text", "data: a\xFFb\xC3\n\ndata: \xF0\x9F\x8E\ndata: x\nid: \xE4\xB8\nevent: \xED\xA0\x80\n\n", parsed{lastID: "\uFFFD",
		events: []textEvent{message("a\uFFFDb\uFFFD"), {"\uFFFD\uFFFD\uFFFD", "\uFFFD\nx", "\uFFFD", true}}}},
	{"malformed name", "d\xFFata: x\ndata: y\n\n", parsed{events: []textEvent{message("y")}}},
	{"malformed comment", ":\xFF\n", parsed{comments: []string{"\uFFFD"}}},

	// Lines.
	{"LF", "data: a\ndata: b\n\n", parsed{events: []textEvent{message("a\nb")}}},
	{"CRLF", "data: a\r\ndata: b\r\n\r\n", parsed{events: []textEvent{message("a\nb")}}},
	{"CR", "data: a\rdata: b\r\r", parsed{events: []textEvent{message("a\nb")}}},
	{"mixed", "data: a\r\ndata: b\rdata: c\n\r\ndata: d\r\n\rdata: e\n\r", parsed{
		events: []textEvent{message("a\nb\nc"), message("d"), message("e")}}},
	{"CR LF LF", "data: a\r\n\ndata: b\r\n\n", parsed{events: []textEvent{message("a"), message("b")}}},
	{"LF CR", "data: a\n\rdata: b\n\r", parsed{events: []textEvent{message("a"), message("b")}}},
	{"other line separators are none", "data: a\v\f\u0085\u2028\u2029b\n\n", parsed{events: []textEvent{message("a\v\f\u0085\u2028\u2029b")}}},

	// Fields.
	{"names are case-sensitive", "Data: a\nDATA: b\ndata: c\nEvent: x\n\n", parsed{events: []textEvent{message("c")}}},
	{"blanks around names", " data: a\ndata : b\n\tdata: c\ndata: d\n\n", parsed{events: []textEvent{message("d")}}},
	{"names that begin alike", "dat: a\ndatab: b\ndatab\nids: 7\nidx\nevents: x\nretry7\nretrys: 1\ndata: d\n\n", parsed{events: []textEvent{message("d")}}},
	{"one blank is removed", "data:  two\ndata:\ttab\ndata: \tboth\ndata:none\n\n", parsed{events: []textEvent{message(" two\n\ttab\n\tboth\nnone")}}},
	{"blanks at the end stay", "data: a \n\n", parsed{events: []textEvent{message("a ")}}},
	{"colons", "data: a:b\ndata::c\ndata: : d\n\n", parsed{events: []textEvent{message("a:b\n:c\n: d")}}},
	{"unknown fields", "foo: bar\nbar\ndata: a\nx:\n\n", parsed{events: []textEvent{message("a")}}},
	{"comments", ":\n: a\n::b\n:data: x\ndata: y\n: in between\ndata: z\n\n", parsed{
		comments: []string{"", " a", ":b", "data: x", " in between"}, events: []textEvent{message("y\nz")}}},
	{"NUL", "data: a\x00b\nevent: c\x00\n\x00\n\n", parsed{events: []textEvent{{typ: "c\x00", data: "a\x00b"}}}},

	// data
	{"data alone", "data\n\n", parsed{events: []textEvent{message("")}}},
	{"data and a colon", "data:\n\ndata: \n\n", parsed{events: []textEvent{message(""), message("")}}},
	{"one line feed is removed", "data: a\ndata\ndata\n\n", parsed{events: []textEvent{message("a\n\n")}}},
	{"empty first line", "data\ndata: a\n\n", parsed{events: []textEvent{message("\na")}}},
	{"data is no data", "\ndata\n\n", parsed{events: []textEvent{message("")}}},

	// id
	{"id", "id: 1\ndata: a\n\ndata: b\n\n", parsed{lastID: "1",
		events: []textEvent{withID("1", message("a")), {typ: "message", data: "b", id: "1"}}}},
	{"the last id wins", "id: 1\nid: 2\ndata: a\n\n", parsed{lastID: "2", events: []textEvent{withID("2", message("a"))}}},
	{"empty id", "id: 1\ndata: a\n\nid:\ndata: b\n\nid: 3\ndata: c\n\nid\ndata: d\n\n", parsed{
		events: []textEvent{withID("1", message("a")), withID("", message("b")), withID("3", message("c")), withID("", message("d"))}}},
	{"id with NUL", "id: 1\ndata: a\n\nid: 2\x003\ndata: b\n\nid: \x00\ndata: c\n\n", parsed{lastID: "1",
		events: []textEvent{withID("1", message("a")), {typ: "message", data: "b", id: "1"}, {typ: "message", data: "c", id: "1"}}}},
	{"id without data", "id: 1\n\ndata: a\n\n", parsed{lastID: "1", events: []textEvent{{typ: "message", data: "a", id: "1"}}}},
	{"id of an unfinished event", "id: 1\ndata: a\n\nid: 2\ndata: b\n", parsed{lastID: "1", events: []textEvent{withID("1", message("a"))}}},
	{"id without its blank line", "id: 1", parsed{}},

	// event
	{"type", "event: add\ndata: a\n\ndata: b\n\n", parsed{events: []textEvent{{typ: "add", data: "a"}, message("b")}}},
	{"the last type wins", "event: a\nevent: b\ndata: x\n\n", parsed{events: []textEvent{{typ: "b", data: "x"}}}},
	{"empty type", "event: a\nevent:\ndata: x\n\nevent\ndata: y\n\n", parsed{events: []textEvent{message("x"), message("y")}}},
	{"type without data", "event: a\n\ndata: x\n\n", parsed{events: []textEvent{message("x")}}},

	// retry
	{"retry", "retry: 2500\n\nretry:0\nretry: 007\n", parsed{retries: seconds(2.5, 0, 0.007)}},
	{"retry takes effect at once", "retry: 2500\n", parsed{retries: seconds(2.5)}},
	{"not a retry", "retry\nretry:\nretry: -1\nretry: 1.5\nretry: 1s\nretry:  1\nretry: 1 \nretry: ١\nretry: 0x10\nretry: +1\nretry: 1e3\n\n", parsed{}},
	{"retry for ever", "retry: 99999999999999999999999999\n", parsed{retries: []time.Duration{9223372036854 * time.Millisecond}}},

	// The end.
	{"no blank line at the end", "data: a\n\ndata: b\n", parsed{events: []textEvent{message("a")}}},
	{"no line end at the end", "data: a\n\ndata: b\n\ndata: c", parsed{events: []textEvent{message("a"), message("b")}}},
	{"CR as the last byte", "data: a\n\r", parsed{events: []textEvent{message("a")}}},
}

func TestDecoder(t *testing.T) {
	for _, test := range decodeTests {
		t.Run(test.name, func(t *testing.T) {
			everyWay([]byte(test.stream), func(how string, r io.Reader) {
				got, err := decode(r, DecoderConfig{})
				if err != nil {
					t.Fatalf("%s: %v", how, err)
				}
				if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(parsed{}, textEvent{})); diff != "" {
					t.Fatalf("%q %s (-want +got):\n%s", test.stream, how, diff)
				}
			})
		})
	}
}

// The reference that the fuzzing trusts has to know the rules, too.
func TestReference(t *testing.T) {
	for _, test := range decodeTests {
		got := reference([]byte(test.stream), "")
		if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(parsed{}, textEvent{})); diff != "" {
			t.Errorf("%s: %q (-want +got):\n%s", test.name, test.stream, diff)
		}
	}
}

// The last event ID outlives the connection.
func TestDecoderLastEventID(t *testing.T) {
	for stream, want := range map[string]string{
		"":                 "41",
		"data: x\n\n":      "41",
		"id: 42\n":         "41",
		"id: 42\n\n":       "42",
		"id\ndata: x\n\n":  "",
		"id: \x00\n\n":     "41",
		"event: x\n\nid: ": "41",
	} {
		p, err := decode(strings.NewReader(stream), DecoderConfig{LastEventID: "41"})
		if err != nil || p.lastID != want {
			t.Errorf("%q: last event ID %q, %v, want %q", stream, p.lastID, err, want)
		}
	}
}

// An event is there as soon as its blank line is, whatever ends that line.
func TestDecoderAtOnce(t *testing.T) {
	for _, end := range []string{"\n", "\r", "\r\n"} {
		r, w := io.Pipe()
		d := NewDecoder(r, DecoderConfig{})
		go w.Write([]byte("data: x" + end + end))
		e, err := d.Next()
		if err != nil || string(e.Data) != "x" {
			t.Errorf("%q: %v, %v", end, e, err)
		}
		w.Close()
	}
}

// With the error of a read come the events that were read before it.
func TestDecoderError(t *testing.T) {
	broken := errors.New("connection reset")
	r := io.MultiReader(strings.NewReader("data: a\n\ndata: b\n\ndata: c\n"), iotest.ErrReader(broken))
	p, err := decode(r, DecoderConfig{})
	if err != broken || len(p.events) != 2 {
		t.Errorf("%d events, %v", len(p.events), err)
	}
	d := NewDecoder(iotest.ErrReader(broken), DecoderConfig{})
	for range 2 {
		if _, err := d.Next(); err != broken {
			t.Errorf("Next returns %v", err)
		}
	}
	if _, err := NewDecoder(&pieces{}, DecoderConfig{}).Next(); err != io.EOF {
		t.Errorf("at the end Next returns %v", err)
	}
	if _, err := NewDecoder(idle{}, DecoderConfig{}).Next(); err != io.ErrNoProgress {
		t.Errorf("with a reader that gives nothing Next returns %v", err)
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

// Offsets and lengths lead to the very bytes in the stream.
func TestDecoderOffsets(t *testing.T) {
	stream := []byte("\uFEFF: hi\r\ndata: a\rid: 7\n\nfoo\n\r\n\r\ndata: é\xFF\ndata\r\n\nevent: x\n\ndata: end")
	everyWay(stream, func(how string, r io.Reader) {
		var lines []string
		next := int64(3)
		at := map[string]int64{}
		d := NewDecoder(r, DecoderConfig{Trace: Trace{Line: func(l *Line) {
			lines = append(lines, string(l.Raw))
			late := l.Offset == next+1 && stream[next] == '\n' // the LF of a CRLF
			switch {
			case late && l.Skipped == 1:
				next++
			case len(lines) == 1 && l.Skipped == len(bom), !late && l.Skipped == 0:
			default:
				t.Fatalf("%s: %d bytes before the line %q at %d are part of no line", how, l.Skipped, l.Raw, l.Offset)
			}
			if l.Offset != next || !bytes.HasPrefix(stream[l.Offset:], l.Raw) {
				t.Fatalf("%s: the line %q is said to be at %d", how, l.Raw, l.Offset)
			}
			next += int64(len(l.Raw)) + 1
			if l.End == CRLF {
				next++
			}
			if l.Kind == BlankLine && l.EventOffset >= 0 {
				at[fmt.Sprint(l.EventOffset, l.Dispatches)]++
			}
		}}})
		var events []string
		for {
			e, err := d.Next()
			if err != nil {
				break
			}
			raw := stream[e.Offset : e.Offset+e.Len]
			events = append(events, strings.TrimRight(string(raw), "\r\n"))
		}
		if want := []string{": hi", "data: a", "id: 7", "", "foo", "", "", "data: é\xFF", "data", "", "event: x", ""}; !slices.Equal(lines, want) {
			t.Fatalf("%s: the lines are %q", how, lines)
		}
		if want := []string{"data: a\rid: 7", "data: é\xFF\ndata"}; !slices.Equal(events, want) {
			t.Fatalf("%s: the events are %q", how, events)
		}
		if want := map[string]int64{"9 true": 1, "24 false": 1, "32 true": 1, "49 false": 1}; !cmp.Equal(at, want) {
			t.Fatalf("%s: events at %v, want %v", how, at, want)
		}
		if n := d.Unfinished(); n != 9 {
			t.Fatalf("%s: %d bytes are unfinished", how, n)
		}
	})
}

func TestDecoderUnfinished(t *testing.T) {
	for stream, want := range map[string]int64{
		"": 0, "data: x\n\n": 0, "data: x\n": 8, "data: x": 7, "data: x\r": 8, ": hi\n": 0, ": hi": 0,
		"data: x\n\n: bye": 0, "data: x\n\n: a\n: bye": 0, "\uFEFF: bye": 0, "data: y\n: bye": 13, "da": 2,
		"data: x\n\nid: 1\n: hi\nda": 13,
	} {
		d := NewDecoder(strings.NewReader(stream), DecoderConfig{})
		for {
			if _, err := d.Next(); err != nil {
				break
			}
		}
		if got := d.Unfinished(); got != want {
			t.Errorf("%q: %d bytes are unfinished, want %d", stream, got, want)
		}
	}
}

func TestAppendRepaired(t *testing.T) {
	for in, want := range map[string]string{
		"plain é 世 🎈":                       "plain é 世 🎈",
		"\x80":                              "\uFFFD",
		"\xC0\xAF":                          "\uFFFD\uFFFD",
		"\xE0\x80\xAF":                      "\uFFFD\uFFFD\uFFFD",
		"\xE4\xB8a":                         "\uFFFDa",
		"\xE4\xB8":                          "\uFFFD",
		"\xED\xA0\x80":                      "\uFFFD\uFFFD\uFFFD",
		"\xF0\x9F\x8E":                      "\uFFFD",
		"\xF0\x80\x80":                      "\uFFFD\uFFFD\uFFFD",
		"\xF4\x90\x80":                      "\uFFFD\uFFFD\uFFFD",
		"\xF4\x8F\xBF":                      "\uFFFD",
		"\xF5\x80":                          "\uFFFD\uFFFD",
		"\xE1\x80\xE2\xF0\x91\x92\xF1\xBFA": "\uFFFD\uFFFD\uFFFD\uFFFDA", // Unicode, table 3-11
		"\uFFFD":                            "\uFFFD",
	} {
		if got := string(appendRepaired(nil, []byte(in))); got != want {
			t.Errorf("%q is repaired to %q, want %q", in, got, want)
		}
	}
}

// A linterWriter has a linter look at each piece as a stream of its own, which is
// nothing that it has to make sense of.
type linterWriter struct{ l *Linter }

func (w linterWriter) Write(p []byte) (int, error) {
	_, err := decode(bytes.NewReader(p), DecoderConfig{Trace: Trace{Read: func(n int) { w.l.Read(n, time.Time{}) }}})
	NewDecoder(bytes.NewReader(p), DecoderConfig{Trace: Trace{Line: w.l.Line}}).Next()
	w.l.Closed(1, true, time.Time{}.Add(time.Hour))
	return len(p), err
}

// Whatever comes in whatever pieces, the Decoder agrees with the reference.
func FuzzDecoder(f *testing.F) {
	for _, test := range decodeTests {
		f.Add([]byte(test.stream), uint16(1), "")
		f.Add([]byte(test.stream), uint16(0x35), "7")
	}
	f.Fuzz(func(t *testing.T, stream []byte, cuts uint16, lastID string) {
		lastID = decodeUTF8([]byte(lastID))
		want := reference(stream, lastID)
		var p pieces
		for rest := stream; len(rest) > 0; cuts = cuts>>3 | cuts<<13 {
			n := min(len(rest), int(cuts&7)+1)
			p = append(p, rest[:n])
			rest = rest[n:]
		}
		l := &Linter{Report: func(*Finding) {}}
		l.Opened(&Opening{Response: &http.Response{}})
		for _, r := range []io.Reader{bytes.NewReader(stream), &p} {
			got, err := decode(io.TeeReader(r, linterWriter{l}), DecoderConfig{LastEventID: lastID})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(parsed{}, textEvent{})); diff != "" {
				t.Fatalf("%q (-reference +got):\n%s", stream, diff)
			}
		}
	})
}
