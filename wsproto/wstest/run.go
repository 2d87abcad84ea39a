package wstest

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"wscope/wsproto"
)

// An Opening is what is left of the opening handshake when a case begins.
type Opening struct {
	// Send is the peer's half.
	Send []byte
	// Check reads and judges the endpoint's half, if that comes second.
	Check func(*Peer) error
}

// caseTimeout is when a case gives up. It is long, since it is not what the
// cases are about.
const caseTimeout = time.Minute

// quiet is how long a [Quiet] step looks.
const quiet = 4 * time.Millisecond

// Run runs c as the peer of an endpoint that echoes, and closes the connection.
// The error lists what was not as wanted, with the log of all frames.
func (c Case) Run(p *Peer, v Variant, o Opening) error {
	defer p.Close()
	p.SetTimeout(caseTimeout)
	r := &run{Case: c, Variant: v, p: p, keys: map[[4]byte]int{}}
	r.changed = sync.NewCond(&r.mu)

	var check func(*Peer) error
	if v.Coalesce {
		r.pending, check = o.Send, o.Check
	} else {
		r.write(o.Send)
		if o.Check != nil {
			if err := o.Check(p); err != nil {
				r.fault("opening handshake: %v", err)
				return r.report()
			}
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.read(check)
	}()
	for _, s := range c.Send {
		if !r.do(s) {
			break // the rest would only say the same
		}
	}
	r.finish()
	p.Close()
	<-done
	r.judge()
	return r.report()
}

// A run is a case that is being run. The peer's goroutine sends, another reads.
type run struct {
	Case
	Variant
	p       *Peer
	pending []byte // to be sent with what comes next
	reset   bool   // by us

	mu       sync.Mutex
	changed  *sync.Cond
	messages []Message
	pongs    []string
	closes   []wsproto.CloseCode
	opened   bool // the opening handshake is done
	frames   int
	keys     map[[4]byte]int // masking keys
	faults   []string
	ended    bool
	end      error
}

func (r *run) fault(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

// wait waits until cond holds, or the connection has ended, and reports which.
func (r *run) wait(cond func() bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for !cond() && !r.ended {
		r.changed.Wait()
	}
	return cond()
}

// do takes a step and reports whether the next one makes sense.
func (r *run) do(s Step) bool {
	if s, ok := s.(sender); ok {
		r.p.Log.sent("%s", s.describe(r.p.Role))
		r.pending = s.appendTo(r.pending, r.p.Role)
		return true
	}
	r.flush()
	switch s := s.(type) {
	case Push:
	case Await:
		if !r.wait(func() bool {
			return len(r.messages) >= s.Messages && len(r.pongs) >= s.Pongs && (!s.Close || len(r.closes) > 0)
		}) {
			r.fault("the connection ended while the peer waited for %s", s)
			return false
		}
	case Quiet:
		r.mu.Lock()
		before := r.frames
		r.mu.Unlock()
		time.Sleep(quiet)
		r.mu.Lock()
		after, ended := r.frames, r.ended
		r.mu.Unlock()
		if after != before || ended {
			r.fault("the endpoint did not wait for the rest")
		}
	case FIN:
		if err := r.p.CloseWrite(); err != nil {
			r.fault("FIN: %v", err)
		}
	case RST:
		r.wait(func() bool { return r.opened })
		r.reset = true
		if err := r.p.Reset(); err != nil {
			r.fault("RST: %v", err)
		}
	}
	return true
}

func (a Await) String() string {
	var s []string
	if a.Messages > 0 {
		s = append(s, fmt.Sprintf("%d messages", a.Messages))
	}
	if a.Pongs > 0 {
		s = append(s, fmt.Sprintf("%d pongs", a.Pongs))
	}
	if a.Close {
		s = append(s, "a Close frame")
	}
	return strings.Join(s, " and ")
}

func (r *run) flush() {
	r.write(r.pending)
	r.pending = nil
}

// write sends b. An error is no fault by itself: an endpoint that has failed
// the connection may be gone.
func (r *run) write(b []byte) {
	if err := r.p.Write(b, r.Segments); err != nil {
		r.p.Log.note("sending: %v", err)
	}
}

// finish brings the connection to its end.
func (r *run) finish() {
	if r.Want.Close == 0 && !r.Want.Dropped {
		r.do(Close(wsproto.CloseNormal, ""))
		r.Want.Close, r.Want.ByPeer = wsproto.CloseNormal, true
	}
	r.flush()
	if !r.Want.Dropped {
		if r.wait(func() bool { return len(r.closes) > 0 }) && !r.Want.ByPeer && r.Reply {
			if err := r.p.Send(Close(r.closes[0], "")); err != nil {
				r.p.Log.note("sending: %v", err)
			}
		}
		if r.p.Role == wsproto.Server {
			// It is the server that closes first. RFC 6455, Section 7.1.1.
			if err := r.p.CloseWrite(); err != nil {
				r.p.Log.note("FIN: %v", err)
			}
		}
	}
	r.wait(func() bool { return false })
}

// read takes in what the endpoint sends until the connection ends.
func (r *run) read(check func(*Peer) error) {
	err := r.readFrames(check)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended, r.end = true, err
	r.changed.Broadcast()
}

func (r *run) readFrames(check func(*Peer) error) error {
	if check != nil {
		if err := check(r.p); err != nil {
			r.fault("opening handshake: %v", err)
			return err
		}
	}
	r.mu.Lock()
	r.opened = true
	r.changed.Broadcast()
	r.mu.Unlock()
	s := state{from: r.p.Role.Peer()}
	var msg Message
	for {
		f, err := r.p.ReadFrame()
		if err != nil {
			return err
		}
		r.mu.Lock()
		r.frame(f, &s, &msg)
		r.changed.Broadcast()
		r.mu.Unlock()
	}
}

// frame judges a frame of the endpoint and files it.
func (r *run) frame(f Received, s *state, msg *Message) {
	r.frames++
	for _, rule := range headerRules {
		if rule.broken(f.Header, s) {
			r.faults = append(r.faults, fmt.Sprintf("the endpoint broke a rule (%s; RFC 6455, Section %s): %s",
				rule.name, rule.section, describe(f.Header, f.Payload)))
		}
	}
	if len(r.closes) > 0 {
		r.faults = append(r.faults, "a frame after the Close frame: "+describe(f.Header, f.Payload))
	}
	if f.Masked {
		r.keys[f.MaskingKey]++
	}
	switch f.Opcode {
	case wsproto.OpPing:
	case wsproto.OpPong:
		r.pongs = append(r.pongs, string(f.Payload))
	case wsproto.OpClose:
		code, reason := closeCode(f.Payload)
		if len(f.Payload) == 1 || len(f.Payload) > 1 && !mayBeOnWire(code) || !validUTF8(reason) {
			r.faults = append(r.faults, "the endpoint's Close frame is broken: "+describe(f.Header, f.Payload))
		}
		r.closes = append(r.closes, code)
	default:
		if f.Opcode != wsproto.OpContinuation {
			*msg = Message{Op: f.Opcode}
		}
		if msg.Payload = append(msg.Payload, f.Payload...); msg.Payload == nil {
			msg.Payload = []byte{}
		}
		if s.fragmented = !f.FIN; !s.fragmented {
			r.messages = append(r.messages, *msg)
		}
	}
}

// judge compares what came back with what was wanted.
func (r *run) judge() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.reset {
		return
	}
	r.faults = append(r.faults, r.Want.diff(r.messages, r.pongs)...)
	switch {
	case r.Want.Dropped:
	case len(r.closes) == 0:
		r.faults = append(r.faults, fmt.Sprintf("no Close frame, want one with %s", r.Want.Close))
	case r.closes[0] != r.Want.Close:
		r.faults = append(r.faults, fmt.Sprintf("the Close frame has %s, want %s", r.closes[0], r.Want.Close))
	}
	if r.end != io.EOF {
		r.faults = append(r.faults, "the connection did not end in order: "+endOf(r.end))
	}
	if len(r.keys) == 1 && r.frames > 2 {
		r.faults = append(r.faults, "every frame had the same masking key (RFC 6455, Section 5.3)")
	}
}

func (r *run) report() error {
	if len(r.faults) == 0 {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s (RFC 6455, Section %s), the peer is a %s, sent %s:\n", r.Case.Name, r.Section, r.p.Role, r.Variant.Name)
	for _, f := range r.faults {
		fmt.Fprintf(&b, "  %s\n", f)
	}
	b.WriteString("  as the peer saw it:\n" + r.p.Log.String())
	return errors.New(b.String())
}
