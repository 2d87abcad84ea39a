package render

import (
	"strconv"
	"time"

	"github.com/clipperhouse/displaywidth"
)

// streamColumns are the columns of a line about a stream, which are wider if they
// have to be.
type streamColumns struct{ typ, id, size int }

func (p *framePrinter) streamColumns() streamColumns {
	if p.narrow() {
		return streamColumns{7, 3, 4}
	}
	return streamColumns{10, 8, 7}
}

// appendStream shows an event, a comment or a reconnection time as a line.
func (p *framePrinter) appendStream(b []byte, e Event) []byte {
	columns := p.streamColumns()
	switch e := e.(type) {
	case *StreamEvent:
		b = p.appendStreamStart(b, &e.Meta, e.Gap, p.palette.data, "EVENT  ")
		b = appendColumn(b, columns.typ, e.Type)
		b = append(append(b, "  "...), p.palette.faint.on...)
		b = append(b, "id "...)
		if id := e.ID; len(id) > 0 {
			b = appendColumn(b, columns.id, id)
		} else {
			b = appendColumn(b, columns.id, []byte{'-'})
		}
		b = append(b, p.palette.faint.off...)
		b = p.appendText(b, e.Data)
		if e.Again || e.Skipped > 0 {
			b = append(append(b, "  "...), p.palette.bad.on...)
			if e.Again {
				b = append(b, "(seen before)"...)
			} else {
				b = appendCount(append(b, '('), e.Skipped, "id")
				b = append(b, " skipped)"...)
			}
			b = append(b, p.palette.bad.off...)
		}
	case *StreamLine:
		if !e.isComment() {
			return b
		}
		b = p.appendStreamStart(b, &e.Meta, e.Gap, p.palette.control, "COMMENT")
		b = appendColumn(b, columns.typ+2+3+columns.id, nil)
		b = p.appendText(b, e.commentText())
	case *StreamRetry:
		b = p.appendStreamStart(b, &e.Meta, e.Gap, p.palette.control, "RETRY  ")
		b = append(b, "reconnection time "...)
		b = append(b, ReconnectionTime(e.Wait)...)
	default:
		return b
	}
	return append(b, '\n')
}

// appendStreamStart appends what all lines begin with.
func (p *framePrinter) appendStreamStart(b []byte, m *Meta, gap time.Duration, tint style, name string) []byte {
	if p.clock.kind != None {
		b = append(b, p.palette.faint.on...)
		b = p.clock.append(b, *m)
		b = append(b, p.palette.faint.off...)
		b = append(b, "  "...)
	}
	b = append(appendArrow(b, p.palette, Received, m.Conn), "  "...)
	b = append(tint.append(b, name), "  "...)
	b = append(b, p.palette.faint.on...)
	b = appendFixed(append(b, "gap"...), gap, 3, 9)
	return append(append(b, p.palette.faint.off...), "  "...)
}

// appendText appends the length and as much of a text as is to be shown.
func (p *framePrinter) appendText(b, text []byte) []byte {
	b = append(b, "  len "...)
	length := len(b)
	if b = strconv.AppendInt(b, int64(len(text)), 10); len(text) == 0 {
		return b
	}
	for len(b) < length+p.streamColumns().size {
		b = append(b, ' ')
	}
	b = append(b, "  "...)
	head, omitted := cut(text, p.limit, true)
	b = AppendEscaped(b, head)
	if omitted > 0 {
		b = append(b, "...  "...)
		b = append(b, p.palette.faint.on...)
		b = appendCount(append(b, '('), uint64(omitted), "byte")
		b = append(append(b, " cut)"...), p.palette.faint.off...)
	}
	return b
}

// maxColumn bounds what a type or an ID may take of a line.
const maxColumn = 40

// appendColumn appends a text escaped, padded to a width.
func appendColumn(b []byte, width int, text []byte) []byte {
	head, omitted := cut(text, maxColumn, true)
	start := len(b)
	b = AppendEscaped(b, head)
	if omitted > 0 {
		b = append(b, "..."...)
	}
	for n := displaywidth.Bytes(b[start:]); n < width; n++ {
		b = append(b, ' ')
	}
	return b
}
