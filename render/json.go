package render

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"wscope/wsproto"
)

// A jsonWriter writes one JSON object a line for each event. The form is that
// of testdata/schema/wscope-events.schema.json: names are never changed or
// taken away as long as "v" is 1, and a member that has nothing to say is left
// out.
type jsonWriter struct {
	out   io.Writer
	b     []byte
	clock clock
	openMessages
	hide    OpcodeSet
	secrets bool
	full    bool // it is a transcript, which leaves out nothing
}

func newJSONWriter(out *bufio.Writer, o Options) *jsonWriter {
	return &jsonWriter{out: out, clock: clock{start: o.Start}, hide: o.Hide, secrets: o.ShowSecrets}
}

func (w *jsonWriter) Flush() error {
	if out, ok := w.out.(*bufio.Writer); ok {
		return out.Flush()
	}
	return nil
}

func (w *jsonWriter) Render(e Event) error {
	switch e := e.(type) {
	case *Frame:
		of := w.follow(e)
		if hidden(w.hide, e) {
			return nil
		}
		w.begin(e)
		w.frame(e, of)
	case *Message:
		w.begin(e)
		w.message(e)
	case *Handshake:
		w.begin(e)
		w.handshake(e)
	case *Detour:
		w.begin(e)
		w.detour(e)
	case *Retry:
		w.begin(e)
		w.retry(e)
	case *Note:
		w.begin(e)
		w.text("text", w.public(e.Text))
		if e.Important {
			w.bool("important", true)
		}
	case *End:
		w.forget(e.Conn)
		w.begin(e)
		w.end(e)
	case *Failure:
		w.begin(e)
		w.error(e.Err, "other")
		if e.Hint != "" {
			w.text("hint", w.public(e.Hint))
		}
	case *Trial:
		w.begin(e)
		w.trial(e)
	case *Conclusion:
		w.begin(e)
		w.conclusion(e)
	case *Recording:
		if !w.full {
			return nil
		}
		w.begin(e)
		w.recording(e)
	default:
		if !w.stream(e) {
			return nil
		}
	}
	w.b = append(w.b, "}\n"...)
	_, err := w.out.Write(w.b)
	w.b = shrink(w.b)
	return err
}

// begin opens the object with what all events have in common.
func (w *jsonWriter) begin(e Event) {
	m := MetaOf(e)
	w.b = append(w.b[:0], `{"v":1,"event":"`...)
	w.b = append(append(w.b, NameOf(e)...), `","time":`...)
	w.b = appendTime(w.b, m.Time)
	w.seconds("elapsed", w.clock.since(m))
	if m.Conn != 0 {
		w.int("conn", int64(m.Conn))
	}
}

func (w *jsonWriter) frame(e *Frame, of wsproto.Opcode) {
	h := &e.Header
	w.direction(e.Dir)
	w.opcode(h.Opcode)
	if h.Opcode == wsproto.OpContinuation && of != wsproto.OpContinuation {
		w.text("continues", of.String())
	}
	w.bool("fin", h.FIN)
	w.bool("rsv1", h.RSV&wsproto.RSV1 != 0)
	w.bool("rsv2", h.RSV&wsproto.RSV2 != 0)
	w.bool("rsv3", h.RSV&wsproto.RSV3 != 0)
	w.bool("masked", h.Masked)
	if h.Masked {
		w.name("mask_key")
		w.b = append(appendDigits(append(w.b, '"'), h.MaskingKey[:]), '"')
	}
	w.uint("length", h.PayloadLen)
	bits := int64(h.Len()-2) * 8
	if h.Masked {
		bits -= 32
	}
	w.int("length_bits", max(bits, 7))
	w.bool("length_minimal", h.Minimal())
	if e.Fragment != 0 {
		w.int("fragment", int64(e.Fragment))
	}
	w.payload(e.Payload, of == wsproto.OpText && !e.Encoded)
	if n := e.missing(); n > 0 {
		w.uint("payload_missing", n)
	}
	w.frameDeflate(e, of == wsproto.OpText)
	if h.Opcode == wsproto.OpClose && len(e.Payload) > 1 {
		code, reason, _ := wsproto.ParseClosePayload(e.Payload)
		w.closeCode("close_", code, reason)
	}
	if e.RTT != 0 {
		w.seconds("rtt", e.RTT)
	}
	if e.Broken != nil {
		w.name("broken")
		w.b = append(w.b, '{')
		w.rule(e.Broken)
		w.b = append(w.b, '}')
	}
}

func (w *jsonWriter) message(e *Message) {
	w.direction(e.Dir)
	w.opcode(e.Opcode)
	w.int("length", int64(len(e.Payload)))
	w.bool("start", e.Start)
	w.bool("done", e.Done)
	if e.Fragments != 0 {
		w.int("fragments", int64(e.Fragments))
	}
	w.payload(e.Payload, e.Opcode == wsproto.OpText)
	w.messageDeflate(e.Deflate)
}

func (w *jsonWriter) retry(e *Retry) {
	reason := "lost"
	if e.Err != nil {
		reason = "not_opened"
	}
	w.text("reason", reason)
	w.int("attempt", int64(e.Attempt))
	if e.Limit > 0 {
		w.int("limit", int64(e.Limit))
	}
	w.seconds("wait", e.Wait)
	if e.Err != nil {
		w.error(e.Err, "other")
	}
}

func (w *jsonWriter) handshake(e *Handshake) {
	w.text("role", e.Role.String())
	if e.Attempt > 0 {
		w.int("attempt", int64(e.Attempt))
	}
	w.text("url", w.public(e.URL))
	w.text("peer", e.Peer)
	if e.Local != "" {
		w.text("local", e.Local)
	}
	w.route(e.Route)
	w.head("request", e.request(w.secrets))
	response := e.response(w.secrets)
	response.more = response.more || e.Cut
	w.head("response", response)
	if w.full && e.Cut {
		w.bool("cut", true)
	}
	w.text("subprotocol", e.Subprotocol)
	w.strings("extensions", e.Extensions)
	if len(e.Meaning) > 0 {
		w.strings("meaning", e.Meaning)
	}
	w.seconds("took", e.Took)
	if e.Route != nil && len(e.Request) > 0 {
		w.seconds("upgrade", w.precise(e.Took)-w.precise(e.Route.Took))
	}
	if e.Err != nil {
		w.error(e.Err, "handshake")
	}
	w.diagnosis(e.Diagnosis)
}

// head writes one half of the opening handshake, if there is anything of it.
func (w *jsonWriter) head(name string, h head) {
	if !h.begun {
		return
	}
	w.name(name)
	w.headValue(h)
}

func (w *jsonWriter) headValue(h head) {
	w.b = append(w.b, `{"line":`...)
	w.b = append(appendJSONText(w.b, h.line), `,"fields":[`...)
	for i, f := range h.fields {
		w.comma(i)
		w.b = append(w.b, '[')
		w.b = append(appendJSONText(w.b, f.name), ',')
		w.b = append(appendJSONText(w.b, f.value), ']')
	}
	w.b = append(w.b, ']')
	w.bool("complete", h.ended)
	if w.full {
		w.name("raw")
		w.b = appendBase64(w.b, h.raw)
	}
	if len(h.body) > 0 {
		w.name("body")
		w.b = append(w.b, '{')
		w.payload(h.body, true)
		if h.more {
			w.bool("more", true)
		}
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, '}')
}

func (w *jsonWriter) end(e *End) {
	w.text("by", e.By.String())
	w.closeCode("", e.Code, e.Reason)
	w.bool("normal", e.Normal())
	w.seconds("took", e.Took)
	w.name("stats")
	w.b = append(w.b, '{')
	s := &e.Stats
	w.uint("frames_sent", s.FramesSent)
	w.uint("frames_received", s.FramesReceived)
	w.uint("bytes_sent", s.BytesSent)
	w.uint("bytes_received", s.BytesReceived)
	w.uint("messages_sent", s.MessagesSent)
	w.uint("messages_received", s.MessagesReceived)
	if s.RTT != 0 {
		w.seconds("rtt", s.RTT)
	}
	if s.FirstFrame != 0 {
		w.seconds("first_frame", s.FirstFrame)
	}
	w.deflateStats(s.Deflate)
	w.b = append(w.b, '}')
	// A closing handshake is told by the code, the reason and who began.
	var closed *wsproto.CloseError
	switch {
	case errors.As(e.Err, &closed):
		if closed.Reply != 0 {
			w.closeCode("reply_", closed.Reply, closed.ReplyReason)
		}
	case e.Err != nil:
		w.error(e.Err, "other")
	}
	w.diagnosis(e.Diagnosis)
}

func (w *jsonWriter) error(err error, otherwise string) {
	kind, rule := classify(err, otherwise)
	w.name("error")
	w.b = append(w.b, '{')
	w.text("kind", kind)
	w.text("message", w.public(err.Error()))
	if rule != nil {
		w.rule(rule)
	}
	w.b = append(w.b, '}')
}

func (w *jsonWriter) rule(e *wsproto.ProtocolError) {
	w.int("code", int64(e.Code))
	rfc := e.RFC
	if rfc == 0 {
		rfc = 6455
	}
	w.int("rfc", int64(rfc))
	w.text("section", e.Section)
	w.text("reason", e.Reason)
}

func (w *jsonWriter) public(s string) string {
	if w.secrets {
		return s
	}
	return RedactURLs(s)
}

func (w *jsonWriter) direction(d Direction) { w.text("direction", d.String()) }

func (w *jsonWriter) opcode(op wsproto.Opcode) {
	w.int("opcode", int64(op&0xF))
	name := "reserved"
	if !op.IsReserved() {
		name = op.String()
	}
	w.text("opcode_name", name)
}

// closeCode writes a close code, its name and the reason. A reason that is not
// UTF-8 is left out, or in a transcript given as base64.
func (w *jsonWriter) closeCode(prefix string, code wsproto.CloseCode, reason string) {
	w.int(prefix+"code", int64(code))
	w.text(prefix+"name", code.Name())
	switch {
	case utf8.ValidString(reason):
		w.text(prefix+"reason", reason)
	case w.full:
		w.name(prefix + "reason_base64")
		w.b = appendBase64(w.b, []byte(reason))
	}
}

// payload writes p as text if it is to be text and is UTF-8, else as base64. In a
// transcript a long text of control characters is base64, too: escaped it would
// take six times its length.
func (w *jsonWriter) payload(p []byte, text bool) {
	if text && utf8.Valid(p) && !(w.full && len(p) > longText && bloats(p)) {
		w.name("text")
		w.b = appendJSONString(w.b, p)
	} else {
		w.name("base64")
		w.b = appendBase64(w.b, p)
	}
}

// name begins a member of an object.
func (w *jsonWriter) name(s string) {
	if w.b[len(w.b)-1] != '{' {
		w.b = append(w.b, ',')
	}
	w.b = append(append(append(w.b, '"'), s...), `":`...)
}

func (w *jsonWriter) comma(i int) {
	if i > 0 {
		w.b = append(w.b, ',')
	}
}

// list writes a list of n members, each by item.
func (w *jsonWriter) list(name string, n int, item func(i int)) {
	w.name(name)
	w.b = append(w.b, '[')
	for i := range n {
		w.comma(i)
		item(i)
	}
	w.b = append(w.b, ']')
}

// strings writes a list of texts as they are.
func (w *jsonWriter) strings(name string, texts []string) {
	w.list(name, len(texts), func(i int) { w.b = appendJSONText(w.b, texts[i]) })
}

func (w *jsonWriter) text(name, s string) {
	w.name(name)
	w.b = appendJSONText(w.b, s)
}

func (w *jsonWriter) bool(name string, v bool) {
	w.name(name)
	w.b = strconv.AppendBool(w.b, v)
}

func (w *jsonWriter) int(name string, n int64) {
	w.name(name)
	w.b = strconv.AppendInt(w.b, n, 10)
}

func (w *jsonWriter) uint(name string, n uint64) {
	w.name(name)
	w.b = strconv.AppendUint(w.b, n, 10)
}

// precise returns d as it is written, so that what is computed from several spans
// is the same for a reader that has only those.
func (w *jsonWriter) precise(d time.Duration) time.Duration {
	if w.full {
		return d
	}
	return d.Round(time.Microsecond)
}

func (w *jsonWriter) seconds(name string, d time.Duration) {
	w.name(name)
	if w.full {
		w.b = appendNanoseconds(w.b, d)
	} else {
		w.b = appendSeconds(w.b, d)
	}
}
