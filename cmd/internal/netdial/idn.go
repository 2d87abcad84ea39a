package netdial

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// ASCIIHost returns a host in the form that it has on the network: Punycode for
// an internationalized name. Addresses and names in ASCII stay as they are.
//
// RFC 5891, Section 5; mapped as browsers and curl do it, by UTS #46 without
// transitional processing.
func ASCIIHost(host string) (string, error) {
	if isASCII(host) || strings.Contains(host, ":") {
		return host, nil
	}
	profile := idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.BidiRule(), idna.VerifyDNSLength(true))
	name, root := strings.CutSuffix(host, ".")
	ascii, err := profile.ToASCII(name)
	if root {
		ascii += "."
	}
	if err == nil && !utf8.ValidString(host) {
		err = errors.New("not UTF-8")
	}
	if err != nil {
		return host, fmt.Errorf("the host %q has no form in ASCII (RFC 5891): %s", host, strings.TrimPrefix(err.Error(), "idna: "))
	}
	return ascii, nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// bothForms adds to a host in Punycode, perhaps with a port, the name that it
// stands for.
func bothForms(addr string) string {
	if !strings.Contains(addr, "xn--") {
		return addr
	}
	host := addr
	if h, _, err := net.SplitHostPort(addr); err == nil {
		host = h
	}
	name, err := idna.Punycode.ToUnicode(host)
	if err != nil || name == host {
		return addr
	}
	return addr + " (" + name + ")"
}
