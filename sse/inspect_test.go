package sse

import "testing"

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
