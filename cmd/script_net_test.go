package cmd_test

import (
	"crypto/tls"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"wscope/cmd/internal/netdial/nettest"
)

// A netKey is where a script keeps its proxies and its authority.
type netKey struct{}

// A scriptNet is what a script has of the network.
type scriptNet struct {
	proxies   map[string]*nettest.Proxy
	authority *nettest.Authority
}

func newScriptNet() *scriptNet { return &scriptNet{proxies: map[string]*nettest.Proxy{}} }

func netOf(ts *testscript.TestScript) *scriptNet { return ts.Value(netKey{}).(*scriptNet) }

// scriptProxy starts a proxy, which listens at $PROXY, or at its name in capitals.
// KIND is http, https or socks5; the certificate of an https proxy is of the
// authority in ca.pem. After -log, what it was asked for is in proxy.log or
// NAME.log.
func scriptProxy(ts *testscript.TestScript, neg bool, args []string) {
	name, args := cutName(args)
	if name == "listen" {
		name = "proxy"
	}
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: proxy [-name NAME] {KIND [USER:PASSWORD] | -log}")
	}
	n := netOf(ts)
	if args[0] == "-log" {
		ts.Check(os.WriteFile(ts.MkAbs(name+".log"), []byte(strings.Join(n.proxies[name].Log(), "\n")+"\n"), 0o666))
		return
	}
	var (
		p   *nettest.Proxy
		err error
	)
	switch args[0] {
	case "http":
		p, err = nettest.NewHTTPProxy(nil)
	case "https":
		p, err = nettest.NewHTTPProxy(&tls.Config{Certificates: []tls.Certificate{n.certificate(ts, "good")}})
	case "socks5":
		p, err = nettest.NewSOCKS5Proxy()
	default:
		ts.Fatalf("there is no kind %q", args[0])
	}
	ts.Check(err)
	if len(args) == 2 {
		p.User, p.Password, _ = strings.Cut(args[1], ":")
	}
	n.proxies[name] = p
	ts.Setenv(strings.ToUpper(name), p.Addr())
	ts.Defer(p.Close)
	p.Start()
}

// scriptSecure puts TLS in front of a server at ADDR, at $SECURE or at its name in
// capitals. CERTIFICATE is good, which is for example.com and 127.0.0.1, or what
// is wrong with it: expired, early, near its end, selfsigned, other for other
// hosts, or stranger for another authority. With -client it demands a client
// certificate, with -max 1.2 it knows no newer TLS. The files ca.pem, client.pem,
// client.key, and server.pem with the last certificate are there then.
func scriptSecure(ts *testscript.TestScript, neg bool, args []string) {
	name, args := cutName(args)
	if name == "listen" {
		name = "secure"
	}
	config := &tls.Config{}
	for len(args) > 2 {
		switch {
		case args[0] == "-client":
			config.ClientAuth = tls.RequireAndVerifyClientCert
			args = args[1:]
		case args[0] == "-max" && len(args) > 3:
			config.MinVersion = tls.VersionTLS10
			config.MaxVersion = map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12}[args[1]]
			args = args[2:]
		default:
			ts.Fatalf("secure: what is %s?", args[0])
		}
	}
	if neg || len(args) != 2 {
		ts.Fatalf("usage: secure [-name NAME] [-client] [-max VERSION] CERTIFICATE ADDR")
	}
	n := netOf(ts)
	config.Certificates = []tls.Certificate{n.certificate(ts, args[0])}
	config.ClientCAs = n.authority.Pool()
	f, err := newFront(config, args[1])
	ts.Check(err)
	ts.Setenv(strings.ToUpper(name), f.listener.Addr().String())
	ts.Defer(f.close)
}

// certificate returns a certificate with a certain fault, and writes the files.
func (n *scriptNet) certificate(ts *testscript.TestScript, fault string) tls.Certificate {
	var err error
	if n.authority == nil {
		n.authority, err = nettest.NewAuthority("Test CA")
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), n.authority.PEM(), 0o666))
		client, err := n.authority.IssueNow("client.example")
		ts.Check(err)
		key, err := nettest.KeyPEM(client)
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs("client.pem"), nettest.CertPEM(client.Certificate[0]), 0o666))
		ts.Check(os.WriteFile(ts.MkAbs("client.key"), key, 0o600))
	}
	const day = 24 * time.Hour
	names := []string{"example.com", "127.0.0.1"}
	now := time.Now()
	var c tls.Certificate
	switch fault {
	case "good":
		c, err = n.authority.IssueNow(names...)
	case "expired":
		c, err = n.authority.Issue(now.Add(-30*day), now.Add(-10*day-time.Hour), names...)
	case "early":
		c, err = n.authority.Issue(now.Add(3*day+time.Hour), now.Add(30*day), names...)
	case "near":
		c, err = n.authority.Issue(now.Add(-30*day), now.Add(10*day+time.Hour), names...)
	case "selfsigned":
		c, err = nettest.SelfSigned(names...)
	case "other":
		c, err = n.authority.IssueNow("other.example")
	case "stranger":
		var a *nettest.Authority
		a, err = nettest.NewAuthority("Stranger CA")
		ts.Check(err)
		c, err = a.IssueNow(names...)
	default:
		ts.Fatalf("there is no certificate %q", fault)
	}
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("server.pem"), nettest.CertPEM(c.Certificate[0]), 0o666))
	return c
}

// A front passes what comes to a listener on to another server.
type front struct {
	listener net.Listener
	to       string
	wg       sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
	over  bool
}

// newFront puts TLS in front of a server.
func newFront(config *tls.Config, to string) (*front, error) {
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		return nil, err
	}
	f := &front{listener: l, to: to}
	f.wg.Go(f.serve)
	return f, nil
}

func (f *front) serve() {
	for {
		c, err := f.listener.Accept()
		if err != nil {
			return
		}
		f.wg.Go(func() { f.pass(c) })
	}
}

func (f *front) pass(c net.Conn) {
	defer c.Close()
	if !f.keep(c) || c.(*tls.Conn).Handshake() != nil {
		return
	}
	up, err := net.Dial("tcp", f.to)
	if err != nil {
		return
	}
	defer up.Close()
	if !f.keep(up) {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.Copy(up, c)
		up.(*net.TCPConn).CloseWrite()
	}()
	io.Copy(c, up)
	c.Close()
	<-done
}

// keep has a connection end with the script. It reports whether that goes on.
func (f *front) keep(c net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.conns = append(f.conns, c)
	return !f.over
}

func (f *front) close() {
	f.listener.Close()
	f.mu.Lock()
	f.over = true
	for _, c := range f.conns {
		c.Close()
	}
	f.mu.Unlock()
	f.wg.Wait()
}
