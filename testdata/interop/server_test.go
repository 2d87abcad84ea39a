package interop

import (
	"net"
	"net/url"
	"sync"
	"testing"

	"interop/peer"
)

// A server is an echo server of some implementation; see [peer.Echo].
type server struct {
	url           string // without a path
	ends          chan *peer.End
	answersNormal bool
}

// nextEnd returns how the next connection of the server ended.
func (s *server) nextEnd(t *testing.T) *peer.End {
	t.Helper()
	select {
	case e := <-s.ends:
		return e
	case <-bounded(t).Done():
		t.Fatal("the server does not see the end of the connection")
		return nil
	}
}

// eachServer runs a test for each implementation, with a server for each call
// of start.
func eachServer(t *testing.T, test func(t *testing.T, start func(*testing.T) *server)) {
	for _, l := range peer.Libraries() {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			test(t, func(t *testing.T) *server { return serveLibrary(t, l) })
		})
	}
	for _, p := range processes(t) {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			test(t, func(t *testing.T) *server { return serveProcess(t, p) })
		})
	}
}

func newServer() *server { return &server{ends: make(chan *peer.End, 256)} }

func serveLibrary(t *testing.T, lib peer.Library) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := newServer()
	s.url = "ws://" + l.Addr().String()
	s.answersNormal = lib.AnswersNormal
	var wg sync.WaitGroup
	wg.Go(func() {
		lib.Serve(l, func(c peer.Conn, u *url.URL) { s.ends <- peer.Echo(c, u) })
	})
	t.Cleanup(func() {
		l.Close()
		wg.Wait()
	})
	return s
}

func serveProcess(t *testing.T, p peer.Process) *server {
	t.Helper()
	s := newServer()
	u, stop, err := p.Start(func(e *peer.End) { s.ends <- e })
	if err != nil {
		t.Fatal(err)
	}
	s.url = u
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
	})
	return s
}
