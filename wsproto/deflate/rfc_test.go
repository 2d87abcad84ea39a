package deflate

import (
	"bytes"
	"encoding/hex"
	"testing"

	"wscope/wsproto"
)

// An rfcExample is one of RFC 7692, Section 7.2.3. Each is inflated, byte for
// byte. Those that a compressor of ours can come to are compressed, too, byte for
// byte; the others say why they cannot.
type rfcExample struct {
	name     string
	messages []string
	payloads []string // in hex, as they stand in the RFC
	takeover bool
	// inflateOnly says why the payloads are not what we send.
	inflateOnly string
}

var rfcExamples = []rfcExample{
	{
		name:     "7.2.3.1 A message compressed using one DEFLATE block",
		messages: []string{"Hello"},
		payloads: []string{"f248cdc9c90700"},
	},
	{
		name:     "7.2.3.2 Sharing LZ77 sliding window, not shared",
		messages: []string{"Hello", "Hello"},
		payloads: []string{"f248cdc9c90700", "f248cdc9c90700"},
	},
	{
		name:        "7.2.3.2 Sharing LZ77 sliding window",
		messages:    []string{"Hello", "Hello"},
		payloads:    []string{"f248cdc9c90700", "f200110000"},
		takeover:    true,
		inflateOnly: "the second message is an H and a match of four bytes; ours is one match of five, a byte shorter, see TestSharedWindow",
	},
	{
		name:        "7.2.3.3 Using a DEFLATE block with no compression",
		messages:    []string{"Hello"},
		payloads:    []string{"000500faff48656c6c6f00"},
		inflateOnly: "it is longer than what we send",
	},
	{
		name:        "7.2.3.4 Using a DEFLATE block with BFINAL set to 1",
		messages:    []string{"Hello"},
		payloads:    []string{"f348cdc9c9070000"},
		inflateOnly: "we end no stream",
	},
	{
		name:        "7.2.3.4 Using a DEFLATE block with BFINAL set to 1, and the window after it",
		messages:    []string{"Hello", "Hello"},
		payloads:    []string{"f348cdc9c9070000", "f200110000"},
		takeover:    true,
		inflateOnly: "we end no stream",
	},
	{
		name:        "7.2.3.5 Two DEFLATE blocks in one message",
		messages:    []string{"Hello"},
		payloads:    []string{"f24805000000ffffcac9c90700"},
		inflateOnly: "we flush only at the end of a message",
	},
	{
		name:     "7.2.3.6 Generating an empty fragment, of an empty message",
		messages: []string{""},
		payloads: []string{"00"},
	},
}

func TestExamplesOfTheRFC(t *testing.T) {
	for _, tt := range rfcExamples {
		t.Run(tt.name, func(t *testing.T) {
			inflateAll(t, tt.payloads, tt.messages, tt.takeover)
			if tt.inflateOnly == "" {
				compressAll(t, tt.messages, tt.payloads, tt.takeover)
			} else {
				t.Log("compared by inflating only: " + tt.inflateOnly)
			}
		})
	}
}

// compressAll compresses messages one after the other on one connection, and
// compares the bytes.
func compressAll(t *testing.T, messages, want []string, takeover bool) {
	t.Helper()
	c := newCodec(Context{MaxWindowBits, takeover}, full, 0)
	defer c.Close()
	for i, m := range messages {
		out, rsv, err := c.Encode([]byte("before"), wsproto.OpText, []byte(m))
		got := hex.EncodeToString(bytes.TrimPrefix(out, []byte("before")))
		if err != nil || rsv != wsproto.RSV1 || got != want[i] {
			t.Errorf("message %d, %q, is sent as %s with %v, %v, want %s", i+1, m, got, rsv, err, want[i])
		}
	}
}

// Of the two ways to say "Hello" again we send the shorter. It is in reach of an
// inflater with the window of the RFC's example.
func TestSharedWindow(t *testing.T) {
	hello := []string{"Hello", "Hello"}
	shorter := []string{"f248cdc9c90700", "02130000"}
	compressAll(t, hello, shorter, true)
	inflateAll(t, shorter, hello, true)
}

// Each of the examples that are in fragments, as the RFC cuts them.
func TestFragmentsOfTheRFC(t *testing.T) {
	for _, tt := range []struct {
		name      string
		fragments []string
	}{
		{"7.2.3.1 A message compressed using one DEFLATE block", []string{"f248cd", "c9c90700"}},
		{"7.2.3.6 Generating an empty fragment", []string{"f248cdc9c907000000ffff", "00"}},
	} {
		var chunks [][]byte
		for _, f := range tt.fragments {
			chunks = append(chunks, unhex(t, f))
		}
		c := newCodec(full, full, 0)
		if got, err := inflate(c, true, chunks...); err != nil || string(got) != "Hello" {
			t.Errorf("%s: %s inflate to %q, %v", tt.name, tt.fragments, got, err)
		}
		c.Close()
	}
}
