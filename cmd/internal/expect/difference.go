package expect

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"

	"wscope/render"
)

// similarity returns how much two texts have in common at their ends, from 0 for
// nothing to 1 for all.
func similarity(a, b string) float64 {
	longest := max(len(a), len(b))
	if longest == 0 {
		return 1
	}
	head := commonPrefix(a, b)
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return float64(head+tail) / float64(longest)
}

func commonPrefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// contextBefore and contextAfter are how many bytes around a difference are
// shown.
const (
	contextBefore = 40
	contextAfter  = 60
)

// pointOut shows the first difference between two texts: a line of each around
// it, and a mark below.
func pointOut(got, want string) string {
	at := commonPrefix(got, want)
	// Not inside a character: what is left of the mark is the same in both.
	for at > 0 && (inside(got, at) || inside(want, at)) {
		at--
	}
	start := max(0, at-contextBefore)
	for start > 0 && inside(got, start) {
		start--
	}
	lead := ""
	if start > 0 {
		lead = "..."
	}
	same := lead + render.Escape(got[start:at])
	column := displaywidth.String(same) + 1 // for the quote
	where := fmt.Sprintf("character %d", utf8.RuneCountInString(got[:at])+1)
	switch {
	case at == len(got):
		where = "it ends " + bytesOf(len(want)-at) + " short"
	case at == len(want):
		where = "it goes on for " + bytesOf(len(got)-at)
	}
	return fmt.Sprintf("expected \"%s%s\"\n     got \"%s%s\"\n         %s^ %s",
		same, after(want, at), same, after(got, at), strings.Repeat(" ", column), where)
}

// inside reports whether offset i of s lies inside a character.
func inside(s string, i int) bool { return i < len(s) && !utf8.RuneStart(s[i]) }

// after returns what follows offset at, cut if it is long.
func after(s string, at int) string {
	end, tail := len(s), ""
	if end-at > contextAfter {
		end = at + contextAfter
		for end > at && inside(s, end) {
			end--
		}
		tail = "..."
	}
	return render.Escape(s[at:end]) + tail
}

// pointOutByte shows the first byte in which two payloads differ.
func pointOutByte(got, want []byte) string {
	at := commonPrefix(string(got), string(want))
	const before, shown = 8, 24
	start := max(0, at-before)
	row := func(p []byte) string {
		if start >= len(p) {
			return ""
		}
		s := fmt.Sprintf("% x", p[start:min(len(p), start+shown)])
		if len(p) > start+shown {
			s += " ..."
		}
		return s
	}
	where := fmt.Sprintf("offset %d", at)
	switch {
	case at == len(got):
		where = "it ends " + bytesOf(len(want)-at) + " short"
	case at == len(want):
		where = "it goes on for " + bytesOf(len(got)-at)
	}
	from := ""
	if start > 0 {
		from = fmt.Sprintf(" (from offset %d)", start)
	}
	return fmt.Sprintf("expected %s%s\n     got %s\n         %s^^ %s", row(want), from, row(got), strings.Repeat("   ", at-start), where)
}

// bytesOf words a number of bytes.
func bytesOf(n int) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}
