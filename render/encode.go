package render

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
)

// An encoder writes binary messages as text, in one line for each message
// whatever pieces it comes in.
type encoder struct {
	scratch [4096]byte
	carry   [3]byte // bytes that do not fill a group of base64 yet
	held    int
}

func (e *encoder) write(out *bufio.Writer, m *Message, as BinaryAs) (err error) {
	if m.Start {
		e.held = 0
	}
	if as == BinaryHex {
		err = e.hex(out, m.Payload)
	} else {
		err = e.base64(out, m.Payload, m.Done)
	}
	if m.Done && err == nil {
		err = out.WriteByte('\n')
	}
	return err
}

func (e *encoder) hex(out *bufio.Writer, p []byte) error {
	for len(p) > 0 {
		n := min(len(p), len(e.scratch)/2)
		hex.Encode(e.scratch[:], p[:n])
		if _, err := out.Write(e.scratch[:2*n]); err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

func (e *encoder) base64(out *bufio.Writer, p []byte, last bool) error {
	if e.held > 0 {
		n := copy(e.carry[e.held:], p)
		e.held += n
		p = p[n:]
		if e.held < len(e.carry) && !last {
			return nil
		}
		if err := e.group(out, e.carry[:e.held]); err != nil {
			return err
		}
		e.held = 0
	}
	if !last {
		whole := len(p) - len(p)%3
		e.held = copy(e.carry[:], p[whole:])
		p = p[:whole]
	}
	for len(p) > 0 {
		n := min(len(p), len(e.scratch)/4*3)
		if err := e.group(out, p[:n]); err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

func (e *encoder) group(out *bufio.Writer, p []byte) error {
	base64.StdEncoding.Encode(e.scratch[:], p)
	_, err := out.Write(e.scratch[:base64.StdEncoding.EncodedLen(len(p))])
	return err
}
