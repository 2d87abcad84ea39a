package render

import "strconv"

// A Deflate is what compressing did to a message, or to as much of it as there
// was by the end of a frame.
type Deflate struct {
	Wire, Plain uint64 // bytes on the wire, and inflated
	// Context is how many bytes of earlier messages it could refer to; 0 if it
	// stands by itself.
	Context int
}

// grown is how many bytes the message is longer for having been compressed.
func (d *Deflate) grown() uint64 {
	if d.Wire > d.Plain {
		return d.Wire - d.Plain
	}
	return 0
}

// DeflateStats are the totals of a connection that compresses. Messages that
// were sent as they are do not count.
type DeflateStats struct {
	Sent, Received DeflateFlow
	Windows        int // bytes of memory that the windows take
}

// A DeflateFlow counts the compressed messages of one direction.
type DeflateFlow struct {
	Messages    uint64
	Wire, Plain uint64 // bytes on the wire, and inflated
}

// String returns the totals in words, as in "deflate sent 1200 B as 300 B
// (25 %), received nothing, windows 2048 B".
func (s *DeflateStats) String() string {
	b := appendFlow([]byte("deflate sent "), &s.Sent)
	b = appendFlow(append(b, ", received "...), &s.Received)
	return string(appendSize(append(b, ", windows "...), uint64(s.Windows)))
}

func appendFlow(b []byte, f *DeflateFlow) []byte {
	if f.Messages == 0 && f.Wire == 0 {
		return append(b, "nothing"...)
	}
	b = appendSize(b, f.Plain)
	b = appendSize(append(b, " as "...), f.Wire)
	if f.Plain > 0 {
		b = append(appendPercent(append(b, " ("...), f.Wire, f.Plain), ')')
	}
	return b
}

// appendPercent appends how much of the plain bytes is left on the wire, with a
// digit behind the point where it is small.
func appendPercent(b []byte, wire, plain uint64) []byte {
	digits, percent := 0, 100*float64(wire)/float64(plain)
	if percent < 9.95 {
		digits = 1
	}
	return append(strconv.AppendFloat(b, percent, 'f', digits, 64), " %"...)
}

// inflated reports whether the frame is to be shown by what came out of the
// extension rather than by what was on the wire. A fragment of which nothing
// has come out yet is not.
func (e *Frame) inflated() bool {
	return e.Encoded && (e.DecodedLen > 0 || e.Header.FIN && e.Broken == nil)
}

// body returns what is shown of the payload, and how long that is in full.
func (e *Frame) body() ([]byte, uint64) {
	if e.inflated() {
		return e.Decoded, e.DecodedLen
	}
	return e.Payload, e.Header.PayloadLen
}

// unread is how much is missing of what is shown as the payload.
func (e *Frame) unread() uint64 {
	p, full := e.body()
	return full - min(full, uint64(len(p)))
}

// appendDeflate appends the remark on a compressed frame: the ratio, of the whole
// message if it ends here, and with its first frame the context.
func appendDeflate(b []byte, f *Frame) []byte {
	b = append(b, "deflate"...)
	d := f.Deflate
	if d == nil {
		return b
	}
	if d.Plain > 0 {
		b = appendPercent(append(b, ' '), d.Wire, d.Plain)
		if f.Fragment > 1 {
			b = appendSize(append(b, " of "...), d.Plain)
		}
	}
	if f.Fragment <= 1 {
		b = appendContext(append(b, ", "...), d.Context)
	}
	return b
}

func appendContext(b []byte, n int) []byte {
	if n == 0 {
		return append(b, "no context"...)
	}
	return appendSize(append(b, "context "...), uint64(n))
}

// grewBy is how much a message that ends with the frame has grown.
func (e *Frame) grewBy() uint64 {
	if e.Deflate == nil || !e.Header.FIN || e.Broken != nil {
		return 0
	}
	return e.Deflate.grown()
}

// inflated writes what came out of the extension, in rows of its bytes and the
// ASCII characters. The offsets are those of the inflated bytes.
func (d *dump) inflated(f *Frame, limit int) {
	if !f.Encoded {
		return
	}
	d.begin()
	d.to(bytesColumn)
	d.tinted(d.palette.data, "inflated")
	var meaning []byte
	if f.DecodedLen > 0 || f.Header.FIN {
		meaning = append(appendCount(meaning, f.DecodedLen, "byte"), ", "...)
	} else {
		meaning = append(meaning, "nothing so far, "...)
	}
	meaning = appendDeflate(meaning, f)
	d.to(d.bits)
	d.b = append(d.b, meaning...)
	d.to(d.rfc)
	d.tinted(d.palette.faint, "RFC 7692, 7.2.2")
	d.b = append(d.b, '\n')
	head, omitted := cut(f.Decoded, limit, false)
	d.offset = 0
	text := bytesColumn + d.row*3 + 1
	for i := 0; i < len(head); i += d.row {
		part := head[i:min(i+d.row, len(head))]
		d.begin()
		d.at()
		d.b = appendHex(d.b, part)
		d.to(text)
		d.characters(part)
		d.offset += len(part)
	}
	d.remark(uint64(omitted), "cut")
	d.remark(f.DecodedLen-min(f.DecodedLen, uint64(len(f.Decoded))), "not kept")
	if n := f.grewBy(); n > 0 {
		d.begin()
		d.to(offsetColumn)
		d.b = append(d.b, d.palette.hint.on...)
		d.b = appendCount(append(d.b, "grew by "...), n, "byte")
		d.b = append(append(d.b, d.palette.hint.off...), '\n')
	}
}

// frameDeflate writes what compressing did to a frame.
func (w *jsonWriter) frameDeflate(e *Frame, text bool) {
	if !e.Encoded {
		return
	}
	w.name("deflate")
	w.b = append(w.b, '{')
	w.uint("length", e.DecodedLen)
	w.payload(e.Decoded, text)
	if n := e.DecodedLen - min(e.DecodedLen, uint64(len(e.Decoded))); n > 0 {
		w.uint("missing", n)
	}
	if e.Deflate != nil {
		w.uint("message_wire", e.Deflate.Wire)
		w.uint("message_length", e.Deflate.Plain)
		w.deflateFacts(e.Deflate, e.grewBy() > 0)
	}
	w.b = append(w.b, '}')
}

// messageDeflate writes what compressing did to a message.
func (w *jsonWriter) messageDeflate(d *Deflate) {
	if d == nil {
		return
	}
	w.name("deflate")
	w.b = append(w.b, '{')
	w.uint("wire", d.Wire)
	w.deflateFacts(d, d.grown() > 0)
	w.b = append(w.b, '}')
}

func (w *jsonWriter) deflateFacts(d *Deflate, grew bool) {
	w.ratio(d.Wire, d.Plain)
	w.int("context", int64(d.Context))
	if grew {
		w.bool("grew", true)
	}
}

// ratio writes how much of the plain bytes is left on the wire.
func (w *jsonWriter) ratio(wire, plain uint64) {
	if plain > 0 {
		w.name("ratio")
		w.b = strconv.AppendFloat(w.b, float64(wire)/float64(plain), 'f', 4, 64)
	}
}

func (w *jsonWriter) deflateStats(s *DeflateStats) {
	if s == nil {
		return
	}
	w.name("deflate")
	w.b = append(w.b, '{')
	for _, f := range []struct {
		name string
		*DeflateFlow
	}{{"sent", &s.Sent}, {"received", &s.Received}} {
		w.name(f.name)
		w.b = append(w.b, '{')
		w.uint("messages", f.Messages)
		w.uint("wire", f.Wire)
		w.uint("length", f.Plain)
		w.ratio(f.Wire, f.Plain)
		w.b = append(w.b, '}')
	}
	w.int("window_bytes", int64(s.Windows))
	w.b = append(w.b, '}')
}
