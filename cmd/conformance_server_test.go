package cmd_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// testServer plays clients to wscope listen.
func testServer(t *testing.T, bin string) {
	large := startListen(t, bin, "--max-message-size", strconv.Itoa(16<<20))
	small := startListen(t, bin, "--max-message-size", strconv.Itoa(wstest.SmallLimit))
	before := large.files()

	t.Run("cases", func(t *testing.T) {
		cases := append(wstest.Cases(), wstest.Drops(wsproto.Client)...)
		cases = append(cases, wstest.Mutations(wsproto.Client, 1, 1000)...)
		for _, c := range cases {
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				s := large
				if c.Limit > 0 {
					s = small
				}
				for _, v := range c.Variants() {
					if err := c.Run(s.dial(t), v, s.opening()); err != nil {
						t.Error(err)
					}
				}
			})
		}
	})

	t.Run("requests", func(t *testing.T) {
		for _, r := range wstest.Requests() {
			t.Run(r.Name, func(t *testing.T) {
				t.Parallel()
				for _, seg := range []wstest.Segments{wstest.OneSegment, wstest.ByteByByte, 7} {
					if err := r.Run(large.dial(t), large.addr, seg); err != nil {
						t.Error(err)
					}
					if r.Endless != "" {
						break
					}
				}
			})
		}
		t.Run("cut off", func(t *testing.T) {
			t.Parallel()
			testRequestCutOff(t, large)
		})
		t.Run("subprotocols", func(t *testing.T) {
			t.Parallel()
			testServerSubprotocols(t, bin)
		})
		t.Run("too slow", func(t *testing.T) {
			t.Parallel()
			testSlowRequests(t, bin)
		})
	})

	// Whatever came before, the servers go on.
	t.Run("afterwards", func(t *testing.T) {
		for _, s := range []*conformanceServer{large, small} {
			c := wstest.Case{Name: "afterwards", Section: "1.2", Send: []wstest.Step{wstest.Text("still there")},
				Want: wstest.Want{Messages: []wstest.Message{{Op: wsproto.OpText, Payload: []byte("still there")}}}}
			if err := c.Run(s.dial(t), wstest.Variant{Name: "whole"}, s.opening()); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("nothing left open", func(t *testing.T) {
		if before < 0 {
			t.Skip("this system does not tell what a process has open")
		}
		deadline := time.Now().Add(conformanceTimeout)
		for large.files() > before+2 && time.Now().Before(deadline) {
			time.Sleep(10 * time.Millisecond)
		}
		if n := large.files(); n > before+2 { // an event loop may have opened its own
			t.Errorf("the server has %d files open, %d before the first client", n, before)
		}
	})
	t.Run("interrupt", func(t *testing.T) {
		testInterrupt(t, large)
		// The signal comes when a client has just read its 101, and the server
		// may still be about to count it in.
		for range 30 {
			testInterrupt(t, startListen(t, bin))
		}
	})
}

// files is how many files and connections the server has open, or -1.
func (s *conformanceServer) files() int {
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.cmd.Process.Pid))
	if err != nil {
		return -1
	}
	return len(open)
}

// testRequestCutOff ends the connection at every byte of the request.
func testRequestCutOff(t *testing.T, s *conformanceServer) {
	raw := wstest.NewRequest(s.addr, "/").Bytes()
	for n := range raw {
		p := s.dial(t)
		p.Write(raw[:n], wstest.OneSegment)
		p.CloseWrite()
		head, err := p.ReadHead()
		if err == nil && len(head[0]) > 12 && head[0][:12] == "HTTP/1.1 101" {
			t.Errorf("cut off after %d bytes, the request was accepted: %s", n, head)
		}
		if err == nil {
			if _, err = p.ReadAll(64 << 10); err == nil {
				err = io.EOF
			}
		}
		if err != io.EOF {
			t.Errorf("cut off after %d bytes, the connection did not end in order: %v", n, err)
		}
		p.Close()
		if n%5 == 0 {
			p := s.dial(t)
			p.Write(raw[:n], wstest.OneSegment)
			p.Reset()
		}
	}
}

// testSlowRequests wants clients dropped that do not come to the end of their
// requests, and those that do left alone.
func testSlowRequests(t *testing.T, bin string) {
	s := startListen(t, bin, "--handshake-timeout", "1s")
	open := s.dial(t)
	defer open.Close()
	open.SetTimeout(conformanceTimeout)
	o := s.opening()
	open.Write(o.Send, wstest.OneSegment)
	if err := o.Check(open); err != nil {
		t.Fatal(err)
	}
	slow := map[int]*wstest.Peer{}
	for _, n := range []int{0, 1, 20, len(o.Send) - 1} {
		p := s.dial(t)
		defer p.Close()
		p.SetTimeout(conformanceTimeout)
		p.Write(o.Send[:n], wstest.OneSegment)
		slow[n] = p
	}
	for n, p := range slow {
		if b, err := p.ReadAll(64 << 10); err != nil {
			t.Errorf("after %d bytes and nothing more: %q, %v, want EOF", n, b, err)
		}
	}
	// By now the time is over for the first client, too.
	if err := open.Send(wstest.Text("late")); err != nil {
		t.Fatal(err)
	}
	if f, err := open.ReadFrame(); err != nil || string(f.Payload) != "late" {
		t.Errorf("an open session: %q, %v", f.Payload, err)
	}
}

// testServerSubprotocols wants one of the subprotocols that both sides speak.
//
// RFC 6455, Section 4.2.2.
func testServerSubprotocols(t *testing.T, bin string) {
	s := startListen(t, bin, "--subprotocol", "v2", "--subprotocol", "v1")
	for _, tt := range []struct {
		offer []string // one for each field line
		want  []string // any of them, or none at all
	}{
		{nil, nil},
		{[]string{"v1"}, []string{"v1"}},
		{[]string{"v2"}, []string{"v2"}},
		{[]string{"v0, v1"}, []string{"v1"}},
		{[]string{"v1, v2"}, []string{"v1", "v2"}},
		{[]string{"v0", "v1"}, []string{"v1"}},
		{[]string{"V1, v10, v"}, nil},
		{[]string{"v0"}, nil},
	} {
		p := s.dial(t)
		p.SetTimeout(conformanceTimeout)
		req := wstest.NewRequest(s.addr, "/")
		for _, o := range tt.offer {
			req = req.Add("Sec-WebSocket-Protocol: " + o)
		}
		p.Write(req.Bytes(), wstest.OneSegment)
		head, err := p.ReadHead()
		if err == nil {
			err = wstest.CheckReply(head.Without("Sec-WebSocket-Protocol"), wstest.SampleKey)
		}
		got := head.Values("Sec-WebSocket-Protocol")
		if err != nil || len(got) != min(1, len(tt.want)) || len(got) == 1 && !slices.Contains(tt.want, got[0]) {
			t.Errorf("offered %q: got %q, %v, want one of %q\n%s", tt.offer, got, err, tt.want, &p.Log)
		}
		p.Close()
	}
}

// testInterrupt wants every client closed with 1001 and the exit status 0.
func testInterrupt(t *testing.T, s *conformanceServer) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot be interrupted from outside")
	}
	var peers []*wstest.Peer
	for range 3 {
		p := s.dial(t)
		defer p.Close()
		p.SetTimeout(conformanceTimeout)
		o := s.opening()
		p.Write(o.Send, wstest.OneSegment)
		if err := o.Check(p); err != nil {
			t.Fatal(err)
		}
		peers = append(peers, p)
	}
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for i, p := range peers {
		f, err := p.ReadFrame()
		if err != nil || f.Opcode != wsproto.OpClose || len(f.Payload) < 2 || string(f.Payload[:2]) != "\x03\xe9" {
			t.Errorf("client %d: %v, want a Close frame with 1001\n%s", i, err, &p.Log)
			continue
		}
		p.Send(wstest.Close(wsproto.CloseGoingAway, ""))
		if _, err := p.ReadFrame(); !errors.Is(err, io.EOF) {
			t.Errorf("client %d: after the closing handshake: %v, want EOF", i, err)
		}
		p.Close()
	}
	<-s.done
	if s.err != nil {
		t.Errorf("the server ended with %v, want exit status 0", s.err)
	}
}
