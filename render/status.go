package render

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"wscope/wsproto"
)

// NewStatus returns a renderer of the talk about a session: that it is open,
// how it ended, what failed, and with Verbose what was exchanged. Everything of
// the peer's is escaped. What it writes is buffered until [Renderer.Flush].
func NewStatus(w io.Writer, o StatusOptions) Renderer {
	s := &status{
		out:     bufio.NewWriterSize(w, statusBuffer),
		o:       o,
		palette: newPalette(o.Color),

		underway: map[int]*shownPart{},
	}
	switch {
	case o.Quiet:
	case o.Verbose >= 3:
		s.frames = newHexPrinter(o.frames())
	case o.Verbose == 2:
		s.frames = newFramePrinter(o.frames())
	}
	return s
}

type status struct {
	out     *bufio.Writer
	o       StatusOptions
	palette *palette
	frames  framer // nil if frames are not shown
	buf     []byte

	underway map[int]*shownPart // by connection, of those that are being opened
}

func (s *status) Flush() error { return s.out.Flush() }

func (s *status) Render(e Event) error {
	b := s.buf[:0]
	switch e := e.(type) {
	case *Frame:
		if s.frames != nil {
			b = s.frames.append(b, e)
		}
	case *Handshake:
		b = s.appendHandshake(b, e)
	case *Detour:
		b = s.appendDetour(b, e)
	case *Underway:
		b = s.appendUnderway(b, e)
	case *Retry:
		if !s.o.Quiet {
			b = s.appendRetry(b, e)
		}
	case *Note:
		if (s.o.Verbose > 0 || e.Important) && !s.o.Quiet {
			b = append(s.appendText(s.appendStar(b, e.Conn), e.Text), '\n')
		}
	case *End:
		if s.frames != nil {
			s.frames.forget(e.Conn)
		}
		if !s.o.Quiet || !e.Normal() {
			b = s.appendEnd(b, e)
		}
	case *Failure:
		b = s.appendFailure(b, e)
	case *Recording:
		if s.o.Verbose > 0 && !s.o.Quiet {
			b = s.appendRecording(b, e)
		}
	case *Message:
	default:
		b = s.appendStream(b, e)
	}
	if len(b) == 0 {
		return nil
	}
	_, err := s.out.Write(b)
	s.buf = shrink(b)
	return err
}

// appendStar begins a line of talk.
func (s *status) appendStar(b []byte, conn int) []byte {
	b = s.palette.faint.append(b, "* ")
	if conn != 0 {
		b = append(strconv.AppendInt(append(b, '#'), int64(conn), 10), ' ')
	}
	return b
}

// appendSpeaker begins a line that a program says of itself.
func (s *status) appendSpeaker(b []byte) []byte {
	if s.o.Replay {
		return s.appendStar(b, 0)
	}
	return append(b, "wscope: "...)
}

// appendText appends a text that may have parts from the peer or from a URL.
func (s *status) appendText(b []byte, text string) []byte {
	if !s.o.ShowSecrets {
		text = RedactURLs(text)
	}
	return appendEscaped(b, []byte(text), false)
}

// appendRetry tells when there will be another connection, and which attempt to
// get it that is.
func (s *status) appendRetry(b []byte, e *Retry) []byte {
	b = s.appendStar(b, e.Conn)
	if e.Err != nil {
		b = s.palette.bad.append(b, "not open")
		b = append(s.appendText(append(b, ": "...), e.Err.Error()), "; "...)
	}
	b = appendDuration(append(b, "connecting again in "...), e.Wait)
	b = strconv.AppendInt(append(b, " (attempt "...), int64(e.Attempt), 10)
	if e.Limit > 0 {
		b = strconv.AppendInt(append(b, " of "...), int64(e.Limit), 10)
	}
	return append(b, ")\n"...)
}

// appendHandshake shows the two halves with -v, then that the connection is
// open, or for a server that it was refused. Why a client's handshake failed is
// told by a [Failure]; what the server answered is shown in any case.
func (s *status) appendHandshake(b []byte, e *Handshake) []byte {
	request, response := byte('>'), byte('<')
	if e.Role == wsproto.Server {
		request, response = response, request
	}
	failed := e.Err != nil && e.Role == wsproto.Client
	shown := s.arrived(e.Conn)
	if e.Route != nil {
		b = s.appendRoute(b, e.Route, &e.Meta, shown)
	}
	if s.o.Verbose > 0 && !s.o.Quiet && !shown.request {
		b = s.appendHead(b, e.request(s.o.ShowSecrets), request, e.Conn)
	}
	if s.o.Verbose > 0 && !s.o.Quiet || failed && !s.o.Included {
		b = s.appendHead(b, e.response(s.o.ShowSecrets), response, e.Conn)
	}
	if e.Cut {
		b = append(s.appendStar(b, e.Conn), "there is more of the body than this\n"...)
	}
	if s.o.Verbose > 0 && !s.o.Quiet {
		b = s.appendDiagnosis(b, e.Diagnosis, e.Conn)
	}
	if failed || s.o.Quiet {
		return b
	}
	if s.o.Verbose == 0 && !s.o.Announce && e.Attempt == 0 {
		return b
	}
	if s.o.Verbose > 0 && e.Route != nil {
		b = s.appendTiming(b, append(e.Route.phases(), phase{name: "upgrade", took: e.Took - e.Route.Took}), e.Conn)
	}
	if s.o.Verbose > 0 && e.Role == wsproto.Client {
		b = append(s.appendStar(b, e.Conn), "Sec-WebSocket-Accept fits the key\n"...)
	}
	b = s.appendStar(b, e.Conn)
	if e.Role == wsproto.Client {
		b = s.appendText(b, e.URL)
	} else {
		b = s.appendText(b, e.Peer)
	}
	if e.Err != nil {
		b = s.palette.bad.append(b, " refused")
		b = append(b, ": "...)
		return append(s.appendText(b, e.Err.Error()), '\n')
	}
	b = append(b, " open"...)
	if e.Attempt > 0 {
		b = append(b, " again"...)
	}
	if e.Role == wsproto.Server {
		b = s.appendText(append(b, " at "...), e.URL)
	}
	b = appendDuration(append(b, " in "...), e.Took)
	b = append(b, " ("...)
	if e.Attempt > 0 {
		b = append(strconv.AppendInt(append(b, "attempt "...), int64(e.Attempt), 10), ", "...)
	}
	if e.Subprotocol == "" {
		b = append(b, "no subprotocol"...)
	} else {
		b = s.appendText(append(b, "subprotocol "...), e.Subprotocol)
	}
	if len(e.Extensions) == 0 {
		b = append(b, ", no extensions"...)
	}
	for _, x := range e.Extensions {
		b = s.appendText(append(b, ", "...), x)
	}
	b = append(b, ")\n"...)
	for _, x := range e.Meaning {
		b = append(s.appendText(s.appendStar(b, e.Conn), x), '\n')
	}
	return b
}

// appendHead shows one half of an opening handshake, each line after the mark.
func (s *status) appendHead(b []byte, h head, mark byte, conn int) []byte {
	if !h.begun {
		return b
	}
	prefix := string(mark)
	if conn != 0 {
		prefix += " #" + strconv.Itoa(conn)
	}
	tint := s.palette.sent
	if mark == '<' {
		tint = s.palette.recv
	}
	line := func(text string) {
		b = tint.append(b, prefix)
		if text != "" {
			b = AppendEscaped(append(b, ' '), []byte(text))
		}
		b = append(b, '\n')
	}
	line(h.line)
	for _, f := range h.fields {
		line(f.String())
	}
	if h.ended {
		line("")
	}
	// It was bounded when it was read.
	body, omitted := cut(h.body, preview(s.o.MaxPreview, -1), true)
	for part := range bytes.Lines(body) {
		line(string(bytes.TrimRight(part, "\r\n")))
	}
	if omitted > 0 {
		b = appendCount(s.appendStar(b, conn), uint64(omitted), "byte")
		b = append(b, " of the body cut\n"...)
	}
	if h.more {
		b = append(s.appendStar(b, conn), "the body goes on\n"...)
	}
	return b
}

// Normal reports whether the session was closed by a closing handshake with
// code 1000, 1001 or none.
func (e *End) Normal() bool {
	var c *wsproto.CloseError
	if !errors.As(e.Err, &c) {
		return false
	}
	return c.Code == wsproto.CloseNormal || c.Code == wsproto.CloseGoingAway || c.Code == wsproto.CloseNoStatus
}

func (s *status) appendEnd(b []byte, e *End) []byte {
	b = s.appendStar(b, e.Conn)
	var (
		closed *wsproto.CloseError
		broken *wsproto.ProtocolError
		size   *wsproto.SizeError
		drop   *wsproto.DropError
	)
	by := func(verb string) {
		switch e.By {
		case Us:
			verb += " by us"
		case Peer:
			verb += " by the peer"
		}
		tint := style{}
		if !e.Normal() {
			tint = s.palette.bad
		}
		b = tint.append(b, verb)
		b = append(appendDuration(append(b, " after "...), e.Took), ": "...)
	}
	switch {
	case errors.As(e.Err, &closed):
		by("closed")
		b = appendClose(b, e.Code, e.Reason)
		differs := closed.Reply != e.Code || closed.ReplyReason != "" && closed.ReplyReason != e.Reason
		if closed.Reply != 0 && differs {
			b = appendClose(append(b, ", answered with "...), closed.Reply, closed.ReplyReason)
		}
	case errors.As(e.Err, &broken):
		by("failed")
		b = append(appendClose(b, broken.Code, ""), ", "...)
		b = appendRule(b, broken)
	case errors.As(e.Err, &size):
		by("failed")
		b = append(appendClose(b, wsproto.CloseMessageTooBig, ""), ", "...)
		b = s.appendText(b, e.Err.Error())
	default:
		switch {
		case !errors.As(e.Err, &drop):
			by("ended")
		case e.By == Nobody:
			by("lost")
		default:
			by("dropped")
		}
		b = appendClose(b, e.Code, e.Reason)
		if e.Err != nil {
			b = s.appendText(append(b, ", "...), e.Err.Error())
		}
	}
	b = append(b, ' ')
	b = append(b, s.palette.faint.on...)
	b = appendStats(b, &e.Stats)
	b = append(b, s.palette.faint.off...)
	b = append(b, '\n')
	if s.o.Quiet || e.Diagnosis == nil {
		return b
	}
	if s.o.Verbose > 0 {
		b = s.appendDiagnosis(b, e.Diagnosis, e.Conn)
	}
	return s.appendHint(b, e.Diagnosis.Hint, e.Conn)
}

func appendStats(b []byte, s *Stats) []byte {
	b = appendCount(append(b, "(sent "...), s.FramesSent, "frame")
	b = appendSize(append(b, ' '), s.BytesSent)
	b = appendCount(append(b, ", received "...), s.FramesReceived, "frame")
	b = appendSize(append(b, ' '), s.BytesReceived)
	if s.RTT != 0 {
		b = appendDuration(append(b, ", rtt "...), s.RTT)
	}
	if s.Deflate != nil {
		b = append(append(b, ", "...), s.Deflate.String()...)
	}
	return append(b, ')')
}

func (s *status) appendFailure(b []byte, e *Failure) []byte {
	b = s.appendSpeaker(b)
	b = s.palette.bad.append(b, "error:")
	b = append(b, ' ')
	if e.Conn != 0 {
		b = append(strconv.AppendInt(append(b, '#'), int64(e.Conn), 10), ' ')
	}
	b = append(s.appendLines(b, e.Err.Error()), '\n')
	return s.appendHint(b, e.Hint, e.Conn)
}

// appendLines appends a text of one line or several. The further ones are
// indented, so that none of them passes for one of ours.
func (s *status) appendLines(b []byte, text string) []byte {
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b = append(b, "\n  "...)
		}
		b = s.appendText(b, line)
	}
	return b
}
