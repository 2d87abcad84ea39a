package netdial

import (
	"net/netip"
	"strings"
)

// NoProxy reports whether list names host as one that is reached without a
// proxy. The parts of the list have commas or blanks between them: a domain, with
// or without a dot in front, is itself and all names below it; an address is
// itself; an address and the length of a prefix, as in 10.0.0.0/8, is a network. A
// single * is everything. Those are curl's rules.
func NoProxy(list, host string) bool {
	if strings.TrimSpace(list) == "*" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	isAddr := err == nil
	addr = addr.Unmap().WithZone("")
	name := canonical(host)
	for part := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		if !isAddr {
			domain := canonical(strings.Trim(part, "."))
			if domain != "" && (name == domain || strings.HasSuffix(name, "."+domain)) {
				return true
			}
			continue
		}
		if prefix, err := netip.ParsePrefix(unbracket(part)); err == nil && prefix.Contains(addr) {
			return true
		}
		if a, err := netip.ParseAddr(unbracket(part)); err == nil && a.Unmap() == addr {
			return true
		}
	}
	return false
}
