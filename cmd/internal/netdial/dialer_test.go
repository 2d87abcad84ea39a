package netdial

import (
	"io"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"wscope/render"
)

func itoa(n int) string { return strconv.Itoa(n) }

// targetOf returns the target that stands for the address of a listener.
func targetOf(addr string, secure bool) Target {
	host, port, _ := net.SplitHostPort(addr)
	return Target{Host: host, Port: port, TLS: secure}
}

// echo accepts connections on l and sends back what comes.
func echo(t *testing.T, l net.Listener) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				io.Copy(c, c)
			}()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
}

// echoServer returns the address of a server that sends back what comes.
func echoServer(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	echo(t, l)
	return l.Addr().String()
}

// roundTrip demands that c leads to an echo.
func roundTrip(t *testing.T, c net.Conn) {
	t.Helper()
	defer c.Close()
	if _, err := io.WriteString(c, "hello"); err != nil {
		t.Error(err)
	}
	got := make([]byte, 5)
	if _, err := io.ReadFull(c, got); err != nil || string(got) != "hello" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestDialZero(t *testing.T) {
	addr := echoServer(t)
	_, port, _ := net.SplitHostPort(addr)
	var stages []Stage
	d := &Dialer{Progress: func(_ *render.Route, s Stage) { stages = append(stages, s) }}
	c, route, err := d.Dial(t.Context(), Target{Host: "app.localhost", Port: port})
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, c)
	hop := route.Hops[0]
	last := hop.Attempts[len(hop.Attempts)-1]
	if len(route.Hops) != 1 || hop.Proxy || last.Addr != addr || last.Err != nil || last.Local != c.LocalAddr().String() {
		t.Errorf("route %+v", hop)
	}
	if want := []Stage{{PhaseTCP, false, "[::1]:" + port}, {PhaseTCP, false, addr}}; !slices.Equal(stages, want) {
		t.Errorf("stages %v, want %v", stages, want)
	}
}

func TestDialConnectToAndResolve(t *testing.T) {
	_, port, _ := net.SplitHostPort(echoServer(t))
	d := &Dialer{
		ConnectTo: []ConnectTo{{"example.com", "443", "other.example", port}},
		Hosts:     Hosts{{"other.example", port, addrs("127.0.0.1")}},
	}
	c, route, err := d.Dial(t.Context(), Target{Host: "example.com", Port: "443"})
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, c)
	if got := route.Hops[0].Addr; got != "other.example:"+port {
		t.Errorf("the hop is %q", got)
	}
}

func TestDialUnix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Skip(err)
	}
	echo(t, l)
	d := &Dialer{Unix: path, Proxy: func(Target) (*Proxy, error) { panic("asked for a proxy") }}
	c, route, err := d.Dial(t.Context(), Target{Host: "example.com", Port: "80"})
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, c)
	if got := route.Hops[0]; got.Addr != path || !slices.Equal(got.Attempts, []render.Attempt{{Addr: path, Took: got.Attempts[0].Took}}) {
		t.Errorf("the hop is %+v", got)
	}
	d.Unix = path + "x"
	_, _, err = d.Dial(t.Context(), Target{Host: "example.com", Port: "80"})
	if want := "connecting to the Unix socket " + path + "x: "; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
}
