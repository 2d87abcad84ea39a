package render

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"wscope/wsproto"
)

// What two renderers write to one terminal is in the order it happened in.
func TestMultiOrder(t *testing.T) {
	var screen bytes.Buffer
	r := Multi(New(&screen, Options{Timestamps: None}), NewStatus(&screen, StatusOptions{Announce: true}))
	for _, e := range []Event{
		&Handshake{URL: "ws://h/"},
		newFrame(1, Sent, wsproto.OpText, "one"),
		newFrame(2, Received, wsproto.OpClose, ""),
		&End{Err: &wsproto.CloseError{Code: wsproto.CloseNoStatus, Remote: true}, By: Peer, Code: wsproto.CloseNoStatus},
	} {
		if err := r.Render(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Flush(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(screen.String()) {
		got = append(got, strings.Fields(line)[1])
	}
	if got := strings.Join(got, " "); got != "ws://h/ TEXT CLOSE closed" {
		t.Errorf("lines are in the order %s:\n%s", got, &screen)
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

// A stream that fails is reported and does not silence the others.
func TestMultiError(t *testing.T) {
	var other bytes.Buffer
	fail := errors.New("broken pipe")
	r := Multi(New(brokenWriter{fail}, Options{Format: JSON}), NewStatus(&other, StatusOptions{}))
	if err := r.Render(&Failure{Err: errors.New("oops")}); err != fail {
		t.Errorf("Render returns %v, want %v", err, fail)
	}
	if got := other.String(); got != "wscope: error: oops\n" {
		t.Errorf("the other stream has %q", got)
	}
	if err := r.Flush(); err != fail {
		t.Errorf("Flush returns %v, want %v", err, fail)
	}
}

// A broken rule shows even if its opcode is hidden.
func TestHide(t *testing.T) {
	set, err := ParseOpcodes("ping")
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []Format{Frames, Hex, JSON} {
		o := Options{Format: format, Hide: set}
		make := func(b *bytes.Buffer) Renderer { return New(b, o) }
		if got := show(t, make, newFrame(1, Received, wsproto.OpPing, "")); len(got) != 0 {
			t.Errorf("%v: a hidden frame is shown: %s", format, got)
		}
		if got := show(t, make, newFrame(1, Received, wsproto.OpPing, "", broken("5.5", "x"))); len(got) == 0 {
			t.Errorf("%v: a broken frame is hidden", format)
		}
	}
}

// What is known of a connection is dropped with it.
func TestOpenMessages(t *testing.T) {
	var m openMessages
	first := newFrame(1, Received, wsproto.OpText, "a", fragment(1, false), conn(1))
	rest := newFrame(2, Received, wsproto.OpContinuation, "b", fragment(2, true), conn(1))
	other := newFrame(2, Received, wsproto.OpContinuation, "b", fragment(2, true), conn(2))
	whole := newFrame(2, Received, wsproto.OpBinary, "b", conn(1))
	for i, step := range []struct {
		f    *Frame
		want wsproto.Opcode
	}{
		{first, wsproto.OpText},
		{other, wsproto.OpContinuation},
		{whole, wsproto.OpBinary},
		{rest, wsproto.OpText},
		{rest, wsproto.OpContinuation},
		{first, wsproto.OpText},
	} {
		if got := m.follow(step.f); got != step.want {
			t.Errorf("step %d: %v, want %v", i, got, step.want)
		}
	}
	m.forget(1)
	if len(m.open) != 0 {
		t.Errorf("%d messages are open after their connection has ended", len(m.open))
	}
}

func TestAppendDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                          "0 s",
		time.Nanosecond:            "1 µs",
		37 * time.Microsecond:      "37 µs",
		99_600 * time.Nanosecond:   "0.1 ms",
		812 * time.Microsecond:     "0.8 ms",
		999_960 * time.Microsecond: "1.0 s",
		59_940 * time.Millisecond:  "59.9 s",
		59_960 * time.Millisecond:  "1 min 0 s",
		90 * time.Second:           "1 min 30 s",
		26 * time.Hour:             "26 h 0 min 0 s",
		-time.Second:               "-1.0 s",
	} {
		if got := string(appendDuration(nil, d)); got != want {
			t.Errorf("appendDuration(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestAppendSize(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "0 B", 31: "31 B", 9999: "9999 B", 10_000: "9.8 KiB", 1<<20 - 1: "1.0 MiB", 5_000_000: "4.8 MiB",
		3 << 30: "3.0 GiB", 1 << 40: "1.0 TiB", math.MaxUint64: "16777216.0 TiB",
	} {
		if got := string(appendSize(nil, n)); got != want {
			t.Errorf("appendSize(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestClock(t *testing.T) {
	for kind, want := range map[Timestamps]string{
		Relative: "   0.000|   0.001|9999.999|   0.000|",
		Delta:    "  0.000000|  0.000600|9999.998400|-9999.999100|",
		Wall:     "15:04:05.000|15:04:05.000|17:50:44.999|15:04:04.999|",
		None:     "||||",
	} {
		c := clock{kind: kind}
		var got []byte
		for _, d := range []time.Duration{0, 600 * time.Microsecond, 9_999_999 * time.Millisecond, -100 * time.Microsecond} {
			got = append(c.append(got, Meta{Time: start.Add(d)}), '|')
		}
		if string(got) != want {
			t.Errorf("%v: %q, want %q", kind, got, want)
		}
	}
}

// The time of a frame may be in either place.
func TestFrameTime(t *testing.T) {
	f := newFrame(1500, Sent, wsproto.OpText, "x")
	f.FrameInfo.Time, f.Meta.Time = f.Meta.Time, time.Time{}
	var out bytes.Buffer
	r := New(&out, Options{Start: start})
	if err := errors.Join(r.Render(f), r.Flush()); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "   1.500  ") {
		t.Errorf("the line is %q", &out)
	}
}

// A huge payload costs no more than what is shown of it.
func TestBoundedOutput(t *testing.T) {
	f := newFrame(1, Sent, wsproto.OpText, strings.Repeat("\x1b", 2<<20))
	for format, limit := range map[Format]int{Frames: 4 << 10, Hex: 16 << 10} {
		out := show(t, func(b *bytes.Buffer) Renderer { return New(b, Options{Format: format}) }, f)
		if len(out) > limit {
			t.Errorf("%v: %d bytes for a payload of %d", format, len(out), len(f.Payload))
		}
	}
	r := New(io.Discard, Options{Format: JSON}).(*jsonWriter)
	if err := r.Render(f); err != nil {
		t.Fatal(err)
	}
	if cap(r.b) > 1<<20 {
		t.Errorf("a buffer of %d bytes is kept", cap(r.b))
	}
}

// A Close frame shows whole however little of a payload is to be shown.
func TestCloseIsNotCut(t *testing.T) {
	for payload, want := range map[string]string{
		"\x03\xe8":    "1000 normal closure\n",
		"\x03\xe8bye": "1000 normal closure \"bye\"\n",
	} {
		f := newFrame(1, Received, wsproto.OpClose, payload)
		out := show(t, func(b *bytes.Buffer) Renderer { return New(b, Options{MaxPreview: 1}) }, f)
		if !strings.HasSuffix(string(out), want) {
			t.Errorf("%q is shown as %q, want %q at the end", payload, out, want)
		}
	}
}
