package doctor

import (
	"strings"

	"wscope/render"
)

// serverErrors are the answers that put the blame on the server or on what stands
// in front of it.
func serverErrors() []row {
	return []row{
		{
			symptom: "server-error",
			match:   status(500),
			rfc:     9110, section: "15.6.1",
			hint:    "the server failed; its log has the reason",
			meaning: "a program on the server ended in an error when it was to take the connection",
			causes:  []string{"an exception in the handler of the endpoint", "the request is a case that the handler does not expect: no Origin, no cookie, no subprotocol"},
			next:    []string{"look into the log of the server", "wscope connect --diagnose {url}"},
		},
		{
			symptom: "not-implemented",
			match:   status(501),
			rfc:     9110, section: "15.6.2",
			hint:    "the server cannot do upgrades: is it the right port?",
			meaning: "the server has no code for what was asked",
			causes:  []string{"a simple file server", "a proxy without WebSocket support ({gateway})"},
			next:    []string{"compare the port with the documentation of the server"},
		},
		{
			symptom: "bad-gateway",
			match:   status(502),
			rfc:     9110, section: "15.6.3",
			hint:    "a gateway ({gateway}) got no proper answer from the server behind it",
			meaning: "the answer is not the server's: a gateway in front got none from it, or one that is not valid HTTP",
			causes: []string{
				"the server behind the gateway does not run, or listens on another port",
				"the gateway speaks TLS to a server without, or the reverse",
				"the server ends the connection in the handshake: its log has the reason",
			},
			next: []string{"look into the log of the gateway, it names the server that it asked", "ask the server past the gateway: --connect-to or --resolve names another address for the same URL"},
		},
		{
			symptom: "unavailable",
			match:   status(503),
			rfc:     9110, section: "15.6.4",
			hint:    "nobody can serve this right now: so says the server, or what is in front of it ({gateway})",
			meaning: "the server, or the gateway in front of it, has nobody who could take the connection",
			causes:  []string{"no server behind the gateway is healthy", "a limit of connections is reached", "maintenance"},
			next:    []string{"try again later", "look at the health checks of the gateway"},
			tell:    tellRetryAfter,
		},
		{
			symptom: "gateway-timeout",
			match:   status(504),
			rfc:     9110, section: "15.6.5",
			hint:    "a gateway ({gateway}) waited for the server behind it, which did not answer in time",
			meaning: "the answer is not the server's: a gateway in front gave up waiting for it",
			causes:  []string{"the server is overloaded or hangs", "a firewall between the gateway and the server drops packets", "the server takes the connection and never answers the handshake"},
			next:    []string{"look into the log of the gateway, it names the server that it asked", "ask the server past the gateway: --connect-to or --resolve names another address for the same URL"},
		},
		{
			symptom: "http-version-refused",
			match:   status(505),
			rfc:     9110, section: "15.6.6",
			hint:    "the server does not speak HTTP/1.1, which an upgrade needs: perhaps HTTP/2 only",
			meaning: "the server refuses the version of HTTP, and an upgrade exists in HTTP/1.1 only",
			causes:  []string{"a server for HTTP/2 or gRPC alone"},
			next:    []string{"look for the port of the WebSocket in the documentation of the server"},
		},
		{
			symptom: "cloudflare-origin",
			match:   status(520, 521, 522, 523, 524, 525, 526, 530),
			hint:    "that is Cloudflare's, about the server behind it: {origin-trouble}",
			meaning: "Cloudflare stands in front of the server and could not get an answer from it: {origin-trouble}",
			causes:  []string{"the server behind Cloudflare does not run, blocks it, or has another certificate or port"},
			next:    []string{"ask the server itself: --resolve or --connect-to with its own address"},
		},
		{
			symptom: "server-error-other",
			match:   class(5),
			rfc:     9110, section: "15.6",
			hint:    "the server failed, or what is in front of it ({gateway})",
			meaning: "the server or a gateway in front of it could not serve the request",
			causes:  []string{"an error on the server"},
			next:    []string{"look into the log of the server", "try again later"},
		},
		{
			symptom: "status-unknown",
			match:   always,
			rfc:     9110, section: "15",
			hint:    "no standard knows this status: is it the right server?",
			meaning: "the status is not one of HTTP",
			causes:  []string{"a server that makes statuses of its own"},
			next:    []string{"the answer may say why: {body}"},
		},
	}
}

// tellRetryAfter says for how long the server wants to be left alone.
func tellRetryAfter(x *exam, d *render.Diagnosis) {
	if wait := retryAfter(x.got("Retry-After")); wait != "" {
		d.Facts = append(d.Facts, render.Fact{Name: "got", Text: "Retry-After: " + clip(x.got("Retry-After"))})
		d.Hint += "; it asks to wait for " + wait
	}
}

// originTrouble says what the statuses of Cloudflare's own mean.
func originTrouble(status int) string {
	switch status {
	case 520:
		return "it sent something that is not understood"
	case 521:
		return "it refuses connections"
	case 522:
		return "connecting to it took too long"
	case 523:
		return "there is no way to it"
	case 524:
		return "it did not answer within 100 s"
	case 525:
		return "the TLS handshake with it failed"
	case 526:
		return "its certificate is not valid"
	}
	return "its name was not resolved"
}

// hasSuffixPath reports whether the path of the request ends with a word.
func hasSuffixPath(x *exam, end string) bool {
	path, _, _ := strings.Cut(x.URL.Target, "?")
	return strings.HasSuffix(strings.TrimSuffix(path, "/"), end)
}
