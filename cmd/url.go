package cmd

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"wscope/cmd/internal/netdial"
	"wscope/wsproto"
)

// A target is what a URL on the command line stands for.
type target struct {
	url  wsproto.URL
	unix string // path of the Unix socket that it names, or ""
	note string // what was assumed, "" if nothing was
}

// parseTarget reads a URL as people type it: http and https mean ws and wss,
// and without a scheme a host of this machine is ws and any other wss.
//
// Blanks around it were pasted along; a line end is refused.
func parseTarget(s string) (target, error) {
	s = strings.Trim(s, " \t")
	if port, err := strconv.ParseUint(s, 10, 16); err == nil {
		return target{}, failure(exitURL, fmt.Errorf("URL %q: expected a host before the port", s), fmt.Sprintf("for this machine: :%d", port))
	}
	if t, ok, err := parseUnixURL(s); ok {
		return t, err
	}
	var t target
	scheme, rest, ok := strings.Cut(s, "://")
	full := s
	switch {
	case !ok, strings.ContainsAny(scheme, "/?#"): // it is in the query, then
		if name := misspelt(s); name != "" {
			return t, failure(exitURL, fmt.Errorf("URL %q: expected %s:// at its beginning", wsproto.RedactUserinfo(s), name), urlHint)
		}
		full, t.note = assumeScheme(s)
	case strings.EqualFold(scheme, "http"):
		full = "ws://" + rest
	case strings.EqualFold(scheme, "https"):
		full = "wss://" + rest
	}
	u, err := wsproto.ParseURL(full)
	if err != nil {
		if full != s {
			err = fmt.Errorf("%q, read as a %w", wsproto.RedactUserinfo(s), err)
		}
		return t, failure(exitURL, err, urlHint)
	}
	if u.Host, err = netdial.ASCIIHost(u.Host); err != nil {
		return t, failure(exitURL, fmt.Errorf("URL %q: %w", wsproto.RedactUserinfo(s), err), urlHint)
	}
	t.url = u
	return t, nil
}

const urlHint = "a URL looks like ws://127.0.0.1:8080/chat or wss://example.com/"

// misspelt returns the scheme that s begins with, if it does so without the colon
// or the two slashes. What is followed by a port is a host.
func misspelt(s string) string {
	name, rest, ok := strings.Cut(s, ":")
	if !ok {
		name, _, ok = strings.Cut(s, "//")
	}
	if !ok || beginsWithPort(rest) {
		return ""
	}
	switch strings.ToLower(name) {
	case "ws", "wss", "http", "https":
		return name
	}
	return ""
}

// beginsWithPort reports whether s begins with a number, and ends with it or goes
// on with a path, a query or a fragment.
func beginsWithPort(s string) bool {
	port := len(s) - len(strings.TrimLeft(s, "0123456789"))
	return port > 0 && (port == len(s) || strings.IndexByte("/?#", s[port]) >= 0)
}

// assumeScheme completes a URL without a scheme and says how.
func assumeScheme(s string) (full, note string) {
	if strings.HasPrefix(s, ":") {
		s = "localhost" + s
	}
	authority, _, _ := strings.Cut(s, "/")
	authority, _, _ = strings.Cut(authority, "?")
	host := authority[strings.LastIndexByte(authority, '@')+1:]
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if isLocal(host) {
		return "ws://" + s, "no scheme in the URL: took ws://, since " + host + " is this machine"
	}
	return "wss://" + s, "no scheme in the URL: took wss://"
}

func isLocal(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// userinfo returns the decoded user and password of a URL. It is whole if there
// is a colon between them.
func (t target) userinfo() (user, password string, whole bool, err error) {
	user, password, whole = strings.Cut(t.url.Userinfo, ":")
	for _, part := range []*string{&user, &password} {
		if *part, err = url.PathUnescape(*part); err != nil {
			return "", "", false, failure(exitURL, fmt.Errorf("the user or the password in the URL: %w", err), "% itself is written %25")
		}
	}
	return user, password, whole, nil
}
