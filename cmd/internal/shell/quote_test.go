package shell

import (
	"os/exec"
	"testing"
)

func TestQuote(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", "''"},
		{"ws://127.0.0.1:8080/a", "ws://127.0.0.1:8080/a"},
		{"ws://h/?a=b&c", "'ws://h/?a=b&c'"},
		{"a b", "'a b'"},
		{"it's", `'it'\''s'`},
		{"$HOME", "'$HOME'"},
		{"~", "'~'"},
		{"a\u00a0b", "'a\u00a0b'"},
	} {
		if got := Quote(tt.in); got != tt.want {
			t.Errorf("Quote(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

// TestQuoteShell has a shell read what was quoted for it.
func TestQuoteShell(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell")
	}
	for _, s := range []string{"plain", "", "a b", "it's", "'", "$HOME `id` \\", "wss://h/?x=1;rm#y", "tab\tline\n.", "\u202e!"} {
		out, err := exec.Command(sh, "-c", "printf %s. "+Quote(s)).Output()
		if err != nil || string(out) != s+"." {
			t.Errorf("the shell reads %s as %q (%v), want %q", Quote(s), out, err, s+".")
		}
	}
}
