package wstest

import (
	"fmt"
	"math/rand/v2"

	"wscope/wsproto"
)

// Drops returns cases in which the peer, of the given role, ends a good
// connection at every byte of it, without a Close frame: with FIN, and with RST
// once everything that can be answered has been.
func Drops(from wsproto.Role) (cases []Case) {
	c := Case{Send: steps(
		Text("Hello"), StartText("a\xe6"), Ping("ping"), Middle("\x97\xa5"), Last(""),
		Binary(digits(130)), Pong(""), CloseWith("\x03\xe8bye"))}
	stream := c.Stream(from)
	for n := range len(stream) {
		m := &Model{From: from}
		m.Feed(stream[:n])
		w := WantOf(m)
		w.Dropped = true
		cases = append(cases,
			Case{Name: fmt.Sprintf("cut off after %d bytes by FIN", n), Section: "7.1.4",
				Send: steps(Bytes(stream[:n]), FIN{}), Want: w},
			Case{Name: fmt.Sprintf("cut off after %d bytes by RST", n), Section: "7.1.4",
				Send: steps(Bytes(stream[:n]), Await{Messages: len(w.Messages), Pongs: len(w.Pongs)}, RST{}), Want: w})
	}
	return cases
}

// Mutations returns n cases made by damaging good streams of the given role at
// random. What has to come back is what a [Model] says. The same seed gives the
// same cases.
func Mutations(from wsproto.Role, seed uint64, n int) (cases []Case) {
	rnd := rand.New(rand.NewPCG(seed, 6455))
	for i := 0; len(cases) < n; i++ {
		stream := damage(rnd, randomStream(rnd, from))
		m := &Model{From: from, Limit: 16 << 20}
		m.Feed(stream)
		if m.Ambiguous {
			continue
		}
		c := Case{Name: fmt.Sprintf("mutation %d.%d", seed, i), Section: "5", Want: WantOf(m)}
		switch {
		case !m.Closed:
			c.Name += ", unfinished"
			c.Want.Dropped = true
			c.Send = steps(Bytes(stream), FIN{})
		case i%2 == 0:
			c.Name += ", up to the byte that shows it"
			c.Send = steps(Bytes(stream[:m.At]), Await{Close: true})
		default:
			c.Name += ", all of it"
			c.Send = steps(Bytes(stream))
		}
		if m.Broken != "" {
			c.Name += " (" + m.Broken + ")"
		}
		cases = append(cases, c)
	}
	return cases
}

// randomStream is a legal stream of a few frames.
func randomStream(rnd *rand.Rand, from wsproto.Role) (b []byte) {
	words := []string{"", "a", "Hello", kosme, "😀", digits(125), digits(126), stars(300), "\x00", "日本"}
	word := func() string { return words[rnd.IntN(len(words))] }
	key := func(f Frame) Frame {
		k := [4]byte{byte(rnd.Uint32()), byte(rnd.Uint32()), byte(rnd.Uint32()), byte(rnd.Uint32())}
		f.Key = &k
		return f
	}
	for range 1 + rnd.IntN(6) {
		var frames []Frame
		switch rnd.IntN(5) {
		case 0:
			frames = []Frame{Text(word())}
		case 1:
			frames = []Frame{Binary(word() + "\xff")}
		case 2:
			s := word() + word()
			cut := rnd.IntN(len(s) + 1)
			frames = []Frame{StartText(s[:cut]), Ping("p"), Last(s[cut:])}
		case 3:
			frames = []Frame{StartBinary(word()), Middle(word()), Last(word())}
		case 4:
			frames = []Frame{Ping("ping"), Pong("pong")}
		}
		for _, f := range frames {
			b = key(f).AppendTo(b, from)
		}
	}
	if rnd.IntN(2) == 0 {
		b = key(Close(wsproto.CloseNormal, "bye")).AppendTo(b, from)
	}
	return b
}

// damage changes b in one place, or in a few.
func damage(rnd *rand.Rand, b []byte) []byte {
	for range 1 + rnd.IntN(2) {
		at := rnd.IntN(len(b))
		switch rnd.IntN(5) {
		case 0, 1:
			b[at] ^= 1 << rnd.IntN(8)
		case 2:
			b[at] = byte(rnd.Uint32())
		case 3:
			b = append(b[:at], append([]byte{byte(rnd.Uint32())}, b[at:]...)...)
		case 4:
			if len(b) > 1 {
				b = append(b[:at], b[at+1:]...)
			}
		}
	}
	return b
}
