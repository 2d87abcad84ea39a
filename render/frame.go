package render

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"

	"wscope/wsproto"
)

// A framePrinter writes a frame as one line with columns.
type framePrinter struct {
	palette *palette
	clock   clock
	openMessages
	hide  OpcodeSet
	limit int
	width int // of the terminal, 0 if it is not known
}

func newFramePrinter(o Options) *framePrinter {
	return &framePrinter{
		palette: newPalette(o.Color),
		clock:   clock{kind: o.Timestamps, start: o.Start},
		hide:    o.Hide,
		limit:   o.framePreview(),
		width:   o.Width,
	}
}

const (
	lengthColumns       = 9
	narrowLengthColumns = 6
	notesColumn         = 20  // of the payload, where notes begin if it is short
	roomy               = 100 // columns of a window that need not be saved
)

func (p *framePrinter) append(b []byte, f *Frame) []byte {
	of := p.follow(f)
	if hidden(p.hide, f) {
		return b
	}
	h, c, line := &f.Header, p.palette, len(b)
	if p.clock.kind != None {
		b = append(b, c.faint.on...)
		b = p.clock.append(b, MetaOf(f))
		b = append(b, c.faint.off...)
		b = append(b, "  "...)
	}
	b = append(appendArrow(b, c, f.Dir, f.Conn), "  "...)
	b = append(appendOpcode(b, c, h.Opcode), "  "...)
	if h.FIN {
		b = append(b, "FIN"...)
	} else {
		b = append(b, "---"...)
	}
	b = append(b, "  "...)
	b = append(b, c.faint.on...)
	b = append(b, "rsv "...)
	for _, bit := range rsvBits {
		b = append(b, '0'+bitOf(h.RSV&bit != 0))
	}
	b = append(b, "  mask "...)
	if h.Masked {
		b = appendDigits(b, h.MaskingKey[:])
	} else {
		b = append(b, "-       "...)
	}
	b = append(b, c.faint.off...)
	b = append(b, "  len "...)
	length := len(b)
	b = appendLength(b, h)
	if f.inflated() {
		b = strconv.AppendUint(append(b, '>'), f.DecodedLen, 10)
	}
	end, columns := len(b), lengthColumns
	if p.narrow() {
		columns = narrowLengthColumns
	}
	for len(b) < length+columns {
		b = append(b, ' ')
	}
	b = append(b, "  "...)
	payload := len(b)
	b, blanks := p.appendPayload(b, f, of)
	switch {
	case len(b) == payload:
		b = b[:end] // no blanks in front of nothing
	case p.width > 0 && blanks.len > 0 && columnsOf(b[line:]) > p.width:
		b = slices.Delete(b, blanks.at, blanks.at+blanks.len)
	}
	return append(b, '\n')
}

// narrow reports whether the columns have to be.
func (p *framePrinter) narrow() bool { return p.width > 0 && p.width < roomy }

// A run of bytes.
type run struct{ at, len int }

// columnsOf returns how many columns a line of ours takes, in which an escape is
// the beginning of a colour.
func columnsOf(line []byte) int {
	n := 0
	for len(line) > 0 {
		text, rest, _ := bytes.Cut(line, []byte{'\x1b'})
		n += displaywidth.Bytes(text)
		_, line, _ = bytes.Cut(rest, []byte{'m'})
	}
	return n
}

// appendPayload appends the payload as far as it is shown, and the notes. It
// returns the blanks that only bring the notes to their column.
func (p *framePrinter) appendPayload(b []byte, f *Frame, of wsproto.Opcode) ([]byte, run) {
	c, start := p.palette, len(b)
	as := readingOf(f, of)
	payload, _ := f.body()
	head, omitted := cut(payload, previewOf(f, p.limit), as != asBytes)
	missing, grown := f.unread(), f.grewBy()
	tint := style{}
	switch {
	case as == asClose && len(f.Payload) < 2 && missing > 0:
		as = asBytes
	case as == asBytes && len(head) > 0:
		tint = c.bytes
	}
	b = append(b, tint.on...)
	textStart := len(b)
	b = appendBody(b, head, as)
	if omitted > 0 {
		b = append(b, "..."...)
	}
	width := len(b) - textStart
	b = append(b, tint.off...)
	remarks := f.Fragment != 0 || f.Encoded || omitted > 0 || missing > 0
	if f.RTT == 0 && !remarks && f.Broken == nil {
		return b, run{}
	}

	// What follows a payload begins in a column of its own if it can.
	if width < 4*notesColumn {
		width = displaywidth.Bytes(b[textStart : textStart+width])
	}
	blanks := run{at: len(b)}
	if width == 0 && missing > 0 {
		b = b[:start]
	} else {
		for ; width < notesColumn; width++ {
			b = append(b, ' ')
			blanks.len++
		}
	}
	if f.RTT != 0 {
		b = append(append(between(b, start), c.faint.on...), "rtt "...)
		b = append(appendDuration(b, f.RTT), c.faint.off...)
	}
	if remarks {
		b = append(between(b, start), c.faint.on...)
		b = append(appendRemarks(b, f, of, omitted, missing), c.faint.off...)
	}
	if grown > 0 {
		b = append(append(between(b, start), c.hint.on...), "grew by "...)
		b = append(appendCount(b, grown, "byte"), c.hint.off...)
	}
	if e := f.Broken; e != nil {
		b = append(append(between(b, start), c.bad.on...), "! "...)
		b = append(appendRule(b, e), c.bad.off...)
	}
	return b, blanks
}

// between separates what follows from what was appended since start, if
// anything was.
func between(b []byte, start int) []byte {
	if len(b) > start {
		b = append(b, "  "...)
	}
	return b
}

// appendRemarks appends what there is to say in parentheses.
func appendRemarks(b []byte, f *Frame, of wsproto.Opcode, omitted int, missing uint64) []byte {
	open := byte('(')
	next := func() {
		if b = append(b, open); open == ',' {
			b = append(b, ' ')
		}
		open = ','
	}
	if f.Fragment != 0 {
		next()
		b = strconv.AppendInt(append(b, "fragment "...), int64(f.Fragment), 10)
		if f.Header.Opcode == wsproto.OpContinuation && of != wsproto.OpContinuation {
			b = append(append(b, " of "...), of.String()...)
		}
	}
	if f.Encoded {
		next()
		b = appendDeflate(b, f)
	}
	if omitted > 0 {
		next()
		b = append(appendCount(b, uint64(omitted), "byte"), " cut"...)
	}
	if missing > 0 {
		next()
		b = appendCount(b, missing, "byte")
		b = append(b, ' ')
		if f.inflated() {
			b = append(b, "not kept"...)
		} else {
			b = append(b, f.missed()...)
		}
	}
	return append(b, ')')
}

// appendLength appends the payload length, and the size of its encoding if that
// is not the shortest.
func appendLength(b []byte, h *wsproto.Header) []byte {
	b = strconv.AppendUint(b, h.PayloadLen, 10)
	if !h.Minimal() {
		b = append(b, " in "...)
		b = append(strconv.AppendUint(b, uint64(h.LenBytes)*8, 10), " bits"...)
	}
	return b
}

func appendArrow(b []byte, c *palette, d Direction, conn int) []byte {
	tint := c.dir(d)
	b = append(b, tint.on...)
	if d == Sent {
		b = append(b, "->"...)
	} else {
		b = append(b, "<-"...)
	}
	if conn != 0 {
		b = padded(b, 4, func(b []byte) []byte {
			return strconv.AppendInt(append(b, " #"...), int64(conn), 10)
		})
	}
	return append(b, tint.off...)
}

// appendOpcode appends the name of op in capitals, padded to six columns.
func appendOpcode(b []byte, c *palette, op wsproto.Opcode) []byte {
	name, tint := "", c.data
	switch op {
	case wsproto.OpContinuation:
		name = "CONT  "
	case wsproto.OpText:
		name = "TEXT  "
	case wsproto.OpBinary:
		name = "BINARY"
	case wsproto.OpClose:
		name, tint = "CLOSE ", c.control
	case wsproto.OpPing:
		name, tint = "PING  ", c.control
	case wsproto.OpPong:
		name, tint = "PONG  ", c.control
	default:
		b = append(b, c.bad.on...)
		b = append(b, '0', 'x', opcodeDigit(op))
		return append(append(b, c.bad.off...), "   "...)
	}
	return tint.append(b, name)
}

// opcodeDigit is the digit of op as the RFC writes it, in upper case.
func opcodeDigit(op wsproto.Opcode) byte { return "0123456789ABCDEF"[op&0xF] }

var rsvBits = [...]wsproto.RSV{wsproto.RSV1, wsproto.RSV2, wsproto.RSV3}

func bitOf(set bool) byte {
	if set {
		return 1
	}
	return 0
}

// appendDigits appends p as hexadecimal digits.
func appendDigits(b, p []byte) []byte {
	for _, c := range p {
		b = append(b, hexDigits[c>>4], hexDigits[c&0xF])
	}
	return b
}

// padded appends what f appends and blanks up to the width, which is counted in
// characters.
func padded(b []byte, width int, f func([]byte) []byte) []byte {
	start := len(b)
	b = f(b)
	for n := utf8.RuneCount(b[start:]); n < width; n++ {
		b = append(b, ' ')
	}
	return b
}

func hidden(set OpcodeSet, f *Frame) bool {
	return set.Has(f.Header.Opcode) && f.Broken == nil
}

// missing is how much of the payload the frame was reported without.
func (e *Frame) missing() uint64 {
	if n := uint64(len(e.Payload)); n < e.Header.PayloadLen {
		return e.Header.PayloadLen - n
	}
	return 0
}

// missed says what became of the missing bytes.
func (e *Frame) missed() string {
	if e.Dir == Sent {
		return "not sent" // the header lies
	}
	return "not read"
}
