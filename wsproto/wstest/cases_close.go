package wstest

import (
	"fmt"

	"wscope/wsproto"
)

// closeCases are closing handshakes. RFC 6455, Sections 5.5.1 and 7.
func closeCases() []Case {
	normal := Close(wsproto.CloseNormal, "")
	bad := fails(wsproto.CloseProtocolError)
	hello, big := Text("Hello World!"), Text(digits(256<<10))
	trailing := Binary(digits(1 << 20))
	return []Case{
		{Name: "7.1.1 message, then Close", Section: "7.1.2", Send: steps(hello, normal), Want: closes(wsproto.CloseNormal, hello)},
		{Name: "7.1.2 two Close frames", Section: "5.5.1", Send: steps(normal, normal), Want: closes(wsproto.CloseNormal)},
		{Name: "7.1.3 Close, then a ping", Section: "5.5.1", Send: steps(normal, Ping("late")), Want: closes(wsproto.CloseNormal)},
		{Name: "7.1.4 Close, then text", Section: "5.5.1", Send: steps(normal, hello), Want: closes(wsproto.CloseNormal)},
		{Name: "7.1.5 Close between fragments", Section: "5.4", Send: steps(StartText("fragment1"), normal, Last("fragment2")), Want: closes(wsproto.CloseNormal)},
		{Name: "7.1.6 256 KiB, a message, Close, a ping", Section: "7.1.2", Send: steps(big, hello, normal, Ping("late")), Want: closes(wsproto.CloseNormal, big, hello)},
		{Name: "7.3.1 Close without payload", Section: "5.5.1", Send: steps(CloseWith("")), Want: closes(wsproto.CloseNoStatus)},
		{Name: "7.3.2 Close with one byte", Section: "5.5.1", Send: steps(CloseWith("a")), Want: bad},
		{Name: "7.3.3 Close with a code", Section: "5.5.1", Send: steps(normal), Want: closes(wsproto.CloseNormal)},
		{Name: "7.3.4 Close with code and reason", Section: "5.5.1", Send: steps(Close(wsproto.CloseNormal, "Hello World!")), Want: closes(wsproto.CloseNormal)},
		{Name: "7.3.5 Close with the longest reason", Section: "5.5.1", Send: steps(Close(wsproto.CloseNormal, stars(123))), Want: closes(wsproto.CloseNormal)},
		{Name: "7.3.6 Close with a reason that is too long", Section: "5.5", Send: steps(Close(wsproto.CloseNormal, stars(124))), Want: bad},
		{Name: "7.5.1 Close with a reason that is not UTF-8", Section: "5.5.1",
			Send: steps(Close(wsproto.CloseNormal, kosme+"\xed\xa0\x80"+edited)), Want: fails(wsproto.CloseInvalidPayload)},

		{Name: "Close with a reason in several scripts", Section: "5.5.1", Send: steps(Close(4000, "Straße 日本 😀")), Want: closes(4000)},
		{Name: "Close with the longest reason, not all ASCII", Section: "5.5.1", Send: steps(Close(4000, stars(119)+"😀")), Want: closes(4000)},
		{Name: "Close with a reason cut inside a character", Section: "5.5.1", Send: steps(Close(4000, "a\xe6\x97")), Want: fails(wsproto.CloseInvalidPayload)},
		{Name: "Close with the longest reason, cut inside a character", Section: "5.5.1", Send: steps(Close(4000, stars(120)+"\xf0\x9f\x98")), Want: fails(wsproto.CloseInvalidPayload)},
		{Name: "Close with a reason of NUL and ESC", Section: "5.5.1", Send: steps(Close(4000, "\x00\x1b]52;c;QQ==\x07")), Want: closes(4000)},
		{Name: "Close with a reason of a byte order mark", Section: "5.5.1", Send: steps(Close(4000, "\ufeff")), Want: closes(4000)},
		{Name: "Close with one byte inside a message", Section: "5.5.1", Send: steps(StartBinary("a"), CloseWith("\x03"), Last("b")), Want: bad},
		{Name: "Close with one byte that is zero", Section: "5.5.1", Send: steps(CloseWith("\x00")), Want: bad},
		{Name: "Close after ten messages and pings", Section: "7.1.2",
			Send: append(append(repeat(hello, 10), repeat(Ping("p"), 10)...), Close(3001, "done")),
			Want: closes(3001, hello, hello, hello, hello, hello, hello, hello, hello, hello, hello).pongs(repeated("p", 10)...)},
		{Name: "Close, then bytes that are no frames", Section: "1.4",
			Send: steps(normal, Bytes("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")), Want: closes(wsproto.CloseNormal)},
		{Name: "Close, then half a frame", Section: "1.4", Send: steps(normal, Piece{hello, 0, 3}), Want: closes(wsproto.CloseNormal)},
		{Name: "Close, then a broken Close", Section: "5.5.1", Send: steps(Close(4001, ""), CloseWith("x")), Want: closes(4001)},
		{Name: "Close, then 1 MiB", Section: "7.1.1", Send: steps(normal, trailing), Want: closes(wsproto.CloseNormal)},
		{Name: "Close, then FIN", Section: "7.1.2", Send: steps(hello, Close(4002, "gone"), FIN{}), Want: closes(4002, hello)},
		{Name: "Close without payload, then FIN", Section: "7.1.2", Send: steps(CloseWith(""), FIN{}), Want: closes(wsproto.CloseNoStatus)},
		{Name: "violation, then a Close", Section: "7.1.7", Send: steps(Last("x"), normal), Want: bad},
		{Name: "violation, then a ping and text", Section: "7.1.7", Send: steps(Last("x"), Ping("p"), hello), Want: bad},
		{Name: "violation, then 1 MiB", Section: "7.1.1", Send: steps(hello, Last("x"), trailing), Want: fails(wsproto.CloseProtocolError, hello)},
		{Name: "violation seen, then 1 MiB", Section: "7.1.1", Send: steps(Last("x"), Await{Close: true}, trailing), Want: bad},
		{Name: "violation, then FIN", Section: "7.1.7", Send: steps(hello, Last("x"), FIN{}), Want: fails(wsproto.CloseProtocolError, hello)},
		{Name: "256 KiB, then a violation", Section: "7.1.7", Send: steps(big, Last("x")), Want: fails(wsproto.CloseProtocolError, big)},
		{Name: "pings and messages, then a violation", Section: "7.1.7",
			Send: steps(Ping("1"), hello, Ping("2"), big, Ping("3"), Last("x"), Ping("4")),
			Want: fails(wsproto.CloseProtocolError, hello, big).pongs("1", "2", "3")},
	}
}

// closeCodeCases are codes that may be in a Close frame and codes that may not.
// RFC 6455, Section 7.4, and the registry that it sets up.
func closeCodeCases() (cases []Case) {
	for i, code := range []wsproto.CloseCode{
		1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999, // as numbered there
		1012, 1013, 1014, 3001, 3500, 4001, 4500,
	} {
		name := fmt.Sprintf("code %d", code)
		if i < 13 {
			name = fmt.Sprintf("7.7.%d code %d", i+1, code)
		}
		cases = append(cases,
			Case{Name: name, Section: "7.4", Send: steps(Close(code, "")), Want: closes(code)},
			Case{Name: name + " with a reason", Section: "7.4", Send: steps(Text("a"), Close(code, "because")), Want: closes(code, Text("a"))})
	}
	for i, code := range []wsproto.CloseCode{
		0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, // as numbered there
		1, 125, 256, 500, 1015, 1017, 1999, 2500, 5000, 5999, 9999, 32768, 65534, 65535,
	} {
		name := fmt.Sprintf("code %d", code)
		if i < 9 {
			name = fmt.Sprintf("7.9.%d code %d", i+1, code)
		}
		cases = append(cases,
			Case{Name: name + ", which is not for the wire", Section: "7.4", Send: steps(Close(code, "")), Want: fails(wsproto.CloseProtocolError)},
			Case{Name: name + ", which is not for the wire, with a reason", Section: "7.4",
				Send: steps(Text("a"), Close(code, "because"), Text("b")), Want: fails(wsproto.CloseProtocolError, Text("a"))})
	}
	return cases
}
