package netdial

import (
	"fmt"
	"strings"
)

// A ConnectTo has connections for one host and port go to another. It changes
// neither the request nor the name that a certificate has to have.
type ConnectTo struct {
	Host, Port     string // of the target, "" is any; Host is in lower case
	ToHost, ToPort string // "" keeps that of the target
}

// ParseConnectTo reads HOST1:PORT1:HOST2:PORT2 as curl writes it. Each part may
// be empty; IPv6 addresses stand in brackets.
func ParseConnectTo(s string) (ConnectTo, error) {
	fail := func() (ConnectTo, error) {
		return ConnectTo{}, fmt.Errorf("expected HOST1:PORT1:HOST2:PORT2, as in example.com:443:127.0.0.1:8443")
	}
	var c ConnectTo
	if strings.ContainsFunc(s, isControl) {
		return c, errControl
	}
	host, rest, ok := cutHost(s)
	if !ok {
		return fail()
	}
	c.Host = canonical(host)
	if c.Port, rest, ok = strings.Cut(rest, ":"); !ok {
		return fail()
	}
	if c.ToHost, c.ToPort, ok = cutHost(rest); !ok {
		return fail()
	}
	if strings.ContainsAny(c.ToPort, ":") {
		return fail()
	}
	var err error
	if c.ToHost, err = ASCIIHost(c.ToHost); err != nil {
		return c, err
	}
	for _, port := range []string{c.Port, c.ToPort} {
		if port != "" {
			if err := checkPort(port); err != nil {
				return c, err
			}
		}
	}
	return c, nil
}

// replace returns what t is replaced by.
func (d *Dialer) replace(t Target) Target {
	for _, c := range d.ConnectTo {
		if c.Host != "" && c.Host != canonical(t.Host) || c.Port != "" && c.Port != t.Port {
			continue
		}
		if c.ToHost != "" {
			t.Host = c.ToHost
		}
		if c.ToPort != "" {
			t.Port = c.ToPort
		}
		break
	}
	return t
}
