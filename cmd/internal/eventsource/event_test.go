package eventsource

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"wscope/sse"
)

func TestAppendEvent(t *testing.T) {
	for _, tt := range []struct {
		event Event
		want  string
	}{
		{Event{}, "data: \n\n"},
		{Event{Number: 7, Type: "add", Data: []byte("x")}, "id: 7\nevent: add\ndata: x\n\n"},
		{Event{Data: []byte(" two\nlines ")}, "data:  two\ndata: lines \n\n"},
		{Event{Data: []byte("a\rb\r\nc\n\rd\n\n")}, "data: a\ndata: b\ndata: c\ndata: \ndata: d\ndata: \ndata: \n\n"},
		{Event{Data: []byte("\r\n")}, "data: \ndata: \n\n"},
		{Event{Data: []byte("a\x00:b")}, "data: a\x00:b\n\n"},
	} {
		if got := string(tt.event.AppendTo(nil)); got != tt.want {
			t.Errorf("%+v is %q, want %q", tt.event, got, tt.want)
		}
	}
	if got := string(appendRetry(nil, 1500*time.Microsecond)); got != "retry: 1\n\n" {
		t.Errorf("retry is %q", got)
	}
}

// FuzzEvent has a client decode what was appended.
func FuzzEvent(f *testing.F) {
	f.Add(uint64(1), "add", []byte("a\r\nb\rc\n"))
	f.Add(uint64(0), "", []byte(" \x00:\n"))
	f.Fuzz(func(t *testing.T, id uint64, kind string, data []byte) {
		if CheckType(kind) != nil || !utf8.Valid(data) {
			return
		}
		e := Event{Number: id, Type: kind, Data: data}
		d := sse.NewDecoder(bytes.NewReader(e.AppendTo(nil)), sse.DecoderConfig{})
		got, err := d.Next()
		if err != nil {
			t.Fatal(err)
		}
		want := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data))
		if kind == "" {
			kind = "message"
		}
		if string(got.Data) != want {
			t.Errorf("data is %q, want %q", got.Data, want)
		}
		if string(got.Type) != kind || got.NewID != (id != 0) {
			t.Errorf("type %q, id %q", got.Type, got.ID)
		}
		if _, err := d.Next(); err != io.EOF {
			t.Errorf("then %v", err)
		}
	})
}

func TestCheckType(t *testing.T) {
	for s, ok := range map[string]bool{"": true, "add": true, "an event": true, "a\nb": false, "a\rb": false, "\xff": false} {
		if err := CheckType(s); (err == nil) != ok {
			t.Errorf("CheckType(%q) = %v", s, err)
		}
	}
}
