package netdial

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"strings"
	"time"

	"wscope/render"
)

// A Fault is why a certificate was not accepted.
type Fault uint8

// The faults.
const (
	FaultOther       Fault = iota
	FaultExpired           // its time is over
	FaultNotYetValid       // its time has not come
	FaultWrongHost         // it is for others
	FaultSelfSigned        // nobody but itself stands for it
	FaultUnknownCA         // nobody who is trusted stands for it
)

// A CertificateError is a certificate that was not accepted.
type CertificateError struct {
	Fault Fault
	Host  string            // that was wanted
	Leaf  *x509.Certificate // what it has shown
	// Alone tells that the server has sent no certificate besides.
	Alone bool
	Now   time.Time // when it was looked at
	Err   error     // of crypto/tls
}

func (e *CertificateError) Unwrap() error { return e.Err }

func newCertificateError(host string, err *tls.CertificateVerificationError, now time.Time) *CertificateError {
	e := &CertificateError{Host: host, Alone: len(err.UnverifiedCertificates) == 1, Now: now, Err: err}
	if len(err.UnverifiedCertificates) > 0 {
		e.Leaf = err.UnverifiedCertificates[0]
	}
	invalid, _ := errors.AsType[x509.CertificateInvalidError](err)
	_, wrongHost := errors.AsType[x509.HostnameError](err)
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	switch {
	case e.Leaf == nil:
	case invalid.Cert != nil && invalid.Reason == x509.Expired:
		// It may be another than the first: that of an authority.
		e.Leaf = invalid.Cert
		if e.Fault = FaultExpired; now.Before(e.Leaf.NotBefore) {
			e.Fault = FaultNotYetValid
		}
	case wrongHost:
		e.Fault = FaultWrongHost
	case unknown && selfSigned(e.Leaf):
		e.Fault = FaultSelfSigned
	case unknown:
		e.Fault = FaultUnknownCA
	}
	return e
}

// selfSigned reports whether a certificate says that it has signed itself, and
// whether it is no authority is not asked.
func selfSigned(c *x509.Certificate) bool {
	return bytes.Equal(c.RawSubject, c.RawIssuer) && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

func (e *CertificateError) Error() string {
	const day = "2006-01-02"
	of := "the certificate of " + e.Host
	switch e.Fault {
	case FaultExpired:
		return fmt.Sprintf("%s (%s) has expired on %s, %s ago", of, distinguished(e.Leaf.Subject), e.Leaf.NotAfter.UTC().Format(day), render.Days(e.Now.Sub(e.Leaf.NotAfter)))
	case FaultNotYetValid:
		return fmt.Sprintf("%s (%s) is valid from %s only, in %s", of, distinguished(e.Leaf.Subject), e.Leaf.NotBefore.UTC().Format(day), render.Days(e.Leaf.NotBefore.Sub(e.Now)))
	case FaultWrongHost:
		names := hostNames(e.Leaf)
		if len(names) == 0 {
			return fmt.Sprintf("%s (%s) has no names of hosts, expected %s among them", of, distinguished(e.Leaf.Subject), e.Host)
		}
		return fmt.Sprintf("the certificate of the server is for %s, expected %s", render.ShortList(names), e.Host)
	case FaultSelfSigned:
		return fmt.Sprintf("%s (%s) is signed by itself, expected the signature of a known authority", of, distinguished(e.Leaf.Subject))
	case FaultUnknownCA:
		return fmt.Sprintf("%s is signed by %s, which is no known authority", of, distinguished(e.Leaf.Issuer))
	}
	return of + " was not accepted: " + strings.TrimPrefix(strings.TrimPrefix(e.Err.Error(), "tls: failed to verify certificate: "), "x509: ")
}

func distinguished(name pkix.Name) string {
	if s := name.String(); s != "" {
		return s
	}
	return "one without a subject"
}

// hostNames returns the names and addresses that a certificate is for.
func hostNames(c *x509.Certificate) []string {
	names := append([]string{}, c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return names
}

// describe returns what a route says of certificates.
func describe(chain []*x509.Certificate) (all []render.Certificate) {
	for _, c := range chain {
		all = append(all, render.Certificate{
			Subject: distinguished(c.Subject), Issuer: distinguished(c.Issuer), Names: hostNames(c),
			NotBefore: c.NotBefore, NotAfter: c.NotAfter, SHA256: sha256.Sum256(c.Raw),
		})
	}
	return all
}
