package netdial

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"strings"
	"time"

	"wscope/render"
)

// secure does the TLS handshake over c with the host of t, and closes c if that
// fails. With noName it does not send the name of the server.
func (d *Dialer) secure(ctx context.Context, c net.Conn, config *tls.Config, noName bool, t Target, hop *render.Hop) (net.Conn, error) {
	d.progress(PhaseTLS, hop, hop.Addr)
	h := newSecuring(config, noName, t.Host)
	hop.TLS = &h.record
	begin := time.Now()
	tc := tls.Client(c, h.config)
	err := tc.HandshakeContext(ctx)
	h.record.Took = time.Since(begin)
	if err != nil {
		c.Close()
		err = h.explain(ended(ctx, err))
		h.record.Err = err
		return nil, &Error{Phase: PhaseTLS, Proxy: hop.Proxy, Addr: t.Addr(), Err: err}
	}
	h.agreed(tc.ConnectionState())
	return tc, nil
}

// agreed notes what a handshake has come to.
func (h *securing) agreed(state tls.ConnectionState) {
	r := &h.record
	r.Version, r.Cipher, r.Protocol = tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite), state.NegotiatedProtocol
	if state.CurveID != 0 {
		r.Group = state.CurveID.String()
	}
	r.Certificates = describe(state.PeerCertificates)
}

// A securing is a TLS handshake, and what is to be known of it.
type securing struct {
	config *tls.Config // that is used
	host   string      // that the certificate has to be for
	roots  *x509.CertPool
	now    func() time.Time
	record render.TLS
}

// newSecuring prepares a handshake with a host by a configuration, which it
// copies.
func newSecuring(config *tls.Config, noName bool, host string) *securing {
	h := &securing{host: host}
	if config = config.Clone(); config == nil {
		config = &tls.Config{}
	}
	h.config = config
	if config.ServerName != "" {
		h.host = config.ServerName
	}
	h.host, _, _ = strings.Cut(h.host, "%") // a zone is no part of an address in a certificate
	config.ServerName = h.host
	h.roots, h.now, h.record.Host = config.RootCAs, config.Time, h.host
	h.record.Unchecked = config.InsecureSkipVerify
	if noName {
		config.ServerName = ""
	} else if _, err := netip.ParseAddr(h.host); err != nil {
		h.record.ServerName = strings.TrimSuffix(h.host, ".")
	}
	if h.record.Unchecked || noName {
		// Without a name crypto/tls does not check anything: we do.
		config.InsecureSkipVerify = true
		config.VerifyConnection = h.verify
	}
	certificates := config.Certificates
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		// Whether the server accepts it is for the server to say, whatever list
		// of authorities it has sent.
		if len(certificates) > 0 {
			h.record.ClientCertificate = render.ClientCertSent
			return &certificates[0], nil
		}
		h.record.ClientCertificate = render.ClientCertMissing
		return &tls.Certificate{}, nil
	}
	return h
}

// verify checks the certificate of the server as crypto/tls does it. If it is not
// to be checked, what is wrong with it is only noted.
func (h *securing) verify(state tls.ConnectionState) error {
	o := x509.VerifyOptions{Roots: h.roots, DNSName: h.host, Intermediates: x509.NewCertPool()}
	if h.now != nil {
		o.CurrentTime = h.now()
	}
	for _, c := range state.PeerCertificates[1:] {
		o.Intermediates.AddCert(c)
	}
	_, err := state.PeerCertificates[0].Verify(o)
	if err == nil {
		return nil
	}
	err = &tls.CertificateVerificationError{UnverifiedCertificates: state.PeerCertificates, Err: err}
	if h.record.Unchecked {
		h.record.Problem = h.explain(err)
		return nil
	}
	return err
}

// explain makes a sentence of an error that is about a certificate, and notes the
// certificates. Others it returns as they are, or what is at the bottom of them.
func (h *securing) explain(err error) error {
	if failed, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		h.record.Certificates = describe(failed.UnverifiedCertificates)
		now := time.Now
		if h.now != nil {
			now = h.now
		}
		return newCertificateError(h.host, failed, now())
	}
	if text, ok := Alert(err); ok {
		return &AlertError{Text: text, Unanswered: h.record.ClientCertificate == render.ClientCertMissing, Err: err}
	}
	if plain, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return plain
	}
	return bare(err)
}

// Alert returns the TLS alert that the other side has ended a connection with, in
// words as in "certificate required", and false if err is something else.
//
// RFC 8446, Section 6.2.
func Alert(err error) (text string, ok bool) {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Op != "remote error" {
		return "", false
	}
	return strings.TrimPrefix(op.Err.Error(), "tls: "), true
}

// An AlertError is a TLS alert that the other side has ended the handshake with.
type AlertError struct {
	Text string // as of [Alert]
	// Unanswered tells that a client certificate was asked for, and there was
	// none.
	Unanswered bool
	Err        error
}

func (e *AlertError) Error() string { return "got the alert \"" + e.Text + "\"" }
func (e *AlertError) Unwrap() error { return e.Err }
