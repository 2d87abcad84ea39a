package cmd

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wscope/cmd/internal/doctor"
	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// TestAutopsy has connections end after a time without traffic, with frames
// looked at and without. The clock is that of the bubble.
func TestAutopsy(t *testing.T) {
	for _, tt := range []struct {
		name           string
		do             func(c *wsproto.Conn, p *wstest.Peer)
		symptom        string
		received, sent string
	}{
		{"nothing at all", func(_ *wsproto.Conn, p *wstest.Peer) {
			time.Sleep(60 * time.Second)
			p.CloseWrite()
		}, "idle-timeout", "nothing in 60.0 s", "nothing in 60.0 s"},
		{"a message of the peer", func(_ *wsproto.Conn, p *wstest.Peer) {
			time.Sleep(10 * time.Second)
			p.Send(wstest.Text("hello"))
			time.Sleep(100 * time.Second)
			p.CloseWrite()
		}, "idle-timeout", "text, 5 bytes, 100.0 s before the end", "nothing in 110.0 s"},
		{"a message of ours", func(c *wsproto.Conn, p *wstest.Peer) {
			p.Send(wstest.Text("hello"))
			time.Sleep(33 * time.Second)
			c.WriteMessage(wsproto.OpText, []byte("a"))
			time.Sleep(55 * time.Second)
			p.CloseWrite()
		}, "idle-timeout", "text, 5 bytes, 88.0 s before the end", "55.0 s before the end"},
		{"a ping of the peer's", func(_ *wsproto.Conn, p *wstest.Peer) {
			time.Sleep(45 * time.Second)
			p.Send(wstest.Ping(""))
			time.Sleep(15 * time.Second)
			p.CloseWrite()
		}, "fin", "15.0 s before the end", "15.0 s before the end"},
		{"a Close of the peer's", func(_ *wsproto.Conn, p *wstest.Peer) {
			time.Sleep(time.Second)
			p.Send(wstest.Text("hello"))
			time.Sleep(10 * time.Minute)
			p.Send(wstest.Close(wsproto.CloseGoingAway, ""))
			p.ReadFrame()
			p.CloseWrite()
		}, "idle-timeout", "text, 5 bytes, 10 min 0 s before the end", "nothing in 10 min 1 s"},
		{"a broken rule, at first", func(_ *wsproto.Conn, p *wstest.Peer) {
			p.Write([]byte("<html>"), wstest.OneSegment)
			p.ReadFrame()
			p.CloseWrite()
		}, "page-after-101", "nothing in 0.0 s", "nothing in 0.0 s"},
		{"a broken rule, later", func(_ *wsproto.Conn, p *wstest.Peer) {
			p.Send(wstest.Text("hello"))
			time.Sleep(time.Second)
			p.Write([]byte("<html>"), wstest.OneSegment)
			p.ReadFrame()
			p.CloseWrite()
		}, "protocol", "text, 5 bytes, 1.0 s before the end", "nothing in 1.0 s"},
	} {
		for _, frames := range []bool{false, true} {
			name := tt.name
			if frames {
				name += ", with frames"
			}
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var out bytes.Buffer
					view, err := displayOptions{}.newDisplay(streams{out: &out, err: &out}, colorNever, "\n", false)
					if err != nil {
						t.Fatal(err)
					}
					o := newObserver(view, wsproto.Client, 0)
					o.url = "ws://example.com/"
					ours, theirs := wstest.Pipe()
					c := wsproto.NewConn(ours, wsproto.Client, wsproto.Config{Trace: o.trace(frames)}, nil)
					opened := time.Now()
					go tt.do(c, wstest.NewPeer(theirs, wsproto.Server))
					for err == nil {
						var m wsproto.Message
						if m, err = c.ReadMessage(); err == nil {
							o.messageReceived(m)
						}
					}
					d := doctor.Autopsy(o.autopsy(c, err, opened))
					if d == nil || d.Symptom != tt.symptom {
						t.Fatalf("after %v the diagnosis is %+v, want %s", err, d, tt.symptom)
					}
					for i, want := range []string{tt.received, tt.sent} {
						if got := d.Facts[i].Text; !strings.HasSuffix(got, want) {
							t.Errorf("the last frame %s is %q, want %q", d.Facts[i].Name, got, want)
						}
					}
				})
			})
		}
	}
}
