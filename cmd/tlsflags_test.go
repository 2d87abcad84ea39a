package cmd

import (
	"crypto/tls"
	"io"
	"net"
	"net/http/httptest"
	"testing"
)

// A server that has nothing better than an RSA key exchange is reached, and one
// that has is not asked for it.
func TestCipherSuites(t *testing.T) {
	config := rsaServer()
	config.MaxVersion = tls.VersionTLS12
	for want, have := range map[uint16][]uint16{
		tls.TLS_RSA_WITH_AES_128_CBC_SHA:          {tls.TLS_RSA_WITH_AES_128_CBC_SHA},
		tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: {tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256},
		tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: {tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256},
	} {
		config.CipherSuites = have
		client, err := (&tlsOptions{insecure: true}).config(streams{in: nil, out: io.Discard, err: io.Discard}, true)
		if err != nil {
			t.Fatal(err)
		}
		ours, theirs := net.Pipe()
		go tls.Server(theirs, config).Handshake()
		c := tls.Client(ours, client)
		if err := c.Handshake(); err != nil {
			t.Errorf("%s: %v", tls.CipherSuiteName(want), err)
			continue
		}
		if got := c.ConnectionState().CipherSuite; got != want {
			t.Errorf("got %s, want %s", tls.CipherSuiteName(got), tls.CipherSuiteName(want))
		}
		ours.Close()
	}
}

// rsaServer returns the configuration of a server with an RSA key.
func rsaServer() *tls.Config {
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	defer s.Close()
	return &tls.Config{Certificates: s.TLS.Certificates}
}
