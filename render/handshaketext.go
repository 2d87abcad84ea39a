package render

import "wscope/wsproto"

// HandshakeText returns the two halves of an opening handshake as lines for a
// terminal: what role has sent after >, what it has received after <.
// Credentials are left out unless secrets is set.
func HandshakeText(role wsproto.Role, request, response []byte, secrets bool) string {
	ofRequest, ofResponse := byte('>'), byte('<')
	if role == wsproto.Server {
		ofRequest, ofResponse = ofResponse, ofRequest
	}
	var b []byte
	for _, half := range []struct {
		mark byte
		raw  []byte
	}{{ofRequest, request}, {ofResponse, response}} {
		h := parseHead(half.raw, secrets)
		b = AppendEscaped(append(b, half.mark, ' '), []byte(h.line))
		b = append(b, '\n')
		for _, f := range h.fields {
			b = AppendEscaped(append(b, half.mark, ' '), []byte(f.String()))
			b = append(b, '\n')
		}
	}
	return string(b)
}
