package doctor

import (
	"net/url"
	"strings"
)

// redirects are the refusals that name another place. RFC 6455, Section 4.1, lets
// a client follow them, and no browser does.
func redirects() []row {
	return []row{
		{
			symptom: "redirect-to-tls",
			match:   all(class(3), toTLS),
			rfc:     9110, section: "15.4",
			hint:    "the server redirects to TLS: connect to {moved}, or follow with -L",
			meaning: "the server has this endpoint with TLS only and sends clients without it there",
			causes:  []string{"the URL is ws:, and the server or a proxy in front of it sends everything to https:"},
			next:    []string{"wscope connect {moved}"},
		},
		{
			symptom: "redirect-slash",
			match:   all(class(3), toSlash),
			rfc:     9110, section: "15.4",
			hint:    "the path differs by the slash at its end: {moved}",
			meaning: "the server knows the path with another ending only",
			causes:  []string{"a router that adds or removes the slash at the end of a path"},
			next:    []string{"wscope connect {moved}"},
		},
		{
			symptom: "redirect-to-login",
			match:   all(class(3), toLogin),
			rfc:     9110, section: "15.4",
			hint:    "the server redirects to {location}, which looks like a login: send the cookie or the token of a session (--cookie, -H)",
			meaning: "the server takes the client for one that has not logged in",
			causes:  []string{"the cookie of the session is missing or has expired", "the server wants a token in a field of the request"},
			next: []string{
				"log in with a browser and copy the Cookie field of a request of it",
				"wscope connect -H 'Cookie: NAME=VALUE' {url}",
			},
		},
		{
			symptom: "redirect",
			match:   all(class(3), has("Location")),
			rfc:     9110, section: "15.4",
			hint:    "the server redirects to {location}; -L follows",
			meaning: "the endpoint is at another place",
			causes:  []string{"it has moved", "the path or the host of the URL is not quite what the server expects"},
			next:    []string{"wscope connect {moved}", "wscope connect -L {url}"},
		},
		{
			symptom: "redirect-nowhere",
			match:   class(3),
			rfc:     9110, section: "15.4",
			hint:    "a redirect without a Location leads nowhere: check the path",
			meaning: "the server answers with a status of redirection and does not say to where",
			causes:  []string{"a cache that takes the request for a conditional one (304)", "a server that is not set up for this path"},
			next:    []string{"compare the path with the documentation of the server"},
		},
	}
}

// redirect returns where the response leads to.
func (x *exam) redirect() (*url.URL, bool) {
	u, err := url.Parse(x.moved())
	return u, err == nil && x.resp.Fields.Has("Location")
}

// toTLS reports whether it is the same host with TLS.
func toTLS(x *exam) bool {
	u, ok := x.redirect()
	return ok && !x.URL.Secure && u.Scheme == "wss" && strings.EqualFold(u.Hostname(), x.URL.Host)
}

// toSlash reports whether nothing differs but the slash at the end of the path.
func toSlash(x *exam) bool {
	u, ok := x.redirect()
	if !ok || !strings.EqualFold(u.Hostname(), x.URL.Host) || (u.Scheme == "wss") != x.URL.Secure {
		return false
	}
	old, _, _ := strings.Cut(x.URL.Target, "?")
	return old != u.EscapedPath() && strings.TrimSuffix(old, "/") == strings.TrimSuffix(u.EscapedPath(), "/")
}

// toLogin reports whether the place has the looks of a login.
func toLogin(x *exam) bool {
	u, ok := x.redirect()
	if !ok {
		return false
	}
	place := strings.ToLower(u.Host + u.Path)
	for _, word := range []string{"login", "signin", "sign-in", "sign_in", "logon", "oauth", "saml", "/sso", "sso.", "/auth"} {
		if strings.Contains(place, word) {
			return true
		}
	}
	return false
}
