package cmd

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPayloadReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("raw \\n\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, arg, want string
		escape          bool
	}{
		{"text", " a b ", " a b ", false},
		{"empty", "", "", false},
		{"escapes are text", `a\n`, `a\n`, false},
		{"escapes", `a\n`, "a\n", true},
		{"file", "@" + path, "raw \\n\n", true},
		{"literal", "@@x", "@x", false},
		{"literal with escapes", `@@\t`, "@\t", true},
		{"literal stdin", "@@-", "@-", false},
		{"stdin", "@-", "from stdin", true},
		{"at inside", "a@b", "a@b", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := payloadReader{stdin: strings.NewReader("from stdin"), escape: tt.escape}
			got, err := r.read(tt.arg)
			if err != nil || string(got) != tt.want || r.usedStdin != (tt.arg == "@-") {
				t.Errorf("read(%q) = %q, %v, used stdin: %v", tt.arg, got, err, r.usedStdin)
			}
		})
	}
	var file *fileError
	for _, arg := range []string{"@", "@" + path + "x", "@" + filepath.Dir(path)} {
		if _, err := new(payloadReader).read(arg); !errors.As(err, &file) {
			t.Errorf("read(%q) = %v, want a fileError", arg, err)
		}
	}
	if _, err := new(payloadReader).read("@-"); err == nil || errors.As(err, &file) {
		t.Errorf("read of a stdin that cannot be had = %v", err)
	}
}
