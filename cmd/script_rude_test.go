package cmd_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"wscope/wsproto"
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

// scriptRude starts a server that plays the part in a file, in TLS with -tls and
// with certificates on both sides with -mtls. Each line of it is one step:
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
	mutual := len(args) > 0 && args[0] == "-mtls"
	secure := mutual || len(args) > 0 && args[0] == "-tls"
	if secure {
		args = args[1:]
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
		ts.Fatalf("usage: rude [-name NAME] {[-tls | -mtls] FILE | -part FILE | -open | -end | -dial ADDR FILE}")
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
		if mutual {
			config.ClientAuth = tls.RequireAnyClientCert
		}
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

// A rudePlayer plays a part for one client.
type rudePlayer struct {
	*rudeServer
	nc     net.Conn
	in     *bufio.Reader
	key    string      // of the request
	header http.Header // of the request
	mask   [4]byte     // masking key of the last frame: it may not come again
}

var errPartOver = errors.New("the part is over")

func (p *rudePlayer) step(line string) error {
	verb, arg, _ := strings.Cut(strings.TrimSpace(line), " ")
	if strings.HasPrefix(arg, `"`) {
		var err error
		if arg, err = strconv.Unquote(arg); err != nil {
			return err
		}
	}
	switch verb {
	case "", "#":
		return nil
	case "request":
		return p.request()
	case "101":
		return p.accept(arg)
	case "want":
		name, text, _ := strings.Cut(arg, ": ")
		if strings.Contains(p.header.Get(name), text) {
			return nil
		}
		p.write([]byte("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"))
		return errPartOver
	case "raw":
		return p.write([]byte(arg))
	case "text":
		return p.frame(wsproto.OpText, arg)
	case "binary":
		return p.frame(wsproto.OpBinary, arg)
	case "ping":
		return p.frame(wsproto.OpPing, arg)
	case "pong":
		return p.frame(wsproto.OpPong, arg)
	case "close":
		return p.close(arg)
	case "read":
		_, err := p.read()
		return err
	case "drain", "mute", "echo":
		return p.readAll(verb)
	case "rest":
		b, err := io.ReadAll(p.in)
		p.note("%s", strings.ReplaceAll(string(b), "\r\n", "\n"))
		if err != nil {
			p.note("%v", err)
		}
		return nil
	case "gate":
		select {
		case <-p.gate:
		case <-p.stop:
		}
		return nil
	case "hold":
		<-p.stop
		return nil
	case "fin":
		return p.nc.(interface{ CloseWrite() error }).CloseWrite()
	case "rst":
		return p.nc.(*net.TCPConn).SetLinger(0) // the Close that follows resets
	case "cut":
		beneath := p.nc.(*tls.Conn).NetConn()
		beneath.Write([]byte{23, 3, 3, 0, 40, 1}) // 40 bytes are announced
		return beneath.Close()
	case "repeat":
		count, step, _ := strings.Cut(arg, " ")
		n, err := strconv.Atoi(count)
		for ; n > 0 && err == nil; n-- {
			err = p.step(step)
		}
		return err
	}
	return errors.New("no such step")
}

func (p *rudePlayer) write(b []byte) error {
	_, err := p.nc.Write(b)
	return err
}

// request reads a request as it is on the wire, its lines in order.
func (p *rudePlayer) request() error {
	if first, err := p.in.Peek(1); err == nil && first[0] == 0x16 {
		return errPartOver
	}
	p.header = http.Header{}
	for {
		line, err := p.in.ReadString('\n')
		if err != nil {
			return err
		}
		line = strings.TrimSuffix(line, "\r\n")
		if line == "" {
			return nil
		}
		p.note("%s", line)
		name, value, _ := strings.Cut(line, ": ")
		p.header.Add(name, value)
		if name == "Sec-WebSocket-Key" {
			p.key = value
		}
	}
}

func (p *rudePlayer) accept(field string) error {
	h := http.Header{"Upgrade": {"websocket"}, "Connection": {"Upgrade"}, "Sec-Websocket-Accept": {wsproto.AcceptKey(p.key)}}
	if name, value, ok := strings.Cut(field, ":"); ok {
		h.Del(name)
		if value = strings.TrimSpace(value); value != "" {
			h.Set(name, value)
		}
	}
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 101 Switching Protocols\r\n")
	h.Write(&b)
	b.WriteString("\r\n")
	return p.write(b.Bytes())
}

func (p *rudePlayer) frame(op wsproto.Opcode, payload string) error {
	h := wsproto.Header{FIN: true, Opcode: op, PayloadLen: uint64(len(payload))}
	return p.write(append(h.AppendTo(nil), payload...))
}

func (p *rudePlayer) close(arg string) error {
	if arg == "" {
		return p.frame(wsproto.OpClose, "")
	}
	code, reason, _ := strings.Cut(arg, " ")
	n, err := strconv.ParseUint(code, 10, 16)
	if err != nil {
		return err
	}
	return p.frame(wsproto.OpClose, string([]byte{byte(n >> 8), byte(n)})+reason)
}

// read reads a frame of the client, which has to be masked with a key of its
// own, and notes it.
func (p *rudePlayer) read() (frame rudeFrame, err error) {
	h, err := wsproto.ReadHeader(p.in)
	if err != nil {
		return frame, err
	}
	frame = rudeFrame{h, make([]byte, h.PayloadLen)}
	if _, err := io.ReadFull(p.in, frame.payload); err != nil {
		return frame, err
	}
	if !h.Masked || h.MaskingKey == p.mask {
		return frame, fmt.Errorf("the frame is not masked with a fresh key: %+v", h)
	}
	p.mask = h.MaskingKey
	wsproto.Mask(frame.payload, frame.payload, h.MaskingKey, 0)
	p.note("%s", frame)
	return frame, nil
}

// readAll reads frames until the client ends the stream, or the session if verb
// is not drain.
func (p *rudePlayer) readAll(verb string) error {
	for {
		f, err := p.read()
		switch {
		case errors.Is(err, io.EOF):
			return errPartOver
		case err != nil:
			return err
		case verb != "drain" && f.Opcode == wsproto.OpClose, verb == "echo" && !f.Opcode.IsControl():
			f.Masked = false
			if err := p.write(append(f.Header.AppendTo(nil), f.payload...)); err != nil {
				return err
			}
			if f.Opcode == wsproto.OpClose {
				return errPartOver
			}
		}
	}
}

// A rudeFrame is a frame of a client, its payload unmasked.
type rudeFrame struct {
	wsproto.Header
	payload []byte
}

func (f rudeFrame) String() string {
	s := f.Opcode.String()
	if !f.FIN {
		s += " (more)"
	}
	if f.Opcode == wsproto.OpClose && len(f.payload) >= 2 {
		return fmt.Sprintf("%s %d %q", s, int(f.payload[0])<<8|int(f.payload[1]), f.payload[2:])
	}
	if len(f.payload) > 100 {
		return fmt.Sprintf("%s of %d bytes", s, len(f.payload))
	}
	return fmt.Sprintf("%s %q", s, f.payload)
}
