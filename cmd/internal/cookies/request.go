package cookies

import (
	"net/url"
	"strings"

	"wscope/wsproto"
)

// RequestURL returns the URL of a request as a [Jar] takes it: with the path as it
// is sent.
func RequestURL(u wsproto.URL) *url.URL {
	scheme := "http"
	if u.Secure {
		scheme = "https"
	}
	return &url.URL{Scheme: scheme, Host: u.HostField(), Opaque: u.Target}
}

// Join puts two values of a Cookie field into one: there may not be two fields.
//
// RFC 6265, Section 5.4.
func Join(a, b string) string {
	a = strings.TrimRight(a, "; \t")
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}
