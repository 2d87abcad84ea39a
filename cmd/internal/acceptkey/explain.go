package acceptkey

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"strings"

	"wscope/wsproto"
)

// A Derivation has what lies between a key and its accept value.
type Derivation struct {
	Key     string
	Decoded []byte // the bytes that Key encodes, nil if it is not Base64
	Concat  string // Key and the GUID
	SHA1    [sha1.Size]byte
	Accept  string
}

// Derive computes the accept value of key and keeps every step.
func Derive(key string) Derivation {
	d := Derivation{Key: key, Concat: key + wsproto.GUID}
	d.Decoded, _ = decodeStrict(key)
	d.SHA1 = sha1.Sum([]byte(d.Concat))
	d.Accept = base64.StdEncoding.EncodeToString(d.SHA1[:])
	return d
}

// decodeStrict decodes Base64 with its padding and without the line breaks that
// package base64 would skip.
func decodeStrict(s string) ([]byte, error) {
	if i := strings.IndexAny(s, "\r\n"); i >= 0 {
		return nil, base64.CorruptInputError(i)
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, err
	}
	return b, nil
}

// KeyProblem says what is wrong with a key by RFC 6455, Section 4.1, as in
// "Base64 of 3 bytes, not of 16". It returns "" if nothing is.
func KeyProblem(key string) string {
	if wsproto.ValidKey(key) {
		return ""
	}
	if key == "" {
		return "empty"
	}
	if decoded, err := decodeStrict(key); err == nil {
		return fmt.Sprintf("Base64 of %s, not of %d", count(len(decoded), "byte"), wsproto.KeyBytes)
	}
	if trimmed := strings.TrimSpace(key); trimmed != key {
		if wsproto.ValidKey(trimmed) {
			return "valid but for the white space around it"
		}
		return "not Base64, and there is white space around it"
	}
	if wsproto.ValidKey(key + "==") {
		return "valid but for its missing padding"
	}
	if standard := urlToStandard.Replace(key); standard != key && wsproto.ValidKey(standard) {
		return "Base64 of the URL alphabet, which has - and _ for + and /"
	}
	return "not Base64"
}

// count returns "1 byte", "2 bytes".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
