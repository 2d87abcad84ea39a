package spell

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"accept-key", "connect", "listen", "version", "help"}
	for _, tt := range []struct{ word, want string }{
		{"conect", "connect"},
		{"con", "connect"},
		{"listne", "listen"},
		{"acceptkey", "accept-key"},
		{"hlep", "help"},
		{"bogus", ""},
		{"x", ""},
		{"", ""},
	} {
		if got := Nearest(tt.word, names); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
}

// What shares a few letters only is not what was meant.
func TestNotNearest(t *testing.T) {
	names := []string{"cors", "null", "digest", "cert", "wait", "ws-version"}
	for _, word := range []string{"port", "url", "silent", "text", "fail", "version"} {
		if got := Nearest(word, names); got != "" {
			t.Errorf("Nearest(%q) = %q, want nothing", word, got)
		}
	}
}

func TestEditDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"same", "same", 0}, {"ab", "ba", 1}, {"sned", "send", 1}, {"abc", "cba", 2},
	} {
		if got := editDistance(tt.a, tt.b); got != tt.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := editDistance(tt.b, tt.a); got != tt.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
}
