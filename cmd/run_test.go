package cmd_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"wscope/cmd/internal/script"
)

// TestRunExamples runs the worked examples. Each plays its server itself.
func TestRunExamples(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "testdata", "run", "*.wscope"))
	if err != nil || len(files) < 5 {
		t.Fatalf("the examples are %v (%v), want five at least", files, err)
	}
	c := exec.Command("wscope", append([]string{"run", "-j", "4", "--within", "20s"}, files...)...)
	c.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, file := range files {
		if !strings.Contains(string(out), "ok    "+file) {
			t.Errorf("nothing of %s was run:\n%s", file, out)
		}
	}
}

// TestRunMany runs a thousand tests side by side against one wscope listen: each
// gets its own answers, and they are reported in their order.
func TestRunMany(t *testing.T) {
	const cases, jobs = 1000, 64
	var b strings.Builder
	for i := range cases {
		fmt.Fprintf(&b, "test \"case %d\" {\n", i)
		fmt.Fprintf(&b, "  connect ${url}\n  never re \"of another\"\n")
		fmt.Fprintf(&b, "  repeat 3 as n {\n    send `{\"case\":%d,\"n\":${n}}`\n    expect next json .case == %d and .n == ${n}\n    capture n = .n\n  }\n", i, i)
		b.WriteString("  close 1000\n}\n")
	}
	file := filepath.Join(t.TempDir(), "many.wscope")
	if err := os.WriteFile(file, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, mistakes := script.Parse(file, []byte(b.String())); mistakes != nil {
		t.Fatal(mistakes)
	}
	url := startEchoServer(t)
	c := exec.Command("wscope", "run", "--report", "json", "-j", fmt.Sprint(jobs), "--timeout", "2m", "--within", "1m", "--set", "url="+url, file)
	c.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		t.Errorf("%v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != cases+1 {
		t.Fatalf("%d lines, want one a case and one of the run", len(lines))
	}
	for i, line := range lines[:cases] {
		var c struct {
			Name, Status string
			Failure      any
		}
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("case %d", i); c.Name != want || c.Status != "passed" {
			t.Errorf("case %d: %s %s (%v)", i, c.Name, c.Status, c.Failure)
		}
	}
}

// startEchoServer starts wscope listen and returns its URL.
func startEchoServer(t *testing.T) string {
	t.Helper()
	c := exec.Command("wscope", "listen", "-q", "0")
	c.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
	var url string
	if _, err := fmt.Fscanf(out, "listening on %s\n", &url); err != nil {
		t.Fatal(err)
	}
	return url
}
