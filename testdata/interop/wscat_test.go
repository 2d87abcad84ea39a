package interop

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestWscat runs npm's wscat against listen.
func TestWscat(t *testing.T) {
	t.Parallel()
	if !wants("npm") {
		t.Skip("WSCOPE_PEERS does not name npm")
	}
	l := listen(t, "-q")
	wscat := exec.CommandContext(bounded(t), "node", filepath.Join("node_modules", "wscat", "bin", "wscat"),
		"--no-color", "-c", l.url, "-x", "hi", "-w", "1")
	// It leaves at once when its stdin ends.
	stdin, err := wscat.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	var stdout, stderr bytes.Buffer
	wscat.Stdout, wscat.Stderr = &stdout, &stderr
	if err := wscat.Run(); err != nil {
		t.Fatalf("%v\n%s%s", err, stdout.String(), stderr.String())
	}
	if !bytes.Contains(stdout.Bytes(), []byte("hi")) {
		t.Errorf("wscat prints %q, want hi", stdout.String())
	}
	l.stop(t)
}
