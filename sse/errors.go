package sse

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// ErrClosed is what a [Stream] that was closed returns.
var ErrClosed = errors.New("the stream is closed")

// A SizeError is an event that is larger than is allowed. Nothing can be read
// after it.
type SizeError struct {
	Limit  int64
	Offset int64 // where in the stream the event begins
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("the event at offset %d is larger than the limit of %d bytes", e.Offset, e.Limit)
}

// A Rule is what a response has to keep to be an event stream.
type Rule uint8

// The rules. HTML, Section 9.2.3.
const (
	RuleStatus          Rule = iota + 1 // it has to be 200; 204 asks the client to stop
	RuleContentType                     // it has to be text/event-stream
	RuleContentEncoding                 // it has to be one that can be decoded
)

// A ResponseError is a response that is no event stream.
type ResponseError struct {
	Rule      Rule
	Got, Want string
	// Response is what came, without its body.
	Response *http.Response
	// Body is the beginning of the body, at most 64 KiB, without its content
	// codings if they can be decoded; More tells that it was longer, or did not
	// end in time.
	Body []byte
	More bool
}

func (e *ResponseError) Error() string {
	what := "status"
	switch e.Rule {
	case RuleContentType:
		what = "Content-Type"
	case RuleContentEncoding:
		what = "Content-Encoding"
	}
	if e.Got == "" {
		return fmt.Sprintf("the response has no %s, expected %s", what, e.Want)
	}
	return fmt.Sprintf(`the %s is "%s", expected %s`, what, e.Got, e.Want)
}

// A RequestError is a request that has got no response.
type RequestError struct{ Err error } // of the transport

func (e *RequestError) Error() string { return "no response: " + e.Err.Error() }
func (e *RequestError) Unwrap() error { return e.Err }

// A RedirectError is a redirect that is not followed.
type RedirectError struct {
	Response *http.Response // without its body
	Reason   string
	// Limit is how many redirects were followed, if that is all that is wrong
	// with one more, else 0.
	Limit int
}

func (e *RedirectError) Error() string {
	return fmt.Sprintf(`%s to "%s": %s`, e.Response.Status, e.Response.Header.Get("Location"), e.Reason)
}

// A LastEventIDError is a last event ID that cannot be sent, since no field of a
// header can have such a value.
type LastEventIDError struct{ ID string }

func (e *LastEventIDError) Error() string {
	return fmt.Sprintf(`the last event ID "%s" has a control character and cannot be sent as Last-Event-ID (RFC 9110, Section 5.5)`, e.ID)
}

// A TimeoutError is a peer that was silent for too long.
type TimeoutError struct {
	After time.Duration
	// Open tells a silent stream from a response that did not come.
	Open bool
}

func (e *TimeoutError) Error() string {
	if e.Open {
		return fmt.Sprintf("nothing came for %v", e.After)
	}
	return fmt.Sprintf("no response within %v", e.After)
}

// Timeout makes the error one of time, as package net has them.
func (e *TimeoutError) Timeout() bool { return true }

// A LostError is a stream that broke off.
type LostError struct{ Err error }

func (e *LostError) Error() string { return "the stream broke off: " + e.Err.Error() }
func (e *LostError) Unwrap() error { return e.Err }

// A GiveUpError is a stream that was tried to reconnect to for too long, or too
// often.
type GiveUpError struct {
	Attempts int
	// MaxTime is the limit that another attempt, after Wait, would have exceeded,
	// 0 if there were no more attempts.
	Wait, MaxTime time.Duration
	Err           error // of the last attempt
}

func (e *GiveUpError) Error() string {
	s := "s"
	if e.Attempts == 1 {
		s = ""
	}
	switch {
	case e.MaxTime > 0 && e.Attempts == 0:
		return fmt.Sprintf("did not try again, since an attempt in %v would exceed the limit of %v: %v",
			e.Wait.Round(time.Millisecond), e.MaxTime, e.Err)
	case e.MaxTime > 0:
		return fmt.Sprintf("gave up after %d attempt%s to reconnect, since another in %v would exceed the limit of %v: %v",
			e.Attempts, s, e.Wait.Round(time.Millisecond), e.MaxTime, e.Err)
	}
	return fmt.Sprintf("gave up after %d attempt%s to reconnect: %v", e.Attempts, s, e.Err)
}

func (e *GiveUpError) Unwrap() error { return e.Err }

// permanentTLS reports whether err is one of certificates, which stay as they
// are.
func permanentTLS(err error) bool {
	var verify *tls.CertificateVerificationError
	return errors.As(err, &verify)
}
