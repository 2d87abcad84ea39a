//go:build unix

package cmd_test

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"testing"

	"wscope/cmd/internal/netdial/nettest"
)

// readmeProxy stands in README.md for the address of the proxy that a transcript
// goes through.
const readmeProxy = "127.0.0.1:3128"

// startReadmeProxy starts an HTTP proxy that wants the password of alice, and
// returns its address.
func startReadmeProxy(t *testing.T) string {
	t.Helper()
	p, err := nettest.NewHTTPProxy(nil)
	if err != nil {
		t.Fatal(err)
	}
	p.User, p.Password = "alice", "secret"
	p.Start()
	t.Cleanup(p.Close)
	return p.Addr()
}

// startReadmeTLS puts TLS in front of a server, for those with a client
// certificate, and returns its address. The files that a client needs are put
// into a folder.
func startReadmeTLS(t *testing.T, dir, server string) string {
	t.Helper()
	authority, err := nettest.NewAuthority("Example CA")
	if err != nil {
		t.Fatal(err)
	}
	issue := func(name string, hosts ...string) tls.Certificate {
		c, err := authority.IssueNow(append([]string{name}, hosts...)...)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	client := issue("alice")
	key, err := nettest.KeyPEM(client)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"ca.pem": authority.PEM(), "client.pem": nettest.CertPEM(client.Certificate[0]), "client.key": key,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := newFront(&tls.Config{
		Certificates: []tls.Certificate{issue("example.com", "127.0.0.1")},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: authority.Pool(),
	}, server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.close)
	return f.listener.Addr().String()
}
