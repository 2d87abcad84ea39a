package rawframe

import (
	"errors"
	"strings"
	"testing"

	"wscope/wsproto"
)

func TestParse(t *testing.T) {
	text := func(s string) ([]byte, error) { return []byte(s), nil }
	own := func(h wsproto.Header, p string) Frame {
		return Frame{Header: h, Payload: []byte(p), OwnMask: true}
	}
	for _, tt := range []struct {
		in   string
		want Frame
	}{
		{"", own(wsproto.Header{FIN: true, Opcode: wsproto.OpText}, "")},
		{"hello you", own(wsproto.Header{FIN: true, Opcode: wsproto.OpText, PayloadLen: 9}, "hello you")},
		{"op=ping x", own(wsproto.Header{FIN: true, Opcode: wsproto.OpPing, PayloadLen: 1}, "x")},
		{"op=0xB", own(wsproto.Header{FIN: true, Opcode: 0xB}, "")},
		{"op=11", own(wsproto.Header{FIN: true, Opcode: 0xB}, "")},
		{"fin=0  rsv=101 x", own(wsproto.Header{RSV: wsproto.RSV1 | wsproto.RSV3, Opcode: wsproto.OpText, PayloadLen: 1}, "x")},
		{"len=200 x", own(wsproto.Header{FIN: true, Opcode: wsproto.OpText, PayloadLen: 200}, "x")},
		{"len=0x7fffffffffffffff", own(wsproto.Header{FIN: true, Opcode: wsproto.OpText, PayloadLen: 1<<63 - 1}, "")},
		{"enc=64 x", own(wsproto.Header{FIN: true, Opcode: wsproto.OpText, PayloadLen: 1, LenBytes: 8}, "x")},
		{"enc=16 x", own(wsproto.Header{FIN: true, Opcode: wsproto.OpText, PayloadLen: 1, LenBytes: 2}, "x")},
		{"op=2 hex:00 ff", own(wsproto.Header{FIN: true, Opcode: wsproto.OpBinary, PayloadLen: 2}, "\x00\xff")},
		{"op=2 base64:AP8=", own(wsproto.Header{FIN: true, Opcode: wsproto.OpBinary, PayloadLen: 2}, "\x00\xff")},
		{"mask=0 x", Frame{Header: wsproto.Header{FIN: true, Opcode: wsproto.OpText, PayloadLen: 1}, Payload: []byte("x")}},
		{"mask=1", Frame{Header: wsproto.Header{FIN: true, Opcode: wsproto.OpText, Masked: true}, Payload: []byte{}, FreshKey: true}},
		{"mask=01020304", Frame{Header: wsproto.Header{FIN: true, Opcode: wsproto.OpText, Masked: true, MaskingKey: [4]byte{1, 2, 3, 4}}, Payload: []byte{}}},
		// What is no field is payload, what follows it too.
		{"text:a=b op=9", own(wsproto.Header{FIN: true, Opcode: wsproto.OpText, PayloadLen: 8}, "a=b op=9")},
		{"op=9 text:op=9", own(wsproto.Header{FIN: true, Opcode: wsproto.OpPing, PayloadLen: 4}, "op=9")},
		{"text:@x", own(wsproto.Header{FIN: true, Opcode: wsproto.OpText, PayloadLen: 3}, "@@x")}, // the function takes one away
		{`{"a"=1}`, own(wsproto.Header{FIN: true, Opcode: wsproto.OpText, PayloadLen: 7}, `{"a"=1}`)},
		{"hello a=b", own(wsproto.Header{FIN: true, Opcode: wsproto.OpText, PayloadLen: 9}, "hello a=b")},
		{"enc=7 len=125", own(wsproto.Header{FIN: true, Opcode: wsproto.OpText, PayloadLen: 125}, "")},
		{"enc=16 len=65535", own(wsproto.Header{FIN: true, Opcode: wsproto.OpText, PayloadLen: 65535, LenBytes: 2}, "")},
		{"op=9 =x", own(wsproto.Header{FIN: true, Opcode: wsproto.OpPing, PayloadLen: 2}, "=x")},
	} {
		got, err := Parse(tt.in, text)
		if err != nil || got.Header != tt.want.Header || string(got.Payload) != string(tt.want.Payload) ||
			got.OwnMask != tt.want.OwnMask || got.FreshKey != tt.want.FreshKey {
			t.Errorf("Parse(%q) = %+v, %v, want %+v", tt.in, got, err, tt.want)
		}
	}
	for _, tt := range []struct{ in, want string }{
		{"op=16", "op=16: expected an opcode"},
		{"op=x", "op=x: expected an opcode"},
		{"fin=yes", "fin=yes: expected 0 or 1"},
		{"rsv=1", "expected the three reserved bits"},
		{"rsv=012", "expected the three reserved bits"},
		{"mask=0102", "expected 0, 1 or a masking key of 8 hex digits"},
		{"len=-1", "expected the payload length"},
		{"len=0x8000000000000000", "expected the payload length"},
		{"enc=8", "expected how many bits encode the length: 7, 16 or 64"},
		{"code=3 hello", "there is no field code; the fields are op, fin, rsv, mask, len, enc, and text:code=3 hello sends the text"},
		{"op=9 foo=1 x", "there is no field foo; "},
		{"OP=9", "there is no field OP; "},
		{"enc=7 len=200 hello", "enc=7: a length of 200 does not fit in 7 bits (RFC 6455, Section 5.2); expected a larger enc, or none"},
		{"len=70000 enc=16", "enc=16: a length of 70000 does not fit in 16 bits"},
		{"enc=7 " + strings.Repeat("x", 126), "enc=7: a length of 126 does not fit in 7 bits"},
		{"hex:0", "odd number of digits"},
		{"base64:!", "illegal base64"},
	} {
		if _, err := Parse(tt.in, text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Parse(%q) = %v, want %q", tt.in, err, tt.want)
		}
	}
	broken := errors.New("broken")
	if _, err := Parse("@x", func(string) ([]byte, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("Parse with a payload that cannot be had = %v", err)
	}
}
