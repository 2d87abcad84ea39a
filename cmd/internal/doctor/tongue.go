package doctor

import (
	"bytes"
	"strings"

	"wscope/wsproto"
)

// A tongue is a protocol that is known by the first bytes that its server sends.
type tongue struct {
	symptom string
	name    string // as in "an SSH server"
	match   func(b []byte) bool
	rfc     int
	section string
	hint    string // "" for the common one
	next    string // "" for the common one
}

// begins is the condition that the bytes begin with one of these.
func begins(prefixes ...string) func([]byte) bool {
	return func(b []byte) bool {
		for _, p := range prefixes {
			if len(b) >= len(p) && strings.EqualFold(string(b[:len(p)]), p) {
				return true
			}
		}
		return false
	}
}

// tongues are the protocols, the more certain ones first.
func tongues() []tongue {
	return []tongue{
		{
			symptom: "tls-alert", name: "a server with TLS, which sent an alert",
			match: begins("\x15\x03"),
			rfc:   8446, section: "6",
			hint: "that is a TLS alert: use wss://, as in {tls-url}",
			next: "wscope connect {tls-url}",
		},
		{
			symptom: "tls-record", name: "a server with TLS",
			match: begins("\x16\x03"),
			rfc:   8446, section: "5.1",
			hint: "that is a TLS handshake: use wss://, as in {tls-url}",
			next: "wscope connect {tls-url}",
		},
		{
			symptom: "http2-only", name: "a server that speaks HTTP/2 alone",
			match: isHTTP2,
			rfc:   9113, section: "3.4",
			hint: "the server speaks HTTP/2 at once, without an upgrade: this port is for HTTP/2 clients, gRPC for example",
			next: "look for the port that speaks HTTP/1.1: a WebSocket upgrade needs it",
		},
		{
			symptom: "websocket-frame", name: "a WebSocket server that does without the opening handshake",
			match: isFrame,
			rfc:   6455, section: "1.3",
			hint: "that is a WebSocket frame before any handshake: the server does without one, or a proxy ate its reply",
			next: "on the server: answer the opening handshake before the first frame",
		},
		{symptom: "ssh", name: "an SSH server", match: begins("SSH-"), rfc: 4253, section: "4.2"},
		{symptom: "smtp", name: "a mail server (SMTP)", match: func(b []byte) bool { return begins("220", "421", "554")(b) && containsFold(b, "smtp") }, rfc: 5321, section: "4.2"},
		{symptom: "ftp", name: "an FTP server", match: func(b []byte) bool { return begins("220")(b) && containsFold(b, "ftp") }, rfc: 959, section: "4.2"},
		{symptom: "greeting", name: "a mail or FTP server", match: begins("220 ", "220-", "421 ", "500 ", "502 ", "554 "), rfc: 5321, section: "4.2"},
		{symptom: "pop3", name: "a mail server (POP3)", match: begins("+OK"), rfc: 1939, section: "4"},
		{symptom: "imap", name: "a mail server (IMAP)", match: begins("* OK", "* BYE", "* BAD"), rfc: 9051, section: "7.1"},
		{symptom: "redis", name: "a Redis server", match: begins("-ERR ", "-NOAUTH ", "-DENIED ", "-WRONG", "-MISCONF ", "$-1\r\n", "+PONG")},
		{symptom: "mysql", name: "a MySQL or MariaDB server", match: isMySQL},
		{symptom: "postgresql", name: "a PostgreSQL server", match: func(b []byte) bool {
			return len(b) > 8 && b[0] == 'E' && b[1] == 0 && bytes.Contains(b, []byte("SFATAL"))
		}},
		{symptom: "memcached", name: "a memcached server", match: begins("ERROR\r\n")},
		{symptom: "amqp", name: "an AMQP server, such as RabbitMQ", match: begins("AMQP")},
		{symptom: "vnc", name: "a VNC server", match: begins("RFB 0"), rfc: 6143, section: "7.1.1"},
		{symptom: "rtsp", name: "a media server (RTSP)", match: begins("RTSP/"), rfc: 7826, section: "8"},
		{symptom: "icecast", name: "a SHOUTcast or Icecast server", match: begins("ICY ")},
		{symptom: "telnet", name: "a telnet server", match: func(b []byte) bool { return len(b) > 2 && b[0] == 0xFF && b[1] >= 0xFA }, rfc: 854, section: "1"},
		{
			symptom: "html-without-header", name: "a server that sends a page without a header, as HTTP/0.9 did",
			match: begins("<"),
			rfc:   1945, section: "6",
			hint: "that is a page without an HTTP header: the server or a device in front of it is very old, or broken",
			next: "wscope connect -v {url}",
		},
		{
			symptom: "http-request", name: "something that sends requests: another client, or an echo server",
			match: begins("GET ", "POST ", "HEAD ", "PUT ", "OPTIONS ", "PRI * HTTP/2"),
			rfc:   9112, section: "3",
			hint: "that is a request: an echo server sends back what we sent, or the two ends are both clients",
			next: "compare the port with the documentation of the server",
		},
		{symptom: "json", name: "a server that speaks JSON over TCP", match: begins("{", "[")},
		{symptom: "text", name: "a server that speaks text over TCP", match: isText},
	}
}

// strangers are the replies that do not begin as HTTP.
func strangers() []row {
	var rows []row
	for _, t := range tongues() {
		rows = append(rows, t.row())
	}
	return append(rows, tongue{symptom: "not-http", name: "a server of a binary protocol", match: func([]byte) bool { return true }}.row())
}

func (t tongue) row() row {
	r := row{
		symptom: t.symptom,
		match:   func(x *exam) bool { return !begins("HTTP/")(x.resp.Raw) && t.match(x.resp.Raw) },
		rfc:     t.rfc, section: t.section,
		hint:    t.hint,
		meaning: "the port belongs to " + t.name,
		causes:  []string{"the port of the URL is not that of a WebSocket server", "a proxy or a port mapping leads to the wrong place"},
		next:    []string{t.next},
	}
	if r.hint == "" {
		r.hint = "that is " + t.name + ": check the host and the port"
	}
	if t.next == "" {
		r.next = []string{"check what listens on {addr}"}
	}
	return r
}

// HTTP is what [Speaker] calls those who speak HTTP.
const HTTP = "an HTTP server"

// Speaker names who sends these bytes first, as in "an SSH server", or returns ""
// if that cannot be told for certain. A few bytes are enough for many.
func Speaker(b []byte) string {
	if begins("HTTP/")(b) {
		return HTTP
	}
	for _, t := range tongues() {
		if t.symptom != "text" && t.match(b) {
			return t.name
		}
	}
	return ""
}

// isHTTP2 recognizes the frames that an HTTP/2 server begins with: SETTINGS, or
// GOAWAY if it does not like what it got.
//
// RFC 9113, Sections 3.4 and 4.1.
func isHTTP2(b []byte) bool {
	const settings, goAway = 0x4, 0x7
	if len(b) < 9 {
		return false
	}
	n := int(b[0])<<16 | int(b[1])<<8 | int(b[2])
	stream := uint32(b[5]&0x7F)<<24 | uint32(b[6])<<16 | uint32(b[7])<<8 | uint32(b[8])
	return stream == 0 && (b[3] == settings && n%6 == 0 || b[3] == goAway && n >= 8)
}

// isFrame recognizes a short whole frame of a WebSocket server.
func isFrame(b []byte) bool {
	h, n := wsproto.ParseHeader(b)
	return n > 0 && h.FIN && h.RSV == 0 && !h.Masked && !h.Opcode.IsReserved() && h.Opcode != wsproto.OpContinuation &&
		h.PayloadLen <= 0xFFFF && uint64(len(b)) >= uint64(n)+h.PayloadLen
}

// isMySQL recognizes the first packet of MySQL: a greeting, or an error if the
// host is not one that may connect.
func isMySQL(b []byte) bool {
	const greeting, failed = 10, 0xFF
	return len(b) > 6 && b[3] == 0 && (b[4] == greeting && '0' <= b[5] && b[5] <= '9' || b[4] == failed && int(b[0])+4 <= len(b))
}

func containsFold(b []byte, word string) bool {
	return strings.Contains(strings.ToLower(string(b[:min(len(b), 512)])), word)
}

// isText reports whether the bytes are printable ASCII and white space.
func isText(b []byte) bool {
	for _, c := range b {
		if (c < ' ' || c > '~') && c != '\r' && c != '\n' && c != '\t' {
			return false
		}
	}
	return len(b) > 0
}
