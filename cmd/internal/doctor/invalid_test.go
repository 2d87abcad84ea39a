package doctor

import (
	"strings"
	"testing"

	"wscope/wsproto"
	"wscope/wsproto/deflate"
)

const (
	upgrade    = "Upgrade: websocket"
	connection = "Connection: Upgrade"
	accept     = "Sec-WebSocket-Accept: ACCEPT"
)

func TestBadUpgrades(t *testing.T) {
	compression := []wsproto.Extension{&deflate.Extension{}}
	diagnose(t, []sample{
		{symptom: "http-1.0", reply: "HTTP/1.0 101 Switching Protocols\r\n" + upgrade + "\r\n\r\n", hint: "HTTP/1.0 has no upgrade"},
		{symptom: "upgrade-missing", reply: switching(connection, accept), hint: "a proxy in between may have dropped"},
		{symptom: "upgrade-misspelt", reply: switching("Upgrade: websockets", connection, accept), hint: "websockets is a misspelling"},
		{symptom: "upgrade-misspelt", reply: switching("Upgrade: web-socket", connection, accept), hint: "misspelling"},
		{symptom: "upgrade-misspelt", reply: switching("Upgrade: webscoket", connection, accept), hint: "misspelling"},
		{symptom: "upgrade-wrong", reply: switching("Upgrade: h2c", connection, accept), hint: "switches to h2c"},
		{symptom: "connection-missing", reply: switching(upgrade, accept), hint: "dropped"},
		{symptom: "connection-wrong", reply: switching(upgrade, "Connection: keep-alive", accept), hint: "a proxy's own Connection"},
		{symptom: "connection-misspelt", reply: switching(upgrade, "Connection: Upgraded", accept), hint: "name Upgrade"},
		{symptom: "accept-missing", reply: switching(upgrade, connection), hint: "does not prove"},
		{symptom: "accept-twice", reply: switching(upgrade, connection, accept, accept), hint: "more than once"},
		{symptom: "accept-wrong", reply: switching(upgrade, connection, "Sec-WebSocket-Accept: fI/F95pFHyUax3HLt0ktmQ=="), hint: "MD5"},
		{symptom: "subprotocol-empty", reply: switching(upgrade, connection, accept, "Sec-WebSocket-Protocol:"), hint: "there and empty"},
		{symptom: "subprotocol-unasked", reply: switching(upgrade, connection, accept, "Sec-WebSocket-Protocol: mqtt"), hint: "try -s mqtt"},
		{symptom: "subprotocol-several", subprotocols: []string{"a", "b"}, reply: switching(upgrade, connection, accept, "Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: b"), hint: "choose one"},
		{symptom: "subprotocol-list", subprotocols: []string{"a", "b"}, reply: switching(upgrade, connection, accept, "Sec-WebSocket-Protocol: a, b"), hint: "a list"},
		{symptom: "subprotocol-other", subprotocols: []string{"MQTT"}, reply: switching(upgrade, connection, accept, "Sec-WebSocket-Protocol: mqtt"), hint: "with regard to case"},
		{symptom: "extension-empty", reply: switching(upgrade, connection, accept, "Sec-WebSocket-Extensions:"), hint: "there and empty"},
		{symptom: "extension-unasked", reply: switching(upgrade, connection, accept, "Sec-WebSocket-Extensions: permessage-deflate"), hint: "nobody offered it"},
		{symptom: "extension-parameters", extensions: compression, reply: switching(upgrade, connection, accept, "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99"), hint: "--no-deflate"},
		{symptom: "extension-several", extensions: compression, reply: switching(upgrade, connection, accept, "Sec-WebSocket-Extensions: permessage-deflate", "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover"), hint: "choose one"},
		{symptom: "extension-malformed", extensions: compression, reply: switching(upgrade, connection, accept, "Sec-WebSocket-Extensions: ;;"), hint: "cannot be read"},
		{symptom: "extension-other", extensions: compression, reply: switching(upgrade, connection, accept, "Sec-WebSocket-Extensions: x-webkit-deflate-frame"), hint: "was not offered"},
	}, badUpgrades())
}

// TestAcceptFacts has the key, both values and the way between them.
func TestAcceptFacts(t *testing.T) {
	d := Diagnose(sample{reply: switching(upgrade, connection, "Sec-WebSocket-Accept: fI/F95pFHyUax3HLt0ktmQ==")}.fail(t))
	want := []string{
		"sent Sec-WebSocket-Key: " + sampleKey,
		"got Sec-WebSocket-Accept: fI/F95pFHyUax3HLt0ktmQ==",
		"expected s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
		"computed the Base64 of the SHA-1 of the key followed by 258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
	}
	var got []string
	for _, f := range d.Facts {
		got = append(got, f.Name+" "+f.Text)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the facts are %q, want %q", got, want)
	}
	if d.Next[0] != "wscope accept-key --explain "+sampleKey {
		t.Errorf("the next step is %q", d.Next[0])
	}
}

// TestEmptyFacts tells a field that is there and empty from one that is not there.
func TestEmptyFacts(t *testing.T) {
	for _, tt := range []struct{ reply, got string }{
		{switching(upgrade, connection, accept, "Sec-WebSocket-Extensions: "), "Sec-WebSocket-Extensions: (empty)"},
		{switching(upgrade, connection, accept, "Sec-WebSocket-Protocol:"), "Sec-WebSocket-Protocol: (empty)"},
		{switching("Upgrade:", connection, accept), "Upgrade: (empty)"},
		{switching(connection, accept), "no Upgrade"},
	} {
		d := Diagnose(sample{reply: tt.reply}.fail(t))
		if d.Facts[0].Name != "got" || d.Facts[0].Text != tt.got {
			t.Errorf("%q gives the fact %+v, want %q", tt.reply, d.Facts[0], tt.got)
		}
	}
}

func TestNearly(t *testing.T) {
	for _, tt := range []struct {
		word string
		want bool
	}{
		{"websockets", true}, {"WebSocket/13", true}, {"web socket", true}, {"websoket", true}, {"wesocket", true}, {"websocket2", true},
		{"h2c", false}, {"", false}, {"tls/1.0", false}, {"we", false}, {"socketio", false},
	} {
		if got := nearly(tt.word, "websocket"); got != tt.want {
			t.Errorf("nearly(%q) = %v, want %v", tt.word, got, tt.want)
		}
	}
}

func TestBadHeads(t *testing.T) {
	diagnose(t, []sample{
		{symptom: "header-folded", reply: switching(upgrade, connection, "Sec-WebSocket-Accept:", " ACCEPT"), hint: "over two lines"},
		{symptom: "header-space-before-colon", reply: switching("Upgrade : websocket", connection, accept), hint: "white space"},
		{symptom: "header-no-field", reply: switching(upgrade, connection, "Warning something happened", accept), hint: "no field"},
		{symptom: "header-no-field", reply: switching(upgrade, connection, "two words: x", accept), hint: "no field"},
		{symptom: "header-control-characters", reply: switching(upgrade, connection, accept, "X: a\x00b"), hint: "control characters"},
		{symptom: "header-too-large", reply: "HTTP/1.1 101 Switching Protocols\r\nX: " + strings.Repeat("x", 70_000), hint: "larger than any"},
		{symptom: "header-too-large", reply: switching(strings.Repeat("X: y\r\n", 300) + upgrade), hint: "larger than any"},
		{symptom: "status-line", reply: "HTTP/2 200\r\n\r\n", hint: "no status line"},
		{symptom: "status-line", reply: "HTTP/1.1 OK\r\n\r\n", hint: "no status line"},
	}, badHeads())
}

func TestStrangers(t *testing.T) {
	diagnose(t, []sample{
		{symptom: "tls-alert", reply: "\x15\x03\x01\x00\x02\x02\x0a", hint: "use wss://"},
		{symptom: "tls-record", reply: "\x16\x03\x01\x00\x02\x02\x0a", hint: "use wss://"},
		{symptom: "http2-only", reply: "\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80", hint: "HTTP/2"},
		{symptom: "http2-only", reply: "\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01", hint: "HTTP/2"},
		{symptom: "websocket-frame", reply: "\x81\x05hello", hint: "WebSocket frame"},
		{symptom: "ssh", reply: "SSH-2.0-OpenSSH_9.6\r\n", hint: "an SSH server"},
		{symptom: "smtp", reply: "220 mail.example.com ESMTP Postfix\r\n", hint: "SMTP"},
		{symptom: "ftp", reply: "220 (vsFTPd 3.0.5)\r\n", hint: "FTP"},
		{symptom: "greeting", reply: "220 ready\r\n", hint: "a mail or FTP server"},
		{symptom: "pop3", reply: "+OK Dovecot ready.\r\n", hint: "POP3"},
		{symptom: "imap", reply: "* OK [CAPABILITY IMAP4rev1] ready\r\n", hint: "IMAP"},
		{symptom: "redis", reply: "-ERR wrong number of arguments for 'get' command\r\n", hint: "Redis"},
		{symptom: "mysql", reply: "\x4a\x00\x00\x00\x0a8.0.36\x00\x08\x00", hint: "MySQL"},
		{symptom: "mysql", reply: "\x09\x00\x00\x00\xff\x6a\x04Host 'x'", hint: "MySQL"},
		{symptom: "postgresql", reply: "E\x00\x00\x00\x6eSFATAL\x00VFATAL\x00C0A000\x00", hint: "PostgreSQL"},
		{symptom: "memcached", reply: "ERROR\r\n", hint: "memcached"},
		{symptom: "amqp", reply: "AMQP\x00\x00\x09\x01", hint: "AMQP"},
		{symptom: "vnc", reply: "RFB 003.008\n", hint: "VNC"},
		{symptom: "rtsp", reply: "RTSP/1.0 400 Bad Request\r\n\r\n", hint: "RTSP"},
		{symptom: "icecast", reply: "ICY 200 OK\r\n", hint: "SHOUTcast"},
		{symptom: "telnet", reply: "\xff\xfd\x18\xff\xfd\x20", hint: "telnet"},
		{symptom: "html-without-header", reply: "<html><body>Router</body></html>", hint: "without an HTTP header"},
		{symptom: "http-request", reply: "GET /chat HTTP/1.1\r\nHost: example.com:8080\r\n", hint: "echo server"},
		{symptom: "json", reply: `{"hello":1}` + "\n", hint: "JSON"},
		{symptom: "text", reply: "welcome to the MUD\r\n", hint: "text over TCP"},
		{symptom: "not-http", reply: "\x01\x02\x03\x04\x05", hint: "binary protocol"},
	}, strangers())
}

func TestSpeaker(t *testing.T) {
	for _, tt := range []struct{ bytes, want string }{
		{"HTTP/1.1 400 Bad Request", HTTP},
		{"HTTP/", HTTP},
		{"220 m", "a mail or FTP server"},
		{"hello", ""},
		{"SSH-2.0-x", "an SSH server"},
		{"\x81\x02hi", "a WebSocket server that does without the opening handshake"},
		{"\x01\x02\x03\x04", ""},
		{"", ""},
	} {
		if got := Speaker([]byte(tt.bytes)); got != tt.want {
			t.Errorf("Speaker(%q) = %q, want %q", tt.bytes, got, tt.want)
		}
	}
}

func TestSilences(t *testing.T) {
	const hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
	const half = "HTTP/1.1 101 Switching Proto"
	diagnose(t, []sample{
		{symptom: "empty-reply", hint: "use wss://example.com:8080/chat"},
		{symptom: "empty-reply-tls", url: "wss://example.com/", hint: "ends connections at once"},
		{symptom: "client-certificate-missing", url: "wss://example.com/", noClientCert: true, hint: "there was none to send"},
		{symptom: "client-certificate-missing", url: "wss://example.com/", noClientCert: true, end: resets, hint: "there was none to send"},
		{symptom: "tls-alert-reply", url: "wss://example.com/", noClientCert: true, end: alerts, hint: "alert: certificate required"},
		{symptom: "silence", end: waits, hint: "--connect-timeout"},
		{symptom: "silence-after-interim", reply: hints, end: waits, hint: "interim response"},
		{symptom: "reply-unfinished", reply: half, end: waits, hint: "has no end"},
		{symptom: "reset-inside", reply: half, end: resets, hint: "reset inside the reply"},
		{symptom: "reply-cut", reply: half, hint: "broke off"},
		{symptom: "cut-after-interim", reply: hints, hint: "interim response"},
		{symptom: "reset-unanswered", end: resets, hint: "reset after the request"},
		{symptom: "lost", reply: "", end: fails, hint: "lost before an answer"},
		{symptom: "tls-alert-reply", url: "wss://example.com/", end: alerts, hint: "alert: certificate required"},
	}, silences())
}

// FuzzDiagnose looks for bytes that the tables cannot take.
func FuzzDiagnose(f *testing.F) {
	f.Add("HTTP/1.1 302 Found\r\nLocation: //\r\n\r\n", "/chat")
	f.Add("\x00\x00\x12\x04\x00\x00\x00\x00\x00", "/")
	f.Add("HTTP/1.1 400 x\r\nSec-WebSocket-Version: ,\r\n\r\nTransport unknown", "/a?b=%zz")
	f.Fuzz(func(t *testing.T, reply, target string) {
		u, err := wsproto.ParseURL("ws://h" + target)
		if err != nil {
			return
		}
		s := sample{reply: reply, url: u.String()}
		if c, failed := s.try(t); failed && Diagnose(c) == nil {
			t.Errorf("there is no diagnosis of %v", c.Err)
		}
	})
}
