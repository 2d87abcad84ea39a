package render

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"wscope/wsproto"
)

func TestTranscriptErrors(t *testing.T) {
	const common = `"v":1,"time":"2026-01-02T15:04:05.000000Z","elapsed":0,`
	const note = `{` + common + `"event":"note","text":"x"}`
	for _, test := range []struct {
		in     string
		events int
		want   string // "" for none
	}{
		{"", 0, ""},
		{"\n\r\n" + note + "\r\n\n", 1, ""},
		{note, 1, ""}, // the end of the line alone is missing
		{note + "\n" + `{` + common + `"event":"future","text":[1,{}]}` + "\n" + note + "\n", 2, ""},
		{note + "\n" + note[:30], 1, "line 2: the recording was cut off: the line ends after 30 bytes"},
		{note + "\n" + note[:30] + "\n", 1, "line 2: this is no JSON: unexpected end of JSON input at byte 30"},
		{"hello\n", 0, `line 1: this is no transcript: the line begins with "hello\n", expected {`},
		{"\x1b[2J" + strings.Repeat("x", 1<<20), 0, `line 1: this is no transcript: the line begins with "\x1b[2Jxxxxxxxxxxxxxxxx", expected {`},
		{note + "\nlistening on x\n", 1, `line 2: this is no transcript: the line begins with "listening on x\n", expected {`},
		{`{"a":1}` + "\n", 0, "line 1: this is no transcript: the object has no v and event"},
		{`{"v":2,"event":"note"}` + "\n", 0, "line 1: the form has version 2, this program reads version 1"},
		{`{"v":1,"event":"note","text":5}` + "\n", 0, `line 1: "text" has a value that it cannot have: number`},
		{`{"v":1,"event":"note"}` + "\n", 0, "line 1: the event has no time"},
		{`{"v":1,"event":"note","time":"noon"}` + "\n", 0, `line 1: time is "noon", expected a time in the form of RFC 3339`},
		{`{"v":"1","event":"note"}` + "\n", 0, `line 1: "v" has a value that it cannot have: string`},
		{`{` + common + `"event":"note"}` + "\n", 0, "line 1: the event has no text or base64"},
		{`{` + common + `"event":"note","text":"","conn":-1}` + "\n", 0, "line 1: conn is -1, expected a number from 1"},
		{`{` + common + `"event":"error"}` + "\n", 0, "line 1: the event has no error"},
		{`{` + common + `"event":"handshake","role":"king"}` + "\n", 0, `line 1: role is "king", expected client or server`},
		{`{` + common + `"event":"frame"}` + "\n", 0, "line 1: the event has no direction"},
		{`{` + common + `"event":"frame","direction":"sent"}` + "\n", 0, "line 1: the event has no opcode"},
		{`{` + common + `"event":"frame","direction":"sent","opcode":16}` + "\n", 0, `line 1: opcode is "16", expected at most 15`},
		{`{` + common + `"event":"frame","direction":"sent","opcode":1,"masked":true,"mask_key":"xy"}` + "\n", 0, `line 1: mask_key is "xy", expected eight hexadecimal digits`},
		{`{` + common + `"event":"frame","direction":"sent","opcode":1,"length_bits":8}` + "\n", 0, `line 1: length_bits is "8", expected 7, 16 or 64`},
		{`{` + common + `"event":"frame","direction":"sent","opcode":1,"continues":"ping"}` + "\n", 0, `line 1: continues is "ping", expected text or binary`},
		{`{` + common + `"event":"frame","direction":"sent","opcode":1}` + "\n", 0, "line 1: the event has no text or base64"},
		{`{` + common + `"event":"message","direction":"sent","opcode":9}` + "\n", 0, `line 1: opcode is "9", expected at most 2`},
		{`{` + common + `"event":"close","by":"fate"}` + "\n", 0, `line 1: by is "fate", expected us, peer or nobody`},
		{`{` + common + `"event":"end"}` + "\n", 0, "line 1: the event has no by"},
		{`{` + common + `"event":"retry","reason":"x"}` + "\n", 0, `line 1: reason is "x", expected lost or not_opened`},
		{`{` + common + `"event":"retry","reason":"not_opened"}` + "\n", 0, "line 1: the event has no error"},
		{`{` + common + `"event":"open"}` + "\n" + `{` + common + `"event":"retry","reason":"x"}` + "\n", 1, `line 2: reason is "x", expected ended, lost, dropped or not_opened`},
		{`{` + common + `"event":"line"}` + "\n", 0, "line 1: the event has no line"},
		{`{` + common + `"event":"line","line":{"text":"","end":"EOF"}}` + "\n", 0, `line 1: end is "EOF", expected LF, CR or CRLF`},
		{`{` + common + `"event":"line","line":{"text":"","end":"LF","skipped":2}}` + "\n", 0, `line 1: skipped is "2", expected 1 or 3`},
		{`{` + common + `"event":"line","line":{"text":"a\nb","end":"LF"}}` + "\n", 0, "line 1: a line of the stream has a line end in it"},
		{`{` + common + `"event":"line","line":{"text":":a","end":"LF"}}` + "\n", 0, `line 1: the event is "line", which the line ":a" is not`},
		{`{` + common + `"event":"note","text":"","took":1e300}` + "\n", 0, `line 1: "1e300" is no number of seconds`},
	} {
		r := NewTranscriptReader(strings.NewReader(test.in))
		n := 0
		var err error
		for {
			if _, err = r.Next(); err != nil {
				break
			}
			n++
		}
		if _, again := r.Next(); again != err {
			t.Errorf("%q: then %v, want %v again", test.in, again, err)
		}
		got := err.Error()
		if err == io.EOF {
			got = ""
		}
		if got != test.want || n != test.events {
			t.Errorf("%.200q: %d events, %s\nwant %d, %s", test.in, n, got, test.events, test.want)
		}
		var bad *TranscriptError
		if errors.As(err, &bad) && bad.Cut != strings.Contains(got, "cut off") {
			t.Errorf("%q: Cut is %v", got, bad.Cut)
		}
	}
}

func TestTranscriptReadFails(t *testing.T) {
	fail := errors.New("is a directory")
	if _, err := NewTranscriptReader(io.MultiReader(strings.NewReader("{"), errReader{fail})).Next(); err != fail {
		t.Errorf("Next returns %v, want %v", err, fail)
	}
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

// A line is as long as it may be and no longer, and is not waited for when it is
// there.
func TestTranscriptMaxLine(t *testing.T) {
	long := newFrame(1, Received, wsproto.OpBinary, strings.Repeat("x", 1<<20))
	short := newFrame(2, Received, wsproto.OpText, "x")
	transcript := record(t, false, short, long, short)
	r := NewTranscriptReader(bytes.NewReader(transcript))
	r.MaxLine = (1<<20+2)/3*4 + 1000
	for i := range 4 {
		if waiting := r.Waiting(); waiting && i == 1 {
			t.Errorf("before line %d there is something to wait for", i+1)
		}
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		if r.Line() != i+1 {
			t.Errorf("Line is %d, want %d", r.Line(), i+1)
		}
	}
	if !r.Waiting() {
		t.Error("at the end there is nothing to wait for")
	}
	r = NewTranscriptReader(bytes.NewReader(transcript))
	r.MaxLine = 1 << 20
	var err error
	for err == nil {
		_, err = r.Next()
	}
	if want := "line 3: the line has more than 1048576 bytes"; err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// What is mostly control characters is recorded as base64 where it is long, and
// comes back the same.
func TestTranscriptBloat(t *testing.T) {
	for text, readable := range map[string]bool{
		"\x01\x02\x03":                         true,
		strings.Repeat("\x01", longText+1):     false,
		strings.Repeat("a line\r\n", 1000):     true,
		strings.Repeat("some text\x1b[", 1000): true,
		strings.Repeat("世界", 1000):             true,
	} {
		transcript := record(t, false, newFrame(1, Sent, wsproto.OpText, text))
		if got := bytes.Contains(transcript, []byte(`"text":`)); got != readable {
			t.Errorf("%.20q... is text: %v", text, got)
		}
		if got := replay(t, transcript)[1].(*Frame).Payload; string(got) != text {
			t.Errorf("%.20q... comes back as %.20q...", text, got)
		}
	}
}

// The longest line that is shown as JSON of a message of 64 MiB can be read: its
// characters take six bytes each, and it was compressed.
func TestDefaultMaxLine(t *testing.T) {
	const n = 64 << 20
	const longest = (n+2)/3*4 + 6*n + 4096
	if longest > DefaultMaxLine {
		t.Errorf("a line can have %d bytes, DefaultMaxLine is %d", longest, DefaultMaxLine)
	}
}
