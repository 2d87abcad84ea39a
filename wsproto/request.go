package wsproto

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Names of the header fields of the opening handshake.
//
// RFC 6455, Section 11.3.
const (
	fieldKey        = "Sec-WebSocket-Key"
	fieldAccept     = "Sec-WebSocket-Accept"
	fieldVersion    = "Sec-WebSocket-Version"
	fieldProtocol   = "Sec-WebSocket-Protocol"
	fieldExtensions = "Sec-WebSocket-Extensions"
)

// Version is the protocol version of RFC 6455, in Sec-WebSocket-Version.
const Version = "13"

// A Request is the client's half of an opening handshake.
type Request struct {
	Method string
	Target string // as on the wire
	Proto  string // as in "HTTP/1.1"
	Fields Fields
	// Raw are the bytes of the head, on a server as they were received.
	Raw []byte
}

// appendTo appends the head of the request.
func (r *Request) appendTo(b []byte) []byte {
	b = append(b, r.Method+" "+r.Target+" "+r.Proto+"\r\n"...)
	b = r.Fields.appendTo(b)
	return append(b, "\r\n"...)
}

// parseRequest decodes the head of a request.
//
// RFC 9112, Section 3.
func parseRequest(raw []byte) (*Request, error) {
	r := &Request{Raw: raw}
	// An empty line may precede the request line (RFC 9112, Section 2.2).
	first, fields, err := parseHead(bytes.TrimPrefix(raw, []byte("\r\n")), isFieldValue)
	r.Fields = fields
	if err != nil {
		return r, err
	}
	bad := func(want string) (*Request, error) {
		return r, &headError{got: fmt.Sprintf("request line %.100q", RedactUserinfo(first)), want: want}
	}
	parts := strings.Split(first, " ")
	if len(parts) != 3 {
		return bad("a method, a target and a version with one space between them")
	}
	r.Method, r.Target, r.Proto = parts[0], parts[1], parts[2]
	if !IsToken(r.Method) {
		return bad("a token as the method")
	}
	if _, _, ok := parseVersion(r.Proto); !ok {
		return bad("a version such as HTTP/1.1")
	}
	if r.Target == "" {
		return bad("a target")
	}
	return r, nil
}

// A rejection is why a server does not take a request, and how it says so.
type rejection struct {
	status    int
	rule      string
	got, want string
	section   string
	fields    Fields
}

// checkRequest judges a request by RFC 6455, Section 4.2.1, in the order that
// gives the most telling answer first. The answer to a good one is begun in resp.
func (a *Acceptor) checkRequest(r *Request, resp *Response) *rejection {
	versions := Fields{{fieldVersion, Version}}
	bad := func(rule, got, want, section string) *rejection {
		return &rejection{status: 400, rule: rule, got: got, want: want, section: section}
	}
	major, minor, _ := parseVersion(r.Proto)
	hosts := r.Fields.Values("Host")
	lengths := r.Fields.Values("Content-Length")
	keys := r.Fields.Values(fieldKey)
	version := r.Fields.Values(fieldVersion)
	switch {
	case major != 1 || minor < 1:
		return bad("HTTP version", r.Proto, "HTTP/1.1", "4.2.1")
	case r.Method != "GET":
		return &rejection{405, "method", r.Method, "GET", "4.2.1", Fields{{"Allow", "GET"}}}
	case r.Target[0] != '/' && !absoluteForm(r.Target):
		return bad("request target", RedactUserinfo(r.Target), "a path or an absolute HTTP URI", "4.2.1")
	case strings.Contains(r.Target, "#"):
		return bad("request target", RedactUserinfo(r.Target), "no fragment", "3")
	case len(hosts) != 1 || !validHost(hosts[0]):
		return bad("Host", strings.Join(hosts, ", "), "exactly one host with an optional port", "4.2.1")
	case r.Fields.Has("Transfer-Encoding"):
		return bad("Transfer-Encoding", r.Fields.Value("Transfer-Encoding"), "a request without a body", "4.1")
	case slices.ContainsFunc(lengths, func(n string) bool { return n != "0" }):
		return bad("Content-Length", strings.Join(lengths, ", "), "a request without a body", "4.1")
	case !hasToken(r.Fields.Values("Upgrade"), "websocket"):
		return &rejection{426, "Upgrade", strings.Join(r.Fields.Values("Upgrade"), ", "), "websocket", "4.2.1",
			append(Fields{{"Upgrade", "websocket"}, {"Connection", "Upgrade"}}, versions...)}
	case !hasToken(r.Fields.Values("Connection"), "Upgrade"):
		return bad("Connection", strings.Join(r.Fields.Values("Connection"), ", "), "Upgrade", "4.2.1")
	case len(version) != 1:
		e := bad(fieldVersion, strings.Join(version, ", "), Version+" in exactly one field", "4.2.1")
		e.fields = versions
		return e
	case version[0] != Version:
		return &rejection{426, fieldVersion, version[0], Version, "4.2.2", versions}
	case len(keys) != 1:
		return bad(fieldKey, strings.Join(keys, ", "), "exactly one field", "4.2.1")
	case !ValidKey(keys[0]):
		return bad(fieldKey, keys[0], "16 bytes in Base64", "4.2.1")
	}
	resp.Fields = Fields{
		{"Upgrade", "websocket"},
		{"Connection", "Upgrade"},
		{fieldAccept, AcceptKey(keys[0])},
	}
	if origin := r.Fields.Value("Origin"); a.CheckOrigin != nil && !a.CheckOrigin(origin) {
		return &rejection{status: 403, rule: "Origin", got: origin, want: "an origin that this server allows", section: "4.2.2"}
	}
	return nil
}

// absoluteForm reports whether a request target is an absolute URI of HTTP, or of
// the scheme that it stands for here.
//
// RFC 6455, Section 4.2.1, and RFC 9112, Section 3.2.2.
func absoluteForm(target string) bool {
	scheme, rest, ok := strings.Cut(target, "://")
	switch strings.ToLower(scheme) {
	case "http", "https", "ws", "wss":
		return ok && validHost(rest[:authorityEnd(rest)])
	}
	return false
}

// validHost reports whether s is a host with an optional port. The name itself
// is not judged beyond the characters that it may have.
//
// RFC 9110, Section 7.2, and RFC 3986, Section 3.2.2.
func validHost(s string) bool {
	host, port := s, ""
	if rest, ok := strings.CutPrefix(s, "["); ok {
		var closed bool
		host, port, closed = strings.Cut(rest, "]")
		if _, err := netip.ParseAddr(host); !closed || err != nil || !strings.Contains(host, ":") {
			return false
		}
		if port != "" && port[0] != ':' {
			return false
		}
		port = strings.TrimPrefix(port, ":")
	} else {
		host, port, _ = strings.Cut(s, ":")
		for i := range len(host) {
			if b := host[i]; !isTokenByte(b) && !strings.ContainsRune("()=;,~%", rune(b)) || strings.IndexByte("#^`|", b) >= 0 {
				return false
			}
		}
	}
	return host != "" && strings.Trim(port, "0123456789") == ""
}

// error returns the rejection as what an Acceptor returns.
func (e *rejection) error(r *Request) *HandshakeError {
	return &HandshakeError{
		Kind: HandshakeRejected, Rule: e.rule, Got: e.got, Want: e.want, Section: e.section,
		Request: r, Response: &Response{Proto: "HTTP/1.1", Status: e.status, Fields: e.fields},
	}
}
