package certfile

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"
)

var errPassphrase = errors.New("the passphrase is wrong")

// maxIterations bounds the work that a file can ask for: about a second.
const maxIterations = 2_000_000

// The structures of RFC 5958, Section 3 and RFC 8018, Appendix A.
type (
	encryptedKey struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
	pbes2Params struct {
		KeyDerivation, Encryption pkix.AlgorithmIdentifier
	}
	pbkdf2Params struct {
		Salt       []byte
		Iterations int
		KeyLength  int                      `asn1:"optional"`
		PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
	}
)

// The names of algorithms that have one in RFC 8018, Appendix C, as
// [asn1.ObjectIdentifier] writes them.
const (
	oidPBES2  = "1.2.840.113549.1.5.13"
	oidPBKDF2 = "1.2.840.113549.1.5.12"
	oidScrypt = "1.3.6.1.4.1.11591.4.11"
)

// decryptPKCS8 decrypts an ENCRYPTED PRIVATE KEY: PBES2 with PBKDF2, which is what
// OpenSSL makes since its version 1.1.
//
// RFC 8018, Section 6.2.2.
func decryptPKCS8(der []byte, passphrase string) ([]byte, error) {
	var outer encryptedKey
	if rest, err := asn1.Unmarshal(der, &outer); err != nil || len(rest) > 0 {
		return nil, errors.New("it is damaged")
	}
	if outer.Algorithm.Algorithm.String() != oidPBES2 {
		return nil, fmt.Errorf("its encryption, %v, is not supported", outer.Algorithm.Algorithm)
	}
	var params pbes2Params
	if _, err := asn1.Unmarshal(outer.Algorithm.Parameters.FullBytes, &params); err != nil {
		return nil, errors.New("it is damaged")
	}
	switch params.KeyDerivation.Algorithm.String() {
	case oidPBKDF2:
	case oidScrypt:
		return nil, errors.New("scrypt is not supported")
	default:
		return nil, fmt.Errorf("its key derivation, %v, is not supported", params.KeyDerivation.Algorithm)
	}
	var derivation pbkdf2Params
	if _, err := asn1.Unmarshal(params.KeyDerivation.Parameters.FullBytes, &derivation); err != nil {
		return nil, errors.New("it is damaged")
	}
	block, err := newBlock(params.Encryption.Algorithm, derivation, passphrase)
	if err != nil {
		return nil, err
	}
	var iv []byte
	if _, err := asn1.Unmarshal(params.Encryption.Parameters.FullBytes, &iv); err != nil || len(iv) != block.BlockSize() {
		return nil, errors.New("it is damaged")
	}
	return decryptCBC(block, iv, outer.Data)
}

// newBlock returns the cipher, with the key that comes of the passphrase.
func newBlock(algorithm asn1.ObjectIdentifier, d pbkdf2Params, passphrase string) (cipher.Block, error) {
	prf, err := newPRF(d.PRF.Algorithm)
	if err != nil {
		return nil, err
	}
	if d.Iterations < 1 || d.Iterations > maxIterations {
		return nil, fmt.Errorf("it wants %d iterations, expected 1 to %d", d.Iterations, maxIterations)
	}
	length, newCipher := 0, aes.NewCipher
	switch algorithm.String() {
	case "2.16.840.1.101.3.4.1.2":
		length = 16
	case "2.16.840.1.101.3.4.1.22":
		length = 24
	case "2.16.840.1.101.3.4.1.42":
		length = 32
	case "1.2.840.113549.3.7":
		length, newCipher = 24, des.NewTripleDESCipher
	default:
		return nil, fmt.Errorf("its cipher, %v, is not supported", algorithm)
	}
	key, err := pbkdf2.Key(prf, passphrase, d.Salt, d.Iterations, length)
	if err != nil {
		return nil, err
	}
	return newCipher(key)
}

// newPRF returns the hash of the function that keys are derived by.
func newPRF(algorithm asn1.ObjectIdentifier) (func() hash.Hash, error) {
	switch algorithm.String() {
	case "", "1.2.840.113549.2.7": // which is the default
		return sha1.New, nil
	case "1.2.840.113549.2.9":
		return sha256.New, nil
	case "1.2.840.113549.2.10":
		return sha512.New384, nil
	case "1.2.840.113549.2.11":
		return sha512.New, nil
	}
	return nil, fmt.Errorf("its hash, %v, is not supported", algorithm)
}

// decryptCBC decrypts and takes the padding off. What a wrong key yields hardly
// ever has a padding and the first byte of a key.
func decryptCBC(block cipher.Block, iv, data []byte) ([]byte, error) {
	size := block.BlockSize()
	if len(data) == 0 || len(data)%size != 0 {
		return nil, errors.New("it is damaged")
	}
	out := bytes.Clone(data)
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, out)
	n := int(out[len(out)-1])
	if n == 0 || n > size || !bytes.HasSuffix(out, bytes.Repeat([]byte{byte(n)}, n)) || out[0] != 0x30 {
		return nil, errPassphrase
	}
	return out[:len(out)-n], nil
}
