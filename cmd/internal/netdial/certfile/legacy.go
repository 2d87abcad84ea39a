package certfile

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
)

// decryptLegacy returns what a block has that is encrypted in the old way of
// OpenSSL, which names the cipher in its header.
//
// RFC 1421, Section 4.6.1.3.
func decryptLegacy(b *pem.Block, passphrase string) ([]byte, error) {
	//lint:ignore SA1019 it is weak, and what many keys are in; we only read it
	der, err := x509.DecryptPEMBlock(b, []byte(passphrase))
	if errors.Is(err, x509.IncorrectPasswordError) {
		return nil, errPassphrase
	}
	if err != nil {
		return nil, errors.New(plain(err))
	}
	if _, err := parseKey(der); err != nil {
		// One wrong passphrase of 256 leaves a padding that looks right.
		return nil, errPassphrase
	}
	return der, nil
}
