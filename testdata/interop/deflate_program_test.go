package interop

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"interop/peer"
)

// TestDeflateConnect holds the program against the servers.
func TestDeflateConnect(t *testing.T) {
	message := filepath.Join(t.TempDir(), "message")
	large := prose(rand.New(rand.NewPCG(3, 4)), 300_000)
	if err := os.WriteFile(message, large, 0o666); err != nil {
		t.Fatal(err)
	}
	servers, _ := deflatePeers(t)
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			d := simplest(s.serves)
			u := s.start(t)(t, d)
			flag := deflateFlag(d)
			run(t, "hello\nhello\n\n", "connect", flag, "--count", "3", u).check(t, 0, "hello\nhello\n\n")
			r := run(t, "", "connect", flag, "--json", "-1", "-x", "@"+message, u)
			var ratio float64
			for line := range strings.Lines(r.stdout) {
				var e struct {
					Event, Direction, Text string
					Deflate                *struct{ Ratio float64 }
				}
				if err := json.Unmarshal([]byte(line), &e); err != nil {
					t.Fatalf("%v in %s", err, abridged(line))
				}
				if e.Event == "message" && e.Direction == "received" && e.Text == string(large) && e.Deflate != nil {
					ratio = e.Deflate.Ratio
				}
			}
			if r.exit != 0 || ratio <= 0 || ratio > 0.6 {
				t.Errorf("exit status %d, the echo is compressed to %v\n%s", r.exit, ratio, r.stderr)
			}
		})
	}
}

// TestDeflateListen holds the clients against the program.
func TestDeflateListen(t *testing.T) {
	_, clients := deflatePeers(t)
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := simplest(c.dials)
			l := listen(t, "--format", "messages")
			conn, err := c.dial(bounded(t), l.url, d)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range []int{0, 5, 5, 1000, 100_000} {
				exchange(t, conn, conn.Send, peer.Message{Text: true, Data: prose(rand.New(rand.NewPCG(5, 6)), n)})
			}
			hangUp(t, conn, 1000, "", 1000)
			l.stop(t)
			if !strings.Contains(l.stderr.String(), "deflate sent ") || strings.Contains(l.stderr.String(), "nothing") {
				t.Errorf("no figures of compressing in the end line:\n%s", l.stderr)
			}
		})
	}
}
