package render

import (
	"bytes"
	"strconv"

	"github.com/clipperhouse/displaywidth"

	"wscope/wsproto"
)

// A hexPrinter writes the annotated dump of a frame. The bytes of the header
// are encoded anew, which is the inverse of reading it; those of a masked
// payload are masked again.
//
// RFC 6455, Section 5.2 and Section 5.3.
type hexPrinter struct {
	palette *palette
	clock   clock
	openMessages
	hide  OpcodeSet
	limit int
	row   int // payload bytes in a row
	hexLayout
}

// The first columns of every row: the offset and the bytes.
const (
	offsetColumn = 3
	bytesColumn  = offsetColumn + 4 + 2
)

// A hexLayout has the other columns of a row of the header: the bits, the name
// and the meaning of a part, and where it is defined.
type hexLayout struct{ bits, name, meaning, rfc int }

var (
	// A masked payload has its unmasked bytes where the bits are.
	wideHex = hexLayout{bytesColumn + 8*3 + 1, bytesColumn + 36, bytesColumn + 44, bytesColumn + 72}
	// There is room for the bytes of a masking key in front of the bits, and
	// everything but the odd remark fits into 80 columns.
	narrowHex = hexLayout{bytesColumn + 4*3, bytesColumn + 22, bytesColumn + 29, bytesColumn + 53}
)

func newHexPrinter(o Options) *hexPrinter {
	p := &hexPrinter{
		palette: newPalette(o.Color),
		clock:   clock{kind: o.Timestamps, start: o.Start},
		hide:    o.Hide,
		limit:   o.framePreview(),
		row:     8,

		hexLayout: wideHex,
	}
	if o.Width > 0 && o.Width < wideHex.rfc+len("RFC 6455, 5.2, 5.4") {
		p.hexLayout = narrowHex
	}
	// Two columns of sixteen bytes and their text are wider than the header.
	if o.Width >= bytesColumn+2*(16*3+1)+16+2 {
		p.row = 16
	}
	return p
}

func (p *hexPrinter) append(b []byte, f *Frame) []byte {
	of := p.follow(f)
	if hidden(p.hide, f) {
		return b
	}
	head, omitted := cut(f.Payload, previewOf(f, p.limit), false)
	d := dump{b: p.appendTitle(b, f), palette: p.palette, row: p.row, hexLayout: p.hexLayout, digits: 4}
	for n := (len(head) + wsproto.MaxHeaderLen) >> 16; n > 0; n >>= 8 {
		d.digits += 2
	}
	d.header(&f.Header)
	if f.Header.PayloadLen > 0 {
		d.payload(&f.Header, head, sectionOf(of))
		d.remark(uint64(omitted), "cut")
		d.remark(f.missing(), f.missed())
	}
	d.inflated(f, p.limit)
	if f.Header.Opcode == wsproto.OpClose {
		d.closing(f)
	}
	if f.Broken != nil {
		d.broken(f.Broken)
	}
	return append(d.b, '\n')
}

// appendTitle appends the line above the dump.
func (p *hexPrinter) appendTitle(b []byte, f *Frame) []byte {
	h := &f.Header
	b = append(appendArrow(b, p.palette, f.Dir, f.Conn), ' ')
	if p.clock.kind != None {
		var room [32]byte
		stamp := bytes.TrimLeft(p.clock.append(room[:0], MetaOf(f)), " ")
		b = append(append(b, stamp...), ' ')
	}
	b = p.palette.data.append(b, h.Opcode.String()+" frame")
	b = strconv.AppendInt(append(b, ", header "...), int64(h.Len()), 10)
	b = appendCount(append(b, " + payload "...), h.PayloadLen, "byte")
	if f.inflated() {
		b = appendCount(append(b, ", inflated "...), f.DecodedLen, "byte")
	}
	if f.Fragment != 0 {
		b = strconv.AppendInt(append(b, ", fragment "...), int64(f.Fragment), 10)
	}
	if f.RTT != 0 {
		b = appendDuration(append(b, ", rtt "...), f.RTT)
	}
	return append(b, '\n')
}

// A dump is one dump that is being written.
type dump struct {
	b       []byte
	palette *palette
	row     int
	hexLayout
	digits int // of an offset
	offset int // of the next byte
	line   int // where in b the line begins
	hidden int // bytes of the line that take no column
}

// header writes a row for each field of the header.
func (d *dump) header(h *wsproto.Header) {
	var room [wsproto.MaxHeaderLen]byte
	wire := h.AppendTo(room[:0])

	fin := "0 more fragments follow"
	if h.FIN {
		fin = "1 last or only fragment"
	}
	d.part(wire[:1], bitPattern(wire[0], 0x80), "FIN", fin, "5.2, 5.4")
	rsv := h.RSV.String()
	if h.RSV != 0 {
		rsv += " set"
	}
	d.part(nil, bitPattern(wire[0], 0x70), "RSV1-3", rsv, "5.2")
	opcode := "0x" + string(opcodeDigit(h.Opcode)) + " "
	if h.Opcode.IsReserved() {
		opcode += "reserved"
	} else {
		opcode += h.Opcode.String()
	}
	d.part(nil, bitPattern(wire[0], 0x0F), "opcode", opcode, sectionOf(h.Opcode))

	mask := "0 as from a server"
	if h.Masked {
		mask = "1 as from a client"
	}
	d.part(wire[1:2], bitPattern(wire[1], 0x80), "MASK", mask, "5.1, 5.2")
	short := wire[1] & 0x7F
	length := strconv.Itoa(int(short))
	switch short {
	case 126:
		length += " see the next 16 bits"
	case 127:
		length += " see the next 64 bits"
	}
	d.part(nil, bitPattern(short, 0x7F), "length", length, "5.2")

	wire = wire[2:]
	if h.Masked {
		wire = wire[:len(wire)-len(h.MaskingKey)]
	}
	if len(wire) > 0 {
		length = strconv.FormatUint(h.PayloadLen, 10)
		if !h.Minimal() {
			length += " not the shortest form"
		}
		d.part(wire, "", "length", length, "5.2")
	}
	if h.Masked {
		d.part(h.MaskingKey[:], "", "key", "masking key", "5.3")
	}
}

// part writes a row of the header. A part that has no bytes of its own shares
// those of the row before.
func (d *dump) part(wire []byte, bits, name, meaning, section string) {
	d.begin()
	if len(wire) > 0 {
		d.at()
		d.b = appendHex(d.b, wire)
		d.offset += len(wire)
	}
	d.to(d.bits)
	d.b = append(d.b, bits...)
	d.to(d.name)
	d.tinted(d.palette.data, name)
	d.to(d.meaning)
	d.b = append(d.b, meaning...)
	d.section(section)
}

// payload writes the payload, p being what is shown of it, in rows of its bytes
// on the wire, the unmasked ones if they differ, and the ASCII characters.
func (d *dump) payload(h *wsproto.Header, p []byte, section string) {
	unmasked := bytesColumn + d.row*3 + 1
	text := unmasked
	d.begin()
	d.to(bytesColumn)
	if h.Masked {
		d.tinted(d.palette.data, "masked")
		d.to(unmasked)
		d.tinted(d.palette.data, "unmasked")
		text += d.row*3 + 1
	} else {
		d.tinted(d.palette.data, "payload")
	}
	d.section(section)
	for i := 0; i < len(p); i += d.row {
		part := p[i:min(i+d.row, len(p))]
		d.begin()
		d.at()
		if h.Masked {
			for j, c := range part {
				c ^= h.MaskingKey[(i+j)%4]
				d.b = append(d.b, hexDigits[c>>4], hexDigits[c&0xF], ' ')
			}
			d.to(unmasked)
		}
		d.b = appendHex(d.b, part)
		d.to(text)
		d.characters(part)
		d.offset += len(part)
	}
}

// characters ends the line with the ASCII characters of p.
func (d *dump) characters(p []byte) {
	d.b = append(d.b, '|')
	for _, c := range p {
		if c < 0x20 || c >= 0x7F {
			c = '.'
		}
		d.b = append(d.b, c)
	}
	d.b = append(d.b, '|', '\n')
}

// closing writes what the payload of a Close frame says.
func (d *dump) closing(f *Frame) {
	if f.Header.PayloadLen == 0 {
		d.says("code", []byte("none"), "7.1.5")
		return
	}
	if len(f.Payload) < 2 {
		return
	}
	code, reason, _ := wsproto.ParseClosePayload(f.Payload)
	d.says("code", []byte(code.String()), "7.4")
	if reason != "" {
		d.says("reason", appendQuoted(nil, []byte(reason)), "7.1.6")
	}
}

// says writes a row that has no bytes of its own.
func (d *dump) says(name string, text []byte, section string) {
	d.begin()
	d.to(d.name)
	d.tinted(d.palette.data, name)
	d.to(d.meaning)
	d.b = append(d.b, text...)
	d.hidden += len(text) - displaywidth.Bytes(text)
	d.section(section)
}

func (d *dump) broken(e *wsproto.ProtocolError) {
	d.begin()
	d.to(offsetColumn)
	d.b = append(d.b, d.palette.bad.on...)
	d.b = appendRule(append(d.b, "! "...), e)
	d.b = append(append(d.b, ", close code "...), e.Code.String()...)
	d.b = append(append(d.b, d.palette.bad.off...), '\n')
}

// remark writes that n bytes are missing, if there are any.
func (d *dump) remark(n uint64, how string) {
	if n == 0 {
		return
	}
	d.begin()
	d.to(bytesColumn)
	d.b = append(d.b, d.palette.faint.on...)
	d.b = appendCount(append(d.b, "... "...), n, "byte")
	d.b = append(append(d.b, ' '), how...)
	d.b = append(append(d.b, d.palette.faint.off...), '\n')
}

// begin begins a line.
func (d *dump) begin() { d.line, d.hidden = len(d.b), 0 }

// at writes the offset and goes on to the column of the bytes.
func (d *dump) at() {
	d.to(offsetColumn)
	d.hide(d.palette.faint.on)
	for shift := (d.digits - 1) * 4; shift >= 0; shift -= 4 {
		d.b = append(d.b, hexDigits[d.offset>>shift&0xF])
	}
	d.hide(d.palette.faint.off)
	d.to(bytesColumn)
}

// to pads the line to a column. A column that is passed already is left by two
// blanks.
func (d *dump) to(column int) {
	n := column - (len(d.b) - d.line - d.hidden)
	if n <= 0 && column > offsetColumn {
		n = 2
	}
	for ; n > 0; n-- {
		d.b = append(d.b, ' ')
	}
}

// hide appends what takes no column.
func (d *dump) hide(s string) {
	d.b = append(d.b, s...)
	d.hidden += len(s)
}

func (d *dump) tinted(s style, text string) {
	d.hide(s.on)
	d.b = append(d.b, text...)
	d.hide(s.off)
}

// section ends the line with the section of the RFC.
func (d *dump) section(s string) {
	d.to(d.rfc)
	d.tinted(d.palette.faint, "RFC 6455, "+s)
	d.b = append(d.b, '\n')
}

// bitPattern shows the bits of c that are in mask, and points for the others.
func bitPattern(c, mask byte) string {
	var p [9]byte
	for i := range p {
		if i == 4 {
			p[i] = ' '
			continue
		}
		switch {
		case mask&0x80 == 0:
			p[i] = '.'
		case c&0x80 == 0:
			p[i] = '0'
		default:
			p[i] = '1'
		}
		c, mask = c<<1, mask<<1
	}
	return string(p[:])
}

// sectionOf is where RFC 6455 defines the frames of an opcode.
func sectionOf(op wsproto.Opcode) string {
	switch op {
	case wsproto.OpContinuation:
		return "5.4"
	case wsproto.OpText, wsproto.OpBinary:
		return "5.6"
	case wsproto.OpClose:
		return "5.5.1"
	case wsproto.OpPing:
		return "5.5.2"
	case wsproto.OpPong:
		return "5.5.3"
	}
	return "5.2"
}
