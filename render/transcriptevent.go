package render

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"wscope/sse"
	"wscope/wsproto"
)

// decode returns the event of a line, nil for one that this version does not
// know.
func (t *TranscriptReader) decode(line []byte) (Event, error) {
	var w wireEvent
	bad := json.Unmarshal(line, &w)
	switch {
	case errors.As(bad, new(*json.SyntaxError)):
		return nil, explain(bad)
	case w.V == 0 && bad != nil:
		return nil, explain(bad)
	case w.V == 0 || w.Event == "":
		return nil, errors.New("this is no transcript: the object has no v and event")
	case w.V != 1:
		return nil, fmt.Errorf("the form has version %d, this program reads version 1", w.V)
	case !slices.Contains(eventNames[:], w.Event):
		return nil, nil // its members may be anything
	case bad != nil:
		return nil, explain(bad)
	case w.Conn < 0:
		return nil, fmt.Errorf("conn is %d, expected a number from 1", w.Conn)
	}
	at, err := time.Parse(time.RFC3339Nano, w.Time)
	if err != nil {
		return nil, unexpected("time", w.Time, "a time in the form of RFC 3339")
	}
	m := Meta{Time: at.Local(), Elapsed: time.Duration(w.Elapsed), Conn: w.Conn}
	switch w.Event {
	case "recording":
		return &Recording{Meta: m, Program: w.Program, Command: w.Command, Secrets: w.Secrets}, nil
	case "handshake":
		t.stream = false
		return w.handshake(m)
	case "detour":
		return w.detour(m)
	case "frame":
		return w.frame(m)
	case "message":
		return w.message(m)
	case "note":
		return &Note{Meta: m, Text: string(w.bytes()), Important: w.Important}, w.check()
	case "close":
		return w.end(m)
	case "trial":
		return w.trial(m)
	case "conclusion":
		return &Conclusion{Meta: m, Accepted: w.Accepted, Meaning: w.Meaning, Next: w.Next}, nil
	case "error":
		if w.Error == nil {
			return nil, missing("error")
		}
		return &Failure{Meta: m, Err: w.Error.error(nil), Hint: w.Hint}, nil
	case "exchange", "open":
		t.stream = true
	case "retry":
		if !t.stream {
			return w.retry(m)
		}
	}
	return w.streamEvent(m)
}

func (w *wireEvent) handshake(m Meta) (Event, error) {
	e := &Handshake{
		Meta: m, Attempt: w.Attempt, URL: w.URL, Peer: w.Peer, Local: w.Local,
		Request: w.Request.raw(), Response: w.Response.raw(), Cut: w.Cut || w.Response.cut(),
		Subprotocol: w.Subprotocol, Extensions: w.Extensions, Meaning: w.Meaning,
		Took: time.Duration(w.Took), Err: w.Error.error(w.Response.body()),
		Diagnosis: w.Diagnosis.diagnosis(),
	}
	var err error
	if e.Route, err = w.Route.route(); err != nil {
		return nil, err
	}
	switch w.Role {
	case wsproto.Client.String():
		e.Role = wsproto.Client
	case wsproto.Server.String():
		e.Role = wsproto.Server
	default:
		return nil, unexpected("role", w.Role, "client or server")
	}
	return e, nil
}

func (w *wireEvent) detour(m Meta) (Event, error) {
	e := &Detour{
		Meta: m, URL: w.URL, Request: w.Request.raw(), Response: w.Response.raw(),
		Cut:    w.Response != nil && w.Response.Body != nil && w.Response.Body.More,
		Status: w.Status, To: w.To, Number: w.Number, Max: w.Max, Withheld: w.Withheld,
	}
	var err error
	e.Route, err = w.Route.route()
	return e, err
}

func (w *wireEvent) retry(m Meta) (Event, error) {
	e := &Retry{Meta: m, Attempt: w.Attempt, Limit: w.Limit, Wait: time.Duration(w.Wait), Err: w.Error.error(nil)}
	switch w.Reason {
	case "lost":
	case "not_opened":
		if e.Err == nil {
			return nil, missing("error")
		}
	default:
		return nil, unexpected("reason", w.Reason, "lost or not_opened")
	}
	return e, nil
}

func (w *wireEvent) frame(m Meta) (Event, error) {
	f := &Frame{Meta: m, RTT: time.Duration(w.RTT), FrameInfo: &wsproto.FrameInfo{
		Header:  wsproto.Header{FIN: w.FIN, Masked: w.Masked, PayloadLen: w.Length},
		Payload: w.bytes(), Fragment: w.Fragment,
	}}
	var err error
	if f.Dir, err = w.dir(); err != nil {
		return nil, err
	}
	h := &f.Header
	if h.Opcode, err = w.opcode(0xF); err != nil {
		return nil, err
	}
	for i, set := range [...]bool{w.RSV1, w.RSV2, w.RSV3} {
		if set {
			h.RSV |= rsvBits[i]
		}
	}
	if key, err := hex.DecodeString(w.MaskKey); w.Masked {
		if err != nil || len(key) != len(h.MaskingKey) {
			return nil, unexpected("mask_key", w.MaskKey, "eight hexadecimal digits")
		}
		h.MaskingKey = [4]byte(key)
	}
	switch w.LengthBits {
	case 0, 7:
	case 16, 64:
		h.LenBytes = uint8(w.LengthBits / 8)
	default:
		return nil, unexpected("length_bits", fmt.Sprint(w.LengthBits), "7, 16 or 64")
	}
	switch w.Continues {
	case "":
	case wsproto.OpText.String():
		f.Continues = wsproto.OpText
	case wsproto.OpBinary.String():
		f.Continues = wsproto.OpBinary
	default:
		return nil, unexpected("continues", w.Continues, "text or binary")
	}
	if w.Broken != nil {
		f.Broken = w.Broken.rule()
	}
	if d := w.Deflate; d != nil {
		f.Encoded, f.Decoded, f.DecodedLen = true, d.bytes(), d.Length
		if d.MessageWire != nil {
			f.Deflate = &Deflate{Wire: *d.MessageWire, Plain: d.MessageLength, Context: d.Context}
		}
	}
	return f, w.check()
}

func (w *wireEvent) message(m Meta) (Event, error) {
	e := &Message{Meta: m, Payload: w.bytes(), Fragments: w.Fragments, Start: w.Start, Done: w.Done}
	var err error
	if e.Dir, err = w.dir(); err != nil {
		return nil, err
	}
	if e.Opcode, err = w.opcode(uint8(wsproto.OpBinary)); err != nil {
		return nil, err
	}
	if d := w.Deflate; d != nil {
		e.Deflate = &Deflate{Wire: d.Wire, Plain: uint64(len(e.Payload)), Context: d.Context}
	}
	return e, w.check()
}

func (w *wireEvent) end(m Meta) (Event, error) {
	s := &w.Stats
	e := &End{Meta: m, Code: w.Code, Reason: w.Reason, Took: time.Duration(w.Took), Err: w.Error.error(nil), Diagnosis: w.Diagnosis.diagnosis(), Stats: Stats{
		FramesSent: s.FramesSent, FramesReceived: s.FramesReceived,
		BytesSent: s.BytesSent, BytesReceived: s.BytesReceived,
		MessagesSent: s.MessagesSent, MessagesReceived: s.MessagesReceived,
		RTT: time.Duration(s.RTT), FirstFrame: time.Duration(s.FirstFrame),
	}}
	if d := s.Deflate; d != nil {
		flow := func(w wireFlow) DeflateFlow { return DeflateFlow{Messages: w.Messages, Wire: w.Wire, Plain: w.Length} }
		e.Stats.Deflate = &DeflateStats{Sent: flow(d.Sent), Received: flow(d.Received), Windows: d.WindowBytes}
	}
	if w.ReasonBase64 != nil {
		e.Reason = string(w.ReasonBase64)
	}
	var err error
	if e.By, err = w.side(); err != nil {
		return nil, err
	}
	if e.Err == nil {
		// A closing handshake is told by the code, the reason and who began.
		closed := &wsproto.CloseError{Code: e.Code, Reason: e.Reason, Remote: e.By == Peer, Reply: w.ReplyCode, ReplyReason: w.ReplyReason}
		if w.ReplyReasonBase64 != nil {
			closed.ReplyReason = string(w.ReplyReasonBase64)
		}
		e.Err = closed
	}
	return e, nil
}

func (w *wireEvent) dir() (Direction, error) {
	for _, d := range []Direction{Sent, Received} {
		if w.Direction == d.String() {
			return d, nil
		}
	}
	return 0, unexpected("direction", w.Direction, "sent or received")
}

func (w *wireEvent) side() (Side, error) {
	for _, s := range []Side{Nobody, Us, Peer} {
		if w.By == s.String() {
			return s, nil
		}
	}
	return 0, unexpected("by", w.By, "us, peer or nobody")
}

func (w *wireEvent) opcode(most uint8) (wsproto.Opcode, error) {
	if w.Opcode == nil {
		return 0, missing("opcode")
	}
	if *w.Opcode > most {
		return 0, unexpected("opcode", fmt.Sprint(*w.Opcode), fmt.Sprintf("at most %d", most))
	}
	return wsproto.Opcode(*w.Opcode), nil
}

// streamEvent is decode for what happens on an event stream.
func (w *wireEvent) streamEvent(m Meta) (Event, error) {
	at := int64(-1)
	if w.Offset != nil {
		at = *w.Offset
	}
	switch w.Event {
	case "exchange":
		route, err := w.Route.route()
		e := &Exchange{Meta: m, URL: w.URL, Route: route, Request: w.Request.raw(), Response: w.Response.raw(), Err: w.Error.error(w.Response.body())}
		for i := range w.Interim {
			e.Interim = append(e.Interim, w.Interim[i].raw())
		}
		return e, err
	case "open":
		if w.StatusText == "" {
			w.StatusText = fmt.Sprint(w.Status, " ", http.StatusText(w.Status))
		}
		return &StreamOpen{Meta: m, URL: w.URL, Opening: &sse.Opening{
			Response: &http.Response{Proto: w.Protocol, Status: w.StatusText, StatusCode: w.Status},
			Took:     time.Duration(w.Took), Attempt: w.Attempt, LastEventID: w.LastEventID,
		}}, nil
	case "sse":
		return &StreamEvent{Meta: m, Gap: time.Duration(w.Gap), Again: w.Again, Skipped: w.Skipped, Event: &sse.Event{
			Type: []byte(w.Type), ID: []byte(w.ID), NewID: w.NewID, Data: []byte(w.Data), Offset: at, Len: int64(w.Length),
		}}, nil
	case "comment":
		l := w.Line
		if l == nil {
			// What is no transcript has the text alone.
			text := ": " + string(w.bytes())
			l = &wireLine{wirePayload: wirePayload{Text: &text}, End: sse.LF.String()}
		}
		return w.streamLine(m, l, at, sse.CommentLine)
	case "line":
		if w.Line == nil {
			return nil, missing("line")
		}
		return w.streamLine(m, w.Line, at, sse.FieldLine)
	case "reconnection_time":
		return &StreamRetry{Meta: m, Wait: time.Duration(w.Wait), Gap: time.Duration(w.Gap)}, nil
	case "retry":
		return w.loss(m)
	case "resume":
		return &StreamResume{Meta: m, Attempt: w.Attempt, ID: w.ID, Repeated: w.Repeated, Skipped: w.Skipped}, nil
	case "finding":
		return &StreamFinding{Meta: m, Finding: &sse.Finding{Rule: w.Rule, Minor: w.Minor, Seen: w.Seen, Advice: w.Advice, Offset: at}}, nil
	case "end":
		return w.streamEnd(m)
	case "stream":
		return &StreamServed{
			Meta: m, URL: w.URL, Peer: w.Peer, Request: w.Request.raw(), Response: w.Response.raw(),
			Open: w.Open, LastEventID: w.LastEventID, Took: time.Duration(w.Took), Err: w.Error.error(nil),
		}, nil
	case "stream_end":
		return w.servedEnd(m)
	case "lost":
		return &StreamLost{Meta: m, Events: w.Events}, nil
	}
	return nil, nil
}

func (w *wireEvent) streamLine(m Meta, l *wireLine, at int64, kind sse.LineKind) (Event, error) {
	line, err := l.line(at)
	if err != nil {
		return nil, err
	}
	if comment := line.Kind == sse.CommentLine; comment != (kind == sse.CommentLine) {
		return nil, fmt.Errorf("the event is %q, which the line %.40q is not", w.Event, line.Raw)
	}
	if line.Dispatches = w.Dispatches && line.Kind == sse.BlankLine; w.EventOffset != nil {
		line.EventOffset = *w.EventOffset
	}
	return &StreamLine{Meta: m, Gap: time.Duration(w.Gap), Line: &line}, nil
}

func (w *wireEvent) loss(m Meta) (Event, error) {
	l := &sse.Loss{
		Open: w.After != nil, Events: w.Events, Unfinished: w.Unfinished,
		Attempt: w.Attempt, Wait: time.Duration(w.Wait), LastEventID: w.LastEventID, Err: w.Error.error(nil),
	}
	if w.After != nil {
		l.After = time.Duration(*w.After)
	}
	switch w.Reason {
	case "dropped":
		l.Dropped = true
	case "ended", "lost", "not_opened":
	default:
		return nil, unexpected("reason", w.Reason, "ended, lost, dropped or not_opened")
	}
	return &StreamLoss{Meta: m, Loss: l}, nil
}

func (w *wireEvent) streamEnd(m Meta) (Event, error) {
	s := &w.Stats
	e := &StreamEnd{Meta: m, Err: w.Error.error(nil), Took: time.Duration(w.Took), Stats: StreamStats{
		Events: s.Events, Comments: s.Comments, Bytes: s.Bytes,
		Connections: s.Connections, Repeated: s.Repeated, Skipped: s.Skipped,
		FirstEvent: time.Duration(s.FirstEvent),
	}}
	var err error
	if e.By, err = w.side(); err != nil {
		return nil, err
	}
	if e.Err == nil && e.By != Us {
		e.Err = io.EOF // in order
	}
	return e, nil
}

func (w *wireEvent) servedEnd(m Meta) (Event, error) {
	s := &w.Stats
	e := &StreamServedEnd{Meta: m, Err: w.Error.error(nil), Took: time.Duration(w.Took), Stats: ServedStats{
		Events: s.Events, Comments: s.Comments, Bytes: s.Bytes, Lost: s.Lost,
	}}
	var err error
	e.By, err = w.side()
	return e, err
}
