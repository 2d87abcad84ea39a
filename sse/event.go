package sse

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"time"
	"unicode/utf8"
)

// An Event is one event of a stream. Its slices are lent: they are valid until
// the next event is asked for.
type Event struct {
	// Type is the event type, "message" if the stream named none.
	Type []byte
	// Data are the data lines with a line feed between them, as UTF-8.
	Data []byte
	// ID is the last event ID: that of this event, or of one before it.
	ID []byte
	// NewID tells that this event has an id field of its own.
	NewID bool
	// Offset is where in the stream the first line of the event began, and Len
	// how many bytes there were up to the end of the blank line.
	Offset, Len int64
}

// DefaultMaxEventSize is how large an event may be unless it is said otherwise.
const DefaultMaxEventSize = 64 << 20

// A DecoderConfig says how a [Decoder] works. The zero value is valid.
type DecoderConfig struct {
	// MaxEventSize bounds the bytes that are kept of an event: its data and the
	// line that is being read. Zero means DefaultMaxEventSize, a negative
	// number no limit. A longer event is a *SizeError.
	MaxEventSize int64
	// LastEventID is what the last event ID is to begin with: it outlives a
	// connection.
	LastEventID string
	// Trace looks at what is decoded.
	Trace Trace
}

// A Decoder reads the events of a stream. Lines can be of any length and arrive
// in any pieces. It keeps one buffer, which grows only with the largest event,
// and allocates nothing for an event. It may not be used by two goroutines at
// once.
//
// HTML, Section 9.2.5 and Section 9.2.6.
type Decoder struct {
	lines lineReader
	trace Trace
	limit int64
	err   error // that the source gave, after all of its lines have been used

	event Event
	line  Line
	told  int64 // offset behind the last line that the trace was told

	// The buffers of the standard. Their content lies where it was read, in the
	// buffer of lines, until that moves or data gets a second line.
	data    span
	kind    span    // the event type
	ids     [2]span // the last event ID, and what it is to be after a blank line
	current int     // which of ids is the last event ID
	newID   bool    // the other one has been set
	hasData bool

	repaired []byte
	begin    int64 // offset of the first line of the event, -1 before it
}

// NewDecoder returns a Decoder that reads from r. It reads ahead.
func NewDecoder(r io.Reader, c DecoderConfig) *Decoder {
	d := &Decoder{trace: c.Trace, limit: c.MaxEventSize, begin: -1}
	d.ids[0].set([]byte(c.LastEventID))
	d.data.clear()
	d.kind.clear()
	d.lines.src = r
	switch {
	case d.limit == 0:
		d.limit = DefaultMaxEventSize
	case d.limit < 0:
		d.limit = math.MaxInt64
	}
	return d
}

// LastEventID returns the last event ID as of the last blank line, which is what
// a new connection has to ask for. It is "" if there is none.
func (d *Decoder) LastEventID() string { return string(d.ids[d.current].text(d.lines.buf)) }

// Offset returns how many bytes of the stream have been taken in lines.
func (d *Decoder) Offset() int64 { return d.lines.base + int64(d.lines.start) }

// Unfinished returns how many bytes at the end of a stream that has ended are
// those of an event that no blank line ends, its last line without a line end
// included. They are dropped, as the standard asks. A comment that no line end
// ends is not counted: nothing is lost with it.
func (d *Decoder) Unfinished() int64 {
	r := &d.lines
	end := r.base + int64(r.end)
	switch {
	case d.begin >= 0:
		return end - d.begin
	case r.start < r.end && r.buf[r.start] == ':':
		return 0
	}
	return end - d.Offset()
}

// Next returns the next event. At the end of the stream it returns io.EOF, and
// drops an event that is not finished. The event is lent until the next call.
func (d *Decoder) Next() (*Event, error) {
	r := &d.lines
	for {
		if d.common() {
			return &d.event, nil
		}
		// A line that ends with a LF in the window needs no more than this.
		from, to, end := r.start, -1, LF
		if rest := r.buf[r.scan:r.cr]; len(rest) > 0 && rest[0] == '\n' {
			to = r.scan
		} else if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			to = r.scan + i
		}
		if to >= 0 {
			r.start, r.scan = to+1, to+1
		} else {
			var ok bool
			if from, to, end, ok = r.next(); !ok {
				if err := d.more(); err != nil {
					return nil, err
				}
				continue
			}
		}
		if from == to {
			r.suspect = r.wide
			if d.blank(from, end) {
				return &d.event, nil
			}
			continue
		}
		if int64(to-from+d.data.len()) > d.limit {
			return nil, d.tooLarge(from)
		}
		d.take(from, to, end)
	}
}

// common takes the lines that most streams consist of, as long as the window has
// them: fields with a blank after the colon and a LF at the end, of which nothing
// has to be repaired, joined or told. It reports whether they make an event, and
// leaves every other line to the rest of [Decoder.Next].
func (d *Decoder) common() bool {
	r := &d.lines
	if r.suspect || r.scan != r.start || d.trace.Line != nil {
		return false
	}
	buf, from := r.buf[:r.cr], r.start
	for from < len(buf) {
		if buf[from] == '\n' {
			r.start, r.scan = from+1, from+1
			if d.blank(from, LF) {
				return true
			}
			from++
			continue
		}
		n := bytes.IndexByte(buf[from:], '\n')
		if n < 0 {
			r.start, r.scan = from, len(buf)
			return false
		}
		line, to := buf[from:from+n], from+n
		switch {
		case int64(n+d.data.len()) > d.limit:
			r.start, r.scan = from, from
			return false
		case n >= 6 && string(line[:6]) == "data: " && !d.hasData:
			d.data.lend(from+6, to)
			d.hasData = true
		case n >= 4 && string(line[:4]) == "id: " && !hasNUL(line[4:]):
			d.ids[1-d.current&1].lend(from+4, to)
			d.newID = true
		case n >= 7 && string(line[:7]) == "event: ":
			d.kind.lend(from+7, to)
		default:
			r.start, r.scan = from, from
			return false
		}
		if d.begin < 0 {
			d.begin = r.base + int64(from)
		}
		from = to + 1
	}
	r.start, r.scan = from, from
	return false
}

// more gets more to read.
func (d *Decoder) more() error {
	r := &d.lines
	if int64(r.end-r.start+d.data.len()) > d.limit {
		return d.tooLarge(r.start)
	}
	if d.err != nil {
		return d.err
	}
	if r.moves() {
		d.data.keep(r.buf)
		d.kind.keep(r.buf)
		d.ids[0].keep(r.buf)
		d.ids[1].keep(r.buf)
	}
	if d.trace.Waiting != nil {
		d.trace.Waiting()
	}
	before := r.base + int64(r.end)
	err := r.fill()
	if now := r.base + int64(r.end); d.trace.Read != nil && now > before {
		d.trace.Read(int(now - before))
	}
	if err != nil {
		d.err = err // to be told when the lines that came with it are used up
	}
	return nil
}

// tooLarge gives up at the line at buf[from:].
func (d *Decoder) tooLarge(from int) error {
	at := d.begin
	if at < 0 {
		at = d.lines.base + int64(from)
	}
	d.err = &SizeError{Limit: d.limit, Offset: at}
	return d.err
}

// take interprets a line that is not blank.
//
// HTML, Section 9.2.6.
func (d *Decoder) take(from, to int, end LineEnd) {
	r := &d.lines
	line := r.buf[from:to]
	name, at := split(line)
	bad := false
	if r.suspect {
		r.suspect = r.wide
		bad = !utf8.Valid(line)
	}
	if d.begin < 0 && name != commentLine {
		d.begin = r.base + int64(from)
	}
	switch name {
	case dataField:
		if !d.hasData {
			d.hasData = true
			d.put(&d.data, from+at, to, bad)
		} else {
			d.data.keep(r.buf)
			d.data.own = append(append(d.data.own, '\n'), d.value(from+at, to, bad)...)
		}
	case idField:
		// A NUL makes the whole field be ignored.
		if !hasNUL(line[at:]) {
			d.newID = true
			d.put(&d.ids[1-d.current&1], from+at, to, bad)
		}
	case eventField:
		d.put(&d.kind, from+at, to, bad)
	case retryField:
		if wait, ok := ParseRetry(line[at:]); ok && d.trace.Retry != nil {
			d.trace.Retry(wait)
		}
	}
	if d.trace.Line != nil {
		d.report(from, to, end, name, bad)
	}
}

// hasNUL reports whether a value has a NUL. Most ids are short, so that calling
// what is made for long ones takes longer than to look.
func hasNUL(p []byte) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for len(p) >= 8 {
		if w := binary.LittleEndian.Uint64(p); (w-ones)&^w&tops != 0 {
			return true
		}
		p = p[8:]
	}
	for _, c := range p {
		if c == 0 {
			return true
		}
	}
	return false
}

// put makes the value at buf[from:to] the text of s.
func (d *Decoder) put(s *span, from, to int, bad bool) {
	if bad {
		s.set(d.value(from, to, bad))
	} else {
		s.lend(from, to)
	}
}

// value returns the value at buf[from:to], repaired if it is bad.
func (d *Decoder) value(from, to int, bad bool) []byte {
	v := d.lines.buf[from:to]
	if bad {
		d.repaired = appendRepaired(d.repaired[:0], v)
		v = d.repaired
	}
	return v
}

// blank ends an event, if the lines before made one.
func (d *Decoder) blank(at int, end LineEnd) bool {
	if d.newID {
		d.current = 1 - d.current
	}
	has := d.hasData
	if has {
		buf, e := d.lines.buf, &d.event
		if e.Type = defaultType; d.kind.len() > 0 {
			e.Type = d.kind.text(buf)
		}
		e.Data, e.ID, e.NewID = d.data.text(buf), d.ids[d.current&1].text(buf), d.newID
		e.Offset, e.Len = d.begin, d.Offset()-d.begin
	}
	if d.trace.Line != nil {
		d.line = Line{Kind: BlankLine, Offset: d.lines.base + int64(at), End: end, Dispatches: has, EventOffset: d.begin}
		d.tell()
	}
	d.kind.clear()
	d.data.clear()
	d.hasData, d.newID, d.begin = false, false, -1
	return has
}

var defaultType = []byte("message")

// ParseRetry returns the reconnection time that the value of a retry field asks
// for. It reports false if the value is not all ASCII digits. A time that is too
// long to count is cut to the longest Duration.
func ParseRetry(value []byte) (time.Duration, bool) {
	const most = math.MaxInt64 / int64(time.Millisecond)
	var n int64
	for _, c := range value {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = min(n*10+int64(c-'0'), most)
	}
	return time.Duration(n) * time.Millisecond, len(value) > 0
}
