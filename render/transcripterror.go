package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"wscope/sse"
	"wscope/wsproto"
)

// A recordedError is an error as a transcript has it: its words and its kind.
type recordedError struct {
	kind, message string
	// cause is an error of the type that renderers look for, with as much of it
	// as the transcript has. Its words are not used.
	cause error
}

func (e *recordedError) Error() string { return e.message }
func (e *recordedError) Unwrap() error { return e.cause }

// A wireError is the "error" of an event.
type wireError struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
	wireRule
}

// A wireRule is a rule that is broken.
type wireRule struct {
	Code    wsproto.CloseCode `json:"code"`
	RFC     int               `json:"rfc"`
	Section string            `json:"section"`
	Reason  string            `json:"reason"`
}

func (w *wireRule) rule() *wsproto.ProtocolError {
	return &wsproto.ProtocolError{Code: w.Code, RFC: w.RFC, Section: w.Section, Reason: w.Reason}
}

// error returns the error, nil without one. The body is that of a response that
// was not what it had to be.
func (w *wireError) error(body *wireBody) error {
	if w == nil {
		return nil
	}
	e := &recordedError{kind: w.Kind, message: w.Message}
	if body == nil {
		body = new(wireBody)
	}
	switch i, j := slices.Index(dropKinds, w.Kind), slices.Index(handshakeKinds, w.Kind); {
	case w.Kind == "protocol":
		e.cause = w.rule()
	case w.Kind == "size":
		e.cause = new(wsproto.SizeError)
	case i >= 0:
		e.cause = &wsproto.DropError{Drop: wsproto.Drop(i)}
	case j >= 0:
		e.cause = &wsproto.HandshakeError{Kind: wsproto.HandshakeKind(j),
			Response: &wsproto.Response{Body: body.bytes(), More: body.More}}
	case w.Kind == "response_status", w.Kind == "response_content_type", w.Kind == "response_content_encoding":
		e.cause = &sse.ResponseError{Body: body.bytes(), More: body.More}
	}
	return e
}

// explain says what is wrong with the JSON of a line.
func explain(err error) error {
	var (
		syntax *json.SyntaxError
		kind   *json.UnmarshalTypeError
	)
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("this is no JSON: %v at byte %d", syntax, syntax.Offset)
	case errors.As(err, &kind):
		name := kind.Field[strings.LastIndexByte(kind.Field, '.')+1:]
		return fmt.Errorf("%q has a value that it cannot have: %s", name, kind.Value)
	}
	return err
}
