package eventsource

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// serve serves a stream to the client that is returned. The error comes when it
// has ended.
func serve(ctx context.Context, t *testing.T, s *Stream) (*wstest.Peer, <-chan error) {
	t.Helper()
	ours, theirs := wstest.Pipe()
	client := wstest.NewPeer(theirs, wsproto.Client)
	client.Write([]byte("GET / HTTP/1.1\r\n\r\n"), wstest.OneSegment)
	p, err := new(wsproto.Acceptor).Read(ours)
	if err != nil {
		t.Fatal(err)
	}
	body, err := p.Respond(200, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Body = body
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	return client, ended
}

// body returns what a client reads up to the end, and how that was.
func body(client *wstest.Peer) (string, error) {
	b, _ := client.ReadAll(1 << 20)
	r, err := http.ReadResponse(bufio.NewReader(strings.NewReader(string(b))), nil)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r.Body)
	return string(text), err
}

func TestStream(t *testing.T) {
	events := [][]byte{[]byte("a"), []byte("b"), []byte("c")}
	retry := 1500 * time.Millisecond
	for _, tt := range []struct {
		name   string
		stream Stream
		want   string
		count  Count
		err    error // of the server
		cut    bool
	}{
		{"all", Stream{Feed: (&Script{Events: events, Ends: true}).Follow("")},
			"id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: c\n\n", Count{Events: 3}, nil, false},
		{"with a reconnection time", Stream{Feed: (&Script{Events: events[:1], Ends: true}).Follow(""), Retry: &retry},
			"retry: 1500\n\nid: 1\ndata: a\n\n", Count{Events: 1}, nil, false},
		{"dropped", Stream{Feed: (&Script{Events: events}).Follow(""), DropAfter: 2},
			"id: 1\ndata: a\n\nid: 2\ndata: b\n\n", Count{Events: 2}, ErrDropped, true},
		{"with pauses", Stream{Feed: (&Script{Events: events[:2], Ends: true, Every: 40 * time.Second}).Follow("")},
			"id: 1\ndata: a\n\n: keep-alive\n\n: keep-alive\n\nid: 2\ndata: b\n\n", Count{2, 2, 0}, nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := tt.stream
				client, ended := serve(t.Context(), t, &s)
				got, err := body(client)
				client.Close()
				if got != tt.want || errors.Is(err, io.ErrUnexpectedEOF) != tt.cut {
					t.Errorf("the client gets %q, %v, want %q", got, err, tt.want)
				}
				if err := <-ended; err != tt.err || s.Count != tt.count || s.Bytes != uint64(len(tt.want)) {
					t.Errorf("the server ends with %v, %+v, %d bytes, want %v, %+v, %d", err, s.Count, s.Bytes, tt.err, tt.count, len(tt.want))
				}
			})
		})
	}
}

// TestStreamEnds has a server that ends while clients are there, who get what was
// still to be told.
func TestStreamEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		over := errors.New("over")
		ctx, cancel := context.WithCancelCause(t.Context())
		l := NewLog(10, 1<<20)
		s := &Stream{Feed: l.Follow(""), EndTimeout: time.Second}
		client, ended := serve(ctx, t, s)
		synctest.Wait()
		l.Append("last", []byte("words"))
		cancel(over)
		got, err := body(client)
		client.Close()
		if got != "id: 1\nevent: last\ndata: words\n\n" || err != nil {
			t.Errorf("the client gets %q, %v", got, err)
		}
		if err := <-ended; err != over {
			t.Errorf("the server ends with %v", err)
		}
	})
}

// TestStreamGone has clients that leave: in order, and not.
func TestStreamGone(t *testing.T) {
	for _, leave := range []func(*wstest.Peer) error{(*wstest.Peer).CloseWrite, (*wstest.Peer).Close, (*wstest.Peer).Reset} {
		synctest.Test(t, func(t *testing.T) {
			client, ended := serve(t.Context(), t, &Stream{Feed: NewLog(1, 1).Follow("")})
			synctest.Wait()
			leave(client)
			if err := <-ended; err != ErrGone {
				t.Errorf("the server ends with %v", err)
			}
			client.Close()
		})
	}
}

// A deadBody is that of a client which is gone, as only writing tells.
type deadBody struct{ closed chan struct{} }

func (b deadBody) Write([]byte) (int, error)        { return 0, syscall.EPIPE }
func (b deadBody) Close() error                     { close(b.closed); return nil }
func (b deadBody) Abort()                           { close(b.closed) }
func (b deadBody) Wait()                            { <-b.closed }
func (b deadBody) SetWriteDeadline(time.Time) error { return nil }

func TestStreamLost(t *testing.T) {
	s := &Stream{Body: deadBody{make(chan struct{})}, Feed: (&Script{Events: words("a")}).Follow("")}
	if err := s.Serve(t.Context()); err != ErrGone || s.Events != 0 {
		t.Errorf("the server ends with %v, %+v", err, s.Count)
	}
}

// TestStreamStuck has a client that does not read, at a server that ends.
func TestStreamStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		l := NewLog(1000, 1<<20)
		s := &Stream{Feed: l.Follow(""), EndTimeout: time.Second}
		client, ended := serve(ctx, t, s)
		for range 1000 {
			synctest.Wait()
			l.Append("n", make([]byte, 1000))
		}
		start := time.Now()
		cancel()
		if err := <-ended; err != ErrStuck {
			t.Errorf("the server ends with %v", err)
		}
		if d := time.Since(start); d > 3*time.Second {
			t.Errorf("the client holds the server up for %v", d)
		}
		if s.Events > 200 {
			t.Errorf("%d events were sent to a client that does not read", s.Events)
		}
		client.Close()
	})
}

// TestStreamSlow has a client that begins to read late.
func TestStreamSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLog(10, 1<<20)
		l.Lost = func(n uint64) []byte { return fmt.Append(nil, n) }
		s := &Stream{Feed: l.Follow(""), DropAfter: 1000}
		client, ended := serve(t.Context(), t, s)
		for range 1000 {
			synctest.Wait()
			l.Append("n", make([]byte, 1000))
		}
		var wg sync.WaitGroup
		wg.Go(func() {
			for range 1000 {
				time.Sleep(time.Millisecond)
				l.Append("n", make([]byte, 10))
			}
		})
		got, _ := body(client)
		wg.Wait()
		client.Close()
		if err := <-ended; err != ErrDropped {
			t.Errorf("the server ends with %v", err)
		}
		if s.Lost == 0 || s.Comments == 0 || !strings.Contains(got, fmt.Sprintf("\nevent: lost\ndata: %d\n\n", s.Lost)) {
			t.Errorf("%d events are lost, and the client is not told", s.Lost)
		}
	})
}
