package play

import (
	"bytes"
	"net"
	"sync"
)

// maxHead bounds what is kept of the head of an HTTP message.
const maxHead = 64 << 10

// A tap keeps the heads of an HTTP exchange as they were on the wire.
type tap struct {
	mu                sync.Mutex
	request, response head
}

// A head is what has been seen of the head of a message.
type head struct {
	raw   []byte
	whole bool
}

// see takes note of bytes until the head is complete.
func (h *head) see(p []byte) {
	if h.whole {
		return
	}
	from := max(0, len(h.raw)-3)
	h.raw = append(h.raw, p[:min(len(p), maxHead-len(h.raw))]...)
	if end := bytes.Index(h.raw[from:], []byte("\r\n\r\n")); end >= 0 {
		h.raw, h.whole = h.raw[:from+end+4], true
	}
	h.whole = h.whole || len(h.raw) >= maxHead
}

// on begins another exchange, over nc.
func (t *tap) on(nc net.Conn) net.Conn {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.request, t.response = head{}, head{}
	return &tapped{nc, t}
}

// heads returns what has been seen.
func (t *tap) heads() (request, response []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Clone(t.request.raw), bytes.Clone(t.response.raw)
}

// A tapped connection is one of a client.
type tapped struct {
	net.Conn
	tap *tap
}

func (c *tapped) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.tap.mu.Lock()
	defer c.tap.mu.Unlock()
	c.tap.request.see(p[:n])
	return n, err
}

func (c *tapped) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.tap.mu.Lock()
	defer c.tap.mu.Unlock()
	c.tap.response.see(p[:n])
	return n, err
}
