package cmd

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"wscope/cmd/internal/doctor"
	"wscope/cmd/internal/netdial"
	"wscope/render"
	"wscope/sse"
	"wscope/wsproto"
)

// streamFailure gives an error of an event stream its exit status, and says what
// to try.
func streamFailure(err error, u wsproto.URL) *exitError {
	var (
		refused  *sse.ResponseError
		redirect *sse.RedirectError
		late     *sse.TimeoutError
		request  *sse.RequestError
	)
	switch {
	case errors.As(err, &refused):
		exit := exitHandshake
		if refused.Rule == sse.RuleStatus {
			exit = exitRefused
		}
		return &exitError{exit, err, gaveUpHint(err, streamRefusalHint(refused, u))}
	case errors.As(err, &redirect):
		return redirectFailure(redirect)
	case errors.As(err, &late):
		hint := ""
		if !late.Open {
			hint = "--connect-timeout gives it more time"
		}
		return &exitError{exitTimeout, err, hint}
	case errors.As(err, &request):
		return requestFailure(err, request.Err, u)
	case errors.As(err, new(*sse.LastEventIDError)):
		return &exitError{exitSend, err, ""}
	case errors.As(err, new(*sse.SizeError)):
		return &exitError{exitReceive, err, "--max-event-size allows larger ones"}
	}
	return &exitError{exitReceive, err, ""}
}

// gaveUpHint replaces the hint about a refusal by one of how to go on for longer
// if trying again has come to its end.
func gaveUpHint(err error, hint string) string {
	gaveUp, ok := errors.AsType[*sse.GiveUpError](err)
	switch {
	case !ok:
		return hint
	case gaveUp.MaxTime > 0:
		return "that may pass: a longer --retry-max-time leaves time for the next attempt"
	}
	return fmt.Sprintf("that may pass: --retry %d goes on for longer", 2*gaveUp.Attempts)
}

// requestFailure is about a request that has got no response.
func requestFailure(err, cause error, u wsproto.URL) *exitError {
	var known *exitError
	alert, isAlert := netdial.Alert(cause) // in TLS 1.3 one about our certificate comes late
	switch {
	case errors.As(cause, new(*netdial.Error)):
		if errors.As(dialFailure(cause, u), &known) {
			return &exitError{known.code, known.err, strings.ReplaceAll(known.hint, "ws://", "http://")}
		}
	case isAlert:
		return &exitError{exitReceive, err, alertHint(alert)}
	case errors.Is(cause, io.EOF), errors.Is(cause, io.ErrUnexpectedEOF), strings.Contains(cause.Error(), "server closed idle connection"):
		hint := "something listens there that ends connections at once"
		if !u.Secure {
			hint = "if the server expects TLS, use https://"
		}
		return &exitError{exitEmptyReply, err, hint}
	case errors.Is(cause, errSpeaksFirst):
		return &exitError{exitProtocol, err, notHTTPHint}
	case strings.Contains(cause.Error(), "malformed HTTP"):
		return &exitError{exitProtocol, err, strangerHint(cause)}
	case errors.As(cause, new(badLineError)):
		return &exitError{exitProtocol, err, ""}
	}
	return &exitError{exitReceive, err, ""}
}

// errSpeaksFirst is a server that does not wait for a request.
var errSpeaksFirst = errors.New("the server sent something before it was asked, which is not HTTP")

// A wordedTransport has the errors of net/http speak of what happened.
type wordedTransport struct{ http.RoundTripper }

func (t wordedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.RoundTripper.RoundTrip(r)
	return resp, worded(err)
}

// worded replaces what net/http says of a connection that did not stay silent
// until the request: the name of a function, before the error if there was one. What
// it says of a bad header line has all of that, which may be a credential.
func worded(err error) error {
	const (
		name    = "readLoopPeekFailLocked: "
		badLine = "malformed MIME header"
	)
	for e := err; e != nil; e = errors.Unwrap(e) {
		switch text := e.Error(); {
		case strings.HasPrefix(text, badLine):
			_, line, _ := strings.Cut(text, `"`)
			return badLineError(render.LeadingToken(line))
		case !strings.HasPrefix(text, name):
			continue
		}
		if cause := errors.Unwrap(e); cause != nil {
			return cause
		}
		return errSpeaksFirst
	}
	return err
}

// A badLineError is a header line of a response that is none, by what it begins with.
type badLineError string

func (e badLineError) Error() string {
	return fmt.Sprintf("header line that begins with %.100q, expected a name, a colon and a value without control characters (RFC 9112, Section 5)", string(e))
}

// strangerHint says who has sent what is no response of HTTP.
func strangerHint(cause error) string {
	_, quoted, _ := strings.Cut(cause.Error(), "malformed HTTP response ")
	line, err := strconv.Unquote(quoted)
	if err != nil {
		return ""
	}
	switch who := doctor.Speaker([]byte(line)); {
	case strings.Contains(who, "TLS"):
		return "the port expects TLS: use https://"
	case who != "":
		return "that is " + who + ": check the host and the port"
	}
	return notHTTPHint
}

const notHTTPHint = "that is no HTTP: check the host and the port"

// streamRefusalHint says what a response that is no event stream mostly means.
func streamRefusalHint(e *sse.ResponseError, u wsproto.URL) string {
	path := u.Target
	if r := e.Response.Request; r != nil { // of the last redirect
		path = r.URL.RequestURI()
	}
	switch e.Rule {
	case sse.RuleContentEncoding:
		return "-H 'Accept-Encoding: identity' asks for a stream that is not encoded"
	case sse.RuleContentType:
		switch got := strings.ToLower(e.Got); {
		case strings.HasPrefix(got, "text/html"):
			return "that is a page: is " + path + " the path of the stream?"
		case strings.HasPrefix(got, "application/json"):
			return `the server may want to be asked for a stream, as with "stream": true in the body of the request`
		}
		return "the server has to send Content-Type: text/event-stream"
	}
	switch e.Response.StatusCode {
	case http.StatusBadRequest:
		if doctor.ExpectsTLS(e.Body) {
			return "the port expects TLS: use https://"
		}
	case http.StatusNoContent:
		return "that is how a server tells clients to stop"
	case http.StatusUnauthorized:
		return "the server wants credentials: -u user:password or -H 'Authorization: ...'"
	case http.StatusForbidden:
		return "the server may want another Origin (-o), a cookie or a token (-H)"
	case http.StatusNotFound:
		return "there is nothing at " + path + ": check the path"
	case http.StatusMisdirectedRequest:
		return "the server does not answer to that host: check the address, or ask by another name with -H 'Host: NAME'"
	case http.StatusMethodNotAllowed:
		if allow := e.Response.Header.Get("Allow"); allow != "" {
			return fmt.Sprintf("the server allows %s: -X sends another method, -d a body", allow)
		}
		return "-X sends another method, -d a body"
	case http.StatusNotAcceptable:
		return "the server has no event stream there; -H 'Accept: ...' asks for something else"
	}
	if sse.TransientStatus(e.Response.StatusCode) {
		return "that may pass: --retry 5 tries again"
	}
	return ""
}
