package cmd

import (
	"context"
	"crypto/tls"
	"errors"
	"slices"
	"strings"
	"syscall"

	"wscope/cmd/internal/doctor"
	"wscope/cmd/internal/netdial"
	"wscope/wsproto"
)

// netFailure gives a network connection that could not be opened its exit status
// and says what to try.
func netFailure(e *netdial.Error, u wsproto.URL) error {
	late := e.Timeout()
	switch {
	case errors.Is(e, context.Canceled):
		return e
	case late && !errors.Is(e, context.DeadlineExceeded):
		return failure(exitTimeout, e, "the system has given up: is there a firewall that drops what is sent to it?")
	case late:
		return failure(exitTimeout, e, "--connect-timeout gives it more time")
	}
	switch e.Phase {
	case netdial.PhaseName:
		return nameFailure(e)
	case netdial.PhaseTCP:
		return failure(exitConnect, e, unreachableHint(e))
	case netdial.PhaseProxy:
		if known, ok := errors.AsType[*exitError](e.Err); ok {
			return known // a file for the proxy
		}
		if e.Via == "" {
			return failure(exitProxyName, e, "--proxy '' goes without a proxy")
		}
		return failure(exitProxy, e, tunnelHint(e))
	}
	if bad, ok := errors.AsType[*netdial.CertificateError](e); ok {
		return failure(exitServerCert, e, certificateHint(bad, e.Proxy))
	}
	return failure(exitTLS, e, tlsHint(e.Err, e.Proxy, u))
}

func nameFailure(e *netdial.Error) error {
	_, family := errors.AsType[*netdial.FamilyError](e)
	code, hint := exitHostName, "check the name in the URL, and that this machine has a name server"
	switch {
	case e.Proxy:
		code, hint = exitProxyName, "check the name of the proxy in "+e.Source
	case family:
		hint = "leave out -4 and -6"
	}
	return failure(code, e, hint)
}

// unreachableHint says what to try if nobody can be connected to.
func unreachableHint(e *netdial.Error) string {
	refused := errors.Is(e, syscall.ECONNREFUSED)
	switch {
	case e.Unix && errors.Is(e, syscall.ENOENT):
		return "nobody has made that socket: check the path, and that the server runs"
	case e.Unix && refused:
		return "the socket is there, but nobody listens on it: does the server still run?"
	case errors.Is(e, syscall.EACCES), errors.Is(e, syscall.EPERM):
		return "this user is not permitted to"
	case refused && e.Proxy:
		return "nothing listens on " + e.Addr + ": check " + e.Source + ", and that the proxy runs"
	case refused:
		return "nothing listens on " + e.Addr + ": check the port, and that the server runs"
	case errors.Is(e, syscall.ENETUNREACH), errors.Is(e, syscall.EHOSTUNREACH):
		return "there is no way to that address from this machine: -4 and -6 keep to one kind of address, --proxy goes another way"
	case errors.Is(e, syscall.EADDRNOTAVAIL):
		return "--interface wants an address of this machine"
	}
	return ""
}

// tunnelHint says what to try if a proxy opens no tunnel.
func tunnelHint(e *netdial.Error) string {
	if refused, ok := errors.AsType[*netdial.RefusedError](e); ok {
		return refusedTunnelHint(refused)
	}
	if bad, ok := errors.AsType[*netdial.ReplyError](e); ok {
		switch {
		case strings.HasPrefix(bad.Got, `"\x05`):
			return "that is SOCKS5: --proxy socks5h://" + e.Via
		case strings.HasPrefix(bad.Got, `"\x15`), strings.HasPrefix(bad.Got, `"\x16`):
			return "that is TLS: --proxy https://" + e.Via
		}
		return "is there an HTTP proxy at " + e.Via + "? https:// is for one that speaks TLS, socks5:// and socks5h:// are for the other kind"
	}
	if socks, ok := errors.AsType[*netdial.SOCKSError](e); ok {
		switch {
		case strings.Contains(socks.Reason, "authenti"):
			return "--proxy-user user:password says who you are"
		case strings.Contains(socks.Reason, "0x48"): // the H of HTTP
			return "that is an HTTP proxy: --proxy http://" + e.Via
		}
		return "that is what the proxy says of " + e.Addr
	}
	return ""
}

func refusedTunnelHint(e *netdial.RefusedError) string {
	basic := slices.ContainsFunc(e.Challenges, func(s string) bool { return strings.HasPrefix(strings.ToLower(s), "basic") })
	switch {
	case e.Code == 407 && !basic && len(e.Challenges) > 0:
		return "the proxy wants another way to authenticate than Basic, which is the only one that wscope has for proxies"
	case (e.Code == 407 || e.Code == 401) && e.Sent: // tinyproxy says 401
		return "the proxy does not accept that user and password"
	case e.Code == 407, e.Code == 401:
		return "--proxy-user user:password says who you are"
	case e.Code == 403, e.Code == 405, e.Code == 400:
		return "the rules of the proxy forbid it: many allow CONNECT to port 443 only"
	case e.Code/100 == 5:
		return "the proxy could not reach the server: is its name known there, and does it run?"
	}
	return ""
}

// certificateHint says what to try with a certificate that was not accepted.
func certificateHint(e *netdial.CertificateError, proxy bool) string {
	trust, skip := "--cacert FILE", "-k"
	if proxy {
		trust, skip = "--proxy-cacert FILE", "--proxy-insecure"
	}
	switch e.Fault {
	case netdial.FaultExpired:
		return "it has to be renewed, if the clock of this machine is right; " + skip + " connects all the same"
	case netdial.FaultNotYetValid:
		return "check the clock of this machine; " + skip + " connects all the same"
	case netdial.FaultWrongHost:
		if proxy {
			return "check the name of the proxy; " + skip + " connects all the same"
		}
		return "check the name in the URL; --servername NAME asks for another one, -k connects all the same"
	case netdial.FaultSelfSigned:
		return trust + " trusts it, with the certificate in the file; " + skip + " connects without a check"
	case netdial.FaultUnknownCA:
		hint := "name the authority with " + trust
		if e.Alone {
			hint += ", or have the server send the certificates between"
		}
		return hint + "; " + skip + " connects without a check"
	}
	return skip + " connects without checking the certificate"
}

// tlsHint says what to try after a TLS handshake that has failed of something
// else than a certificate.
func tlsHint(err error, proxy bool, u wsproto.URL) string {
	if alert, ok := errors.AsType[*netdial.AlertError](err); ok {
		if alert.Unanswered {
			return wantsCertificate
		}
		return alertHint(alert.Text)
	}
	plain, notTLS := errors.AsType[tls.RecordHeaderError](err)
	switch text := err.Error(); {
	case notTLS && proxy:
		return "the proxy does not speak TLS on this port: try http://"
	case notTLS:
		if who := doctor.Speaker(plain.RecordHeader[:]); who != "" && who != doctor.HTTP {
			return "that is " + who + ", without TLS: check the host and the port"
		}
		return "the server does not speak TLS on this port: try ws://" + u.HostField()
	case strings.Contains(text, "unsupported protocol version"):
		return "--tls-min 1.0 allows the old versions, which are not safe"
	case strings.Contains(text, "x509: ") && (strings.Contains(text, "malformed") || strings.Contains(text, "parse")):
		return "the certificate breaks the rules of RFC 5280 for its form, which no flag passes over: it has to be issued again; a name in it is ASCII, as in xn--bcher-kva.example"
	case strings.Contains(text, "EOF"), errors.Is(err, syscall.ECONNRESET):
		return "the other side has ended the connection in the middle of the handshake: perhaps it wants another --servername or another version of TLS (--tls-min, --tls-max), or speaks no TLS"
	}
	return ""
}

const wantsCertificate = "the server wants a client certificate that it knows: --cert FILE --key FILE"

// alertHint says what an alert of the other side mostly means.
func alertHint(alert string) string {
	switch alert {
	case "certificate required", "bad certificate", "no certificate":
		return wantsCertificate
	case "unknown certificate authority", "unknown certificate", "expired certificate", "revoked certificate", "unsupported certificate", "access denied":
		return "the server does not accept the client certificate"
	case "unrecognized name":
		return "the server knows no such name: --servername NAME sends another one"
	case "protocol version not supported":
		return "the server wants another version of TLS: see --tls-min and --tls-max"
	case "handshake failure", "insufficient security level":
		return "there is no version or cipher that both sides accept, or the server wants a client certificate (--cert): --tls-min 1.0 allows the old versions"
	case "no application protocol":
		return "the server does not speak HTTP/1.1 on this port"
	}
	return ""
}
