package doctor

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"wscope/render"
	"wscope/wsproto"
)

// An End is how an open connection came to its end, and what had crossed it.
type End struct {
	// Role is ours.
	Role wsproto.Role
	URL  wsproto.URL // a client's
	// Err is what reading the connection ended with.
	Err error
	// NoPong tells that we ended it because no answer to a ping came.
	NoPong bool
	// Lenient tells that broken rules were passed over where that is possible.
	Lenient bool

	Opened, Ended  time.Time
	Received, Sent Last // the last of each direction, the end itself not counted

	// Response is the head of the reply that opened it, as it was on the wire.
	Response []byte
	// Offending are the first bytes of the frame that broke a rule, or nil, and
	// First whether it was the first frame of the peer.
	Offending []byte
	First     bool
}

// A Last is the last frame, or the last message, of a direction.
type Last struct {
	At   time.Time // zero if there was none
	What string    // as in "text, 5 bytes"; "" if that is not known
}

// A post is an end as the rows look at it.
type post struct {
	End
	closed *wsproto.CloseError
	drop   *wsproto.DropError
	broken *wsproto.ProtocolError
	size   *wsproto.SizeError

	idle, deaf, life time.Duration // without a byte, without one of the peer's, in all
	idleLimit        limit
	deafLimit        limit
	lifeLimit        limit
}

// Autopsy explains the end of a connection. The diagnosis has a hint only if the
// end was not a normal one. It returns nil if there is nothing to explain: we
// ended it.
func Autopsy(e End) *render.Diagnosis {
	p := newPost(e)
	rows := endings
	if e.Role == wsproto.Server {
		rows = servedEndings
	}
	for _, r := range rows() {
		if r.match(p) {
			if p.Lenient {
				r.next = slices.DeleteFunc(r.next, func(step string) bool { return strings.Contains(step, "--lenient") })
			}
			d := &render.Diagnosis{
				Symptom: r.symptom,
				RFC:     r.rfc, Section: r.section,
				Facts:   p.facts(),
				Meaning: expand(r.meaning, p.value),
				Causes:  expandAll(r.causes, p.value),
				Next:    expandAll(r.next, p.value),
				Hint:    expand(r.hint, p.value),
			}
			if p.closed != nil {
				d.Hint = "" // it was closed in order
			}
			return d
		}
	}
	if p.closed != nil {
		return p.closing()
	}
	return nil
}

func newPost(e End) *post {
	p := &post{End: e}
	errors.As(e.Err, &p.closed)
	errors.As(e.Err, &p.drop)
	errors.As(e.Err, &p.broken)
	errors.As(e.Err, &p.size)
	since := func(l Last) time.Duration {
		if l.At.Before(e.Opened) {
			return e.Ended.Sub(e.Opened)
		}
		return e.Ended.Sub(l.At)
	}
	p.life = e.Ended.Sub(e.Opened)
	p.deaf = since(e.Received)
	p.idle = min(p.deaf, since(e.Sent))
	p.idleLimit, _ = near(idleLimits(), p.idle)
	p.deafLimit, _ = near(idleLimits(), p.deaf)
	p.lifeLimit, _ = near(lifeLimits(), p.life)
	return p
}

// byPeer reports whether the peer closed with one of these codes.
func (p *post) byPeer(codes ...wsproto.CloseCode) bool {
	for _, c := range codes {
		if p.closed.Remote && p.closed.Code == c {
			return true
		}
	}
	return false
}

// closing explains a close code: that of the peer, or of its answer if that has
// something to say.
func (p *post) closing() *render.Diagnosis {
	code := p.closed.Code
	if !p.closed.Remote {
		if code = p.closed.Reply; code == p.closed.Code || code == 0 {
			return nil
		}
	}
	c := closingOf(code)
	if p.Role == wsproto.Server {
		c = servedClosing(code)
	}
	d := &render.Diagnosis{
		Symptom: "closed-" + strconv.Itoa(int(code)),
		RFC:     6455, Section: c.section,
		Facts:   p.facts(),
		Meaning: c.meaning,
		Causes:  []string{c.cause},
		Hint:    c.hint,
	}
	if c.next != "" {
		d.Next = []string{expand(c.next, p.value)}
	}
	return d
}

// facts are the last frame of each direction, and for how long none had crossed.
func (p *post) facts() []render.Fact {
	fact := func(name string, l Last) render.Fact {
		text := "nothing in " + span(p.life)
		if !l.At.Before(p.Opened) {
			text = span(p.Ended.Sub(l.At)) + " before the end"
			if l.What != "" {
				text = l.What + ", " + text
			}
		}
		return render.Fact{Name: name, Text: text}
	}
	return []render.Fact{fact("received", p.Received), fact("sent", p.Sent)}
}

// hasBody reports whether the head of the reply announces a body.
func (p *post) hasBody() bool {
	for line := range bytes.Lines(p.Response) {
		if begins("Transfer-Encoding:")(line) || begins("Content-Length:")(line) && !begins("Content-Length: 0")(line) {
			return true
		}
	}
	return false
}

// alert returns the text of an alert of TLS that the peer sent, or "".
func alert(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return strings.TrimPrefix(op.Err.Error(), "tls: ")
	}
	return ""
}

// value returns what a word in braces stands for.
func (p *post) value(word string) (string, bool) {
	switch word {
	case "url":
		return p.URL.String(), true
	case "idle":
		return span(p.idle), true
	case "idle-limit":
		return shortSpan(p.idleLimit.after), true
	case "idle-who":
		return p.idleLimit.who, true
	case "idle-ping":
		return pingInterval(p.idleLimit.after), true
	case "deaf":
		return span(p.deaf), true
	case "deaf-limit":
		return shortSpan(p.deafLimit.after), true
	case "deaf-who":
		return p.deafLimit.who, true
	case "deaf-ping":
		return pingInterval(p.deafLimit.after), true
	case "deaf-half":
		return pingInterval(p.deaf), true
	case "life":
		return span(p.life), true
	case "life-limit":
		return shortSpan(p.lifeLimit.after), true
	case "life-who":
		return p.lifeLimit.who, true
	case "inside":
		return p.drop.Inside, true
	case "alert":
		return alert(p.drop.Err), true
	case "offending":
		return fmt.Sprintf("%.32q", p.Offending), true
	case "or-lenient":
		if p.Lenient {
			return "", true
		}
		return "; --lenient goes on where that is possible", true
	case "after-silence":
		if p.idle < unusualSilence {
			return "", true
		}
		help := "--ping-interval helps"
		if p.Role == wsproto.Server {
			help = "pings of the client help"
		}
		return "; nothing had crossed it for " + span(p.idle) + ": if that is the time again next time, it is a timeout, and " + help, true
	}
	return "", false
}
