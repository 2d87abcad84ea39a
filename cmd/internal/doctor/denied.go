package doctor

import (
	"strings"

	"wscope/render"
)

// denials are the answers of a server that wants to know who asks.
func denials() []row {
	return []row{
		{
			symptom: "unauthorized-basic",
			match:   all(status(401), challenges("Basic")),
			rfc:     7617, section: "2",
			hint:    "the server wants credentials: -u user:password",
			meaning: "the server wants a user and a password",
			next:    []string{"wscope connect -u USER:PASSWORD {url}"},
			tell:    tellCredentials,
		},
		{
			symptom: "unauthorized-bearer",
			match:   all(status(401), challenges("Bearer")),
			rfc:     6750, section: "3",
			hint:    "the server wants a token: --oauth2-bearer TOKEN, or -H 'Authorization: Bearer ...'",
			meaning: "the server wants a bearer token",
			next:    []string{"wscope connect -H 'Authorization: Bearer TOKEN' {url}"},
			tell:    tellCredentials,
		},
		{
			symptom: "unauthorized-digest",
			match:   all(status(401), challenges("Digest")),
			rfc:     7616, section: "3.3",
			hint:    "the server wants credentials by Digest: --digest -u user:password",
			meaning: "the server wants a user and a password, hashed with a value that it has just sent",
			next:    []string{"wscope connect --digest -u USER:PASSWORD {url}"},
			tell:    tellCredentials,
		},
		{
			symptom: "unauthorized-negotiate",
			match:   all(status(401), challenges("Negotiate", "NTLM")),
			rfc:     4559, section: "4.1",
			hint:    "the server wants {scheme}, which wscope does not speak: look for another way in, such as a cookie",
			meaning: "the server wants Kerberos or NTLM, as Windows domains have it",
			next:    []string{"log in with a browser and send its cookie: -H 'Cookie: ...'"},
			tell:    tellCredentials,
		},
		{
			symptom: "unauthorized",
			match:   status(401),
			rfc:     9110, section: "15.5.2",
			hint:    "the server wants credentials: -u user:password, -H 'Authorization: ...', or a cookie or a token in the query",
			meaning: "the server wants to know who asks and does not say in which way",
			next:    []string{"-u, -H 'Authorization: ...', -H 'Cookie: ...' or a token in the query of the URL, as the server has it"},
			tell:    tellCredentials,
		},
		{
			symptom: "origin-refused",
			match:   all(status(403), saysOrigin),
			rfc:     6455, section: "10.2",
			hint:    "the server does not accept the {origin-or-none}: try -o {own}",
			meaning: "the server checks where the page is from that connects, and does not accept what it was told",
			causes:  []string{"the origin is not on the server's list", "a proxy changes the Host field, so that the origin does not fit it any more"},
			next:    []string{"wscope connect -o {own} {url}", "wscope connect --diagnose {url}", "on the server: add the origin to those that are allowed"},
			tell:    tellOrigin,
		},
		{
			symptom: "bot-protection",
			match:   all(status(403, 503), isBotCheck),
			rfc:     9110, section: "15.5.4",
			hint:    "a protection against bots is in front of the server ({gateway}): a cookie or the User-Agent of a browser may pass (-H, -A)",
			meaning: "a service in front of the server takes the client for a bot",
			causes:  []string{"it wants a cookie that only a browser gets, or the User-Agent of one"},
			next:    []string{"copy the Cookie and User-Agent fields of a browser that gets through", "ask the server past the service"},
		},
		{
			symptom: "api-gateway",
			match:   all(status(403), says("missing authentication token")),
			rfc:     9110, section: "15.5.4",
			hint:    "that is what an AWS API Gateway says of a path that it does not have: the path is the name of the stage",
			meaning: "an AWS API Gateway has nothing at this path, which it words as a missing token",
			causes:  []string{"the name of the stage is missing in the path, or something follows it"},
			next:    []string{"the URL has the form wss://ID.execute-api.REGION.amazonaws.com/STAGE"},
		},
		{
			symptom: "forbidden-origin",
			match:   all(status(403), func(x *exam) bool { return x.sent("Origin") != "" }),
			rfc:     6455, section: "10.2",
			hint:    "the server may not accept the origin {origin}: try -o {own}, or none; else a cookie or a token (-H)",
			meaning: "the server understood the request and does not grant it; that the origin is the reason is a guess",
			causes:  []string{"the origin {origin} is not on the server's list", "a cookie or a token is missing, or not good enough"},
			next:    []string{"wscope connect -o {own} {url}", "wscope connect --diagnose {url}"},
			tell:    tellOrigin,
		},
		{
			symptom: "forbidden",
			match:   status(403),
			rfc:     6455, section: "10.2",
			hint:    "the server may want another Origin (-o), a cookie or a token (-H)",
			meaning: "the server understood the request and does not grant it",
			causes:  []string{"it wants an Origin, as browsers send one, and the request had none", "a cookie or a token is missing, or not good enough", "a firewall does not let this client in"},
			next:    []string{"wscope connect -o {own} {url}", "wscope connect --diagnose {url}"},
			tell:    tellOrigin,
		},
		{
			symptom: "proxy-auth-from-origin",
			match:   status(407),
			rfc:     9110, section: "15.5.8",
			hint:    "a proxy on the way wants credentials, and answers in the place of the server: -H 'Proxy-Authorization: ...'",
			meaning: "407 is the answer of a proxy, and the connection to the server was open: an intermediary that one does not see wants credentials",
			causes:  []string{"a proxy that takes connections over by force", "a server that uses the wrong status for 401"},
			next:    []string{"if there is a proxy to go through by name: --proxy http://USER:PASSWORD@HOST:PORT"},
		},
	}
}

// challenges is the condition that the server asks for one of these schemes.
//
// RFC 9110, Section 11.6.1.
func challenges(schemes ...string) func(*exam) bool {
	return func(x *exam) bool { return x.scheme(schemes...) != "" }
}

// scheme returns the first of these schemes that the server asks for, or "".
func (x *exam) scheme(schemes ...string) string {
	for _, value := range x.resp.Fields.Values("WWW-Authenticate") {
		for part := range strings.SplitSeq(value, ",") {
			name, _, _ := strings.Cut(strings.TrimSpace(part), " ")
			for _, s := range schemes {
				if strings.EqualFold(name, s) {
					return s
				}
			}
		}
	}
	return ""
}

// tellCredentials says what the server asked for, and whether credentials were
// sent that it did not take.
func tellCredentials(x *exam, d *render.Diagnosis) {
	if c := x.got("WWW-Authenticate"); c != "" {
		d.Facts = append(d.Facts, render.Fact{Name: "got", Text: "WWW-Authenticate: " + clip(c)})
	}
	scheme, _, _ := strings.Cut(x.sent("Authorization"), " ")
	switch {
	case scheme == "":
		d.Facts = append([]render.Fact{{Name: "sent", Text: "no Authorization"}}, d.Facts...)
		d.Causes = append(d.Causes, "the request had no credentials")
	default:
		d.Facts = append([]render.Fact{{Name: "sent", Text: "Authorization with the scheme " + clip(scheme)}}, d.Facts...)
		d.Causes = append(d.Causes, "the credentials are wrong or have expired", "the server wants another scheme")
		d.Hint = "the credentials were not accepted: " + d.Hint
	}
}

// tellOrigin says which origin was sent.
func tellOrigin(x *exam, d *render.Diagnosis) {
	sent := "no Origin"
	if o := x.sent("Origin"); o != "" {
		sent = "Origin: " + clip(o)
	}
	d.Facts = append([]render.Fact{
		{Name: "sent", Text: sent},
		{Name: "own", Text: Origin(x.URL) + " is the origin of the server's own pages"},
	}, d.Facts...)
}

// saysOrigin reports whether the body is what servers and libraries say when
// they do not accept an origin.
func saysOrigin(x *exam) bool {
	return isGorilla(x) || says(
		"cross origin websockets not allowed", // Tornado
		"is not authorized for host",          // coder/websocket
		"invalid origin",                      // websockets, and others
		"invalid cors request",                // Spring
		"origin not allowed",
		"origin is not allowed",
		"origin check",
	)(x)
}

// isBotCheck reports whether a service in front of the server wants to see a
// browser.
func isBotCheck(x *exam) bool {
	return x.got("Cf-Mitigated") != "" || says("attention required! | cloudflare", "just a moment...", "/cdn-cgi/challenge-platform", "error code: 1010")(x)
}
