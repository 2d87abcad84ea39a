package sse

import (
	"bytes"
	"strings"
	"testing"
)

// Both ways to look at bytes see the same, wherever it is.
func TestInspect(t *testing.T) {
	for n := range 200 {
		p := make([]byte, n)
		for i := range p {
			p[i] = "\n\x0c\x0e\x7f\x00 a"[i%7]
		}
		check := func(cr, wide bool) {
			t.Helper()
			gotCR, gotWide := inspect(p)
			wordsCR, wordsWide := inspectWords(p[:n&^63])
			if gotCR != cr || gotWide != wide {
				t.Fatalf("inspect(%q) = %v, %v, want %v, %v", p, gotCR, gotWide, cr, wide)
			}
			if n%64 == 0 && (wordsCR != cr || wordsWide != wide) {
				t.Fatalf("inspectWords(%q) = %v, %v, want %v, %v", p, wordsCR, wordsWide, cr, wide)
			}
		}
		check(false, false)
		for i := range p {
			was := p[i]
			p[i] = '\r'
			check(true, false)
			p[i] = 0x80
			check(false, true)
			p[i] = 0x8D
			check(false, true)
			if i > 0 {
				before := p[i-1]
				p[i-1] = '\r'
				check(true, true)
				p[i-1] = before
			}
			p[i] = was
		}
	}
}

// Both ways to tell the inside of a line by its bytes are of one opinion.
func TestInner(t *testing.T) {
	for n := range 200 {
		p := bytes.Repeat([]byte("\x0e\x7f a"), n/4+1)[:n]
		check := func(want bool) {
			t.Helper()
			if got := inner(p); got != want {
				t.Fatalf("inner(%q) = %v, want %v", p, got, want)
			}
			if got := innerWords(p); n%8 == 0 && got != want {
				t.Fatalf("innerWords(%q) = %v, want %v", p, got, want)
			}
		}
		check(true)
		for i, was := range p {
			for _, c := range []byte{0, '\t', '\n', '\r', 0x80, 0x8E, 0xFF} {
				p[i] = c
				check(false)
			}
			p[i] = was
		}
	}
}

// What ends a long line, or has to be repaired in it, is seen wherever it is.
func TestLongLines(t *testing.T) {
	const n = longLine + 3*window
	line := bytes.Repeat([]byte("abcd"), n/4)
	for at := longLine - 3; at < n-6; at += 61 {
		for _, middle := range []struct{ wire, want string }{
			{"\ndata:", "\n"}, {"\rdata:", "\n"}, {"\r\ndata:", "\n"}, {"\xff", "\uFFFD"}, {"\u00e4", "\u00e4"}, {"\t", "\t"},
		} {
			wire := "data:" + string(line[:at]) + middle.wire + string(line[at:]) + "\n\n"
			e, err := NewDecoder(strings.NewReader(wire), DecoderConfig{}).Next()
			if want := string(line[:at]) + middle.want + string(line[at:]); err != nil || string(e.Data) != want {
				t.Fatalf("%q after %d bytes: %v", middle.wire, at, err)
			}
		}
	}
}
