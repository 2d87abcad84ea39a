package interop

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"wscope/wsproto/deflate"

	"interop/peer"
)

// openBrowser opens a connection of the browser and compares what the page is
// told of the extensions. The browser itself always offers to compress, with the
// right for the server to limit the window.
func openBrowser(t *testing.T, url, extensions string, subprotocols ...string) peer.Conn {
	t.Helper()
	if !wants(chromium) {
		t.Skip("WSCOPE_PEERS does not name " + chromium)
	}
	b := browser(t)
	c, err := b.Dial(bounded(t), url, subprotocols...)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.Extensions(c); got != extensions {
		t.Errorf("the extensions are %q, want %q", got, extensions)
	}
	return c
}

// TestBrowserDeflate holds what the browser compresses and inflates against
// listen, whatever that asks for.
func TestBrowserDeflate(t *testing.T) {
	t.Parallel()
	all := func(peer.Deflate) bool { return true }
	for _, d := range deflateCases() {
		t.Run(caseName(d), func(t *testing.T) {
			l := listen(t, deflateFlag(d), "--format", "messages")
			c := openBrowser(t, l.url, d.Params().String())
			exchangeDeflate(t, c, largest(d, all))
			hangUp(t, c, 3001, "x", 3001)
			l.stop(t)
			end := l.stderr.String()
			for _, want := range []string{`closed by the peer after `, `: 3001 registered by libraries "x"`, "deflate sent "} {
				if !strings.Contains(end, want) {
					t.Errorf("the end line has no %q:\n%s", want, end)
				}
			}
		})
	}
}

// A listenEvent is a line of listen --json.
type listenEvent struct {
	Event, Direction string
	Opcode           int
	FIN, RSV1        bool
	Length           uint64
	Fragment         int
	Deflate          *struct {
		Length, Context uint64
		MessageWire     uint64 `json:"message_wire"`
		MessageLength   uint64 `json:"message_length"`
	}
}

// dataFrames returns the data frames of the output of listen --json.
func dataFrames(t *testing.T, l *listener, direction string) (frames []listenEvent) {
	t.Helper()
	for line := range bytes.Lines(l.stdout.Bytes()) {
		var e listenEvent
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("%v in %s", err, abridged(string(line)))
		}
		if e.Event == "frame" && e.Direction == direction && e.Opcode < 8 {
			frames = append(frames, e)
		}
	}
	return frames
}

// TestBrowserDeflateFrames looks at the frames that the browser sends.
func TestBrowserDeflateFrames(t *testing.T) {
	t.Parallel()
	l := listen(t, "--json", "--subprotocol", peer.Subprotocol)
	c := openBrowser(t, l.url, deflate.Name, "chat.v1", peer.Subprotocol)
	if got := c.Subprotocol(); got != peer.Subprotocol {
		t.Errorf("subprotocol %q, want %q", got, peer.Subprotocol)
	}
	noise := make([]byte, peer.FragmentedSize)
	random := rand.New(rand.NewPCG(7, 8))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	prose := prose(random, 5000)
	messages := []peer.Message{{Text: true, Data: prose}, {Text: true, Data: prose}, {Data: noise}}
	for _, m := range messages {
		exchange(t, c, c.Send, m)
	}
	hangUp(t, c, 1000, "", 1000)
	l.stop(t)

	var wire []uint64 // of each message
	fragments := 0
	for _, f := range dataFrames(t, l, "received") {
		if f.Deflate == nil {
			t.Fatalf("frame %+v is not compressed", f)
		}
		first := f.Opcode != 0
		if f.RSV1 != first {
			t.Errorf("RSV1 is %t on a frame with opcode %d", f.RSV1, f.Opcode)
		}
		if first {
			wire = append(wire, 0)
		}
		n := len(wire) - 1
		wire[n] += f.Length
		fragments = max(fragments, f.Fragment)
		if !f.FIN {
			continue
		}
		if d := f.Deflate; d.MessageWire != wire[n] || d.MessageLength != uint64(len(messages[n].Data)) {
			t.Errorf("message %d is shown as %d of %d bytes, want %d of %d", n, d.MessageWire, d.MessageLength, wire[n], len(messages[n].Data))
		}
	}
	if len(wire) != len(messages) {
		t.Fatalf("%d messages, want %d", len(wire), len(messages))
	}
	if wire[0] >= uint64(len(prose))/2 || wire[1] >= wire[0]/10 || wire[2] < uint64(len(noise)) {
		t.Errorf("messages of %d bytes, the same again and %d bytes of noise take %v bytes", len(prose), len(noise), wire)
	}
	if fragments < 2 {
		t.Errorf("%d bytes came in one frame, want several", len(noise))
	}
}

// TestBrowserTakeover looks at several messages in a row, each of which stands
// by itself or does not.
func TestBrowserTakeover(t *testing.T) {
	t.Parallel()
	for _, takeover := range []bool{true, false} {
		d := peer.Deflate{ServerTakeover: takeover, ClientTakeover: takeover, ServerBits: deflate.MaxWindowBits, ClientBits: deflate.MaxWindowBits}
		t.Run(caseName(d), func(t *testing.T) {
			l := listen(t, "--json", deflateFlag(d))
			c := openBrowser(t, l.url, d.Params().String())
			const times = 4
			message := peer.Message{Text: true, Data: prose(rand.New(rand.NewPCG(9, 10)), 1000)}
			for range times {
				exchange(t, c, c.Send, message)
			}
			hangUp(t, c, 1000, "", 1000)
			l.stop(t)
			for _, direction := range []string{"received", "sent"} {
				frames := dataFrames(t, l, direction)
				if len(frames) != times {
					t.Fatalf("%d frames %s, want %d", len(frames), direction, times)
				}
				for i, f := range frames {
					context := uint64(i * len(message.Data))
					if !takeover {
						context = 0
					}
					short := f.Length < frames[0].Length/5
					if f.Deflate == nil || f.Deflate.Context != context || short != (takeover && i > 0) {
						t.Errorf("message %d, %s, has %d bytes (the first %d), %+v, want a context of %d", i, direction, f.Length, frames[0].Length, f.Deflate, context)
					}
				}
			}
		})
	}
}

// TestBrowserFragments sends the browser compressed messages in many frames.
func TestBrowserFragments(t *testing.T) {
	t.Parallel()
	l := listen(t, "-q", "--fragment", "100")
	c := openBrowser(t, l.url, deflate.Name)
	random := rand.New(rand.NewPCG(11, 12))
	for _, n := range []int{0, 1, 99, 1000, 100_000} {
		exchange(t, c, c.Send, peer.Message{Text: true, Data: prose(random, n)})
		exchange(t, c, c.Send, peer.Message{Data: prose(random, n)})
	}
	hangUp(t, c, 1000, "", 1000)
	l.stop(t)
}

// TestBrowserUncompressed sends the browser messages that are not compressed,
// although that was agreed on, or since it was not.
func TestBrowserUncompressed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		flag, extensions string
		compressed       []bool // of the messages to the browser
	}{
		{"--deflate-threshold=1000", deflate.Name, []bool{false, false, true}},
		{"--no-deflate", "", []bool{false, false, false}},
	} {
		t.Run(tt.flag, func(t *testing.T) {
			l := listen(t, "--json", tt.flag)
			c := openBrowser(t, l.url, tt.extensions)
			random := rand.New(rand.NewPCG(13, 14))
			for _, n := range []int{1, 999, 1000} {
				exchange(t, c, c.Send, peer.Message{Text: true, Data: prose(random, n)})
			}
			hangUp(t, c, 1000, "", 1000)
			l.stop(t)
			for i, f := range dataFrames(t, l, "sent") {
				if f.RSV1 != tt.compressed[i] {
					t.Errorf("message %d is compressed: %t", i, f.RSV1)
				}
			}
			for i, f := range dataFrames(t, l, "received") {
				if f.RSV1 != (tt.extensions != "") {
					t.Errorf("message %d of the browser is compressed: %t", i, f.RSV1)
				}
			}
		})
	}
}

// TestBrowserTooLong looks at the code and the reason of a connection that listen
// fails.
func TestBrowserTooLong(t *testing.T) {
	t.Parallel()
	l := listen(t, "-q", "--max-message-size", "10000")
	c := openBrowser(t, l.url, deflate.Name)
	if err := c.Send(peer.Message{Data: make([]byte, 10_001)}); err != nil {
		t.Fatal(err)
	}
	_, err := receive(t, c)
	end, ok := err.(*peer.End)
	if !ok {
		t.Fatalf("%v, want the end of the connection", err)
	}
	if end.Code != 1009 || !strings.Contains(end.Reason, "10000") {
		t.Errorf("the page hears %d %q, want 1009 and the limit", end.Code, end.Reason)
	}
	l.stop(t)
}
