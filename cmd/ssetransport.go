package cmd

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"time"

	"wscope/cmd/internal/netdial"
	"wscope/render"
	"wscope/wsproto"
)

// A streamDialer opens connections for a transport. What goes over them in
// HTTP/1.1 passes the tap.
type streamDialer struct {
	way   func(wsproto.URL) *netdial.Dialer
	tap   *httpTap
	kept  *routeKeeper
	h2c   bool
	limit time.Duration // for a request, and so for its connection; 0 for none
}

func (d *streamDialer) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	return d.open(ctx, addr, false)
}

func (d *streamDialer) dialTLS(ctx context.Context, _, addr string) (net.Conn, error) {
	return d.open(ctx, addr, true)
}

func (d *streamDialer) open(ctx context.Context, addr string, secure bool) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if d.limit > 0 {
		// The transport goes on to dial when a request is given up. The error is
		// that of the request, which has to come first.
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, 2*d.limit)
		defer cancel()
	}
	way := d.kept.watching(d.way(wsproto.URL{Secure: secure, Host: host, Port: port}))
	c, route, err := way.Dial(ctx, netdial.Target{Host: host, Port: port, TLS: secure})
	d.kept.put(route, err == nil)
	if err != nil {
		return nil, err
	}
	if tc, ok := c.(*tls.Conn); ok && tc.ConnectionState().NegotiatedProtocol == "h2" || d.h2c {
		return c, nil // the transport has to see what it is
	}
	return &tappedConn{Conn: c, tap: d.tap}, nil
}

// A routeKeeper takes routes from the goroutines that dial to the one that shows
// them.
type routeKeeper struct {
	// show shows how far a connection is, or is nil.
	show func(render.Event)

	mu       sync.Mutex
	route    *render.Route
	stage    netdial.Stage // that is being waited for, zero for none
	exchange int           // counts those that connections were opened for
	open     bool          // the newest connection was opened
}

func (k *routeKeeper) put(r *render.Route, open bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.route, k.stage, k.open = r, netdial.Stage{}, open
}

// take returns the newest route that has not been taken yet, or nil. What is opened
// already is no longer of interest to those who watch.
func (k *routeKeeper) take() *render.Route {
	k.mu.Lock()
	defer k.mu.Unlock()
	r := k.route
	k.route = nil
	k.exchange++
	return r
}

// watching returns a dialer that tells what it does while it does it.
func (k *routeKeeper) watching(d *netdial.Dialer) *netdial.Dialer {
	k.mu.Lock()
	defer k.mu.Unlock()
	exchange, watched := k.exchange, *d
	k.open = false
	watched.Progress = func(r *render.Route, s netdial.Stage) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.stage = s
		if k.show != nil && k.exchange == exchange {
			k.show(&render.Underway{Meta: render.Meta{Time: time.Now()}, Route: r, Waiting: s.String()})
		}
	}
	return &watched
}

// requested shows the head of a request that is about to be sent.
func (k *routeKeeper) requested(head []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.show != nil {
		k.show(&render.Underway{Meta: render.Meta{Time: time.Now()}, Route: k.route, Request: head})
	}
}

// connected reports whether there was a connection to send a request on.
func (k *routeKeeper) connected() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.open
}

// waiting says what is being done to open a connection, "" for nothing.
func (k *routeKeeper) waiting() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stage == (netdial.Stage{}) {
		return ""
	}
	return k.stage.String()
}

// An httpTap sees the heads of requests and responses on the wire, and sends the
// fields of a request in the order in which the user gave them.
type httpTap struct {
	order wsproto.Fields
	// requested is told of the head of a request before it is sent, or is nil.
	requested func(head []byte)

	mu                sync.Mutex
	conn              *tappedConn // that the exchange is on, nil before it is known
	request, response []byte
	interim           [][]byte // the heads of responses before the final one
	told              [][]byte // the same as the transport tells it
	sent, received    bool     // the head is complete
	over              bool     // the exchange has been shown
	exchange          int      // counts them
}

// maxHead bounds what is kept of a head.
const maxHead = 1 << 20

// reset begins another exchange.
func (t *httpTap) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.conn, t.request, t.response, t.sent, t.received, t.over = nil, nil, nil, false, false, false
	t.interim, t.told = nil, nil
	t.exchange++
}

// heads returns what has been seen since. It ends the exchange.
func (t *httpTap) heads() (request []byte, interim [][]byte, response []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	if interim = t.interim; len(interim) == 0 {
		interim = t.told
	}
	return slices.Clone(t.request), slices.Clone(interim), slices.Clone(t.response)
}

// sending returns what is to be written instead of p, which may be nothing yet:
// a head is held back until it is complete.
func (t *httpTap) sending(c *tappedConn, p []byte) []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	// The transport sends a request again, on a new connection, if the one that
	// it used again had ended.
	again := t.conn != nil && t.conn != c && !c.used && len(t.response) == 0
	if t.conn == nil || again {
		t.conn, t.request, t.sent = c, nil, false
	}
	c.used = true
	if t.sent || t.conn != c {
		return p
	}
	before := len(t.request)
	t.request = append(t.request, p...)
	end := bytes.Index(t.request, []byte("\r\n\r\n"))
	if end < 0 {
		if len(t.request) < maxHead {
			return nil
		}
		t.sent = true
		return t.request
	}
	t.sent = true
	end += 4
	body := p[end-before:]
	t.request = t.arrange(t.request[:end])
	if t.requested != nil && !t.over {
		t.requested(t.request)
	}
	return append(slices.Clone(t.request), body...)
}

// arrange puts the fields of a head in order: those that we add, then those of
// the user.
func (t *httpTap) arrange(head []byte) []byte {
	lines := strings.SplitAfter(string(head), "\r\n")
	start, fields, end := lines[0], lines[1:len(lines)-2], lines[len(lines)-2]
	place := make(map[string][]int) // a field can occur more than once
	for i, f := range t.order {
		key := strings.ToLower(f.Name) + ":" + f.Value
		place[key] = append(place[key], i)
	}
	ranks := make(map[int]string, len(fields))
	var ours []string
	for _, line := range fields {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\r\n"), ":")
		key := strings.ToLower(name) + ":" + strings.TrimPrefix(value, " ")
		if at := place[key]; len(at) > 0 {
			ranks[at[0]] = line
			place[key] = at[1:]
			continue
		}
		ours = append(ours, line)
	}
	out := []byte(start + strings.Join(ours, ""))
	for i := range t.order {
		out = append(out, ranks[i]...)
	}
	return append(out, end...)
}

// receiving sees p. What arrives late on a connection that was given up is no part
// of the exchange on another.
func (t *httpTap) receiving(c *tappedConn, p []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.conn == c && !t.received && len(p) > 0 {
		before := len(t.response)
		t.response = append(t.response, p...)
		end := bytes.Index(t.response, []byte("\r\n\r\n"))
		if end < 0 {
			t.received = len(t.response) > maxHead
			return
		}
		end += 4
		p = p[end-before:]
		t.response = t.response[:end]
		if isInterim(t.response) {
			t.interim = append(t.interim, t.response)
			t.response = nil
			continue
		}
		t.received = true
	}
}

// A tappedTransport tells a tap of interim responses, since what comes over HTTP/2
// does not pass it.
type tappedTransport struct {
	http.RoundTripper
	tap *httpTap
}

func (t tappedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	told, size := t.tap.interimTold(), 0
	ctx := httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(status int, fields textproto.MIMEHeader) error {
			head := fmt.Appendf(nil, "HTTP/2.0 %d %s\r\n", status, http.StatusText(status))
			head = appendHeader(head, http.Header(fields))
			if size += len(head); size > maxHead { // which is left to those who look at them
				return errEndlessInterim
			}
			told(head)
			return nil
		},
	})
	return t.RoundTripper.RoundTrip(r.WithContext(ctx))
}

// interimTold returns a function that is told of the heads of interim responses by
// the transport, on any goroutine. It knows when the exchange is over.
func (t *httpTap) interimTold() func(head []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	exchange := t.exchange
	return func(head []byte) {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.exchange == exchange {
			t.told = append(t.told, head)
		}
	}
}

var errEndlessInterim = errors.New("the server sends interim responses and no final one")

// isInterim reports whether a response is followed by another to the same request.
//
// RFC 9110, Section 15.2.
func isInterim(head []byte) bool {
	_, status, _ := bytes.Cut(head, []byte(" "))
	return bytes.HasPrefix(status, []byte("1")) && !bytes.HasPrefix(status, []byte("101"))
}

// A tappedConn is a connection of HTTP/1.1 with a tap.
type tappedConn struct {
	net.Conn
	tap  *httpTap
	used bool // has been written to; guarded by the tap
}

func (c *tappedConn) Write(p []byte) (int, error) {
	out := c.tap.sending(c, p)
	if len(out) == 0 {
		return len(p), nil
	}
	if _, err := c.Conn.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (c *tappedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.tap.receiving(c, p[:n])
	return n, err
}

// requestHead is what a request looks like that was not seen on the wire.
func requestHead(r *http.Request) []byte {
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	b := fmt.Appendf(nil, "%s %s HTTP/2\r\nHost: %s\r\n", r.Method, r.URL.RequestURI(), host)
	return appendHeader(b, r.Header)
}

func responseHead(r *http.Response) []byte {
	if r == nil {
		return nil
	}
	b := fmt.Appendf(nil, "%s %s\r\n", r.Proto, r.Status)
	return appendHeader(b, r.Header)
}

func appendHeader(b []byte, h http.Header) []byte {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range h[name] {
			if v != "" || name != "User-Agent" {
				b = fmt.Appendf(b, "%s: %s\r\n", name, v)
			}
		}
	}
	return append(b, "\r\n"...)
}
