package render

import (
	"strings"
	"testing"

	"wscope/wsproto"
)

func TestHandshakeText(t *testing.T) {
	const request = "GET / HTTP/1.1\r\nCookie: a=b\r\n\r\n"
	const response = "HTTP/1.1 101 Switching Protocols\r\nX: \x1b[2J\r\n\r\n"
	for secrets, want := range map[bool]string{
		false: "> GET / HTTP/1.1\n> Cookie: [redacted]\n< HTTP/1.1 101 Switching Protocols\n< X: ␛[2J\n",
		true:  "> GET / HTTP/1.1\n> Cookie: a=b\n< HTTP/1.1 101 Switching Protocols\n< X: ␛[2J\n",
	} {
		if got := HandshakeText(wsproto.Client, []byte(request), []byte(response), secrets); got != want {
			t.Errorf("secrets %v: got %q, want %q", secrets, got, want)
		}
		want = strings.NewReplacer("> ", "< ", "< ", "> ").Replace(want)
		if got := HandshakeText(wsproto.Server, []byte(request), []byte(response), secrets); got != want {
			t.Errorf("of a server, secrets %v: got %q, want %q", secrets, got, want)
		}
	}
}
