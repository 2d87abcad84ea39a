package peer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"time"
)

// A Browser is Chromium with a page that opens connections. It plays the client
// only: a page cannot be a server.
//
// The page gets its orders from an HTTP server of ours and reports to that. When
// the server goes away, however that comes, the page closes itself and the
// browser ends.
type Browser struct {
	cmd     *exec.Cmd
	profile string
	stderr  bytes.Buffer
	exited  chan struct{} // closed after waitErr was set
	waitErr error

	server http.Server
	orders chan []byte

	mu    sync.Mutex
	conns map[int]*browserConn // by the number that the page knows them by
	last  int
}

// StartBrowser starts a Chromium without a window. command is its name or path,
// page the path of the page.
func StartBrowser(command, page string) (*Browser, error) {
	b := &Browser{exited: make(chan struct{}), orders: make(chan []byte), conns: map[int]*browserConn{}}
	profile, err := os.MkdirTemp("", "wscope-chromium-")
	if err != nil {
		return nil, err
	}
	b.profile = profile
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(profile))
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, page) })
	mux.HandleFunc("GET /order", b.order)
	mux.HandleFunc("POST /event", b.event)
	b.server.Handler = mux
	go b.server.Serve(l)
	b.cmd = exec.Command(command,
		"--headless", "--disable-gpu", "--no-first-run", "--no-proxy-server",
		"--disable-background-networking", "--disable-component-update", "--disable-sync",
		// The user of a container may neither have namespaces nor much of /dev/shm.
		"--no-sandbox", "--disable-dev-shm-usage",
		"--user-data-dir="+profile, "http://"+l.Addr().String()+"/")
	// All processes of the browser inherit this pipe, so Wait waits for them all.
	b.cmd.Stderr = &b.stderr
	if err := b.cmd.Start(); err != nil {
		return nil, errors.Join(err, b.server.Close(), os.RemoveAll(profile))
	}
	go func() {
		b.waitErr = b.cmd.Wait()
		close(b.exited)
	}()
	return b, nil
}

// Close ends the browser, waits for all of its processes, and removes its
// profile.
func (b *Browser) Close() error {
	err := b.server.Close()
	select {
	case <-b.exited:
	case <-time.After(patience):
		err = errors.Join(err, errors.New("the browser does not end with its page"), b.cmd.Process.Kill())
		<-b.exited
	}
	if b.waitErr != nil {
		err = errors.Join(err, fmt.Errorf("the browser: %w\n%s", b.waitErr, &b.stderr))
	}
	return errors.Join(err, os.RemoveAll(b.profile))
}

// A browserOrder is what the page is to do with a connection.
type browserOrder struct {
	ID           int      `json:"id"`
	Open         string   `json:"open,omitempty"`
	Subprotocols []string `json:"subprotocols,omitempty"`
	Close        int      `json:"close,omitempty"`
	Reason       string   `json:"reason,omitempty"`
	Text         bool     `json:"text,omitempty"` // of what is sent, which follows
}

// tell gives an order to the page.
func (b *Browser) tell(ctx context.Context, o browserOrder, data []byte) error {
	head, err := json.Marshal(o)
	if err != nil {
		return err
	}
	select {
	case b.orders <- append(append(head, '\n'), data...):
		return nil
	case <-b.exited:
		return fmt.Errorf("the browser has ended: %v\n%s", b.waitErr, &b.stderr)
	case <-ctx.Done():
		return fmt.Errorf("the page does not ask for orders: %w", context.Cause(ctx))
	}
}

// order is what the page asks for all the time.
func (b *Browser) order(w http.ResponseWriter, r *http.Request) {
	select {
	case o := <-b.orders:
		w.Write(o)
	case <-r.Context().Done():
	}
}

// A browserEvent is what the page reports of a connection.
type browserEvent struct {
	ID      int
	Open    *struct{ Subprotocol, Extensions string }
	Message bool // what was received follows
	Text    bool
	Closed  *closeEvent
	Failed  string // why an order was not obeyed
}

// event takes a report. The page waits with the next one until it returns.
func (b *Browser) event(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	head, data, _ := bytes.Cut(body, []byte{'\n'})
	var e browserEvent
	if err := json.Unmarshal(head, &e); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	c := b.conns[e.ID]
	if e.Closed != nil || e.Failed != "" {
		delete(b.conns, e.ID)
	}
	b.mu.Unlock()
	switch {
	case c == nil: // has failed
	case e.Open != nil:
		c.subprotocol, c.extensions = e.Open.Subprotocol, e.Open.Extensions
		close(c.opened)
	case e.Message:
		c.messages <- Message{e.Text, data}
	case e.Closed != nil:
		c.ended(e.Closed.end())
	default:
		c.ended(&End{Code: 1006, Err: errors.New(e.Failed)})
	}
}

// Dial opens a connection.
func (b *Browser) Dial(ctx context.Context, url string, subprotocols ...string) (Conn, error) {
	c := &browserConn{inbox: newInbox(), browser: b, opened: make(chan struct{})}
	b.mu.Lock()
	b.last++
	c.id = b.last
	b.conns[c.id] = c
	b.mu.Unlock()
	if err := b.tell(ctx, browserOrder{ID: c.id, Open: url, Subprotocols: subprotocols}, nil); err != nil {
		return nil, err
	}
	select {
	case <-c.opened:
		return c, nil
	case <-c.done:
		return nil, c.end
	case <-ctx.Done():
		return nil, fmt.Errorf("the connection was not opened: %w", context.Cause(ctx))
	}
}

// Extensions returns what the page was told of the extensions in force on one
// of its connections.
func (b *Browser) Extensions(c Conn) string { return c.(*browserConn).extensions }

type browserConn struct {
	inbox
	browser                 *Browser
	id                      int
	opened                  chan struct{} // closed after what follows was set
	subprotocol, extensions string
}

func (c *browserConn) Subprotocol() string { return c.subprotocol }

func (c *browserConn) Send(m Message) error {
	return c.tell(browserOrder{ID: c.id, Text: m.Text}, m.Data)
}

// SendFragmented is Send: long messages are cut by the browser anyway.
func (c *browserConn) SendFragmented(m Message) error { return c.Send(m) }

// Ping implements [Conn]. A page has no pings.
func (c *browserConn) Ping(context.Context) error { return errors.ErrUnsupported }

// Close begins the closing handshake. A page may do so with 1000 and with 3000
// to 4999; other codes end the connection for the test.
func (c *browserConn) Close(code int, reason string) error {
	return c.tell(browserOrder{ID: c.id, Close: code, Reason: reason}, nil)
}

func (c *browserConn) tell(o browserOrder, data []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return c.browser.tell(ctx, o, data)
}
