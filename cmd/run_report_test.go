package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRunOnTerminal shows what is going on in a line of its own, but not to a
// terminal that could not take the line away.
func TestRunOnTerminal(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.wscope")
	if err := os.WriteFile(file, []byte("test \"nothing\" {\n  set a = \"b\"\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for term, progress := range map[string]bool{"xterm": true, "dumb": false} {
		var out, talk bytes.Buffer
		s := streams{
			in: strings.NewReader(""), out: &out, err: &talk, outTTY: true, errTTY: true,
			env: func(name string) string { return map[string]string{"TERM": term, "NO_COLOR": "1"}[name] },
		}
		if code := run(t.Context(), s, []string{"run", file}); code != exitOK {
			t.Errorf("%s: exit status %d\n%s%s", term, code, &out, &talk)
		}
		if got := strings.Contains(out.String(), "\x1b"); got != progress {
			t.Errorf("%s: control sequences: %v, want %v: %q", term, got, progress, &out)
		}
	}
}
