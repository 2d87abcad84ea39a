package doctor

import (
	"net/netip"
	"strings"

	"wscope/wsproto"
)

// An Asked is what a command line asks a server for.
type Asked struct {
	URL          wsproto.URL
	Origin       string // "" if none is sent
	Subprotocols []string
	Compressed   bool     // permessage-deflate is offered
	Protocols    []string // of ALPN
	// Secret tells that the request has credentials: they must not cross the
	// network without TLS if the command line did not ask for it.
	Secret bool
	// Addrs are the addresses of the host, nil if it is not for us to choose
	// among them.
	Addrs []netip.Addr
}

// A Variant is one way to ask. What is not set is as it was asked for.
type Variant struct {
	Name  string // for programs, as in "no-origin"
	Label string // for people, as in "without Origin"
	// Skip is why the variant is not to be tried, or "".
	Skip string

	URL           *wsproto.URL
	Origin        *string // "" sends none
	UserAgent     string
	Compress      *bool
	NoSubprotocol bool
	Protocols     *[]string
	Addr          netip.Addr
}

// The values of User-Agent that some servers and firewalls tell apart.
const (
	browserAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
	curlAgent    = "curl/8.16.0"
)

// maxAddrs bounds how many addresses of a host are tried one by one.
const maxAddrs = 8

// Variants returns the ways to ask, the one that was asked for first.
func Variants(a Asked) []Variant {
	none, own := "", Origin(a.URL)
	yes, no := true, false
	vs := []Variant{{Name: "as-asked", Label: "as asked"}}
	if a.Origin != "" {
		vs = append(vs, Variant{Name: "no-origin", Label: "without Origin", Origin: &none})
	}
	if a.Origin != own {
		vs = append(vs, Variant{Name: "own-origin", Label: "Origin " + own, Origin: &own})
	}
	if a.Compressed {
		vs = append(vs, Variant{Name: "no-extensions", Label: "without extensions", Compress: &no})
	} else {
		vs = append(vs, Variant{Name: "deflate", Label: "with permessage-deflate", Compress: &yes})
	}
	if len(a.Subprotocols) > 0 {
		vs = append(vs, Variant{Name: "no-subprotocol", Label: "without subprotocol", NoSubprotocol: true})
	}
	vs = append(vs,
		Variant{Name: "browser-agent", Label: "User-Agent of a browser", UserAgent: browserAgent},
		Variant{Name: "curl-agent", Label: "User-Agent of curl", UserAgent: curlAgent})
	if a.URL.Secure {
		if len(a.Protocols) == 0 {
			vs = append(vs, Variant{Name: "alpn", Label: "ALPN http/1.1", Protocols: &[]string{"http/1.1"}})
		} else {
			vs = append(vs, Variant{Name: "no-alpn", Label: "without ALPN", Protocols: &[]string{}})
		}
	}
	if len(a.Addrs) > 1 {
		for _, addr := range a.Addrs[:min(len(a.Addrs), maxAddrs)] {
			family := "IPv4"
			if addr.Is6() {
				family = "IPv6"
			}
			vs = append(vs, Variant{Name: "address", Label: family + " " + addr.String(), Addr: addr})
		}
	}
	other := otherScheme(a.URL)
	tls := Variant{Name: "tls", Label: "wss instead of ws", URL: &other}
	if a.URL.Secure {
		tls.Name, tls.Label = "plain", "ws instead of wss"
		if a.Secret {
			tls.Skip = "it would send credentials without TLS"
		}
	}
	vs = append(vs, tls)
	if slash, ok := otherSlash(a.URL); ok {
		vs = append(vs, Variant{Name: "slash", Label: "path " + clip(slash.Target), URL: &slash})
	}
	return vs
}

// otherScheme returns the URL with TLS if it is without, and the reverse.
func otherScheme(u wsproto.URL) wsproto.URL { return withScheme(u, !u.Secure) }

// otherSlash returns the URL with a slash at the end of its path if there is none,
// and the reverse.
func otherSlash(u wsproto.URL) (wsproto.URL, bool) {
	path, query, ok := strings.Cut(u.Target, "?")
	if path == "/" {
		return u, false
	}
	if trimmed, had := strings.CutSuffix(path, "/"); had {
		path = trimmed
	} else {
		path += "/"
	}
	if u.Target = path; ok {
		u.Target += "?" + query
	}
	return u, true
}
