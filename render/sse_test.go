package render

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"wscope/sse"
)

const (
	streamRequest  = "GET /feed HTTP/1.1\r\nHost: example.com\r\nAccept: text/event-stream\r\nAuthorization: Bearer abc\r\n\r\n"
	streamResponse = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Evil: \x1b[2J\r\n\r\n"
)

// streamEvents has every kind of event of a stream.
func streamEvents() []Event {
	text := func(s string) []byte { return []byte(s) }
	response := &http.Response{Proto: "HTTP/1.1", Status: "200 OK", StatusCode: 200}
	refused := &sse.ResponseError{Rule: sse.RuleContentType, Got: "text/\x1bhtml", Want: "text/event-stream",
		Response: response, Body: []byte("<h1>\u202enothing</h1>"), More: true}
	stats := StreamStats{Events: 3, Comments: 1, Bytes: 5_000_000, Connections: 2, Repeated: 1, Skipped: 2, FirstEvent: 3 * time.Millisecond}
	end := func(err error, by Side) Event {
		return &StreamEnd{Meta: at(90), Err: err, By: by, Took: 4 * time.Second, Stats: stats}
	}
	line := func(l sse.Line) Event { return &StreamLine{Meta: at(20), Line: &l, Gap: time.Second} }
	events := []Event{
		&Exchange{Meta: at(1), URL: "http://u:p@example.com/feed", Request: []byte(streamRequest), Response: []byte(streamResponse),
			Interim: [][]byte{[]byte("HTTP/1.1 100 Continue\r\n\r\n"), []byte("HTTP/1.1 103 \x1b[2J\r\nSet-Cookie: sid=1\r\n\r\n")}},
		&Exchange{Meta: at(2), URL: "http://example.com/feed", Request: []byte(streamRequest), Response: []byte("HTTP/1.1 200 OK\r\n\r\n"), Err: refused},
		&StreamOpen{Meta: at(3), URL: "http://u:p@example.com/feed", Opening: &sse.Opening{Took: 1234 * time.Microsecond, Response: response}},
		&StreamOpen{Meta: at(4), URL: "http://example.com/feed", Opening: &sse.Opening{Took: time.Second, Response: response, Attempt: 2, LastEventID: "4\x1b2"}},
		&StreamEvent{Meta: at(5), Gap: 5 * time.Millisecond, Event: &sse.Event{Type: text("message"), Data: text("hello"), Offset: 0, Len: 13}},
		&StreamEvent{Meta: at(1006), Gap: time.Second, Event: &sse.Event{Type: text("trade"), ID: text("42"), NewID: true,
			Data: text("{\"px\":101.25,\n \"note\":\"\x1b[31m \u202e Grüße 世界\"}"), Offset: 13, Len: 80}},
		&StreamEvent{Meta: at(1007), Again: true, Event: &sse.Event{Type: text("a type that is long"), ID: text("0123456789"), Data: text(""), Offset: 93, Len: 6}},
		&StreamEvent{Meta: at(1008), Skipped: 3, Event: &sse.Event{Type: text("世界"), ID: text(strings.Repeat("9", 300)), Data: text(strings.Repeat("long ", 300)), Offset: 93, Len: 6}},
		withConn(3, &StreamEvent{Meta: at(1009), Event: &sse.Event{Type: text("message"), Data: text("x"), Offset: 1, Len: 9}}),
		line(sse.Line{Kind: sse.CommentLine, Raw: text(": keep-alive \x1b"), Value: text(" keep-alive \x1b"), Offset: 7}),
		line(sse.Line{Kind: sse.CommentLine, Raw: text(":\xff"), Value: text("\xff"), Malformed: true}),
		line(sse.Line{Kind: sse.CommentLine, Raw: text(":"), Value: text(""), End: sse.CR}),
		line(sse.Line{Raw: text("data: hello, you out there"), Name: text("data"), Value: text("hello, you out there"), Known: true, Offset: 70_000}),
		line(sse.Line{Raw: text("foo:\x1b\xff"), Name: text("foo"), Value: text("\x1b\xff"), Malformed: true, End: sse.CRLF}),
		line(sse.Line{Raw: text("data"), Name: text("data"), Known: true, End: sse.CR}),
		line(sse.Line{Raw: text("data: " + strings.Repeat("x", 3000)), Name: text("data"), Value: text(strings.Repeat("x", 3000)), Known: true}),
		line(sse.Line{Raw: text(": x"), Name: text(""), Value: text("x")}),
		line(sse.Line{Kind: sse.BlankLine, Dispatches: true, EventOffset: 12, Offset: 40}),
		line(sse.Line{Kind: sse.BlankLine, EventOffset: 12, Offset: 40, End: sse.CRLF}),
		line(sse.Line{Kind: sse.BlankLine, EventOffset: -1, Offset: 40}),
		line(sse.Line{Kind: sse.BlankLine, EventOffset: -1, Offset: 41, Skipped: 1}),
		line(sse.Line{Raw: text("id"), Name: text("id"), Known: true, Offset: 3, Skipped: 3}),
		&StreamRetry{Meta: at(30), Wait: 2500 * time.Millisecond, Gap: time.Second},
		&StreamLoss{Meta: at(40), Loss: &sse.Loss{Open: true, After: 3 * time.Second, Events: 5, Attempt: 1, Wait: 3 * time.Second, LastEventID: "42"}},
		&StreamLoss{Meta: at(41), Loss: &sse.Loss{Open: true, After: time.Second, Events: 1, Unfinished: 17, Err: errNet, Attempt: 1, Wait: time.Second}},
		&StreamLoss{Meta: at(42), Loss: &sse.Loss{Err: errNet, Attempt: 2, Wait: 6 * time.Second, LastEventID: "\x1b\""}},
		&StreamLoss{Meta: at(43), Loss: &sse.Loss{Open: true, Dropped: true, Events: 2, Attempt: 1}},
		&StreamResume{Meta: at(50), Attempt: 1, ID: "43", Repeated: 2},
		&StreamResume{Meta: at(51), Attempt: 1, ID: "46", Skipped: 2},
		&StreamResume{Meta: at(52), Attempt: 1},
		&StreamFinding{Meta: at(60), Finding: &sse.Finding{Rule: sse.LintLoneCR, Offset: 12, Seen: "a line \x1b ends", Advice: "do not"}},
		&StreamFinding{Meta: at(61), Finding: &sse.Finding{Rule: sse.LintCacheControl, Minor: true, Offset: -1, Seen: "nothing", Advice: "send it"}},
		end(nil, Us), end(io.EOF, Peer), end(&sse.LostError{Err: errNet}, Peer), end(refused, Nobody),
	}
	for _, err := range []error{
		&sse.TimeoutError{After: time.Second, Open: true}, &sse.SizeError{Limit: 10}, &sse.LastEventIDError{ID: "\x01"},
		&sse.RedirectError{Response: &http.Response{Status: "302 Found", Header: http.Header{}}, Reason: "there is no Location"},
		&sse.GiveUpError{Attempts: 2, Err: errors.New("no")}, &sse.ResponseError{Rule: sse.RuleStatus, Got: "500 Oops", Want: "200", Response: response},
		&sse.ResponseError{Rule: sse.RuleContentEncoding, Got: "x", Want: "gzip, deflate", Response: response}, fmt.Errorf("x: %w", io.ErrUnexpectedEOF),
	} {
		events = append(events, &Failure{Meta: at(91), Err: err})
	}
	return append(events, servedEvents()...)
}

func TestStreamGolden(t *testing.T) {
	for _, o := range []struct {
		name string
		o    Options
	}{
		{"sse-frames", Options{}},
		{"sse-frames-narrow", Options{Width: 80}},
		{"sse-frames-color", Options{Color: true, Terminal: true, Timestamps: None, MaxPreview: 20}},
		{"sse-hex", Options{Format: Hex, MaxPreview: 40}},
		{"sse-messages", Options{Format: Messages}},
		{"sse-messages-terminal", Options{Format: Messages, Terminal: true, MaxPreview: 40}},
		{"sse-json", Options{Format: JSON}},
	} {
		t.Run(o.name, func(t *testing.T) {
			o.o.Start = start
			golden(t, o.name, show(t, func(b *bytes.Buffer) Renderer { return New(b, o.o) }, streamEvents()...))
		})
	}
	for _, o := range []struct {
		name string
		o    StatusOptions
	}{
		{"sse-status", StatusOptions{}},
		{"sse-status-quiet", StatusOptions{Quiet: true, Verbose: 3, Announce: true}},
		{"sse-status-v", StatusOptions{Verbose: 1}},
		{"sse-status-vv-color", StatusOptions{Verbose: 2, Color: true, ShowSecrets: true}},
	} {
		t.Run(o.name, func(t *testing.T) {
			o.o.Start = start
			golden(t, o.name, show(t, func(b *bytes.Buffer) Renderer { return NewStatus(b, o.o) }, streamEvents()...))
		})
	}
}

func TestStreamJSONSchema(t *testing.T) {
	schema := compileSchema(t)
	seen := map[string]bool{}
	for i, e := range streamEvents() {
		line := show(t, func(b *bytes.Buffer) Renderer { return New(b, Options{Format: JSON, Start: start}) }, e)
		if len(line) == 0 {
			continue
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
		if err != nil {
			t.Fatalf("event %d: %v\n%s", i, err, line)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("event %d: %v\n%s", i, err, line)
		}
		seen[v.(map[string]any)["event"].(string)] = true
	}
	for _, name := range []string{"exchange", "open", "sse", "comment", "reconnection_time", "retry", "resume", "finding", "end", "stream", "stream_end", "lost"} {
		if !seen[name] {
			t.Errorf("no event %q was tried", name)
		}
	}
}

// Nothing of a stream reaches a terminal raw.
func TestStreamHarmless(t *testing.T) {
	for format := range []Format{Frames, Messages, Hex, JSON} {
		out := show(t, func(b *bytes.Buffer) Renderer { return New(b, Options{Format: Format(format), Terminal: true}) }, streamEvents()...)
		for line := range strings.Lines(string(out)) {
			checkHarmless(t, strings.TrimSuffix(line, "\n"))
		}
	}
	out := show(t, func(b *bytes.Buffer) Renderer { return NewStatus(b, StatusOptions{Verbose: 3}) }, streamEvents()...)
	for line := range strings.Lines(string(out)) {
		checkHarmless(t, strings.TrimSuffix(line, "\n"))
	}
}
