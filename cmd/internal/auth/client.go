package auth

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Method is how a [Client] authenticates.
type Method uint8

// The methods.
const (
	Basic  Method = iota // with the first request, unasked
	Bearer               // the same with a token
	Digest               // when asked for it, and from then on unasked
	Any                  // with the best of Digest and Basic that is asked for
)

// A Client authenticates one user to one server. It may not be used by two
// goroutines at once.
type Client struct {
	Method         Method
	User, Password string // of Basic and Digest
	Token          string // of Bearer
	// Rand is where nonces come from, crypto/rand if nil.
	Rand io.Reader

	basic  bool    // Any has chosen Basic
	digest *digest // the answer to the last challenge, nil before one
}

// Authorization returns the value of the Authorization field for a request of
// that method and request target, or "" if a challenge has to come first. Each
// value is for one request.
func (c *Client) Authorization(method, target string) string {
	switch {
	case c.Method == Bearer:
		return "Bearer " + c.Token
	case c.Method == Basic || c.basic:
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.User+":"+c.Password))
	case c.digest != nil:
		return c.digest.answer(c.User, c.Password, method, target)
	}
	return ""
}

// ErrRejected is what [Client.Challenged] returns for credentials that the
// server has seen and does not take.
var ErrRejected = errors.New("the server does not accept the credentials")

// A SchemeError is what [Client.Challenged] returns for credentials that were sent
// in another way than the server asks for. It is an ErrRejected, too.
type SchemeError struct {
	Sent string
	Want []string // as the server names them
}

func (e *SchemeError) Error() string {
	return "the server asks for " + strings.Join(e.Want, " or ") + ", and " + e.Sent + " was sent"
}

func (e *SchemeError) Is(err error) bool { return err == ErrRejected }

// unasked tells why a client is challenged that sends its credentials unasked.
func (c *Client) unasked(challenges []Challenge) error {
	e := &SchemeError{Sent: "Basic"}
	if c.Method == Bearer {
		e.Sent = "Bearer"
	}
	for _, ch := range challenges {
		if ch.Is(e.Sent) {
			return ErrRejected
		}
		e.Want = append(e.Want, ch.Scheme)
	}
	if len(e.Want) == 0 {
		return ErrRejected
	}
	return e
}

// Challenged takes the values of the WWW-Authenticate fields of a 401 response
// to the last request. Nil means that the request is worth repeating with what
// Authorization returns now. A server can ask for that again and again; it is
// for the caller to say how often.
//
// RFC 9110, Section 11.6.1.
func (c *Client) Challenged(fields []string) error {
	challenges := ParseChallenges(fields)
	if c.Method == Basic || c.Method == Bearer || c.basic {
		return c.unasked(challenges)
	}
	var reasons []string
	for _, ch := range challenges {
		if !ch.Is("Digest") {
			continue
		}
		d, err := newDigest(ch, c.Rand)
		if err != nil {
			reasons = append(reasons, err.Error())
			continue
		}
		// A nonce that was good once may have run out, which not every server
		// calls stale. A fresh one that is refused is an answer.
		if c.digest != nil && c.digest.count == 1 && !strings.EqualFold(ch.Param("stale"), "true") {
			return ErrRejected
		}
		c.digest = d
		return nil
	}
	if c.Method == Any && slices.ContainsFunc(challenges, func(ch Challenge) bool { return ch.Is("Basic") }) {
		c.basic, c.digest = true, nil
		return nil
	}
	if len(reasons) == 0 {
		for _, ch := range challenges {
			reasons = append(reasons, ch.Scheme)
		}
	}
	if len(reasons) == 0 {
		return errors.New("the server does not say how to authenticate (RFC 9110, Section 15.5.2)")
	}
	return fmt.Errorf("the server asks for %s", strings.Join(reasons, " or "))
}
