package wsproto_test

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// pending sends a request to an Acceptor and returns what waits for its answer.
func pending(t *testing.T, request string) (*wsproto.Pending, *wstest.Peer) {
	t.Helper()
	ours, theirs := wstest.Pipe()
	client := wstest.NewPeer(theirs, wsproto.Client)
	client.Write([]byte(request), wstest.OneSegment)
	p, err := new(wsproto.Acceptor).Read(ours)
	if err != nil {
		t.Fatal(err)
	}
	return p, client
}

// TestRespond answers requests piece by piece.
func TestRespond(t *testing.T) {
	fields := wsproto.Fields{{Name: "Content-Type", Value: "text/x"}}
	const head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/x\r\n"
	for _, tt := range []struct {
		name, request string
		status        int
		want          string
	}{
		{"HTTP/1.1", "GET / HTTP/1.1\r\n\r\n", 200, head + "Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n10\r\nsixteen or so...\r\n0\r\n\r\n"},
		{"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 200, head + "\r\nonesixteen or so..."},
		{"HEAD", "HEAD / HTTP/1.1\r\n\r\n", 200, head + "\r\n"},
		{"204", "GET / HTTP/1.1\r\n\r\n", 204, strings.Replace(head, "200 OK", "204 No Content", 1) + "\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, client := pending(t, tt.request)
				got := make(chan string)
				go func() {
					b, _ := client.ReadAll(1000)
					client.Close()
					got <- string(b)
				}()
				w, err := p.Respond(tt.status, fields)
				if err != nil {
					t.Fatal(err)
				}
				bodiless := tt.status == 204 || tt.name == "HEAD"
				for _, s := range []string{"one", "", "sixteen or so..."} {
					time.Sleep(time.Hour) // no deadline is left behind
					if n, err := w.Write([]byte(s)); (err != nil) != bodiless || err == nil && n != len(s) {
						t.Errorf("Write(%q) = %d, %v", s, n, err)
					}
				}
				if err := w.Close(); err != nil {
					t.Error(err)
				}
				if got := <-got; got != tt.want {
					t.Errorf("answered %q, want %q", got, tt.want)
				}
			})
		})
	}
}

// TestRespondAborted has a body that is cut off, which its reader can tell.
func TestRespondAborted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, client := pending(t, "GET / HTTP/1.1\r\n\r\n")
		got := make(chan string)
		go func() {
			b, _ := client.ReadAll(1000)
			client.Close()
			got <- string(b)
		}()
		w, err := p.Respond(200, nil)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte("some"))
		w.Abort()
		r, err := http.ReadResponse(bufio.NewReader(strings.NewReader(<-got)), nil)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(r.Body); string(b) != "some" || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("body %q, %v", b, err)
		}
	})
}

// TestRespondGone has clients that leave, or neither leave nor read.
func TestRespondGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, client := pending(t, "GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nearly")
		w, err := p.Respond(200, nil)
		if err != nil {
			t.Fatal(err)
		}
		gone := make(chan struct{})
		go func() {
			w.Wait()
			close(gone)
		}()
		client.Write([]byte("GET / HTTP/1.1\r\n\r\n"), wstest.OneSegment)
		synctest.Wait()
		select {
		case <-gone:
			t.Fatal("Wait returns although the client is there")
		default:
		}
		client.CloseWrite()
		<-gone
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		client.Close()
	})
	synctest.Test(t, func(t *testing.T) {
		p, client := pending(t, "GET / HTTP/1.1\r\n\r\n")
		w, err := p.Respond(200, nil)
		if err != nil {
			t.Fatal(err)
		}
		go w.Wait()
		start := time.Now()
		w.SetWriteDeadline(start.Add(time.Second))
		for err == nil {
			_, err = w.Write(make([]byte, 1000))
		}
		w.Close()
		if d := time.Since(start); d != 2*time.Second {
			t.Errorf("a client that does not read holds the server up for %v", d)
		}
		client.Close()
	})
}

// TestRespondField has a field that would split the response.
func TestRespondField(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, client := pending(t, "GET / HTTP/1.1\r\n\r\n")
		go func() {
			client.ReadAll(1000)
			client.Close()
		}()
		if _, err := p.Respond(200, wsproto.Fields{{Name: "X", Value: "a\r\nY: b"}}); err == nil {
			t.Error("the response was sent")
		}
	})
}
