package netdial

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"wscope/render"
)

// A Family is a version of the Internet protocol.
type Family uint8

// The families.
const (
	AnyFamily Family = 0
	IPv4      Family = 4
	IPv6      Family = 6
)

// network returns the name that package net has for it, with a prefix "ip" or
// "tcp".
func (f Family) network(prefix string) string {
	if f == AnyFamily {
		return prefix
	}
	return prefix + strconv.Itoa(int(f))
}

func (f Family) has(a netip.Addr) bool {
	return f == AnyFamily || (f == IPv4) == a.Is4()
}

// Hosts are the addresses of names that are known without asking for them. Of
// two entries for one name and port the later counts.
type Hosts []HostEntry

// A HostEntry is what is known of a name at one port.
type HostEntry struct {
	Host  string // in lower case; "*" is any name
	Port  string
	Addrs []netip.Addr // none takes what is known back
}

// ParseHostEntry reads an entry as curl writes it: HOST:PORT:ADDR[,ADDR]..., or
// -HOST:PORT to take an earlier one back. HOST may be *, IPv6 addresses may
// stand in brackets. A + in front, which has curl forget the entry after a
// while, changes nothing here.
func ParseHostEntry(s string) (HostEntry, error) {
	const want = "expected HOST:PORT:ADDRESS[,ADDRESS], as in example.com:443:127.0.0.1"
	var e HostEntry
	if strings.ContainsFunc(s, isControl) {
		return e, errControl
	}
	rest, remove := strings.CutPrefix(s, "-")
	rest = strings.TrimPrefix(rest, "+")
	host, rest, ok := cutHost(rest)
	if !ok || host == "" {
		return e, fmt.Errorf("%s", want)
	}
	e.Host = canonical(host)
	port, list, more := strings.Cut(rest, ":")
	if err := checkPort(port); err != nil {
		return e, fmt.Errorf("%w: %s", err, want)
	}
	e.Port = port
	if remove {
		if more {
			return e, fmt.Errorf("-HOST:PORT takes an entry back and has no address")
		}
		return e, nil
	}
	for item := range strings.SplitSeq(list, ",") {
		addr, err := netip.ParseAddr(unbracket(item))
		if err != nil {
			return e, fmt.Errorf("%q is not an IP address: %s", item, want)
		}
		e.Addrs = append(e.Addrs, addr.Unmap())
	}
	return e, nil
}

// find returns the addresses of a name at a port. An entry for the name itself
// goes before one for any name.
func (h Hosts) find(host, port string) []netip.Addr {
	host = canonical(host)
	for _, name := range []string{host, "*"} {
		for _, e := range slices.Backward(h) {
			if e.Host == name && e.Port == port {
				if len(e.Addrs) > 0 {
					return e.Addrs
				}
				break
			}
		}
	}
	return nil
}

// canonical returns a name in the form in which names are compared.
func canonical(host string) string {
	if ascii, err := ASCIIHost(host); err == nil {
		host = ascii
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// IsLocalhost reports whether host is a name of this machine by definition.
//
// RFC 6761, Section 6.3.
func IsLocalhost(host string) bool {
	host = canonical(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// lookup returns the addresses of the host of t. An address stands for itself.
func (d *Dialer) lookup(ctx context.Context, t Target, hop *render.Hop) ([]netip.Addr, error) {
	if known := d.Hosts.find(t.Host, t.Port); known != nil {
		hop.Lookup = &render.Lookup{Name: t.Host, Addrs: known, Source: "--resolve"}
		return d.ofFamily(known, hop)
	}
	if addr, err := netip.ParseAddr(t.Host); err == nil {
		return d.ofFamily([]netip.Addr{addr.Unmap()}, hop)
	}
	if IsLocalhost(t.Host) {
		local := []netip.Addr{netip.IPv6Loopback(), netip.AddrFrom4([4]byte{127, 0, 0, 1})}
		hop.Lookup = &render.Lookup{Name: t.Host, Addrs: local, Source: "this machine"}
		return d.ofFamily(local, hop)
	}
	d.progress(PhaseName, hop, hop.Addr)
	ask := d.Lookup
	if ask == nil {
		ask = net.DefaultResolver.LookupNetIP
	}
	begin := time.Now()
	addrs, err := ask(ctx, d.Family.network("ip"), t.Host)
	hop.Lookup = &render.Lookup{Name: t.Host, Took: time.Since(begin), Err: err}
	if err != nil {
		return nil, &Error{Phase: PhaseName, Proxy: hop.Proxy, Addr: t.Host, Err: ended(ctx, err)}
	}
	for i, a := range addrs {
		addrs[i] = a.Unmap()
	}
	hop.Lookup.Addrs = addrs
	return d.ofFamily(addrs, hop)
}

// ofFamily returns those addresses that may be used.
func (d *Dialer) ofFamily(addrs []netip.Addr, hop *render.Hop) ([]netip.Addr, error) {
	var fit []netip.Addr
	for _, a := range addrs {
		if d.Family.has(a) {
			fit = append(fit, a)
		}
	}
	if len(fit) == 0 {
		return nil, &Error{Phase: PhaseName, Proxy: hop.Proxy, Addr: hop.Addr, Err: &FamilyError{d.Family, addrs}}
	}
	return fit, nil
}

// A FamilyError is a host that has no address of the family that is wanted.
type FamilyError struct {
	Want Family
	Has  []netip.Addr
}

func (e *FamilyError) Error() string {
	var has []string
	for _, a := range e.Has {
		has = append(has, a.String())
	}
	return fmt.Sprintf("no IPv%d address, only %s", e.Want, strings.Join(has, ", "))
}

// cutHost cuts a host, perhaps an IPv6 address in brackets, and the colon behind
// it from the beginning of s.
func cutHost(s string) (host, rest string, ok bool) {
	if strings.HasPrefix(s, "[") {
		end := strings.Index(s, "]:")
		if end < 0 {
			return "", "", false
		}
		return s[1:end], s[end+2:], true
	}
	return strings.Cut(s, ":")
}

func unbracket(s string) string {
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		return s[1 : len(s)-1]
	}
	return s
}

func checkPort(s string) error {
	if n, err := strconv.ParseUint(s, 10, 16); err != nil || n == 0 {
		return fmt.Errorf("%q is not a port", s)
	}
	return nil
}
