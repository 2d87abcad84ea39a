package render

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"wscope/wsproto"
)

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "testdata", "schema", "wscope-events.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	c.AssertContent()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// messages has messages of every kind.
func messages() []*Message {
	return []*Message{
		{Meta: at(1), Dir: Received, Opcode: wsproto.OpText, Payload: []byte("hello \"you\" \\ \u2028\x1b\r\n\t\U000E0041 世界"), Fragments: 2, Start: true, Done: true},
		{Meta: at(2), Dir: Sent, Opcode: wsproto.OpText, Start: true, Done: true},
		{Meta: at(3), Dir: Received, Opcode: wsproto.OpBinary, Payload: []byte("\x00\xFFbin"), Start: true, Done: true},
		{Meta: at(4), Dir: Received, Opcode: wsproto.OpText, Payload: []byte("caf\xc3"), Start: true},
		{Meta: at(5), Dir: Received, Opcode: wsproto.OpText, Payload: []byte("\xa9"), Done: true},
		withConn(7, &Message{Meta: at(6), Dir: Received, Opcode: wsproto.OpText, Payload: []byte("x"), Start: true, Done: true}),
	}
}

func allEvents() []Event {
	events := append(asEvents(frames()), asEvents(messages())...)
	events = append(events, talk()...)
	for _, err := range []error{
		context.Canceled,
		fmt.Errorf("dial: %w", context.DeadlineExceeded),
		&net.DNSError{Err: "no such host", Name: "nowhere.invalid", IsNotFound: true},
		&net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")},
		&wsproto.TLSError{Host: "h", Err: errors.New("certificate has expired")},
		&wsproto.DropError{},
		&wsproto.HandshakeError{Kind: wsproto.HandshakeTimeout},
		&wsproto.CloseError{Code: wsproto.CloseNormal},
		errors.New("not \xff UTF-8"),
	} {
		events = append(events, &Failure{Meta: at(16), Err: err})
	}
	return events
}

func TestJSONGolden(t *testing.T) {
	got := show(t, func(b *bytes.Buffer) Renderer {
		return New(b, Options{Format: JSON, Start: start})
	}, allEvents()...)
	// Keeps the file readable.
	got = regexp.MustCompile(`(QkJC){100,}`).ReplaceAll(got, []byte("QkJC~"))
	golden(t, "json", got)
}

func TestJSONSchema(t *testing.T) {
	schema := compileSchema(t)
	for _, o := range []Options{{Format: JSON, Start: start}, {Format: JSON, ShowSecrets: true}} {
		seen := map[string]bool{}
		for i, e := range allEvents() {
			line := show(t, func(b *bytes.Buffer) Renderer { return New(b, o) }, e)
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
			if err != nil {
				t.Fatalf("event %d: %v\n%s", i, err, line)
			}
			if err := schema.Validate(v); err != nil {
				t.Errorf("event %d: %v\n%s", i, err, line)
			}
			seen[v.(map[string]any)["event"].(string)] = true
		}
		for _, name := range []string{"handshake", "frame", "message", "note", "close", "error"} {
			if !seen[name] {
				t.Errorf("no event %q was tried", name)
			}
		}
	}
}

// A schema that accepts anything would prove nothing.
func TestJSONSchemaRefuses(t *testing.T) {
	schema := compileSchema(t)
	const common = `"v":1,"time":"2026-01-02T15:04:05.000000Z","elapsed":0`
	for _, bad := range []string{
		`{}`,
		`{` + common + `,"event":"unheard_of"}`,
		`{` + common + `,"event":"note"}`,
		`{` + common + `,"event":"note","text":"x","more":1}`,
		`{` + common + `,"event":"note","text":"x","conn":0}`,
		`{` + common + `,"event":"error","error":{"kind":"protocol","message":"x"}}`,
		`{` + common + `,"event":"message","direction":"sent","opcode":1,"opcode_name":"text","length":0,"start":true,"done":true}`,
		`{` + common + `,"event":"message","direction":"sent","opcode":1,"opcode_name":"text","length":0,"start":true,"done":true,"text":"","base64":""}`,
	} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(bad))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(v) == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}

func TestJSONSeconds(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                        "0.000000",
		time.Nanosecond:          "0.000000",
		1500 * time.Nanosecond:   "0.000002",
		-1500 * time.Millisecond: "-1.500000",
		25*time.Hour + 1e3:       "90000.000001",
	} {
		if got := string(appendSeconds(nil, d)); got != want {
			t.Errorf("appendSeconds(%v) = %s, want %s", d, got, want)
		}
	}
}

// Every payload gives one line of valid JSON that holds it exactly.
func FuzzJSON(f *testing.F) {
	for _, s := range escapeSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		message := &Message{Meta: at(1), Dir: Received, Opcode: wsproto.OpText, Payload: payload, Start: true, Done: true}
		closing := newFrame(2, Received, wsproto.OpClose, string(payload))
		head := &Handshake{Meta: at(3), URL: string(payload), Response: payload}
		failure := &Failure{Meta: at(4), Err: errors.New(string(payload)), Hint: string(payload)}
		for _, e := range []Event{message, closing, head, failure} {
			line := show(t, func(b *bytes.Buffer) Renderer { return New(b, Options{Format: JSON, ShowSecrets: true}) }, e)
			if !json.Valid(line) || bytes.Count(line, []byte("\n")) != 1 {
				t.Fatalf("%T with %q gives %q", e, payload, line)
			}
			checkHarmless(t, strings.TrimSuffix(string(line), "\n"))
			var got struct {
				Text   *string `json:"text"`
				Base64 []byte  `json:"base64"`
			}
			if err := json.Unmarshal(line, &got); err != nil {
				t.Fatal(err)
			}
			switch e.(type) {
			case *Message:
				if back := got.Base64; got.Text != nil {
					back = []byte(*got.Text)
					if !utf8.Valid(payload) || !bytes.Equal(back, payload) {
						t.Fatalf("text %q comes back as %q", payload, back)
					}
				} else if !bytes.Equal(back, payload) {
					t.Fatalf("%q comes back as %q", payload, back)
				}
			case *Frame:
				if !bytes.Equal(got.Base64, payload) {
					t.Fatalf("%q comes back as %q", payload, got.Base64)
				}
			}
		}
	})
}
