package certfile

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	pkcs12 "software.sslmate.com/src/go-pkcs12"
)

// A Client says where the certificate and the key of a client are.
type Client struct {
	// Cert is a file with the certificate of the client in PEM, those of
	// authorities between it and the root behind it, and perhaps the key. It may
	// be a file in the form of PKCS #12, too, which has all that.
	Cert string
	// Key is a file with the key in PEM, "" if it is in Cert.
	Key string
	// Passphrase opens an encrypted key, if HasPassphrase is set; else Ask is
	// asked for the one of a file. A nil Ask knows none.
	Passphrase    string
	HasPassphrase bool
	Ask           func(path string) (string, error)
}

// SplitPassphrase takes FILE:PASSPHRASE apart, as curl has it: at the first colon
// without a backslash in front, and not at that of a drive of Windows. What is the
// name of a file as it stands is nothing else.
func SplitPassphrase(s string) (path, passphrase string, ok bool) {
	if _, err := os.Stat(s); err == nil {
		return s, "", false
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == ':' || s[i+1] == '\\'):
			i++
		case s[i] == ':' && !(runtime.GOOS == "windows" && i == 1 && i+1 < len(s) && strings.ContainsRune(`\/`, rune(s[i+1]))):
			return b.String(), s[i+1:], true
		}
		b.WriteByte(s[i])
	}
	return b.String(), "", false
}

// Load reads the files. An error of Ask is returned as it is, all others are
// [*Error].
func (c Client) Load() (tls.Certificate, error) {
	data, err := read(c.Cert)
	if err != nil {
		return tls.Certificate{}, err
	}
	in := blocks(data)
	if len(in) == 0 && data[0] == 0x30 { // a SEQUENCE in DER
		if _, err := x509.ParseCertificate(data); err != nil {
			return c.pkcs12(data)
		}
	}
	chain, err := certificates(c.Cert, data, in)
	if err != nil {
		return tls.Certificate{}, err
	}
	keyFile, keyBlocks := c.Cert, in
	if c.Key != "" && c.Key != c.Cert {
		keyFile = c.Key
		keyData, err := read(c.Key)
		if err != nil {
			return tls.Certificate{}, err
		}
		keyBlocks = blocks(keyData)
	}
	key, err := c.key(keyFile, keyBlocks)
	if err != nil {
		return tls.Certificate{}, err
	}
	return c.pair(chain, key, keyFile)
}

// pair joins a certificate and the key that belongs to it.
func (c Client) pair(chain []*x509.Certificate, key crypto.PrivateKey, keyFile string) (tls.Certificate, error) {
	for i, cert := range chain {
		if !belongs(key, cert) {
			continue
		}
		if i > 0 {
			return tls.Certificate{}, &Error{Path: c.Cert, Hint: "the certificate of the client has to be the first",
				Fault: fmt.Sprintf("begins with the certificate of %s, and the key is that of number %d, %s", chain[0].Subject, i+1, cert.Subject)}
		}
		out := tls.Certificate{PrivateKey: key, Leaf: cert}
		for _, cert := range chain {
			out.Certificate = append(out.Certificate, cert.Raw)
		}
		return out, nil
	}
	return tls.Certificate{}, &Error{Path: keyFile, Fault: fmt.Sprintf("has a key that does not match the certificate of %s in %s", chain[0].Subject, c.Cert),
		Hint: "a certificate and its key are made together: is one of them of an earlier pair?"}
}

func belongs(key crypto.PrivateKey, c *x509.Certificate) bool {
	signer, ok := key.(crypto.Signer)
	if !ok {
		return false
	}
	public, ok := signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(c.PublicKey)
}

// key returns the key among the blocks of a file.
func (c Client) key(path string, in []*pem.Block) (crypto.PrivateKey, error) {
	for _, b := range in {
		if !strings.HasSuffix(b.Type, "PRIVATE KEY") {
			continue
		}
		der := b.Bytes
		switch {
		case b.Type == "OPENSSH PRIVATE KEY":
			return nil, &Error{Path: path, Fault: "has a key in the form of OpenSSH, expected PKCS #8", Hint: "ssh-keygen -p -m PKCS8 -f FILE converts a copy of it"}
		case b.Headers["DEK-Info"] != "":
			passphrase, err := c.passphrase(path)
			if err != nil {
				return nil, err
			}
			if der, err = decryptLegacy(b, passphrase); err != nil {
				return nil, c.keyError(path, err)
			}
		case b.Type == "ENCRYPTED PRIVATE KEY":
			passphrase, err := c.passphrase(path)
			if err != nil {
				return nil, err
			}
			if der, err = decryptPKCS8(b.Bytes, passphrase); err != nil {
				return nil, c.keyError(path, err)
			}
		}
		key, err := parseKey(der)
		if err != nil {
			return nil, &Error{Path: path, Fault: "has a broken key: " + plain(err), Err: err}
		}
		return key, nil
	}
	e := &Error{Path: path, Fault: "has no private key in PEM form"}
	if path == c.Cert {
		e.Hint = "--key names the file that has it"
	} else {
		e.Hint = "a PEM file has a line -----BEGIN PRIVATE KEY-----"
		if len(in) > 0 {
			e.Fault += ", only " + types(in)
		}
	}
	return nil, e
}

func (c Client) keyError(path string, err error) error {
	e := &Error{Path: path, Fault: "has an encrypted key: " + err.Error(), Err: err}
	if errors.Is(err, errPassphrase) && c.HasPassphrase {
		e.Hint = "--pass has to be the passphrase of this file"
	} else if !errors.Is(err, errPassphrase) {
		e.Hint = "openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE -out NEW converts it"
	}
	return e
}

// passphrase returns the passphrase of a file.
func (c Client) passphrase(path string) (string, error) {
	switch {
	case c.HasPassphrase:
		return c.Passphrase, nil
	case c.Ask == nil:
		return "", &Error{Path: path, Fault: "is encrypted, and there is no passphrase", Hint: "--pass gives it"}
	}
	return c.Ask(path)
}

// parseKey reads a key as any of the three forms has it.
func parseKey(der []byte) (crypto.PrivateKey, error) {
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err == nil {
		return key, nil
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return key, nil
	}
	return nil, err
}

// pkcs12 reads a file that has all in one. It may have an empty passphrase.
func (c Client) pkcs12(data []byte) (tls.Certificate, error) {
	if c.Key != "" && c.Key != c.Cert {
		return tls.Certificate{}, &Error{Path: c.Cert, Fault: "is PKCS #12 and has a key of its own, besides that of " + c.Key, Hint: "leave --key out"}
	}
	key, leaf, chain, err := pkcs12.DecodeChain(data, c.Passphrase)
	if errors.Is(err, pkcs12.ErrIncorrectPassword) && !c.HasPassphrase {
		passphrase, askErr := c.passphrase(c.Cert)
		if askErr != nil {
			return tls.Certificate{}, askErr
		}
		key, leaf, chain, err = pkcs12.DecodeChain(data, passphrase)
	}
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword), errors.Is(err, pkcs12.ErrDecryption):
		return tls.Certificate{}, c.keyError(c.Cert, errPassphrase)
	case err != nil:
		return tls.Certificate{}, &Error{Path: c.Cert, Fault: "is neither PEM nor PKCS #12 that can be read: " + plain(err), Err: err,
			Hint: "openssl pkcs12 -in FILE -out NEW.pem shows what it has, and converts it"}
	}
	return c.pair(append([]*x509.Certificate{leaf}, chain...), key, c.Cert)
}
