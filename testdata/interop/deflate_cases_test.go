package interop

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"wscope/wsproto/deflate"

	"interop/peer"
)

// deflateCases are the combinations of takeover with the windows of either side:
// all of them, or the smallest and the largest of one side under the race
// detector, where each takes seconds and no other code runs.
func deflateCases() []peer.Deflate {
	var cases []peer.Deflate
	for _, server := range []bool{true, false} {
		for _, client := range []bool{true, false} {
			for s := deflate.MinWindowBits; s <= deflate.MaxWindowBits; s++ {
				for c := deflate.MinWindowBits; c <= deflate.MaxWindowBits; c++ {
					d := peer.Deflate{ServerTakeover: server, ClientTakeover: client, ServerBits: s, ClientBits: c}
					if !raceEnabled || bordering(s, c) || bordering(c, s) {
						cases = append(cases, d)
					}
				}
			}
		}
	}
	return cases
}

// bordering reports whether a window is the smallest that there is, the smallest
// that zlib can do, or the largest, and the other one is the largest.
func bordering(bits, other int) bool {
	return (bits <= 9 || bits == deflate.MaxWindowBits) && other == deflate.MaxWindowBits
}

func caseName(d peer.Deflate) string {
	return fmt.Sprintf("server %d %t, client %d %t", d.ServerBits, d.ServerTakeover, d.ClientBits, d.ClientTakeover)
}

// simplest returns the case without a limit of those that a peer can agree to.
func simplest(can func(peer.Deflate) bool) peer.Deflate {
	d := peer.Deflate{ServerTakeover: true, ClientTakeover: true, ServerBits: 15, ClientBits: 15}
	if !can(d) {
		d.ServerTakeover, d.ClientTakeover = false, false
	}
	return d
}

// largest returns the length of the largest message of a case: 16 MiB, or less under
// the race detector, which makes that of each case take seconds.
func largest(d peer.Deflate, can func(peer.Deflate) bool) int {
	switch {
	case !raceEnabled:
		return 16 << 20
	case d == simplest(can):
		return 4 << 20
	}
	return 64 << 10
}

// exchangeDeflate exchanges messages with an echo server, text and binary, those
// that can be compressed and those that cannot, and returns how many have a byte.
// All come twice, so that a context that is carried over is used, but for the largest,
// which is a context to itself.
func exchangeDeflate(t *testing.T, c peer.Conn, largest int) (n uint64) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 70_000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	var messages []peer.Message
	for _, n := range []int{100, 1000, len(noise)} {
		messages = append(messages, peer.Message{Data: noise[:n]}, peer.Message{Data: noise[:n]})
	}
	both := func(p []byte) {
		messages = append(messages, peer.Message{Text: true, Data: p}, peer.Message{Data: p})
	}
	for _, n := range []int{0, 1, 40, 125, 126, 127, 128, 700, 5000, 65_536} {
		both(prose(random, n))
	}
	part := prose(random, 16<<10)
	messages = append(messages, peer.Message{Text: true, Data: bytes.Repeat(part, largest/len(part))})
	for _, m := range messages {
		exchange(t, c, c.Send, m)
		if t.Failed() {
			t.FailNow()
		}
		if len(m.Data) > 0 {
			n++
		}
	}
	exchange(t, c, c.SendFragmented, peer.Message{Text: true, Data: prose(random, peer.FragmentedSize)})
	return n + 1
}

// prose returns n bytes of text that repeats itself near and far, but not only.
func prose(random *rand.Rand, n int) []byte {
	words := strings.Fields("one two three four five six seven eight nine ten eleven twelve naïve größer 世界")
	var b []byte
	for len(b) < n {
		b = fmt.Appendf(b, "%s-%d ", words[random.IntN(len(words))], random.IntN(1000))
	}
	s := strings.ToValidUTF8(string(b[:n]), "")
	return []byte(s + strings.Repeat(".", n-len(s)))
}

// deflateFlag returns the flag that asks for d, for connect and for listen.
func deflateFlag(d peer.Deflate) string { return "--deflate=" + d.Params().String() }
