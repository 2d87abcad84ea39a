package cmd_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"

	"wscope/wsproto"
)

// A rudePlayer plays a part for one client.
type rudePlayer struct {
	*rudeServer
	nc     net.Conn
	in     *bufio.Reader
	key    string      // of the request
	header http.Header // of the request
	mask   [4]byte     // masking key of the last frame: it may not come again
}

var errPartOver = errors.New("the part is over")

func (p *rudePlayer) step(line string) error {
	verb, arg, _ := strings.Cut(strings.TrimSpace(line), " ")
	if strings.HasPrefix(arg, `"`) {
		var err error
		if arg, err = strconv.Unquote(arg); err != nil {
			return err
		}
	}
	switch verb {
	case "", "#":
		return nil
	case "request":
		return p.request()
	case "101":
		return p.accept(arg)
	case "want":
		name, text, _ := strings.Cut(arg, ": ")
		if strings.Contains(p.header.Get(name), text) {
			return nil
		}
		p.write([]byte("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"))
		return errPartOver
	case "raw":
		return p.write([]byte(arg))
	case "text":
		return p.frame(wsproto.OpText, arg)
	case "binary":
		return p.frame(wsproto.OpBinary, arg)
	case "ping":
		return p.frame(wsproto.OpPing, arg)
	case "pong":
		return p.frame(wsproto.OpPong, arg)
	case "close":
		return p.close(arg)
	case "read":
		_, err := p.read()
		return err
	case "drain", "mute", "echo":
		return p.readAll(verb)
	case "rest":
		b, err := io.ReadAll(p.in)
		p.note("%s", strings.ReplaceAll(string(b), "\r\n", "\n"))
		if err != nil {
			p.note("%v", err)
		}
		return nil
	case "gate":
		select {
		case <-p.gate:
		case <-p.stop:
		}
		return nil
	case "hold":
		<-p.stop
		return nil
	case "fin":
		return p.nc.(interface{ CloseWrite() error }).CloseWrite()
	case "rst":
		return p.nc.(*net.TCPConn).SetLinger(0) // the Close that follows resets
	case "cut":
		beneath := p.nc.(*tls.Conn).NetConn()
		beneath.Write([]byte{23, 3, 3, 0, 40, 1}) // 40 bytes are announced
		return beneath.Close()
	case "repeat":
		count, step, _ := strings.Cut(arg, " ")
		n, err := strconv.Atoi(count)
		for ; n > 0 && err == nil; n-- {
			err = p.step(step)
		}
		return err
	}
	return errors.New("no such step")
}

func (p *rudePlayer) write(b []byte) error {
	_, err := p.nc.Write(b)
	return err
}

// request reads a request as it is on the wire, its lines in order.
func (p *rudePlayer) request() error {
	if first, err := p.in.Peek(1); err == nil && first[0] == 0x16 {
		return errPartOver
	}
	p.header = http.Header{}
	for {
		line, err := p.in.ReadString('\n')
		if err != nil {
			return err
		}
		line = strings.TrimSuffix(line, "\r\n")
		if line == "" {
			return nil
		}
		p.note("%s", line)
		name, value, _ := strings.Cut(line, ": ")
		p.header.Add(name, value)
		if name == "Sec-WebSocket-Key" {
			p.key = value
		}
	}
}

func (p *rudePlayer) accept(field string) error {
	h := http.Header{"Upgrade": {"websocket"}, "Connection": {"Upgrade"}, "Sec-Websocket-Accept": {wsproto.AcceptKey(p.key)}}
	if name, value, ok := strings.Cut(field, ":"); ok {
		h.Del(name)
		if value = strings.TrimSpace(value); value != "" {
			h.Set(name, value)
		}
	}
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 101 Switching Protocols\r\n")
	h.Write(&b)
	b.WriteString("\r\n")
	return p.write(b.Bytes())
}

func (p *rudePlayer) frame(op wsproto.Opcode, payload string) error {
	h := wsproto.Header{FIN: true, Opcode: op, PayloadLen: uint64(len(payload))}
	return p.write(append(h.AppendTo(nil), payload...))
}

func (p *rudePlayer) close(arg string) error {
	if arg == "" {
		return p.frame(wsproto.OpClose, "")
	}
	code, reason, _ := strings.Cut(arg, " ")
	n, err := strconv.ParseUint(code, 10, 16)
	if err != nil {
		return err
	}
	return p.frame(wsproto.OpClose, string([]byte{byte(n >> 8), byte(n)})+reason)
}

// read reads a frame of the client, which has to be masked with a key of its
// own, and notes it.
func (p *rudePlayer) read() (frame rudeFrame, err error) {
	h, err := wsproto.ReadHeader(p.in)
	if err != nil {
		return frame, err
	}
	frame = rudeFrame{h, make([]byte, h.PayloadLen)}
	if _, err := io.ReadFull(p.in, frame.payload); err != nil {
		return frame, err
	}
	if !h.Masked || h.MaskingKey == p.mask {
		return frame, fmt.Errorf("the frame is not masked with a fresh key: %+v", h)
	}
	p.mask = h.MaskingKey
	wsproto.Mask(frame.payload, frame.payload, h.MaskingKey, 0)
	p.note("%s", frame)
	return frame, nil
}

// readAll reads frames until the client ends the stream, or the session if verb
// is not drain.
func (p *rudePlayer) readAll(verb string) error {
	for {
		f, err := p.read()
		switch {
		case errors.Is(err, io.EOF):
			return errPartOver
		case err != nil:
			return err
		case verb != "drain" && f.Opcode == wsproto.OpClose, verb == "echo" && !f.Opcode.IsControl():
			f.Masked = false
			if err := p.write(append(f.Header.AppendTo(nil), f.payload...)); err != nil {
				return err
			}
			if f.Opcode == wsproto.OpClose {
				return errPartOver
			}
		}
	}
}

// A rudeFrame is a frame of a client, its payload unmasked.
type rudeFrame struct {
	wsproto.Header
	payload []byte
}

func (f rudeFrame) String() string {
	s := f.Opcode.String()
	if !f.FIN {
		s += " (more)"
	}
	if f.Opcode == wsproto.OpClose && len(f.payload) >= 2 {
		return fmt.Sprintf("%s %d %q", s, int(f.payload[0])<<8|int(f.payload[1]), f.payload[2:])
	}
	if len(f.payload) > 100 {
		return fmt.Sprintf("%s of %d bytes", s, len(f.payload))
	}
	return fmt.Sprintf("%s %q", s, f.payload)
}
