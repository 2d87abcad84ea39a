package cmd

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wscope/wsproto"
)

func TestListenEventFlags(t *testing.T) {
	for _, tt := range []struct {
		name string
		args string
		ok   func(eventOptions) bool
	}{
		{"defaults", "", func(o eventOptions) bool { return o.script == nil && !o.setRetry && o.buffer == 1000 }},
		{"something to send", "--sse-send a --sse-send b,c --sse-send @@d", func(o eventOptions) bool {
			s := o.script
			return len(s.Events) == 3 && string(s.Events[1]) == "b,c" && string(s.Events[2]) == "@d" && s.Keep == 1000 && s.Every == 0 && !s.Ends && !s.Loop && !s.NoID
		}},
		{"the rest", "--sse-send a --sse-event add --sse-no-id --sse-interval 1.5 --sse-loop --sse-retry 0 --sse-drop-after 4 --sse-buffer 5 --allow-host a.example --cors * --cors null", func(o eventOptions) bool {
			s := o.script
			return s.Type == "add" && s.NoID && s.Every == 1500*time.Millisecond && s.Loop && o.setRetry && o.retry == 0 && o.dropAfter == 4 && s.Keep == 5 &&
				len(o.hosts) == 1 && len(o.origins) == 2
		}},
		{"end", "--sse-send a --sse-close", func(o eventOptions) bool { return o.script.Ends }},
		{"for those who watch", "--sse-retry 1 --sse-buffer 7 --sse-no-id --sse-drop-after 3", func(o eventOptions) bool { return o.script == nil && o.setRetry && o.buffer == 7 }},
	} {
		if o, err := parseListen(t, strings.Fields(tt.args)...); err != nil || !tt.ok(o.events) {
			t.Errorf("%s: listen %s: %v, %+v", tt.name, tt.args, err, o.events)
		}
	}
	for _, tt := range []struct{ args, want string }{
		{"--sse-event add", "--sse-event needs --sse-send"},
		{"--sse-close", "--sse-close needs --sse-send"},
		{"--sse-id 7", "--sse-id needs --sse-send"},
		{"--sse-send a --sse-id evt", `--sse-id "evt": expected a number at the end`},
		{"--sse-send a --sse-id 7 --sse-no-id", "--sse-id and --sse-no-id cannot be used together"},
		{"--sse-send a --sse-loop", "--sse-loop needs --sse-interval"},
		{"--sse-send a --sse-loop --sse-close --sse-interval 1", "--sse-loop and --sse-close cannot be used together"},
		{"--sse-send a --sse-event a\nb", "--sse-event: an event type with a line break cannot be sent"},
		{"--sse-buffer 0", "--sse-buffer 0: expected at least 1"},
		{"--sse-drop-after -1", "--sse-drop-after -1: expected a number of events"},
		{"--sse-retry -1", "not negative"},
		{"--allow-host a/b", `--allow-host "a/b": expected a host name`},
		{"--cors a.example", `--cors "a.example": expected an origin`},
	} {
		var e *exitError
		if _, err := parseListen(t, strings.Split(tt.args, " ")...); !errors.As(err, &e) || e.code != exitUsage || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("listen %s: %v, want %q and status %d", tt.args, err, tt.want, exitUsage)
		}
	}
}

// TestReadEvents has an event in each line of a file, and one in each other
// argument.
func TestReadEvents(t *testing.T) {
	file := filepath.Join(t.TempDir(), "events")
	if err := os.WriteFile(file, []byte("one\r\n\ntwo \nlast"), 0o666); err != nil {
		t.Fatal(err)
	}
	events, err := readEvents([]string{"a\nb", "@" + file, "@-"}, strings.NewReader("in\n"))
	var got []string
	for _, e := range events {
		got = append(got, string(e))
	}
	if want := "a\nb|one||two |last|in"; strings.Join(got, "|") != want || err != nil {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	for _, arg := range []string{"@", "@-", "@" + file + "x", "\xff"} {
		var e *exitError
		if _, err := readEvents([]string{arg}, nil); !errors.As(err, &e) || e.code != exitReadFile {
			t.Errorf("--sse-send %q: %v, want status %d", arg, err, exitReadFile)
		}
	}
}

// TestEventGuard has listeners with names of their own.
func TestEventGuard(t *testing.T) {
	name, err := os.Hostname()
	if err != nil {
		t.Skip(err)
	}
	for _, tt := range []struct {
		listener, typed, host string
		ok                    bool
	}{
		{"192.0.2.1:8080", "box.example:8080", "box.example:8080", true},
		{"192.0.2.1:8080", "box.example:8080", "box.example:9090", false},
		{"192.0.2.1:8080", "192.0.2.1:8080", "box.example:8080", false},
		{"0.0.0.0:8080", "0.0.0.0:8080", name + ":1", true},
		{"0.0.0.0:8080", "0.0.0.0:8080", "not-" + name, false},
		{"127.0.0.1:8080", "8080", name + ":8080", false},
	} {
		addr, err := net.ResolveTCPAddr("tcp", tt.listener)
		if err != nil {
			t.Fatal(err)
		}
		g, err := new(eventOptions).guard(addr, tt.typed)
		if err != nil {
			t.Fatal(err)
		}
		r := &wsproto.Request{Method: "GET", Target: "/", Proto: "HTTP/1.1", Fields: wsproto.Fields{{Name: "Host", Value: tt.host}}}
		if _, refusal := g.Check(r); (refusal == nil) != tt.ok {
			t.Errorf("%s as %s, Host %s: %v", tt.listener, tt.typed, tt.host, refusal)
		}
	}
}
