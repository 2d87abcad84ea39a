package netdial

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"wscope/cmd/internal/netdial/nettest"
	"wscope/render"
)

// A tlsServer is an echo over TLS that notes what it sees of its clients.
type tlsServer struct {
	Target
	names   chan string // SNI of each client
	clients chan []*x509.Certificate
}

func startTLS(t *testing.T, config *tls.Config) *tlsServer {
	t.Helper()
	s := &tlsServer{names: make(chan string, 9), clients: make(chan []*x509.Certificate, 9)}
	config = config.Clone()
	config.VerifyConnection = func(state tls.ConnectionState) error {
		s.names <- state.ServerName
		s.clients <- state.PeerCertificates
		return nil
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	echo(t, l)
	s.Target = targetOf(l.Addr().String(), true)
	return s
}

// dialTLS connects to a server under another name.
func dialTLS(t *testing.T, s *tlsServer, host string, d Dialer) (net.Conn, *render.TLS, error) {
	t.Helper()
	target := s.Target
	target.Host = host
	d.ConnectTo = []ConnectTo{{"", "", "127.0.0.1", ""}}
	c, route, err := d.Dial(t.Context(), target)
	return c, route.Hops[0].TLS, err
}

func newAuthority(t *testing.T) *nettest.Authority {
	t.Helper()
	a, err := nettest.NewAuthority("Test CA")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func issue(t *testing.T, a *nettest.Authority, names ...string) tls.Certificate {
	t.Helper()
	c, err := a.IssueNow(names...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSecure(t *testing.T) {
	a := newAuthority(t)
	s := startTLS(t, &tls.Config{Certificates: []tls.Certificate{issue(t, a, "example.com", "other.example")}, NextProtos: []string{"http/1.1"}})
	for _, test := range []struct {
		name   string
		host   string
		config *tls.Config
		noName bool
		sni    string
		err    string
	}{
		{"the host", "example.com", &tls.Config{}, false, "example.com", ""},
		{"a host with a dot", "example.com.", &tls.Config{}, false, "example.com", ""},
		{"another name", "127.0.0.1", &tls.Config{ServerName: "other.example"}, false, "other.example", ""},
		{"no name", "example.com", &tls.Config{}, true, "", ""},
		{"no name, the wrong host", "x.example", &tls.Config{}, true, "", "the certificate of the server is for example.com, other.example, expected x.example"},
		{"no name, no check", "x.example", &tls.Config{InsecureSkipVerify: true}, true, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.config.RootCAs, test.config.NextProtos = a.Pool(), []string{"http/1.1"}
			c, record, err := dialTLS(t, s, test.host, Dialer{TLS: test.config, NoServerName: test.noName})
			if test.err != "" {
				if err == nil || err.Error() != test.err {
					t.Errorf("error %v, want %s", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			roundTrip(t, c)
			if got := <-s.names; got != test.sni || record.ServerName != test.sni {
				t.Errorf("the name is %q, on record %q, want %q", got, record.ServerName, test.sni)
			}
			if record.Version != "TLS 1.3" || record.Protocol != "http/1.1" || len(record.Certificates) != 1 {
				t.Errorf("the record is %+v", record)
			}
		})
	}
}

func TestCertificateFaults(t *testing.T) {
	a, now := newAuthority(t), time.Now()
	const day = 24 * time.Hour
	between := func(from, to time.Duration) tls.Certificate {
		c, err := a.Issue(now.Add(from), now.Add(to), "example.com")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	date := func(d time.Duration) string { return now.Add(d).UTC().Format("2006-01-02") }
	alone, err := nettest.SelfSigned("example.com")
	if err != nil {
		t.Fatal(err)
	}
	intermediate, err := a.Intermediate("Test Issuing CA")
	if err != nil {
		t.Fatal(err)
	}
	stranger := newAuthority(t)
	for _, test := range []struct {
		name        string
		certificate tls.Certificate
		host        string
		fault       Fault
		want        string
	}{
		{"expired", between(-20*day, -10*day-time.Hour), "example.com", FaultExpired,
			"the certificate of example.com (CN=example.com) has expired on " + date(-10*day-time.Hour) + ", 10 days ago"},
		{"not yet valid", between(day+time.Hour, 20*day), "example.com", FaultNotYetValid,
			"the certificate of example.com (CN=example.com) is valid from " + date(day+time.Hour) + " only, in 1 day"},
		{"for another host", between(-day, day), "example.org", FaultWrongHost,
			"the certificate of the server is for example.com, expected example.org"},
		{"for no host", issue(t, a), "example.org", FaultWrongHost,
			"the certificate of example.org (CN=server) has no names of hosts, expected example.org among them"},
		{"signed by itself", alone, "example.com", FaultSelfSigned,
			"the certificate of example.com (CN=example.com) is signed by itself, expected the signature of a known authority"},
		{"signed by a stranger", issue(t, stranger, "example.com"), "example.com", FaultUnknownCA,
			"the certificate of example.com is signed by CN=Test CA, which is no known authority"},
		{"without the certificate between", issue(t, intermediate, "example.com"), "example.com", FaultUnknownCA,
			"the certificate of example.com is signed by CN=Test Issuing CA, which is no known authority"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := startTLS(t, &tls.Config{Certificates: []tls.Certificate{test.certificate}})
			_, record, err := dialTLS(t, s, test.host, Dialer{TLS: &tls.Config{RootCAs: a.Pool()}})
			e, ok := errors.AsType[*CertificateError](err)
			if !ok {
				t.Fatalf("error %v, want a *CertificateError", err)
			}
			if e.Fault != test.fault || err.Error() != test.want {
				t.Errorf("fault %d, %s\nwant %d, %s", e.Fault, err, test.fault, test.want)
			}
			if !e.Alone || len(record.Certificates) != 1 || record.Err == nil {
				t.Errorf("alone %t, the record is %+v", e.Alone, record)
			}
			// Without a check it is noted only.
			c, record, err := dialTLS(t, s, test.host, Dialer{TLS: &tls.Config{RootCAs: a.Pool(), InsecureSkipVerify: true}})
			if err != nil {
				t.Fatal(err)
			}
			roundTrip(t, c)
			if !record.Unchecked || record.Problem == nil || record.Problem.Error() != test.want {
				t.Errorf("the problem is %v, want %s", record.Problem, test.want)
			}
		})
	}
}

func TestClientCertificate(t *testing.T) {
	a := newAuthority(t)
	certificate := issue(t, a, "example.com")
	own, err := nettest.SelfSigned("me") // by nobody that the server asks for
	if err != nil {
		t.Fatal(err)
	}
	s := startTLS(t, &tls.Config{Certificates: []tls.Certificate{certificate}, ClientAuth: tls.RequestClientCert, ClientCAs: a.Pool()})
	for _, test := range []struct {
		name string
		have []tls.Certificate
		want render.ClientCertificate
		n    int
	}{
		{"none", nil, render.ClientCertMissing, 0},
		{"one", []tls.Certificate{own}, render.ClientCertSent, 1},
	} {
		c, record, err := dialTLS(t, s, "example.com", Dialer{TLS: &tls.Config{RootCAs: a.Pool(), Certificates: test.have}})
		if err != nil {
			t.Fatal(err)
		}
		roundTrip(t, c)
		if got := <-s.clients; len(got) != test.n || record.ClientCertificate != test.want {
			t.Errorf("%s: the server got %d, on record %d", test.name, len(got), record.ClientCertificate)
		}
	}
}

func TestTLSFailures(t *testing.T) {
	a := newAuthority(t)
	old := startTLS(t, &tls.Config{Certificates: []tls.Certificate{issue(t, a, "example.com")}, MaxVersion: tls.VersionTLS12})
	_, _, err := dialTLS(t, old, "example.com", Dialer{TLS: &tls.Config{RootCAs: a.Pool(), MinVersion: tls.VersionTLS13}})
	if alert, ok := errors.AsType[*AlertError](err); !ok || alert.Text != "protocol version not supported" {
		t.Errorf("a server that is too old: %v", err)
	}

	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	echo(t, plain)
	_, _, err = (&Dialer{}).Dial(t.Context(), targetOf(plain.Addr().String(), true))
	if e, ok := errors.AsType[*Error](err); !ok || e.Phase != PhaseTLS || e.Kind() != "tls" {
		t.Errorf("a server without TLS: %v", err)
	}
}

// The time can be over in the TLS handshake, too, and the error says so.
func TestTLSTime(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	accepted := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		c, err := l.Accept()
		if err == nil {
			io.ReadFull(c, make([]byte, 1)) // the handshake has begun
			defer c.Close()
		}
		cancel()
		<-accepted
	}()
	_, _, err = (&Dialer{}).Dial(ctx, targetOf(l.Addr().String(), true))
	close(accepted)
	if e, ok := errors.AsType[*Error](err); !ok || e.Phase != PhaseTLS || !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	late := &Error{Phase: PhaseTLS, Addr: "h:1", Err: context.DeadlineExceeded}
	if got := late.Error(); !strings.Contains(got, "the time was over in the TLS handshake with h:1") || !late.Timeout() {
		t.Errorf("error %q", got)
	}
}
