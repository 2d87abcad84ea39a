package deflate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"wscope/wsproto"
)

// codecs returns the two ends of an agreement.
func codecs(server, client Context) (s, c *Codec) {
	return newCodec(server, client, 0), newCodec(client, server, 0)
}

var full = Context{MaxWindowBits, true}

// What the examples of the RFC leave open.
func TestBlocks(t *testing.T) {
	const hello = "Hello"
	for _, tt := range []struct {
		name     string
		payloads []string // of the messages
		want     []string
		takeover bool
	}{
		{"empty message, taken over", []string{"f248cdc9c90700", "00", "f200110000"}, []string{hello, "", hello}, true},
		{"empty block with fixed codes", []string{"0200"}, []string{""}, false},
		{"final block and nothing after it", []string{"f348cdc9c90700", "f200110000"}, []string{hello, hello}, true},
		{"two final blocks", []string{"f348cdc9c90700 f348cdc9c9070000"}, []string{hello + hello}, true},
		{"final block, then one that refers to it", []string{"f348cdc9c90700 f200110000"}, []string{hello + hello}, true},
		{"final block in the middle", []string{"f348cdc9c90700 010500faff48656c6c6f f248cdc9c90700"}, []string{hello + hello + hello}, false},
		{"final block that the tail completes", []string{"01"}, []string{""}, false},
	} {
		t.Run(tt.name, func(t *testing.T) { inflateAll(t, tt.payloads, tt.want, tt.takeover) })
	}
}

func TestBroken(t *testing.T) {
	for _, tt := range []struct{ name, payload, want string }{
		{"no payload", "", "corrupt"},
		{"block type 3", "07", "corrupt"},
		{"length of a stored block", "000500ffff48656c6c6f00", "corrupt"},
		{"distance before the beginning", "f200110000", "corrupt"},
		{"cut in a stored block", "00ff0000ff48656c6c6f", "ends inside a block"},
		{"cut before the end of a block", "f248cdc9c907", "corrupt"},
		{"with the tail that should be left out, cut", "f248cdc9c907000000ff", "corrupt"},
		{"bytes behind a final block", "f348cdc9c90700 ff", "corrupt"},
		{"text that is not compressed", "48656c6c6f", ""},
	} {
		for _, how := range []string{"whole", "bytes", "fragments"} {
			p := unhex(t, tt.payload)
			chunks := [][]byte{p}
			if how != "whole" && len(p) > 0 {
				chunks = bytewise(p)
			}
			if len(p) == 0 {
				chunks = nil
			}
			h := wsproto.Header{FIN: how != "fragments", RSV: wsproto.RSV1, Opcode: wsproto.OpText, PayloadLen: uint64(len(p))}
			got, err := io.ReadAll(newCodec(full, full, 0).Decode(h, &wire{chunks: chunks}))
			var rule *wsproto.ProtocolError
			if !errors.As(err, &rule) || rule.Code != wsproto.CloseInvalidPayload || rule.RFC != 7692 || !strings.Contains(rule.Reason, tt.want) {
				t.Errorf("%s, %s: %q, %v, want a broken rule with 1007 and %q", tt.name, how, got, err, tt.want)
			}
		}
	}
}

// An error of the network stays what it is, wherever it comes.
func TestLostConnection(t *testing.T) {
	lost := errors.New("lost")
	payload := unhex(t, "f248050000 00ffff cac9c90700")
	for n := range payload {
		for _, fin := range []bool{true, false} {
			c := newCodec(full, full, 0)
			w := &wire{chunks: bytewise(payload[:n]), err: lost}
			h := wsproto.Header{FIN: fin, RSV: wsproto.RSV1, Opcode: wsproto.OpText, PayloadLen: uint64(len(payload))}
			if _, err := io.ReadAll(c.Decode(h, w)); err != lost {
				t.Errorf("after %d of %d bytes: %v, want %v", n, len(payload), err, lost)
			}
			c.Close()
		}
	}
}

// A fragmented message gives each block when it is there: nothing is asked of the
// wire before that.
func TestBlocksComeEarly(t *testing.T) {
	c := newCodec(full, full, 0)
	out, _, err := c.Encode(nil, wsproto.OpText, []byte("first part"))
	if err != nil {
		t.Fatal(err)
	}
	first := append(out, syncTail...)
	w := &wire{chunks: [][]byte{first}, err: errors.New("asked too early")}
	r := c.Decode(wsproto.Header{RSV: wsproto.RSV1, Opcode: wsproto.OpText, PayloadLen: uint64(len(first))}, w)
	buf := make([]byte, 100)
	if n, err := r.Read(buf); err != nil || string(buf[:n]) != "first part" {
		t.Errorf("Read = %q, %v, want the first block", buf[:n], err)
	}
}

// testMessages are messages of all kinds and sizes that a window makes a
// difference to, or a boundary in the compressor.
func testMessages() [][]byte {
	var list [][]byte
	x := uint32(1)
	next := func(n uint32) uint32 { x = x*1664525 + 1013904223; return (x >> 8) % n }
	for i, n := range []int{0, 1, 5, 12, 13, 31, 33, 127, 128, 129, 40, 255, 256, 300, 511, 513, 1 << 10, 100, 4 << 10, 70, 33 << 10, 65535, 65536, 70_000, 20, 1000} {
		b := fmt.Appendf(nil, `{"seq":%d,"items":[`, i)
		for len(b) < n {
			b = fmt.Appendf(b, `{"id":%d,"price":%d.%02d,"active":%v},`, next(1e6), next(500), next(100), next(2) == 0)
		}
		list = append(list, b[:n])
		if n == 300 || n == 5000 {
			noise := make([]byte, n)
			for j := range noise {
				noise[j] = byte(next(256))
			}
			list = append(list, noise)
		}
	}
	return append(list, bytes.Repeat([]byte{0}, 100_000), []byte("the end"))
}

// Every agreement round trips, and the stream never refers further back than was
// agreed on, by the judgement of an inflater that is not the library's.
func TestWindows(t *testing.T) {
	messages := testMessages()
	for bits := MinWindowBits; bits <= MaxWindowBits; bits++ {
		for _, takeover := range []bool{true, false} {
			t.Run(fmt.Sprintf("%d bits, takeover %t", bits, takeover), func(t *testing.T) {
				t.Parallel()
				context := Context{bits, takeover}
				ours, theirs := codecs(context, full)
				judge := &puff{window: context.Window(), tail: string(syncTail)}
				rounds := 1
				if takeover {
					rounds = 2
				}
				for round := range rounds {
					for i, m := range messages {
						out, rsv, err := ours.Encode(nil, wsproto.OpBinary, m)
						if err != nil || rsv != wsproto.RSV1 {
							t.Fatalf("round %d, message %d: %v, %v", round, i, rsv, err)
						}
						if got, err := judge.message(out, takeover); err != nil || !bytes.Equal(got, m) {
							t.Fatalf("round %d, message %d of %d bytes is %.100q..., %v", round, i, len(m), got, err)
						}
						got, err := inflate(theirs, i%2 == 0, split(out, 1+i*i)...)
						if err != nil || !bytes.Equal(got, m) {
							t.Fatalf("round %d, message %d of %d bytes comes back as %.100q..., %v", round, i, len(m), got, err)
						}
					}
				}
				if takeover && judge.furthest < context.Window()/2 {
					t.Errorf("the window of %d bytes is hardly used: the largest distance is %d", context.Window(), judge.furthest)
				}
				if got := len(theirs.received.bytes()); takeover && got != max(context.Window(), leastReceived) {
					t.Errorf("%d bytes are kept", got)
				}
				checkWindows(t, ours, takeover)
				checkWindows(t, theirs, takeover)
				ours.Close()
				theirs.Close()
			})
		}
	}
}

// split cuts p into pieces of n bytes. There is always a piece.
func split(p []byte, n int) (chunks [][]byte) {
	for len(p) > n {
		chunks = append(chunks, p[:n])
		p = p[n:]
	}
	return append(chunks, p)
}

// checkWindows looks whether memory is held exactly if a context is.
func checkWindows(t *testing.T, c *Codec, takeover bool) {
	t.Helper()
	held := c.sent.room != nil || c.received.room != nil || c.warm.Value() != nil || c.reader.inf != nil
	if held != takeover {
		t.Errorf("takeover is %t, memory is held: %t (%d bytes)", takeover, held, c.Stats().Windows)
	}
}

// Context pays: what was said before costs nothing to say again.
func TestTakeoverHelps(t *testing.T) {
	m := testMessages()[16] // 1 KiB
	for _, takeover := range []bool{true, false} {
		c := newCodec(Context{MaxWindowBits, takeover}, full, 0)
		var sizes []int
		for range 3 {
			out, _, err := c.Encode(nil, wsproto.OpText, m)
			if err != nil {
				t.Fatal(err)
			}
			sizes = append(sizes, len(out))
		}
		if again := sizes[2] < sizes[0]/4; again != takeover {
			t.Errorf("with takeover %t, the same message takes %v bytes", takeover, sizes)
		}
		c.Close()
	}
}

func TestThreshold(t *testing.T) {
	c := newCodec(full, full, 10)
	for _, tt := range []struct {
		message string
		bits    wsproto.RSV
	}{{"", 0}, {"123456789", 0}, {"1234567890", wsproto.RSV1}} {
		if _, bits, err := c.Encode(nil, wsproto.OpText, []byte(tt.message)); bits != tt.bits || err != nil {
			t.Errorf("%q is sent with %v, %v, want %v", tt.message, bits, err, tt.bits)
		}
	}
	if got := c.Stats().Sent; got.Messages != 1 || got.Plain != 10 {
		t.Errorf("figures %+v, want those of one message of 10 bytes", got)
	}
	if n := len(c.sent.bytes()); n != 10 {
		t.Errorf("%d bytes in the window, want those of the compressed message alone", n)
	}
}

func TestStats(t *testing.T) {
	ours, theirs := codecs(full, Context{9, false})
	m := []byte(strings.Repeat("all the same ", 100))
	var wire uint64
	for i := range 3 {
		out, _, err := ours.Encode(nil, wsproto.OpText, m)
		if err != nil {
			t.Fatal(err)
		}
		wire += uint64(len(out))
		if got, want := ours.SentContext(), i*len(m); got != want {
			t.Errorf("message %d could refer to %d bytes, want %d", i, got, want)
		}
		if _, err := inflate(theirs, i == 1, split(out, 7)...); err != nil {
			t.Fatal(err)
		}
		if got, want := theirs.ReceivedContext(), i*len(m); got != want {
			t.Errorf("message %d came with %d bytes of context, want %d", i, got, want)
		}
	}
	want := Flow{Messages: 3, Wire: wire, Plain: 3 * uint64(len(m))}
	before := ours.Stats()
	if before.Sent != want || theirs.Stats().Received != want {
		t.Errorf("sent %+v, received %+v, want %+v", before.Sent, theirs.Stats().Received, want)
	}
	if before.Windows != 4096 { // the least power of two for 3900 bytes
		t.Errorf("windows of %d bytes", before.Windows)
	}
	ours.Close()
	if after := ours.Stats(); after != before {
		t.Errorf("after the end %+v, before %+v", after, before)
	}
	if n := ours.windows(); n != 0 {
		t.Errorf("%d bytes of windows are held after the end", n)
	}
}

// More connections than may keep their compressor, all at once.
func TestManyConnections(t *testing.T) {
	messages := testMessages()
	var wg sync.WaitGroup
	for n := range 2 * maxWarm {
		ours, theirs := codecs(full, full)
		if n%2 == 1 { // the others are gone before all have begun
			defer ours.Close()
			defer theirs.Close()
		}
		wg.Go(func() {
			for i := range 10 {
				m := messages[(n*7+i*3)%18]
				out, _, err := ours.Encode(nil, wsproto.OpBinary, m)
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := inflate(theirs, false, out); err != nil || !bytes.Equal(got, m) {
					t.Errorf("connection %d, message %d comes back as %.100q, %v", n, i, got, err)
				}
			}
			warmWriters.mu.Lock()
			if len(warmWriters.idle) > maxWarm {
				t.Errorf("%d compressors are kept", len(warmWriters.idle))
			}
			warmWriters.mu.Unlock()
			if n%2 == 0 {
				ours.Close()
				theirs.Close()
			}
		})
	}
	wg.Wait()
}

// A message that was not read to its end does not disturb whoever inflates next.
func TestAbandoned(t *testing.T) {
	c := newCodec(full, Context{MaxWindowBits, false}, 0)
	out, _, err := c.Encode(nil, wsproto.OpText, bytes.Repeat([]byte("abandoned "), 10_000))
	if err != nil {
		t.Fatal(err)
	}
	r := c.Decode(wsproto.Header{FIN: true, RSV: wsproto.RSV1, PayloadLen: uint64(len(out))}, &wire{chunks: [][]byte{out}})
	if n, err := r.Read(make([]byte, 10)); n != 10 || err != nil {
		t.Fatal(n, err)
	}
	if got, err := inflate(c, false, unhex(t, "f248cdc9c90700")); err != nil || string(got) != "Hello" {
		t.Errorf("the next message is %q, %v", got, err)
	}
	c.Close()
}

func TestWindow(t *testing.T) {
	for _, max := range []int{256, 1 << 10, 1 << 15} {
		w := window{max: max}
		var all []byte
		for i := range 400 {
			p := bytes.Repeat([]byte{byte(i)}, i*i%(max+max/3))
			w.add(p)
			all = append(all, p...)
			want := all[len(all)-min(len(all), max):]
			if !bytes.Equal(w.bytes(), want) {
				t.Fatalf("window of %d after %d bytes has %d bytes, want the last %d", max, len(all), len(w.bytes()), len(want))
			}
			if n := w.held.Load(); n > int64(max) || n < int64(len(want)) {
				t.Fatalf("window of %d with %d bytes holds %d", max, len(want), n)
			}
		}
		w.free()
		if w.bytes() != nil || w.held.Load() != 0 {
			t.Errorf("a window that is free has %d bytes, holds %d", len(w.bytes()), w.held.Load())
		}
	}
}

// Whatever is inflated, it is what the slow inflater says, however it is cut;
// what that refuses is refused.
func FuzzInflate(f *testing.F) {
	for _, s := range []string{"", "00", "f248cdc9c90700", "f200110000", "f348cdc9c9070000", "000500faff48656c6c6f00", "01", "f24805000000ffffcac9c90700"} {
		f.Add(unhex(f, s), uint8(1))
		f.Add(unhex(f, s), uint8(200))
	}
	c := newCodec(Context{MaxWindowBits, false}, full, 0)
	for _, m := range testMessages() {
		if len(m) > 5000 {
			continue
		}
		out, _, err := c.Encode(nil, wsproto.OpBinary, m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(bytes.Clone(out), uint8(3))
	}
	f.Fuzz(func(t *testing.T, payload []byte, size uint8) {
		if len(payload) > 2000 {
			return
		}
		const limit = 1 << 20
		c := newCodec(full, full, 0)
		defer c.Close()
		read := func(fragments bool, chunks [][]byte) ([]byte, error) {
			h := wsproto.Header{FIN: !fragments, RSV: wsproto.RSV1, PayloadLen: uint64(len(payload))}
			return io.ReadAll(io.LimitReader(c.Decode(h, &wire{chunks: chunks}), limit))
		}
		whole, err := read(false, [][]byte{payload})
		for _, fragments := range []bool{false, true} {
			c.received.free()
			parts, partsErr := read(fragments, split(payload, max(int(size), 1)))
			if (err == nil) != (partsErr == nil) || err == nil && !bytes.Equal(whole, parts) {
				t.Fatalf("whole: %d bytes, %v; fragments %t of %d bytes: %d bytes, %v", len(whole), err, fragments, size, len(parts), partsErr)
			}
		}
		judge := &puff{window: 1 << 15, tail: messageTail}
		want, judgement := judge.message(payload, true)
		if len(whole) < limit && ((err == nil) != (judgement == nil) || judgement == nil && !bytes.Equal(whole, want)) {
			t.Fatalf("%x inflates to %d bytes, %v, want %d, %v", payload, len(whole), err, len(want), judgement)
		}
	})
}
