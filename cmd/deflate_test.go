package cmd

import (
	"slices"
	"strings"
	"testing"

	"wscope/wsproto/deflate"
)

func TestDeflateFlag(t *testing.T) {
	for _, tt := range []struct {
		in    string
		want  []deflate.Params
		wrong string // part of the error
	}{
		{in: ""},
		{in: "permessage-deflate"},
		{in: "client_max_window_bits", want: []deflate.Params{{ClientMaxWindowBits: deflate.NoValue}}},
		{in: "client_no_context_takeover,server_max_window_bits=10", want: []deflate.Params{{ClientNoContextTakeover: true, ServerMaxWindowBits: 10}}},
		{in: "permessage-deflate; client_max_window_bits=9; server_no_context_takeover", want: []deflate.Params{{ServerNoContextTakeover: true, ClientMaxWindowBits: 9}}},
		{in: "server_max_window_bits=10, permessage-deflate", want: []deflate.Params{{ServerMaxWindowBits: 10}, {}}},
		{in: "permessage-deflate, permessage-deflate; server_max_window_bits=10", want: []deflate.Params{{}, {ServerMaxWindowBits: 10}}},
		{in: `server_max_window_bits="10"`, want: []deflate.Params{{ServerMaxWindowBits: 10}}},
		{in: "server_max_window_bits=16", wrong: "expected a server_max_window_bits of 8 to 15"},
		{in: "mux", wrong: `there is no parameter "mux", expected server_no_context_takeover, client_no_context_takeover, `},
		{in: "server_no_context_takeover=1", wrong: "without a value"},
		{in: "server_max_window_bits=10=11", wrong: "comma or a semicolon"},
	} {
		var o deflateOptions
		err := deflateFlag{&o}.Set(tt.in)
		if tt.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("--deflate=%s: %v, want an error with %q", tt.in, err, tt.wrong)
			}
			continue
		}
		if err != nil || !o.on || !slices.Equal(o.params, tt.want) {
			t.Errorf("--deflate=%s is %+v, %v, want %+v", tt.in, o, err, tt.want)
		}
	}
}

// The last of the two flags holds.
func TestNoDeflateFlag(t *testing.T) {
	for _, tt := range []struct {
		args []string
		on   bool
	}{
		{nil, false},
		{[]string{"--deflate"}, true},
		{[]string{"--no-deflate"}, false},
		{[]string{"--deflate=server_no_context_takeover", "--no-deflate"}, false},
		{[]string{"--no-deflate", "--deflate"}, true},
		{[]string{"--deflate", "--no-deflate=false"}, true},
	} {
		o := connectOptions{}
		cmd := newConnectCmd(streams{}, nil)
		flags := cmd.Flags()
		flags.Lookup("deflate").Value = deflateFlag{&o.deflate}
		flags.Lookup("no-deflate").Value = noDeflateFlag{&o.deflate}
		if err := flags.Parse(tt.args); err != nil || o.deflate.on != tt.on || len(o.deflate.params) != 0 {
			t.Errorf("%v: %+v, %v, want %t", tt.args, o.deflate, err, tt.on)
		}
	}
}

func TestContextInWords(t *testing.T) {
	for want, c := range map[string]deflate.Context{
		"a window of 256 bytes, kept from message to message":    {WindowBits: 8, Takeover: true},
		"a window of 1 KiB, empty at the start of each message":  {WindowBits: 10},
		"a window of 32 KiB, empty at the start of each message": {WindowBits: 15},
	} {
		if got := contextInWords(c); got != want {
			t.Errorf("%+v is %q, want %q", c, got, want)
		}
	}
}
