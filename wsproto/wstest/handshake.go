package wstest

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"strings"
)

// SampleKey is the Sec-WebSocket-Key of RFC 6455, Section 1.3.
const SampleKey = "dGhlIHNhbXBsZSBub25jZQ=="

// SampleAccept is the answer to [SampleKey].
const SampleAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

// AcceptKey returns the Sec-WebSocket-Accept for a key.
//
// RFC 6455, Section 4.2.2.
func AcceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// A Head is the head of an HTTP message: the first line and the field lines,
// without line ends. Its editing methods return a copy.
type Head []string

// NewRequest returns the opening handshake of a polite client with [SampleKey].
//
// RFC 6455, Section 4.1.
func NewRequest(host, target string) Head {
	return Head{
		"GET " + target + " HTTP/1.1",
		"Host: " + host,
		"Upgrade: websocket",
		"Connection: Upgrade",
		"Sec-WebSocket-Key: " + SampleKey,
		"Sec-WebSocket-Version: 13",
	}
}

// NewReply returns the opening handshake of a polite server.
//
// RFC 6455, Section 4.2.2.
func NewReply(key string) Head {
	return Head{
		"HTTP/1.1 101 Switching Protocols",
		"Upgrade: websocket",
		"Connection: Upgrade",
		"Sec-WebSocket-Accept: " + AcceptKey(key),
	}
}

// First returns h with another first line.
func (h Head) First(line string) Head { return append(Head{line}, h[1:]...) }

// Add returns h with more field lines, as they are.
func (h Head) Add(lines ...string) Head { return append(append(Head{}, h...), lines...) }

// Set returns h with the value of a field replaced, or added.
func (h Head) Set(name, value string) Head {
	out, line := append(Head{}, h...), name+": "+value
	for i, l := range out[1:] {
		if hasName(l, name) {
			out[i+1] = line
			return out
		}
	}
	return append(out, line)
}

// Without returns h without a field.
func (h Head) Without(name string) Head {
	out := Head{h[0]}
	for _, l := range h[1:] {
		if !hasName(l, name) {
			out = append(out, l)
		}
	}
	return out
}

// Values returns the values of a field, trimmed, one for each line.
func (h Head) Values(name string) (values []string) {
	for i, l := range h {
		if i > 0 && hasName(l, name) {
			values = append(values, strings.Trim(l[len(name)+1:], " \t"))
		}
	}
	return values
}

// Value returns the value of a field that must be there exactly once.
func (h Head) Value(name string) (string, error) {
	switch v := h.Values(name); len(v) {
	case 1:
		return v[0], nil
	case 0:
		return "", fmt.Errorf("there is no %s field", name)
	default:
		return "", fmt.Errorf("there are %d %s fields", len(v), name)
	}
}

func hasName(line, name string) bool {
	return len(line) > len(name) && line[len(name)] == ':' && strings.EqualFold(line[:len(name)], name)
}

// Bytes returns h as it is sent, the empty line included.
func (h Head) Bytes() []byte { return []byte(strings.Join(h, "\r\n") + "\r\n\r\n") }

// String returns the lines, cut if they are many or long.
func (h Head) String() string {
	var b strings.Builder
	for i, l := range h {
		if i == 16 {
			fmt.Fprintf(&b, " | ... (%d lines)", len(h))
			break
		}
		if len(l) > 160 {
			l = fmt.Sprintf("%s... (%d bytes)", l[:160], len(l))
		}
		if i > 0 {
			b.WriteString(" | ")
		}
		fmt.Fprintf(&b, "%s", strings.Trim(fmt.Sprintf("%q", l), `"`))
	}
	return b.String()
}

func splitHead(b []byte) Head {
	return strings.Split(strings.TrimSuffix(string(b), "\r\n\r\n"), "\r\n")
}

// CheckGrammar reports what keeps h from being the head of an HTTP message.
// First lines are not looked at.
//
// RFC 9112, Section 5.
func (h Head) CheckGrammar() error {
	for _, l := range h[1:] {
		name, value, ok := strings.Cut(l, ":")
		if !ok || !isToken(name) {
			return fmt.Errorf("field line %q has no valid name", l)
		}
		for _, c := range []byte(value) {
			if c < ' ' && c != '\t' || c == 0x7F {
				return fmt.Errorf("field line %q has the byte %#02x in it", l, c)
			}
		}
	}
	return nil
}

// isToken reports whether s is a token. RFC 9110, Section 5.6.2.
func isToken(s string) bool {
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0:
		default:
			return false
		}
	}
	return s != ""
}

// hasItem reports whether a list field has an item, in any case of letters.
func (h Head) hasItem(name, item string) bool {
	for _, v := range h.Values(name) {
		for s := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.Trim(s, " \t"), item) {
				return true
			}
		}
	}
	return false
}

// CheckRequest judges the opening handshake of a client and returns its key.
//
// RFC 6455, Section 4.1.
func CheckRequest(h Head) (key string, err error) {
	if err := h.CheckGrammar(); err != nil {
		return "", err
	}
	part := strings.Split(h[0], " ")
	if len(part) != 3 || part[0] != "GET" || !strings.HasPrefix(part[1], "/") || part[2] != "HTTP/1.1" {
		return "", fmt.Errorf("request line %q", h[0])
	}
	if host, err := h.Value("Host"); err != nil || host == "" {
		return "", fmt.Errorf("the Host field is %q: %v", host, err)
	}
	if !h.hasItem("Upgrade", "websocket") {
		return "", fmt.Errorf("the Upgrade field is %q", h.Values("Upgrade"))
	}
	if !h.hasItem("Connection", "upgrade") {
		return "", fmt.Errorf("the Connection field is %q", h.Values("Connection"))
	}
	if v, err := h.Value("Sec-WebSocket-Version"); err != nil || v != "13" {
		return "", fmt.Errorf("the Sec-WebSocket-Version field is %q: %v", v, err)
	}
	if key, err = h.Value("Sec-WebSocket-Key"); err != nil {
		return "", err
	}
	if nonce, err := base64.StdEncoding.Strict().DecodeString(key); err != nil || len(nonce) != 16 {
		return "", fmt.Errorf("the Sec-WebSocket-Key field is %q, which is not 16 bytes in base64", key)
	}
	return key, nil
}

// CheckReply judges the opening handshake of a server that was offered neither
// a subprotocol nor an extension.
//
// RFC 6455, Section 4.2.2.
func CheckReply(h Head, key string) error {
	if err := h.CheckGrammar(); err != nil {
		return err
	}
	if h[0] != "HTTP/1.1 101" && !strings.HasPrefix(h[0], "HTTP/1.1 101 ") {
		return fmt.Errorf("status line %q, want a 101", h[0])
	}
	if v, err := h.Value("Upgrade"); err != nil || !strings.EqualFold(v, "websocket") {
		return fmt.Errorf("the Upgrade field is %q: %v", v, err)
	}
	if !h.hasItem("Connection", "upgrade") {
		return fmt.Errorf("the Connection field is %q", h.Values("Connection"))
	}
	if v, err := h.Value("Sec-WebSocket-Accept"); err != nil || v != AcceptKey(key) {
		return fmt.Errorf("the Sec-WebSocket-Accept field is %q, want %q: %v", v, AcceptKey(key), err)
	}
	for _, name := range []string{
		"Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Sec-WebSocket-Version",
		"Content-Length", "Transfer-Encoding",
	} {
		if v := h.Values(name); v != nil {
			return fmt.Errorf("%s is %q, and should not be there", name, v)
		}
	}
	return nil
}
