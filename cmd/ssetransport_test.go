package cmd

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"

	"wscope/wsproto"
)

// The fields of the user stand last and in their order, however the head and
// the body are written.
func TestHTTPTapRequest(t *testing.T) {
	const in = "POST /x HTTP/1.1\r\nHost: h\r\nUser-Agent: a\r\nContent-Length: 4\r\nAccept: */*\r\nX-B: 1\r\nX-B: 3\r\nx-a: 2\r\n\r\n"
	const want = "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nAccept: */*\r\nX-B: 1\r\nx-a: 2\r\nX-B: 3\r\nUser-Agent: a\r\n\r\n"
	order := wsproto.Fields{{Name: "X-B", Value: "1"}, {Name: "x-a", Value: "2"}, {Name: "Not-There", Value: "x"}, {Name: "X-B", Value: "3"}, {Name: "User-Agent", Value: "a"}}
	const body = "body"
	stream := in + body
	for cut := range len(stream) + 1 {
		var wire bytes.Buffer
		tap := &httpTap{order: order}
		tap.reset()
		c := &tappedConn{Conn: writeConn{w: &wire}, tap: tap}
		for _, part := range []string{stream[:cut], stream[cut:]} {
			if n, err := c.Write([]byte(part)); n != len(part) || err != nil {
				t.Fatalf("Write returns %d, %v", n, err)
			}
		}
		if got := wire.String(); got != want+body {
			t.Fatalf("cut at %d: %q", cut, got)
		}
		if request, _, _ := tap.heads(); string(request) != want {
			t.Fatalf("cut at %d: the head is %q", cut, request)
		}
	}
}

// The head of a response is what came before its body, and is no interim one. Those are
// kept, too.
func TestHTTPTapResponse(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nx-Evil:  \x1b\r\n\r\n"
	const early, again = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n"
	const stream = early + again + head + "data: x\r\n\r\nmore"
	for cut := range len(stream) + 1 {
		tap := new(httpTap)
		c := &tappedConn{Conn: writeConn{w: io.Discard, r: io.MultiReader(bytes.NewReader([]byte(stream[:cut])), bytes.NewReader([]byte(stream[cut:])))}, tap: tap}
		if _, err := c.Write([]byte("GET / HTTP/1.1\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		late := &tappedConn{Conn: writeConn{r: strings.NewReader("data: late\n\n")}, tap: tap}
		if _, err := io.ReadAll(late); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(c); err != nil || string(got) != stream {
			t.Fatalf("cut at %d: %q, %v", cut, got, err)
		}
		if _, interim, response := tap.heads(); string(response) != head || string(bytes.Join(interim, nil)) != early+again || len(interim) != 2 {
			t.Fatalf("cut at %d: the heads are %q and %q", cut, interim, response)
		}
	}
}

// A 101 is followed by no other response, whatever comes after it.
func TestHTTPTapSwitching(t *testing.T) {
	const head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo\r\nConnection: upgrade\r\n\r\n"
	for _, rest := range []string{"", "binarystuff", "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: x\n\n"} {
		tap := new(httpTap)
		c := &tappedConn{Conn: writeConn{w: io.Discard, r: strings.NewReader("HTTP/1.1 100 Continue\r\n\r\n" + head + rest)}, tap: tap}
		if _, err := c.Write([]byte("GET / HTTP/1.1\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(c); err != nil {
			t.Fatal(err)
		}
		if _, _, response := tap.heads(); string(response) != head {
			t.Errorf("before %q the head is %q", rest, response)
		}
	}
}

// A request that is sent again on a new connection, since that of the one before
// it had ended, is seen there and is in order.
func TestHTTPTapSentAgain(t *testing.T) {
	tap := &httpTap{order: wsproto.Fields{{Name: "X-B", Value: "1"}, {Name: "X-A", Value: "2"}}}
	const in = "GET / HTTP/1.1\r\nHost: h\r\nX-A: 2\r\nX-B: 1\r\n\r\n"
	const want = "GET / HTTP/1.1\r\nHost: h\r\nX-B: 1\r\nX-A: 2\r\n\r\n"
	const head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
	dead := &tappedConn{Conn: writeConn{w: io.Discard, r: strings.NewReader("")}, tap: tap}
	var wire bytes.Buffer
	alive := &tappedConn{Conn: writeConn{w: &wire, r: strings.NewReader(head)}, tap: tap}
	for _, c := range []*tappedConn{dead, alive} {
		if _, err := c.Write([]byte(in)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(c); err != nil {
			t.Fatal(err)
		}
	}
	if got := wire.String(); got != want {
		t.Errorf("sent %q", got)
	}
	if request, _, response := tap.heads(); string(request) != want || string(response) != head {
		t.Errorf("heads %q and %q", request, response)
	}
}

type writeConn struct {
	net.Conn
	w io.Writer
	r io.Reader
}

func (c writeConn) Write(p []byte) (int, error) { return c.w.Write(p) }
func (c writeConn) Read(p []byte) (int, error)  { return c.r.Read(p) }
