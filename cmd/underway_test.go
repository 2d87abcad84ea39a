package cmd

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"
)

// What is waited for is shown while it is, not when it is over: the server takes
// connections and says nothing.
func TestUnderway(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	addr := l.Addr().String()
	for args, want := range map[string]string{
		"connect -v ws://" + addr + "/chat":                         "> GET /chat HTTP/1.1",
		"connect -v wss://" + addr:                                  "* doing the TLS handshake with " + addr,
		"connect -v --proxy " + addr + " ws://h.example/":           "* waiting for the answer of the proxy " + addr,
		"connect -v --proxy socks5h://" + addr + " ws://h.example/": "* waiting for the answer of the proxy " + addr,
		"sse -v http://" + addr + "/feed":                           "> GET /feed HTTP/1.1",
		"sse -v https://" + addr:                                    "* doing the TLS handshake with " + addr,
		"connect --diagnose -v ws://" + addr:                        "> GET / HTTP/1.1",
	} {
		t.Run(args, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			talk, w := io.Pipe()
			ended := make(chan struct{})
			go func() {
				run(ctx, streams{in: strings.NewReader(""), out: io.Discard, err: w}, strings.Fields(args))
				w.Close()
				close(ended)
			}()
			lines := bufio.NewScanner(talk)
			for lines.Scan() && lines.Text() != want {
			}
			if lines.Text() != want {
				t.Errorf("%q is not shown", want)
			}
			cancel()
			io.Copy(io.Discard, talk)
			<-ended
		})
	}
}
