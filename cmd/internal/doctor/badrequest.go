package doctor

import (
	"slices"
	"strings"

	"wscope/render"
	"wscope/wsproto"
)

// badRequests are the answers with 400, which say little by themselves: many
// servers and libraries are known by the body that they send along.
func badRequests() []row {
	rows := []row{
		{
			symptom: "plain-on-tls-port",
			match:   func(x *exam) bool { return ExpectsTLS([]byte(x.text)) },
			rfc:     6455, section: "11.1.2",
			hint:    "the port expects TLS: use {tls-url}",
			meaning: "the server expects TLS on this port and got plain HTTP",
			causes:  []string{"the URL is ws: and should be wss:", "a proxy ends TLS and speaks plain HTTP to a backend that expects TLS"},
			next:    []string{"wscope connect {tls-url}"},
		},
		{
			symptom: "client-certificate-wanted",
			match:   says("no required ssl certificate was sent"), // nginx
			rfc:     8446, section: "4.3.2",
			hint:    "the server wants a client certificate: --cert FILE --key FILE",
			meaning: "TLS was agreed on without a client certificate, and the server answers nobody who has none",
			causes:  []string{"the server demands a certificate of its clients, and says so in HTTP"},
			next:    []string{"wscope connect --cert FILE --key FILE {url}"},
		},
		{
			symptom: "client-certificate-refused",
			match:   says("the ssl certificate error"), // nginx
			rfc:     8446, section: "4.4.2.4",
			hint:    "the server does not accept the client certificate: is it of an authority that the server knows, and not expired?",
			meaning: "the server has seen the client certificate and does not accept it",
			causes:  []string{"the certificate is of another authority than the server trusts", "the certificate has expired or was revoked", "the certificates between are missing in the file of --cert"},
			next:    []string{"wscope connect -v {url}", "look into the log of the server"},
		},
		{
			symptom: "engine-io",
			match:   says("transport unknown", "session id unknown", `"message":"bad handshake method"`, `"message":"unsupported protocol version"`),
			rfc:     9110, section: "15.5.1",
			hint:    "this is Socket.IO: ask for its WebSocket with ?EIO=4&transport=websocket",
			meaning: "the server speaks Engine.IO, which takes its transport and version from the query",
			causes:  []string{"EIO or transport is missing in the query of the URL, or has another value"},
			next:    []string{"wscope connect {engine-url}", "EIO=3 is what Socket.IO 2 speaks"},
		},
		{
			symptom: "signalr",
			match:   says("connection id required"),
			rfc:     9110, section: "15.5.1",
			hint:    "this is SignalR: a POST to its negotiate endpoint comes first and gives the id for the query",
			meaning: "the server speaks SignalR and expects the id of a connection in the query",
			causes:  []string{"the connection was not negotiated before"},
			next:    []string{"POST to {http-url}/negotiate?negotiateVersion=1 and connect with ?id=CONNECTION-TOKEN"},
		},
		{
			symptom: "no-websocket-library",
			match:   says("unsupported upgrade request"),
			rfc:     9110, section: "7.8",
			hint:    "the server runs without WebSocket support; for uvicorn: pip install 'uvicorn[standard]'",
			meaning: "the server understood the request and has nothing that could serve it",
			causes:  []string{"uvicorn was installed without a WebSocket library"},
			next:    []string{"on the server: pip install 'uvicorn[standard]', or websockets"},
		},
		{
			symptom: "upgrade-lost",
			match:   all(sentUpgrade, saysUpgradeLost),
			rfc:     9110, section: "7.6.1",
			hint:    "we sent Upgrade and Connection, the server says they did not arrive: a proxy in between drops them",
			meaning: "the request had its Upgrade and Connection fields when it left, and the server did not get them",
			causes: []string{
				"these fields are for one hop: an intermediary drops them unless it is told to pass them on ({gateway})",
				"an intermediary speaks HTTP/1.0 or HTTP/2 to the server, which both have no Upgrade",
			},
			next: []string{
				"for nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade, proxy_set_header Connection upgrade",
				"ask the server past the intermediary: --connect-to or --resolve names another address for the same URL",
			},
		},
		{
			symptom: "upgrade-not-sent",
			match:   all(func(x *exam) bool { return !sentUpgrade(x) }, saysUpgradeLost),
			rfc:     6455, section: "4.1",
			hint:    "the request had no Upgrade: websocket or no Connection: Upgrade: -H has changed or removed them",
			meaning: "the request was none for a WebSocket, and the server says so",
			causes:  []string{"a -H of the command line replaces or removes the field"},
			next:    []string{"wscope connect {url}"},
		},
		{
			symptom: "version-refused",
			match:   refusesVersion,
			rfc:     6455, section: "4.4",
			hint:    "the server speaks version {versions}, we asked for {version}: --ws-version sends another one",
			meaning: "the server does not speak the version of the protocol that was asked for",
			causes:  []string{"a server from before RFC 6455 (2011)", "--ws-version asks for what nobody speaks"},
			next:    []string{"wscope connect --ws-version 13 {url}"},
		},
		{
			symptom: "subprotocol-wanted",
			match:   says("subprotocol"),
			rfc:     6455, section: "1.9",
			hint:    "the server wants a subprotocol that it knows (-s NAME): {body}",
			meaning: "the server does without none of its subprotocols, and none of them was offered",
			causes:  []string{"no -s, or one with another name or version"},
			next:    []string{"look for the name in the documentation of the server", "wscope connect -s NAME {url}"},
			tell: func(x *exam, d *render.Diagnosis) {
				sent := "no Sec-WebSocket-Protocol"
				if p := x.sent("Sec-WebSocket-Protocol"); p != "" {
					sent = "Sec-WebSocket-Protocol: " + clip(p)
				}
				d.Facts = append([]render.Fact{{Name: "sent", Text: sent}}, d.Facts...)
			},
		},
		{
			symptom: "handshake-field-refused",
			match:   says("sec-websocket-key", "sec-websocket-version", "sec-websocket-protocol", "sec-websocket-extensions"),
			rfc:     6455, section: "4.2.1",
			hint:    "the server does not like a field of the handshake: {body}",
			meaning: "the server found a field of the opening handshake missing or malformed",
			causes:  []string{"--ws-key, --ws-version, -s or a -H sets the field to something unusual", "a proxy drops the fields that it does not know"},
			next:    []string{"-v shows the request as it was sent", "wscope connect {url}"},
		},
		{
			symptom: "host-refused",
			match:   says("invalid host", "disallowedhost", "bad request - invalid hostname", "host header"),
			rfc:     9110, section: "7.2",
			hint:    "the server does not know the host {host}: -H 'Host: NAME' sends another one",
			meaning: "the server has no site of the name in the Host field",
			causes:  []string{"the URL has an address where the server expects a name", "a port in the Host field that the server does not expect, or a missing one"},
			next:    []string{"connect by name: --resolve NAME:PORT:ADDRESS takes the name to this address"},
		},
		{
			symptom: "gorilla-bad-request",
			match:   isGorilla,
			rfc:     9110, section: "15.5.1",
			hint:    "the server's WebSocket library refuses the request; its log has the reason (often a proxy that drops Upgrade)",
			meaning: "the answer is that of the library gorilla/websocket, which has the reason in the error of Upgrade and does not send it",
			causes:  []string{"a proxy in between drops Upgrade or Connection", "a field of the handshake is not as it has to be"},
			next:    []string{"look into the log of the server for a line with \"websocket:\"", "-v shows the request as it was sent"},
		},
	}
	// All of these are about a 400, the body of another status means other things.
	for i := range rows {
		rows[i].match = all(status(400), rows[i].match)
	}
	return append(rows, row{
		symptom: "bad-request",
		match:   status(400),
		rfc:     9110, section: "15.5.1",
		hint:    "is there a WebSocket endpoint at {target}? The path has to be the server's own",
		meaning: "the server could not or would not make sense of the request",
		causes: []string{
			"the path is no WebSocket endpoint, or one that needs a query or a cookie",
			"the port expects TLS, so ws: should be wss:",
			"a proxy in between drops Upgrade or Connection",
		},
		next: []string{"wscope connect --diagnose {url}", "the answer may say why: {body}"},
	})
}

// sentUpgrade reports whether the request asked for a WebSocket.
func sentUpgrade(x *exam) bool {
	return hasWord(x.sent("Upgrade"), "websocket") && hasWord(x.sent("Connection"), "upgrade")
}

// saysUpgradeLost reports whether the body is what servers and libraries say when
// there is no Upgrade in a request, or no Connection.
func saysUpgradeLost(x *exam) bool {
	return says(
		`can "upgrade" only to "websocket"`,    // Tornado, aiohttp, Spring, SockJS
		`"connection" must be "upgrade"`,       // Tornado, Spring, SockJS
		"no connection upgrade hdr",            // aiohttp
		"connection header did not include",    // axum
		"`upgrade` header did not include",     // axum
		"does not contain upgrade",             // coder/websocket
		"does not contain websocket",           // coder/websocket
		"missing connection header",            // websockets
		"missing upgrade header",               // websockets
		"invalid connection header",            // websockets
		"invalid upgrade header",               // websockets, ws
		"access a websocket server directly",   // websockets
		"did not receive a valid http request", // websockets, which takes HTTP/1.1 only
		"not using the websocket protocol",     // gorilla/websocket, where its error is sent on
		"http/1.0",                             // what sent HTTP/1.1 and became that has no Upgrade any more: wscope, coder/websocket
	)(x)
}

// refusesVersion reports whether the server names versions and ours is not among
// them.
func refusesVersion(x *exam) bool {
	versions := strings.FieldsFunc(x.got("Sec-WebSocket-Version"), func(r rune) bool { return r == ',' || r == ' ' })
	return len(versions) > 0 && !slices.Contains(versions, x.sent("Sec-WebSocket-Version"))
}

// isGorilla recognizes the answer of gorilla/websocket: the text of the status
// and the version that it speaks, whatever it is that it does not like.
func isGorilla(x *exam) bool {
	return x.got("Sec-WebSocket-Version") == wsproto.Version && strings.EqualFold(strings.TrimSpace(x.text), strings.TrimSpace(x.resp.Reason))
}

// hasWord reports whether a list with commas has a word, whatever its case.
func hasWord(list, word string) bool {
	for part := range strings.SplitSeq(list, ",") {
		if strings.EqualFold(strings.TrimSpace(part), word) {
			return true
		}
	}
	return false
}

// ExpectsTLS reports whether the body of a response says that the port is one for
// TLS.
func ExpectsTLS(body []byte) bool {
	text := strings.ToLower(string(body))
	for _, s := range []string{
		"plain http request was sent to https port",         // nginx
		"client sent an http request to an https server",    // Go
		"speaking plain http to an ssl-enabled server port", // Apache
	} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}
