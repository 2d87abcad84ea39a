package interop

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"interop/peer"
)

// A client is an implementation in the role of the client.
type client struct {
	name          string
	dial          func(ctx context.Context, url string, subprotocols ...string) (peer.Conn, error)
	crowd         int   // how many of it the machine bears at once
	codes         []int // close codes that it is tried with
	answersNormal bool
}

// eachClient runs a test with each implementation.
func eachClient(t *testing.T, test func(t *testing.T, c client)) {
	var clients []client
	for _, l := range peer.Libraries() {
		clients = append(clients, client{l.Name, l.Dial, 100, closeCodes, l.AnswersNormal})
	}
	for _, p := range processes(t) {
		// Each connection is a program that has to start.
		clients = append(clients, client{p.Name, p.Dial, 4, []int{1000, 1001, 1011, 4000, 4999}, false})
	}
	if wants(chromium) {
		clients = append(clients, client{chromium, browser(t).Dial, 20, []int{1000, 3000, 3001, 4000, 4999}, false})
	}
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			test(t, c)
		})
	}
}

func (c client) open(t *testing.T, url string, subprotocols ...string) peer.Conn {
	t.Helper()
	conn, err := c.dial(bounded(t), url, subprotocols...)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// receive returns the next message.
func receive(t *testing.T, c peer.Conn) (peer.Message, error) {
	t.Helper()
	return c.Receive(bounded(t))
}

// exchange sends a message and demands its echo.
func exchange(t *testing.T, c peer.Conn, send func(peer.Message) error, m peer.Message) {
	t.Helper()
	if err := send(m); err != nil {
		t.Errorf("sending %d bytes: %v", len(m.Data), err)
		return
	}
	got, err := receive(t, c)
	if err != nil {
		t.Errorf("receiving the echo of %d bytes: %v", len(m.Data), err)
		return
	}
	if got.Text != m.Text || !bytes.Equal(got.Data, m.Data) {
		t.Errorf("echo is text %t, %s, want text %t, %s", got.Text, abridged(string(got.Data)), m.Text, abridged(string(m.Data)))
	}
}

// hangUp closes a connection and demands an answer.
func hangUp(t *testing.T, c peer.Conn, code int, reason string, answer int) {
	t.Helper()
	if err := c.Close(code, reason); err != nil {
		t.Errorf("closing with %d: %v", code, err)
	}
	_, err := receive(t, c)
	var end *peer.End
	if !errors.As(err, &end) {
		t.Fatalf("after closing with %d: %v, want the answer", code, err)
	}
	checkAnswer(t, end, answer)
}

// sizes are the lengths of messages on both sides of each border between the
// encodings of the payload length.
var sizes = []int{0, 1, 125, 126, 127, 65535, 65536, 1 << 20}

// converse holds a conversation with an echo server that has every kind of
// frame.
func converse(t *testing.T, c peer.Conn) {
	t.Helper()
	for _, n := range sizes {
		exchange(t, c, c.Send, peer.Message{Text: true, Data: text(n)})
		exchange(t, c, c.Send, peer.Message{Data: binary(n)})
	}
	if err := c.Ping(bounded(t)); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("ping: %v", err)
	}
	exchange(t, c, c.SendFragmented, peer.Message{Text: true, Data: text(peer.FragmentedSize)})
	exchange(t, c, c.SendFragmented, peer.Message{Data: binary(peer.FragmentedSize)})
}

// closeCodes are codes that both sides may send.
var closeCodes = []int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 3000, 3999, 4000, 4999}
