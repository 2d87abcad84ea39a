//go:build unix

package cmd

import (
	"os"
	"strings"
	"testing"
)

// TestPassphraseOnTerminal asks for what opens the key of a client, which does not
// show.
func TestPassphraseOnTerminal(t *testing.T) {
	// The file is one of the tests of the package that reads it.
	const file = "internal/netdial/certfile/testdata/modern.p12"
	if _, err := os.Stat(file); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		typed string
		exit  int
	}{
		{"secret\r", exitConnect}, // port 1 is nobody's
		{"wrong\r", exitClientCert},
		{"sec\x03", exitInterrupted},
	} {
		x := startTerminal(t, "connect", "--cert", file, "wss://127.0.0.1:1/")
		x.shown.wait(t, "passphrase for "+file+": ")
		x.types(test.typed)
		x.wantEnd(test.exit)
		if strings.Contains(x.shown.String(), "sec") {
			t.Error("the passphrase shows")
		}
	}
}

// TestProxyPasswordOnTerminal asks for the password of --proxy-user.
func TestProxyPasswordOnTerminal(t *testing.T) {
	x := startTerminal(t, "connect", "--proxy", "127.0.0.1:1", "--proxy-user", "alice", "ws://example.com/")
	x.shown.wait(t, "password for alice at the proxy: ")
	x.types("hidden\r")
	x.wantEnd(exitConnect)
	if strings.Contains(x.shown.String(), "hidden") {
		t.Error("the password shows")
	}
}
