package wsproto_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wscope/wsproto"
	"wscope/wsproto/wstest"
)

// TestWriteFromManyGoroutines mixes everything that may be called at any time,
// over a pipe, and checks that all of it arrives, whole and in order.
func TestWriteFromManyGoroutines(t *testing.T) {
	const writers, each = 4, 200
	inBubbles(t, func(t *testing.T, role wsproto.Role) {
		ours, theirs := wstest.Pipe()
		c := wsproto.NewConn(ours, role, wsproto.Config{}, nil)
		var pongs int
		peer := wsproto.NewConn(theirs, role.Peer(), wsproto.Config{Trace: wsproto.Trace{
			FrameReceived: func(f *wsproto.FrameInfo) {
				if f.Header.Opcode == wsproto.OpPong {
					pongs++
				}
			},
		}}, nil)
		var wg, all sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					s := fmt.Appendf(nil, "%d %d %s", w, i, strings.Repeat("x", i*i%50_000))
					var err error
					switch i % 4 {
					case 0:
						err = c.WriteMessage(wsproto.OpText, s)
					case 1:
						err = c.WriteFragmented(wsproto.OpText, s, 1000+i)
					case 2:
						err = c.QueueMessage(wsproto.OpText, s)
					case 3:
						c.Ping(s[:3])
						err = c.WriteMessage(wsproto.OpText, s)
					}
					if err != nil {
						t.Errorf("writer %d, message %d: %v", w, i, err)
						return
					}
				}
				c.Flush()
			})
		}
		all.Go(func() { // reads pongs, and pings while it answers
			for {
				if _, err := c.ReadMessage(); err != nil {
					if e := closeError(t, err); e.Code != 1000 || e.Remote {
						t.Error(err)
					}
					return
				}
			}
		})
		all.Go(func() {
			next := [writers]int{}
			for {
				m, err := peer.ReadMessage()
				if err != nil {
					if e := closeError(t, err); e.Code != 1000 || !e.Remote {
						t.Error(err)
					}
					break
				}
				var w, i int
				fmt.Sscan(string(m.Payload), &w, &i)
				if i != next[w] || len(m.Payload) < i*i%50_000 {
					t.Errorf("writer %d: message %d came, want %d", w, i, next[w])
				}
				next[w]++
				if i%50 == 0 {
					peer.Ping([]byte("are you there"))
				}
			}
			if want := [writers]int{each, each, each, each}; next != want {
				t.Errorf("%v messages came", next)
			}
		})
		wg.Wait()
		synctest.Wait() // the pings are answered
		c.Close(1000, "")
		all.Wait()
		if pongs == 0 {
			t.Error("no ping was answered")
		}
		if s := c.Stats(); s.MessagesSent != writers*each {
			t.Errorf("counted %+v", s)
		}
	})
}

// TestWriteWhileEnding races all that ends a connection with all that writes.
func TestWriteWhileEnding(t *testing.T) {
	for i := range 200 {
		synctest.Test(t, func(t *testing.T) {
			role := bothRoles[i%2]
			c, p := newConn(role, wsproto.Config{CloseTimeout: time.Second})
			var wg sync.WaitGroup
			for _, f := range []func(){
				func() { c.WriteMessage(wsproto.OpBinary, make([]byte, 200_000)) },
				func() { c.WriteFragmented(wsproto.OpBinary, make([]byte, 100_000), 999) },
				func() { c.QueueMessage(wsproto.OpText, nil); c.Flush() },
				func() { c.Ping([]byte("x")) },
				func() { c.Close(1000, "") },
				func() { c.Stats(); c.CloseSent() },
				func() {
					if i%4 == 0 {
						c.Abort(nil)
					}
				},
				func() { p.Send(wstest.Ping("y"), wstest.Text("z"), wstest.Close(1001, "")) },
				func() { p.ReadAll(1 << 30); p.Close() },
			} {
				wg.Go(f)
			}
			for {
				if _, err := c.ReadMessage(); err != nil {
					break
				}
			}
			wg.Wait()
		})
	}
}
