package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"wscope/sse"
	"wscope/wsproto"
)

// A wireEvent is a line of a transcript: what the events have together. What
// follows from other members, such as names of numbers, is not read.
type wireEvent struct {
	V       int     `json:"v"`
	Event   string  `json:"event"`
	Time    string  `json:"time"`
	Elapsed seconds `json:"elapsed"`
	Conn    int     `json:"conn"`
	wirePayload

	Important bool `json:"important"`

	Format  string   `json:"format"`
	Program string   `json:"program"`
	Command []string `json:"command"`
	Secrets bool     `json:"secrets"`

	Role        string     `json:"role"`
	Attempt     int        `json:"attempt"`
	URL         string     `json:"url"`
	Peer        string     `json:"peer"`
	Local       string     `json:"local"`
	Route       *wireRoute `json:"route"`
	Request     *wireHead  `json:"request"`
	Interim     []wireHead `json:"interim"`
	Response    *wireHead  `json:"response"`
	Cut         bool       `json:"cut"`
	Subprotocol string     `json:"subprotocol"`
	Extensions  []string   `json:"extensions"`
	Meaning     []string   `json:"meaning"`
	Took        seconds    `json:"took"`
	Error       *wireError `json:"error"`

	To       string   `json:"to"`
	Number   int      `json:"number"`
	Max      int      `json:"max"`
	Withheld []string `json:"withheld"`

	Diagnosis *wireDiagnosis `json:"diagnosis"`
	Variant   string         `json:"variant"`
	Label     string         `json:"label"`
	Accepted  bool           `json:"accepted"`
	Next      []string       `json:"next"`

	Direction  string       `json:"direction"`
	Opcode     *uint8       `json:"opcode"`
	Continues  string       `json:"continues"`
	FIN        bool         `json:"fin"`
	RSV1       bool         `json:"rsv1"`
	RSV2       bool         `json:"rsv2"`
	RSV3       bool         `json:"rsv3"`
	Masked     bool         `json:"masked"`
	MaskKey    string       `json:"mask_key"`
	Length     uint64       `json:"length"`
	LengthBits int          `json:"length_bits"`
	Fragment   int          `json:"fragment"`
	Deflate    *wireDeflate `json:"deflate"`
	RTT        seconds      `json:"rtt"`
	Broken     *wireRule    `json:"broken"`

	Start     bool `json:"start"`
	Done      bool `json:"done"`
	Fragments int  `json:"fragments"`

	By                string            `json:"by"`
	Code              wsproto.CloseCode `json:"code"`
	Reason            string            `json:"reason"`
	ReasonBase64      []byte            `json:"reason_base64"`
	ReplyCode         wsproto.CloseCode `json:"reply_code"`
	ReplyReason       string            `json:"reply_reason"`
	ReplyReasonBase64 []byte            `json:"reply_reason_base64"`
	Stats             wireStats         `json:"stats"`
	Hint              string            `json:"hint"`

	Protocol    string    `json:"protocol"`
	Status      int       `json:"status"`
	StatusText  string    `json:"status_text"`
	LastEventID string    `json:"last_event_id"`
	Open        bool      `json:"open"`
	Type        string    `json:"type"`
	ID          string    `json:"id"`
	NewID       bool      `json:"new_id"`
	Data        string    `json:"data"`
	Offset      *int64    `json:"offset"`
	Gap         seconds   `json:"gap"`
	Again       bool      `json:"again"`
	Skipped     uint64    `json:"skipped"`
	Repeated    uint64    `json:"repeated"`
	Dispatches  bool      `json:"dispatches"`
	EventOffset *int64    `json:"event_offset"`
	Line        *wireLine `json:"line"`
	Wait        seconds   `json:"wait"`
	Limit       int       `json:"limit"`
	After       *seconds  `json:"after"`
	Events      uint64    `json:"events"`
	Unfinished  int64     `json:"unfinished"`
	Rule        string    `json:"rule"`
	Minor       bool      `json:"minor"`
	Seen        string    `json:"seen"`
	Advice      string    `json:"advice"`
}

// A wirePayload is a payload, which is given either as text or as base64.
type wirePayload struct {
	Text   *string `json:"text"`
	Base64 []byte  `json:"base64"`
}

func (w *wirePayload) bytes() []byte {
	if w.Text != nil {
		return []byte(*w.Text)
	}
	return w.Base64
}

// check tells that there is no payload where there has to be one.
func (w *wirePayload) check() error {
	if w.Text == nil && w.Base64 == nil {
		return missing("text or base64")
	}
	return nil
}

// A wireBody is the body of a response.
type wireBody struct {
	wirePayload
	More bool `json:"more"`
}

// A wireHead is one half of an opening handshake or of an exchange.
type wireHead struct {
	Line     string      `json:"line"`
	Fields   [][2]string `json:"fields"`
	Complete bool        `json:"complete"`
	Body     *wireBody   `json:"body"`
	Raw      []byte      `json:"raw"` // nil in what is no transcript
}

// raw returns the bytes of a head: those of the wire if they were recorded, else
// some that mean the same.
func (w *wireHead) raw() []byte {
	switch {
	case w == nil:
		return nil
	case w.Raw != nil:
		return w.Raw
	}
	b := append([]byte(w.Line), "\r\n"...)
	for _, f := range w.Fields {
		b = append(append(b, field{f[0], f[1]}.String()...), "\r\n"...)
	}
	if w.Complete {
		b = append(b, "\r\n"...)
		if w.Body != nil {
			b = append(b, w.Body.bytes()...)
		}
	}
	return b
}

func (w *wireHead) body() *wireBody {
	if w == nil {
		return nil
	}
	return w.Body
}

// cut reports whether there was more of a body than was recorded, in what is no
// transcript.
func (w *wireHead) cut() bool { return w != nil && w.Raw == nil && w.Body != nil && w.Body.More }

// A wireDeflate is what compressing did to a frame or to a message.
type wireDeflate struct {
	wirePayload
	Length        uint64  `json:"length"`
	MessageWire   *uint64 `json:"message_wire"`
	MessageLength uint64  `json:"message_length"`
	Wire          uint64  `json:"wire"`
	Context       int     `json:"context"`
}

// A wireStats is what was counted until the end of a session.
type wireStats struct {
	FramesSent       uint64            `json:"frames_sent"`
	FramesReceived   uint64            `json:"frames_received"`
	BytesSent        uint64            `json:"bytes_sent"`
	BytesReceived    uint64            `json:"bytes_received"`
	MessagesSent     uint64            `json:"messages_sent"`
	MessagesReceived uint64            `json:"messages_received"`
	RTT              seconds           `json:"rtt"`
	FirstFrame       seconds           `json:"first_frame"`
	Deflate          *wireDeflateStats `json:"deflate"`

	Events      uint64  `json:"events"`
	Comments    uint64  `json:"comments"`
	Bytes       uint64  `json:"bytes"`
	Connections uint64  `json:"connections"`
	Repeated    uint64  `json:"repeated"`
	Skipped     uint64  `json:"skipped"`
	Lost        uint64  `json:"lost"`
	FirstEvent  seconds `json:"first_event"`
}

type wireDeflateStats struct {
	Sent        wireFlow `json:"sent"`
	Received    wireFlow `json:"received"`
	WindowBytes int      `json:"window_bytes"`
}

type wireFlow struct {
	Messages uint64 `json:"messages"`
	Wire     uint64 `json:"wire"`
	Length   uint64 `json:"length"`
}

// A wireLine is a line of an event stream.
type wireLine struct {
	wirePayload
	End     string `json:"end"`
	Skipped int    `json:"skipped"`
}

// line returns the line that begins at an offset of the stream.
func (w *wireLine) line(offset int64) (sse.Line, error) {
	raw := w.bytes()
	if bytes.ContainsAny(raw, "\r\n") {
		return sse.Line{}, fmt.Errorf("a line of the stream has a line end in it")
	}
	if n := w.Skipped; n != 0 && n != 1 && n != 3 {
		return sse.Line{}, unexpected("skipped", strconv.Itoa(n), "1 or 3")
	}
	for _, end := range []sse.LineEnd{sse.LF, sse.CR, sse.CRLF} {
		if end.String() == w.End {
			l := sse.ParseLine(raw, offset, end)
			l.Skipped = w.Skipped
			return l, w.check()
		}
	}
	return sse.Line{}, unexpected("end", w.End, "LF, CR or CRLF")
}

// A seconds is a time span, in JSON a number of seconds.
type seconds time.Duration

// UnmarshalJSON reads up to nine decimals exactly.
func (s *seconds) UnmarshalJSON(p []byte) error {
	text := string(p)
	if text == "null" {
		return nil
	}
	whole, decimals, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	fraction, err2 := strconv.ParseUint((decimals + "000000000")[:9], 10, 64)
	if err == nil && err2 == nil && len(decimals) <= 9 && -maxSeconds < n && n < maxSeconds {
		d := time.Duration(fraction)
		if whole[0] == '-' {
			d = -d
		}
		*s = seconds(time.Duration(n)*time.Second + d)
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Abs(f) >= maxSeconds {
		return fmt.Errorf("%.40q is no number of seconds", text)
	}
	*s = seconds(math.Round(f * 1e9))
	return nil
}

// maxSeconds is more than a century, and less than a Duration can hold.
const maxSeconds = 1 << 32

var _ json.Unmarshaler = (*seconds)(nil)

// missing is the error for a member that is not there.
func missing(name string) error { return fmt.Errorf("the event has no %s", name) }

// unexpected is the error for a member with a value that it cannot have.
func unexpected(name, got, want string) error {
	if got == "" {
		return missing(name)
	}
	return fmt.Errorf("%s is %.40q, expected %s", name, got, want)
}
