package sse

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// isRedirect reports whether a status is one to follow.
func isRedirect(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// redirect makes the request that follows the response to another one.
//
// Fetch Standard, Section 4.4; RFC 9110, Section 15.4.
func (c *Client) redirect(req request, resp *http.Response, n int) (request, error) {
	fail := func(format string, args ...any) (request, error) {
		return req, &RedirectError{Response: resp, Reason: fmt.Sprintf(format, args...)}
	}
	location := resp.Header.Get("Location")
	switch {
	case c.MaxRedirects < 0:
		return fail("redirects are not followed")
	case n >= c.MaxRedirects:
		return req, &RedirectError{Response: resp, Limit: n, Reason: fmt.Sprintf("too many redirects, at most %d are followed", n)}
	case location == "":
		return fail("there is no Location")
	}
	// The URL of the request may be opaque, to keep it as it was written.
	base, err := url.Parse(req.url.Scheme + "://" + req.url.Host + req.url.RequestURI())
	if err != nil {
		return fail("%v", err)
	}
	ref, err := url.Parse(location)
	if err != nil {
		return fail("%v", err)
	}
	next := base.ResolveReference(ref)
	if next.Scheme != "http" && next.Scheme != "https" || next.Host == "" {
		return fail("that is no http: or https: URL")
	}
	next.User, next.Fragment = nil, ""
	leaves := false
	if !sameOrigin(req.url, next) {
		req.host = ""
		if !c.TrustRedirects {
			// Once they are gone, they do not come back with a redirect home.
			leaves = !req.away
			req.away = true
			req.header = req.header.Clone()
			for _, name := range []string{"Authorization", "Proxy-Authorization", "Cookie"} {
				deleteField(req.header, name)
			}
		}
	}
	switch status := resp.StatusCode; {
	case status == 303 && req.method != http.MethodHead,
		(status == 301 || status == 302) && req.method == http.MethodPost:
		if req.method != http.MethodGet {
			req.method, req.body = http.MethodGet, nil
			req.header = req.header.Clone()
			deleteField(req.header, "Content-Type")
		}
	}
	req.url = next
	if c.Trace.Redirect != nil {
		c.Trace.Redirect(&Redirect{URL: next, Response: resp, Number: n + 1, Leaves: leaves})
	}
	return req, nil
}

// A Redirect is a redirect that is followed.
type Redirect struct {
	URL      *url.URL // of the next request
	Response *http.Response
	Number   int // of the redirect on the way to a connection, from 1
	// Leaves tells that it is the first to lead to another origin, so that what
	// is secret is not sent from here on.
	Leaves bool
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	switch p := u.Port(); {
	case p != "":
		return p
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
