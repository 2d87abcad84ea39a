// Package interop tries wscope against other implementations of RFC 6455: its
// connect against their servers, its listen against their clients, and wsproto
// as a library against both.
package interop

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"interop/peer"
)

// patience bounds every wait. Only a test that fails gets to it.
const patience = 60 * time.Second

// wscope is the path of the program under test.
var wscope string

// TestMain builds the program once, as the tests are built: with the race
// detector or without.
func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "wscope-interop-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	wscope = filepath.Join(dir, "wscope")
	build := exec.Command("go", "build", fmt.Sprintf("-race=%t", raceEnabled), "-buildvcs=false", "-o", wscope, ".")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%s%v\n", out, err)
		return 1
	}
	// The race detector lets a program linger for a second at its end.
	os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE"))
	status := m.Run()
	if err := closeBrowser(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return status
}

// processes returns the implementations in other languages that the environment
// variable WSCOPE_PEERS names, as in "npm,python". They have to be installed. The
// other names are those of a browser, which is no program of its own for each
// connection, of a proxy, and of what stands between client and server.
func processes(t *testing.T) []peer.Process {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	var ps []peer.Process
	for _, name := range strings.FieldsFunc(os.Getenv("WSCOPE_PEERS"), func(r rune) bool { return r == ',' }) {
		switch name {
		case "npm":
			ps = append(ps, peer.Npm(dir))
		case "python":
			ps = append(ps, peer.Python(dir))
		case chromium, nginx, network:
		default:
			t.Fatalf("WSCOPE_PEERS: %q is none of npm, python, %s, %s and %s", name, chromium, nginx, network)
		}
	}
	return ps
}

// wants reports whether WSCOPE_PEERS has a name.
func wants(name string) bool {
	return slices.Contains(strings.Split(os.Getenv("WSCOPE_PEERS"), ","), name)
}

// bounded returns a context for a wait.
func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// text returns n bytes of text without a line end, in characters of one to four
// bytes.
func text(n int) []byte {
	const alphabet = "abcdefghijklmnopqrstuvwxyz é ж 世 😀 "
	b := []byte(strings.Repeat(alphabet, n/len(alphabet)))
	return append(b, strings.Repeat(".", n-len(b))...)
}

// binary returns n bytes that are no text.
func binary(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
}
