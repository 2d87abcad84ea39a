package wsproto

import (
	"fmt"
	"net/url"
	"strings"
)

// Resolve returns the URL that the Location field of a response from u leads to.
// It may be relative; http and https in it mean ws and wss. A fragment and the
// user information are left out. What is a URL of its own is taken as it is
// written, but for blanks, which are escaped.
//
// RFC 9110, Section 10.2.2.
func (u URL) Resolve(location string) (URL, error) {
	ref, _, _ := strings.Cut(strings.ReplaceAll(location, " ", "%20"), "#")
	scheme, authority, _ := strings.Cut(u.String(), "://")
	authority = authority[:len(authority)-len(u.Target)]
	var absolute string
	kind := referenceKind(ref)
	switch kind {
	case "":
		// Only a path that is relative to that of u has to be put together.
		base, err := url.Parse("http://host" + u.Target)
		if err != nil {
			return URL{}, err
		}
		rel, err := base.Parse(ref)
		if err != nil {
			return URL{}, fmt.Errorf("URL %q: %w", location, err)
		}
		absolute = scheme + "://" + authority + rel.RequestURI()
	case "/":
		absolute = scheme + "://" + authority + ref
	case "//":
		absolute = scheme + ":" + ref
	case "http", "ws":
		absolute = "ws" + ref[len(kind):]
	case "https", "wss":
		absolute = "wss" + ref[len(kind):]
	default:
		absolute = ref // which is refused, by its scheme
	}
	next, err := ParseURL(absolute)
	if err != nil {
		return URL{}, err
	}
	next.Userinfo = ""
	if kind == "" || kind == "/" {
		next.Host = u.Host // an address with a zone does not show it
	}
	return next, nil
}

// referenceKind returns what a reference begins with: its scheme in lower case,
// "//", "/", or "" if it is relative.
//
// RFC 3986, Section 4.2.
func referenceKind(ref string) string {
	if i := strings.IndexAny(ref, ":/?"); i > 0 && ref[i] == ':' {
		return strings.ToLower(ref[:i])
	}
	switch {
	case strings.HasPrefix(ref, "//"):
		return "//"
	case strings.HasPrefix(ref, "/"):
		return "/"
	}
	return ""
}

// SameOrigin reports whether two URLs agree in scheme, host and port, so that
// what is secret may be told to either.
//
// RFC 6454, Section 5.
func (u URL) SameOrigin(v URL) bool {
	return u.Secure == v.Secure && u.Port == v.Port && strings.EqualFold(u.Host, v.Host)
}
