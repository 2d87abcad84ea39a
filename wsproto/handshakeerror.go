package wsproto

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// A HandshakeKind is how an opening handshake failed.
type HandshakeKind uint8

// The kinds of a [HandshakeError].
const (
	HandshakeInvalid  HandshakeKind = iota + 1 // client: the reply breaks a rule, or is no HTTP
	HandshakeRefused                           // client: the reply has a status other than 101
	HandshakeRejected                          // server: the request was answered with an error
	HandshakeEmpty                             // the peer ended the connection without a byte
	HandshakeDropped                           // the connection was lost in the handshake
	HandshakeTimeout                           // the peer was too slow, or the context was canceled
)

// A HandshakeError is an opening handshake that failed.
type HandshakeError struct {
	Kind HandshakeKind
	// Rule is what was looked at: the name of a header field, "status" and the
	// like. Got and Want are its value and what it should be; an empty Got
	// means that it was missing or empty.
	Rule, Got, Want string
	// Section is where RFC 6455 has the rule, or "".
	Section string
	// Request and Response are what there is of the two halves, or nil.
	Request  *Request
	Response *Response
	Err      error // of the network or of a context, or nil
}

func (e *HandshakeError) Error() string { return "handshake: " + e.detail() }

func (e *HandshakeError) detail() string {
	var s string
	switch e.Kind {
	case HandshakeEmpty:
		return "the peer ended the connection without sending a byte"
	case HandshakeTimeout:
		if errors.Is(e.Err, context.Canceled) {
			return "given up before the peer had completed its half"
		}
		s = "the peer sent nothing in time"
		if e.begun() {
			s = "the peer did not complete its half in time"
		}
		return s
	case HandshakeDropped:
		s = "the connection was lost"
		if e.begun() {
			s += " inside the peer's half"
		}
		if e.Err != nil && !errors.Is(e.Err, io.EOF) {
			s += ": " + e.Err.Error()
		}
		return s
	}
	switch {
	case e.Rule == "response" || e.Rule == "request":
		s = fmt.Sprintf("%s is %s, expected %s", e.Rule, e.Got, e.Want)
	case e.Got == "" && e.present():
		s = fmt.Sprintf("%s is empty, expected %s", e.Rule, quoteWant(e.Want))
	case e.Got == "":
		s = fmt.Sprintf("%s is missing, expected %s", e.Rule, quoteWant(e.Want))
	default:
		s = fmt.Sprintf("%s is %q, expected %s", e.Rule, e.Got, quoteWant(e.Want))
	}
	if e.Section != "" {
		s += " (RFC 6455, Section " + e.Section + ")"
	}
	return s
}

// present reports whether the half of the peer has a field named Rule.
func (e *HandshakeError) present() bool {
	if e.Kind == HandshakeRejected {
		return e.Request != nil && e.Request.Fields.Has(e.Rule)
	}
	return e.Response != nil && e.Response.Fields.Has(e.Rule)
}

// begun reports whether some of the peer's half had arrived.
func (e *HandshakeError) begun() bool {
	if e.Response != nil {
		// One with a status is whole, or it is a server's own that was not sent.
		return len(e.Response.Raw) > 0 && (e.Kind != HandshakeDropped || e.Response.Status == 0)
	}
	return e.Request != nil && e.Response == nil && e.Err != nil && len(e.Request.Raw) > 0 && e.Request.Method == ""
}

// quoteWant puts a literal value in quotes and leaves a description as it is.
func quoteWant(s string) string {
	for i := range len(s) {
		if s[i] == ' ' {
			return s
		}
	}
	return fmt.Sprintf("%q", s)
}

// Unwrap returns the error of the network or of the context.
func (e *HandshakeError) Unwrap() error { return e.Err }
