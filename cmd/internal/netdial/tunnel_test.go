package netdial

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wscope/cmd/internal/netdial/nettest"
	"wscope/render"
	"wscope/wsproto"
)

// by returns a Proxy function for one proxy.
func by(p *Proxy) func(Target) (*Proxy, error) {
	return func(Target) (*Proxy, error) { return p, nil }
}

func startHTTPProxy(t *testing.T, config *tls.Config, set func(*nettest.Proxy)) (*nettest.Proxy, *Proxy) {
	t.Helper()
	server, err := nettest.NewHTTPProxy(config)
	if err != nil {
		t.Fatal(err)
	}
	if set != nil {
		set(server)
	}
	server.Start()
	t.Cleanup(server.Close)
	p, err := ParseProxy(server.Addr())
	if err != nil {
		t.Fatal(err)
	}
	return server, p
}

func TestHTTPProxy(t *testing.T) {
	addr := echoServer(t)
	server, p := startHTTPProxy(t, nil, func(p *nettest.Proxy) { p.User, p.Password = "alice", "s:ecret" })
	if err := p.SetAuth("alice:s:ecret"); err != nil {
		t.Fatal(err)
	}
	p.Header = wsproto.Fields{{Name: "X-Trace", Value: "1"}}
	c, route, err := (&Dialer{Proxy: by(p)}).Dial(t.Context(), targetOf(addr, false))
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, c)
	want := []string{"CONNECT " + addr + " HTTP/1.1", "Host: " + addr, "Proxy-Authorization: Basic YWxpY2U6czplY3JldA==", "X-Trace: 1"}
	if got := server.Log(); !slices.Equal(got, want) {
		t.Errorf("the proxy got %q, want %q", got, want)
	}
	first, last := route.Hops[0], route.Hops[1]
	if !first.Proxy || first.Addr != server.Addr() || len(first.Attempts) != 1 || last.Proxy || last.Addr != addr || last.Attempts != nil {
		t.Errorf("the hops are %+v and %+v", first, last)
	}
	tunnel := last.Tunnel
	if tunnel.Protocol != "HTTP CONNECT" || tunnel.To != addr || string(tunnel.Request) != strings.Join(want, "\r\n")+"\r\n\r\n" ||
		string(tunnel.Response) != "HTTP/1.1 200 Connection established\r\n\r\n" {
		t.Errorf("the tunnel is %+v", tunnel)
	}
}

func TestHTTPProxyHeader(t *testing.T) {
	p := &Proxy{HasAuth: true, User: "a", Password: "b",
		Header: wsproto.Fields{{Name: "host", Value: "other"}, {Name: "X", Value: "1"}, {Name: "X", Value: "2"}}, Omit: []string{"proxy-authorization"}}
	const want = "CONNECT h:1 HTTP/1.1\r\nhost: other\r\nX: 1\r\nX: 2\r\n\r\n"
	if got := string(p.request("h:1")); got != want {
		t.Errorf("request %q, want %q", got, want)
	}
}

func TestHTTPSProxy(t *testing.T) {
	authority, err := nettest.NewAuthority("Proxy CA")
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := authority.IssueNow("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	addr := echoServer(t)
	_, p := startHTTPProxy(t, &tls.Config{Certificates: []tls.Certificate{certificate}}, nil)
	p.Kind = ProxyHTTPS
	_, _, err = (&Dialer{Proxy: by(p)}).Dial(t.Context(), targetOf(addr, false))
	if e, ok := errors.AsType[*Error](err); !ok || e.Phase != PhaseTLS || !e.Proxy {
		t.Errorf("without the authority: %v", err)
	}
	p.TLS = &tls.Config{RootCAs: authority.Pool()}
	c, route, err := (&Dialer{Proxy: by(p)}).Dial(t.Context(), targetOf(addr, false))
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, c)
	if route.Hops[0].TLS == nil || route.Hops[0].TLS.Version == "" || route.Hops[1].TLS != nil {
		t.Errorf("the hops are %+v and %+v", route.Hops[0], route.Hops[1])
	}
}

// What comes right behind the reply of a proxy is the server's.
func TestHTTPProxyEarlyBytes(t *testing.T) {
	_, p := startHTTPProxy(t, nil, func(p *nettest.Proxy) {
		p.Reply = "HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\nHTTP/1.1 200 OK\r\n\r\nearly"
	})
	c, route, err := (&Dialer{Proxy: by(p)}).Dial(t.Context(), Target{Host: "example.com", Port: "80"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got, err := io.ReadAll(c); string(got) != "early" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if got := string(route.Hops[1].Tunnel.Response); got != "HTTP/1.1 200 OK\r\n\r\n" {
		t.Errorf("the response is %q", got)
	}
}

func TestHTTPProxyRefusal(t *testing.T) {
	for _, test := range []struct {
		name, reply, want string
	}{
		{"a status", "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", "got 403 Forbidden, expected 200"},
		{"a challenge", "HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=\"x\"\r\nproxy-authenticate: NTLM\r\n\r\n", `got 407 Who?, expected 200; it wants Basic realm="x", NTLM`},
		{"an upgrade", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "got 101 Switching Protocols, expected 200"},
		{"another protocol", "\x15\x03\x01\x00\x02\x02\x0a", `got "\x15\x03\x01\x00\x02\x02\n", expected a reply in HTTP`},
		{"nothing", "", "got nothing, it has closed the connection, expected a reply in HTTP"},
		{"half a head", "HTTP/1.1 200 OK\r\nX: 1\r\n", `got "HTTP/1.1 200 OK" and then the end of the connection, expected a reply in HTTP`},
		{"a broken status", "HTTP/1.1 abc\r\n\r\n", `got "HTTP/1.1 abc", expected a reply in HTTP (malformed HTTP status code "abc")`},
		{"a long head", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: 1\r\n", 20_000), "got a head of more than 65536 bytes, expected a reply in HTTP"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := openOver(t, t.Context(), func(c net.Conn) {
				readRequest(c)
				io.WriteString(c, test.reply)
			})
			want := "the proxy proxy:1080, asked for a tunnel to example.com:80: " + test.want
			if err == nil || err.Error() != want {
				t.Errorf("error %v\nwant  %s", err, want)
			}
		})
	}
}

// A body that does not end costs neither memory nor time.
func TestHTTPProxyEndlessBody(t *testing.T) {
	for name, pause := range map[string]time.Duration{"fast": 0, "slow": time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tunnel, err := openOver(t, t.Context(), func(c net.Conn) {
					readRequest(c)
					io.WriteString(c, "HTTP/1.1 503 Busy\r\n\r\n")
					for {
						if _, err := io.WriteString(c, strings.Repeat("x", 1000)); err != nil {
							return
						}
						time.Sleep(pause)
					}
				})
				if _, ok := errors.AsType[*RefusedError](err); !ok {
					t.Errorf("error %v", err)
				}
				if !tunnel.Cut || len(tunnel.Response) > 2*maxReply {
					t.Errorf("%d bytes are kept, cut %t", len(tunnel.Response), tunnel.Cut)
				}
				if tunnel.Took > bodyTime {
					t.Errorf("it took %v", tunnel.Took)
				}
			})
		})
	}
}

// What a proxy has refused stays refused if the time is over while it goes on about
// that.
func TestHTTPProxyRefusalTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), bodyTime/2)
		defer cancel()
		_, err := openOver(t, ctx, func(c net.Conn) {
			readRequest(c)
			io.WriteString(c, "HTTP/1.1 403 No\r\nContent-Length: 100\r\n\r\nbecause")
			io.Copy(io.Discard, c)
		})
		if refused, ok := errors.AsType[*RefusedError](err); !ok || refused.Code != 403 {
			t.Errorf("error %v", err)
		}
	})
}

// A proxy that is silent, or gives a byte a second, has its time.
func TestHTTPProxyTime(t *testing.T) {
	for _, test := range []struct {
		name  string
		limit time.Duration // of the context
		want  time.Duration
	}{
		{"by the context", 10 * time.Second, 10 * time.Second},
		{"by itself", 0, DefaultProxyTimeout},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if test.limit > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.limit)
					defer cancel()
				}
				tunnel, err := openOver(t, ctx, func(c net.Conn) {
					readRequest(c)
					io.WriteString(c, "HTTP/1.1 200 OK\r\nX: ")
					for {
						if _, err := io.WriteString(c, "x"); err != nil {
							return
						}
						time.Sleep(time.Second)
					}
				})
				const want = "the time was over while the proxy proxy:1080 was asked for a tunnel to example.com:80"
				if err == nil || err.Error() != want || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error %v, want %s", err, want)
				}
				if tunnel.Took != test.want {
					t.Errorf("it took %v, want %v", tunnel.Took, test.want)
				}
			})
		})
	}
}

// openOver dials through a proxy that is played by a function.
func openOver(t *testing.T, ctx context.Context, play func(net.Conn)) (*render.Tunnel, error) {
	t.Helper()
	ours, theirs := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer theirs.Close()
		play(theirs)
	}()
	d := &Dialer{
		Proxy:   by(&Proxy{Host: "proxy", Port: "1080"}),
		Hosts:   Hosts{{"proxy", "1080", addrs("192.0.2.1")}},
		Connect: func(context.Context, string, string) (net.Conn, error) { return ours, nil },
	}
	c, route, err := d.Dial(ctx, Target{Host: "example.com", Port: "80"})
	if c != nil {
		c.Close()
	}
	<-done
	return route.Hops[1].Tunnel, err
}

func readRequest(c net.Conn) {
	in := bufio.NewReader(c)
	for {
		if line, err := in.ReadString('\n'); err != nil || line == "\r\n" {
			return
		}
	}
}

func TestProxyFunctionFails(t *testing.T) {
	d := &Dialer{Proxy: func(Target) (*Proxy, error) { return nil, errors.New("http_proxy: no host") }}
	c, route, err := d.Dial(t.Context(), Target{Host: "example.com", Port: "80"})
	if c != nil || route == nil || err == nil || err.Error() != "http_proxy: no host" {
		t.Errorf("Dial = %v, %v, %v", c, route, err)
	}
}
