// Package rawframe makes frames bit by bit, legal or not, of what people type.
package rawframe

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wscope/cmd/internal/literal"
	"wscope/wsproto"
)

// A Frame is a frame as somebody wants it on the wire. [New] returns one without
// peculiarities.
type Frame struct {
	wsproto.Header
	Payload []byte
	// FreshKey asks for a key of our own, for a masked frame without a given
	// one; OwnMask asks for what our role does.
	FreshKey, OwnMask bool
	// Lies tells that PayloadLen is not to become the length of Payload.
	Lies bool

	exact bool // LenBytes was asked for, even if it is 0
}

// New returns an empty text frame with FIN, masked as the role demands.
func New() Frame {
	return Frame{Header: wsproto.Header{FIN: true, Opcode: wsproto.OpText}, OwnMask: true}
}

// Fields returns the names of the fields that [Frame.Set] knows.
func Fields() []string { return []string{"op", "fin", "rsv", "mask", "len", "enc"} }

// IsField reports whether [Frame.Set] knows a field of that name: one of [Fields],
// or opcode, as the RFC calls op.
func IsField(name string) bool { return name == "opcode" || slices.Contains(Fields(), name) }

// Parse reads fields such as op=0x9 fin=0 rsv=100 mask=37fa213d len=200 enc=64,
// and the payload behind them: hex:..., base64:..., text:..., or what the function
// makes of the rest. A payload that looks like a field needs the text: before it.
func Parse(s string, payload func(string) ([]byte, error)) (Frame, error) {
	f := New()
	rest := strings.TrimLeft(s, " ")
	for rest != "" {
		word, after, _ := strings.Cut(rest, " ")
		name, value, ok := strings.Cut(word, "=")
		if !ok || !isName(name) {
			break
		}
		if !IsField(name) {
			return f, fmt.Errorf("there is no field %s; the fields are %s, and text:%s sends the text", name, strings.Join(Fields(), ", "), shorten(rest))
		}
		if err := f.Set(name, value); err != nil {
			return f, fmt.Errorf("%s: %w", word, err)
		}
		rest = strings.TrimLeft(after, " ")
	}
	var (
		p   []byte
		err error
	)
	if digits, ok := strings.CutPrefix(rest, "hex:"); ok {
		p, err = literal.Hex(digits)
	} else if b64, ok := strings.CutPrefix(rest, "base64:"); ok {
		p, err = base64.StdEncoding.DecodeString(b64)
	} else if text, ok := strings.CutPrefix(rest, "text:"); ok {
		if strings.HasPrefix(text, "@") {
			text = "@" + text // a literal @
		}
		p, err = payload(text)
	} else {
		p, err = payload(rest)
	}
	if err != nil {
		return f, err
	}
	f = f.With(p)
	return f, f.fits()
}

// isName reports whether s could be the name of a field.
func isName(s string) bool {
	return s != "" && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz") == ""
}

// shorten returns the first characters of what somebody has typed.
func shorten(s string) string {
	const limit = 20
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "..."
	}
	return s
}

// fits tells why the length cannot be encoded as it was asked for, or nil.
func (f Frame) fits() error {
	bits := map[uint8]int{0: 7, 2: 16}[f.LenBytes]
	if !f.exact || f.LenBytes == 0 && f.PayloadLen <= 125 || f.LenBytes == 2 && f.PayloadLen <= 1<<16-1 || f.LenBytes == 8 {
		return nil
	}
	return fmt.Errorf("enc=%d: a length of %d does not fit in %d bits (RFC 6455, Section 5.2); expected a larger enc, or none", bits, f.PayloadLen, bits)
}

// With returns the frame with a payload, and with its length unless another one
// was set.
func (f Frame) With(payload []byte) Frame {
	f.Payload = payload
	if !f.Lies {
		f.PayloadLen = uint64(len(payload))
	}
	return f
}

var frameOpcodes = map[string]wsproto.Opcode{
	"continuation": wsproto.OpContinuation, "text": wsproto.OpText, "binary": wsproto.OpBinary,
	"close": wsproto.OpClose, "ping": wsproto.OpPing, "pong": wsproto.OpPong,
}

// Set sets the field of that name. The error says what was expected.
func (f *Frame) Set(name, value string) error {
	switch name {
	case "op", "opcode":
		if op, ok := frameOpcodes[value]; ok {
			f.Opcode = op
			return nil
		}
		n, err := strconv.ParseUint(value, 0, 8)
		if err != nil || n > 15 {
			return errors.New("expected an opcode, 0 to 15, or a name such as ping")
		}
		f.Opcode = wsproto.Opcode(n)
	case "fin":
		switch value {
		case "0", "1":
			f.FIN = value == "1"
		default:
			return errors.New("expected 0 or 1")
		}
	case "rsv":
		if len(value) != 3 || strings.Trim(value, "01") != "" {
			return errors.New("expected the three reserved bits, such as 100")
		}
		for i, bit := range []wsproto.RSV{wsproto.RSV1, wsproto.RSV2, wsproto.RSV3} {
			if value[i] == '1' {
				f.RSV |= bit
			}
		}
	case "mask":
		f.OwnMask = false
		switch value {
		case "0":
			f.Masked = false
		case "1":
			f.Masked, f.FreshKey = true, true
		default:
			key, err := hex.DecodeString(value)
			if err != nil || len(key) != 4 {
				return errors.New("expected 0, 1 or a masking key of 8 hex digits")
			}
			f.Masked, f.FreshKey, f.MaskingKey = true, false, [4]byte(key)
		}
	case "len":
		n, err := strconv.ParseInt(value, 0, 64)
		if err != nil || n < 0 {
			return errors.New("expected the payload length that the header claims")
		}
		f.PayloadLen, f.Lies = uint64(n), true
	case "enc":
		f.exact = true
		switch value {
		case "7":
			f.LenBytes = 0
		case "16":
			f.LenBytes = 2
		case "64":
			f.LenBytes = 8
		default:
			return errors.New("expected how many bits encode the length: 7, 16 or 64")
		}
	}
	return nil
}

// On sends the frame on a connection.
func (f Frame) On(c *wsproto.Conn) error {
	if err := f.fits(); err != nil {
		return err
	}
	if f.OwnMask {
		f.Masked = c.Role() == wsproto.Client
		f.FreshKey = f.Masked
	}
	if f.FreshKey {
		var err error
		if f.MaskingKey, err = c.NewMaskingKey(); err != nil {
			return err
		}
	}
	return c.WriteFrame(f.Header, bytes.Clone(f.Payload))
}
