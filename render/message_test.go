package render

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io"
	"strings"
	"testing"

	"wscope/wsproto"
)

func message(op wsproto.Opcode, payload string) *Message {
	return &Message{Meta: at(1), Dir: Received, Opcode: op, Payload: []byte(payload), Start: true, Done: true}
}

// pieces cuts a message into pieces of n bytes. The last one may be empty.
func pieces(op wsproto.Opcode, payload string, n int) []Event {
	var events []Event
	for first := true; ; first = false {
		part := payload[:min(n, len(payload))]
		payload = payload[len(part):]
		m := message(op, part)
		m.Start, m.Done = first, len(part) < n
		events = append(events, m)
		if m.Done {
			return events
		}
	}
}

func TestMessages(t *testing.T) {
	text := func(s string) Event { return message(wsproto.OpText, s) }
	binary := func(s string) Event { return message(wsproto.OpBinary, s) }
	sent := message(wsproto.OpText, "sent")
	sent.Dir = Sent
	for _, test := range []struct {
		name   string
		o      Options
		events []Event
		want   string
	}{
		{"text off a terminal is its bytes and a newline", Options{}, []Event{text("a\x1b[31m\n\xff"), text("")}, "a\x1b[31m\n\xff\n\n"},
		{"another delimiter", Options{Delimiter: "\x00"}, []Event{text("a"), text("b")}, "a\x00b\x00"},
		{"binary is its bytes and nothing else", Options{Delimiter: "--"}, []Event{binary("\x00\xff"), binary("\n"), text("x")}, "\x00\xff\nx--"},
		{"binary as hex", Options{BinaryAs: BinaryHex, Delimiter: "--"}, []Event{binary("\x00\xff"), binary("")}, "00ff\n\n"},
		{"binary as base64", Options{BinaryAs: BinaryBase64}, []Event{binary("\x00\xff"), binary("")}, "AP8=\n\n"},
		{"only what was received is data", Options{}, []Event{sent, newFrame(1, Received, wsproto.OpText, "frame"), &Note{Text: "x"}}, ""},
		{"escaped on a terminal", Options{Terminal: true}, []Event{text("a\x1b[31m\u202e\xff")}, "a␛[31m\\u{202e}\\xff\n"},
		{"lines of a message on a terminal", Options{Terminal: true}, []Event{text("{\r\n\t\"a\": 1\n}\n"), text("next")}, "{␍␊\n  ␉\"a\": 1␊\n  }␊\nnext\n"},
		{"line feeds on a terminal", Options{Terminal: true}, []Event{text("\n\n"), text("")}, "␊\n  ␊\n\n"},
		{"binary on a terminal", Options{Terminal: true}, []Event{binary("\x00\xff "), binary("")}, "00 ff 20\n\n"},
		{"base64 on a terminal", Options{Terminal: true, BinaryAs: BinaryBase64}, []Event{binary("\x00\xff ")}, "AP8g\n"},
		{"cut on a terminal", Options{Terminal: true, MaxPreview: 4}, []Event{text("12345"), text("123é"), binary("123456")},
			"1234...  (1 byte cut)\n123...  (2 bytes cut)\n31 32 33 34...  (2 bytes cut)\n"},
		{"never cut off a terminal", Options{MaxPreview: 4}, []Event{text("12345")}, "12345\n"},
		{"pieces cut on a terminal", Options{Terminal: true, MaxPreview: 4}, pieces(wsproto.OpText, "123456789", 3), "1234...  (5 bytes cut)\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.o.Format = Messages
			got := string(show(t, func(b *bytes.Buffer) Renderer { return New(b, test.o) }, test.events...))
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// However a message is cut into pieces, the same is shown.
func TestMessagePieces(t *testing.T) {
	payloads := []string{
		"", "a", "hello, world", "Grüße 世界 🎉", "cut caf\xc3", "\xe4\xb8", `\x1b \u{202e} C:\`, `\\u`, "line\nline\r\n", "\n",
		strings.Repeat("\x00\x01\x02\xff", 3000),
	}
	for _, o := range []Options{
		{}, {Terminal: true}, {Terminal: true, MaxPreview: -1}, {BinaryAs: BinaryHex}, {BinaryAs: BinaryBase64}, {Terminal: true, BinaryAs: BinaryBase64},
	} {
		o.Format = Messages
		for _, op := range []wsproto.Opcode{wsproto.OpText, wsproto.OpBinary} {
			for _, p := range payloads {
				make := func(b *bytes.Buffer) Renderer { return New(b, o) }
				want := show(t, make, message(op, p), message(op, p))
				for n := 1; n < 8; n++ {
					events := pieces(op, p, n)
					got := show(t, make, append(events, events...)...)
					if !bytes.Equal(got, want) {
						t.Errorf("%v %.40q in pieces of %d, %+v: got %.80q, want %.80q", op, p, n, o, got, want)
					}
				}
			}
		}
	}
}

func TestEncoders(t *testing.T) {
	payload := make([]byte, 100_000)
	for i := range payload {
		payload[i] = byte(i * 7)
	}
	for as, decode := range map[BinaryAs]func(string) ([]byte, error){
		BinaryHex: hex.DecodeString, BinaryBase64: base64.StdEncoding.DecodeString,
	} {
		o := Options{Format: Messages, BinaryAs: as}
		got := show(t, func(b *bytes.Buffer) Renderer { return New(b, o) }, pieces(wsproto.OpBinary, string(payload), 4099)...)
		line, ok := bytes.CutSuffix(got, []byte("\n"))
		if back, err := decode(string(line)); err != nil || !ok || !bytes.Equal(back, payload) {
			t.Errorf("%v: does not decode to the payload: %v", as, err)
		}
	}
}

// A writeCounter tells how it was written to.
type writeCounter struct {
	writes int
	last   []byte
}

func (w *writeCounter) Write(p []byte) (int, error) {
	w.writes++
	w.last = p
	return len(p), nil
}

// Small messages are gathered, a large one is not copied.
func TestMessageBuffering(t *testing.T) {
	var w writeCounter
	r := New(&w, Options{Format: Messages})
	for range 100 {
		if err := r.Render(message(wsproto.OpText, "small")); err != nil {
			t.Fatal(err)
		}
	}
	if w.writes != 0 {
		t.Errorf("%d writes before a flush, want none", w.writes)
	}
	if err := r.Flush(); err != nil || w.writes != 1 {
		t.Errorf("%d writes and %v after a flush, want one", w.writes, err)
	}
	big := message(wsproto.OpBinary, strings.Repeat("x", 2*dataBuffer))
	if err := r.Render(big); err != nil {
		t.Fatal(err)
	}
	if w.writes != 2 || &w.last[0] != &big.Payload[0] {
		t.Errorf("the payload of a large message was copied")
	}
}

func TestMessageAllocations(t *testing.T) {
	for name, o := range map[string]Options{
		"pipe": {Format: Messages}, "terminal": {Format: Messages, Terminal: true}, "JSON": {Format: JSON},
	} {
		r := New(io.Discard, o)
		m := message(wsproto.OpText, strings.Repeat("text ü\n", 15))
		if n := testing.AllocsPerRun(1000, func() { r.Render(m) }); n != 0 {
			t.Errorf("%s: %v allocations for each message", name, n)
		}
	}
}

func BenchmarkMessages(b *testing.B) {
	for _, bench := range []struct {
		name string
		size int
		o    Options
	}{
		{"pipe/100", 100, Options{Format: Messages}},
		{"pipe/1M", 1 << 20, Options{Format: Messages}},
		{"hex/100", 100, Options{Format: Messages, BinaryAs: BinaryHex}},
		{"terminal/100", 100, Options{Format: Messages, Terminal: true}},
		{"json/100", 100, Options{Format: JSON}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			r := New(io.Discard, bench.o)
			m := message(wsproto.OpText, strings.Repeat("x", bench.size))
			if bench.o.BinaryAs != BinaryRaw {
				m.Opcode = wsproto.OpBinary
			}
			b.SetBytes(int64(bench.size))
			b.ReportAllocs()
			for b.Loop() {
				if err := r.Render(m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFrames(b *testing.B) {
	for name, o := range map[string]Options{"line": {}, "color": {Color: true}, "hex": {Format: Hex}, "json": {Format: JSON}} {
		b.Run(name, func(b *testing.B) {
			r := New(io.Discard, o)
			f := newFrame(1, Received, wsproto.OpText, strings.Repeat("x", 100))
			b.ReportAllocs()
			for b.Loop() {
				if err := r.Render(f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
