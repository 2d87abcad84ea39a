package wstest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wscope/wsproto"
)

// An endpoint is an echo endpoint made of a [Model], good, or with one fault
// that the cases have to notice.
type endpoint struct {
	role    wsproto.Role
	limit   uint64
	without string // rule of the model
	fault   string // anything else

	keys *uint32 // masking keys used
}

func (e endpoint) serve(nc *PipeConn) {
	defer nc.Close()
	p := NewPeer(nc, e.role)
	if e.role == wsproto.Server {
		head, err := p.ReadHead()
		if err != nil {
			return
		}
		key, err := CheckRequest(head)
		if err != nil {
			return
		}
		p.Write(NewReply(key).Bytes(), OneSegment)
	} else {
		p.Write(NewRequest("pipe", "/").Bytes(), OneSegment)
		head, err := p.ReadHead()
		if err != nil || CheckReply(head, SampleKey) != nil {
			return
		}
	}
	m := &Model{From: e.role.Peer(), Limit: e.limit, without: e.without}
	buf := make([]byte, 16<<10)
	for sent := 0; !m.Closed; {
		n, err := p.br.Read(buf)
		m.Feed(buf[:n])
		out := m.Out[sent:]
		sent = len(m.Out)
		if e.fault == "last pong only" {
			out = lastPong(out)
		}
		for _, o := range out {
			if e.send(p, o) != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
	switch e.fault {
	case "stays":
		time.Sleep(time.Hour)
		return
	case "RST":
		p.Reset()
		return
	case "closes without reading on":
		return
	case "frame after Close":
		p.Send(Pong("late"))
	}
	if e.role == wsproto.Server {
		p.CloseWrite()
	}
	io.Copy(io.Discard, p.br)
}

func (e endpoint) send(p *Peer, o Message) error {
	*e.keys++
	f := Frame{Op: o.Op, Payload: o.Payload, Key: new([4]byte)}
	binary.BigEndian.PutUint32(f.Key[:], *e.keys*0x9E3779B1)
	switch {
	case e.fault == "no pong" && f.Op == wsproto.OpPong:
		return nil
	case e.fault == "empty pong" && f.Op == wsproto.OpPong:
		f.Payload = nil
	case e.fault == "no Close" && f.Op == wsproto.OpClose:
		return nil
	case e.fault == "Close without code" && f.Op == wsproto.OpClose:
		f.Payload = nil
	case e.fault == "Close with 1000" && f.Op == wsproto.OpClose:
		f = Close(wsproto.CloseNormal, "")
	case e.fault == "long Close" && f.Op == wsproto.OpClose:
		f = Close(wsproto.CloseNormal, stars(124))
	case e.fault == "Close with a broken reason" && f.Op == wsproto.OpClose && len(f.Payload) > 0:
		f.Payload = append(f.Payload, 0xFF)
	case e.fault == "binary" && f.Op == wsproto.OpText:
		f.Op = wsproto.OpBinary
	case e.fault == "truncated" && len(f.Payload) > 1000:
		f.Payload = f.Payload[:1000]
	case e.fault == "wrong masking":
		f = f.Unlike()
	case e.fault == "one key":
		f = f.WithKey(1, 2, 3, 4)
	case e.fault == "RSV1":
		f = f.WithRSV(wsproto.RSV1)
	case e.fault == "long length":
		f = f.WithLenBytes(8)
	}
	return p.Send(f)
}

func lastPong(out []Message) (left []Message) {
	for i, o := range out {
		if o.Op == wsproto.OpPong && i+1 < len(out) && out[i+1].Op == wsproto.OpPong {
			continue
		}
		left = append(left, o)
	}
	return left
}

// play runs a case against e over a pipe, in a bubble of its own.
func (e endpoint) play(t *testing.T, c Case, v Variant) (err error) {
	e.keys = new(uint32)
	if c.Limit > 0 {
		e.limit = c.Limit
	}
	synctest.Test(t, func(*testing.T) {
		ours, theirs := Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			e.serve(theirs)
		}()
		p := NewPeer(ours, e.role.Peer())
		o := Opening{}
		if p.Role == wsproto.Client {
			o.Send = NewRequest("pipe", "/").Bytes()
			o.Check = func(p *Peer) error {
				head, err := p.ReadHead()
				if err != nil {
					return err
				}
				return CheckReply(head, SampleKey)
			}
		} else {
			head, herr := p.ReadHead()
			key, kerr := CheckRequest(head)
			if err = errors.Join(herr, kerr); err != nil {
				p.Close()
				<-done
				return
			}
			o.Send = NewReply(key).Bytes()
		}
		err = c.Run(p, v, o)
		<-done
	})
	return err
}

func roles(t *testing.T, f func(*testing.T, wsproto.Role)) {
	for _, role := range []wsproto.Role{wsproto.Server, wsproto.Client} {
		t.Run(role.String(), func(t *testing.T) {
			t.Parallel()
			f(t, role)
		})
	}
}

// size is about how many bytes c sends.
func size(c Case) (n int) {
	for _, s := range c.Send {
		switch s := s.(type) {
		case Frame:
			n += len(s.Payload)
		case Piece:
			n += s.To - s.From
		}
	}
	return n
}

// An endpoint that keeps all rules passes all cases.
func TestCasesPass(t *testing.T) {
	roles(t, func(t *testing.T, role wsproto.Role) {
		e := endpoint{role: role, limit: 16 << 20}
		cases := append(Cases(), Drops(role.Peer())...)
		cases = append(cases, Mutations(role.Peer(), 1, 500)...)
		for i, c := range cases {
			if size(c) > 512<<10 {
				continue // others do the same with less
			}
			variants := c.Variants()
			v := variants[(i+int(role))%len(variants)]
			if err := e.play(t, c, v); err != nil {
				t.Errorf("%v", err)
			}
		}
	})
}

// An endpoint with any single fault fails at least one case.
func TestCasesNoticeFaults(t *testing.T) {
	without := []string{ruleLimit, ruleText, ruleTextEnd, ruleCloseOne, ruleCloseCode, ruleCloseReason}
	for _, r := range headerRules {
		without = append(without, r.name)
	}
	var cases []Case
	for _, c := range Cases() {
		if size(c) < 4096 {
			cases = append(cases, c)
		}
	}
	roles(t, func(t *testing.T, role wsproto.Role) {
		var mutants []endpoint
		for _, name := range without {
			mutants = append(mutants, endpoint{role: role, limit: 16 << 20, without: name})
		}
		for _, name := range []string{
			"stays", "RST", "closes without reading on", "frame after Close", "no pong", "empty pong",
			"last pong only", "no Close", "Close without code", "Close with 1000", "long Close",
			"Close with a broken reason", "binary", "truncated", "wrong masking", "RSV1", "long length",
		} {
			mutants = append(mutants, endpoint{role: role, limit: 16 << 20, fault: name})
		}
		if role == wsproto.Client {
			mutants = append(mutants, endpoint{role: role, limit: 16 << 20, fault: "one key"})
		}
		for _, e := range mutants {
			if !slices.ContainsFunc(cases, func(c Case) bool { return e.play(t, c, c.Variants()[0]) != nil }) {
				t.Errorf("no case notices: %s", e.without+e.fault)
			}
		}
	})
}

func TestReportIsReadable(t *testing.T) {
	e := endpoint{role: wsproto.Server, limit: 16 << 20, fault: "empty pong"}
	c := Case{Name: "sample", Section: "5.5.2", Send: steps(Ping("abc"), Text("x")), Want: echoes(Text("x")).pongs("abc")}
	err := e.play(t, c, c.Variants()[0])
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"sample (RFC 6455, Section 5.5.2), the peer is a client, sent whole",
		`pong 1 has , want "abc"`,
		"-> PING   FIN rsv 000 mask ",
		"<- PONG   FIN rsv 000 mask -        len 0",
		`<- CLOSE  FIN rsv 000 mask -        len 2  1000 ""`,
		"<- EOF",
	} {
		if !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("the report lacks %q:\n%v", want, err)
		}
	}
}
