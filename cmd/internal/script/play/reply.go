package play

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"wscope/cmd/internal/expect"
	"wscope/cmd/internal/script"
	"wscope/render"
	"wscope/wsproto"
)

// reply takes a client in, reads its request, and answers it: with an event
// stream, or with a status and that was that.
func (l *link) reply(listener net.Listener) error {
	fields, _, err := l.header(nil, nil)
	if err != nil {
		return err
	}
	body, _, err := l.bodyOption()
	if err != nil {
		return err
	}
	nc, err := l.takeClient(listener)
	if err != nil {
		return err
	}
	raw, err := l.readRequest(nc)
	if err != nil {
		nc.Close()
		return fmt.Errorf("reading the request: %w", l.explain(l.ctx, &Peer{}, err))
	}
	if l.open.Kind == script.Stream {
		return l.serveStream(nc, fields, raw)
	}
	bodyless := l.open.Status == http.StatusNoContent || l.open.Status == http.StatusNotModified
	if !fields.Has("Content-Length") && !bodyless {
		fields = append(fields, wsproto.Field{Name: "Content-Length", Value: strconv.Itoa(len(body))})
	}
	if strings.HasPrefix(l.asked, http.MethodHead+" ") || bodyless {
		body = nil
	}
	response, err := l.writeHead(nc, l.open.Status, fields, raw)
	if err != nil {
		return err
	}
	_, err = nc.Write(append(response, body...))
	l.inbox.finish(&expect.Message{Kind: expect.Close}, errors.New("the exchange is over"))
	l.working.Go(func() { lastBytes(nc) })
	return err
}

// readRequest reads a request with its body, and returns its head.
func (l *link) readRequest(nc net.Conn) (raw []byte, err error) {
	t := &tap{}
	r, err := http.ReadRequest(bufio.NewReader(seeing{nc, &t.request}))
	if err != nil {
		return t.request.raw, err
	}
	l.asked = r.Method + " " + r.RequestURI
	l.fields = wsproto.Fields{{Name: "Host", Value: r.Host}}
	for name, values := range r.Header {
		for _, v := range values {
			l.fields = append(l.fields, wsproto.Field{Name: name, Value: v})
		}
	}
	if strings.EqualFold(r.Header.Get("Expect"), "100-continue") {
		if _, err := io.WriteString(nc, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return nil, err
		}
	}
	l.body, err = readBody(r.Body)
	return t.request.raw, err
}

// seeing is a reader that keeps the head of what it reads.
type seeing struct {
	net.Conn
	head *head
}

func (s seeing) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	s.head.see(p[:n])
	return n, err
}

// writeHead returns the head of a response and shows the exchange. Nothing is
// written yet.
func (l *link) writeHead(nc net.Conn, status int, fields wsproto.Fields, request []byte) ([]byte, error) {
	if !fields.Has("Connection") {
		fields = append(fields, wsproto.Field{Name: "Connection", Value: "close"})
	}
	b := fmt.Appendf(nil, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	for _, f := range fields {
		if strings.ContainsAny(f.Value, "\r\n\x00") {
			return nil, fmt.Errorf("header field %s: a line break or a NUL would split the message", f.Name)
		}
		b = fmt.Appendf(b, "%s: %s\r\n", f.Name, f.Value)
	}
	b = append(b, "\r\n"...)
	l.note("%s has asked for %s", nc.RemoteAddr(), l.asked)
	l.observer.Show(&render.Exchange{Meta: l.meta(), URL: l.asked, Request: request, Response: b})
	return b, nil
}

// lastBytes ends a connection on which everything has been said, once the client
// has read it.
func lastBytes(nc net.Conn) {
	if t, ok := nc.(*net.TCPConn); ok {
		t.CloseWrite()
	}
	nc.SetReadDeadline(time.Now().Add(closingTime))
	io.Copy(io.Discard, io.LimitReader(nc, maxBody))
	nc.Close()
}

// A servedStream is an event stream to a client.
type servedStream struct {
	mu    sync.Mutex
	nc    net.Conn
	ended bool
	link  *link
}

// serveStream answers a request with an event stream, in chunks, so that a client
// can tell its end from a connection that was dropped.
func (l *link) serveStream(nc net.Conn, fields wsproto.Fields, request []byte) error {
	own := wsproto.Fields{{Name: "Content-Type", Value: "text/event-stream"}, {Name: "Cache-Control", Value: "no-store"}}
	for _, f := range own {
		if !fields.Has(f.Name) {
			fields = append(fields, f)
		}
	}
	fields = append(fields, wsproto.Field{Name: "Transfer-Encoding", Value: "chunked"})
	response, err := l.writeHead(nc, http.StatusOK, fields, request)
	if err != nil {
		return err
	}
	l.served = &servedStream{nc: nc, link: l}
	_, err = nc.Write(response)
	return err
}

// errStreamEnded is returned for what is to be sent on a stream that we have
// ended.
var errStreamEnded = errors.New("the stream has been ended already")

// send sends a part of the stream.
func (s *servedStream) send(p []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ended:
		return errStreamEnded
	case len(p) == 0:
		return nil // an empty chunk would be the last
	}
	chunk := fmt.Appendf(nil, "%x\r\n%s\r\n", len(p), p)
	if _, err := s.nc.Write(chunk); err != nil {
		if s.link.ctx.Err() != nil {
			return context.Cause(s.link.ctx)
		}
		return fmt.Errorf("the client has gone: %w", err)
	}
	return nil
}

// end ends the stream in order, or says that it has been ended.
func (s *servedStream) end() error { return s.stop([]byte("0\r\n\r\n")) }

// drop ends the connection in the middle of the stream.
func (s *servedStream) drop() error { return s.stop(nil) }

func (s *servedStream) stop(last []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return errStreamEnded
	}
	s.ended = true
	_, err := s.nc.Write(last)
	s.link.working.Go(func() { lastBytes(s.nc) })
	return err
}

// appendEvent appends an event as it stands in a stream.
//
// HTML, Section 9.2.5.
func appendEvent(b []byte, data *string, fields [][2]string, comment *string) []byte {
	line := func(name, value string) {
		// Each line end begins another field.
		for part := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(value), "\n") {
			b = append(b, name...)
			b = append(append(append(b, ": "...), part...), '\n')
		}
	}
	if comment != nil {
		line("", *comment)
	}
	for _, f := range fields {
		line(f[0], f[1])
	}
	if data != nil {
		line("data", *data)
	}
	return append(b, '\n')
}
