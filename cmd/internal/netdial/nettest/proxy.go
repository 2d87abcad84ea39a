package nettest

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// patience bounds every wait. Only a test that fails gets to it.
const patience = 30 * time.Second

// A Proxy accepts clients and passes bytes between them and where they want to
// go. Close ends it.
type Proxy struct {
	// User and Password are what a client needs, if User is not "".
	User, Password string
	// Reply replaces what an HTTP proxy answers; it then ends the connection.
	Reply string

	listener net.Listener
	serve    func(*Proxy, net.Conn) error
	wg       sync.WaitGroup
	closed   chan struct{}

	mu    sync.Mutex
	log   []string
	conns []net.Conn
}

// NewHTTPProxy returns a proxy that knows CONNECT, over TLS if there is a
// configuration.
func NewHTTPProxy(config *tls.Config) (*Proxy, error) {
	return newProxy(config, (*Proxy).serveHTTP)
}

// NewSOCKS5Proxy returns a SOCKS5 proxy.
func NewSOCKS5Proxy() (*Proxy, error) { return newProxy(nil, (*Proxy).serveSOCKS5) }

func newProxy(config *tls.Config, serve func(*Proxy, net.Conn) error) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: l, serve: serve, closed: make(chan struct{})}
	if config != nil {
		p.listener = tls.NewListener(l, config)
	}
	return p, nil
}

// Start begins to accept clients.
func (p *Proxy) Start() {
	p.wg.Go(func() {
		for {
			c, err := p.listener.Accept()
			if err != nil {
				return
			}
			p.keep(c)
			p.wg.Go(func() {
				defer c.Close()
				c.SetDeadline(time.Now().Add(patience))
				if err := p.serve(p, c); err != nil {
					p.note("error: " + err.Error())
				}
			})
		}
	})
}

// Addr returns the address of the proxy.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Close ends all connections, and returns when the proxy is gone.
func (p *Proxy) Close() {
	p.listener.Close()
	p.mu.Lock()
	close(p.closed)
	for _, c := range p.conns {
		c.Close()
	}
	p.mu.Unlock()
	p.wg.Wait()
}

// Log returns what the proxy was asked for: the lines of requests to an HTTP
// proxy; "connect HOST:PORT" and before it "user NAME" for SOCKS5.
func (p *Proxy) Log() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.log...)
}

func (p *Proxy) note(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(p.log, line)
}

func (p *Proxy) keep(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns = append(p.conns, c)
	select {
	case <-p.closed:
		c.Close()
	default:
	}
}

// serveHTTP serves one client of an HTTP proxy.
func (p *Proxy) serveHTTP(c net.Conn) error {
	in := bufio.NewReader(c)
	var authorization, to string
	for first := true; ; first = false {
		line, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			break
		}
		p.note(line)
		if first {
			_, to, _ = strings.Cut(line, " ")
			to, _, _ = strings.Cut(to, " ")
		}
		if name, value, _ := strings.Cut(line, ": "); strings.EqualFold(name, "Proxy-Authorization") {
			authorization = value
		}
	}
	answer := func(text string) error {
		_, err := io.WriteString(c, text)
		return err
	}
	switch {
	case p.Reply != "":
		return answer(p.Reply)
	case p.User != "" && authorization != "Basic "+base64.StdEncoding.EncodeToString([]byte(p.User+":"+p.Password)):
		return answer("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"\r\nContent-Length: 14\r\n\r\nwho are you?\r\n")
	}
	up, err := net.Dial("tcp", to)
	if err != nil {
		return answer("HTTP/1.1 502 " + http.StatusText(http.StatusBadGateway) + "\r\nContent-Length: 0\r\n\r\n")
	}
	if err := answer("HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		up.Close()
		return err
	}
	p.join(c, in, up)
	return nil
}

// join passes bytes on until both sides have ended.
func (p *Proxy) join(c net.Conn, in io.Reader, up net.Conn) {
	defer up.Close()
	p.keep(up)
	var wg sync.WaitGroup
	pass := func(to net.Conn, from io.Reader) {
		io.Copy(to, from)
		if half, ok := to.(interface{ CloseWrite() error }); ok {
			half.CloseWrite()
		}
	}
	wg.Go(func() { pass(up, in) })
	wg.Go(func() { pass(c, up) })
	wg.Wait()
}
