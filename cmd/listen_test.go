package cmd

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"wscope/wsproto"
)

func parseListen(t *testing.T, args ...string) (listenOptions, error) {
	t.Helper()
	s, _, _ := testStreams("")
	var got listenOptions
	err := execute(newListenCmd(s, func(_ context.Context, o listenOptions) error {
		got = o
		return nil
	}), args...)
	return got, err
}

func TestListenFlags(t *testing.T) {
	for _, tt := range []struct {
		name string
		args string
		ok   func(listenOptions) bool
	}{
		{"defaults", "", func(o listenOptions) bool {
			return o.address == "127.0.0.1:8080" && o.maxClients == defaultMaxClients && o.handshakeTimeout == wsproto.DefaultHandshakeTimeout &&
				o.idleTimeout == 0 && !o.once && !o.noEcho && !o.interactive && o.protocol.config().MaxMessageSize == 64<<20
		}},
		{"address", "0.0.0.0:9001", func(o listenOptions) bool { return o.address == "0.0.0.0:9001" }},
		{"the rest", "0 --once --no-echo -s a,b --allow-origin http://a --allow-origin http://b,c --max-clients 3 --fragment 4 --idle-timeout 5 --handshake-timeout 6s -i --no-history", func(o listenOptions) bool {
			return o.once && o.noEcho && slices.Equal(o.subprotocols, []string{"a", "b"}) && slices.Equal(o.origins, []string{"http://a", "http://b,c"}) &&
				o.maxClients == 3 && o.fragment == 4 && o.idleTimeout == 5*time.Second && o.handshakeTimeout == 6*time.Second && o.interactive && o.noHistory
		}},
		{"as in connect", "-q -v --json --max-message-size 5 --close-timeout 1 --no-pong --lenient --color never", func(o listenOptions) bool {
			c := o.protocol.config()
			return o.display.quiet && o.display.verbose == 1 && o.display.json && c.MaxMessageSize == 5 && c.CloseTimeout == time.Second &&
				c.NoPong && c.Lenient && o.colorMode == colorNever
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if o, err := parseListen(t, strings.Fields(tt.args)...); err != nil || !tt.ok(o) {
				t.Errorf("listen %s: %v, %+v", tt.args, err, o)
			}
		})
	}
	for _, tt := range []struct{ args, want string }{
		{"1 2", `unexpected argument "2"`},
		{"--max-clients 0", "--max-clients 0: expected at least 1"},
		{"--idle-timeout -1", "not negative"},
		{"--fragment -1", "--fragment -1: expected a number of bytes"},
		{"--allow-origin example.com", `--allow-origin "example.com": expected an origin such as https://example.com`},
		{"--allow-origin http://a/path", "expected an origin"},
		{"--execute hi", "wscope listen has no flag --execute"},
	} {
		var e *exitError
		if _, err := parseListen(t, strings.Fields(tt.args)...); !errors.As(err, &e) || e.code != exitUsage || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("listen %s: %v, want %q and status %d", tt.args, err, tt.want, exitUsage)
		}
	}
}

func TestParseAddress(t *testing.T) {
	for _, tt := range []struct{ in, network, address string }{
		{"9001", "tcp4", "127.0.0.1:9001"},
		{"0", "tcp4", "127.0.0.1:0"},
		{":9001", "tcp4", "127.0.0.1:9001"},
		{"0.0.0.0:9001", "tcp4", "0.0.0.0:9001"},
		{"example.com:1", "tcp", "example.com:1"},
		{"[::1]:08", "tcp", "[::1]:8"},
		{"[::]:65535", "tcp", "[::]:65535"},
		{"unix:/run/x:1", "unix", "/run/x:1"},
		{"unix:x", "unix", "x"},
		{"", "", ""},
		{"unix:", "", ""},
		{"localhost", "", ""},
		{"65536", "", ""},
		{"-1", "", ""},
		{":", "", ""},
		{"h:http", "", ""},
		{"::1", "", ""},
		{"a:1:2", "", ""},
		{"ws://127.0.0.1:1", "", ""},
	} {
		network, address, err := parseAddress(tt.in)
		if network != tt.network || address != tt.address || (err == nil) != (tt.network != "") {
			t.Errorf("parseAddress(%q) = %q, %q, %v, want %q, %q", tt.in, network, address, err, tt.network, tt.address)
		}
		var e *exitError
		if err != nil && (!errors.As(err, &e) || e.code != exitUsage) {
			t.Errorf("parseAddress(%q) = %v, want a usage error", tt.in, err)
		}
	}
}

func TestParseAddressHint(t *testing.T) {
	for _, tt := range []struct{ in, want, hint string }{
		{"ws://127.0.0.1:18081/", "expected an address without a scheme", "wscope listen 127.0.0.1:18081"},
		{"ws://[::1]:18081/", "expected an address without a scheme", "wscope listen '[::1]:18081'"},
		{"[::1]", "expected host:port, with an IPv6 address in brackets", "wscope listen '[::1]:9001'"},
		{"::1", "expected host:port, with an IPv6 address in brackets", "wscope listen '[::1]:9001'"},
		{"a:1:2", "expected host:port, with an IPv6 address in brackets", "wscope listen 127.0.0.1:9001"},
		{"localhost", `"localhost" is not a port, expected 0 to 65535`, "wscope listen localhost:9001"},
		{"10.0.0.1", `"10.0.0.1" is not a port, expected 0 to 65535`, "wscope listen 10.0.0.1:9001"},
		{"70000", `"70000" is not a port, expected 0 to 65535`, "wscope listen 127.0.0.1:9001"},
	} {
		var e *exitError
		if _, _, err := parseAddress(tt.in); !errors.As(err, &e) || !strings.HasSuffix(err.Error(), ": "+tt.want) || e.hint != "for example: "+tt.hint {
			t.Errorf("parseAddress(%q) = %v, %q, want %q, %q", tt.in, err, e.hint, tt.want, tt.hint)
		}
	}
}
