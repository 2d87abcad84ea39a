package wstest

import (
	"fmt"
	"strings"

	"wscope/wsproto"
)

// An Outcome is what an opening handshake comes to for a client.
type Outcome string

// The outcomes.
const (
	Opens   Outcome = "opens"   // the session is open
	Invalid Outcome = "invalid" // the reply is no valid opening handshake
	Refused Outcome = "refused" // the reply is valid and says no
	Empty   Outcome = "empty"   // the connection ended before any of the reply came
	Dropped Outcome = "dropped" // the connection ended too early, or was reset
	Silence Outcome = "silence" // nothing more came, and it is for the client to give up
)

// A Reply is what a server answers to a correct request without subprotocols,
// and what a client has to make of it.
type Reply struct {
	Name string
	Ref  string
	// Send makes the reply from the key of the request.
	Send func(key string) string
	// Then is what the server does next.
	Then Next
	// Endless is sent again and again after that, until the client has enough.
	Endless string
	Want    []Outcome
	// Unread resets the connection before the request is read.
	Unread bool
}

// Next is what a server does after its reply.
type Next int

// The ways to go on.
const (
	Session Next = iota // exchange a message, if the client takes the reply for good
	HangUp              // FIN
	Cut                 // RST
	Stay                // nothing, with the connection open
)

// Run reads the request, sends the reply and, where a session is to be open,
// exchanges a message. What else the client makes of it is for the caller to
// find out; Run ends when the connection does.
func (r Reply) Run(p *Peer, s Segments) error {
	defer p.Close()
	p.SetTimeout(caseTimeout)
	if r.Unread {
		return p.Reset()
	}
	head, err := p.ReadHead()
	if err != nil {
		return fmt.Errorf("the request: %w\n%s", err, &p.Log)
	}
	key, err := CheckRequest(head)
	if err != nil {
		return fmt.Errorf("the request: %w\n%s", err, &p.Log)
	}
	raw := r.Send(key)
	p.Log.sent("%s", splitHead([]byte(raw)))
	if err := p.Write([]byte(raw), s); err != nil {
		p.Log.note("sending: %v", err)
	}
	for r.Endless != "" {
		if err := p.Write([]byte(strings.Repeat(r.Endless, 1+4096/len(r.Endless))), OneSegment); err != nil {
			p.Log.note("sending %s, again and again: %v", preview([]byte(r.Endless)), err)
			return nil
		}
	}
	switch r.Then {
	case HangUp:
		p.CloseWrite()
	case Cut:
		return p.Reset()
	}
	if len(r.Want) == 1 && r.Want[0] == Opens {
		if err := p.session(); err != nil {
			return fmt.Errorf("%w\n%s", err, &p.Log)
		}
		return nil
	}
	if r.Then == Session {
		// A client that takes the reply for good gets its Close frame at once.
		if p.Send(Text("hello"), Close(wsproto.CloseNormal, "")) == nil {
			for {
				f, err := p.ReadFrame()
				if err != nil {
					return nil
				}
				if f.Opcode == wsproto.OpClose {
					p.CloseWrite()
				}
			}
		}
	}
	p.ReadAll(1 << 20)
	return nil
}

const (
	ref41   = "RFC 6455, Section 4.1"
	ref1xx  = "RFC 9110, Section 15.2"
	refLine = "RFC 9112, Section 4"
)

// editedReply makes a reply from a polite one.
func editedReply(edit func(Head) Head) func(string) string {
	return func(key string) string { return edit(NewReply(key)).text() }
}

// plain is a reply that has nothing to do with the key.
func plain(lines ...string) func(string) string {
	return func(string) string { return Head(lines).text() }
}

// Replies returns replies, good, odd and hostile.
func Replies() (all []Reply) {
	all = append(all, goodReplies()...)
	all = append(all, invalidReplies()...)
	all = append(all, refusals()...)
	return append(all, brokenReplies()...)
}

func goodReplies() (all []Reply) {
	add := func(name, ref string, want []Outcome, edit func(Head) Head) {
		all = append(all, Reply{Name: name, Ref: ref, Send: editedReply(edit), Want: want})
	}
	good := func(name, ref string, edit func(Head) Head) { add(name, ref, []Outcome{Opens}, edit) }
	odd := func(name, ref string, edit func(Head) Head) { add(name, ref, []Outcome{Opens, Invalid}, edit) }
	good("polite", ref41, func(h Head) Head { return h })
	for _, v := range []string{"WebSocket", "WEBSOCKET"} {
		good("Upgrade: "+v, ref41, func(h Head) Head { return h.Set("Upgrade", v) })
	}
	for _, v := range []string{"upgrade", "UPGRADE", "keep-alive, Upgrade", "Upgrade,keep-alive", "foo ,\tupgrade"} {
		good("Connection: "+v, ref41, func(h Head) Head { return h.Set("Connection", v) })
	}
	good("Connection in two lines", ref41, func(h Head) Head { return h.Set("Connection", "keep-alive").Add("Connection: Upgrade") })
	good("field names in lower case", refField, func(h Head) Head {
		return Head{h[0], "upgrade: websocket", "connection: upgrade", "sec-websocket-accept:" + strings.TrimPrefix(h[3], "Sec-WebSocket-Accept:")}
	})
	good("white space around values", refField, func(h Head) Head {
		return h.Set("Upgrade", " \twebsocket\t ").Set("Connection", "\t Upgrade ").Set("Sec-WebSocket-Accept", " "+h.Values("Sec-WebSocket-Accept")[0]+" \t")
	})
	good("other fields", ref41, func(h Head) Head {
		return h.Add("Date: Mon, 23 Nov 2026 10:00:00 GMT", "Server: x", "Set-Cookie: a=b", "Set-Cookie: c=d", "X-Empty:", "X: :")
	})
	good("fields in reverse order", ref41, reversed)
	good("bytes beyond ASCII in a value", refValue, func(h Head) Head { return h.Add("X-Name: J\xc3\xbcrgen \xff\xfe") })
	good("forty fields", ref41, func(h Head) Head { return h.Add(numbered(40, "x")...) })
	good("a cookie of 4 KiB", ref41, func(h Head) Head { return h.Add("Set-Cookie: a=" + strings.Repeat("b", 4096)) })
	good("another reason phrase", refLine, func(h Head) Head { return h.First("HTTP/1.1 101 Web Socket Protocol Handshake \xff") })
	good("empty reason phrase", refLine, func(h Head) Head { return h.First("HTTP/1.1 101 ") })
	good("103 before it", ref1xx, func(h Head) Head { return before(h, "HTTP/1.1 103 Early Hints", "Link: </a>; rel=preload") })
	good("100 before it", ref1xx, func(h Head) Head { return before(h, "HTTP/1.1 100 Continue") })
	good("102 and 103 before it", ref1xx, func(h Head) Head {
		return before(before(h, "HTTP/1.1 103 Early Hints", "Link: </a>"), "HTTP/1.1 102 Processing")
	})
	odd("no blank after the status", refLine, func(h Head) Head { return h.First("HTTP/1.1 101") })
	odd("Upgrade: h2c, websocket", ref41, func(h Head) Head { return h.Set("Upgrade", "h2c, websocket") })
	odd("Upgrade twice", ref41, func(h Head) Head { return h.Add("Upgrade: websocket") })
	odd("Content-Length: 0", refBody, func(h Head) Head { return h.Add("Content-Length: 0") })
	odd("empty Sec-WebSocket-Extensions", refList, func(h Head) Head { return h.Add("Sec-WebSocket-Extensions:") })
	all = append(all, Reply{Name: "lines that end in LF", Ref: refLines, Want: []Outcome{Opens, Invalid},
		Send: func(key string) string { return strings.ReplaceAll(NewReply(key).text(), "\r\n", "\n") }})
	return all
}

// before puts an interim reply in front of h.
func before(h Head, interim ...string) Head {
	return append(append(Head(interim), ""), h...)
}

func invalidReplies() (all []Reply) {
	bad := func(name, ref string, edit func(Head) Head) {
		all = append(all, Reply{Name: name, Ref: ref, Send: editedReply(edit), Want: []Outcome{Invalid}})
	}
	accept := func(name string, change func(string) string) {
		bad("Accept: "+name, ref41, func(h Head) Head {
			return h.Set("Sec-WebSocket-Accept", change(h.Values("Sec-WebSocket-Accept")[0]))
		})
	}
	bad("no Accept", ref41, func(h Head) Head { return h.Without("Sec-WebSocket-Accept") })
	bad("Accept twice", ref113, func(h Head) Head { return h.Add(h[3]) })
	bad("two Accept fields that differ", ref113, func(h Head) Head { return h.Add("Sec-WebSocket-Accept: " + SampleAccept) })
	accept("empty", func(string) string { return "" })
	accept("of another key", func(string) string { return SampleAccept })
	accept("without padding", func(s string) string { return strings.TrimRight(s, "=") })
	accept("in lower case", strings.ToLower)
	accept("in upper case", strings.ToUpper)
	accept("with something after it", func(s string) string { return s + "x" })
	accept("cut", func(s string) string { return s[:len(s)-5] + "=" })
	accept("in quotes", func(s string) string { return `"` + s + `"` })
	accept("twice in a list", func(s string) string { return s + ", " + s })
	accept("a blank in it", func(s string) string { return s[:9] + " " + s[9:] })
	bad("no Upgrade", ref41, func(h Head) Head { return h.Without("Upgrade") })
	for _, v := range []string{"", "h2c", "websocketx", "web socket", "websocket/13", "\"websocket\""} {
		bad(fmt.Sprintf("Upgrade: %s", v), ref41, func(h Head) Head { return h.Set("Upgrade", v) })
	}
	bad("no Connection", ref41, func(h Head) Head { return h.Without("Connection") })
	for _, v := range []string{"", "close", "keep-alive", "upgrades", "up grade"} {
		bad(fmt.Sprintf("Connection: %s", v), ref41, func(h Head) Head { return h.Set("Connection", v) })
	}
	for _, l := range []string{
		"Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Protocol: a, b",
		"Sec-WebSocket-Extensions: x-unknown", "Sec-WebSocket-Extensions: x-unknown; a=b", "Sec-WebSocket-Extensions: ;;", "Sec-WebSocket-Extensions: x y",
		"X-Bad : a", " X-Bad: a", ": a", "X-Bad", "X Bad: a", "X: a\x00b", "X: a\x01b", "X: a\rb", "X: a\x7f",
	} {
		bad(fmt.Sprintf("field line %q", l), ref41, func(h Head) Head { return h.Add(l) })
	}
	// A client may unfold what a server may no longer send.
	all = append(all, Reply{Name: "folded field", Ref: "RFC 9112, Section 5.2", Want: []Outcome{Opens, Invalid},
		Send: editedReply(func(h Head) Head { return h.Add("X-Folded: a\r\n b") })})
	bad("ten thousand fields", refLimit, func(h Head) Head { return h.Add(numbered(10000, "x")...) })
	bad("field of 1 MiB", refLimit, func(h Head) Head { return h.Add("X-Big: " + strings.Repeat("a", 1<<20)) })
	for _, l := range []string{"HTTP/1.0 101 Switching Protocols", "HTTP/2 101 Switching Protocols", "HTTP/2.0 101 Switching Protocols", "HTTP/1.1  101 Switching Protocols", "http/1.1 101 Switching Protocols"} {
		bad(fmt.Sprintf("status line %q", l), refLine, func(h Head) Head { return h.First(l) })
	}
	return all
}

func refusals() (all []Reply) {
	no := func(name string, send func(string) string, then Next) {
		all = append(all, Reply{Name: name, Ref: ref41, Send: send, Then: then, Want: []Outcome{Refused}})
	}
	for _, status := range []string{"200 OK", "204 No Content", "301 Moved Permanently", "304 Not Modified", "400 Bad Request", "404 Not Found", "407 Proxy Authentication Required", "429 Too Many Requests", "500 Internal Server Error", "503 Service Unavailable", "599 x", "403 "} {
		no(status+" without a body", plain("HTTP/1.1 "+status, "Content-Length: 0"), Stay)
	}
	no("302 with a place to go", plain("HTTP/1.1 302 Found", "Location: ws://127.0.0.1:1/", "Content-Length: 0"), Stay)
	no("401 with a challenge", plain("HTTP/1.1 401 Unauthorized", `WWW-Authenticate: Basic realm="x"`, "Content-Length: 0"), Stay)
	no("426 with another version", plain("HTTP/1.1 426 Upgrade Required", "Sec-WebSocket-Version: 8, 7", "Content-Length: 0"), Stay)
	no("200 that looks like a handshake", editedReply(func(h Head) Head { return h.First("HTTP/1.1 200 OK").Add("Content-Length: 0") }), Stay)
	no("403 of HTTP/1.0, body up to the end", func(string) string { return "HTTP/1.0 403 Forbidden\r\n\r\nno" }, HangUp)
	body := func(fields, body string) func(string) string {
		return func(string) string { return "HTTP/1.1 403 Forbidden\r\n" + fields + "\r\n" + body }
	}
	no("403 with a body", body("Content-Length: 2\r\n", "no"), Stay)
	no("403 with a body up to the end", body("", "no"), HangUp)
	no("403 with a body that is cut off", body("Content-Length: 100\r\n", "no"), HangUp)
	no("403 with a body that is cut off by RST", body("Content-Length: 100\r\n", "no"), Cut)
	no("403 with a chunked body", body("Transfer-Encoding: chunked\r\n", "2\r\nno\r\n1;x=y\r\n!\r\n0\r\nX: y\r\n\r\n"), Stay)
	no("403 with a chunked body that is broken", body("Transfer-Encoding: chunked\r\n", "zz\r\nno\r\n"), HangUp)
	no("403 with a chunk that is too long for any number", body("Transfer-Encoding: chunked\r\n", "fffffffffffffffffffff\r\nno\r\n"), HangUp)
	no("403 with a body of 10 MiB", body("Content-Length: 10485760\r\n", strings.Repeat("A", 10<<20)), Stay)
	no("403 with a chunked body of 10 MiB", body("Transfer-Encoding: chunked\r\n", strings.Repeat("1000\r\n"+strings.Repeat("A", 4096)+"\r\n", 2560)+"0\r\n\r\n"), Stay)
	no("403 with a body of 10 MiB up to the end", body("", strings.Repeat("A", 10<<20)), HangUp)
	no("403 with a body of escape sequences", body("Content-Length: 22\r\n", "\x1b]0;x\x07\x1b[2J\x9b31m\xc2\x9b0m\r\n\x00\xff"), Stay)
	no("403 after 103", func(string) string {
		return "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"
	}, Stay)
	all = append(all,
		Reply{Name: "403 with a body without end", Ref: ref41, Send: body("", ""), Endless: "A", Want: []Outcome{Refused}},
		Reply{Name: "403 with a chunked body without end", Ref: ref41, Send: body("Transfer-Encoding: chunked\r\n", ""), Endless: "1\r\nA\r\n", Want: []Outcome{Refused}},
		Reply{Name: "403 with a Content-Length that is not one", Ref: refBody, Send: body("Content-Length: -1\r\n", ""), Then: HangUp, Want: []Outcome{Refused, Invalid}},
	)
	return all
}

func brokenReplies() (all []Reply) {
	nothing := func(string) string { return "" }
	add := func(name string, send func(string) string, then Next, want ...Outcome) {
		all = append(all, Reply{Name: name, Ref: refLine, Send: send, Then: then, Want: want})
	}
	text := func(s string) func(string) string { return func(string) string { return s } }
	for _, s := range []string{
		"SSH-2.0-OpenSSH_9.9\r\n", "220 mail.example.com ESMTP\r\n\r\n", "<html>no HTTP</html>\r\n\r\n", "\x15\x03\x01\x00\x02\x02\x0a", "\x81\x05hello",
		"\x00\x00\x00\x00\x00\x00\x00\x00", "HTTP/1.1\r\n\r\n", "HTTP/1.1 \r\n\r\n", "HTTP/1.1 abc def\r\n\r\n", "HTTP/1.1 1o1 x\r\n\r\n",
		"HTTP/1.1 99 x\r\n\r\n", "HTTP/1.1 1010 x\r\n\r\n", "HTTP/1.1 +101 x\r\n\r\n", "HTTP/x.y 101 x\r\n\r\n", "\r\n\r\n",
	} {
		add(fmt.Sprintf("%q, then FIN", s), text(s), HangUp, Invalid, Dropped)
	}
	add("endless interim replies", text(""), Session, Invalid, Dropped, Refused)
	all[len(all)-1].Endless = "HTTP/1.1 103 Early Hints\r\n\r\n"
	for _, e := range []string{"a", "X: y\r\n", "\x00", "\r\n", "\r"} {
		add(fmt.Sprintf("endless %q", e), nothing, Session, Invalid, Dropped)
		all[len(all)-1].Endless = e
		add(fmt.Sprintf("a status line, then endless %q", e), text("HTTP/1.1 101 Switching Protocols\r\nX: y"), Session, Invalid, Dropped)
		all[len(all)-1].Endless = e
	}
	add("FIN at once", nothing, HangUp, Empty)
	add("RST at once", nothing, Cut, Dropped)
	add("RST before the request is read", nothing, Cut, Dropped)
	all[len(all)-1].Unread = true
	length := len(NewReply(SampleKey).text())
	for n := 1; n < length; n++ {
		cut := func(key string) string { return NewReply(key).text()[:n] }
		add(fmt.Sprintf("%d bytes of a good reply, then FIN", n), cut, HangUp, Dropped)
		if n%8 == 0 {
			add(fmt.Sprintf("%d bytes of a good reply, then RST", n), cut, Cut, Dropped)
		}
	}
	add("a good reply, then FIN", func(key string) string { return NewReply(key).text() }, HangUp, Dropped)
	add("silence", nothing, Stay, Silence)
	add("silence after half a reply", func(key string) string { return NewReply(key).text()[:60] }, Stay, Silence)
	add("silence inside a refusal's body", text("HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nno"), Stay, Refused, Silence)
	return all
}
