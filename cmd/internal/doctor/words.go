package doctor

import (
	"net/url"
	"strings"

	"wscope/cmd/internal/shell"
	"wscope/wsproto"
)

// expand fills in the words in braces with what value returns for them. In a
// text that begins with "wscope " it is quoted for a shell. A word that value does
// not know is left as it is.
func expand(text string, value func(word string) (string, bool)) string {
	command := strings.HasPrefix(text, "wscope ")
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		word, after, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			return b.String() + text
		}
		v, known := value(word)
		switch {
		case !known:
			v = "{" + word + "}"
		case command:
			v = shell.Quote(v)
		}
		b.WriteString(before + v)
		text = after
	}
}

// expandAll expands each of several texts.
func expandAll(texts []string, value func(word string) (string, bool)) []string {
	var all []string
	for _, text := range texts {
		all = append(all, expand(text, value))
	}
	return all
}

// value returns what a word in braces stands for.
func (x *exam) value(word string) (string, bool) {
	u := x.URL
	switch word {
	case "url":
		return u.String(), true
	case "tls-url":
		return withScheme(u, true).String(), true
	case "plain-url":
		return withScheme(u, false).String(), true
	case "http-url":
		return strings.Replace(u.String(), "ws", "http", 1), true
	case "other-url": // with TLS if the URL is without, and the reverse
		return otherScheme(u).String(), true
	case "engine-url":
		u.Target = engineTarget(u.Target)
		return u.String(), true
	case "target":
		return u.Target, true
	case "addr":
		return u.Addr(), true
	case "own": // the origin that a page of this server would have
		return Origin(u), true
	case "origin":
		return x.sent("Origin"), true
	case "origin-or-none":
		if o := x.sent("Origin"); o != "" {
			return "origin " + clip(o), true
		}
		return "lack of an origin", true
	case "host":
		return x.sent("Host"), true
	case "location":
		return clip(x.got("Location")), true
	case "moved": // the URL that the redirect leads to, for a WebSocket
		return x.moved(), true
	case "got":
		return clip(x.Err.Got), true
	case "versions":
		return clip(x.got("Sec-WebSocket-Version")), true
	case "version":
		if v := x.sent("Sec-WebSocket-Version"); v != "" {
			return clip(v), true
		}
		return "none", true
	case "upgrade":
		return clip(x.got("Upgrade")), true
	case "retry":
		return retryAfter(x.got("Retry-After")), true
	case "scheme":
		return x.scheme("Negotiate", "NTLM"), true
	case "alert":
		return alert(x.Err.Err), true
	case "key":
		return x.sent("Sec-WebSocket-Key"), true
	case "origin-trouble":
		return originTrouble(x.resp.Status), true
	case "gateway":
		return x.gateway(), true
	case "body": // the first line of what the server says
		if line := strings.TrimSpace(strings.TrimRight(firstLine(x.resp.Body), ".")); line != "" {
			return clip(line), true
		}
		return "no reason is given", true
	}
	return "", false
}

// Origin returns the origin that a page from the server of u has.
//
// RFC 6454, Section 6.2.
func Origin(u wsproto.URL) string {
	if u.Secure {
		return "https://" + u.HostField()
	}
	return "http://" + u.HostField()
}

// withScheme returns u for TLS or without, on the same port if the URL names
// one.
func withScheme(u wsproto.URL, secure bool) wsproto.URL {
	if u.Secure != secure {
		switch {
		case secure && u.Port == "80":
			u.Port = "443"
		case !secure && u.Port == "443":
			u.Port = "80"
		}
		u.Secure = secure
	}
	return u
}

// moved returns the ws: or wss: URL of a redirect, or its Location as it is if
// that is no URL.
func (x *exam) moved() string {
	location := x.got("Location")
	base := url.URL{Scheme: "http", Host: x.URL.HostField(), Path: "/"}
	if x.URL.Secure {
		base.Scheme = "https"
	}
	if path, _, _ := strings.Cut(x.URL.Target, "?"); path != "" {
		base.Path = path
	}
	u, err := base.Parse(location)
	if err != nil {
		return clip(location)
	}
	switch strings.ToLower(u.Scheme) {
	case "http":
		u.Scheme = "ws"
	case "https":
		u.Scheme = "wss"
	}
	u.User, u.Fragment = nil, ""
	return clip(u.String())
}

// maxQuoted is how much of a text of the peer is quoted, in bytes.
const maxQuoted = 200

// clip cuts a text that is too long to be quoted.
func clip(s string) string {
	if len(s) <= maxQuoted {
		return s
	}
	return strings.ToValidUTF8(s[:maxQuoted], "") + "..."
}

// firstLine returns the first line of a body that has something on it.
func firstLine(body []byte) string {
	for line := range strings.Lines(string(body[:min(len(body), lookAt)])) {
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return ""
}

// engineTarget returns the target that asks Engine.IO for a WebSocket.
func engineTarget(target string) string {
	path, query, _ := strings.Cut(target, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		values = url.Values{}
	}
	if values.Get("EIO") == "" {
		values.Set("EIO", "4")
	}
	values.Set("transport", "websocket")
	values.Del("sid")
	return path + "?" + values.Encode()
}

// retryAfter words a Retry-After, which is a number of seconds or a date.
//
// RFC 9110, Section 10.2.3.
func retryAfter(value string) string {
	if value != "" && strings.Trim(value, "0123456789") == "" && len(value) < 10 {
		return value + " s"
	}
	return clip(value)
}
