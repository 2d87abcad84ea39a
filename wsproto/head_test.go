package wsproto

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// A stream is a network connection that gives what it was given.
type stream struct {
	net.Conn
	io.Reader
	io.Writer
}

func (s stream) Read(p []byte) (int, error)     { return s.Reader.Read(p) }
func (s stream) Write(p []byte) (int, error)    { return s.Writer.Write(p) }
func (stream) Close() error                     { return nil }
func (stream) SetDeadline(time.Time) error      { return nil }
func (stream) SetReadDeadline(time.Time) error  { return nil }
func (stream) SetWriteDeadline(time.Time) error { return nil }

func TestParseHead(t *testing.T) {
	for _, tt := range []struct{ name, head, want string }{
		{"fields", "GET / HTTP/1.1\r\nHost: h\r\nA:b\r\nA: \t c d \r\n\r\n", "GET / HTTP/1.1|Host=h|A=b|A=c d"},
		{"line feeds alone", "HTTP/1.1 101 x\nA: b\n\n", "HTTP/1.1 101 x|A=b"},
		{"no fields", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1"},
		{"empty value", "x\r\nA:\r\n\r\n", "x|A="},
		{"colon in value", "x\r\nA: http://h:80\r\n\r\n", "x|A=http://h:80"},
		{"bytes above ASCII", "x\r\nA: \xff\u00e9\r\n\r\n", "x|A=\xff\u00e9"},
		{"folding", "x\r\nA: b\r\n c\r\n\r\n", "error: no line folding"},
		{"no colon", "x\r\nAb\r\n\r\n", "error: a name, a colon"},
		{"space before the colon", "x\r\nA : b\r\n\r\n", "error: no white space before"},
		{"no name", "x\r\n: b\r\n\r\n", "error: a token as the name"},
		{"name of two words", "x\r\nA b: c\r\n\r\n", "error: a token as the name"},
		{"NUL", "x\r\nA: b\x00c\r\n\r\n", "error: no control characters"},
		{"lone CR", "x\r\nA: b\rB: c\r\n\r\n", "error: no control characters"},
		{"lone CR in the first line", "x\ry\r\n\r\n", "error: no control characters"},
		{"many fields", "x\r\n" + strings.Repeat("A: b\r\n", maxFields) + "\r\n", "x" + strings.Repeat("|A=b", maxFields)},
		{"too many fields", "x\r\n" + strings.Repeat("A: b\r\n", maxFields+1) + "\r\n", "error: fewer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			first, fields, err := parseHead([]byte(tt.head), isFieldValue)
			got := first
			for _, f := range fields {
				got += "|" + f.Name + "=" + f.Value
			}
			if head := (*headError)(nil); errors.As(err, &head) {
				got = "error: " + head.want
			}
			if got != tt.want && (err == nil || !strings.HasPrefix(got, tt.want)) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// What is wrong with a header is told without what may be a secret in it.
func TestHeadErrorsHideValues(t *testing.T) {
	for _, tt := range []struct{ head, want string }{
		{"GET / HTTP/1.1\r\nCookie: S3CRET\x01\r\n\r\n", `header line "Cookie:" and its value, expected no control characters`},
		{"GET / HTTP/1.1\r\nCookie: a=1\r\n S3CRET\r\n\r\n", "a header line that begins with white space, expected no line folding (RFC 9112, Section 5.2)"},
		{"GET / HTTP/1.1\r\nCookie S3CRET\r\n\r\n", `header line that begins with "Cookie ", expected a name, a colon and a value`},
		{"GET / HTTP/1.1\r\nAuthorization : S3CRET\r\n\r\n", `header line that begins with "Authorization ", expected no white space before the colon (RFC 9112, Section 5.1)`},
		{"GET / HTTP/1.1\r\nCookie\x00S3CRET: a\r\n\r\n", `header line that begins with "Cookie\x00", expected a token as the name`},
		{"GET / HTTP/1.1\r\nhello\r\n\r\n", `header line "hello", expected a name, a colon and a value`},
		{"GET http://u:S3CRET@h/ HTTP\r\n\r\n", `request line "GET http://[redacted]@h/ HTTP", expected a version such as HTTP/1.1`},
		{"GET http://u:S3CRET@h/\x01 HTTP/1.1\r\n\r\n", `first line "GET http://[redacted]@h/\x01 HTTP/1.1", expected no control characters`},
	} {
		if _, err := parseRequest([]byte(tt.head)); err == nil || err.Error() != tt.want {
			t.Errorf("%q: %v, want %s", tt.head, err, tt.want)
		}
	}
	r, err := parseRequest([]byte("GET http://u:S3CRET@h/ HTTP/1.1\r\nHost: h\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if bad := (&Acceptor{}).checkRequest(r, &Response{}); bad == nil || strings.Contains(fmt.Sprint(*bad), "S3CRET") {
		t.Errorf("the rejection is %+v", bad)
	}
}

// TestReadHead cuts the stream in all ways and looks at what is left of it.
func TestReadHead(t *testing.T) {
	const rest = "\x81\x05Hello"
	for _, head := range []string{
		"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\nHost: h\n\n", "\r\nGET / HTTP/1.1\r\n\r\n",
		"GET / HTTP/1.1\r\nA: " + strings.Repeat("x", 10_000) + "\r\n\r\n",
		"GET / HTTP/1.1\r\nA: " + strings.Repeat("x", maxHead-26) + "\r\n\r\n",
	} {
		for _, cut := range []func(io.Reader) io.Reader{
			func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader,
		} {
			c := &Conn{role: Server, nc: stream{Reader: cut(strings.NewReader(head + rest))}}
			c.in.buf = make([]byte, minReadBuffer)
			raw, err := c.readHead()
			if err != nil || string(raw) != head {
				t.Errorf("readHead = %.60q, %v, want %.60q", raw, err, head)
			}
			left, _ := io.ReadAll((*rawReader)(c))
			if string(left) != rest {
				t.Errorf("%.60q: left %.60q, want %q", head, left, rest)
			}
		}
	}
}

func TestReadHeadErrors(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		role     Role
		want     string
	}{
		{"no end", "GET / HTTP/1.1\r\nHost: h\r\n", Server, "EOF"},
		{"nothing", "", Client, "EOF"},
		{"too large", "GET / HTTP/1.1\r\nA: " + strings.Repeat("x", 1<<20), Server, "bytes without the empty line"},
		{"endless empty lines", strings.Repeat("\r\n", 2) + strings.Repeat("x", 1<<20), Server, ""},
		{"TLS", "\x16\x03\x01\x02\x00", Server, "a TLS record"},
		{"binary", "\x00\x01", Server, "an HTTP/1.1 request"},
		{"SSH", "SSH-2.0-OpenSSH", Client, "an HTTP/1.1 response"},
		{"one byte is enough", "x", Client, "an HTTP/1.1 response"},
	} {
		c := &Conn{role: tt.role, nc: stream{Reader: strings.NewReader(tt.in)}}
		c.in.buf = make([]byte, minReadBuffer)
		raw, err := c.readHead()
		if tt.want == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(tt.in, string(raw)) || len(raw) > 2*maxHead {
			t.Errorf("%s: %d bytes, %v, want %q", tt.name, len(raw), err, tt.want)
		}
	}
}

// TestReadHeadAfterInterim has the first of two heads end at every place around
// the end of the buffer. What is left must still take any header and control
// frame.
func TestReadHeadAfterInterim(t *testing.T) {
	second := "HTTP/1.1 101 x\r\n\r\n"
	frame := "\x8a\x7d" + strings.Repeat("p", 125) + "\x81\x02hi"
	for n := minReadBuffer - 40; n <= minReadBuffer+10; n++ {
		const begin, end = "HTTP/1.1 103 x\r\nA: ", "\r\n\r\n"
		first := begin + strings.Repeat("x", n-len(begin)-len(end)) + end
		c := NewConn(stream{Reader: strings.NewReader(first + second + frame)}, Client, Config{}, nil)
		for _, want := range []string{first, second} {
			if raw, err := c.readHead(); err != nil || string(raw) != want {
				t.Fatalf("%d bytes: %.40q, %v", n, raw, err)
			}
		}
		if m, err := c.ReadMessage(); err != nil || string(m.Payload) != "hi" {
			t.Fatalf("%d bytes: %q, %v", n, m.Payload, err)
		}
	}
}

// FuzzHead reads a head and the rest of a stream whole and cut, and takes the
// head apart as a request and as a response.
func FuzzHead(f *testing.F) {
	f.Add([]byte("GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n\r\n\x81\x00"), 7)
	f.Add([]byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"), 1)
	f.Add([]byte("\r\nGET / HTTP/1.1\nA:b\n\n"), 3)
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		cut = min(max(cut, 0), len(b))
		for _, role := range []Role{Client, Server} {
			read := func(r io.Reader) (raw, rest []byte, err error) {
				c := &Conn{role: role, nc: stream{Reader: r}}
				c.in.buf = make([]byte, 64)
				raw, err = c.readHead()
				rest, _ = io.ReadAll((*rawReader)(c))
				return raw, rest, err
			}
			raw, rest, err := read(bytes.NewReader(b))
			raw2, rest2, err2 := read(io.MultiReader(bytes.NewReader(b[:cut]), bytes.NewReader(b[cut:])))
			if (err == nil) != (err2 == nil) || err == nil && (!bytes.Equal(raw, raw2) || !bytes.Equal(rest, rest2)) {
				t.Errorf("%q cut at %d: %q %v, whole: %q %v", b, cut, raw2, err2, raw, err)
			}
			if err != nil {
				continue
			}
			if string(raw)+string(rest) != string(b) {
				t.Errorf("%q became %q and %q", b, raw, rest)
			}
			if req, err := parseRequest(raw); err == nil {
				again, err := parseRequest(req.appendTo(nil))
				if err != nil || fmt.Sprint(again.Method, again.Target, again.Proto, again.Fields) != fmt.Sprint(req.Method, req.Target, req.Proto, req.Fields) {
					t.Errorf("%q was read as %+v and that as %+v, %v", raw, req, again, err)
				}
			}
			if resp, err := parseResponse(raw); err == nil {
				again, err := parseResponse(resp.appendTo(nil))
				if err != nil || again.Status != resp.Status || fmt.Sprint(again.Fields) != fmt.Sprint(resp.Fields) {
					t.Errorf("%q was read as %+v and that as %+v, %v", raw, resp, again, err)
				}
			}
		}
	})
}
