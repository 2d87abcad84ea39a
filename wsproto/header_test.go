package wsproto

import (
	"bytes"
	"encoding/hex"
	"io"
	"strings"
	"testing"
)

// unhex decodes hexadecimal digits with spaces between.
func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

var headers = []struct {
	name, wire string
	h          Header
	rule       string // broken when a server sends it, or a client if it is masked
}{
	// RFC 6455, Section 5.7.
	{"unmasked text", "81 05", Header{FIN: true, Opcode: OpText, PayloadLen: 5}, ""},
	{"masked text", "81 85 37fa213d", Header{FIN: true, Opcode: OpText, PayloadLen: 5, Masked: true, MaskingKey: [4]byte{0x37, 0xfa, 0x21, 0x3d}}, ""},
	{"first fragment", "01 03", Header{Opcode: OpText, PayloadLen: 3}, ""},
	{"last fragment", "80 02", Header{FIN: true, PayloadLen: 2}, "5.4 continuation frame without"},
	{"ping", "89 05", Header{FIN: true, Opcode: OpPing, PayloadLen: 5}, ""},
	{"pong", "8a 85 37fa213d", Header{FIN: true, Opcode: OpPong, PayloadLen: 5, Masked: true, MaskingKey: [4]byte{0x37, 0xfa, 0x21, 0x3d}}, ""},
	{"256 bytes", "82 7e 0100", Header{FIN: true, Opcode: OpBinary, PayloadLen: 256, LenBytes: 2}, ""},
	{"64 KiB", "82 7f 0000000000010000", Header{FIN: true, Opcode: OpBinary, PayloadLen: 65536, LenBytes: 8}, ""},
	// Borders.
	{"empty", "82 00", Header{FIN: true, Opcode: OpBinary}, ""},
	{"125 bytes", "82 7d", Header{FIN: true, Opcode: OpBinary, PayloadLen: 125}, ""},
	{"126 bytes", "82 7e 007e", Header{FIN: true, Opcode: OpBinary, PayloadLen: 126, LenBytes: 2}, ""},
	{"65535 bytes", "82 7e ffff", Header{FIN: true, Opcode: OpBinary, PayloadLen: 65535, LenBytes: 2}, ""},
	{"2^63-1 bytes", "82 7f 7fffffffffffffff", Header{FIN: true, Opcode: OpBinary, PayloadLen: 1<<63 - 1, LenBytes: 8}, ""},
	// Illegal.
	{"2^63 bytes", "82 7f 8000000000000000", Header{FIN: true, Opcode: OpBinary, PayloadLen: 1 << 63, LenBytes: 8}, "5.2 the most significant bit"},
	{"125 bytes in two", "82 7e 007d", Header{FIN: true, Opcode: OpBinary, PayloadLen: 125, LenBytes: 2}, "5.2 the payload length is not in its shortest"},
	{"no bytes in eight", "82 7f 0000000000000000", Header{FIN: true, Opcode: OpBinary, LenBytes: 8}, "5.2 the payload length is not in its shortest"},
	{"65535 bytes in eight", "82 7f 000000000000ffff", Header{FIN: true, Opcode: OpBinary, PayloadLen: 65535, LenBytes: 8}, "5.2 the payload length is not in its shortest"},
	{"RSV1", "c1 00", Header{FIN: true, RSV: RSV1, Opcode: OpText}, "5.2 reserved bit RSV1"},
	{"RSV2 and RSV3", "b1 00", Header{FIN: true, RSV: RSV2 | RSV3, Opcode: OpText}, "5.2 reserved bit RSV2+RSV3"},
	{"reserved data opcode", "83 00", Header{FIN: true, Opcode: 3}, "5.2 reserved opcode 0x3"},
	{"reserved control opcode", "8f 00", Header{FIN: true, Opcode: 15}, "5.2 reserved opcode 0xF"},
	{"fragmented ping", "09 00", Header{Opcode: OpPing}, "5.5 fragmented ping frame"},
	{"long pong", "8a 7e 007e", Header{FIN: true, Opcode: OpPong, PayloadLen: 126, LenBytes: 2}, "5.5 pong frame with a payload of more"},
	{"all bits", "ff ff ffffffffffffffff 01020304",
		Header{FIN: true, RSV: RSV1 | RSV2 | RSV3, Opcode: 15, Masked: true, MaskingKey: [4]byte{1, 2, 3, 4}, PayloadLen: 1<<64 - 1, LenBytes: 8}, "5.2 reserved bit RSV1+RSV2+RSV3"},
}

func TestHeader(t *testing.T) {
	for _, tt := range headers {
		wire := unhex(tt.wire)
		if h, n := ParseHeader(append(wire, 0xAA)); h != tt.h || n != len(wire) {
			t.Errorf("%s: ParseHeader(%s) = %+v, %d, want %+v", tt.name, tt.wire, h, n, tt.h)
		}
		if got := tt.h.AppendTo([]byte{0xAA})[1:]; !bytes.Equal(got, wire) || tt.h.Len() != len(wire) {
			t.Errorf("%s: AppendTo gives % x of %d bytes, want %s", tt.name, got, tt.h.Len(), tt.wire)
		}
		r := bytes.NewReader(append(wire, 0xAA))
		if h, err := ReadHeader(r); h != tt.h || err != nil || r.Len() != 1 {
			t.Errorf("%s: ReadHeader = %+v, %v, %d bytes left", tt.name, h, err, r.Len())
		}
		for cut := range wire {
			if _, n := ParseHeader(wire[:cut]); n != 0 {
				t.Errorf("%s: a header in %d bytes", tt.name, cut)
			}
			want := io.ErrUnexpectedEOF
			if cut == 0 {
				want = io.EOF
			}
			if _, err := ReadHeader(bytes.NewReader(wire[:cut])); err != want {
				t.Errorf("%s: ReadHeader of %d bytes: %v, want %v", tt.name, cut, err, want)
			}
		}
	}
}

func TestHeaderCheck(t *testing.T) {
	for _, tt := range headers {
		s := State{From: Server}
		if tt.h.Masked {
			s.From = Client
		}
		expectRule(t, tt.name, tt.h.Check(s), tt.rule)
		if tt.rule == "" && tt.h.Opcode <= OpBinary {
			s.From = s.From.Peer()
			want := "5.1 frame of a server is masked"
			if s.From == Client {
				want = "5.1 frame of a client is not masked"
			}
			expectRule(t, tt.name+" from the other side", tt.h.Check(s), want)
		}
	}
	for _, tt := range []struct {
		name string
		h    Header
		s    State
		rule string
	}{
		{"continuation", Header{}, State{Server, true, 0}, ""},
		{"control frame between fragments", Header{FIN: true, Opcode: OpPing}, State{Server, true, 0}, ""},
		{"new message between fragments", Header{FIN: true, Opcode: OpText}, State{Server, true, 0}, "5.4 new data frame inside"},
		{"bit of an extension", Header{FIN: true, RSV: RSV1, Opcode: OpText}, State{Server, false, RSV1}, ""},
		{"another bit", Header{FIN: true, RSV: RSV1 | RSV2, Opcode: OpText}, State{Server, false, RSV1}, "5.2 reserved bit RSV2"},
		{"bit of an extension on a continuation", Header{RSV: RSV1}, State{Server, true, RSV1}, "5.2 reserved bit RSV1 is set on a continuation frame"},
		{"bit of an extension on a ping", Header{FIN: true, RSV: RSV1, Opcode: OpPing}, State{Server, false, RSV1}, "5.2 reserved bit RSV1 is set on a ping frame"},
		{"bit of an extension on a message inside", Header{FIN: true, RSV: RSV1, Opcode: OpText}, State{Server, true, RSV1}, "5.4 new data frame inside"},
	} {
		expectRule(t, tt.name, tt.h.Check(tt.s), tt.rule)
	}
}

func expectRule(t *testing.T, name string, got *ProtocolError, want string) {
	t.Helper()
	switch {
	case got == nil && want == "":
	case got == nil:
		t.Errorf("%s: legal, want %q", name, want)
	case want == "" || !strings.HasPrefix(got.Section+" "+got.Reason, want) || got.Code != CloseProtocolError:
		t.Errorf("%s: %v, want %q", name, got, want)
	}
}

// TestHeaderLenBytes encodes lengths in forms that are too short or odd.
func TestHeaderLenBytes(t *testing.T) {
	for _, tt := range []struct {
		n    uint64
		form uint8
		want string
	}{
		{5, 1, "82 7e 0005"}, {5, 3, "82 7f 0000000000000005"},
		{126, 0, "82 7e 007e"}, {126, 1, "82 7e 007e"}, {65536, 2, "82 7f 0000000000010000"}, {65536, 0, "82 7f 0000000000010000"},
	} {
		h := Header{FIN: true, Opcode: OpBinary, PayloadLen: tt.n, LenBytes: tt.form}
		if got := h.AppendTo(nil); !bytes.Equal(got, unhex(tt.want)) {
			t.Errorf("%d bytes in %d: % x, want %s", tt.n, tt.form, got, tt.want)
		}
	}
}

func FuzzHeader(f *testing.F) {
	for _, tt := range headers {
		f.Add(unhex(tt.wire))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, n := ParseHeader(b)
		if n == 0 {
			return
		}
		if got := h.AppendTo(nil); !bytes.Equal(got, b[:n]) || h.Len() != n {
			t.Errorf("% x was read as %+v, which is written as % x", b[:n], h, got)
		}
		if again, err := ReadHeader(bytes.NewReader(b)); again != h || err != nil {
			t.Errorf("ParseHeader = %+v, ReadHeader = %+v, %v", h, again, err)
		}
		// The quick judgment and the thorough one have to agree.
		for _, s := range []State{{}, {Server, false, 0}, {Client, true, 0}, {Server, true, RSV1}, {Client, false, RSV1 | RSV3}} {
			rule := h.explain(s)
			if h.Opcode <= OpBinary && h.legalData(s) != (rule == nil) {
				t.Errorf("%+v in %+v: legalData is %v, the rule %v", h, s, h.legalData(s), rule)
			}
			if h.Check(s) != rule && rule == nil {
				t.Errorf("%+v in %+v: Check finds %v", h, s, h.Check(s))
			}
		}
	})
}
