package doctor

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"wscope/wsproto"
)

func asked(t *testing.T, url string) Asked {
	t.Helper()
	u, err := wsproto.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	return Asked{URL: u}
}

func TestVariants(t *testing.T) {
	const always = "as-asked own-origin deflate browser-agent curl-agent"
	for _, tt := range []struct {
		name, url string
		change    func(*Asked)
		want      string
	}{
		{"plain", "ws://h/", func(*Asked) {}, always + " tls"},
		{"TLS", "wss://h/chat", func(*Asked) {}, always + " alpn plain slash"},
		{"ALPN", "wss://h/", func(a *Asked) { a.Protocols = []string{"h2"} }, always + " no-alpn plain"},
		{"credentials", "wss://h/", func(a *Asked) { a.Secret = true }, always + " alpn plain(it would send credentials without TLS)"},
		{"credentials without TLS", "ws://h/", func(a *Asked) { a.Secret = true }, always + " tls"},
		{"an Origin", "ws://h/", func(a *Asked) { a.Origin = "http://a" }, "as-asked no-origin own-origin deflate browser-agent curl-agent tls"},
		{"the own Origin", "ws://h/", func(a *Asked) { a.Origin = "http://h" }, "as-asked no-origin deflate browser-agent curl-agent tls"},
		{"subprotocols and compression", "ws://h/", func(a *Asked) { a.Subprotocols, a.Compressed = []string{"chat"}, true },
			"as-asked own-origin no-extensions no-subprotocol browser-agent curl-agent tls"},
		{"one address", "ws://h/", func(a *Asked) { a.Addrs = []netip.Addr{netip.MustParseAddr("192.0.2.1")} }, always + " tls"},
		{"two addresses", "ws://h/", func(a *Asked) {
			a.Addrs = []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")}
		}, always + " address address tls"},
		{"many addresses", "ws://h/", func(a *Asked) {
			for addr := netip.MustParseAddr("192.0.2.1"); len(a.Addrs) < 100; addr = addr.Next() {
				a.Addrs = append(a.Addrs, addr)
			}
		}, always + strings.Repeat(" address", maxAddrs) + " tls"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := asked(t, tt.url)
			tt.change(&a)
			var got []string
			for _, v := range Variants(a) {
				name := v.Name
				if v.Skip != "" {
					name += "(" + v.Skip + ")"
				}
				got = append(got, name)
			}
			if got := strings.Join(got, " "); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestVariantURLs(t *testing.T) {
	for _, tt := range []struct{ url, scheme, slash string }{
		{"ws://h/", "wss://h/", ""},
		{"ws://h:8080/a", "wss://h:8080/a", "ws://h:8080/a/"},
		{"wss://h/a/?b=/", "ws://h/a/?b=/", "wss://h/a?b=/"},
		{"wss://h:8443/?b", "ws://h:8443/?b", ""},
	} {
		scheme, slash := "", ""
		for _, v := range Variants(asked(t, tt.url)) {
			switch v.Name {
			case "tls", "plain":
				scheme = v.URL.String()
			case "slash":
				slash = v.URL.String()
			}
		}
		if scheme != tt.scheme || slash != tt.slash {
			t.Errorf("%s: the other scheme is %q and the other slash %q, want %q and %q", tt.url, scheme, slash, tt.scheme, tt.slash)
		}
	}
}

// TestConclude has servers that care about one thing each.
func TestConclude(t *testing.T) {
	everything := func(a *Asked) {
		a.Origin, a.Subprotocols = "http://evil.example", []string{"chat"}
		a.Addrs = []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")}
	}
	for _, tt := range []struct {
		name     string
		open     func(Variant) bool
		accepted bool
		meaning  string // a part of it
		next     string // a part of it
	}{
		{"all", func(Variant) bool { return true }, true, "the server accepts what was asked for; it can be had without TLS, too", ""},
		{"none", func(Variant) bool { return false }, false, "every variant ends in the same way, 403 Forbidden: the reason is not among what was varied; what is left are", "wscope connect -v wss://h/chat"},
		{"no Origin or its own", func(v Variant) bool { return v.Origin != nil }, false, "does not allow http://evil.example; it is accepted with the server's own Origin, and not with http://evil.example", "wscope connect wss://h/chat; wscope connect -o https://h wss://h/chat"},
		{"compression", func(v Variant) bool { return v.Compress != nil }, false, "with permessage-deflate only", "--deflate"},
		{"no subprotocol", func(v Variant) bool { return v.NoSubprotocol }, false, "does not speak any that was offered", "wscope connect wss://h/chat"},
		{"a browser", func(v Variant) bool { return v.UserAgent == browserAgent }, false, "with the User-Agent of a browser", "-A 'Mozilla/5.0 (X11"},
		{"ALPN", func(v Variant) bool { return v.Protocols != nil }, false, "if ALPN asks for http/1.1", "http/1.1"},
		{"one address", func(v Variant) bool { return v.Addr.Is6() }, false, "at IPv6 2001:db8::1: what is behind the name differs from address to address; at IPv4 192.0.2.1 it is not: 403 Forbidden", "--resolve h:443:2001:db8::1"},
		{"without TLS", func(v Variant) bool { return v.Name == "plain" }, false, "without TLS", "wscope connect ws://h/chat"},
		{"a slash", func(v Variant) bool { return v.Name == "slash" }, false, "with the path /chat/", "wscope connect wss://h/chat/"},
		{"not without Origin", func(v Variant) bool { return v.Name != "no-origin" && v.Name != "address" }, true, "does not do without an Origin: 403 Forbidden; it cannot be had at IPv4 192.0.2.1: 403", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := asked(t, "wss://h/chat")
			everything(&a)
			var trials []Trial
			for _, v := range Variants(a) {
				trial := Trial{Variant: v, Open: tt.open(v)}
				if !trial.Open {
					trial.Status, trial.Problem = 403, "403 Forbidden"
				}
				trials = append(trials, trial)
			}
			c := Conclude(a, trials)
			meaning, next := strings.Join(c.Meaning, "; "), strings.Join(c.Next, "; ")
			if c.Accepted != tt.accepted || !strings.Contains(meaning, tt.meaning) || !strings.Contains(next, tt.next) || (next == "") != (tt.next == "") {
				t.Errorf("accepted %v, %q, try %q, want %v, %q and %q", c.Accepted, meaning, next, tt.accepted, tt.meaning, tt.next)
			}
		})
	}
}

// TestConcludeDifferent has trials that end in different ways.
func TestConcludeDifferent(t *testing.T) {
	a := asked(t, "ws://h/")
	var trials []Trial
	for i, v := range Variants(a) {
		trials = append(trials, Trial{Variant: v, Problem: strings.Repeat("x", i)})
	}
	c := Conclude(a, trials)
	if got := strings.Join(c.Meaning, "; "); got != "no variant is accepted, and they do not all end in the same way" {
		t.Errorf("got %q", got)
	}
	if c := Conclude(a, nil); c == nil || c.Accepted {
		t.Errorf("without trials it is %+v", c)
	}
}

func TestBrief(t *testing.T) {
	for _, tt := range []struct {
		err    error
		want   string
		status int
	}{
		{&wsproto.HandshakeError{Kind: wsproto.HandshakeRefused, Response: &wsproto.Response{Status: 403, Reason: "Forbidden"}}, "403 Forbidden", 403},
		{&wsproto.HandshakeError{Kind: wsproto.HandshakeRefused, Response: &wsproto.Response{Status: 464}}, "464", 464},
		{fmt.Errorf("wrapped: %w", &wsproto.HandshakeError{Kind: wsproto.HandshakeEmpty}), "the peer ended the connection without sending a byte", 0},
		{errors.New("no route"), "no route", 0},
	} {
		if got, status := Brief(tt.err); got != tt.want || status != tt.status {
			t.Errorf("Brief(%v) = %q, %d, want %q, %d", tt.err, got, status, tt.want, tt.status)
		}
	}
}
