package doctor

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// noScript are the symptoms that no script can bring about.
var noScript = []string{
	"lost", "network", "send-failed", // take a network that fails
	"tls-ended",                                             // crypto/tls sends no alert once a connection is open
	"idle-timeout", "lifetime", "deaf-timeout", "forgotten", // take their time
}

// TestScripts demands a script of the program for every symptom.
func TestScripts(t *testing.T) {
	var scripts strings.Builder
	for _, pattern := range []string{"doctor_*.txtar", "end_*.txtar"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", "script", pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			scripts.Write(b)
		}
	}
	for _, s := range symptoms() {
		if got, want := strings.Contains(scripts.String(), `"symptom":"`+s+`"`), !slices.Contains(noScript, s); got != want {
			t.Errorf("there is a script for %s: %v, want %v", s, got, want)
		}
	}
}
