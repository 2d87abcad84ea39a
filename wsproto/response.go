package wsproto

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Response is the server's half of an opening handshake.
type Response struct {
	Proto  string // as in "HTTP/1.1"
	Status int
	Reason string // the reason phrase, may be ""
	Fields Fields
	// Raw are the bytes of the head, on a client as they were received.
	Raw []byte
	// Body is the beginning of the body of a response that is not 101, at most
	// MaxBody bytes, without transfer coding. More tells that there was more.
	Body []byte
	More bool
}

// MaxBody is how much of the body of a refusal is kept, in bytes.
const MaxBody = 64 << 10

// parseResponse decodes the head of a response.
//
// RFC 9112, Section 4.
func parseResponse(raw []byte) (*Response, error) {
	r := &Response{Raw: raw}
	first, fields, err := parseHead(raw, isSafeValue)
	r.Fields = fields
	proto, rest, _ := strings.Cut(first, " ")
	status, reason, _ := strings.Cut(rest, " ")
	if _, _, ok := parseVersion(proto); !ok {
		return r, &headError{got: fmt.Sprintf("%.100q", first), want: "a status line such as HTTP/1.1 101 Switching Protocols"}
	}
	r.Proto, r.Reason = proto, reason
	n, numErr := strconv.ParseUint(status, 10, 16)
	if numErr != nil || len(status) != 3 || n < 100 {
		return r, &headError{got: fmt.Sprintf("status %.100q", status), want: "three digits"}
	}
	r.Status = int(n)
	if err == nil && r.Status < 200 {
		// What is going to be relied on has to be good, not just harmless.
		_, _, err = parseHead(raw, isFieldValue)
	}
	return r, err
}

func (r *Response) appendTo(b []byte) []byte {
	reason := r.Reason
	if reason == "" {
		reason = statusReasons[r.Status]
	}
	b = fmt.Appendf(b, "%s %d %s\r\n", r.Proto, r.Status, reason)
	b = r.Fields.appendTo(b)
	b = append(b, "\r\n"...)
	return append(b, r.Body...)
}

// The reason phrases of what a server answers.
var statusReasons = map[int]string{
	101: "Switching Protocols",
	200: "OK",
	204: "No Content",
	400: "Bad Request",
	403: "Forbidden",
	404: "Not Found",
	405: "Method Not Allowed",
	408: "Request Timeout",
	421: "Misdirected Request",
	426: "Upgrade Required",
	431: "Request Header Fields Too Large",
	500: "Internal Server Error",
	503: "Service Unavailable",
}

// checkResponse judges a response to req rule by rule, and returns the
// subprotocol and the extensions that the server has chosen.
//
// RFC 6455, Section 4.1.
func checkResponse(req *Request, resp *Response) (subprotocol string, exts []ExtensionParams, err *HandshakeError) {
	fail := func(rule, got, want string) (string, []ExtensionParams, *HandshakeError) {
		return "", nil, &HandshakeError{Kind: HandshakeInvalid, Rule: rule, Got: got, Want: want, Section: "4.1", Request: req, Response: resp}
	}
	if resp.Status != 101 {
		_, _, err := fail("status", strings.TrimSpace(fmt.Sprintf("%d %s", resp.Status, resp.Reason)), "101")
		err.Kind = HandshakeRefused
		return "", nil, err
	}
	if major, minor, _ := parseVersion(resp.Proto); major != 1 || minor < 1 {
		return fail("HTTP version", resp.Proto, "HTTP/1.1")
	}
	for _, f := range []Field{{"Upgrade", "websocket"}, {"Connection", "Upgrade"}} {
		if got := resp.Fields.Values(f.Name); !hasToken(got, f.Value) {
			return fail(f.Name, strings.Join(got, ", "), f.Value)
		}
	}
	want := AcceptKey(req.Fields.Value(fieldKey))
	accepts := resp.Fields.Values(fieldAccept)
	if len(accepts) != 1 || accepts[0] != want {
		return fail(fieldAccept, strings.Join(accepts, ", "), want)
	}

	offered := req.Fields.Values(fieldProtocol)
	switch chosen := resp.Fields.Values(fieldProtocol); {
	case len(chosen) > 1:
		return fail(fieldProtocol, strings.Join(chosen, ", "), "at most one field")
	case len(chosen) == 1:
		// Names of subprotocols are compared with regard to case.
		tokens, tokenErr := parseTokens(offered)
		if tokenErr != nil || !slices.Contains(tokens, chosen[0]) {
			return fail(fieldProtocol, chosen[0], offeredOr(offered, "none, since no subprotocol was offered"))
		}
		subprotocol = chosen[0]
	}

	if chosen := resp.Fields.Values(fieldExtensions); len(chosen) > 0 {
		got := strings.Join(chosen, ", ")
		offered := req.Fields.Values(fieldExtensions)
		var parseErr error
		if exts, parseErr = ParseExtensions(chosen); parseErr != nil {
			return fail(fieldExtensions, got, "a list of extensions ("+parseErr.Error()+")")
		}
		offers, _ := ParseExtensions(offered)
		for _, e := range exts {
			if !slices.ContainsFunc(offers, func(o ExtensionParams) bool { return o.Name == e.Name }) {
				return fail(fieldExtensions, got, offeredOr(offered, "none, since no extension was offered"))
			}
		}
	}
	return subprotocol, exts, nil
}

func offeredOr(offered []string, none string) string {
	if len(offered) == 0 {
		return none
	}
	return "one that was offered: " + strings.Join(offered, ", ")
}
