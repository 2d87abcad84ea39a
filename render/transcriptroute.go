package render

import (
	"encoding/hex"
	"errors"
	"net/netip"
	"slices"
	"time"
)

// A wireRoute is the way that a connection took, in a transcript.
type wireRoute struct {
	Took seconds   `json:"took"`
	Hops []wireHop `json:"hops"`
}

type wireHop struct {
	Role     string        `json:"role"`
	Address  string        `json:"address"`
	Source   string        `json:"source"`
	Lookup   *wireLookup   `json:"lookup"`
	Attempts []wireAttempt `json:"attempts"`
	Tunnel   *wireTunnel   `json:"tunnel"`
	TLS      *wireTLS      `json:"tls"`
}

type wireLookup struct {
	Name      string   `json:"name"`
	Addresses []string `json:"addresses"`
	Source    string   `json:"source"`
	Took      seconds  `json:"took"`
	Error     string   `json:"error"`
}

type wireAttempt struct {
	Address string  `json:"address"`
	Local   string  `json:"local"`
	Start   seconds `json:"start"`
	Took    seconds `json:"took"`
	Lost    bool    `json:"lost"`
	Error   string  `json:"error"`
}

type wireTunnel struct {
	Protocol string    `json:"protocol"`
	To       string    `json:"to"`
	Request  *wireHead `json:"request"`
	Response *wireHead `json:"response"`
	Cut      bool      `json:"cut"`
	Took     seconds   `json:"took"`
	Error    string    `json:"error"`
}

type wireTLS struct {
	Host              string            `json:"host"`
	ServerName        string            `json:"server_name"`
	Version           string            `json:"version"`
	Cipher            string            `json:"cipher"`
	Group             string            `json:"group"`
	ALPN              string            `json:"alpn"`
	ClientCertificate string            `json:"client_certificate"`
	Checked           bool              `json:"checked"`
	Problem           string            `json:"problem"`
	Certificates      []wireCertificate `json:"certificates"`
	Took              seconds           `json:"took"`
	Error             string            `json:"error"`
}

type wireCertificate struct {
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	Names     []string  `json:"names"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	SHA256    string    `json:"sha256"`
}

// route returns the route, nil without one.
func (w *wireRoute) route() (*Route, error) {
	if w == nil {
		return nil, nil
	}
	r := &Route{Took: time.Duration(w.Took)}
	for i := range w.Hops {
		hop, err := w.Hops[i].hop()
		if err != nil {
			return nil, err
		}
		r.Hops = append(r.Hops, hop)
	}
	return r, nil
}

func (w *wireHop) hop() (*Hop, error) {
	hop := &Hop{Addr: w.Address, Source: w.Source}
	switch w.Role {
	case "proxy":
		hop.Proxy = true
	case "server":
	default:
		return nil, unexpected("role", w.Role, "proxy or server")
	}
	if l := w.Lookup; l != nil {
		hop.Lookup = &Lookup{Name: l.Name, Source: l.Source, Took: time.Duration(l.Took), Err: textError(l.Error)}
		for _, s := range l.Addresses {
			addr, err := netip.ParseAddr(s)
			if err != nil {
				return nil, unexpected("addresses", s, "an IP address")
			}
			hop.Lookup.Addrs = append(hop.Lookup.Addrs, addr)
		}
	}
	for _, a := range w.Attempts {
		hop.Attempts = append(hop.Attempts, Attempt{Addr: a.Address, Local: a.Local, Start: time.Duration(a.Start),
			Took: time.Duration(a.Took), Lost: a.Lost, Err: textError(a.Error)})
	}
	if t := w.Tunnel; t != nil {
		hop.Tunnel = &Tunnel{Protocol: t.Protocol, To: t.To, Request: t.Request.raw(), Response: t.Response.raw(),
			Cut: t.Cut || t.Response.cut(), Took: time.Duration(t.Took), Err: textError(t.Error)}
	}
	var err error
	if w.TLS != nil {
		hop.TLS, err = w.TLS.tls()
	}
	return hop, err
}

func (w *wireTLS) tls() (*TLS, error) {
	t := &TLS{Host: w.Host, ServerName: w.ServerName, Version: w.Version, Cipher: w.Cipher, Group: w.Group, Protocol: w.ALPN,
		Unchecked: !w.Checked, Problem: textError(w.Problem), Took: time.Duration(w.Took), Err: textError(w.Error)}
	i := slices.Index(clientCertificates[:], w.ClientCertificate)
	if i < 0 {
		return nil, unexpected("client_certificate", w.ClientCertificate, "missing or sent")
	}
	t.ClientCertificate = ClientCertificate(i)
	for _, c := range w.Certificates {
		cert := Certificate{Subject: c.Subject, Issuer: c.Issuer, Names: c.Names, NotBefore: c.NotBefore, NotAfter: c.NotAfter}
		sum, err := hex.DecodeString(c.SHA256)
		if err != nil || len(sum) != len(cert.SHA256) {
			return nil, unexpected("sha256", c.SHA256, "64 hexadecimal digits")
		}
		copy(cert.SHA256[:], sum)
		t.Certificates = append(t.Certificates, cert)
	}
	return t, nil
}

// textError returns an error of which there is nothing but its text, nil without
// one.
func textError(text string) error {
	if text == "" {
		return nil
	}
	return errors.New(text)
}
