package wstest

import (
	"fmt"

	"wscope/wsproto"
)

// SmallLimit is the limit of the cases that are not about the default one.
const SmallLimit = 1000

// limitCases are messages that are too long for an endpoint. It has to say so
// when it knows: by the header that makes them so. RFC 6455, Section 10.4.
func limitCases() (cases []Case) {
	tooBig := fails(wsproto.CloseMessageTooBig)
	for _, op := range []wsproto.Opcode{wsproto.OpText, wsproto.OpBinary} {
		data := func(n int) Frame { return Frame{Op: op, Payload: []byte(digits(n))} }
		add := func(name string, w Want, send ...Step) {
			cases = append(cases, Case{Name: fmt.Sprintf("limit %d: %s %s", SmallLimit, op, name), Section: "10.4", Limit: SmallLimit, Send: send, Want: w})
		}
		ok := echoes(data(SmallLimit))
		add("of the limit", ok, data(SmallLimit))
		add("of the limit, again and again", echoes(data(1000), data(1000), data(999), data(0), data(1000)), data(1000), data(1000), data(999), data(0), data(1000))
		add("of the limit in fragments", ok, data(500).AndMore(), Last(digits(1000)[500:]))
		add("of the limit in many fragments", ok, append(append(steps(data(1).AndMore()), middles(1, 999)...), Last(digits(1000)[999:]))...)
		add("of the limit, empty fragments at the end", ok, data(1000).AndMore(), Middle(""), Middle(""), Last(""))
		add("of the limit, pings between the fragments", ok.pongs(fe(125), fe(124)),
			data(990).AndMore(), Ping(fe(125)), Middle(digits(1000)[990:999]), Ping(fe(124)), Last(digits(1000)[999:]))
		add("over the limit by one", tooBig, data(SmallLimit+1))
		add("over the limit by one, after one of the limit", fails(wsproto.CloseMessageTooBig, data(SmallLimit)), data(SmallLimit), data(SmallLimit+1))
		add("over the limit, by the header alone", tooBig, Piece{data(SmallLimit + 1), 0, 0}, Await{Close: true})
		add("over the limit in the second fragment, by its header alone", tooBig, data(600).AndMore(), Piece{Last(digits(401)), 0, 0}, Await{Close: true})
		add("over the limit by a last fragment of a byte", tooBig, data(1000).AndMore(), Last("x"))
		add("over the limit in many fragments, without end", tooBig, append(append(steps(data(1).AndMore()), middles(1, 1001)...), Await{Close: true})...)
		add("over the limit, the rest follows all the same", tooBig, data(SmallLimit+1), data(100000))
		add("over the limit after a ping", tooBig.pongs("p"), Ping("p"), data(2000))
		add("far over the limit", tooBig, data(1<<20))
		for _, n := range []uint64{1 << 31, 1<<31 - 1, 1 << 32, 1<<32 + 5, 1 << 40, 1 << 62, 1<<63 - 1} {
			f := Frame{Op: op}.Declaring(n)
			cases = append(cases, Case{Name: fmt.Sprintf("%s that declares %#x bytes", op, n), Section: "10.4",
				Send: steps(Text("first"), f, Await{Close: true}), Want: fails(wsproto.CloseMessageTooBig, Text("first"))})
			cases = append(cases, Case{Name: fmt.Sprintf("%s whose second fragment declares %#x bytes", op, n), Section: "10.4",
				Send: steps(data(10).AndMore(), Last("").Declaring(n), Await{Close: true}), Want: tooBig})
		}
	}
	return cases
}

// middles are continuation frames of a byte each, those from i up to j of
// [digits].
func middles(i, j int) (s []Step) {
	for ; i < j; i++ {
		s = append(s, Middle(digits(j)[i:i+1]))
	}
	return s
}

// sizeCases are large messages, many fragments, many segments and many messages.
func sizeCases() (cases []Case) {
	const k, m = 1 << 10, 1 << 20
	add := func(name string, w Want, send ...Step) {
		cases = append(cases, Case{Name: name, Section: "5.4", Send: send, Want: w, Heavy: true})
	}
	for i, op := range []wsproto.Opcode{wsproto.OpText, wsproto.OpBinary} {
		data := func(n int) Frame { return Frame{Op: op, Payload: []byte(digits(n))} }
		for j, n := range []int{64 * k, 256 * k, m, 4 * m, 8 * m, 16 * m} {
			add(fmt.Sprintf("9.%d.%d %s of %d KiB", i+1, j+1, op, n/k), echoes(data(n)), data(n))
		}
		for j, n := range []int{64, 256, k, 4 * k, 16 * k, 64 * k, 256 * k, m, 4 * m} {
			add(fmt.Sprintf("9.%d.%d %s of 4 MiB in fragments of %d", i+3, j+1, op, n), echoes(data(4*m)), fragments(data(4*m), n)...)
		}
		for j, n := range []int{64, 128, 256, 512, k, 2 * k} {
			add(fmt.Sprintf("9.%d.%d %s of 1 MiB in chops of %d", i+5, j+1, op, n), echoes(data(m)), chop(data(m), n)...)
		}
		for j, n := range []int{0, 16, 64, 256, k, 4 * k} {
			var send []Step
			var w Want
			for i := range 1000 {
				send = append(send, data(n), Await{Messages: i + 1})
				w.Messages = append(w.Messages, Message{op, data(n).Payload})
			}
			add(fmt.Sprintf("9.%d.%d a thousand times %s of %d bytes, each awaited", i+7, j+1, op, n), w, send...)
		}
	}
	sixty := Text(stars(65536))
	add("10.1.1 text of 65536 bytes in fragments of 1300", echoes(sixty), fragments(sixty, 1300)...)

	var flood []Step
	w := Want{LastPongs: true}
	for i := range 20000 {
		flood = append(flood, Ping(fmt.Sprintf("%05d%s", i, stars(120))))
		w = w.pongs(fmt.Sprintf("%05d%s", i, stars(120)))
	}
	add("20000 pings at once", w, flood...)
	return cases
}

// fragments cuts f into frames of n bytes.
func fragments(f Frame, n int) (s []Step) {
	for at := 0; at < len(f.Payload); at += n {
		part := Frame{Payload: f.Payload[at:min(at+n, len(f.Payload))], More: at+n < len(f.Payload)}
		if at == 0 {
			part.Op = f.Op
		}
		s = append(s, part)
	}
	return s
}
