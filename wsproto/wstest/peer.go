package wstest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"wscope/wsproto"
)

// Segments is how bytes are cut into writes: 0 for a single one, otherwise the
// size of each. Small sizes hold for the first 2 KiB of what is sent at once;
// the rest goes in larger pieces of odd size.
type Segments int

// The two extremes.
const (
	OneSegment Segments = 0
	ByteByByte Segments = 1
)

// next returns how many of the bytes from off to total make the next write.
func (s Segments) next(off, total int) int {
	n := int(s)
	switch {
	case s == OneSegment:
		n = total
	case off >= 2048:
		n = max(n, 1021)
	}
	return min(n, total-off)
}

// A Peer is one side of a WebSocket connection under a test's control. It sends
// what it is told to, legal or not, and does nothing by itself. One goroutine
// may write while another reads.
type Peer struct {
	Role wsproto.Role // the side that the peer plays
	Log  Log

	nc net.Conn
	br *bufio.Reader
}

// NewPeer returns a peer that plays role over nc.
func NewPeer(nc net.Conn, role wsproto.Role) *Peer {
	return &Peer{Role: role, nc: nc, br: bufio.NewReader(nc)}
}

// SetTimeout bounds everything that the peer does from now on.
func (p *Peer) SetTimeout(d time.Duration) { p.nc.SetDeadline(time.Now().Add(d)) }

// Write sends bytes as they are.
func (p *Peer) Write(b []byte, s Segments) error {
	for off := 0; off < len(b); {
		n := s.next(off, len(b))
		if _, err := p.nc.Write(b[off : off+n]); err != nil {
			return err
		}
		off += n
	}
	return nil
}

// Send sends frames in one segment.
func (p *Peer) Send(frames ...Frame) error {
	var b []byte
	for _, f := range frames {
		p.Log.sent("%s", describe(f.Header(p.Role), f.Payload))
		b = f.AppendTo(b, p.Role)
	}
	return p.Write(b, OneSegment)
}

// A Received is a frame that came from the endpoint, its payload unmasked.
type Received struct {
	wsproto.Header
	Payload []byte
}

// maxReceived bounds what an endpoint can make a test allocate.
const maxReceived = 64 << 20

// ReadFrame reads a frame without judging it. The error is io.EOF if the
// connection ended in order between two frames.
func (p *Peer) ReadFrame() (Received, error) {
	h, err := readHeader(p.br)
	if err != nil {
		p.Log.received("%s", endOf(err))
		return Received{}, err
	}
	if h.PayloadLen > maxReceived {
		p.Log.received("%s", describe(h, nil))
		return Received{Header: h}, fmt.Errorf("frame of %d bytes", h.PayloadLen)
	}
	f := Received{Header: h, Payload: make([]byte, h.PayloadLen)}
	n, err := io.ReadFull(p.br, f.Payload)
	f.Payload = f.Payload[:n]
	if h.Masked {
		applyMask(f.Payload, h.MaskingKey, 0)
	}
	p.Log.received("%s", describe(h, f.Payload))
	if err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		p.Log.received("%s", endOf(err))
	}
	return f, err
}

// ReadHead reads the head of an HTTP message, the empty line included, and not
// a byte beyond it. What came before an error is returned with it.
func (p *Peer) ReadHead() (Head, error) {
	var b []byte
	for len(b) < 64<<10 {
		c, err := p.br.ReadByte()
		if err != nil {
			p.Log.received("%q, then %s", b, endOf(err))
			if err == io.EOF && len(b) > 0 {
				err = io.ErrUnexpectedEOF
			}
			return splitHead(b), err
		}
		if b = append(b, c); len(b) >= 4 && string(b[len(b)-4:]) == "\r\n\r\n" {
			h := splitHead(b)
			p.Log.received("%s", h)
			return h, nil
		}
	}
	return splitHead(b), errors.New("the head of the message is longer than 64 KiB")
}

// ReadAll reads at most limit bytes up to the end of the connection. The error
// is nil if it ended in order.
func (p *Peer) ReadAll(limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(p.br, limit))
	p.Log.received("%d bytes: %s", len(b), preview(b))
	if err == nil && int64(len(b)) < limit {
		p.Log.received("EOF")
	} else if err != nil {
		p.Log.received("%s", endOf(err))
	}
	return b, err
}

// CloseWrite sends FIN: the peer sends nothing more, but goes on reading.
func (p *Peer) CloseWrite() error {
	p.Log.sent("FIN")
	hc, ok := p.nc.(interface{ CloseWrite() error })
	if !ok {
		return fmt.Errorf("a %T cannot be closed for writing alone", p.nc)
	}
	return hc.CloseWrite()
}

// Reset ends the connection with an RST.
func (p *Peer) Reset() error {
	p.Log.sent("RST")
	l, ok := p.nc.(interface{ SetLinger(int) error })
	if !ok {
		return fmt.Errorf("a %T cannot be reset", p.nc)
	}
	if err := l.SetLinger(0); err != nil {
		return err
	}
	return p.nc.Close()
}

// Close ends the connection.
func (p *Peer) Close() error { return p.nc.Close() }

// endOf names how a connection ended, or did not.
func endOf(err error) string {
	switch {
	case err == io.EOF:
		return "EOF"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "EOF in the middle of something"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "nothing more until the test ran out of time"
	}
	return err.Error()
}
