package cmd

import (
	"fmt"
	"strings"

	"wscope/wsproto"
)

// unixURLHint is what URLs look like that name a Unix socket.
const unixURLHint = "such a URL looks like ws+unix:/run/app.sock:/chat"

// parseUnixURL reads a URL that names a Unix socket as npm's ws spells it:
// ws+unix:PATH:/target, the path perhaps after two slashes, and wss+unix for TLS.
// It reports false for a URL of another kind.
func parseUnixURL(s string) (t target, ok bool, err error) {
	scheme, rest, _ := strings.Cut(s, ":")
	u := wsproto.URL{Host: "localhost", Port: "80"}
	switch strings.ToLower(scheme) {
	case "ws+unix", "http+unix":
	case "wss+unix", "https+unix":
		u.Secure, u.Port = true, "443"
	default:
		return t, false, nil
	}
	fail := func(format string, args ...any) (target, bool, error) {
		return t, true, failure(exitURL, fmt.Errorf("URL %q: "+format, append([]any{s}, args...)...), unixURLHint)
	}
	rest = strings.TrimPrefix(rest, "//")
	path, request, found := strings.Cut(rest, ":/")
	if !found {
		path = strings.TrimSuffix(rest, ":")
	}
	if path == "" {
		return fail("no path of a socket")
	}
	if strings.ContainsAny(path, "\x00\r\n") {
		return fail("a path has no NUL and no line break")
	}
	// What is behind the path is judged as in any other URL.
	checked, err := wsproto.ParseURL("ws://localhost/" + request)
	if err != nil {
		return fail("%w", err)
	}
	u.Target = checked.Target
	return target{url: u, unix: path}, true, nil
}
