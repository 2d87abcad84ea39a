package wstest

import (
	"fmt"

	"wscope/wsproto"
)

// fragmentCases are messages in several frames. RFC 6455, Section 5.4.
func fragmentCases() (cases []Case) {
	const one, two, three, four, five = "fragment1", "fragment2", "fragment3", "fragment4", "fragment5"
	bad := fails(wsproto.CloseProtocolError)
	cases = []Case{
		{Name: "5.1 ping in two fragments", Section: "5.5", Send: steps(Ping(one).AndMore(), Last(two)), Want: bad},
		{Name: "5.2 pong in two fragments", Section: "5.5", Send: steps(Pong(one).AndMore(), Last(two)), Want: bad},
		{Name: "5.3 text in two fragments", Section: "5.4", Send: steps(StartText(one), Last(two)), Want: echoes(Text(one + two))},
		{Name: "5.4 text in two fragments, one after the other", Section: "5.4",
			Send: steps(StartText(one), Quiet{}, Last(two)), Want: echoes(Text(one + two))},
		{Name: "5.5 text in two fragments, octet by octet", Section: "5.4",
			Send: append(chop(StartText(one), 1), chop(Last(two), 1)...), Want: echoes(Text(one + two))},
		{Name: "5.6 text in two fragments, a ping between them", Section: "5.4",
			Send: steps(StartText(one), Ping("ping"), Last(two)), Want: echoes(Text(one + two)).pongs("ping")},
		{Name: "5.7 text in two fragments, a ping between them answered at once", Section: "5.5",
			Send: steps(StartText(one), Ping("ping"), Await{Pongs: 1}, Last(two)), Want: echoes(Text(one + two)).pongs("ping")},
		{Name: "5.8 text in two fragments, a ping between them, octet by octet", Section: "5.4",
			Send: append(append(chop(StartText(one), 1), chop(Ping("ping"), 1)...), chop(Last(two), 1)...),
			Want: echoes(Text(one + two)).pongs("ping")},
		{Name: "5.9 continuation with FIN of nothing, then text", Section: "5.4", Send: steps(Last("x"), Text("Hello")), Want: bad},
		{Name: "5.10 the same, one after the other", Section: "5.4", Send: steps(Last("x"), Await{Close: true}, Text("Hello")), Want: bad},
		{Name: "5.11 the same, octet by octet", Section: "5.4", Send: append(chop(Last("non-continuation"), 1), Text("Hello")), Want: bad},
		{Name: "5.12 continuation without FIN of nothing, then text", Section: "5.4", Send: steps(Middle("x"), Text("Hello")), Want: bad},
		{Name: "5.13 the same, one after the other", Section: "5.4", Send: steps(Middle("x"), Await{Close: true}, Text("Hello")), Want: bad},
		{Name: "5.14 the same, octet by octet", Section: "5.4", Send: append(chop(Middle("non-continuation"), 1), Text("Hello")), Want: bad},
		{Name: "5.15 text in two fragments, a continuation of nothing, text", Section: "5.4",
			Send: steps(StartText(one), Last(two), Middle(three), Text(four)),
			Want: fails(wsproto.CloseProtocolError, Text(one+two))},
		{Name: "5.16 continuation without FIN of nothing, text, twice", Section: "5.4",
			Send: steps(Middle(one), Text(two), Middle(one), Text(two)), Want: bad},
		{Name: "5.17 continuation with FIN of nothing, text, twice", Section: "5.4",
			Send: steps(Last(one), Text(two), Last(one), Text(two)), Want: bad},
		{Name: "5.18 text in two fragments that are both text", Section: "5.4", Send: steps(StartText(one), Text(two)), Want: bad},
		{Name: "5.19 text in five fragments, pings between them", Section: "5.4",
			Send: steps(StartText(one), Middle(two), Ping("pongme 1!"), Await{Pongs: 1}, Middle(three), Middle(four), Ping("pongme 2!"), Last(five)),
			Want: echoes(Text(one+two+three+four+five)).pongs("pongme 1!", "pongme 2!")},
		{Name: "5.20 the same, each ping answered before more is sent", Section: "5.4",
			Send: steps(StartText(one), Middle(two), Ping("pongme 1!"), Await{Pongs: 1}, Middle(three), Middle(four), Ping("pongme 2!"), Await{Pongs: 2}, Last(five)),
			Want: echoes(Text(one+two+three+four+five)).pongs("pongme 1!", "pongme 2!")},
	}
	for _, op := range []wsproto.Opcode{wsproto.OpText, wsproto.OpBinary} {
		start := func(s string) Frame { return Frame{Op: op, More: true, Payload: []byte(s)} }
		all := func(s string) Want { return echoes(Frame{Op: op, Payload: []byte(s)}) }
		add := func(name string, w Want, send ...Step) {
			cases = append(cases, Case{Name: fmt.Sprintf("%s %s", op, name), Section: "5.4", Send: send, Want: w})
		}
		add("in two empty fragments", all(""), start(""), Last(""))
		add("in three empty fragments", all(""), start(""), Middle(""), Last(""))
		add("with an empty first fragment", all("abc"), start(""), Last("abc"))
		add("with an empty last fragment", all("abc"), start("abc"), Last(""))
		add("with an empty fragment in the middle", all("abc"), start("ab"), Middle(""), Middle(""), Last("c"))
		add("in fragments around 125", all(digits(500)), start(digits(125)), Middle(digits(500)[125:251]), Middle(digits(500)[251:378]), Last(digits(500)[378:]))
		add("in fragments around 65535", all(digits(196605)), start(digits(65535)), Middle(digits(196605)[65535:131071]), Last(digits(196605)[131071:]))
		add("in two fragments, three times", echoes(Frame{Op: op, Payload: []byte("ab")}, Frame{Op: op, Payload: []byte("cd")}, Frame{Op: op, Payload: []byte("ef")}),
			start("a"), Last("b"), start("c"), Last("d"), start("e"), Last("f"))
		add("in fragments, a whole one after it", echoes(Frame{Op: op, Payload: []byte("ab")}, Text("c"), Binary("d")),
			start("a"), Last("b"), Text("c"), Binary("d"))

		bytewise, pinged, pongs := steps(start("0")), steps(start("0")), []string(nil)
		for i := 1; i < 1000; i++ {
			f := Middle(digits(1000)[i : i+1])
			f.More = i < 999
			bytewise = append(bytewise, f)
			if i%10 == 0 {
				pinged = append(pinged, Ping(fmt.Sprint(i)))
				pongs = append(pongs, fmt.Sprint(i))
			}
			pinged = append(pinged, f)
		}
		add("in a thousand fragments of a byte", all(digits(1000)), bytewise...)
		add("in a thousand fragments, a hundred pings between them", all(digits(1000)).pongs(pongs...), pinged...)
	}
	return cases
}

// interleavedCases put frames between fragments that may be there or not.
// RFC 6455, Sections 5.4 and 5.5.
func interleavedCases() (cases []Case) {
	bad := fails(wsproto.CloseProtocolError)
	for _, start := range []Frame{StartText("abc"), StartBinary("abc")} {
		whole := Frame{Op: start.Op, Payload: []byte("abcdef")}
		add := func(name string, w Want, send ...Step) {
			cases = append(cases, Case{Name: fmt.Sprintf("%s inside a fragmented %s", name, start.Op), Section: "5.4", Send: send, Want: w})
		}
		add("pings everywhere", echoes(whole).pongs("1", "2", "3", "4"),
			Ping("1"), start, Ping("2"), Middle("de"), Ping("3"), Last("f"), Ping("4"))
		add("two pings at once", echoes(whole).pongs("1", "2"), start, Ping("1"), Ping("2"), Await{Pongs: 2}, Last("def"))
		add("pongs that nobody asked for", echoes(whole), start, Pong("x"), Pong(""), Middle("def"), Pong("y"), Last(""))
		add("text", bad, start, Text("x"), Last("def"))
		add("binary", bad, start, Binary("x"), Last("def"))
		add("text of several fragments", bad, start, StartText("x"), Last("def"))
		add("binary of several fragments", bad, start, StartBinary("x"), Last("def"))
		add("empty text", bad, start, Text(""), Last("def"))
		add("text after a continuation", bad, start, Middle("de"), Text("x"), Last("f"))
		add("text after a ping", fails(wsproto.CloseProtocolError).pongs("p"), start, Ping("p"), Text("x"), Last("f"))
		add("continuation too many after the end", fails(wsproto.CloseProtocolError, whole), start, Last("def"), Last("g"))
		add("second start, refused by its header alone", bad, start, Piece{Text("xyz"), 0, 0}, Await{Close: true})
		add("Close", closes(wsproto.CloseNormal), start, Close(wsproto.CloseNormal, ""), Last("def"))
		add("empty Close", closes(wsproto.CloseNoStatus), start, CloseWith(""))
		add("Close after a ping", closes(4000).pongs("p"), start, Ping("p"), Middle("de"), Close(4000, "enough"))
	}
	return append(cases,
		Case{Name: "continuation of nothing at the very beginning, empty", Section: "5.4", Send: steps(Last("")), Want: bad},
		Case{Name: "continuation of nothing after a whole message", Section: "5.4",
			Send: steps(Text("a"), Last("b")), Want: fails(wsproto.CloseProtocolError, Text("a"))},
		Case{Name: "continuation of nothing after a ping", Section: "5.4",
			Send: steps(Ping("a"), Await{Pongs: 1}, Last("b")), Want: bad.pongs("a")},
		Case{Name: "continuation of nothing, refused by its header alone", Section: "5.4",
			Send: steps(Piece{Last("abc"), 0, 0}, Await{Close: true}), Want: bad},
	)
}
