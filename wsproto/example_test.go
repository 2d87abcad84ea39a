package wsproto_test

import (
	"fmt"

	"wscope/wsproto"
)

// The example of RFC 6455, Section 1.3.
func ExampleAcceptKey() {
	fmt.Println(wsproto.AcceptKey("dGhlIHNhbXBsZSBub25jZQ=="))
	// Output: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
}

// A masked text frame with "Hello", as in RFC 6455, Section 5.7.
func ExampleHeader() {
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	h := wsproto.Header{FIN: true, Opcode: wsproto.OpText, Masked: true, MaskingKey: key, PayloadLen: 5}
	frame := append(h.AppendTo(nil), "Hello"...)
	payload := frame[h.Len():]
	wsproto.Mask(payload, payload, key, 0)
	fmt.Printf("% x\n", frame)
	// Output: 81 85 37 fa 21 3d 7f 9f 4d 51 58
}

// A header is read whether it is legal or not, and judged when that is asked for.
func ExampleHeader_Check() {
	h, _ := wsproto.ParseHeader([]byte{0x09, 0x80, 1, 2, 3, 4})
	fmt.Println(h.Opcode, h.FIN, h.PayloadLen)
	fmt.Println(h.Check(wsproto.State{From: wsproto.Client}))
	// Output:
	// ping false 0
	// protocol error: fragmented ping frame (RFC 6455, Section 5.5)
}
