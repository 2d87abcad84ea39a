package wstest

import (
	"fmt"

	"wscope/wsproto"
)

// controlCases are pings and pongs. RFC 6455, Sections 5.5, 5.5.2 and 5.5.3.
func controlCases() (cases []Case) {
	const odd = "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"
	ten := func(between ...Step) (s []Step, w Want) {
		for i := range 10 {
			p := fmt.Sprint("payload-", i)
			s = append(append(s, Ping(p)), between...)
			w = w.pongs(p)
		}
		return s, w
	}
	tenPings, tenPongs := ten()
	tenMixed, mixedPongs := ten(Text("a"), Pong("unasked"))
	for range 10 {
		mixedPongs.Messages = append(mixedPongs.Messages, echoes(Text("a")).Messages...)
	}
	cases = []Case{
		{Name: "2.1 ping without payload", Section: "5.5.2", Send: steps(Ping("")), Want: Want{}.pongs("")},
		{Name: "2.2 ping with text", Section: "5.5.2", Send: steps(Ping("Hello, world!")), Want: Want{}.pongs("Hello, world!")},
		{Name: "2.3 ping with bytes that are not text", Section: "5.5.2", Send: steps(Ping(odd)), Want: Want{}.pongs(odd)},
		{Name: "2.4 ping of 125 bytes", Section: "5.5", Send: steps(Ping(fe(125))), Want: Want{}.pongs(fe(125))},
		{Name: "2.5 ping of 126 bytes", Section: "5.5", Send: steps(Ping(fe(126))), Want: fails(wsproto.CloseProtocolError)},
		{Name: "2.6 ping of 125 bytes, octet by octet", Section: "5.5", Send: chop(Ping(fe(125)), 1), Want: Want{}.pongs(fe(125))},
		{Name: "2.7 pong without payload that nobody asked for", Section: "5.5.3", Send: steps(Pong(""))},
		{Name: "2.8 pong with payload that nobody asked for", Section: "5.5.3", Send: steps(Pong("unsolicited"))},
		{Name: "2.9 pong that nobody asked for, then a ping", Section: "5.5.3",
			Send: steps(Pong("unsolicited"), Ping("ping")), Want: Want{}.pongs("ping")},
		{Name: "2.10 ten pings", Section: "5.5.2", Send: tenPings, Want: tenPongs},
		{Name: "2.11 ten pings, each awaited", Section: "5.5.2", Send: awaited(tenPings), Want: tenPongs},
		{Name: "ten pings among messages and pongs", Section: "5.5.2", Send: tenMixed, Want: mixedPongs},
		{Name: "ping with every length", Section: "5.5.2", Send: everyPing(), Want: Want{}.pongs(everyPong()...)},
		{Name: "ping in the middle of a text that has begun", Section: "5.5",
			Send: steps(StartText("a"), Ping("x"), Await{Pongs: 1}, Last("b")), Want: echoes(Text("ab")).pongs("x")},
		{Name: "the same ping many times", Section: "5.5.3",
			Send: repeat(Ping("same"), 100), Want: Want{}.pongs(repeated("same", 100)...)},
		{Name: "pong of 125 bytes that nobody asked for", Section: "5.5.3", Send: steps(Pong(fe(125)), Text("a")), Want: echoes(Text("a"))},
	}
	for _, op := range []wsproto.Opcode{wsproto.OpPing, wsproto.OpPong, wsproto.OpClose} {
		for _, n := range []int{126, 127, 128, 1000, 65535, 65536} {
			f := Frame{Op: op, Payload: []byte(digits(n))}
			if op == wsproto.OpClose {
				f = Close(wsproto.CloseNormal, digits(n-2))
			}
			cases = append(cases, Case{
				Name: fmt.Sprintf("%s of %d bytes", op, n), Section: "5.5",
				Send: steps(Text("first"), f), Want: fails(wsproto.CloseProtocolError, Text("first")),
			})
		}
		cases = append(cases,
			Case{Name: fmt.Sprintf("%s that declares 2^40 bytes", op), Section: "5.5",
				Send: steps(Frame{Op: op}.Declaring(1<<40), Await{Close: true}), Want: fails(wsproto.CloseProtocolError)},
			Case{Name: fmt.Sprintf("%s of 126 bytes, refused by the header alone", op), Section: "5.5",
				Send: steps(Piece{Frame{Op: op, Payload: []byte(digits(126))}, 0, 0}, Await{Close: true}),
				Want: fails(wsproto.CloseProtocolError)},
			Case{Name: fmt.Sprintf("%s with FIN clear", op), Section: "5.5",
				Send: steps(Frame{Op: op, More: true, Payload: []byte("\x03\xe8")}), Want: fails(wsproto.CloseProtocolError)},
			Case{Name: fmt.Sprintf("%s with FIN clear inside a message", op), Section: "5.5",
				Send: steps(StartText("a"), Frame{Op: op, More: true, Payload: []byte("\x03\xe8")}, Last("b")),
				Want: fails(wsproto.CloseProtocolError)},
			Case{Name: fmt.Sprintf("%s of 126 bytes inside a message", op), Section: "5.5",
				Send: steps(StartText("a"), Frame{Op: op, Payload: []byte(digits(126))}, Last("b")),
				Want: fails(wsproto.CloseProtocolError)},
		)
	}
	return cases
}

// awaited waits for a pong after each of the pings.
func awaited(pings []Step) (s []Step) {
	for i, p := range pings {
		s = append(s, p, Await{Pongs: i + 1})
	}
	return s
}

func everyPing() (s []Step) {
	for _, p := range everyPong() {
		s = append(s, Ping(p))
	}
	return s
}

func everyPong() (s []string) {
	for n := range wsproto.MaxControlPayload + 1 {
		s = append(s, allBytes()[n:2*n])
	}
	return s
}

func repeat(s Step, n int) (all []Step) {
	for range n {
		all = append(all, s)
	}
	return all
}

func repeated(s string, n int) (all []string) {
	for range n {
		all = append(all, s)
	}
	return all
}

// reservedCases set reserved bits that no extension has given a meaning.
// RFC 6455, Section 5.2.
func reservedCases() (cases []Case) {
	const hello = "Hello, world!"
	first := Text(hello)
	cases = []Case{
		{Name: "3.1 text with RSV3", Section: "5.2", Send: steps(first.WithRSV(0x10)), Want: fails(wsproto.CloseProtocolError)},
		{Name: "3.2 text, text with RSV2, ping", Section: "5.2",
			Send: steps(first, first.WithRSV(0x20), Ping("")), Want: fails(wsproto.CloseProtocolError, first)},
		{Name: "3.3 text, text with RSV2 and RSV3, ping, each awaited", Section: "5.2",
			Send: steps(first, Await{Messages: 1}, first.WithRSV(0x30), Await{Close: true}, Ping("")),
			Want: fails(wsproto.CloseProtocolError, first)},
		{Name: "3.4 text, text with RSV1, ping, octet by octet", Section: "5.2",
			Send: append(append(chop(first, 1), chop(first.WithRSV(0x40), 1)...), Ping("")),
			Want: fails(wsproto.CloseProtocolError, first)},
		{Name: "3.5 binary with RSV1 and RSV3", Section: "5.2",
			Send: steps(Binary("\x00\xff\xfe\xfd\xfc\xfb\x00\xff").WithRSV(0x50)), Want: fails(wsproto.CloseProtocolError)},
		{Name: "3.6 ping with RSV1 and RSV2", Section: "5.2", Send: steps(Ping(hello).WithRSV(0x60)), Want: fails(wsproto.CloseProtocolError)},
		{Name: "3.7 close with all reserved bits", Section: "5.2",
			Send: steps(Close(wsproto.CloseNormal, "").WithRSV(0x70)), Want: fails(wsproto.CloseProtocolError)},
	}
	for rsv := wsproto.RSV(0x10); rsv <= 0x70; rsv += 0x10 {
		refuse := func(name string, send ...Step) {
			cases = append(cases, Case{
				Name: fmt.Sprintf("%s with reserved bits %03b", name, rsv>>4), Section: "5.2",
				Send: append(steps(first), send...), Want: fails(wsproto.CloseProtocolError, first),
			})
		}
		refuse("text", Text("x").WithRSV(rsv))
		refuse("empty text", Text("").WithRSV(rsv))
		refuse("binary", Binary("x").WithRSV(rsv))
		refuse("first fragment", StartText("x").WithRSV(rsv), Last("y"))
		refuse("continuation", StartText("x"), Last("y").WithRSV(rsv))
		refuse("ping", Ping("x").WithRSV(rsv))
		refuse("pong", Pong("x").WithRSV(rsv))
		refuse("close", Close(wsproto.CloseNormal, "").WithRSV(rsv))
		refuse("header alone", Piece{Binary(digits(1000)).WithRSV(rsv), 0, 0}, Await{Close: true})
	}
	return cases
}

// opcodeCases use opcodes that have no meaning. RFC 6455, Section 5.2.
func opcodeCases() (cases []Case) {
	const hello = "Hello, world!"
	first := Text(hello)
	for i, group := range [][]wsproto.Opcode{{3, 4, 5, 6, 7}, {0xB, 0xC, 0xD, 0xE, 0xF}} {
		for j, op := range group {
			bad := Frame{Op: op}
			if j%2 == 1 {
				bad.Payload = []byte("reserved opcode payload")
			}
			c := Case{
				Name: fmt.Sprintf("4.%d.%d reserved opcode 0x%X", i+1, j+1, uint8(op)), Section: "5.2",
				Send: steps(first, bad, Ping("")), Want: fails(wsproto.CloseProtocolError, first),
			}
			if j < 2 {
				c.Send, c.Want = steps(bad), fails(wsproto.CloseProtocolError)
			}
			cases = append(cases, c)
			refuse := func(name string, want []Frame, send ...Step) {
				cases = append(cases, Case{
					Name: fmt.Sprintf("reserved opcode 0x%X %s", uint8(op), name), Section: "5.2",
					Send: send, Want: fails(wsproto.CloseProtocolError, want...),
				})
			}
			refuse("with a payload", nil, Frame{Op: op, Payload: []byte(hello)}, first)
			refuse("with FIN clear", nil, Frame{Op: op, More: true}, Last(""))
			refuse("inside a message", []Frame{first}, first, StartText("a"), bad, Last("b"))
			refuse("by the header alone", nil, Piece{Frame{Op: op, Payload: []byte(digits(100))}, 0, 0}, Await{Close: true})
			refuse("with RSV1", nil, Frame{Op: op, RSV: 0x40})
			refuse("between pings", nil, Ping(""), Await{Pongs: 1}, bad, Ping(""))
			cases[len(cases)-1].Want.Pongs = []string{""}
		}
	}
	return cases
}
