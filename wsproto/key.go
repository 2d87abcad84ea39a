package wsproto

import (
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"io"
)

// GUID is what a server appends to the client's key before it hashes the two,
// so that only a server that knows the protocol has the right answer.
//
// RFC 6455, Section 1.3.
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

const (
	// KeyBytes is how many random bytes a Sec-WebSocket-Key encodes.
	//
	// RFC 6455, Section 4.1.
	KeyBytes = 16

	keyLen    = (KeyBytes + 2) / 3 * 4
	acceptLen = (sha1.Size + 2) / 3 * 4
)

// NewKey returns a fresh value for Sec-WebSocket-Key: the Base64 of 16 bytes
// that are read from random. If random is nil they come from crypto/rand, and
// there is no error.
//
// RFC 6455, Section 4.1.
func NewKey(random io.Reader) (string, error) {
	var nonce [KeyBytes]byte
	if random == nil {
		random = rand.Reader
	}
	if _, err := io.ReadFull(random, nonce[:]); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(nonce[:]), nil
}

// AcceptKey returns the value of Sec-WebSocket-Accept that answers key: the
// Base64 of the SHA-1 of key and [GUID]. The key is taken as it is, not decoded
// and not trimmed, whether it is valid or not.
//
// RFC 6455, Section 4.2.2.
func AcceptKey(key string) string {
	var room [keyLen + len(GUID)]byte // a valid key needs no more
	sum := sha1.Sum(append(append(room[:0], key...), GUID...))
	var accept [acceptLen]byte
	base64.StdEncoding.Encode(accept[:], sum[:])
	return string(accept[:])
}

// ValidKey reports whether key is what Section 4.1 demands: Base64, with its
// padding and nothing else, of 16 bytes.
func ValidKey(key string) bool {
	if len(key) != keyLen {
		return false
	}
	// Decoders skip line breaks, which a header value cannot have.
	var nonce [keyLen]byte
	n, err := base64.StdEncoding.Decode(nonce[:], []byte(key))
	return err == nil && n == KeyBytes
}
