package render

// HandshakeText returns the two halves of an opening handshake as lines for a
// terminal, the request after > and the response after <. Credentials are left
// out unless secrets is set.
func HandshakeText(request, response []byte, secrets bool) string {
	var b []byte
	for _, half := range []struct {
		mark byte
		raw  []byte
	}{{'>', request}, {'<', response}} {
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
