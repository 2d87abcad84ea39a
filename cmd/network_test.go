package cmd

import (
	"crypto/tls"
	"testing"

	"wscope/cmd/internal/netdial"
	"wscope/wsproto"
)

// TestWayTo holds that the client certificate stays at home, wherever redirects
// lead.
func TestWayTo(t *testing.T) {
	for _, tt := range []struct {
		name, home, to string
		trusted, given bool
	}{
		{"the same", "wss://h/", "wss://h/other", false, true},
		{"the same in other letters", "wss://h/", "wss://H/", false, true},
		{"TLS on the same host", "ws://h/", "wss://h/", false, true},
		{"another host", "wss://h/", "wss://i/", false, false},
		{"another port", "wss://h/", "wss://h:8443/", false, false},
		{"a host below", "wss://h/", "wss://a.h/", false, false},
		{"another host that is trusted", "wss://h/", "wss://i/", true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home, err := wsproto.ParseURL(tt.home)
			if err != nil {
				t.Fatal(err)
			}
			to, err := wsproto.ParseURL(tt.to)
			if err != nil {
				t.Fatal(err)
			}
			d := &dialOptions{
				redirect: redirectOptions{trusted: tt.trusted},
				way:      &netdial.Dialer{TLS: &tls.Config{Certificates: []tls.Certificate{{}}, ServerName: "name"}},
			}
			way := d.wayTo(home, to)
			if given := len(way.TLS.Certificates) > 0; given != tt.given || given != (way.TLS.ServerName != "") {
				t.Errorf("a certificate: %v, the name %q; want both: %v", given, way.TLS.ServerName, tt.given)
			}
			if len(d.way.TLS.Certificates) == 0 {
				t.Error("there is none left for home")
			}
		})
	}
}
