package netdial

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"

	"wscope/render"
)

func addrs(list ...string) (all []netip.Addr) {
	for _, s := range list {
		all = append(all, netip.MustParseAddr(s))
	}
	return all
}

func TestParseHostEntry(t *testing.T) {
	for _, test := range []struct {
		in   string
		want HostEntry
	}{
		{"example.com:443:127.0.0.1", HostEntry{"example.com", "443", addrs("127.0.0.1")}},
		{"EXAMPLE.com.:80:127.0.0.1,[::1],::2", HostEntry{"example.com", "80", addrs("127.0.0.1", "::1", "::2")}},
		{"*:80:[::1]", HostEntry{"*", "80", addrs("::1")}},
		{"+h:80:1.2.3.4", HostEntry{"h", "80", addrs("1.2.3.4")}},
		{"-h:80", HostEntry{"h", "80", nil}},
		{"[2001:db8::1]:80:::1", HostEntry{"2001:db8::1", "80", addrs("::1")}},
	} {
		got, err := ParseHostEntry(test.in)
		if err != nil || got.Host != test.want.Host || got.Port != test.want.Port || !slices.Equal(got.Addrs, test.want.Addrs) {
			t.Errorf("ParseHostEntry(%q) = %v, %v, want %v", test.in, got, err, test.want)
		}
	}
	for _, in := range []string{"", "h", "h:80", "h:80:", "h:80:name", ":80:1.2.3.4", "h:0:1.2.3.4", "h:x:1.2.3.4", "h:80:1.2.3.4,", "-h:80:1.2.3.4", "h\r\n:80:1.2.3.4", "[::1:80:1.2.3.4"} {
		if got, err := ParseHostEntry(in); err == nil {
			t.Errorf("ParseHostEntry(%q) = %v, want an error", in, got)
		}
	}
}

func TestHostsFind(t *testing.T) {
	var hosts Hosts
	for _, s := range []string{"a:80:1.1.1.1", "*:80:9.9.9.9", "a:80:2.2.2.2", "b:80:3.3.3.3", "-b:80", "c:443:4.4.4.4"} {
		e, err := ParseHostEntry(s)
		if err != nil {
			t.Fatal(err)
		}
		hosts = append(hosts, e)
	}
	for _, test := range []struct {
		host, port string
		want       []netip.Addr
	}{
		{"a", "80", addrs("2.2.2.2")},
		{"A.", "80", addrs("2.2.2.2")},
		{"b", "80", addrs("9.9.9.9")},
		{"other", "80", addrs("9.9.9.9")},
		{"c", "443", addrs("4.4.4.4")},
		{"c", "444", nil},
	} {
		if got := hosts.find(test.host, test.port); !slices.Equal(got, test.want) {
			t.Errorf("find(%q, %q) = %v, want %v", test.host, test.port, got, test.want)
		}
	}
}

func TestLookup(t *testing.T) {
	asked := ""
	ask := func(_ context.Context, network, host string) ([]netip.Addr, error) {
		asked = network + " " + host
		return addrs("::ffff:192.0.2.1", "2001:db8::1"), nil
	}
	known := Hosts{{"known", "80", addrs("192.0.2.7")}, {"192.0.2.9", "80", addrs("192.0.2.10")}}
	for _, test := range []struct {
		host   string
		family Family
		asked  string
		want   []netip.Addr
		source string // "-" if there was no look-up
	}{
		{"example.com", AnyFamily, "ip example.com", addrs("192.0.2.1", "2001:db8::1"), ""},
		{"example.com", IPv6, "ip6 example.com", addrs("2001:db8::1"), ""},
		{"127.0.0.1", AnyFamily, "", addrs("127.0.0.1"), "-"},
		{"fe80::1%lo", AnyFamily, "", addrs("fe80::1%lo"), "-"},
		{"localhost", AnyFamily, "", addrs("::1", "127.0.0.1"), "this machine"},
		{"App.LocalHost.", IPv4, "", addrs("127.0.0.1"), "this machine"},
		{"known", AnyFamily, "", addrs("192.0.2.7"), "--resolve"},
		{"192.0.2.9", AnyFamily, "", addrs("192.0.2.10"), "--resolve"},
	} {
		asked = ""
		d := &Dialer{Family: test.family, Hosts: known, Lookup: ask}
		hop := &render.Hop{}
		got, err := d.lookup(t.Context(), Target{Host: test.host, Port: "80"}, hop)
		if err != nil || !slices.Equal(got, test.want) || asked != test.asked {
			t.Errorf("lookup(%q) = %v, %v, asked for %q, want %v, %q", test.host, got, err, asked, test.want, test.asked)
		}
		source := "-"
		if hop.Lookup != nil {
			source = hop.Lookup.Source
		}
		if source != test.source {
			t.Errorf("lookup(%q): the source is %q, want %q", test.host, source, test.source)
		}
	}
}

func TestLookupFamily(t *testing.T) {
	d := &Dialer{Family: IPv6}
	_, _, err := d.Dial(t.Context(), Target{Host: "127.0.0.1", Port: "80"})
	if _, ok := errors.AsType[*FamilyError](err); !ok {
		t.Errorf("error %v, want a *FamilyError", err)
	}
	if got, want := err.Error(), "the host 127.0.0.1:80 has no IPv6 address, only 127.0.0.1"; got != want {
		t.Errorf("error %q, want %q", got, want)
	}
}
