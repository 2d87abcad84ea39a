package netdial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// A Bind is our own end of connections: a network interface, or an address of
// this machine.
type Bind struct {
	device string       // name of an interface, "" if there is none in question
	addrs  []netip.Addr // that may be used
}

// ParseBind reads what curl's --interface takes: the name of an interface, an
// address, or the name of a host that is this one; if!NAME and host!NAME say
// which of them is meant.
func ParseBind(ctx context.Context, s string) (*Bind, error) {
	name, onlyInterface := strings.CutPrefix(s, "if!")
	if !onlyInterface {
		host, onlyHost := strings.CutPrefix(s, "host!")
		if addr, err := netip.ParseAddr(unbracket(host)); err == nil {
			return &Bind{addrs: []netip.Addr{addr.Unmap()}}, nil
		}
		if onlyHost {
			return bindToHost(ctx, host)
		}
	}
	device, err := net.InterfaceByName(name)
	switch {
	case err == nil:
		return bindToDevice(device)
	case !onlyInterface && strings.ContainsAny(name, "."):
		return bindToHost(ctx, name)
	}
	return nil, fmt.Errorf("there is no network interface called %q: expected %s, or an address of this machine", name, interfaceNames())
}

func bindToHost(ctx context.Context, host string) (*Bind, error) {
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, fmt.Errorf("the name %s, to bind to, was not resolved: %w", host, bare(err))
	}
	b := &Bind{}
	for _, a := range addrs {
		b.addrs = append(b.addrs, a.Unmap())
	}
	return b, nil
}

func bindToDevice(device *net.Interface) (*Bind, error) {
	addrs, err := device.Addrs()
	if err != nil {
		return nil, fmt.Errorf("the addresses of the interface %s: %w", device.Name, bare(err))
	}
	b := &Bind{device: device.Name}
	for _, a := range addrs {
		prefix, err := netip.ParsePrefix(a.String())
		if err != nil {
			continue
		}
		addr := prefix.Addr().Unmap()
		if addr.Is6() && addr.IsLinkLocalUnicast() {
			addr = addr.WithZone(device.Name)
		}
		b.addrs = append(b.addrs, addr)
	}
	if len(b.addrs) == 0 {
		return nil, fmt.Errorf("the interface %s has no address", device.Name)
	}
	return b, nil
}

// interfaceNames lists the interfaces that there are.
func interfaceNames() string {
	devices, err := net.Interfaces()
	if err != nil || len(devices) == 0 {
		return "the name of an interface"
	}
	var names []string
	for _, d := range devices {
		names = append(names, d.Name)
	}
	return strings.Join(names, ", ")
}

var errNoLocalAddress = errors.New("our end of the connection has no address of that family")

// apply makes d connect to addr from our end.
func (b *Bind) apply(d *net.Dialer, addr string) error {
	to, err := netip.ParseAddrPort(addr)
	if err != nil {
		return err
	}
	local, ok := b.local(to.Addr())
	if !ok {
		return errNoLocalAddress
	}
	d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(local, 0))
	d.Control = bindDevice(b.device)
	return nil
}

// local returns the address to use for connections to another: one that is as
// local as that if there is one.
func (b *Bind) local(to netip.Addr) (local netip.Addr, ok bool) {
	for _, a := range b.addrs {
		if a.Is4() != to.Is4() {
			continue
		}
		if !ok || a.IsLinkLocalUnicast() == to.IsLinkLocalUnicast() && local.IsLinkLocalUnicast() != to.IsLinkLocalUnicast() {
			local, ok = a, true
		}
	}
	return local, ok
}
