package interop

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"interop/peer"
)

func TestListen(t *testing.T) {
	t.Parallel()
	eachClient(t, func(t *testing.T, c client) {
		l := listen(t, "-q", "--subprotocol", peer.Subprotocol)
		t.Run("conversation", func(t *testing.T) {
			conn := c.open(t, l.url)
			converse(t, conn)
			hangUp(t, conn, 1000, "bye", 1000)
		})
		t.Run("fragments received", func(t *testing.T) {
			f := listen(t, "-q", "--fragment", "1000")
			conn := c.open(t, f.url)
			exchange(t, conn, conn.Send, peer.Message{Text: true, Data: text(100_000)})
			exchange(t, conn, conn.Send, peer.Message{Data: binary(100_000)})
			hangUp(t, conn, 1000, "", 1000)
			f.stop(t)
		})
		t.Run("subprotocol", func(t *testing.T) {
			conn := c.open(t, l.url, "chat.v1", peer.Subprotocol)
			if got := conn.Subprotocol(); got != peer.Subprotocol {
				t.Errorf("subprotocol %q, want %q", got, peer.Subprotocol)
			}
			hangUp(t, conn, 1000, "", 1000)
		})
		t.Run("close codes", func(t *testing.T) {
			for _, code := range c.codes {
				conn := c.open(t, l.url)
				exchange(t, conn, conn.Send, peer.Message{Text: true, Data: []byte("a")})
				hangUp(t, conn, code, "so it is", code)
			}
		})
		t.Run("crowd", func(t *testing.T) { crowd(t, c, l.url) })
		l.stop(t)
	})
}

// crowd lets many clients talk at once.
func crowd(t *testing.T, c client, url string) {
	conns := make([]peer.Conn, c.crowd)
	for i := range conns {
		conns[i] = c.open(t, url)
	}
	var wg sync.WaitGroup
	for i, conn := range conns {
		wg.Go(func() {
			for j := range 20 {
				exchange(t, conn, conn.Send, peer.Message{Text: true, Data: fmt.Appendf(nil, "client %d, message %d", i, j)})
			}
			if err := conn.Close(1000, ""); err != nil {
				t.Errorf("closing: %v", err)
			}
			if _, err := receive(t, conn); err == nil {
				t.Error("a message after the end, want none")
			}
		})
	}
	wg.Wait()
}

// TestListenOnce looks at the exit status that tells how the client left.
func TestListenOnce(t *testing.T) {
	t.Parallel()
	tests := []struct{ code, exit int }{{1000, 0}, {1001, 0}, {1011, 103}, {4000, 103}}
	eachClient(t, func(t *testing.T, c client) {
		for _, tt := range tests {
			if !slices.Contains(c.codes, tt.code) {
				continue
			}
			t.Run(fmt.Sprint(tt.code), func(t *testing.T) {
				l := listen(t, "--once", "-q")
				conn := c.open(t, l.url)
				exchange(t, conn, conn.Send, peer.Message{Text: true, Data: []byte("a")})
				hangUp(t, conn, tt.code, "so it is", tt.code)
				l.wait(t, tt.exit)
			})
		}
	})
}

// TestListenInterrupted looks at what clients hear when listen is interrupted.
func TestListenInterrupted(t *testing.T) {
	t.Parallel()
	eachClient(t, func(t *testing.T, c client) {
		l := listen(t, "-q")
		conn := c.open(t, l.url)
		exchange(t, conn, conn.Send, peer.Message{Text: true, Data: []byte("a")})
		l.stop(t)
		_, err := receive(t, conn)
		end, ok := err.(*peer.End)
		if !ok {
			t.Fatalf("%v, want the end of the connection", err)
		}
		checkAnswer(t, end, 1001)
	})
}
