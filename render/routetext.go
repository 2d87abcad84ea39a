package render

import (
	"net"
	"net/netip"
	"strings"
	"time"
)

// appendRoute shows the way that a connection took with -v, but for what has been
// shown of it. Of a proxy that has refused a tunnel the answer is shown in any
// case.
func (s *status) appendRoute(b []byte, r *Route, m *Meta, shown *shownPart) []byte {
	if s.o.Verbose == 0 || s.o.Quiet {
		return s.appendRefusal(b, r, m.Conn)
	}
	return s.appendRouteLines(b, r, m, shown, true)
}

// appendRouteLines shows a line for each thing that happened on a route and has not
// been shown yet, and what each took. Of one that is not complete that is what is
// over.
func (s *status) appendRouteLines(b []byte, r *Route, m *Meta, shown *shownPart, complete bool) []byte {
	for i, hop := range r.Hops {
		shown := shown.hop(i)
		line := func(style style, text string) {
			b = s.appendStar(b, m.Conn)
			if hop.Proxy {
				text = "proxy: " + text
			}
			b = append(b, style.on...)
			b = s.appendText(b, text)
			b = append(append(b, style.off...), '\n')
		}
		if hop.Source != "" && unshown(&shown.source) {
			line(style{}, hop.Addr+" is named by "+hop.Source)
		}
		if l := hop.Lookup; l != nil && unshown(&shown.lookup) {
			s.lookupLine(line, l)
		}
		for i := range hop.Attempts {
			if a := &hop.Attempts[i]; (complete || a.over()) && shown.attempt(i) {
				s.attemptLine(line, a)
			}
		}
		if t := hop.Tunnel; t != nil {
			if unshown(&shown.request) {
				b = s.appendHead(b, parseHead(t.Request, s.o.ShowSecrets), '>', m.Conn)
			}
			if (complete || t.Took > 0) && unshown(&shown.reply) {
				b = s.appendReply(b, t, m.Conn)
				if t.Err == nil {
					line(style{}, t.Protocol+" tunnel to "+t.To+" open in "+Duration(t.Took))
				}
			}
		}
		if t := hop.TLS; t != nil && (complete || t.Took > 0) && unshown(&shown.tls) {
			s.tlsLines(line, hop, m.Time)
		}
	}
	return b
}

// appendRefusal shows what a proxy answered that has refused a tunnel.
func (s *status) appendRefusal(b []byte, r *Route, conn int) []byte {
	for _, hop := range r.Hops {
		if t := hop.Tunnel; t != nil && t.Err != nil {
			b = s.appendReply(b, t, conn)
		}
	}
	return b
}

// appendReply shows what a proxy has answered.
func (s *status) appendReply(b []byte, t *Tunnel, conn int) []byte {
	b = s.appendHead(b, parseHead(t.Response, s.o.ShowSecrets), '<', conn)
	if t.Cut {
		b = append(s.appendStar(b, conn), "there is more of the body than this\n"...)
	}
	return b
}

// A lineFunc writes one line of talk.
type lineFunc func(style, string)

func (s *status) lookupLine(line lineFunc, l *Lookup) {
	switch {
	case l.Err != nil:
		line(s.palette.bad, l.Name+" was not resolved, "+Duration(l.Took)+": "+l.Err.Error())
	case l.Source != "":
		line(style{}, l.Name+" is "+joinAddrs(l.Addrs)+" ("+l.Source+")")
	default:
		line(style{}, l.Name+" is "+joinAddrs(l.Addrs)+", looked up in "+Duration(l.Took))
	}
}

func (s *status) attemptLine(line lineFunc, a *Attempt) {
	switch {
	case a.Lost:
		line(style{}, a.Addr+" given up after "+Duration(a.Took)+", another address was faster")
	case a.Err != nil:
		line(s.palette.bad, a.Addr+" failed after "+Duration(a.Took)+": "+a.Err.Error())
	default:
		line(style{}, "connected to "+a.Addr+" in "+Duration(a.Took))
	}
}

// tlsLines show a handshake, and the chain of certificates as it was sent.
func (s *status) tlsLines(line lineFunc, hop *Hop, now time.Time) {
	t := hop.TLS
	if t.Version != "" {
		text := t.Version + ", " + t.Cipher
		if t.Group != "" {
			text += ", " + t.Group
		}
		text += ", " + protocolName(t.Protocol)
		switch host, _, _ := net.SplitHostPort(hop.Addr); {
		case t.ServerName == "" && !isAddr(t.Host):
			text += ", no server name sent"
		case t.ServerName != "" && !strings.EqualFold(t.ServerName, strings.TrimSuffix(host, ".")):
			text += ", server name " + t.ServerName
		}
		line(style{}, text+", in "+Duration(t.Took))
	}
	switch t.ClientCertificate {
	case ClientCertMissing:
		line(s.palette.hint, "a client certificate is asked for, there is none to send")
	case ClientCertSent:
		line(style{}, "a client certificate is asked for, it was sent")
	}
	for i := range t.Certificates {
		s.certificateLine(line, &t.Certificates[i], i, now)
	}
	switch {
	case t.Problem != nil:
		line(s.palette.bad, "the certificate was not checked (-k): "+t.Problem.Error())
	case t.Unchecked && t.Version != "":
		line(style{}, "the certificate was not checked (-k), it would have passed")
	}
}

// certificateLine shows the certificate that stands at place i of a chain.
func (s *status) certificateLine(line lineFunc, c *Certificate, i int, now time.Time) {
	text := "certificate " + c.Subject
	if i > 0 {
		text = "  signed by " + c.Subject
	} else if len(c.Names) > 0 {
		text += " for " + ShortList(c.Names)
	}
	until, near := c.expiry(now)
	tint := style{}
	if near {
		tint = s.palette.hint
	}
	line(tint, text+", issued by "+c.Issuer+", "+until)
}

func protocolName(alpn string) string {
	switch alpn {
	case "":
		return "no protocol negotiated"
	case "h2":
		return "HTTP/2"
	}
	return strings.ToUpper(alpn)
}

// A phase is a part of opening a connection, and what it took.
type phase struct {
	name  string
	proxy bool
	took  time.Duration
}

// phases returns what there is to say about the time that a route took, without
// what took none since it did not happen.
func (r *Route) phases() (all []phase) {
	for _, hop := range r.Hops {
		add := func(name string, took time.Duration) { all = append(all, phase{name, hop.Proxy, took}) }
		if l := hop.Lookup; l != nil && l.Source == "" {
			add("name", l.Took)
		}
		for _, a := range hop.Attempts {
			if a.Err == nil && !a.Lost {
				add("connect", a.Start+a.Took)
			}
		}
		if hop.Tunnel != nil {
			add("tunnel", hop.Tunnel.Took)
		}
		if hop.TLS != nil {
			add("tls", hop.TLS.Took)
		}
	}
	return all
}

// appendTiming shows what the phases of opening a connection took, those of a
// route and what came behind it.
func (s *status) appendTiming(b []byte, phases []phase, conn int) []byte {
	if len(phases) == 0 {
		return b
	}
	b = append(s.appendStar(b, conn), "time: "...)
	for _, p := range phases {
		if p.proxy {
			b = append(b, "proxy "...)
		}
		b = append(append(b, p.name...), ' ')
		b = append(appendDuration(b, p.took), ", "...)
	}
	return append(b[:len(b)-2], '\n')
}

func joinAddrs(addrs []netip.Addr) string {
	var all []string
	for _, a := range addrs {
		all = append(all, a.String())
	}
	return ShortList(all)
}

func isAddr(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}
