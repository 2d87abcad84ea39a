package render

import (
	"bytes"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"

	"wscope/wsproto"
)

// sgr matches what colours are made of, and nothing else does.
var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Colour adds nothing to the words and takes nothing from them.
func TestColorOnlyUnderlines(t *testing.T) {
	data := func(o Options) func(*bytes.Buffer) Renderer {
		return func(b *bytes.Buffer) Renderer { return New(b, o) }
	}
	talk := func(o StatusOptions) func(*bytes.Buffer) Renderer {
		return func(b *bytes.Buffer) Renderer { return NewStatus(b, o) }
	}
	for name, test := range map[string]struct{ plain, color func(*bytes.Buffer) Renderer }{
		"frames":   {data(Options{}), data(Options{Color: true})},
		"messages": {data(Options{Format: Messages, Terminal: true}), data(Options{Format: Messages, Terminal: true, Color: true})},
		"hex":      {data(Options{Format: Hex}), data(Options{Format: Hex, Color: true})},
		"wide hex": {data(Options{Format: Hex, Width: 200}), data(Options{Format: Hex, Width: 200, Color: true})},
		"json":     {data(Options{Format: JSON}), data(Options{Format: JSON, Color: true})},
		"talk":     {talk(StatusOptions{Verbose: 2}), talk(StatusOptions{Verbose: 2, Color: true})},
	} {
		t.Run(name, func(t *testing.T) {
			plain, color := show(t, test.plain, allEvents()...), show(t, test.color, allEvents()...)
			if got := sgr.ReplaceAll(color, nil); !bytes.Equal(got, plain) {
				t.Errorf("without its colours the output differs:\n%s\nwant:\n%s", got, plain)
			}
			if name != "json" && bytes.Equal(plain, color) {
				t.Error("there is no colour")
			}
			for line := range strings.Lines(string(plain)) {
				checkHarmless(t, strings.TrimSuffix(line, "\n"))
			}
		})
	}
}

// fuzzFrame makes a frame of whatever header the first bytes give.
func fuzzFrame(header, payload []byte) *Frame {
	h, n := wsproto.ParseHeader(append(header, make([]byte, wsproto.MaxHeaderLen)...))
	if n == 0 {
		panic("too few bytes for a header")
	}
	h.PayloadLen = max(h.PayloadLen, uint64(len(payload)))
	return &Frame{Meta: at(1), Dir: Direction(h.Opcode & 1), FrameInfo: &wsproto.FrameInfo{
		Header: h, Payload: payload, Fragment: int(h.MaskingKey[0]),
	}}
}

func addFrames(f *testing.F) {
	for _, fr := range frames() {
		if len(fr.Payload) < 1000 {
			f.Add(fr.Header.AppendTo(nil), fr.Payload, 7)
		}
	}
	for _, s := range escapeSeeds {
		f.Add([]byte{0x81, 0x05}, []byte(s), 3)
		f.Add([]byte{0x88, 0x05}, []byte("\x03\xe8"+s), -1)
		f.Add([]byte{0x8A, 0x05}, []byte(s), 0)
	}
}

// A frame is always one line of harmless characters.
func FuzzFrameLine(f *testing.F) {
	addFrames(f)
	f.Fuzz(func(t *testing.T, header, payload []byte, limit int) {
		frame := fuzzFrame(header, payload)
		got := string(show(t, func(b *bytes.Buffer) Renderer { return New(b, Options{MaxPreview: limit}) }, frame))
		line, ok := strings.CutSuffix(got, "\n")
		if !ok {
			t.Fatalf("%q does not end in a line feed", got)
		}
		checkHarmless(t, line)
		color := show(t, func(b *bytes.Buffer) Renderer { return New(b, Options{MaxPreview: limit, Color: true}) }, frame)
		if plain := string(sgr.ReplaceAll(color, nil)); plain != got {
			t.Fatalf("colour changes %q to %q", got, plain)
		}
	})
}

// The bytes of a dump are those of the wire, and every line of it is harmless.
func FuzzHex(f *testing.F) {
	addFrames(f)
	f.Fuzz(func(t *testing.T, header, payload []byte, _ int) {
		frame := fuzzFrame(header, payload)
		h := frame.Header
		want := h.AppendTo(nil)
		for i, c := range payload {
			if h.Masked {
				c ^= h.MaskingKey[i%4]
			}
			want = append(want, c)
		}
		dump := string(show(t, func(b *bytes.Buffer) Renderer { return New(b, Options{Format: Hex, MaxPreview: -1}) }, frame))
		var got []byte
		first := true
		for line := range strings.Lines(dump) {
			line = strings.TrimSuffix(line, "\n")
			checkHarmless(t, line)
			if first || len(line) <= bytesColumn || line[offsetColumn] == ' ' || strings.HasPrefix(line[bytesColumn:], "...") {
				first = false
				continue
			}
			digits := strings.Index(line[offsetColumn:], " ")
			part := line[offsetColumn+digits+2:]
			part = strings.ReplaceAll(part[:min(len(part), 8*3-1)], " ", "")
			b, err := hex.DecodeString(part)
			if err != nil {
				t.Fatalf("%v in %q", err, line)
			}
			if n, err := hex.DecodeString(line[offsetColumn : offsetColumn+digits]); err != nil || int(n[len(n)-1]) != len(got)&0xFF {
				t.Fatalf("offset %x at byte %#x: %q", n, len(got), line)
			}
			got = append(got, b...)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("dump of %x has %x:\n%s", want, got, dump)
		}
	})
}
