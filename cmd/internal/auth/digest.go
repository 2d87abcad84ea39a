package auth

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A digest answers one challenge of Digest authentication, as many times as the
// nonce in it is good for.
//
// RFC 7616, Section 3.4.
type digest struct {
	challenge Challenge
	hash      func(string) string // in hex
	session   bool                // the algorithm is a -sess one
	qop       bool                // auth; without it, it is the form of RFC 2069
	utf8      bool
	userhash  bool
	cnonce    string
	count     uint32 // of answers with this nonce
}

// newDigest returns what answers a challenge. The error says what it asks for
// that we do not have.
func newDigest(c Challenge, random io.Reader) (*digest, error) {
	d := &digest{
		challenge: c,
		utf8:      strings.EqualFold(c.Param("charset"), "UTF-8"),
		userhash:  strings.EqualFold(c.Param("userhash"), "true"),
	}
	name := strings.ToUpper(c.Param("algorithm"))
	name, d.session = strings.CutSuffix(name, "-SESS")
	switch name {
	case "", "MD5":
		d.hash = func(s string) string { b := md5.Sum([]byte(s)); return hex.EncodeToString(b[:]) }
	case "SHA-256":
		d.hash = func(s string) string { b := sha256.Sum256([]byte(s)); return hex.EncodeToString(b[:]) }
	case "SHA-512-256":
		d.hash = func(s string) string { b := sha512.Sum512_256([]byte(s)); return hex.EncodeToString(b[:]) }
	default:
		return nil, fmt.Errorf("the algorithm %.60q of Digest, expected MD5, SHA-256 or SHA-512-256 (RFC 7616, Section 3.3)", c.Param("algorithm"))
	}
	if qop := c.Param("qop"); qop != "" {
		for option := range strings.SplitSeq(qop, ",") {
			d.qop = d.qop || strings.EqualFold(strings.Trim(option, " \t"), "auth")
		}
		if !d.qop {
			return nil, fmt.Errorf("the quality of protection %.60q of Digest, expected auth (RFC 7616, Section 3.3)", qop)
		}
	}
	if c.Param("nonce") == "" {
		return nil, errors.New("an answer to Digest without a nonce (RFC 7616, Section 3.3)")
	}
	for _, name := range []string{"realm", "nonce", "opaque"} {
		if v := c.Param(name); strings.ContainsFunc(v, unicode.IsControl) {
			return nil, fmt.Errorf("an answer to Digest with a control character in the %s %.60q", name, v)
		}
	}
	if random == nil {
		random = rand.Reader
	}
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return nil, fmt.Errorf("making a nonce: %w", err)
	}
	d.cnonce = hex.EncodeToString(b[:])
	return d, nil
}

// answer returns the value of Authorization for one request.
//
// RFC 7616, Sections 3.4.1 to 3.4.4.
func (d *digest) answer(user, password, method, target string) string {
	c := &d.challenge
	realm, nonce := c.Param("realm"), c.Param("nonce")
	d.count++
	count := fmt.Sprintf("%08x", d.count)

	a1 := user + ":" + realm + ":" + password
	if d.session {
		// The client nonce of the first answer stays in it for as long as the
		// server's nonce does; ours never changes.
		a1 = d.hash(a1) + ":" + nonce + ":" + d.cnonce
	}
	secret, a2 := d.hash(a1), d.hash(method+":"+target)
	var response string
	if d.qop {
		response = d.hash(secret + ":" + nonce + ":" + count + ":" + d.cnonce + ":auth:" + a2)
	} else {
		response = d.hash(secret + ":" + nonce + ":" + a2)
	}

	var b strings.Builder
	b.WriteString("Digest ")
	switch {
	case d.userhash:
		b.WriteString("username=" + quote(d.hash(user+":"+realm)))
	case d.utf8 && !isASCII(user):
		b.WriteString("username*=UTF-8''" + extValue(user))
	default:
		b.WriteString("username=" + quote(user))
	}
	b.WriteString(", realm=" + quote(realm) + ", nonce=" + quote(nonce) + ", uri=" + quote(target))
	if a := c.Param("algorithm"); a != "" {
		b.WriteString(", algorithm=" + a)
	}
	if d.qop {
		b.WriteString(", qop=auth, nc=" + count)
	}
	if d.qop || d.session {
		b.WriteString(", cnonce=" + quote(d.cnonce))
	}
	b.WriteString(", response=" + quote(response))
	if opaque := c.Param("opaque"); opaque != "" {
		b.WriteString(", opaque=" + quote(opaque))
	}
	if d.userhash {
		b.WriteString(", userhash=true")
	}
	return b.String()
}

// quote returns s as a quoted string.
//
// RFC 9110, Section 5.6.4.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// extValue encodes s for a parameter with an asterisk behind its name.
//
// RFC 8187, Section 3.2.
func extValue(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
