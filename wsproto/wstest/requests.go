package wstest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wscope/wsproto"
)

// A Request is the opening handshake of a client, and what a server that speaks
// no subprotocol and no extension has to make of it.
type Request struct {
	Name string
	Ref  string // where the rule stands
	// Send is what the client sends; "{host}" in it stands for the address.
	Send string
	// Endless is sent again and again after that, until the server has enough.
	Endless string
	// Status are the answers that will do. 101 means that a session follows; 0
	// that the server may end the connection without an answer.
	Status []int
	// Field is a field that an answer other than 101 must have, with its value.
	Field [2]string
}

// Run sends the request and judges what the server does.
func (r Request) Run(p *Peer, host string, s Segments) error {
	p.SetTimeout(caseTimeout)
	raw := strings.ReplaceAll(r.Send, "{host}", host)
	sent := splitHead([]byte(raw))
	p.Log.sent("%s", sent)
	if len(sent) == 1 { // for the key in it
		sent = strings.Split(raw, "\n")
	}
	if err := p.Write([]byte(raw), s); err != nil {
		p.Log.note("sending: %v", err)
	}
	if r.Endless != "" {
		p.Log.sent("%s, again and again", preview([]byte(r.Endless)))
		block := []byte(strings.Repeat(r.Endless, 1+4096/len(r.Endless)))
		stop := make(chan struct{})
		defer func() { p.Close(); <-stop }()
		go func() {
			defer close(stop)
			for p.Write(block, OneSegment) == nil {
			}
		}()
	}
	err := r.judge(p, sent)
	p.Close()
	if err != nil {
		return fmt.Errorf("%s (%s):\n  %w\n  as the peer saw it:\n%s", r.Name, r.Ref, err, &p.Log)
	}
	return nil
}

func (r Request) judge(p *Peer, sent Head) error {
	head, err := p.ReadHead()
	if err != nil {
		if slices.Contains(r.Status, 0) && len(head) == 1 && head[0] == "" && endOf(err) == "EOF" {
			return nil
		}
		return fmt.Errorf("no answer, want %v: %s", r.Status, endOf(err))
	}
	if err := head.CheckGrammar(); err != nil {
		return fmt.Errorf("the answer: %w", err)
	}
	status, err := statusOf(head)
	if err != nil {
		return err
	}
	if !slices.Contains(r.Status, status) {
		return fmt.Errorf("the status is %d, want %v", status, r.Status)
	}
	if status == 101 {
		key, err := sent.Value("Sec-WebSocket-Key")
		if err != nil {
			return err
		}
		if err := CheckReply(head, key); err != nil {
			return err
		}
		return p.session()
	}
	if name := r.Field[0]; name != "" {
		if v, err := head.Value(name); err != nil || v != r.Field[1] {
			return fmt.Errorf("%s is %q, want %q: %v", name, v, r.Field[1], err)
		}
	}
	if r.Endless != "" {
		return nil
	}
	body, err := p.ReadAll(64 << 10)
	if err != nil {
		return fmt.Errorf("the connection did not end in order: %s", endOf(err))
	}
	if n, err := head.Value("Content-Length"); err == nil && n != strconv.Itoa(len(body)) && !strings.HasPrefix(sent[0], "HEAD ") {
		return fmt.Errorf("the Content-Length field is %s, the body has %d bytes", n, len(body))
	}
	if len(body) == 0 && !strings.HasPrefix(sent[0], "HEAD ") {
		return fmt.Errorf("the body of the %d does not say what was wrong", status)
	}
	return nil
}

// session exchanges a message and closes.
func (p *Peer) session() error {
	if err := p.Send(Text("hello"), Close(wsproto.CloseNormal, "")); err != nil {
		return err
	}
	for _, want := range []Message{{wsproto.OpText, []byte("hello")}, {wsproto.OpClose, []byte("\x03\xe8")}} {
		f, err := p.ReadFrame()
		if err != nil {
			return fmt.Errorf("instead of a %s frame: %s", want.Op, endOf(err))
		}
		if f.Opcode != want.Op || string(f.Payload) != string(want.Payload) {
			return fmt.Errorf("got %s, want %s", Message{f.Opcode, f.Payload}, want)
		}
	}
	if p.Role == wsproto.Server {
		p.CloseWrite()
	}
	if f, err := p.ReadFrame(); endOf(err) != "EOF" {
		return fmt.Errorf("after the Close frame: %s, %v, want EOF", Message{f.Opcode, f.Payload}, err)
	}
	return nil
}

func statusOf(h Head) (int, error) {
	part := strings.SplitN(h[0], " ", 3)
	if len(part) < 2 || part[0] != "HTTP/1.1" || len(part[1]) != 3 {
		return 0, fmt.Errorf("status line %q", h[0])
	}
	return strconv.Atoi(part[1])
}

// Where rules stand.
const (
	ref421   = "RFC 6455, Section 4.2.1"
	ref44    = "RFC 6455, Section 4.4"
	ref113   = "RFC 6455, Section 11.3"
	ref91    = "RFC 6455, Section 9.1"
	refLines = "RFC 9112, Section 2.2"
	refStart = "RFC 9112, Section 3"
	refField = "RFC 9112, Section 5"
	refBody  = "RFC 9112, Section 6"
	refList  = "RFC 9110, Section 5.6.1"
	refLimit = "RFC 6585, Section 5"
	refValue = "RFC 9110, Section 5.5"
	refHost  = "RFC 9112, Section 3.2"
)

var (
	accepted   = []int{101}
	badRequest = []int{400}
	// Not a handshake of this protocol at all: either will do.
	upgradeRequired = []int{426, 400}
	tolerable       = []int{101, 400} // a server may accept it, or refuse it
)

func request() Head { return NewRequest("{host}", "/") }

func (h Head) text() string { return string(h.Bytes()) }

// Requests returns opening handshakes, good, odd and hostile.
func Requests() (all []Request) {
	all = append(all, goodRequests()...)
	all = append(all, startLineRequests()...)
	all = append(all, fieldRequests()...)
	all = append(all, handshakeRequests()...)
	return append(all, oversizedRequests()...)
}

func goodRequests() (all []Request) {
	good := func(name, ref string, h Head) {
		all = append(all, Request{name, ref, h.text(), "", accepted, [2]string{}})
	}
	good("polite", ref421, request())
	for _, v := range []string{"WebSocket", "WEBSOCKET", "h2c, websocket", "websocket, h2c", "h2c,websocket", "foo/2,  websocket\t", ",websocket", "websocket,,"} {
		good(fmt.Sprintf("Upgrade: %s", v), ref421, request().Set("Upgrade", v))
	}
	good("Upgrade in two lines", ref421, request().Set("Upgrade", "h2c").Add("Upgrade: websocket"))
	for _, v := range []string{"upgrade", "UPGRADE", "keep-alive, Upgrade", "Upgrade, keep-alive", "keep-alive,Upgrade", "foo ,\tupgrade , bar", ", Upgrade"} {
		good(fmt.Sprintf("Connection: %s", v), ref421, request().Set("Connection", v))
	}
	good("Connection in two lines", ref421, request().Set("Connection", "keep-alive").Add("Connection: Upgrade"))
	lower, upper := request(), request()
	for i := range lower {
		if name, value, ok := strings.Cut(lower[i], ":"); ok && i > 0 {
			lower[i], upper[i] = strings.ToLower(name)+":"+value, strings.ToUpper(name)+":"+value
		}
	}
	good("field names in lower case", refField, lower)
	good("field names in upper case", refField, upper)
	bare, wide := request(), request()
	for i := range bare {
		if name, value, ok := strings.Cut(bare[i], ": "); ok {
			bare[i], wide[i] = name+":"+value, name+": \t "+value+" \t "
		}
	}
	good("no white space before values", refField, bare)
	good("white space around values", refField, wide)
	good("fields in reverse order", ref421, reversed(request()))
	good("target with a query", ref421, NewRequest("{host}", "/chat/room?x=1&y=%20%F0%9F%98%80&z=a:b@c;d,e").Without("nothing"))
	good("target in absolute form", refHost, NewRequest("{host}", "http://{host}/chat"))
	good("target with // and ..", ref421, NewRequest("{host}", "//a/../b"))
	good("long target", refStart, NewRequest("{host}", "/"+strings.Repeat("a", 4000)))
	good("other fields", ref421, request().Add("Origin: http://example.com", "Cookie: a=b; c=d", "User-Agent: x",
		"Authorization: Basic YTpi", "X-Empty:", "X: :::", "~!#$%&'*+-.^_`|: odd name"))
	good("bytes beyond ASCII in a value", refValue, request().Add("X-Name: J\xc3\xbcrgen \xff\xfe"))
	good("tab in a value", refValue, request().Add("X-Tab: a\tb"))
	good("forty fields", refLimit, request().Add(numbered(40, "x")...))
	good("a cookie of 4 KiB", refLimit, request().Add("Cookie: a="+strings.Repeat("b", 4096)))
	good("subprotocols that the server does not speak", ref421, request().Add("Sec-WebSocket-Protocol: chat, superchat"))
	good("subprotocols in two lines", ref421, request().Add("Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Protocol: superchat"))
	good("subprotocol of odd letters", ref421, request().Add("Sec-WebSocket-Protocol: v1.2_x~!#$%&'*+-^`|"))
	for _, v := range []string{"foo", "foo, bar", "foo; bar", "foo; bar=1", "foo; bar=\"1\"", "foo;bar;baz=2,x-qux ; a = b", "foo; a=\"b\"; c, foo; d"} {
		good("extension that the server does not speak: "+v, ref91, request().Add("Sec-WebSocket-Extensions: "+v))
	}
	good("extensions in two lines", ref91, request().Add("Sec-WebSocket-Extensions: foo", "Sec-WebSocket-Extensions: bar; baz"))
	for _, nonce := range []string{"\x00", "\xff", "\xfb\xef\xbe"} {
		key := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(nonce, 16)[:16]))
		good("key "+key, ref421, request().Set("Sec-WebSocket-Key", key))
	}
	return all
}

func reversed(h Head) Head {
	out := Head{h[0]}
	for i := len(h) - 1; i > 0; i-- {
		out = append(out, h[i])
	}
	return out
}

func numbered(n int, value string) (lines []string) {
	for i := range n {
		lines = append(lines, fmt.Sprintf("X-%d: %s", i, value))
	}
	return lines
}

func startLineRequests() (all []Request) {
	line := func(first string, status ...int) {
		all = append(all, Request{Name: fmt.Sprintf("request line %q", first), Ref: refStart, Send: request().First(first).text(), Status: status})
	}
	for _, method := range []string{"POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"} {
		all = append(all, Request{Name: "method " + method, Ref: ref421, Send: request().First(method + " / HTTP/1.1").text(), Status: []int{405}, Field: [2]string{"Allow", "GET"}})
	}
	// Whether a method is unknown or not allowed is the server's to tell.
	line("get / HTTP/1.1", 405, 400, 501)
	line("Get / HTTP/1.1", 405, 400, 501)
	line("FOO / HTTP/1.1", 405, 400, 501)
	line("CONNECT {host} HTTP/1.1", 405, 400, 501)
	line("PRI * HTTP/2.0", 405, 400, 505)
	line("GET / HTTP/1.0", 400, 426, 505)
	line("GET / HTTP/0.9", 400, 426, 505)
	line("GET / HTTP/2.0", 400, 505)
	line("GET / HTTP/2", 400, 505)
	for _, bad := range []string{
		"GET / http/1.1", "GET / HTTP/1.1 ", "GET / HTTP/1.1x", "GET / HTTP/11", "GET / HTTP/1,1", "GET / HTTP/+1.1", "GET / HTTP 1.1", "GET / HTTPS/1.1",
		"GET /", "GET", "GET HTTP/1.1", "GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET\t/\tHTTP/1.1", " GET / HTTP/1.1", "GET /a b HTTP/1.1",
		"GET chat HTTP/1.1", "GET \x00 HTTP/1.1", "GET /\x01 HTTP/1.1", "GET /\x7f HTTP/1.1", "GET / HTTP/1.1\x00", "G@T / HTTP/1.1", "\x16\x03\x01", "",
	} {
		line(bad, 400, 505)
	}
	line("GET /#fragment HTTP/1.1", tolerable...)
	line("GET * HTTP/1.1", tolerable...)
	raw := func(name, send string, status ...int) {
		all = append(all, Request{Name: name, Ref: refLines, Send: send, Status: status})
	}
	raw("an empty line first", "\r\n"+request().text(), tolerable...)
	raw("lines that end in LF", strings.ReplaceAll(request().text(), "\r\n", "\n"), 101, 400, 0)
	raw("request line without anything, in the manner of HTTP/0.9", "GET /\r\n\r\n", 400, 505, 0)
	raw("a TLS handshake", "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00\r\n\r\n", 400, 0)
	raw("another protocol", "SSH-2.0-OpenSSH_9.9\r\n\r\n", 400, 0)
	raw("an HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 405, 505, 0)
	raw("a frame instead of a request", string(Text("hello").AppendTo(nil, wsproto.Client))+"\r\n\r\n", 400, 0)
	return all
}

func fieldRequests() (all []Request) {
	bad := func(name, ref string, h Head) {
		all = append(all, Request{Name: name, Ref: ref, Send: h.text(), Status: badRequest})
	}
	maybe := func(name, ref string, h Head) {
		all = append(all, Request{Name: name, Ref: ref, Send: h.text(), Status: tolerable})
	}
	for _, l := range []string{"X-Bad : a", "X-Bad\t: a", " X-Bad: a", ": a", "X-Bad", "X Bad: a", "X(Bad): a", "X-Bäd: a", "X\x00Bad: a", "X-Bad\x7f: a", "\"X\": a", "X/Bad: a", "X@Bad: a"} {
		bad(fmt.Sprintf("field line %q", l), refField, request().Add(l))
	}
	for _, l := range []string{"X: a\x00b", "X: \x00", "X: a\x01b", "X: a\x1bb", "X: a\x7fb", "X: a\x08", "X: a\rb", "X: a\r", "X: \ra: b"} {
		bad(fmt.Sprintf("field line %q", l), refValue, request().Add(l))
	}
	first := request()
	first[0] += "\r\n Host: x"
	bad("white space before the first field", refLines, first)
	bad("folded field", "RFC 9112, Section 5.2", request().Add("X-Folded: a\r\n b"))
	bad("folded field by a tab", "RFC 9112, Section 5.2", request().Add("X-Folded: a\r\n\tb"))
	bad("folded field, empty", "RFC 9112, Section 5.2", request().Add("X-Folded:\r\n "))
	bad("folded handshake field", "RFC 9112, Section 5.2", request().Set("Upgrade", "\r\n websocket"))
	bad("white space before the colon of a handshake field", "RFC 9112, Section 5.1", request().Without("Upgrade").Add("Upgrade : websocket"))
	bad("bare CR in the request line", refLines, request().First("GET /\rfoo HTTP/1.1"))
	bad("bare CR between fields", refLines, request().Add("X: a\rY: b"))

	bad("no Host", refHost, request().Without("Host"))
	bad("two Host fields", refHost, request().Add("Host: {host}"))
	bad("two Host fields that differ", refHost, request().Add("Host: example.com"))
	for _, v := range []string{"a b", "a, b", "exa\"mple", "http://x/", "a/b", "user@host", "a?b", "a#b", "[::1", "a\\b"} {
		bad(fmt.Sprintf("Host: %s", v), refHost, request().Set("Host", v))
	}
	maybe("Host without a value", refHost, request().Set("Host", ""))
	for _, v := range []string{"[::1]:80", "EXAMPLE.com", "a", "127.0.0.1:65535", "example.com:"} {
		all = append(all, Request{Name: "Host: " + v, Ref: refHost, Send: request().Set("Host", v).text(), Status: accepted})
	}

	body := func(name, fields, body string) {
		all = append(all, Request{Name: name, Ref: refBody, Send: request().Add(strings.Split(fields, "\n")...).text() + body, Status: badRequest})
	}
	body("a body", "Content-Length: 5", "hello")
	body("a chunked body", "Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n")
	body("a chunked body that is empty", "Transfer-Encoding: chunked", "0\r\n\r\n")
	body("both kinds of body", "Content-Length: 5\nTransfer-Encoding: chunked", "0\r\n\r\n")
	body("a body that never comes", "Content-Length: 1000000", "")
	body("Content-Length that is no number", "Content-Length: five", "hello")
	body("Content-Length with a sign", "Content-Length: +5", "hello")
	body("Content-Length below zero", "Content-Length: -1", "")
	body("two Content-Length fields", "Content-Length: 5\nContent-Length: 6", "hello")
	body("unknown transfer coding", "Transfer-Encoding: foo", "")
	maybe("Content-Length: 0", refBody, request().Add("Content-Length: 0"))
	return all
}

func handshakeRequests() (all []Request) {
	bad := func(name, ref string, h Head, status ...int) {
		all = append(all, Request{Name: name, Ref: ref, Send: h.text(), Status: status})
	}
	bad("no Upgrade", ref421, request().Without("Upgrade"), upgradeRequired...)
	for _, v := range []string{"", "h2c", "websocketx", "xwebsocket", "web socket", "websocket/13", "\"websocket\"", "websocket;q=1"} {
		bad(fmt.Sprintf("Upgrade: %s", v), ref421, request().Set("Upgrade", v), upgradeRequired...)
	}
	bad("no Connection", ref421, request().Without("Connection"), upgradeRequired...)
	for _, v := range []string{"", "close", "keep-alive", "upgrades", "up grade", "Upgrade;x"} {
		bad(fmt.Sprintf("Connection: %s", v), ref421, request().Set("Connection", v), upgradeRequired...)
	}

	bad("no key", ref421, request().Without("Sec-WebSocket-Key"), 400)
	bad("two keys", ref113, request().Add("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="), 400)
	bad("the same key twice", ref113, request().Add("Sec-WebSocket-Key: "+SampleKey), 400)
	for _, k := range []string{
		"", "x", "AAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAA=",
		"AAAAAAAAAAAAAAAAAAAAAA===", "AAAAAAAAAAA AAAAAAAAAAA==", "____________________-A==", "!!!!!!!!!!!!!!!!!!!!!!==", "====", "dGhlIHNhbXBsZSBub25jZQ== x",
		SampleKey + ", " + SampleKey, strings.Repeat("A", 2000),
	} {
		bad(fmt.Sprintf("key %.60q", k), ref421, request().Set("Sec-WebSocket-Key", k), 400)
	}
	bad("key with bits left over", "RFC 4648, Section 3.5", request().Set("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAB=="), tolerable...)

	for _, v := range []string{"8", "14", "0", "7", "12", "25", "255"} {
		all = append(all, Request{Name: "version " + v, Ref: ref44, Send: request().Set("Sec-WebSocket-Version", v).text(),
			Status: []int{426}, Field: [2]string{"Sec-WebSocket-Version", "13"}})
	}
	for _, v := range []string{"", "013", "13.0", "+13", "-13", "abc", "13, 8", "8, 13", "13 13", "256", "1e1", "99999999999999999999"} {
		bad(fmt.Sprintf("version %q", v), ref421, request().Set("Sec-WebSocket-Version", v), upgradeRequired...)
	}
	bad("no version", ref421, request().Without("Sec-WebSocket-Version"), upgradeRequired...)
	bad("two versions", ref113, request().Add("Sec-WebSocket-Version: 8"), upgradeRequired...)
	bad("the same version twice", ref113, request().Add("Sec-WebSocket-Version: 13"), upgradeRequired...)

	for _, v := range []string{"chat, chat", "ch at", "chat;q=1", "a/b", "\"chat\"", "chat, sup(er)", "日本", "chat superchat", "@"} {
		bad(fmt.Sprintf("subprotocols %q", v), ref421, request().Add("Sec-WebSocket-Protocol: "+v), 400)
	}
	bad("the same subprotocol in two lines", ref421, request().Add("Sec-WebSocket-Protocol: a, b", "Sec-WebSocket-Protocol: c, a"), 400)
	for _, v := range []string{"", ",", "a,,b", ", a"} {
		bad(fmt.Sprintf("subprotocols %q", v), refList, request().Add("Sec-WebSocket-Protocol: "+v), tolerable...)
	}
	for _, v := range []string{
		"foo bar", ";", "; a", "=x", "foo;", "foo;;a", "foo; =1", "foo; a=", "foo; a=\"", "foo; a=\"b", "foo; a=b c", "foo; a=\"b\"c", "foo; b@r", "foo; a==b", "f@o",
		"\"foo\"", "foo; a=\"b c\"", "foo; a=\"\"", "日本",
	} {
		bad(fmt.Sprintf("extensions %q", v), ref91, request().Add("Sec-WebSocket-Extensions: "+v), 400)
	}
	for _, v := range []string{"", ",", "foo,,bar", ", foo"} {
		bad(fmt.Sprintf("extensions %q", v), refList, request().Add("Sec-WebSocket-Extensions: "+v), tolerable...)
	}
	return all
}

func oversizedRequests() []Request {
	tooLarge := []int{431, 400}
	big := strings.Repeat("a", 1<<20)
	return []Request{
		{Name: "field of 1 MiB", Ref: refLimit, Send: request().Add("X-Big: " + big).text(), Status: []int{431}},
		{Name: "field name of 1 MiB", Ref: refLimit, Send: request().Add(big + ": x").text(), Status: tooLarge},
		{Name: "ten thousand fields", Ref: refLimit, Send: request().Add(numbered(10000, "x")...).text(), Status: []int{431}},
		{Name: "a thousand cookies of 1 KiB", Ref: refLimit, Send: request().Add(slices.Repeat([]string{"Cookie: " + big[:1024]}, 1000)...).text(), Status: []int{431}},
		{Name: "target of 1 MiB", Ref: refStart, Send: NewRequest("{host}", "/"+big).text(), Status: []int{414, 431, 400}},
		{Name: "method of 1 MiB", Ref: refStart, Send: request().First(strings.ToUpper(big) + " / HTTP/1.1").text(), Status: []int{431, 400, 405, 501, 414}},
		{Name: "field without end", Ref: refLimit, Send: request()[0] + "\r\nX-Big: ", Endless: "a", Status: tooLarge},
		{Name: "fields without end", Ref: refLimit, Send: request()[0] + "\r\n", Endless: "X: y\r\n", Status: tooLarge},
		{Name: "request line without end", Ref: refStart, Send: "GET /", Endless: "a", Status: []int{414, 431, 400}},
		{Name: "zeros without end", Ref: refStart, Endless: "\x00", Status: []int{431, 400, 414}},
		{Name: "empty lines without end", Ref: refLines, Endless: "\r\n", Status: []int{431, 400}},
		{Name: "CR without end", Ref: refLines, Endless: "\r", Status: []int{431, 400, 414}},
	}
}
