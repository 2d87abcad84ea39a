package cmd

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"

	"wscope/cmd/internal/netdial"
	"wscope/wsproto"
)

func TestNetFailure(t *testing.T) {
	u, err := wsproto.ParseURL("wss://example.com:8443/chat")
	if err != nil {
		t.Fatal(err)
	}
	name := func(err error) *netdial.Error {
		return &netdial.Error{Phase: netdial.PhaseName, Addr: "example.com", Err: err}
	}
	tcp := func(err error) *netdial.Error {
		return &netdial.Error{Phase: netdial.PhaseTCP, Addr: "example.com:8443", Err: err}
	}
	unix := func(err error) *netdial.Error {
		return &netdial.Error{Phase: netdial.PhaseTCP, Addr: "/run/s", Unix: true, Err: err}
	}
	tunnel := func(err error) *netdial.Error {
		return &netdial.Error{Phase: netdial.PhaseProxy, Addr: "example.com:8443", Via: "proxy:3128", Err: err}
	}
	secure := func(err error) *netdial.Error {
		return &netdial.Error{Phase: netdial.PhaseTLS, Addr: "example.com:8443", Err: err}
	}
	ofProxy := func(e *netdial.Error) *netdial.Error {
		e.Proxy, e.Source = true, "$https_proxy"
		return e
	}
	certificate := func(f netdial.Fault, alone bool) error {
		return &netdial.CertificateError{Fault: f, Alone: alone, Err: errors.New("x")}
	}
	for _, test := range []struct {
		name string
		err  *netdial.Error
		exit int
		hint string // part of it, "" if there is to be none
	}{
		{"a malformed certificate", secure(errors.New("tls: failed to parse certificate from server: x509: SAN dNSName is malformed")), exitTLS, "RFC 5280"},
		{"no such host", name(&net.DNSError{IsNotFound: true}), exitHostName, "check the name in the URL"},
		{"no such proxy", ofProxy(name(&net.DNSError{IsNotFound: true})), exitProxyName, "check the name of the proxy in $https_proxy"},
		{"no name server", name(&net.DNSError{Err: "server misbehaving"}), exitHostName, "name server"},
		{"a slow name server", name(&net.DNSError{IsTimeout: true}), exitTimeout, "given up"},
		{"another family", name(&netdial.FamilyError{Want: netdial.IPv6}), exitHostName, "leave out -4 and -6"},
		{"a slow look-up", name(context.DeadlineExceeded), exitTimeout, "--connect-timeout"},

		{"refused", tcp(syscall.ECONNREFUSED), exitConnect, "nothing listens on example.com:8443: check the port"},
		{"several refused", tcp(&netdial.AttemptsError{}), exitConnect, ""},
		{"proxy refused", ofProxy(tcp(syscall.ECONNREFUSED)), exitConnect, "check $https_proxy, and that the proxy runs"},
		{"no route", tcp(syscall.EHOSTUNREACH), exitConnect, "no way to that address"},
		{"given up by the system", tcp(syscall.ETIMEDOUT), exitTimeout, "firewall"},
		{"slow", tcp(context.DeadlineExceeded), exitTimeout, "--connect-timeout"},
		{"a foreign address", tcp(syscall.EADDRNOTAVAIL), exitConnect, "--interface"},
		{"no socket", unix(syscall.ENOENT), exitConnect, "nobody has made that socket"},
		{"an old socket", unix(syscall.ECONNREFUSED), exitConnect, "does the server still run?"},
		{"a forbidden socket", unix(syscall.EACCES), exitConnect, "not permitted"},

		{"a wrong variable", &netdial.Error{Phase: netdial.PhaseProxy, Err: errors.New("x")}, exitProxyName, "--proxy ''"},
		{"a file for the proxy", &netdial.Error{Phase: netdial.PhaseProxy, Err: failure(exitCAFile, errors.New("x"), "y")}, exitCAFile, "y"},
		{"407", tunnel(&netdial.RefusedError{Code: 407, Challenges: []string{"Basic realm=x"}}), exitProxy, "--proxy-user"},
		{"407 again", tunnel(&netdial.RefusedError{Code: 407, Challenges: []string{"Basic realm=x"}, Sent: true}), exitProxy, "does not accept"},
		{"401 again", tunnel(&netdial.RefusedError{Code: 401, Sent: true}), exitProxy, "does not accept"},
		{"401", tunnel(&netdial.RefusedError{Code: 401}), exitProxy, "--proxy-user"},
		{"407 of another kind", tunnel(&netdial.RefusedError{Code: 407, Challenges: []string{"NTLM"}}), exitProxy, "another way"},
		{"403", tunnel(&netdial.RefusedError{Code: 403}), exitProxy, "port 443"},
		{"502", tunnel(&netdial.RefusedError{Code: 502}), exitProxy, "could not reach"},
		{"302", tunnel(&netdial.RefusedError{Code: 302}), exitProxy, ""},
		{"SOCKS for HTTP", tunnel(&netdial.ReplyError{Got: `"\x05\xff"`}), exitProxy, "--proxy socks5h://proxy:3128"},
		{"TLS for HTTP", tunnel(&netdial.ReplyError{Got: `"\x15\x03"`}), exitProxy, "--proxy https://proxy:3128"},
		{"something for HTTP", tunnel(&netdial.ReplyError{Got: `"220"`}), exitProxy, "is there an HTTP proxy"},
		{"HTTP for SOCKS", tunnel(&netdial.SOCKSError{Reason: "begins with 0x48"}), exitProxy, "--proxy http://proxy:3128"},
		{"SOCKS wants a name", tunnel(&netdial.SOCKSError{Reason: "username/password authentication failed"}), exitProxy, "--proxy-user"},
		{"SOCKS says no", tunnel(&netdial.SOCKSError{Reason: "host unreachable"}), exitProxy, "what the proxy says of example.com:8443"},
		{"a slow proxy", tunnel(context.DeadlineExceeded), exitTimeout, "--connect-timeout"},

		{"expired", secure(certificate(netdial.FaultExpired, true)), exitServerCert, "renewed"},
		{"not yet valid", secure(certificate(netdial.FaultNotYetValid, true)), exitServerCert, "clock"},
		{"another host", secure(certificate(netdial.FaultWrongHost, true)), exitServerCert, "--servername NAME"},
		{"signed by itself", secure(certificate(netdial.FaultSelfSigned, true)), exitServerCert, "--cacert FILE trusts it"},
		{"by nobody known", secure(certificate(netdial.FaultUnknownCA, false)), exitServerCert, "--cacert FILE; -k"},
		{"by nobody known, alone", secure(certificate(netdial.FaultUnknownCA, true)), exitServerCert, "certificates between"},
		{"another fault", secure(certificate(netdial.FaultOther, true)), exitServerCert, "-k"},
		{"of the proxy", ofProxy(secure(certificate(netdial.FaultSelfSigned, true))), exitServerCert, "--proxy-cacert FILE trusts it"},
		{"no TLS", secure(tls.RecordHeaderError{}), exitTLS, "try ws://example.com:8443"},
		{"no TLS at the proxy", ofProxy(secure(tls.RecordHeaderError{})), exitTLS, "try http://"},
		{"an old version", secure(errors.New("server selected unsupported protocol version 302")), exitTLS, "--tls-min 1.0"},
		{"cut off", secure(errors.New("EOF")), exitTLS, "in the middle of the handshake"},
		{"slow TLS", secure(context.DeadlineExceeded), exitTimeout, "--connect-timeout"},
		{"something else", secure(errors.New("odd")), exitTLS, ""},
		{"an alert", secure(&netdial.AlertError{Text: "certificate required"}), exitTLS, "--cert FILE --key FILE"},
		{"any alert after an open question", secure(&netdial.AlertError{Text: "handshake failure", Unanswered: true}), exitTLS, "--cert FILE --key FILE"},
		{"an alert about ours", secure(&netdial.AlertError{Text: "unknown certificate authority"}), exitTLS, "does not accept the client certificate"},
		{"an alert about the version", secure(&netdial.AlertError{Text: "protocol version not supported"}), exitTLS, "--tls-min and --tls-max"},
		{"an alert about the name", secure(&netdial.AlertError{Text: "unrecognized name"}), exitTLS, "--servername"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := dialFailure(test.err, u)
			e, ok := errors.AsType[*exitError](err)
			if !ok || e.code != test.exit || !strings.Contains(e.hint, test.hint) || (e.hint == "") != (test.hint == "") {
				t.Errorf("dialFailure(%v) = %#v, want status %d and the hint %q", test.err, err, test.exit, test.hint)
			}
		})
	}
	if err := dialFailure(tcp(context.Canceled), u); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancellation becomes %v", err)
	}
}
