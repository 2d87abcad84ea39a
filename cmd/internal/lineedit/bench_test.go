package lineedit

import (
	"io"
	"testing"
)

// BenchmarkWrite is output while a line is being typed.
func BenchmarkWrite(b *testing.B) {
	s := newScreen(io.Discard, func() (int, int) { return 80, 24 }, "> ", false, func() {})
	defer s.close()
	s.begin()
	s.set([]rune("half a line"), 4, "")
	line := []byte("  0.001  <-  TEXT   FIN  rsv 000  mask -         len 5      hello\n")
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Write(line); err != nil {
			b.Fatal(err)
		}
	}
}
