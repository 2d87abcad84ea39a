package interop

import (
	"errors"
	"fmt"
	"testing"

	"interop/peer"
)

// TestLibraryClient holds wsproto's Dialer against the servers.
func TestLibraryClient(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, start func(*testing.T) *server) {
		testPair(t, ownClient(), start(t))
	})
}

// TestLibraryServer holds wsproto's Acceptor against the clients.
func TestLibraryServer(t *testing.T) {
	t.Parallel()
	eachClient(t, func(t *testing.T, c client) {
		testPair(t, c, serveLibrary(t, peer.Wsproto()))
	})
}

// TestLibraryItself holds both against each other.
func TestLibraryItself(t *testing.T) {
	t.Parallel()
	testPair(t, ownClient(), serveLibrary(t, peer.Wsproto()))
}

func ownClient() client {
	w := peer.Wsproto()
	return client{w.Name, w.Dial, 100, closeCodes, w.AnswersNormal}
}

// testPair lets a client and a server do all they can.
func testPair(t *testing.T, c client, s *server) {
	t.Run("conversation", func(t *testing.T) {
		conn := c.open(t, s.url)
		converse(t, conn)
		hangUp(t, conn, 1000, "bye", 1000)
		checkEnd(t, s.nextEnd(t), 1000, "bye")
	})
	t.Run("fragments received", func(t *testing.T) {
		conn := c.open(t, s.url+"/fragments")
		exchange(t, conn, conn.Send, peer.Message{Text: true, Data: text(peer.FragmentedSize)})
		exchange(t, conn, conn.Send, peer.Message{Data: binary(peer.FragmentedSize)})
		hangUp(t, conn, 1000, "", 1000)
		checkEnd(t, s.nextEnd(t), 1000, "")
	})
	t.Run("ping of the server", func(t *testing.T) {
		conn := c.open(t, s.url+"/ping")
		exchange(t, conn, conn.Send, peer.Message{Text: true, Data: []byte("after the ping")})
		hangUp(t, conn, 1000, "", 1000)
		checkEnd(t, s.nextEnd(t), 1000, "")
	})
	t.Run("subprotocol", func(t *testing.T) {
		conn := c.open(t, s.url, "chat.v1", peer.Subprotocol)
		if got := conn.Subprotocol(); got != peer.Subprotocol {
			t.Errorf("subprotocol %q, want %q", got, peer.Subprotocol)
		}
		hangUp(t, conn, 1000, "", 1000)
		checkEnd(t, s.nextEnd(t), 1000, "")
	})
	t.Run("closed by the client", func(t *testing.T) {
		for _, code := range c.codes {
			conn := c.open(t, s.url)
			exchange(t, conn, conn.Send, peer.Message{Text: true, Data: []byte("a")})
			hangUp(t, conn, code, "so it is", answer(s.answersNormal, code))
			checkEnd(t, s.nextEnd(t), code, "so it is")
		}
	})
	t.Run("closed by the server", func(t *testing.T) {
		for _, code := range c.codes {
			conn := c.open(t, fmt.Sprintf("%s/close?code=%d&reason=so+it+is", s.url, code))
			exchange(t, conn, conn.Send, peer.Message{Text: true, Data: []byte("a")})
			_, err := receive(t, conn)
			var end *peer.End
			if !errors.As(err, &end) {
				t.Fatalf("%v, want the end of the connection", err)
			}
			checkEnd(t, end, code, "so it is")
			checkAnswer(t, s.nextEnd(t), answer(c.answersNormal, code))
		}
	})
	t.Run("crowd", func(t *testing.T) { crowd(t, c, s.url) })
}

// answer returns the close code that a close code is answered with.
func answer(normal bool, code int) int {
	if normal && code < 3000 {
		return 1000
	}
	return code
}
