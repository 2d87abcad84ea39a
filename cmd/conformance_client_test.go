package cmd_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// conformanceTimeout bounds what is not bounded by a case. It is long, since
// nothing is measured by it.
const conformanceTimeout = 30 * time.Second

// testClient plays servers to wscope connect.
func testClient(t *testing.T, bin string) {
	t.Run("cases", func(t *testing.T) {
		cases := append(wstest.Cases(), wstest.Drops(wsproto.Server)...)
		cases = append(cases, wstest.Mutations(wsproto.Server, 2, 300)...)
		for i, c := range cases {
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				// Each run is a process: a case in one way, its neighbours in
				// the others.
				variants := c.Variants()
				testClientCase(t, bin, c, variants[i%len(variants)])
			})
		}
	})
	t.Run("replies", func(t *testing.T) {
		for i, r := range wstest.Replies() {
			t.Run(r.Name, func(t *testing.T) {
				t.Parallel()
				testClientReply(t, bin, r, []wstest.Segments{wstest.OneSegment, wstest.ByteByByte, 7}[i%3])
			})
		}
	})
	t.Run("subprotocols", func(t *testing.T) { testClientSubprotocols(t, bin) })
	t.Run("keys", func(t *testing.T) { testClientKeys(t, bin) })
}

func testClientCase(t *testing.T, bin string, c wstest.Case, v wstest.Variant) {
	limit := uint64(16 << 20)
	if c.Limit > 0 {
		limit = c.Limit
	}
	args := []string{"--echo", "-w", "-1", "--quiet", "--max-message-size", strconv.FormatUint(limit, 10)}
	run, err := runConnect(t, bin, args, func(p *wstest.Peer) error {
		p.SetTimeout(conformanceTimeout)
		head, err := p.ReadHead()
		if err != nil {
			return fmt.Errorf("the request: %w", err)
		}
		key, err := wstest.CheckRequest(head)
		if err != nil {
			return fmt.Errorf("the request: %w", err)
		}
		return c.Run(p, v, wstest.Opening{Send: wstest.NewReply(key).Bytes()})
	})
	if err != nil {
		t.Error(err)
	}
	if want := caseExitStatus(c.Want); !slices.Contains(want, run.exit) {
		t.Errorf("%s, sent %s: the exit status is %d, want one of %d", c.Name, v.Name, run.exit, want)
	}
	if t.Failed() {
		t.Logf("stderr: %s", tail(run.stderr, 2000))
	}
}

// caseExitStatus is what wscope connect ends with after a case.
func caseExitStatus(w wstest.Want) []int {
	switch {
	case w.Dropped:
		return []int{56}
	case w.Close == wsproto.CloseMessageTooBig && !w.ByPeer:
		// The limit is ours: it is no mistake of the peer's, but no success.
		return []int{56, 102}
	case w.Close == 0 || w.ByPeer && (w.Close <= wsproto.CloseGoingAway || w.Close == wsproto.CloseNoStatus):
		return []int{0}
	case w.ByPeer:
		return []int{103}
	}
	return []int{102}
}

// maxShown is what a client may show of a refusal, with all that it says
// besides the 64 KiB of the body.
const maxShown = 96 << 10

func testClientReply(t *testing.T, bin string, r wstest.Reply, seg wstest.Segments) {
	args := []string{"--echo", "-w", "-1", "--quiet"}
	if slices.Contains(r.Want, wstest.Silence) {
		args = append(args, "--connect-timeout", "300ms")
	}
	run, err := runConnect(t, bin, args, func(p *wstest.Peer) error { return r.Run(p, seg) })
	if err != nil {
		t.Error(err)
	}
	var want []int
	for _, o := range r.Want {
		want = append(want, map[wstest.Outcome][]int{
			wstest.Opens: {0}, wstest.Invalid: {101}, wstest.Refused: {22},
			wstest.Empty: {52}, wstest.Dropped: {56}, wstest.Silence: {28},
		}[o]...)
	}
	if r.Unread {
		want = append(want, 55, 7) // sending, or connecting, may be what fails
	}
	if !slices.Contains(want, run.exit) {
		t.Errorf("%s (%s): the exit status is %d, want one of %d (%s)", r.Name, r.Ref, run.exit, want, r.Want)
	}
	if run.exit != 0 && run.stderr == "" {
		t.Errorf("%s: no word on stderr", r.Name)
	}
	if n := len(run.stdout) + utf8.RuneCountInString(run.stderr); n > maxShown {
		t.Errorf("%s: %d characters shown", r.Name, n)
	}
	if t.Failed() {
		t.Logf("stderr: %.2000q", run.stderr)
	}
}

// testClientSubprotocols answers an offer of v2 and v1.
//
// RFC 6455, Section 4.1.
func testClientSubprotocols(t *testing.T, bin string) {
	for _, tt := range []struct {
		reply []string // one for each field line
		exit  int
	}{
		{nil, 0},
		{[]string{"v1"}, 0},
		{[]string{"v2"}, 0},
		{[]string{" \tv2 "}, 0},
		{[]string{"V2"}, 101},
		{[]string{"v3"}, 101},
		{[]string{""}, 101},
		{[]string{"v2, v1"}, 101},
		{[]string{"v2", "v1"}, 101},
		{[]string{"v2", "v2"}, 101},
		{[]string{"v2;q=1"}, 101},
	} {
		args := []string{"--echo", "-w", "-1", "--quiet", "-s", "v2", "-s", "v1"}
		run, err := runConnect(t, bin, args, func(p *wstest.Peer) error {
			p.SetTimeout(conformanceTimeout)
			defer p.Close()
			head, err := p.ReadHead()
			if err != nil {
				return err
			}
			key, err := wstest.CheckRequest(head)
			if err != nil {
				return err
			}
			if offer := strings.ReplaceAll(strings.Join(head.Values("Sec-WebSocket-Protocol"), ","), " ", ""); offer != "v2,v1" {
				return fmt.Errorf("the client offers %q", offer)
			}
			reply := wstest.NewReply(key)
			for _, v := range tt.reply {
				reply = reply.Add("Sec-WebSocket-Protocol: " + v)
			}
			p.Write(reply.Bytes(), wstest.OneSegment)
			p.Send(wstest.Close(wsproto.CloseNormal, ""))
			p.ReadFrame()
			p.CloseWrite()
			p.ReadAll(1 << 16)
			return nil
		})
		if err != nil || run.exit != tt.exit {
			t.Errorf("answered %q: exit status %d, want %d (%v)\nstderr: %s", tt.reply, run.exit, tt.exit, err, run.stderr)
		}
	}
}

// testClientKeys wants a fresh Sec-WebSocket-Key for each connection and a
// fresh masking key for each frame.
//
// RFC 6455, Sections 4.1 and 5.3.
func testClientKeys(t *testing.T, bin string) {
	keys := map[string]bool{}
	masks := map[[4]byte]int{}
	const runs, messages = 4, 250
	for range runs {
		_, err := runConnect(t, bin, []string{"--echo", "-w", "-1", "--quiet"}, func(p *wstest.Peer) error {
			defer p.Close()
			p.SetTimeout(conformanceTimeout)
			head, err := p.ReadHead()
			if err != nil {
				return err
			}
			key, err := wstest.CheckRequest(head)
			if err != nil {
				return err
			}
			keys[key] = true
			p.Write(wstest.NewReply(key).Bytes(), wstest.OneSegment)
			p.Send(slices.Repeat([]wstest.Frame{wstest.Text("x")}, messages)...)
			for range messages {
				f, err := p.ReadFrame()
				if err != nil {
					return err
				}
				masks[f.MaskingKey]++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(keys) != runs {
		t.Errorf("%d connections had %d different keys", runs, len(keys))
	}
	// Of a thousand 32-bit numbers two are the same once in 8000 times.
	if len(masks) < runs*messages-3 {
		t.Errorf("%d frames had %d different masking keys", runs*messages, len(masks))
	}
}
