package render

import (
	"bytes"
	"strconv"

	"wscope/sse"
)

// appendStream shows a line of a stream: its bytes with their places, part by
// part.
//
// HTML, Section 9.2.5.
func (p *hexPrinter) appendStream(b []byte, e Event) []byte {
	l, ok := e.(*StreamLine)
	if !ok {
		return b
	}
	b = append(appendArrow(b, p.palette, Received, l.Conn), ' ')
	if p.clock.kind != None {
		var room [32]byte
		stamp := bytes.TrimLeft(p.clock.append(room[:0], l.Meta), " ")
		b = append(append(b, stamp...), ' ')
	}
	b = append(b, p.palette.data.on...)
	switch l.Kind {
	case sse.BlankLine:
		b = append(b, "blank line"...)
	case sse.CommentLine:
		b = append(b, "comment"...)
	default:
		b = append(b, "field"...)
	}
	b = append(b, p.palette.data.off...)
	b = appendCount(append(b, ", "...), uint64(len(l.Raw)), "byte")
	b = append(append(b, " and "...), l.End.String()...)
	b = strconv.AppendInt(append(b, " at offset "...), l.Offset, 10)
	d := streamDump{dump{b: append(b, '\n'), palette: p.palette, row: p.row, digits: 8, offset: int(l.Offset) - l.Skipped}, p.limit}
	d.parts(l.Line)
	return append(d.b, '\n')
}

// A streamDump is the dump of one line of a stream.
type streamDump struct {
	dump
	limit int
}

// parts writes a row, or rows, for each part of the line.
func (d *streamDump) parts(l *sse.Line) {
	switch l.Skipped {
	case 1:
		d.text([]byte("\n"), "LF", "belongs to the CR before it: they are one line end")
	case 3:
		d.text([]byte("\uFEFF"), "mark", "a byte order mark, which is part of no line")
	}
	switch l.Kind {
	case sse.CommentLine:
		d.text(l.Raw[:1], "colon", "a comment follows")
		d.text(l.Raw[1:], "text", "")
	case sse.FieldLine:
		meaning := ""
		if !l.Known {
			meaning = "has no meaning"
		}
		d.text(l.Raw[:len(l.Name)], "name", meaning)
		gap := l.Raw[len(l.Name) : len(l.Raw)-len(l.Value)]
		switch {
		case len(gap) == 0:
			d.say("no colon: the value is empty")
		case len(gap) == 1:
			d.text(gap, "colon", "")
		default:
			d.text(gap, "colon", "and one blank that is no part of the value")
		}
		d.text(l.Value, "value", "")
	}
	if l.Malformed {
		d.say("! not UTF-8: what is not is shown as U+FFFD in events")
	}
	end := map[sse.LineEnd]string{sse.LF: "\n", sse.CR: "\r", sse.CRLF: "\r\n"}[l.End]
	meaning := ""
	switch {
	case l.Kind != sse.BlankLine:
	case l.Dispatches:
		meaning = "completes the event that began at offset " + strconv.FormatInt(l.EventOffset, 10)
	case l.EventOffset >= 0:
		meaning = "completes no event: there is no data since offset " + strconv.FormatInt(l.EventOffset, 10)
	default:
		meaning = "completes nothing"
	}
	d.text([]byte(end), l.End.String(), meaning)
}

// text writes the bytes of a part in rows, with its name and what it means in
// the first.
func (d *streamDump) text(p []byte, name, meaning string) {
	head, omitted := cut(p, d.limit, false)
	ascii := bytesColumn + d.row*3 + 1
	for i := 0; i < len(head) || i == 0 && len(p) > 0; i += d.row {
		part := head[i:min(i+d.row, len(head))]
		d.begin()
		d.at()
		d.b = appendHex(d.b, part)
		d.offset += len(part)
		d.to(ascii)
		d.b = append(d.b, '|')
		for _, c := range part {
			if c < 0x20 || c >= 0x7F {
				c = '.'
			}
			d.b = append(d.b, c)
		}
		d.b = append(d.b, '|')
		if i == 0 {
			d.to(ascii + d.row + 4)
			d.tinted(d.palette.data, name)
			if meaning != "" {
				d.to(ascii + d.row + 4 + 8)
				d.b = append(d.b, meaning...)
			}
		}
		d.b = append(d.b, '\n')
	}
	d.remark(uint64(omitted), "cut")
	d.offset += omitted
}

// say writes a row without bytes.
func (d *streamDump) say(text string) {
	d.begin()
	d.to(bytesColumn)
	d.b = append(d.b, d.palette.faint.on...)
	d.b = append(d.b, text...)
	d.b = append(append(d.b, d.palette.faint.off...), '\n')
}
