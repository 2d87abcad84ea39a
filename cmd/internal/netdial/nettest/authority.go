package nettest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"time"
)

// An Authority issues certificates.
type Authority struct {
	Cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// NewAuthority returns an authority of that name, which has signed itself.
func NewAuthority(name string) (*Authority, error) {
	a := &Authority{}
	template := newTemplate(name)
	template.IsCA, template.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageDigitalSignature
	c, err := a.issue(template)
	if err != nil {
		return nil, err
	}
	a.Cert, a.key = c.Leaf, c.PrivateKey.(*ecdsa.PrivateKey)
	return a, nil
}

// PEM returns the certificate of the authority.
func (a *Authority) PEM() []byte { return CertPEM(a.Cert.Raw) }

// Pool returns a pool with the authority in it.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.Cert)
	return pool
}

// Intermediate returns another authority that this one stands for.
func (a *Authority) Intermediate(name string) (*Authority, error) {
	template := newTemplate(name)
	template.IsCA, template.KeyUsage = true, x509.KeyUsageCertSign
	c, err := a.issue(template)
	if err != nil {
		return nil, err
	}
	return &Authority{c.Leaf, c.PrivateKey.(*ecdsa.PrivateKey)}, nil
}

// Issue returns a certificate for names and addresses, valid from a time to
// another.
func (a *Authority) Issue(from, to time.Time, names ...string) (tls.Certificate, error) {
	template := newTemplate("server")
	template.NotBefore, template.NotAfter = from, to
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	if len(names) > 0 {
		template.Subject.CommonName = names[0]
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	return a.issue(template)
}

// IssueNow returns a certificate that is valid for the next thirty days.
func (a *Authority) IssueNow(names ...string) (tls.Certificate, error) {
	now := time.Now()
	return a.Issue(now.Add(-time.Hour), now.AddDate(0, 0, 30).Add(time.Hour), names...)
}

// SelfSigned returns a certificate for names and addresses that has signed
// itself.
func SelfSigned(names ...string) (tls.Certificate, error) {
	return new(Authority).IssueNow(names...)
}

func newTemplate(name string) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		SerialNumber:          big.NewInt(now.UnixNano()),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.AddDate(0, 0, 365),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		BasicConstraintsValid: true,
	}
}

// issue signs the template with a fresh key, by the authority, or by that key
// itself if there is no authority yet.
func (a *Authority) issue(template *x509.Certificate) (c tls.Certificate, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return c, err
	}
	parent, signer := a.Cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return c, err
	}
	c = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	c.Leaf, err = x509.ParseCertificate(der)
	return c, err
}

// CertPEM returns a certificate in PEM.
func CertPEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// KeyPEM returns the key of a certificate in PEM, as PKCS #8.
func KeyPEM(c tls.Certificate) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
