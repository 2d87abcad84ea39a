package netdial

import (
	"net"
	"strings"
	"testing"
)

func TestASCIIHost(t *testing.T) {
	for in, want := range map[string]string{
		"example.com":       "example.com",
		"Example.COM":       "Example.COM",
		"a_b.example":       "a_b.example",
		"bücher.example":    "xn--bcher-kva.example",
		"BÜCHER.example.":   "xn--bcher-kva.example.",
		"faß.de":            "xn--fa-hia.de",
		"例え.テスト":            "xn--r8jz45g.xn--zckzah",
		"例え。テスト":            "xn--r8jz45g.xn--zckzah",
		"_x.bücher.example": "_x.xn--bcher-kva.example",
		"fe80::1%eth0":      "fe80::1%eth0",
		"127.0.0.1":         "127.0.0.1",
	} {
		if got, err := ASCIIHost(in); got != want || err != nil {
			t.Errorf("ASCIIHost(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"a\u2028b.example", "ü\xff.example", strings.Repeat("ü", 70) + ".example"} {
		if got, err := ASCIIHost(in); err == nil {
			t.Errorf("ASCIIHost(%q) = %q, want an error", in, got)
		}
	}
}

func TestInternationalizedKeys(t *testing.T) {
	e, err := ParseHostEntry("bücher.example:80:127.0.0.1")
	if err != nil || Hosts([]HostEntry{e}).find("xn--bcher-kva.example", "80") == nil {
		t.Errorf("--resolve: %+v, %v", e, err)
	}
	c, err := ParseConnectTo("BÜCHER.example:80:faß.de:81")
	if err != nil || c.Host != "xn--bcher-kva.example" || c.ToHost != "xn--fa-hia.de" {
		t.Errorf("--connect-to: %+v, %v", c, err)
	}
	p, err := ParseProxy("http://bücher.example:3128")
	if err != nil || p.Host != "xn--bcher-kva.example" {
		t.Errorf("--proxy: %+v, %v", p, err)
	}
	if !NoProxy("bücher.example", "www.xn--bcher-kva.example") {
		t.Error("--noproxy does not know the name")
	}
}

func TestErrorInBothForms(t *testing.T) {
	err := &Error{Phase: PhaseName, Addr: "xn--bcher-kva.example", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}
	if want := "there is no host called xn--bcher-kva.example (bücher.example): "; !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
	err = &Error{Phase: PhaseTLS, Addr: "xn--bcher-kva.example:443", Err: net.ErrClosed}
	if want := "TLS handshake with xn--bcher-kva.example:443 (bücher.example): "; !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
}
