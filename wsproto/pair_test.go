package wsproto_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

var bothRoles = []wsproto.Role{wsproto.Client, wsproto.Server}

// newConn returns a connection that plays role over a pipe, the opening handshake
// done, and its peer.
func newConn(role wsproto.Role, cfg wsproto.Config) (*wsproto.Conn, *wstest.Peer) {
	ours, theirs := wstest.Pipe()
	return wsproto.NewConn(ours, role, cfg, nil), wstest.NewPeer(theirs, role.Peer())
}

// inBubbles runs f for a connection in each role, in a bubble of its own.
func inBubbles(t *testing.T, f func(t *testing.T, role wsproto.Role)) {
	t.Helper()
	for _, role := range bothRoles {
		t.Run(role.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { f(t, role) })
		})
	}
}

// A record is what a trace was told, one line for each frame.
type record struct{ lines []string }

func (r *record) trace() wsproto.Trace {
	return wsproto.Trace{
		FrameSent:     func(f *wsproto.FrameInfo) { r.add("->", f) },
		FrameReceived: func(f *wsproto.FrameInfo) { r.add("<-", f) },
	}
}

func (r *record) add(dir string, f *wsproto.FrameInfo) {
	s := fmt.Sprintf("%s %s %.140q", dir, f.Header.Opcode, f.Payload)
	if f.Header.Opcode == wsproto.OpClose {
		code, _, _ := wsproto.ParseClosePayload(f.Payload)
		s = fmt.Sprintf("%s close %d", dir, code)
	}
	if uint64(len(f.Payload)) != f.Header.PayloadLen {
		s += fmt.Sprintf(" of %d", f.Header.PayloadLen)
	}
	if f.Fragment > 0 {
		s += fmt.Sprintf(" #%d", f.Fragment)
	}
	if f.Encoded {
		s += fmt.Sprintf(" = %q", f.Decoded)
		if uint64(len(f.Decoded)) != f.DecodedLen {
			s += fmt.Sprintf(" of %d", f.DecodedLen)
		}
	}
	if f.Broken != nil {
		s += " !" + f.Broken.Section
	}
	r.lines = append(r.lines, s)
}

func (r *record) expect(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(r.lines, want) {
		t.Errorf("traced\n\t%q\nwant\n\t%q", r.lines, want)
	}
	r.lines = nil
}

// expectFrame reads the peer's next frame.
func expectFrame(t *testing.T, p *wstest.Peer, op wsproto.Opcode, payload string) {
	t.Helper()
	f, err := p.ReadFrame()
	if err != nil || f.Opcode != op || string(f.Payload) != payload {
		t.Errorf("the peer got %v %.60q, %v, want %v %.60q", f.Opcode, f.Payload, err, op, payload)
	}
}

// expectClose reads the peer's next frame, a Close frame with that code.
func expectClose(t *testing.T, p *wstest.Peer, code wsproto.CloseCode) {
	t.Helper()
	f, err := p.ReadFrame()
	got, _, _ := wsproto.ParseClosePayload(f.Payload)
	if err != nil || f.Opcode != wsproto.OpClose || got != code {
		t.Errorf("the peer got %v %d, %v, want a Close frame with %d", f.Opcode, got, err, code)
	}
}

func expectMessage(t *testing.T, c *wsproto.Conn, op wsproto.Opcode, payload string) {
	t.Helper()
	m, err := c.ReadMessage()
	if err != nil || m.Opcode != op || string(m.Payload) != payload {
		t.Errorf("ReadMessage = %v %.60q, %v, want %v %.60q", m.Opcode, m.Payload, err, op, payload)
	}
}

// pattern returns n bytes of text in which no part is like another.
func pattern(n int) []byte {
	p := bytes.Repeat([]byte("0123456789abcdefghijklmnopqrstuvwxyz-"), n/37+1)[:n]
	for i := 0; i < n; i += 101 {
		p[i] = byte('A' + i/101%26)
	}
	return p
}
