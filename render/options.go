package render

import (
	"fmt"
	"math"
	"strings"
	"time"

	"wscope/wsproto"
)

// A Format is a form in which data is shown.
type Format int

// The formats.
const (
	Frames   Format = iota // one line for each frame
	Messages               // the payloads of received messages
	Hex                    // an annotated dump of each frame
	JSON                   // one JSON object a line for each event
)

var formatNames = []string{Frames: "frames", Messages: "messages", Hex: "hex", JSON: "json"}

// String returns the name that [ParseFormat] takes.
func (f Format) String() string { return nameOf(formatNames, int(f)) }

// ParseFormat returns the format named s.
func ParseFormat(s string) (Format, error) {
	i, err := parseName("format", formatNames, s)
	return Format(i), err
}

// Timestamps is what the time of a frame is counted from.
type Timestamps int

// The kinds of timestamps.
const (
	Relative Timestamps = iota // seconds since the start
	Delta                      // seconds since the line before
	Wall                       // time of day
	None                       // no timestamps
)

var timestampNames = []string{Relative: "relative", Delta: "delta", Wall: "wall", None: "none"}

// String returns the name that [ParseTimestamps] takes.
func (t Timestamps) String() string { return nameOf(timestampNames, int(t)) }

// ParseTimestamps returns the kind of timestamps named s.
func ParseTimestamps(s string) (Timestamps, error) {
	i, err := parseName("kind of timestamps", timestampNames, s)
	return Timestamps(i), err
}

// BinaryAs is how the payload of a binary message is written.
type BinaryAs int

// The ways to write a binary message.
const (
	BinaryRaw    BinaryAs = iota // its bytes and nothing else; hex on a terminal
	BinaryHex                    // hexadecimal digits and a newline
	BinaryBase64                 // base64 and a newline
)

var binaryNames = []string{BinaryRaw: "raw", BinaryHex: "hex", BinaryBase64: "base64"}

// String returns the name that [ParseBinaryAs] takes.
func (a BinaryAs) String() string { return nameOf(binaryNames, int(a)) }

// ParseBinaryAs returns the way to write binary messages named s.
func ParseBinaryAs(s string) (BinaryAs, error) {
	i, err := parseName("form of binary messages", binaryNames, s)
	return BinaryAs(i), err
}

func nameOf(names []string, i int) string {
	if i >= 0 && i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("invalid (%d)", i)
}

func parseName(what string, names []string, s string) (int, error) {
	for i, name := range names {
		if name == s {
			return i, nil
		}
	}
	last := len(names) - 1
	return 0, fmt.Errorf("no %s is called %q, expected %s or %s",
		what, s, strings.Join(names[:last], ", "), names[last])
}

// An OpcodeSet is a set of opcodes. The zero value is empty.
type OpcodeSet uint16

var opcodeSetNames = []struct {
	name string
	set  OpcodeSet
}{
	{"continuation", opcodes(wsproto.OpContinuation)},
	{"cont", opcodes(wsproto.OpContinuation)},
	{"text", opcodes(wsproto.OpText)},
	{"binary", opcodes(wsproto.OpBinary)},
	{"close", opcodes(wsproto.OpClose)},
	{"ping", opcodes(wsproto.OpPing)},
	{"pong", opcodes(wsproto.OpPong)},
	{"reserved", 0xF8F8},
	{"control", 0xFF00},
	{"data", 0x00FF},
}

// ParseOpcodes returns the set of the opcodes that are named in s, separated by
// commas. Besides the names of the opcodes there are "cont" for continuation,
// "reserved" for all that have no name, "control" and "data".
func ParseOpcodes(s string) (OpcodeSet, error) {
	var set OpcodeSet
names:
	for field := range strings.SplitSeq(s, ",") {
		field = strings.ToLower(strings.TrimSpace(field))
		for _, n := range opcodeSetNames {
			if n.name == field {
				set |= n.set
				continue names
			}
		}
		return 0, fmt.Errorf("no opcode is called %q, expected text, binary, continuation, close, ping, pong, reserved, control or data", field)
	}
	return set, nil
}

func opcodes(op wsproto.Opcode) OpcodeSet { return 1 << (op & 0xF) }

// Has reports whether op is in s.
func (s OpcodeSet) Has(op wsproto.Opcode) bool { return s&opcodes(op) != 0 }

// defaultPreview is the number of payload bytes shown of a frame.
const defaultPreview = 1024

// PreviewNone is a MaxPreview of no byte at all.
const PreviewNone = math.MinInt

// preview returns the limit that a MaxPreview of n means, which is preset for 0.
func preview(n, preset int) int {
	switch n {
	case 0:
		return preset
	case PreviewNone:
		return 0
	}
	return n
}

// Options says how data is shown. The zero value is valid: frame lines without
// colour.
type Options struct {
	Format Format
	// Color allows colours. They say nothing that the words do not.
	Color bool
	// Terminal tells that the output is shown on a terminal, so that Messages
	// are escaped too. The other formats are always fit for one.
	Terminal   bool
	Timestamps Timestamps
	// Hide are the opcodes whose frames are left out of Frames, Hex and JSON. A
	// frame that breaks a rule is shown all the same.
	Hide OpcodeSet
	// MaxPreview is how many payload bytes of a frame are shown in Frames and
	// Hex, and of a message in Messages on a terminal. Zero means 1024 for
	// frames and no limit for messages, another negative number than PreviewNone
	// no limit. Close frames, whose payload is short, are not cut. JSON and Messages
	// off a terminal are never cut.
	MaxPreview int
	// Delimiter follows each text message in Messages off a terminal. Empty
	// means a newline.
	Delimiter string
	BinaryAs  BinaryAs
	// Start is what relative times are counted from. Zero means the time of the
	// first event.
	Start time.Time
	// Width is the number of columns of the terminal, 0 if it is not known. It
	// decides how many bytes Hex puts into a row and where its columns are, and
	// whether the notes of Frames stand in a column of their own.
	Width int
	// Include shows the head of each response in front of what comes after it,
	// and the body of a refusal. JSON has them anyway.
	Include bool
	// ShowSecrets shows credentials in handshakes and URLs.
	ShowSecrets bool
}

func (o Options) framePreview() int { return preview(o.MaxPreview, defaultPreview) }

// previewOf returns how much of the payload of a frame is shown where limit bytes
// are allowed. What a Close frame says takes no more than a line.
func previewOf(f *Frame, limit int) int {
	if f.Header.Opcode == wsproto.OpClose && limit >= 0 {
		return max(limit, wsproto.MaxControlPayload)
	}
	return limit
}

// StatusOptions says how the talk about a session is shown. The zero value is
// valid: the end of a session, and failures.
type StatusOptions struct {
	// Verbose adds, from 1, the opening handshake and notes, from 2, a line
	// for each frame, and from 3, a dump of each frame instead.
	Verbose int
	// Quiet leaves out everything but failures, what the server answered to a
	// handshake that failed, and ends that were not normal.
	Quiet bool
	// Replay tells that the events come from a transcript: what failed then is no
	// error now.
	Replay bool
	// Announce shows the line that tells that a connection is open. It shows
	// anyway with Verbose.
	Announce bool
	// Included tells that responses are shown in front of the data. They are left
	// out here unless Verbose asks for them.
	Included bool

	// The rest is as in [Options].

	Color       bool
	Timestamps  Timestamps
	Hide        OpcodeSet
	MaxPreview  int
	Start       time.Time
	Width       int
	ShowSecrets bool
}

// frames returns the options for the frames of -vv and -vvv.
func (o StatusOptions) frames() Options {
	return Options{
		Color: o.Color, Timestamps: o.Timestamps, Hide: o.Hide,
		MaxPreview: o.MaxPreview, Start: o.Start, Width: o.Width,
	}
}
