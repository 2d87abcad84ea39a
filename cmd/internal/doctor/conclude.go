package doctor

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wscope/cmd/internal/shell"
	"wscope/render"
	"wscope/wsproto"
)

// A Trial is what came of a variant.
type Trial struct {
	Variant
	Open   bool
	Status int // of a refusal, else 0
	// Problem says in a few words why it did not open.
	Problem string
}

// Conclude tells what can be learned from the trials of the variants of a, which
// are in the order of [Variants]. There may be fewer of them.
func Conclude(a Asked, trials []Trial) *render.Conclusion {
	if len(trials) == 0 {
		return &render.Conclusion{}
	}
	asked, rest := trials[0], slices.DeleteFunc(slices.Clone(trials[1:]), func(t Trial) bool { return t.Skip != "" })
	if asked.Open {
		return whileOpen(a, rest)
	}
	c := &render.Conclusion{}
	for _, t := range rest {
		if t.Open {
			text, next := whyOpen(a, t)
			c.Meaning = append(c.Meaning, text)
			c.Next = append(c.Next, next)
		}
	}
	if len(c.Meaning) > 0 {
		c.Meaning = append(c.Meaning, allAddresses(a, trials)...)
		return c
	}
	if same(trials) {
		c.Meaning = []string{fmt.Sprintf("every variant ends in the same way, %s: the reason is not among what was varied", asked.Problem)}
	} else {
		c.Meaning = []string{"no variant is accepted, and they do not all end in the same way"}
	}
	if asked.Status != 0 {
		c.Meaning = append(c.Meaning, "what is left are the path, the query, cookies and other credentials")
	}
	c.Next = []string{"wscope connect -v " + shell.Quote(a.URL.String())}
	return c
}

// whyOpen says what it means that a variant is accepted, while what was asked for
// is not, and what to do about it.
func whyOpen(a Asked, t Trial) (text, next string) {
	url := shell.Quote(a.URL.String())
	connect := func(flags string) string {
		if flags != "" {
			flags += " "
		}
		return "wscope connect " + flags + url
	}
	switch t.Name {
	case "no-origin":
		return "it is accepted without an Origin: the server checks the Origin and does not allow " + clip(a.Origin), connect("")
	case "own-origin":
		instead := "without one"
		if a.Origin != "" {
			instead = "with " + clip(a.Origin)
		}
		return "it is accepted with the server's own Origin, and not " + instead + ": the server checks the Origin", connect("-o " + shell.Quote(*t.Origin))
	case "no-extensions":
		return "it is accepted without extensions: the server, or a proxy, does not get along with the offer", connect("--no-deflate")
	case "deflate":
		return "it is accepted with permessage-deflate only", connect("--deflate")
	case "no-subprotocol":
		return "it is accepted without a subprotocol: the server does not speak any that was offered", connect("")
	case "browser-agent", "curl-agent":
		return "it is accepted with the " + t.Label + ": the server, or a firewall, looks at the User-Agent", connect("-A " + shell.Quote(t.UserAgent))
	case "alpn":
		return "it is accepted if ALPN asks for http/1.1: otherwise the server speaks another protocol", "on the server: make http/1.1 what clients without ALPN get"
	case "no-alpn":
		return "it is accepted without ALPN: with it the server speaks another protocol", "on the server: allow http/1.1 in ALPN"
	case "address":
		return fmt.Sprintf("it is accepted at %s: what is behind the name differs from address to address", t.Label),
			connect("--resolve " + shell.Quote(a.URL.Host+":"+a.URL.Port+":"+t.Addr.String()))
	case "tls":
		return "it is accepted with TLS", "wscope connect " + shell.Quote(t.URL.String())
	case "plain":
		return "it is accepted without TLS", "wscope connect " + shell.Quote(t.URL.String())
	case "slash":
		return "it is accepted with the " + t.Label, "wscope connect " + shell.Quote(t.URL.String())
	}
	return "it is accepted " + t.Label, connect("")
}

// whileOpen says what the server cares about, when what was asked for is accepted.
func whileOpen(a Asked, rest []Trial) *render.Conclusion {
	c := &render.Conclusion{Accepted: true, Meaning: []string{"the server accepts what was asked for"}}
	add := func(text string) { c.Meaning = append(c.Meaning, text) }
	for _, t := range rest {
		switch {
		case t.Open && t.Name == "tls":
			add("it can be had with TLS, too")
		case t.Open && t.Name == "plain":
			add("it can be had without TLS, too")
		case t.Open:
		case t.Name == "no-origin":
			add("it does not do without an Origin: " + t.Problem)
		case t.Name == "own-origin":
			add("it does not accept its own Origin: " + t.Problem)
		case t.Name == "no-extensions":
			add("it does not do without permessage-deflate: " + t.Problem)
		case t.Name == "deflate":
			add("it does not get along with an offer of permessage-deflate: " + t.Problem)
		case t.Name == "no-subprotocol":
			add("it does not do without the subprotocol: " + t.Problem)
		case t.Name == "browser-agent", t.Name == "curl-agent":
			add("it does not accept the " + t.Label + ": " + t.Problem)
		case t.Name == "address":
			add("it cannot be had at " + t.Label + ": " + t.Problem)
		}
	}
	return c
}

// allAddresses names the addresses that are not like the others.
func allAddresses(a Asked, trials []Trial) (texts []string) {
	for _, t := range trials {
		if t.Name == "address" && !t.Open {
			texts = append(texts, "at "+t.Label+" it is not: "+t.Problem)
		}
	}
	if open := slices.ContainsFunc(trials, func(t Trial) bool { return t.Name == "address" && t.Open }); !open {
		return nil
	}
	return texts
}

// same reports whether all trials ended in the same way, but for those with
// another scheme: they are mostly about another port or protocol.
func same(trials []Trial) bool {
	for _, t := range trials[1:] {
		if t.Skip == "" && t.Name != "tls" && t.Name != "plain" && t.Problem != trials[0].Problem {
			return false
		}
	}
	return true
}

// Brief says in a few words why a connection was not opened, and with which status
// it was refused, if it was.
func Brief(err error) (text string, status int) {
	var e *wsproto.HandshakeError
	switch {
	case !errors.As(err, &e):
		return clip(err.Error()), 0
	case e.Response != nil:
		status = e.Response.Status
	}
	if e.Kind == wsproto.HandshakeRefused && e.Response != nil {
		return strings.TrimSpace(strconv.Itoa(status) + " " + clip(e.Response.Reason)), status
	}
	return clip(strings.TrimPrefix(e.Error(), "handshake: ")), status
}
