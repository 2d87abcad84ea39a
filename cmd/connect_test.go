package cmd

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"wscope/wsproto"
)

// execute runs one command below a root that has the flags for colours.
func execute(command *cobra.Command, args ...string) error {
	root := &cobra.Command{Use: "wscope", SilenceErrors: true, SilenceUsage: true}
	root.SetFlagErrorFunc(flagError)
	addColorFlags(root)
	root.AddCommand(command)
	root.SetArgs(append([]string{command.Name()}, args...))
	return root.Execute()
}

// parseConnect returns what a command line of connect asks for.
func parseConnect(t *testing.T, args ...string) (connectOptions, error) {
	t.Helper()
	s, _, _ := testStreams("")
	var got connectOptions
	err := execute(newConnectCmd(s, func(_ context.Context, o connectOptions) error {
		got = o
		return nil
	}), args...)
	return got, err
}

func TestConnectDefaults(t *testing.T) {
	o, err := parseConnect(t, "ws://h/")
	if err != nil {
		t.Fatal(err)
	}
	if o.url != "ws://h/" || o.wait != time.Second || o.delimiter != "\n" || o.count != 0 || o.binary ||
		o.closing != (closing{code: 1000}) || o.colorMode != colorAuto || o.newConsole == nil {
		t.Errorf("options %+v", o)
	}
	if o.dial.net.connectTimeout != defaultConnectTimeout || o.dial.net.maxTime != 0 || o.pingInterval != 0 {
		t.Errorf("times %v, %v, %v", o.dial.net.connectTimeout, o.dial.net.maxTime, o.pingInterval)
	}
	c := o.protocol.config()
	if c.MaxMessageSize != 64<<20 || c.CloseTimeout != wsproto.DefaultCloseTimeout || c.NoPong || c.Lenient {
		t.Errorf("protocol %+v", c)
	}
}

func TestConnectFlags(t *testing.T) {
	for _, tt := range []struct {
		name string
		args string
		ok   func(connectOptions) bool
	}{
		{"execute, in order", "-x a --execute b,c -x @d ws://h", func(o connectOptions) bool { return slices.Equal(o.execute, []string{"a", "b,c", "@d"}) }},
		{"flags behind the URL", "ws://h -b -e", func(o connectOptions) bool { return o.url == "ws://h" && o.binary && o.escape }},
		{"one", "-1 ws://h", func(o connectOptions) bool { return o.count == 1 }},
		{"count", "--count 7 ws://h", func(o connectOptions) bool { return o.count == 7 }},
		{"both agree", "-1 --count 1 ws://h", func(o connectOptions) bool { return o.count == 1 }},
		{"wait for ever", "-w -1 ws://h", func(o connectOptions) bool { return o.wait == forever }},
		{"wait attached", "-w2.5 ws://h", func(o connectOptions) bool { return o.wait == 2500*time.Millisecond }},
		{"do not wait", "--wait=0 ws://h", func(o connectOptions) bool { return o.wait == 0 }},
		{"null", "-0 ws://h", func(o connectOptions) bool { return o.delimiter == "\x00" }},
		{"delimiter", `--delimiter \t\n ws://h`, func(o connectOptions) bool { return o.delimiter == "\t\n" }},
		{"no split", "--no-split ws://h", func(o connectOptions) bool { return o.noSplit }},
		{"close", "--close 4000:bye ws://h", func(o connectOptions) bool { return o.closing == closing{4000, "bye"} }},
		{"close timeout", "--close-timeout 3 ws://h", func(o connectOptions) bool { return o.protocol.config().CloseTimeout == 3*time.Second }},
		{"close timeout of nothing", "--close-timeout 0 ws://h", func(o connectOptions) bool {
			d := o.protocol.config().CloseTimeout
			return 0 < d && d <= time.Millisecond
		}},
		{"no message limit", "--max-message-size 0 ws://h", func(o connectOptions) bool { return o.protocol.config().MaxMessageSize < 0 }},
		{"message limit", "--max-message-size 1k ws://h", func(o connectOptions) bool { return o.protocol.config().MaxMessageSize == 1024 }},
		{"lenient, no pong", "--lenient --no-pong ws://h", func(o connectOptions) bool { c := o.protocol.config(); return c.Lenient && c.NoPong }},
		{"pings", "--ping-interval 5 --ping-timeout 2 ws://h", func(o connectOptions) bool {
			return o.pingInterval == 5*time.Second && o.pingTimeout == 2*time.Second
		}},
		{"a ping timeout needs pings", "--ping-timeout 2 ws://h", func(o connectOptions) bool { return o.pingInterval == 2*time.Second }},
		{"subprotocols", "-s a,b -s c ws://h", func(o connectOptions) bool { return slices.Equal(o.subprotocols, []string{"a", "b", "c"}) }},
		{"version and key", "--ws-version 8 --ws-key abc ws://h", func(o connectOptions) bool { return o.version == "8" && o.key == "abc" }},
		{"fragment", "--fragment 3 ws://h", func(o connectOptions) bool { return o.fragment == 3 }},
		{"header", "-H A:1 -H B: ws://h", func(o connectOptions) bool {
			return slices.Equal(o.dial.header.fields, wsproto.Fields{{Name: "A", Value: "1"}}) && slices.Equal(o.dial.header.omit, []string{"B"})
		}},
		{"curl's", "-k -o http://o -A ua -u a:b -m 3 --connect-timeout 1 --cacert f ws://h", func(o connectOptions) bool {
			d := o.dial
			return d.tls.insecure && d.origin == "http://o" && d.userAgent.text == "ua" && d.auth.user == "a:b" && d.tls.caFile == "f" &&
				d.net.maxTime == 3*time.Second && d.net.connectTimeout == time.Second
		}},
		{"other spellings", "--no-check --ua ua --auth a:b --ca f ws://h", func(o connectOptions) bool {
			d := o.dial
			return d.tls.insecure && d.userAgent.text == "ua" && d.auth.user == "a:b" && d.tls.caFile == "f"
		}},
		{"output", "-vv -q --json --timestamps wall --hide ping,pong --max-preview 9 --binary-as hex --show-secrets ws://h", func(o connectOptions) bool {
			d := o.display
			return d.verbose == 2 && d.quiet && d.json && d.timestamps == "wall" && slices.Equal(d.hide, []string{"ping", "pong"}) &&
				d.maxPreview == 9 && d.binaryAs == "hex" && d.showSecrets
		}},
		{"colour", "--color always ws://h", func(o connectOptions) bool { return o.colorMode == colorAlways }},
		{"wscat's", "-P -x hi -w 1 ws://h", func(o connectOptions) bool { return o.wait == time.Second && len(o.execute) == 1 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if o, err := parseConnect(t, strings.Fields(tt.args)...); err != nil || !tt.ok(o) {
				t.Errorf("connect %s: %v, %+v", tt.args, err, o)
			}
		})
	}
}

func TestConnectMistakes(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"", "wscope connect needs a ws:// or wss:// URL"},
		{"ws://a ws://b", `unexpected argument "ws://b"`},
		{"-1 --count 2 ws://h", "-1 and --count 2 cannot be used together"},
		{"--count -2 ws://h", "--count -2: expected a number of messages"},
		{"--count x ws://h", `--count "x"`},
		{"--fragment -1 ws://h", "--fragment -1: expected a number of bytes"},
		{"-0 --no-split ws://h", "--null and --no-split cannot be used together"},
		{"--delimiter= ws://h", "--delimiter is empty"},
		{`--delimiter \ ws://h`, "--delimiter: "},
		{"--close 1006 ws://h", `--close "1006": close code 1006`},
		{"-w never ws://h", `-w/--wait "never": expected a duration`},
		{"--connect-timeout -1 ws://h", `--connect-timeout "-1": expected a duration that is not negative`},
		{"--max-message-size 1T ws://h", `--max-message-size "1T": expected a number of bytes`},
		{"-s a,a ws://h", `-s/--subprotocol "a,a": "a" is named twice`},
		{"--format xml ws://h", `--format "xml": expected auto, frames, messages, hex or json`},
		{"--nothing ws://h", "wscope connect has no flag --nothing"},
	} {
		_, err := parseConnect(t, strings.Fields(tt.args)...)
		var e *exitError
		if !errors.As(err, &e) || e.code != exitUsage || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("connect %s: %v, want %q and status %d", tt.args, err, tt.want, exitUsage)
		}
	}
}

// TestNeverAlone has --within say how long what must not come is looked out for,
// unless something else says when the session ends.
func TestNeverAlone(t *testing.T) {
	for _, tt := range []struct {
		args string
		want bool
	}{
		{"--never x", true},
		{"--never x -x a", true},
		{"--never x --within 9s", true},
		{"--never x --count 3 --within 9s", true},
		{"--never x -w -1 --within 9s", true},
		{"--never x --count 3", false},
		{"--never x -1", false},
		{"--never x -w 2", false},
		{"--never x --echo", false},
		{"--never x --expect y", false},
		{"--within 9s", false},
	} {
		o, err := parseConnect(t, append(strings.Fields(tt.args), "ws://h/")...)
		if err != nil || o.expect.watch != tt.want {
			t.Errorf("connect %s: watch %v, want %v (%v)", tt.args, o.expect.watch, tt.want, err)
		}
	}
	for args, want := range map[string]bool{"--never x": true, "--never x --until y": false, "--never x --count 3": false} {
		o, err := parseSSE(t, "", append(strings.Fields(args), "http://h/")...)
		if err != nil || o.expect.watch != want {
			t.Errorf("sse %s: watch %v, want %v (%v)", args, o.expect.watch, want, err)
		}
	}
}

// TestExpectCloseCode refuses a code that no peer can close with: in a frame it
// is a mistake, which only --lenient lets pass.
func TestExpectCloseCode(t *testing.T) {
	for _, tt := range []struct {
		args string
		ok   bool
	}{
		{"1000", true}, {"1005", true}, {"1006", true}, {"1011", true}, {"1014", true}, {"3000", true}, {"4999", true},
		{"0", false}, {"99", false}, {"999", false}, {"1004", false}, {"1015", false}, {"2000", false}, {"5000", false}, {"65535", false},
		{"99 --lenient", true}, {"1015 --lenient", true}, {"5000 --lenient", true},
		{"0 --lenient", false}, {"65536 --lenient", false}, {"-1", false},
	} {
		_, err := parseConnect(t, append(strings.Fields("--expect-close "+tt.args), "ws://h/")...)
		var known *exitError
		usage := errors.As(err, &known) && known.code == exitUsage || err != nil && strings.Contains(err.Error(), "expect-close")
		if tt.ok != (err == nil) || !tt.ok && !usage {
			t.Errorf("--expect-close %s: %v", tt.args, err)
		}
	}
}
