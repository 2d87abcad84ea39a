package interop

import (
	"context"
	"net"
	"net/url"
	"os"
	"sync"
	"testing"

	"wscope/wsproto/deflate"

	"interop/peer"
)

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
	npm, npmClients, argument := peer.DeflateNpm(dir)
	t.Cleanup(func() {
		if err := npmClients.Close(); err != nil {
			t.Error(err)
		}
	})
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
		func(_ context.Context, url string, d peer.Deflate) (peer.Conn, error) {
			return npmClients.Dial(url, argument(d))
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
					converseDeflate(t, conn, codec, largest(d, s.serves))
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
				if !c.dials(d) {
					continue
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
					converseDeflate(t, conn, codec, largest(d, c.dials))
				})
			}
		})
	}
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

// converseDeflate exchanges messages with an echo server.
func converseDeflate(t *testing.T, c peer.Conn, codec *deflate.Codec, largest int) {
	t.Helper()
	n := exchangeDeflate(t, c, largest)
	stats := codec.Stats()
	if stats.Received.Messages < n || stats.Sent.Messages < n {
		t.Errorf("of %d messages with a byte not all were compressed: %+v", n, stats)
	}
	hangUp(t, c, 1000, "bye", 1000)
}
