package doctor

import (
	"bytes"

	"wscope/wsproto"
)

// silences are handshakes in which nothing came, or not all of it.
func silences() []row {
	timeout := kind(wsproto.HandshakeTimeout)
	dropped := kind(wsproto.HandshakeDropped)
	return []row{
		{
			symptom: "cut-after-interim",
			match:   all(kind(wsproto.HandshakeDropped, wsproto.HandshakeEmpty), interim),
			rfc:     9110, section: "15.2",
			hint:    "the server began with an interim response and then ended the connection",
			meaning: "an interim response came, and then the connection ended",
			causes:  []string{"a program on the server crashed"},
			next:    []string{"look into the log of the server"},
		},
		{
			symptom: "empty-reply",
			match:   all(kind(wsproto.HandshakeEmpty), func(x *exam) bool { return !x.URL.Secure }),
			rfc:     6455, section: "4.1",
			hint:    "if the server expects TLS, use {tls-url}",
			meaning: "the server took the connection, read the request and hung up without a word",
			causes: []string{
				"the port expects TLS: many servers hang up on plain HTTP",
				"the port is that of another protocol",
				"a program on the server crashed over the request, or a firewall let only the connection through",
			},
			next: []string{"wscope connect {tls-url}"},
		},
		{
			symptom: "client-certificate-missing",
			match:   all(kind(wsproto.HandshakeEmpty, wsproto.HandshakeDropped), uncertified),
			rfc:     8446, section: "4.3.2",
			hint:    "the server has asked for a client certificate, there was none to send, and it ended the connection: --cert and --key name one",
			meaning: "TLS was agreed on, the server asked for a client certificate and got none, and then it ended the connection",
			causes:  []string{"the server demands a certificate of its clients; in TLS 1.3 it says so only after the handshake, and some just hang up"},
			next:    []string{"wscope connect --cert FILE --key FILE {url}"},
		},
		{
			symptom: "empty-reply-tls",
			match:   kind(wsproto.HandshakeEmpty),
			rfc:     6455, section: "4.1",
			hint:    "something listens there that ends connections at once",
			meaning: "TLS was agreed on, and then the server hung up without a word",
			causes: []string{
				"the server speaks another protocol inside TLS: HTTP/2 alone, for example",
				"a program on the server crashed over the request",
			},
			next: []string{"wscope connect -v {url}"},
		},
		{
			symptom: "silence-after-interim",
			match:   all(timeout, interim),
			rfc:     9110, section: "15.2",
			hint:    "the server began with an interim response and did not go on; --connect-timeout gives it more time",
			meaning: "an interim response came, and not the final one",
			causes:  []string{"the server waits for something behind it", "a proxy answers for a server that does not"},
			next:    []string{"wscope connect --connect-timeout 2m {url}"},
		},
		{
			symptom: "reply-unfinished",
			match:   all(timeout, begun),
			rfc:     9112, section: "2.1",
			hint:    "the header of the reply has no end; --connect-timeout gives it more time",
			meaning: "the reply began, and the empty line that ends its header did not come in time",
			causes:  []string{"a server that forgets the empty line", "a server or a proxy that is very slow"},
			next:    []string{"on the server: end the header with CR LF CR LF", "wscope connect --connect-timeout 2m {url}"},
		},
		{
			symptom: "silence",
			match:   timeout,
			rfc:     6455, section: "4.1",
			hint:    "--connect-timeout gives it more time",
			meaning: "the server took the connection and the request, and said nothing",
			causes: []string{
				"the server is overloaded, or waits for something behind it",
				"the port is that of another protocol, whose client speaks in another way: TLS, for example",
				"a proxy took the connection for a server that it cannot reach",
			},
			next: []string{"wscope connect --connect-timeout 2m {url}", "wscope connect {other-url}"},
		},
		{
			symptom: "tls-alert-reply",
			match:   all(dropped, func(x *exam) bool { return alert(x.Err.Err) != "" }),
			rfc:     8446, section: "6.2",
			hint:    "the server ended TLS with an alert: {alert}; if it wants a client certificate, send one with --cert and --key",
			meaning: "TLS was agreed on, and instead of a reply came a fatal alert: {alert}",
			causes:  []string{"the server wants a client certificate, or does not accept the one that was sent: TLS 1.3 says so only after the handshake"},
			next:    []string{"wscope connect --cert FILE --key FILE {url}"},
		},
		{
			symptom: "reset-inside",
			match:   all(dropped, begun, isReset),
			rfc:     9112, section: "8",
			hint:    "the connection was reset inside the reply: a server that crashed, or a firewall that did not like it",
			meaning: "the reply began, and then the connection was reset",
			causes:  []string{"a program on the server crashed", "a firewall or an intrusion detection cut the connection"},
			next:    []string{"look into the log of the server", "try from another network"},
		},
		{
			symptom: "reply-cut",
			match:   all(dropped, begun),
			rfc:     9112, section: "8",
			hint:    "the reply broke off: its header has no end",
			meaning: "the connection ended inside the header of the reply",
			causes:  []string{"a program on the server crashed", "a server that forgets the empty line behind the header"},
			next:    []string{"look into the log of the server"},
		},
		{
			symptom: "reset-unanswered",
			match:   all(dropped, isReset),
			rfc:     9293, section: "3.5.3",
			hint:    "reset after the request: the port expects something else (TLS?), or a firewall does not like the request",
			meaning: "the server took the connection and reset it when it had the request",
			causes: []string{
				"the port expects TLS, or another protocol",
				"a firewall or an intrusion detection that looks into requests",
				"a program on the server crashed, or is being restarted",
			},
			next: []string{"wscope connect {other-url}", "try from another network"},
		},
		{
			symptom: "lost",
			match:   dropped,
			rfc:     6455, section: "4.1",
			hint:    "the connection was lost before an answer came",
			meaning: "the network gave the connection up before an answer came",
			causes:  []string{"a change of the network, or one that is overloaded", "a proxy that ended the connection"},
			next:    []string{"try again: --retry 3"},
		},
	}
}

// uncertified reports whether the server wanted a client certificate, got none and
// sent neither a reply nor an alert.
func uncertified(x *exam) bool { return x.NoClientCert && !begun(x) && alert(x.Err.Err) == "" }

// begun reports whether some of the final response had come.
func begun(x *exam) bool { return len(x.resp.Raw) > 0 }

// interim reports whether a complete 1xx response had come, and nothing after it.
func interim(x *exam) bool {
	if begun(x) {
		return false
	}
	rest, ok := bytes.CutPrefix(x.Received, []byte("HTTP/1.1 1"))
	return ok && bytes.Contains(rest, []byte("\n\r\n"))
}

// isReset reports whether the network says that the connection was reset.
func isReset(x *exam) bool { return wsproto.IsReset(x.Err.Err) }
