package wstest

import (
	"fmt"
	"strings"

	"wscope/wsproto"
)

const (
	kosme = "κ\u1f79σμε" // 2, 3, 2, 2 and 2 octets
	// beyond encodes U+110000; its second octet is the first that is wrong.
	beyond = "\xf4\x90\x80\x80"
	edited = "edited"
)

// utf8Cases are text messages that are UTF-8 or not. RFC 6455, Section 8.1.
func utf8Cases() (cases []Case) {
	const hello = "Hello-µ@ßöäüàá-UTF-8!!"
	bad := fails(wsproto.CloseInvalidPayload)
	octets := func(s string) (steps []Step) {
		for i := range len(s) {
			f := Middle(s[i : i+1])
			if i == 0 {
				f.Op = wsproto.OpText
			}
			f.More = i < len(s)-1
			steps = append(steps, f)
		}
		return steps
	}
	cases = []Case{
		{Name: "6.1.1 empty text", Section: "8.1", Send: steps(Text("")), Want: echoes(Text(""))},
		{Name: "6.1.2 text in three empty fragments", Section: "8.1", Send: steps(StartText(""), Middle(""), Last("")), Want: echoes(Text(""))},
		{Name: "6.1.3 text in three fragments, the first and the last empty", Section: "8.1",
			Send: steps(StartText(""), Middle("middle frame payload"), Last("")), Want: echoes(Text("middle frame payload"))},
		{Name: "6.2.1 UTF-8 in a frame", Section: "8.1", Send: steps(Text(hello)), Want: echoes(Text(hello))},
		{Name: "6.2.2 UTF-8 in two fragments, cut between characters", Section: "8.1",
			Send: steps(StartText("Hello-µ@ßöä"), Last("üàá-UTF-8!!")), Want: echoes(Text(hello))},
		{Name: "6.2.3 UTF-8 in fragments of an octet", Section: "8.1", Send: octets(hello), Want: echoes(Text(hello))},
		{Name: "6.2.4 UTF-8 of long characters in fragments of an octet", Section: "8.1", Send: octets(kosme), Want: echoes(Text(kosme))},
		{Name: "6.3.1 a surrogate in a frame", Section: "8.1", Send: steps(Text(kosme + "\xed\xa0\x80" + edited)), Want: bad},
		{Name: "6.3.2 a surrogate in fragments of an octet", Section: "8.1", Send: octets(kosme + "\xed\xa0\x80" + edited), Want: bad},
		{Name: "character cut off by the end of a message", Section: "8.1", Send: steps(Text("a\xe6\x97"), Text("\xa5")), Want: bad},
		{Name: "character cut off by the end of a fragmented message", Section: "8.1",
			Send: steps(StartText("a\xe6"), Last("\x97"), Text("\xa5")), Want: bad},
		{Name: "character cut off, then an empty last fragment", Section: "8.1", Send: steps(StartText("a\xf0\x9f\x98"), Last("")), Want: bad},
		{Name: "binary that is not UTF-8", Section: "5.6", Send: steps(Binary("\xff\xfe\x80\xc0")), Want: echoes(Binary("\xff\xfe\x80\xc0"))},
		{Name: "binary in fragments that is not UTF-8", Section: "5.6",
			Send: steps(StartBinary("\xff"), Middle("\xf4\x90"), Last("\x80")), Want: echoes(Binary("\xff\xf4\x90\x80"))},
		{Name: "text after binary that ended inside a character", Section: "8.1",
			Send: steps(Binary("\xe6\x97"), Text("a"), Binary("\xf0"), Text("日")), Want: echoes(Binary("\xe6\x97"), Text("a"), Binary("\xf0"), Text("日"))},
		{Name: "ping that is not UTF-8", Section: "5.5.2", Send: steps(Ping("\xff\xc0\x80")), Want: Want{}.pongs("\xff\xc0\x80")},
		{Name: "ping that is not UTF-8 inside a character", Section: "8.1",
			Send: steps(StartText("a\xe6\x97"), Ping("\x41\xff"), Await{Pongs: 1}, Last("\xa5")), Want: echoes(Text("a日")).pongs("\x41\xff")},
		{Name: "byte order mark", Section: "8.1", Send: steps(Text("\ufeffa")), Want: echoes(Text("\ufeffa"))},
		{Name: "noncharacters and private use", Section: "8.1", Send: steps(Text("\ufdd0\ufffe\uffff\ue000\U0010ffff")), Want: echoes(Text("\ufdd0\ufffe\uffff\ue000\U0010ffff"))},
	}
	for _, char := range []string{"é", "日", "😀", "\U0010ffff", "\u0800", "\U00010000"} {
		for i := 1; i < len(char); i++ {
			cases = append(cases,
				Case{Name: fmt.Sprintf("%U cut after octet %d by a fragment", []rune(char)[0], i), Section: "8.1",
					Send: steps(StartText("a"+char[:i]), Last(char[i:]+"b")), Want: echoes(Text("a" + char + "b"))},
				Case{Name: fmt.Sprintf("%U cut after octet %d by fragments and a ping", []rune(char)[0], i), Section: "8.1",
					Send: steps(StartText(char[:i]), Ping("p"), Await{Pongs: 1}, Middle(""), Pong("q"), Last(char[i:])), Want: echoes(Text(char)).pongs("p")},
				Case{Name: fmt.Sprintf("%U cut after octet %d by a segment", []rune(char)[0], i), Section: "8.1",
					Send: steps(Piece{Text("a" + char + "b"), 0, 1 + i}, Quiet{}, Piece{Text("a" + char + "b"), 1 + i, len(char) + 2}), Want: echoes(Text("a" + char + "b"))},
				Case{Name: fmt.Sprintf("%U cut off after octet %d", []rune(char)[0], i), Section: "8.1", Send: steps(Text("a" + char[:i])), Want: bad},
				Case{Name: fmt.Sprintf("%U cut off after octet %d by ASCII", []rune(char)[0], i), Section: "8.1",
					Send: steps(StartText(char[:i]), Middle("b"), Await{Close: true}), Want: bad},
			)
		}
	}
	// Characters at the borders of the buffers that implementations like.
	for _, n := range []int{125, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536} {
		for back := range 4 {
			s := stars(n-back) + "😀" + stars(10)
			cases = append(cases, Case{Name: fmt.Sprintf("four octets from %d on", n-back), Section: "8.1", Send: steps(Text(s)), Want: echoes(Text(s))})
		}
	}
	return cases
}

// utf8EarlyCases have to be refused before the rest of the frame, or of the
// message, is sent. RFC 6455, Sections 8.1 and 10.7.
func utf8EarlyCases() (cases []Case) {
	bad := fails(wsproto.CloseInvalidPayload)
	whole := kosme + beyond + edited
	cases = []Case{
		{Name: "6.4.1 U+110000 in the second of three fragments", Section: "8.1",
			Send: steps(StartText(kosme), Quiet{}, Middle(beyond), Await{Close: true}, Last(edited)), Want: bad},
		{Name: "6.4.2 the same, up to the octet that is wrong", Section: "8.1",
			Send: steps(StartText(whole[:12]), Quiet{}, Middle(whole[12:13]), Await{Close: true}, Last(whole[13:])), Want: bad},
		{Name: "6.4.3 U+110000 in the second of three segments of a frame", Section: "8.1",
			Send: steps(Piece{Text(whole), 0, 11}, Quiet{}, Piece{Text(whole), 11, 15}, Await{Close: true}), Want: bad},
		{Name: "6.4.4 the same, up to the octet that is wrong", Section: "8.1",
			Send: steps(Piece{Text(whole), 0, 12}, Quiet{}, Piece{Text(whole), 12, 13}, Await{Close: true}), Want: bad},
		{Name: "wrong octet first, nothing after it", Section: "8.1",
			Send: steps(Piece{Text("\xff" + digits(1000)), 0, 1}, Await{Close: true}), Want: bad},
		{Name: "wrong octet in the third fragment after pings", Section: "8.1",
			Send: steps(StartText("ok"), Ping("1"), Await{Pongs: 1}, Middle("ok"), Ping("2"), Await{Pongs: 2}, Piece{Middle("a\x80b"), 0, 2}, Await{Close: true}),
			Want: bad.pongs("1", "2")},
		{Name: "wrong octet, the rest of the frame follows all the same", Section: "8.1",
			Send: steps(Piece{Text("\xc0" + digits(100000)), 0, 1}, Await{Close: true}, Piece{Text("\xc0" + digits(100000)), 1, 100001}), Want: bad},
		{Name: "after good messages", Section: "8.1",
			Send: steps(Text(kosme), Binary("\xff"), Piece{Text("\xc3(" + edited), 0, 2}, Await{Close: true}),
			Want: fails(wsproto.CloseInvalidPayload, Text(kosme), Binary("\xff"))},
	}
	for _, n := range []int{124, 125, 1023, 4095, 4096, 4097, 32767, 65535, 65536, 70000, 300000} {
		f := Text(stars(n) + "\xff" + stars(n))
		cases = append(cases,
			Case{Name: fmt.Sprintf("wrong octet after %d of a frame", n), Section: "8.1",
				Send: steps(Piece{f, 0, n + 1}, Await{Close: true}), Want: bad},
			Case{Name: fmt.Sprintf("character unfinished after %d of a frame, then wrong", n), Section: "8.1",
				Send: steps(Piece{Text(stars(n) + "\xe6\x97" + stars(n)), 0, n + 2}, Quiet{}, Piece{Text(stars(n) + "\xe6\x97" + stars(n)), n + 2, n + 3}, Await{Close: true}),
				Want: bad})
	}
	return cases
}

// A sequence is a group of octet strings that all are UTF-8, or all are not.
type sequence struct {
	name  string
	valid bool
	all   []string
}

// utf8Sequences are the sequences of Markus Kuhn's decoder test. The first has
// the number 6.5.
func utf8Sequences() []sequence {
	unfinished := []string{"\xc0", "\xe0\x80", "\xf0\x80\x80", "\xf8\x80\x80\x80", "\xfc\x80\x80\x80\x80",
		"\xdf", "\xef\xbf", "\xf7\xbf\xbf", "\xfb\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf"}
	lonely := func(from, to int) string {
		var b []byte
		for _, c := range byteRange(from, to+1) {
			b = append(b, c, ' ')
		}
		return string(b)
	}
	var tails, nonchars []string
	for n := 1; n <= 6; n++ {
		tails = append(tails, strings.Repeat("\x80\xbf", 3)[:n])
	}
	for plane := rune(1); plane <= 16; plane++ {
		nonchars = append(nonchars, string(plane<<16|0xFFFE), string(plane<<16|0xFFFF))
	}
	return []sequence{
		{"valid sequences", true, []string{"hello$world", "hello¢world", "hello€world", "hello\U00024B62world", kosme}},
		{"prefixes of valid text", true, []string{kosme[:2], kosme[:5], kosme[:7], kosme[:9], kosme[:11]}},
		{"first sequence of a length", true, []string{"\x00", "\xc2\x80", "\xe0\xa0\x80", "\xf0\x90\x80\x80"}},
		{"first sequence of five and six octets", false, []string{"\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80"}},
		{"last sequence of a length", true, []string{"\x7f", "\xdf\xbf", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"}},
		{"last sequence of four, five and six octets", false, []string{"\xf7\xbf\xbf\xbf", "\xfb\xbf\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf\xbf"}},
		{"other boundaries", true, []string{"\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbd", "\xf4\x8f\xbf\xbf"}},
		{"unexpected continuations", false, append(append([]string{"\xbf"}, tails...), string(byteRange(0x80, 0xC0)))},
		{"lonely start octets", false, []string{lonely(0xC0, 0xDF), lonely(0xE0, 0xEF), lonely(0xF0, 0xF7), lonely(0xF8, 0xFB), lonely(0xFC, 0xFD)}},
		{"last continuation missing", false, unfinished},
		{"unfinished sequences in a row", false, []string{strings.Join(unfinished, "")}},
		{"impossible octets", false, []string{"\xfe", "\xff", "\xfe\xfe\xff\xff"}},
		{"overlong slash", false, []string{"\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xf8\x80\x80\x80\xaf", "\xfc\x80\x80\x80\x80\xaf"}},
		{"longest overlong", false, []string{"\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf8\x87\xbf\xbf\xbf", "\xfc\x83\xbf\xbf\xbf\xbf"}},
		{"overlong NUL", false, []string{"\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80", "\xf8\x80\x80\x80\x80", "\xfc\x80\x80\x80\x80\x80"}},
		{"single surrogates", false, []string{"\xed\xa0\x80", "\xed\xad\xbf", "\xed\xae\x80", "\xed\xaf\xbf", "\xed\xb0\x80", "\xed\xbe\x80", "\xed\xbf\xbf"}},
		{"paired surrogates", false, []string{
			"\xed\xa0\x80\xed\xb0\x80", "\xed\xa0\x80\xed\xbf\xbf", "\xed\xad\xbf\xed\xb0\x80", "\xed\xad\xbf\xed\xbf\xbf",
			"\xed\xae\x80\xed\xb0\x80", "\xed\xae\x80\xed\xbf\xbf", "\xed\xaf\xbf\xed\xb0\x80", "\xed\xaf\xbf\xed\xbf\xbf"}},
		{"noncharacters", true, append([]string{"\ufffe", "\uffff"}, nonchars...)},
		{"specials", true, []string{"\ufff9", "\ufffa", "\ufffb", "\ufffc", "\ufffd", "\ufffe", "\uffff"}},
		// Ours from here on.
		{"prefixes of valid text, cut inside a character", false, []string{kosme[:1], kosme[:3], kosme[:4], kosme[:6], kosme[:8], kosme[:10]}},
		{"beyond U+10FFFF", false, []string{"\xf4\x90\x80\x80", "\xf4\xbf\xbf\xbf", "\xf5\x80\x80\x80", "\xf6\x80\x80\x80", "\xf7\x80\x80\x80"}},
	}
}

// utf8SequenceCases send each sequence in a frame, and each that is not UTF-8
// up to the octet that shows it, in a frame and in fragments.
func utf8SequenceCases() (cases []Case) {
	for i, group := range utf8Sequences() {
		for j, s := range group.all {
			name := fmt.Sprintf("6.%d.%d %s: % x", i+5, j+1, group.name, s)
			if i >= 19 {
				name = fmt.Sprintf("%s %d: % x", group.name, j+1, s)
			}
			if group.valid {
				cases = append(cases, Case{Name: name, Section: "8.1", Send: steps(Text(s)), Want: echoes(Text(s))})
				continue
			}
			bad := fails(wsproto.CloseInvalidPayload)
			cases = append(cases, Case{Name: name, Section: "8.1", Send: steps(Text(s)), Want: bad})
			at := firstWrong(s)
			if at < 0 {
				continue
			}
			first := StartText(kosme + s[:at])
			cases = append(cases,
				Case{Name: name + ", early in a frame", Section: "8.1",
					Send: steps(Piece{Text(kosme + s + edited), 0, len(kosme) + at + 1}, Await{Close: true}), Want: bad},
				Case{Name: name + ", early in a fragment", Section: "8.1",
					Send: steps(first, Push{}, Middle(s[at:at+1]), Await{Close: true}, Last(edited)), Want: bad})
		}
	}
	return cases
}

// firstWrong returns the index of the octet at which s cannot become UTF-8
// any more, or -1.
func firstWrong(s string) int {
	var u utf8Octets
	for i := range len(s) {
		if !u.next(s[i]) {
			return i
		}
	}
	return -1
}
