package cmd_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// A rudeServer plays the same part for each of its clients, polite or not; or
// once, as a client itself.
type rudeServer struct {
	parts    [][]string   // of the first client, the second, and so on
	listener net.Listener // nil for a client
	gate     chan struct{}
	stop     chan struct{} // closed at the end of the script
	wg       sync.WaitGroup

	mu     sync.Mutex
	log    bytes.Buffer
	conns  []net.Conn // one for each client that has come
	failed error
}

// A rudeKey is where a script keeps its rude servers, by name.
type rudeKey struct{}

func rudeServers(ts *testscript.TestScript) map[string]*rudeServer {
	return ts.Value(rudeKey{}).(map[string]*rudeServer)
}

// scriptRude starts a server that plays the part in a file, in TLS with -tls, with
// certificates on both sides with -mtls, and asking for one but not demanding it
// with -askcert. Each line of it is one step:
//
//	request                 read the request; its lines go to the log. A client
//	                        that begins TLS instead is hung up on
//	101 [Name: value]       accept it; a field replaces the one of that name,
//	                        "Name:" leaves it out
//	want NAME: TEXT         end with 403 unless that field of the request has the text
//	raw TEXT                send these bytes
//	text|binary|ping|pong TEXT
//	close [CODE [REASON]]   send a frame
//	read                    read a frame; it goes to the log
//	drain                   read frames up to the end
//	rest                    read bytes up to the end; they go to the log
//	mute                    read frames and answer nothing but a Close
//	echo                    send data frames back, too
//	gate                    wait for the script to say `rude -open`
//	hold                    neither read nor write until the script ends
//	fin, rst                end the stream, reset the connection
//	cut                     end the stream inside a record of TLS
//	repeat N STEP           do one step N times
//	next                    what follows is for the next client, and for all that
//	                        come after it unless there is another next
//
// ${NAME} is an environment variable of the script.
// What follows the name of a step may be in double quotes, as Go writes it. When
// the part is over the connection is closed.
func scriptRude(ts *testscript.TestScript, neg bool, args []string) {
	name, args := cutName(args)
	if name == "listen" {
		name = "rude"
	}
	clients := map[string]tls.ClientAuthType{"-tls": tls.NoClientCert, "-askcert": tls.RequestClientCert, "-mtls": tls.RequireAnyClientCert}
	var (
		clientAuth tls.ClientAuthType
		secure     bool
	)
	if len(args) > 0 {
		if clientAuth, secure = clients[args[0]]; secure {
			args = args[1:]
		}
	}
	if len(args) == 3 && args[0] == "-dial" {
		rudeClient(ts, name, args[1], args[2])
		return
	}
	r := rudeServers(ts)[name]
	if len(args) == 2 && args[0] == "-part" {
		r.mu.Lock()
		r.parts = readParts(ts, args[1])
		r.mu.Unlock()
		return
	}
	if neg || len(args) != 1 {
		ts.Fatalf("usage: rude [-name NAME] {[-tls | -askcert | -mtls] FILE | -part FILE | -open | -end | -dial ADDR FILE}")
	}
	switch {
	case args[0] == "-open":
		select {
		case r.gate <- struct{}{}:
		case <-time.After(scriptPatience):
			ts.Fatalf("nobody waits at the gate\n%s", r.logged())
		}
		return
	case args[0] == "-end":
		r.end(ts)
		ts.Check(r.saveLog(ts, name))
		return
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(strings.ToUpper(name), l.Addr().String())
	_, port, _ := net.SplitHostPort(l.Addr().String())
	ts.Setenv(strings.ToUpper(name)+"_PORT", port)
	r = newRudeServer(ts, args[0])
	if secure {
		config, pem := testCertificate()
		config.ClientAuth = clientAuth
		ts.Check(os.WriteFile(ts.MkAbs(name+".pem"), pem, 0o666))
		l = tls.NewListener(l, config)
	}
	r.listener = l
	rudeServers(ts)[name] = r
	r.wg.Go(r.serve)
	ts.Defer(r.close)
}

func newRudeServer(ts *testscript.TestScript, file string) *rudeServer {
	return &rudeServer{
		parts: readParts(ts, file),
		gate:  make(chan struct{}),
		stop:  make(chan struct{}),
	}
}

// readParts returns the steps for each client.
func readParts(ts *testscript.TestScript, file string) (parts [][]string) {
	for part := range strings.SplitSeq(os.Expand(ts.ReadFile(file), ts.Getenv), "\nnext\n") {
		parts = append(parts, strings.Split(strings.TrimSpace(part), "\n"))
	}
	return parts
}

// rudeClient begins to play a part as a client of addr.
func rudeClient(ts *testscript.TestScript, name, addr, file string) {
	r := newRudeServer(ts, file)
	nc, err := net.Dial("tcp", addr)
	ts.Check(err)
	rudeServers(ts)[name] = r
	r.begin(nc)
	ts.Defer(r.close)
}

// testCertificate returns a certificate for 127.0.0.1 and example.com, and the
// authority that has signed it.
func testCertificate() (*tls.Config, []byte) {
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	defer s.Close()
	config := &tls.Config{Certificates: s.TLS.Certificates}
	return config, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}

// end waits until every client has been served.
func (r *rudeServer) end(ts *testscript.TestScript) {
	if r.listener != nil {
		r.listener.Close()
	}
	served := make(chan struct{})
	go func() {
		r.wg.Wait()
		close(served)
	}()
	select {
	case <-served:
	case <-time.After(scriptPatience):
		ts.Fatalf("a client is still there\n%s", r.logged())
	}
}

// saveLog writes the log to NAME.log and demands that all went by the part.
func (r *rudeServer) saveLog(ts *testscript.TestScript, name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed != nil {
		return fmt.Errorf("%s: %w\n%s", name, r.failed, r.log.String())
	}
	return os.WriteFile(ts.MkAbs(name+".log"), r.log.Bytes(), 0o666)
}

func (r *rudeServer) close() {
	if r.listener != nil {
		r.listener.Close()
	}
	r.mu.Lock()
	select {
	case <-r.stop:
	default:
		close(r.stop)
	}
	for _, nc := range r.conns {
		nc.Close()
	}
	r.mu.Unlock()
	r.wg.Wait()
}

func (r *rudeServer) logged() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.String()
}

func (r *rudeServer) note(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(&r.log, format+"\n", args...)
}

func (r *rudeServer) serve() {
	for {
		nc, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.begin(nc)
	}
}

func (r *rudeServer) begin(nc net.Conn) {
	r.mu.Lock()
	part := r.parts[min(len(r.conns), len(r.parts)-1)]
	r.conns = append(r.conns, nc)
	r.mu.Unlock()
	r.wg.Go(func() { r.play(nc, part) })
}

func (r *rudeServer) play(nc net.Conn, part []string) {
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(scriptPatience))
	p := &rudePlayer{rudeServer: r, nc: nc, in: bufio.NewReader(nc)}
	for _, step := range part {
		if err := p.step(step); err != nil {
			if !errors.Is(err, errPartOver) {
				r.mu.Lock()
				r.failed = fmt.Errorf("%s: %w", step, err)
				r.mu.Unlock()
			}
			return
		}
	}
}
