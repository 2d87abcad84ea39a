package wstest

import (
	"fmt"
	"strings"

	"wscope/wsproto"
)

// Cases returns all cases whose end is part of the protocol. See [Drops] and
// [Mutations] for others.
func Cases() (all []Case) {
	for _, chapter := range []func() []Case{
		framingCases, lengthCases, maskingCases,
		controlCases, reservedCases, opcodeCases,
		fragmentCases, interleavedCases,
		utf8Cases, utf8EarlyCases, utf8SequenceCases,
		closeCases, closeCodeCases,
		limitCases, sizeCases,
	} {
		all = append(all, chapter()...)
	}
	return all
}

func stars(n int) string     { return strings.Repeat("*", n) }
func fe(n int) string        { return strings.Repeat("\xfe", n) }
func digits(n int) string    { return strings.Repeat("0123456789", n/10+1)[:n] }
func allBytes() string       { return string(byteRange(0, 256)) }
func steps(s ...Step) []Step { return s }

func byteRange(from, to int) (b []byte) {
	for c := from; c < to; c++ {
		b = append(b, byte(c))
	}
	return b
}

// chop sends f in segments of n payload bytes.
func chop(f Frame, n int) (pieces []Step) {
	for at := 0; at < len(f.Payload); at += n {
		pieces = append(pieces, Piece{f, at, min(at+n, len(f.Payload))}, Push{})
	}
	return pieces
}

// framingCases are unfragmented messages around the borders of the three
// encodings of their length. RFC 6455, Section 5.2.
func framingCases() (cases []Case) {
	sizes := []int{0, 125, 126, 127, 128, 65535, 65536}
	for i, op := range []wsproto.Opcode{wsproto.OpText, wsproto.OpBinary} {
		fill := []func(int) string{stars, fe}[i]
		for j, n := range sizes {
			f := Frame{Op: op, Payload: []byte(fill(n))}
			cases = append(cases, Case{
				Name:    fmt.Sprintf("1.%d.%d %s of %d bytes", i+1, j+1, op, n),
				Section: "5.2", Send: steps(f), Want: echoes(f),
			})
		}
		f := Frame{Op: op, Payload: []byte(fill(65536))}
		cases = append(cases, Case{
			Name:    fmt.Sprintf("1.%d.8 %s of 65536 bytes in chops of 997", i+1, op),
			Section: "5.2", Send: chop(f, 997), Want: echoes(f),
		})
		for _, n := range []int{1, 2, 3, 4, 5, 7, 8, 9, 63, 124, 129, 1000, 4096, 16384, 65534, 65537, 100000} {
			f := Frame{Op: op, Payload: []byte(digits(n))}
			cases = append(cases, Case{
				Name:    fmt.Sprintf("%s of %d bytes", op, n),
				Section: "5.2", Send: steps(f), Want: echoes(f),
			})
		}
	}
	var many []Frame
	for i := range 500 {
		if i%2 == 0 {
			many = append(many, Text(fmt.Sprint("text ", i)))
		} else {
			many = append(many, Binary(fmt.Sprint("binary ", i)))
		}
	}
	hello := Text("Hello").WithKey(0x37, 0xfa, 0x21, 0x3d)
	return append(cases,
		Case{Name: "the example of RFC 6455, Section 5.7", Section: "5.7", Send: steps(hello), Want: echoes(hello)},
		Case{Name: "binary with every byte", Section: "5.6", Send: steps(Binary(allBytes())), Want: echoes(Binary(allBytes()))},
		Case{Name: "text and binary stay what they are", Section: "5.6",
			Send: steps(Text("a"), Binary("a"), Text(""), Binary(""), Text("b")),
			Want: echoes(Text("a"), Binary("a"), Text(""), Binary(""), Text("b"))},
		Case{Name: "500 messages at once", Section: "5.2", Send: frames(many...), Want: echoes(many...)},
		Case{Name: "a message for each answer", Section: "5.2",
			Send: steps(Text("1"), Await{Messages: 1}, Binary("2"), Await{Messages: 2}, Text("3"), Await{Messages: 3}),
			Want: echoes(Text("1"), Binary("2"), Text("3"))},
		Case{Name: "text of control characters", Section: "5.6",
			Send: steps(Text("\x00\x01\r\n\t\x1b[31m\x7f")), Want: echoes(Text("\x00\x01\r\n\t\x1b[31m\x7f"))},
	)
}

func frames(f ...Frame) (s []Step) {
	for _, f := range f {
		s = append(s, f)
	}
	return s
}

// lengthCases are lengths in an encoding that is too long, and lengths that no
// frame can have. RFC 6455, Section 5.2.
func lengthCases() (cases []Case) {
	refuse := func(name string, f Frame) {
		cases = append(cases, Case{
			Name: name, Section: "5.2",
			Send: steps(Text("first"), f, Text("never")),
			Want: fails(wsproto.CloseProtocolError, Text("first")),
		})
	}
	for _, op := range []wsproto.Opcode{wsproto.OpText, wsproto.OpBinary, wsproto.OpPing, wsproto.OpPong, wsproto.OpClose} {
		for _, n := range []int{0, 1, 2, 125} {
			f := Frame{Op: op, Payload: []byte(digits(n))}
			if op == wsproto.OpClose && n >= 2 {
				f = Close(wsproto.CloseNormal, digits(n-2))
			}
			refuse(fmt.Sprintf("%s of %d bytes, the length in two extra bytes", op, n), f.WithLenBytes(2))
			refuse(fmt.Sprintf("%s of %d bytes, the length in eight extra bytes", op, n), f.WithLenBytes(8))
		}
	}
	for _, op := range []wsproto.Opcode{wsproto.OpText, wsproto.OpBinary} {
		for _, n := range []int{126, 127, 1000, 65535} {
			f := Frame{Op: op, Payload: []byte(digits(n))}
			refuse(fmt.Sprintf("%s of %d bytes, the length in eight extra bytes", op, n), f.WithLenBytes(8))
		}
		for _, n := range []uint64{1 << 63, 1<<63 | 1, 1<<63 | 125, 1<<64 - 1} {
			// Nothing of the payload comes: the header has to be enough.
			f := Frame{Op: op}.Declaring(n)
			cases = append(cases, Case{
				Name: fmt.Sprintf("%s that declares %#x bytes", op, n), Section: "5.2",
				Send: steps(Text("first"), f, Await{Close: true}),
				Want: fails(wsproto.CloseProtocolError, Text("first")),
			})
		}
	}
	return append(cases,
		Case{Name: "continuation with a length that is not minimal", Section: "5.2",
			Send: steps(StartText("a"), Last("b").WithLenBytes(2)), Want: fails(wsproto.CloseProtocolError)},
		Case{Name: "length that is not minimal, refused by the header alone", Section: "5.2",
			Send: steps(Piece{Binary("abc").WithLenBytes(8), 0, 0}, Await{Close: true}),
			Want: fails(wsproto.CloseProtocolError)},
	)
}

// maskingCases are about who masks, and with what. RFC 6455, Sections 5.1 and
// 5.3.
func maskingCases() (cases []Case) {
	for _, f := range []Frame{
		Text("hello"), Binary("hello"), Text(""), StartText("hello"), Ping("hello"), Pong("hello"),
		Close(wsproto.CloseNormal, ""), CloseWith(""), Text(digits(126)), Binary(digits(65536)),
	} {
		name := f.Op.String()
		if f.More {
			name = "first fragment of " + name
		}
		cases = append(cases, Case{
			Name:    fmt.Sprintf("%s of %d bytes masked as the other side does", name, len(f.Payload)),
			Section: "5.1",
			Send:    steps(Text("first"), f.Unlike(), Text("never")),
			Want:    fails(wsproto.CloseProtocolError, Text("first")),
		})
	}
	cases = append(cases,
		Case{Name: "continuation masked as the other side does", Section: "5.1",
			Send: steps(StartText("a"), Last("b").Unlike()), Want: fails(wsproto.CloseProtocolError)},
		Case{Name: "wrong masking refused by the header alone", Section: "5.1",
			Send: steps(Piece{Text("hello").Unlike(), 0, 0}, Await{Close: true}),
			Want: fails(wsproto.CloseProtocolError)},
	)
	for _, key := range [][4]byte{{}, {0, 0, 0, 1}, {1, 0, 0, 0}, {0xFF, 0xFF, 0xFF, 0xFF}, {0x80, 0, 0x80, 0}, {1, 2, 3, 4}} {
		k := func(f Frame) Frame { return f.WithKey(key[0], key[1], key[2], key[3]) }
		cases = append(cases, Case{
			Name:    fmt.Sprintf("masking key %x", key),
			Section: "5.3",
			Send: steps(k(Text("")), k(Text("a")), k(Text("abc")), k(Binary(allBytes())), k(Binary(digits(4099))),
				k(Ping("ping")), k(StartText("abc")), k(Middle("")), k(Middle("de")), k(Last("fghij"))),
			Want: echoes(Text(""), Text("a"), Text("abc"), Binary(allBytes()), Binary(digits(4099)), Text("abcdefghij")).
				pongs("ping"),
		})
	}
	return append(cases, Case{
		Name: "another masking key for each fragment", Section: "5.3",
		Send: steps(
			StartText("Straße").WithKey(1, 2, 3, 4), Middle(" — ").WithKey(0xFF, 0, 0xAA, 0x55),
			Middle("\xe6\x97").WithKey(9, 9, 9, 9), Last("\xa5").WithKey(0x80, 0x81, 0x82, 0x83)),
		Want: echoes(Text("Straße — 日")),
	})
}
