package interop

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"wscope/wsproto/deflate"

	"interop/peer"
)

// deflateCases are the combinations of takeover with the windows of either side.
func deflateCases() []peer.Deflate {
	var cases []peer.Deflate
	for _, server := range []bool{true, false} {
		for _, client := range []bool{true, false} {
			for bits := 8; bits <= 15; bits++ {
				if raceEnabled && bits > 9 && bits < 15 {
					continue // each takes seconds then, and no other code runs
				}
				cases = append(cases, peer.Deflate{ServerTakeover: server, ClientTakeover: client, ServerBits: bits, ClientBits: 15})
				if bits < 15 {
					cases = append(cases, peer.Deflate{ServerTakeover: server, ClientTakeover: client, ServerBits: 15, ClientBits: bits})
				}
			}
		}
	}
	return append(cases, peer.Deflate{ServerTakeover: true, ClientTakeover: true, ServerBits: 9, ClientBits: 10})
}

func caseName(d peer.Deflate) string {
	return fmt.Sprintf("server %d %t, client %d %t", d.ServerBits, d.ServerTakeover, d.ClientBits, d.ClientTakeover)
}

// simplest returns the case without a limit of those that a peer can agree to.
func simplest(can func(peer.Deflate) bool) peer.Deflate {
	d := peer.Deflate{ServerTakeover: true, ClientTakeover: true, ServerBits: 15, ClientBits: 15}
	if !can(d) {
		d.ServerTakeover, d.ClientTakeover = false, false
	}
	return d
}

// A deflateServer is an echo server that agrees to a case.
type deflateServer struct {
	name   string
	serves func(peer.Deflate) bool
	start  func(t *testing.T) func(*testing.T, peer.Deflate) (url string)
}

// A deflateClient is a client that offers a case.
type deflateClient struct {
	name  string
	dials func(peer.Deflate) bool
	dial  func(ctx context.Context, url string, d peer.Deflate) (peer.Conn, error)
}

func deflatePeers(t *testing.T) (servers []deflateServer, clients []deflateClient) {
	for _, l := range peer.DeflateLibraries() {
		servers = append(servers, deflateServer{l.Name, l.Serves, func(*testing.T) func(*testing.T, peer.Deflate) string {
			return func(t *testing.T, d peer.Deflate) string {
				return listenAndServe(t, func(nl net.Listener) {
					l.Serve(nl, d, func(c peer.Conn, u *url.URL) { peer.Echo(c, u) })
				})
			}
		}})
		clients = append(clients, deflateClient{l.Name, l.Dials, l.Dial})
	}
	if !wants("npm") {
		return servers, clients
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	npm, argument := peer.DeflateNpm(dir)
	servers = append(servers, deflateServer{
		npm.Name,
		func(peer.Deflate) bool { return true },
		func(t *testing.T) func(*testing.T, peer.Deflate) string {
			s := serveProcess(t, npm)
			return func(_ *testing.T, d peer.Deflate) string {
				return s.url + "/?deflate=" + url.QueryEscape(argument(d))
			}
		},
	})
	clients = append(clients, deflateClient{
		npm.Name,
		func(peer.Deflate) bool { return true },
		func(ctx context.Context, url string, d peer.Deflate) (peer.Conn, error) {
			return npm.Dial(ctx, url, argument(d))
		},
	})
	return servers, clients
}

// listenAndServe serves a listener until the test ends, and returns its URL.
func listenAndServe(t *testing.T, serve func(net.Listener)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() { serve(l) })
	t.Cleanup(func() {
		l.Close()
		wg.Wait()
	})
	return "ws://" + l.Addr().String()
}

// TestDeflateClient holds the offers of wsproto's Dialer and what it compresses
// against the servers.
func TestDeflateClient(t *testing.T) {
	servers, _ := deflatePeers(t)
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			start := s.start(t)
			for _, d := range deflateCases() {
				if !s.serves(d) {
					continue
				}
				t.Run(caseName(d), func(t *testing.T) {
					conn, codec, err := peer.DialDeflate(bounded(t), start(t, d), d.Params())
					if err != nil {
						t.Fatal(err)
					}
					checkAgreement(t, codec, deflate.Context{WindowBits: d.ClientBits, Takeover: d.ClientTakeover},
						deflate.Context{WindowBits: d.ServerBits, Takeover: d.ServerTakeover})
					converseDeflate(t, conn, codec, d == simplest(s.serves))
				})
			}
		})
	}
}

// TestDeflateServer holds the answers of wsproto's Acceptor and what it
// compresses against the clients.
func TestDeflateServer(t *testing.T) {
	_, clients := deflatePeers(t)
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, d := range deflateCases() {
				if !c.dials(d) || c.name == "ws" && !bordering(d) {
					continue // each of its connections is a program that has to start
				}
				t.Run(caseName(d), func(t *testing.T) {
					codecs := make(chan *deflate.Codec, 1)
					u := listenAndServe(t, func(l net.Listener) {
						peer.ServeDeflate(l, d.Params(), func(c *deflate.Codec) { codecs <- c },
							func(c peer.Conn, u *url.URL) { peer.Echo(c, u) })
					})
					conn, err := c.dial(bounded(t), u, d)
					if err != nil {
						t.Fatal(err)
					}
					codec := <-codecs
					checkAgreement(t, codec, deflate.Context{WindowBits: d.ServerBits, Takeover: d.ServerTakeover},
						deflate.Context{WindowBits: d.ClientBits, Takeover: d.ClientTakeover})
					converseDeflate(t, conn, codec, d == simplest(c.dials))
				})
			}
		})
	}
}

// bordering reports whether the windows of a case are the smallest or the
// largest that zlib can do.
func bordering(d peer.Deflate) bool {
	border := func(bits int) bool { return bits <= 9 || bits == 15 }
	return border(d.ServerBits) && border(d.ClientBits)
}

// checkAgreement compares what was agreed on. A peer may compress with less than
// it is allowed to.
func checkAgreement(t *testing.T, c *deflate.Codec, send, receive deflate.Context) {
	t.Helper()
	if c == nil {
		t.Fatal("nothing was agreed on")
	}
	if c.Send() != send || c.Receive() != receive {
		t.Errorf("we send with %+v and receive with %+v, want %+v and %+v", c.Send(), c.Receive(), send, receive)
	}
}

// converseDeflate exchanges messages with an echo server, large ones, too, if that
// is asked for. Each comes twice, so that a context that is carried over is used.
func converseDeflate(t *testing.T, c peer.Conn, codec *deflate.Codec, large bool) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 70_000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	messages := []peer.Message{{Data: noise[:100]}, {Data: noise[:1000]}, {Data: noise}}
	for _, n := range []int{0, 1, 40, 127, 128, 700, 5000, 65_536} {
		messages = append(messages, peer.Message{Text: true, Data: prose(random, n)})
	}
	for _, m := range messages {
		exchange(t, c, c.Send, m)
		exchange(t, c, c.Send, m)
		if t.Failed() {
			t.FailNow()
		}
	}
	if large {
		exchange(t, c, c.Send, peer.Message{Text: true, Data: prose(random, 1<<20)})
		huge := 16 << 20
		if raceEnabled {
			huge = 4 << 20
		}
		exchange(t, c, c.Send, peer.Message{Data: bytes.Repeat(prose(random, 16<<10), huge/(16<<10))})
	}
	exchange(t, c, c.SendFragmented, peer.Message{Text: true, Data: prose(random, peer.FragmentedSize)})
	stats := codec.Stats()
	if stats.Received.Messages < uint64(len(messages)) || stats.Sent.Messages < uint64(len(messages)) {
		t.Errorf("hardly a message was compressed: %+v", stats)
	}
	hangUp(t, c, 1000, "bye", 1000)
}

// prose returns n bytes of text that repeats itself near and far, but not only.
func prose(random *rand.Rand, n int) []byte {
	words := strings.Fields("one two three four five six seven eight nine ten eleven twelve naïve größer 世界")
	var b []byte
	for len(b) < n {
		b = fmt.Appendf(b, "%s-%d ", words[random.IntN(len(words))], random.IntN(1000))
	}
	s := strings.ToValidUTF8(string(b[:n]), "")
	return []byte(s + strings.Repeat(".", n-len(s)))
}

// TestDeflateConnect holds the program against the servers.
func TestDeflateConnect(t *testing.T) {
	message := filepath.Join(t.TempDir(), "message")
	large := prose(rand.New(rand.NewPCG(3, 4)), 300_000)
	if err := os.WriteFile(message, large, 0o666); err != nil {
		t.Fatal(err)
	}
	servers, _ := deflatePeers(t)
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			d := simplest(s.serves)
			u := s.start(t)(t, d)
			flag := strings.Replace(d.Params().String(), deflate.Name, "--deflate="+deflate.Name, 1)
			run(t, "hello\nhello\n\n", "connect", flag, "--count", "3", u).check(t, 0, "hello\nhello\n\n")
			r := run(t, "", "connect", flag, "--json", "-1", "-x", "@"+message, u)
			var ratio float64
			for line := range strings.Lines(r.stdout) {
				var e struct {
					Event, Direction, Text string
					Deflate                *struct{ Ratio float64 }
				}
				if err := json.Unmarshal([]byte(line), &e); err != nil {
					t.Fatalf("%v in %s", err, abridged(line))
				}
				if e.Event == "message" && e.Direction == "received" && e.Text == string(large) && e.Deflate != nil {
					ratio = e.Deflate.Ratio
				}
			}
			if r.exit != 0 || ratio <= 0 || ratio > 0.6 {
				t.Errorf("exit status %d, the echo is compressed to %v\n%s", r.exit, ratio, r.stderr)
			}
		})
	}
}

// TestDeflateListen holds the clients against the program.
func TestDeflateListen(t *testing.T) {
	_, clients := deflatePeers(t)
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := simplest(c.dials)
			l := listen(t, "--format", "messages")
			conn, err := c.dial(bounded(t), l.url, d)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range []int{0, 5, 5, 1000, 100_000} {
				exchange(t, conn, conn.Send, peer.Message{Text: true, Data: prose(rand.New(rand.NewPCG(5, 6)), n)})
			}
			hangUp(t, conn, 1000, "", 1000)
			l.stop(t)
			if !strings.Contains(l.stderr.String(), "deflate sent ") || strings.Contains(l.stderr.String(), "nothing") {
				t.Errorf("no figures of compressing in the end line:\n%s", l.stderr)
			}
		})
	}
}
