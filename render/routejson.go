package render

import (
	"encoding/hex"
	"time"
)

// route writes a member with the way that a connection took.
func (w *jsonWriter) route(r *Route) {
	if r == nil {
		return
	}
	w.name("route")
	w.b = append(w.b, '{')
	w.seconds("took", r.Took)
	w.list("hops", len(r.Hops), func(i int) { w.hop(r.Hops[i]) })
	w.b = append(w.b, '}')
}

func (w *jsonWriter) hop(hop *Hop) {
	w.b = append(w.b, '{')
	role := "server"
	if hop.Proxy {
		role = "proxy"
	}
	w.text("role", role)
	w.text("address", hop.Addr)
	if hop.Source != "" {
		w.text("source", hop.Source)
	}
	if l := hop.Lookup; l != nil {
		w.lookup(l)
	}
	if len(hop.Attempts) > 0 {
		w.list("attempts", len(hop.Attempts), func(i int) { w.attempt(&hop.Attempts[i]) })
	}
	if t := hop.Tunnel; t != nil {
		w.name("tunnel")
		w.b = append(w.b, '{')
		w.text("protocol", t.Protocol)
		w.text("to", t.To)
		w.head("request", parseHead(t.Request, w.secrets))
		response := parseHead(t.Response, w.secrets)
		response.more = response.more || t.Cut
		w.head("response", response)
		if w.full && t.Cut {
			w.bool("cut", true)
		}
		w.seconds("took", t.Took)
		w.routeError(t.Err)
		w.b = append(w.b, '}')
	}
	if hop.TLS != nil {
		w.tls(hop.TLS)
	}
	w.b = append(w.b, '}')
}

func (w *jsonWriter) lookup(l *Lookup) {
	w.name("lookup")
	w.b = append(w.b, '{')
	w.text("name", l.Name)
	w.list("addresses", len(l.Addrs), func(i int) { w.b = appendJSONText(w.b, l.Addrs[i].String()) })
	if l.Source != "" {
		w.text("source", l.Source)
	}
	w.seconds("took", l.Took)
	w.routeError(l.Err)
	w.b = append(w.b, '}')
}

func (w *jsonWriter) attempt(a *Attempt) {
	w.b = append(w.b, '{')
	w.text("address", a.Addr)
	if a.Local != "" {
		w.text("local", a.Local)
	}
	w.seconds("start", a.Start)
	w.seconds("took", a.Took)
	if a.Lost {
		w.bool("lost", true)
	}
	w.routeError(a.Err)
	w.b = append(w.b, '}')
}

// routeError writes the error of a part of a route as a text: the kind stands with
// the error of the whole.
func (w *jsonWriter) routeError(err error) {
	if err != nil {
		w.text("error", w.public(err.Error()))
	}
}

func (w *jsonWriter) tls(t *TLS) {
	w.name("tls")
	w.b = append(w.b, '{')
	w.text("host", t.Host)
	if t.ServerName != "" {
		w.text("server_name", t.ServerName)
	}
	if t.Version != "" {
		w.text("version", t.Version)
		w.text("cipher", t.Cipher)
	}
	if t.Group != "" {
		w.text("group", t.Group)
	}
	if t.Protocol != "" {
		w.text("alpn", t.Protocol)
	}
	if name := t.ClientCertificate.String(); name != "" {
		w.text("client_certificate", name)
	}
	w.bool("checked", !t.Unchecked)
	if t.Problem != nil {
		w.text("problem", t.Problem.Error())
	}
	if len(t.Certificates) > 0 {
		w.list("certificates", len(t.Certificates), func(i int) { w.certificate(&t.Certificates[i]) })
	}
	w.seconds("took", t.Took)
	w.routeError(t.Err)
	w.b = append(w.b, '}')
}

// clientCertificates are the names of what became of our certificate.
var clientCertificates = [...]string{ClientCertMissing: "missing", ClientCertSent: "sent"}

// String returns "missing", "sent" or "".
func (c ClientCertificate) String() string { return clientCertificates[c] }

func (w *jsonWriter) certificate(c *Certificate) {
	w.b = append(w.b, '{')
	w.text("subject", c.Subject)
	w.text("issuer", c.Issuer)
	w.strings("names", c.Names)
	w.text("not_before", c.NotBefore.UTC().Format(time.RFC3339))
	w.text("not_after", c.NotAfter.UTC().Format(time.RFC3339))
	w.text("sha256", hex.EncodeToString(c.SHA256[:]))
	w.b = append(w.b, '}')
}
