package play

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"wscope/cmd/internal/expect"
	"wscope/cmd/internal/script"
	"wscope/sse"
	"wscope/wsproto"
)

// A link is a connection of a test, of whatever kind.
type link struct {
	*part
	open   *script.Open
	number int
	inbox  *inbox
	last   *expect.Message // that an expect was about; of the part's goroutine, as left
	left   []leftover      // what expectations have left behind, the oldest first
	seen   atomic.Bool     // an expect close has seen the end

	// Of the peer's half of the HTTP exchange that opened the link.
	asked  string // "METHOD TARGET" of a client's request
	status int    // of a server's response
	fields wsproto.Fields
	body   []byte // of an exchange that is no connection

	ws     *wsproto.Conn // nil for other links; set with mu held
	served *servedStream // of stream, else nil

	mu      sync.Mutex
	aborts  []func(error) // what ends the link at once
	aborted error
}

func (t *part) newLink(s *script.Open) *link {
	l := &link{part: t, open: s, number: t.observer.Number(), inbox: newInbox(&t.player.bell)}
	t.add(l)
	return l
}

// onAbort has f end what the link is doing. It is called at once if the link has
// been ended already.
func (l *link) onAbort(f func(error)) {
	l.mu.Lock()
	cause := l.aborted
	if cause == nil {
		l.aborts = append(l.aborts, f)
	}
	l.mu.Unlock()
	if cause != nil {
		f(cause)
	}
}

// abort ends the link at once. If nothing reads from it, nothing more can come.
func (l *link) abort(cause error) {
	l.mu.Lock()
	aborts := l.aborts
	if l.aborted == nil {
		l.aborted = cause
	}
	l.aborts = nil
	live := l.ws != nil
	l.mu.Unlock()
	for _, f := range aborts {
		f(cause)
	}
	if !live { // else its reader says when it is over
		l.inbox.finish(&expect.Message{Kind: expect.Close, Code: wsproto.CloseAbnormal}, cause)
	}
}

// goodbye begins to close the link in order.
func (l *link) goodbye() {
	switch {
	case l.ws != nil:
		l.ws.Close(wsproto.CloseNormal, "")
	case l.served != nil:
		l.served.end()
		fallthrough
	default:
		l.abort(errOver)
	}
}

// endSeen reports whether an expectation has seen the end.
func (l *link) endSeen() bool { return l.seen.Load() }

// endOf returns the end of a WebSocket connection as a message: the code and the
// reason that the peer has sent, or ours if we have failed the connection.
func endOf(err error) *expect.Message {
	m := &expect.Message{Kind: expect.Close, Code: wsproto.CloseAbnormal}
	var (
		closed *wsproto.CloseError
		broken *wsproto.ProtocolError
		size   *wsproto.SizeError
	)
	switch {
	case errors.As(err, &closed):
		m.Code, m.Reason = closed.Code, closed.Reason
		if !closed.Remote {
			m.Code, m.Reason = closed.Reply, closed.ReplyReason
		}
	case errors.As(err, &broken):
		m.Code, m.Reason = broken.Code, broken.Reason
	case errors.As(err, &size):
		m.Code, m.Reason = wsproto.CloseMessageTooBig, size.Error()
	}
	return m
}

// endOfStream returns the end of an event stream as a message.
func endOfStream(err error) *expect.Message {
	m := &expect.Message{Kind: expect.Close, Code: wsproto.CloseAbnormal}
	if err == io.EOF {
		m.Code = wsproto.CloseNormal
	}
	return m
}

// ended says in words how the link ended.
func (l *link) ended() string {
	switch err := l.inbox.cause(); {
	case err == io.EOF:
		return "the stream ended"
	case errors.As(err, new(*sse.LostError)):
		return err.Error()
	case err != nil:
		return "the connection ended: " + err.Error()
	}
	return "the connection ended"
}
