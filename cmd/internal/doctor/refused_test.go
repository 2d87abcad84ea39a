package doctor

import (
	"strings"
	"testing"

	"wscope/wsproto"
)

func TestRedirects(t *testing.T) {
	diagnose(t, []sample{
		{symptom: "redirect-to-tls", reply: reply("301 Moved Permanently", "", "Location: https://example.com/chat"), hint: "connect to wss://example.com/chat, or follow with -L"},
		{symptom: "redirect-to-tls", reply: reply("308 Permanent Redirect", "", "Location: wss://EXAMPLE.com/chat"), hint: "wss://EXAMPLE.com/chat"},
		{symptom: "redirect-slash", reply: reply("307 Temporary Redirect", "", "Location: /chat/"), hint: "ws://example.com:8080/chat/"},
		{symptom: "redirect-slash", url: "ws://example.com/a/?x=1", reply: reply("301 Moved", "", "Location: http://example.com/a?x=1"), hint: "ws://example.com/a?x=1"},
		{symptom: "redirect-to-login", reply: reply("302 Found", "", "Location: https://example.com/login?next=/chat"), hint: "looks like a login", url: "wss://example.com/chat"},
		{symptom: "redirect-to-login", reply: reply("302 Found", "", "Location: https://sso.example.org/"), hint: "cookie"},
		{symptom: "redirect", reply: reply("302 Found", "", "Location: ../v2/chat"), hint: "redirects to ../v2/chat"},
		{symptom: "redirect", reply: reply("302 Found", "", "Location: http://[bad/"), hint: "redirects to http://[bad/"},
		{symptom: "redirect-nowhere", reply: reply("304 Not Modified", ""), hint: "without a Location"},
	}, redirects())
}

// TestRedirectCommand has the command that follows a redirect, with a Location
// that would be two commands to a shell.
func TestRedirectCommand(t *testing.T) {
	for _, tt := range []struct{ location, want string }{
		{"../v2/chat", "wscope connect ws://example.com:8080/v2/chat"},
		{"https://user:secret@example.org/a#b", "wscope connect wss://example.org/a"},
		{"/a;rm?x=$HOME&y='", `wscope connect 'ws://example.com:8080/a;rm?x=$HOME&y='\'''`},
	} {
		d := Diagnose(sample{reply: reply("302 Found", "", "Location: "+tt.location)}.fail(t))
		if d.Next[0] != tt.want {
			t.Errorf("after %s try %q, want %q", tt.location, d.Next[0], tt.want)
		}
	}
}

func TestSuccesses(t *testing.T) {
	diagnose(t, []sample{
		{symptom: "interim-flood", reply: strings.Repeat(reply("103 Early Hints", ""), 12), hint: "interim"},
		{symptom: "ok-event-stream", reply: reply("200 OK", "data: 1\n\n", "Content-Type: text/event-stream; charset=utf-8"), hint: "wscope sse"},
		{symptom: "ok-engine-io", reply: reply("200 OK", `0{"sid":"a","upgrades":["websocket"]}`), hint: "?EIO=4&transport=websocket"},
		{symptom: "ok-behind-proxy", reply: reply("200 OK", "hello", "Via: 1.1 varnish", "Server: nginx"), hint: "nginx by its Server field, 1.1 varnish by its Via field"},
		{symptom: "ok-html", reply: reply("200 OK", "<h1>Welcome", "Content-Type: text/html; charset=utf-8"), hint: "endpoint at /chat?"},
		{symptom: "ok-html", reply: reply("200 OK", "\n<!DOCTYPE html>\n<title>App</title>"), hint: "web page"},
		{symptom: "ok-json", reply: reply("200 OK", `{"status":"up"}`), hint: "JSON"},
		{symptom: "ok-json", reply: reply("200 OK", "1", "Content-Type: application/problem+json"), hint: "JSON"},
		{symptom: "ok-empty", reply: reply("204 No Content", ""), hint: "an empty answer"},
		{symptom: "ok", reply: reply("200 OK", "hello"), hint: "endpoint at /chat?"},
	}, successes())
}

func TestBadRequests(t *testing.T) {
	const bad = "400 Bad Request"
	diagnose(t, []sample{
		{symptom: "plain-on-tls-port", reply: reply(bad, "<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>"), hint: "use wss://example.com:8080/chat"},
		{symptom: "plain-on-tls-port", reply: "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n", hint: "wss://"},
		{symptom: "client-certificate-wanted", reply: reply(bad, "<center>No required SSL certificate was sent</center>"), hint: "--cert FILE"},
		{symptom: "client-certificate-refused", reply: reply(bad, "<center>The SSL certificate error</center>"), hint: "does not accept the client certificate"},
		{symptom: "upgrade-lost", reply: reply(bad, "Failed to open a WebSocket connection: did not receive a valid HTTP request.\n"), hint: "drops them"},
		{symptom: "plain-on-tls-port", url: "ws://example.com/", reply: reply(bad, "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />"), hint: "wss://example.com/"},
		{symptom: "engine-io", reply: reply(bad, `{"code":0,"message":"Transport unknown"}`), hint: "?EIO=4&transport=websocket"},
		{symptom: "signalr", reply: reply(bad, "Connection ID required"), hint: "negotiate"},
		{symptom: "no-websocket-library", reply: reply(bad, "Unsupported upgrade request."), hint: "uvicorn"},
		{symptom: "upgrade-lost", reply: reply(bad, `Can "Upgrade" only to "WebSocket".`), hint: "a proxy in between drops them"},
		{symptom: "upgrade-lost", reply: reply(bad, "Connection header did not include 'upgrade'"), hint: "did not arrive"},
		{symptom: "upgrade-lost", reply: reply(bad, "Failed to open a WebSocket connection: missing Connection header.\n\nYou cannot access a WebSocket server directly"), hint: "did not arrive"},
		{symptom: "upgrade-lost", reply: reply(bad, "No WebSocket UPGRADE hdr: None\n Can \"Upgrade\" only to \"WebSocket\"."), hint: "did not arrive"},
		{symptom: "upgrade-lost", reply: reply(bad, `HTTP version is "HTTP/1.0", expected "HTTP/1.1" (RFC 6455, Section 4.2.1)`, "Server: nginx/1.22.1"), hint: "did not arrive"},
		{symptom: "upgrade-not-sent", omit: []string{"Upgrade"}, reply: reply(bad, `Can "Upgrade" only to "WebSocket".`), hint: "-H has changed"},
		{symptom: "version-refused", reply: reply(bad, "", "Sec-WebSocket-Version: 8, 7"), hint: "speaks version 8, 7, we asked for 13"},
		{symptom: "version-refused", omit: []string{"Sec-WebSocket-Version"}, reply: reply(bad, "", "Sec-WebSocket-Version: 13"), hint: "speaks version 13, we asked for none"},
		{symptom: "subprotocol-wanted", reply: reply(bad, "Failed to open a WebSocket connection: missing subprotocol.\n"), hint: "-s NAME"},
		{symptom: "handshake-field-refused", reply: reply(bad, "Missing or invalid Sec-WebSocket-Key header"), hint: "Missing or invalid"},
		{symptom: "host-refused", reply: reply(bad, "Invalid Host header"), hint: "the host example.com:8080"},
		{symptom: "gorilla-bad-request", reply: reply(bad, "Bad Request\n", "Sec-Websocket-Version: 13"), hint: "log"},
		{symptom: "bad-request", reply: reply(bad, "nope"), hint: "endpoint at /chat?"},
	}, badRequests())
}

func TestDenials(t *testing.T) {
	const unauthorized, forbidden = "401 Unauthorized", "403 Forbidden"
	origin := field("Origin", "http://other.example")
	diagnose(t, []sample{
		{symptom: "unauthorized-basic", reply: reply(unauthorized, "", `WWW-Authenticate: Basic realm="x"`), hint: "the server wants credentials: -u user:password"},
		{symptom: "unauthorized-basic", header: field("Authorization", "Basic eA=="), reply: reply(unauthorized, "", `WWW-Authenticate: Basic realm="x"`), hint: "were not accepted"},
		{symptom: "unauthorized-bearer", reply: reply(unauthorized, "", "WWW-Authenticate: Custom x", "WWW-Authenticate: bearer"), hint: "--oauth2-bearer"},
		{symptom: "unauthorized-digest", reply: reply(unauthorized, "", `WWW-Authenticate: Digest realm="x", nonce="y"`), hint: "--digest"},
		{symptom: "unauthorized-negotiate", reply: reply(unauthorized, "", "WWW-Authenticate: NTLM"), hint: "wants NTLM"},
		{symptom: "unauthorized", reply: reply(unauthorized, ""), hint: "-u user:password"},
		{symptom: "origin-refused", header: origin, reply: reply(forbidden, "Cross origin websockets not allowed"), hint: "does not accept the origin http://other.example: try -o http://example.com:8080"},
		{symptom: "origin-refused", reply: reply(forbidden, `request Origin "" is not authorized for Host "a"`), hint: "does not accept the lack of an origin"},
		{symptom: "origin-refused", header: origin, reply: reply(forbidden, "Forbidden\n", "Sec-Websocket-Version: 13"), hint: "try -o"},
		{symptom: "origin-refused", header: origin, reply: reply(forbidden, "Failed to open a WebSocket connection: invalid Origin header: http://a.\n"), hint: "try -o"},
		{symptom: "bot-protection", reply: reply(forbidden, "<title>Just a moment...</title>", "Server: cloudflare"), hint: "cloudflare by its Server field"},
		{symptom: "api-gateway", reply: reply(forbidden, `{"message":"Missing Authentication Token"}`), hint: "stage"},
		{symptom: "forbidden-origin", header: origin, url: "wss://example.com/chat", reply: reply(forbidden, "no"), hint: "try -o https://example.com"},
		{symptom: "forbidden", reply: reply(forbidden, "no"), hint: "another Origin (-o)"},
		{symptom: "proxy-auth-from-origin", reply: reply("407 Proxy Authentication Required", ""), hint: "a proxy on the way"},
	}, denials())
}

func TestClientErrors(t *testing.T) {
	diagnose(t, []sample{
		{symptom: "not-found-cable", url: "ws://example.com/cable", reply: reply("404 Not Found", "Page not found"), hint: "try -o http://example.com"},
		{symptom: "not-found-signalr", reply: reply("404 Not Found", "No Connection with that ID"), hint: "SignalR"},
		{symptom: "not-found", reply: reply("404 Not Found", "Page not found"), hint: "there is nothing at /chat"},
		{symptom: "method-not-allowed", reply: reply("405 Method Not Allowed", "", "Allow: POST"), hint: "does not take GET"},
		{symptom: "request-timeout", reply: reply("408 Request Timeout", ""), hint: "waited"},
		{symptom: "gone", reply: reply("410 Gone", ""), hint: "gone for good"},
		{symptom: "body-expected", reply: reply("411 Length Required", ""), hint: "a handshake has none"},
		{symptom: "body-expected", reply: reply("413 Content Too Large", ""), hint: "a handshake has none"},
		{symptom: "target-too-long", reply: reply("414 URI Too Long", ""), hint: "too long"},
		{symptom: "misdirected", reply: reply("421 Misdirected Request", ""), hint: "the host example.com:8080"},
		{symptom: "version-refused-426", reply: reply("426 Upgrade Required", "", "Sec-WebSocket-Version: 8"), hint: "speaks version 8: --ws-version"},
		{symptom: "upgrade-to-other", reply: reply("426 Upgrade Required", "", "Upgrade: h2c"), hint: "wants h2c"},
		{symptom: "upgrade-lost-426", reply: reply("426 Upgrade Required", "WebSocket protocol violation", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Via: 1.0 squid"), hint: "a proxy in between drops them"},
		{symptom: "upgrade-required", header: field("Connection", "close"), reply: reply("426 Upgrade Required", "Upgrade Required"), hint: "-H has changed"},
		{symptom: "too-many-requests", reply: reply("429 Too Many Requests", "", "Retry-After: 30"), hint: "wait for 30 s"},
		{symptom: "too-many-requests", reply: reply("429 Too Many Requests", "", "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT"), hint: "wait for Fri, 31 Dec 1999"},
		{symptom: "too-many-requests-unbounded", reply: reply("429 Too Many Requests", ""), hint: "does not say for how long"},
		{symptom: "fields-too-large", reply: reply("431 Request Header Fields Too Large", ""), hint: "cookies"},
		{symptom: "http2-only-464", reply: reply("464", ""), hint: "AWS load balancer"},
		{symptom: "client-error", reply: reply("418 I'm a teapot", "short and stout"), hint: "short and stout"},
		{symptom: "client-error", reply: reply("402 Payment Required", ""), hint: "refuses this request: no reason is given"},
		{symptom: "client-error", reply: reply("451 Unavailable For Legal Reasons", " \r\n"), hint: "refuses this request: no reason is given"},
		{symptom: "client-error", reply: reply("418 I'm a teapot", "..."), hint: "refuses this request: no reason is given"},
	}, clientErrors())
}

func TestServerErrors(t *testing.T) {
	diagnose(t, []sample{
		{symptom: "server-error", reply: reply("500 Internal Server Error", ""), hint: "log"},
		{symptom: "not-implemented", reply: reply("501 Not Implemented", ""), hint: "right port?"},
		{symptom: "bad-gateway", reply: reply("502 Bad Gateway", "", "Server: nginx/1.24.0"), hint: "a gateway (nginx/1.24.0 by its Server field)"},
		{symptom: "bad-gateway", reply: reply("502 Bad Gateway", ""), hint: "it does not name itself"},
		{symptom: "unavailable", reply: reply("503 Service Unavailable", "", "Retry-After: 5"), hint: "to wait for 5 s"},
		{symptom: "unavailable", reply: reply("503 Service Unavailable", ""), hint: "right now: so says the server, or what is in front of it (it does not name itself)"},
		{symptom: "unavailable", reply: reply("503 Service Unavailable", "", "Server: nginx"), hint: "what is in front of it (nginx by its Server field)"},
		{symptom: "gateway-timeout", reply: reply("504 Gateway Timeout", "", "Via: 1.1 edge"), hint: "1.1 edge by its Via field"},
		{symptom: "http-version-refused", reply: reply("505 HTTP Version Not Supported", ""), hint: "HTTP/2"},
		{symptom: "cloudflare-origin", reply: reply("521 Web Server Is Down", "", "Server: cloudflare"), hint: "it refuses connections"},
		{symptom: "cloudflare-origin", reply: reply("530", ""), hint: "its name was not resolved"},
		{symptom: "server-error-other", reply: reply("507 Insufficient Storage", ""), hint: "failed"},
		{symptom: "status-unknown", reply: reply("999 No Such Thing", ""), hint: "no standard knows"},
	}, serverErrors())
}

// TestUnauthorizedFacts has what was sent told without what is secret in it.
func TestUnauthorizedFacts(t *testing.T) {
	d := Diagnose(sample{
		header: wsproto.Fields{{Name: "Authorization", Value: "Basic c2VjcmV0"}},
		reply:  reply("401 Unauthorized", "", "WWW-Authenticate: Basic"),
	}.fail(t))
	if got := d.Facts[0]; got.Name != "sent" || got.Text != "Authorization with the scheme Basic" {
		t.Errorf("the first fact is %+v", got)
	}
}

// TestLongReply has a reply that is long wherever it can be.
func TestLongReply(t *testing.T) {
	long := strings.Repeat("long ", 2000)
	for _, status := range []string{"302 Found", "400 Bad Request", "401 Unauthorized", "418 Teapot", "429 Slow", "502 Bad Gateway"} {
		d := Diagnose(sample{reply: reply(status+" "+long, long, "Location: /"+long, "WWW-Authenticate: "+long, "Retry-After: "+long, "Server: "+long, "Via: "+long)}.fail(t))
		texts := append(append([]string{d.Hint, d.Meaning}, d.Causes...), d.Next...)
		for _, f := range d.Facts {
			texts = append(texts, f.Text)
		}
		for _, text := range texts {
			if len(text) > 4*maxQuoted {
				t.Errorf("%s: a text of %d bytes: %.100q", status, len(text), text)
			}
		}
	}
}
