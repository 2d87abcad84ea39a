package netdial

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"testing"

	"wscope/cmd/internal/netdial/nettest"
)

func startSOCKS5(t *testing.T, user, password string) (*nettest.Proxy, *Proxy) {
	t.Helper()
	server, err := nettest.NewSOCKS5Proxy()
	if err != nil {
		t.Fatal(err)
	}
	server.User, server.Password = user, password
	server.Start()
	t.Cleanup(server.Close)
	p, err := ParseProxy("socks5h://" + server.Addr())
	if err != nil {
		t.Fatal(err)
	}
	return server, p
}

func TestSOCKS5(t *testing.T) {
	_, port, _ := net.SplitHostPort(echoServer(t))
	for _, test := range []struct {
		name string
		kind ProxyKind
		user string
		want []string
	}{
		{"names are the proxy's", ProxySOCKS5H, "", []string{"connect localhost:" + port}},
		{"names are ours", ProxySOCKS5, "", []string{"connect 127.0.0.1:" + port}},
		{"with a password", ProxySOCKS5H, "alice", []string{"user alice", "connect localhost:" + port}},
	} {
		t.Run(test.name, func(t *testing.T) {
			server, p := startSOCKS5(t, test.user, "secret")
			p.Kind = test.kind
			if test.user != "" {
				if err := p.SetAuth(test.user + ":secret"); err != nil {
					t.Fatal(err)
				}
			}
			d := &Dialer{Proxy: by(p), Family: IPv4, Lookup: func(_ context.Context, _, host string) ([]netip.Addr, error) {
				t.Errorf("%s is looked up", host)
				return nil, errors.New("no")
			}}
			c, route, err := d.Dial(t.Context(), Target{Host: "localhost", Port: port})
			if err != nil {
				t.Fatal(err)
			}
			roundTrip(t, c)
			if got := server.Log(); !slices.Equal(got, test.want) {
				t.Errorf("the proxy got %q, want %q", got, test.want)
			}
			if got := route.Hops[1].Tunnel; got.Protocol != "SOCKS5" || got.Request != nil {
				t.Errorf("the tunnel is %+v", got)
			}
			if asked := route.Hops[1].Lookup != nil; asked != (test.kind == ProxySOCKS5) {
				t.Errorf("a look-up of ours: %t", asked)
			}
		})
	}
}

func TestSOCKS5Refusal(t *testing.T) {
	server, p := startSOCKS5(t, "alice", "secret")
	dial := func() error {
		_, _, err := (&Dialer{Proxy: by(p)}).Dial(t.Context(), Target{Host: "127.0.0.1", Port: "1"})
		return err
	}
	prefix := "the proxy " + server.Addr() + ", asked for a tunnel to 127.0.0.1:1: "
	check := func(want string) {
		t.Helper()
		err := dial()
		if err == nil || err.Error() != prefix+want {
			t.Errorf("error %v\nwant  %s", err, prefix+want)
		}
	}
	check("it accepts none of the ways to authenticate that were offered")
	p.SetAuth("alice:wrong")
	check("username/password authentication failed")
	p.SetAuth("alice:secret")
	check("connection refused")
}

// A proxy is asked for one address of a name after the other.
func TestSOCKS5Addresses(t *testing.T) {
	server, p := startSOCKS5(t, "", "")
	p.Kind = ProxySOCKS5
	host, port, _ := net.SplitHostPort(echoServer(t))
	d := &Dialer{Proxy: by(p), Hosts: Hosts{
		{"some.example", port, addrs("127.0.0.9", "::1", host)},
		{"none.example", port, addrs("127.0.0.9", "127.0.0.8")},
	}}
	c, route, err := d.Dial(t.Context(), Target{Host: "some.example", Port: port})
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, c)
	if got, want := server.Log(), []string{"connect 127.0.0.9:" + port, "connect [::1]:" + port, "connect 127.0.0.1:" + port}; !slices.Equal(got, want) {
		t.Errorf("the proxy got %q, want %q", got, want)
	}
	hop := route.Hops[1]
	if len(hop.Attempts) != 2 || hop.Attempts[1].Addr != "[::1]:"+port || hop.Attempts[1].Err == nil || hop.Tunnel.To != host+":"+port || hop.Tunnel.Err != nil || len(route.Hops[0].Attempts) != 1 {
		t.Errorf("the route is %+v, tunnel %+v, proxy %+v", hop, hop.Tunnel, route.Hops[0])
	}
	_, _, err = d.Dial(t.Context(), Target{Host: "none.example", Port: port})
	want := "the proxy " + server.Addr() + ", asked for a tunnel to none.example:" + port + ": no address answers: 127.0.0.9:" + port + ": connection refused; 127.0.0.8:" + port + ": connection refused"
	if err == nil || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
}

func TestSOCKS5BadReply(t *testing.T) {
	for reply, want := range map[string]string{
		"":                             "it has closed the connection, expected a reply in SOCKS5",
		"HTTP/1.1 400 Bad Request\r\n": "got a reply that begins with the byte 0x48, expected 0x5 for SOCKS5",
	} {
		ours, theirs := net.Pipe()
		go func() {
			io.ReadFull(theirs, make([]byte, 3))
			io.WriteString(theirs, reply)
			theirs.Close()
		}()
		err := (&Proxy{Host: "proxy", Port: "1080"}).socks(t.Context(), ours, "example.com:80")
		if err == nil || err.Error() != want {
			t.Errorf("after %q: error %v, want %s", reply, err, want)
		}
		ours.Close()
	}
}
