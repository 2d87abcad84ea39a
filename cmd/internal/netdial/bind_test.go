package netdial

import (
	"net"
	"strings"
	"testing"
)

func TestBind(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	loopback := ""
	devices, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range devices {
		if d.Flags&net.FlagLoopback != 0 {
			loopback = d.Name
		}
	}
	for _, name := range []string{"127.0.0.1", "host!127.0.0.1", loopback, "if!" + loopback} {
		if strings.TrimPrefix(name, "if!") == "" {
			continue // no loopback interface here
		}
		b, err := ParseBind(t.Context(), name)
		if err != nil {
			t.Errorf("ParseBind(%q): %v", name, err)
			continue
		}
		c, _, err := (&Dialer{Bind: b}).Dial(t.Context(), Target{Host: "127.0.0.1", Port: itoa(port)})
		if err != nil {
			t.Errorf("bound to %q: %v", name, err)
			continue
		}
		if got := c.LocalAddr().(*net.TCPAddr).IP.String(); got != "127.0.0.1" {
			t.Errorf("bound to %q: our end is %s", name, got)
		}
		c.Close()
	}
	b, err := ParseBind(t.Context(), "::1")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = (&Dialer{Bind: b}).Dial(t.Context(), Target{Host: "127.0.0.1", Port: itoa(port)})
	if want := "connecting to 127.0.0.1:" + itoa(port) + ": " + errNoLocalAddress.Error(); err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
	for _, name := range []string{"nosuchif0", "if!127.0.0.1", ""} {
		if _, err := ParseBind(t.Context(), name); err == nil || !strings.Contains(err.Error(), "there is no network interface called") {
			t.Errorf("ParseBind(%q): %v", name, err)
		}
	}
}
