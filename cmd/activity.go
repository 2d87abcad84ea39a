package cmd

import (
	"errors"
	"sync"
	"time"

	"wscope/cmd/internal/doctor"
	"wscope/wsproto"
)

// An activity remembers when a connection was last used, and for what: the end
// of a connection is explained by it.
type activity struct {
	// waits are when the reading goroutine began to wait, the last time and the
	// time before. It belongs to that goroutine, and so does received.
	waits    [2]time.Time
	received lastFrame

	mu    sync.Mutex
	wrote time.Time
	sent  lastFrame
}

// A lastFrame is a frame, or a message where frames are not looked at.
type lastFrame struct {
	op wsproto.Opcode
	n  uint64 // payload bytes
	ok bool   // there was one
}

func (l lastFrame) String() string {
	if !l.ok {
		return ""
	}
	return l.op.String() + ", " + count(l.n, "byte")
}

// waiting notes that the reading goroutine has used up what had come.
func (a *activity) waiting() {
	a.waits = [2]time.Time{time.Now(), a.waits[0]}
}

// written notes that the network has taken something.
func (a *activity) written() {
	a.mu.Lock()
	a.wrote = time.Now()
	a.mu.Unlock()
}

// note remembers a frame or a message, unless it belongs to the end.
func (l *lastFrame) note(op wsproto.Opcode, n uint64) {
	if op != wsproto.OpClose {
		*l = lastFrame{op, n, true}
	}
}

// noteSent is note for what we send, from any goroutine.
func (a *activity) noteSent(op wsproto.Opcode, n uint64) {
	a.mu.Lock()
	a.sent.note(op, n)
	a.mu.Unlock()
}

// autopsy describes the end of a connection for the doctor. The reading goroutine
// calls it, with the error that it got at last.
func (o *observer) autopsy(c *wsproto.Conn, err error, opened time.Time) doctor.End {
	a := &o.activity
	var (
		noPong *errNoPong
		drop   *wsproto.DropError
	)
	e := doctor.End{
		Role: o.role, Err: err, NoPong: errors.As(err, &noPong), Lenient: o.lenient,
		Opened: opened, Ended: time.Now(),
		Received:  doctor.Last{At: a.waits[0], What: a.received.String()},
		Response:  o.response,
		Offending: c.Offending(),
	}
	e.URL, _ = wsproto.ParseURL(o.url)
	came := c.Stats().FramesReceived
	if !errors.As(err, &drop) && !e.NoPong && came > 0 {
		// A frame of the peer ended it, and then we waited for the peer to end
		// the connection beneath.
		e.Received.At, e.Ended = a.waits[1], a.waits[0]
		came--
	}
	if e.First = came == 0; e.First {
		e.Received = doctor.Last{}
	}
	a.mu.Lock()
	e.Sent = doctor.Last{At: a.wrote, What: a.sent.String()}
	a.mu.Unlock()
	return e
}
