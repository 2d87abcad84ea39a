package sse

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// The limit does not depend on how the stream arrives.
func TestDecoderLimit(t *testing.T) {
	for _, test := range []struct {
		stream string
		events int
		at     int64 // of the event that is too large, -1 if none is
	}{
		{"data: 1234567890\n\n", 1, -1},
		{"data: 12345678901\n\n", 0, 0},
		{"data: x\n\n: comment\ndata: 12345678901\n\n", 1, 19},
		{"data: 1234\ndata: 12345\n\n", 1, -1},
		{"data: 1234\ndata: 123456\n\n", 1, -1},
		{"data: 12345\ndata: 12345\n\n", 1, -1},
		{"data: 123456\ndata: 12345\n\n", 0, 0},
		{"data: 12345678\nid: 1234\n\n", 1, -1},
		{"data: 12345678\nid: 12345\n\n", 0, 0},
		{strings.Repeat("data\n", 14) + "\n", 1, -1},
		{strings.Repeat("data\n", 15) + "\n", 0, 0},
		{strings.Repeat(": 12345\n", 100) + "data: x\n\n", 1, -1},
		{"data: x\n\n: 123456789012345\n", 1, 9},
		{"x", 0, -1},
		{strings.Repeat("x", 100), 0, 0},
		{strings.Repeat("x", 16) + "\r", 0, -1},
		{strings.Repeat("x", 17) + "\r", 0, 0},
	} {
		everyWay([]byte(test.stream), func(how string, r io.Reader) {
			p, err := decode(r, DecoderConfig{MaxEventSize: 16})
			var size *SizeError
			at := int64(-1)
			if errors.As(err, &size) {
				at = size.Offset
			} else if err != nil {
				t.Fatal(err)
			}
			if len(p.events) != test.events || at != test.at {
				t.Errorf("%q %s: %d events, too large at %d; want %d, %d", test.stream, how, len(p.events), at, test.events, test.at)
			}
		})
	}
}

// A stream without a line end costs no more memory than the limit says.
func TestDecoderEndless(t *testing.T) {
	d := NewDecoder(zeros{}, DecoderConfig{MaxEventSize: 1 << 20})
	_, err := d.Next()
	var size *SizeError
	if !errors.As(err, &size) || size.Limit != 1<<20 {
		t.Fatalf("Next returns %v", err)
	}
	if len(d.lines.buf) > 4<<20 {
		t.Errorf("the buffer has %d bytes", len(d.lines.buf))
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Events of every size around the sizes of the buffer and the window come
// through whole, whatever lies at their borders.
func TestDecoderSizes(t *testing.T) {
	for _, near := range []int{window, firstBuffer, 4 * firstBuffer} {
		for n := near - 20; n < near+4; n++ {
			for _, end := range []string{"\n", "\r\n", "\r"} {
				big := strings.Repeat("x", n)
				stream := "data: " + big + end + end + "data: a" + end + "data: é" + end + end + "data: " + big + end + "data: \xFF" + end + end
				got, err := decode(strings.NewReader(stream), DecoderConfig{})
				want := []textEvent{message(big), message("a\né"), message(big + "\n\uFFFD")}
				if err != nil || !slices.Equal(got.events, want) {
					t.Fatalf("%d bytes with %q: %d events, %v", n, end, len(got.events), err)
				}
			}
		}
	}
}

func TestDecoderAllocations(t *testing.T) {
	block := []byte("id: 1\nevent: add\ndata: x\n\ndata: one\ndata: two\r\n\r\ndata: é\xFF\ndata\n\n: comment\n\nretry: 10\n\n")
	d := NewDecoder(&loop{block: block}, DecoderConfig{Trace: Trace{Line: func(*Line) {}}})
	next := func() {
		if _, err := d.Next(); err != nil {
			t.Fatal(err)
		}
	}
	for range 1000 {
		next()
	}
	if n := testing.AllocsPerRun(30_000, next); n > 0 {
		t.Errorf("%v allocations for an event", n)
	}
}

// loop gives a block over and over.
type loop struct {
	block []byte
	pos   int
}

func (l *loop) Read(p []byte) (n int, err error) {
	n = copy(p, l.block[l.pos:])
	l.pos = (l.pos + n) % len(l.block)
	return n, nil
}

// A huge event leaves no huge buffer behind.
func TestDecoderShrinks(t *testing.T) {
	huge := "data: " + strings.Repeat("x", 8<<20) + "\ndata: y\n\n"
	d := NewDecoder(io.MultiReader(strings.NewReader(huge), &loop{block: []byte("data: a\ndata: b\n\n")}), DecoderConfig{})
	for range 20_000 {
		if _, err := d.Next(); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.lines.buf) > keepBuffer || cap(d.data.own) > keepBuffer {
		t.Errorf("buffers of %d and %d bytes are kept", len(d.lines.buf), cap(d.data.own))
	}
}
