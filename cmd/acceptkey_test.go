package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"wscope/wsproto"
)

func TestAcceptKeyFlags(t *testing.T) {
	for _, tt := range []struct {
		args  string
		check func(acceptKeyOptions) bool
	}{
		{"KEY", func(o acceptKeyOptions) bool {
			return slices.Equal(o.keys, []string{"KEY"}) && o.verify == nil && !o.generate && !o.explain && !o.json
		}},
		{"", func(o acceptKeyOptions) bool { return len(o.keys) == 0 }},
		{"--generate", func(o acceptKeyOptions) bool { return o.generate }},
		{"-g -e", func(o acceptKeyOptions) bool { return o.generate && o.explain }},
		{"--json KEY", func(o acceptKeyOptions) bool { return o.json }},
		{"KEY --verify ACCEPT", func(o acceptKeyOptions) bool { return o.verify != nil && *o.verify == "ACCEPT" }},
		{"KEY --verify=", func(o acceptKeyOptions) bool { return o.verify != nil && *o.verify == "" }},
	} {
		t.Run(tt.args, func(t *testing.T) {
			s, _, _ := testStreams("")
			var got acceptKeyOptions
			cmd := newAcceptKeyCmd(s, func(_ context.Context, o acceptKeyOptions) error {
				got = o
				return nil
			})
			cmd.SetArgs(append([]string{}, strings.Fields(tt.args)...))
			if err := cmd.Execute(); err != nil || !tt.check(got) {
				t.Errorf("%q parsed to %+v, %v", tt.args, got, err)
			}
		})
	}
}

func TestAcceptKey(t *testing.T) {
	const key, accept = "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
	for _, tt := range []struct {
		name   string
		args   []string
		stdin  string
		status int
		stdout string
		stderr string
	}{
		{"argument", []string{key}, "", 0, accept + "\n", ""},
		{"stdin is not read then", []string{key}, "x\n", 0, accept + "\n", ""},
		{"line ends", nil, key + "\r\n" + key + "\n" + key, 0, strings.Repeat(accept+"\n", 3), ""},
		{"empty line", nil, "\n", 0, "Kfh9QIsMVZcl6xEPYxPHzW8SZ8w=\n", "wscope: warning: the key \"\" is empty (RFC 6455, Section 4.1)\n"},
		{"empty stdin", nil, "", 0, "", ""},
		{"short key", []string{"AA=="}, "", 0, wsproto.AcceptKey("AA==") + "\n",
			"wscope: warning: the key \"AA==\" is Base64 of 1 byte, not of 16 (RFC 6455, Section 4.1)\n"},
		{"key that is out for the terminal", []string{"\x1b[2J"}, "", 0, wsproto.AcceptKey("\x1b[2J") + "\n",
			"wscope: warning: the key \"␛[2J\" is not Base64 (RFC 6455, Section 4.1)\n"},
		{"match", []string{key, "--verify", accept}, "", 0, "match\n", ""},
		{"mismatch", []string{key, "--verify", strings.ToLower(accept)}, "", 104, "mismatch\n",
			`wscope: error: Sec-WebSocket-Accept is "s3pplmbitxaq9kygzzhzrbk+xoo=", expected "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" (RFC 6455, Section 4.2.2)` + "\n" +
				"wscope: hint: that is the right value but for the case of its letters, which means something in Base64\n"},
		{"mismatch in the middle", []string{"--verify", accept, "--no-color"}, key + "\nAAAAAAAAAAAAAAAAAAAAAA==\n" + key + "\n", 104, "match\nmismatch\nmatch\n",
			`wscope: error: Sec-WebSocket-Accept is "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", expected "ICX+Yqv66kxgM0FcWaLWlFLwTAI=" (RFC 6455, Section 4.2.2)` + "\n" +
				"wscope: hint: that is the answer to the example key of RFC 6455, Section 1.3: the server seems to ignore the key\n"},
		{"colour", []string{key, "--verify", accept, "--color", "always"}, "", 0, "\x1b[32;1mmatch\x1b[0;22m\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, out, stderr := testStreams(tt.stdin)
			if got := run(t.Context(), s, append([]string{"accept-key"}, tt.args...)); got != tt.status {
				t.Errorf("status %d, want %d", got, tt.status)
			}
			if out.String() != tt.stdout {
				t.Errorf("stdout is %q, want %q", out, tt.stdout)
			}
			if stderr.String() != tt.stderr {
				t.Errorf("stderr is %q, want %q", stderr, tt.stderr)
			}
		})
	}
}

// TestAcceptKeyLongLine has a line that is longer than any buffer.
func TestAcceptKeyLongLine(t *testing.T) {
	key := strings.Repeat("x", 1<<20)
	s, out, _ := testStreams(key + "\n")
	if status := run(t.Context(), s, []string{"accept-key"}); status != exitOK || out.String() != wsproto.AcceptKey(key)+"\n" {
		t.Errorf("status %d, %q", status, out)
	}
}

func TestAcceptKeyGenerate(t *testing.T) {
	s, out, _ := testStreams("")
	if status := run(t.Context(), s, []string{"accept-key", "--generate"}); status != exitOK {
		t.Fatalf("status %d", status)
	}
	key, accept, ok := strings.Cut(strings.TrimSuffix(out.String(), "\n"), " ")
	if !ok || !wsproto.ValidKey(key) || wsproto.AcceptKey(key) != accept {
		t.Errorf("printed %q, want a key and its answer", out)
	}
}

func TestAcceptKeyJSON(t *testing.T) {
	s, out, _ := testStreams("")
	if status := run(t.Context(), s, []string{"accept-key", "--json", "--explain", "--verify", "x", "AA=="}); status != exitExpectation {
		t.Fatalf("status %d", status)
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || bytes.Count(out.Bytes(), []byte("\n")) != 1 {
		t.Fatalf("%v in %s", err, out)
	}
	for name, want := range map[string]any{
		"v": 1.0, "key": "AA==", "key_valid": false, "key_problem": "Base64 of 1 byte, not of 16", "key_hex": "00",
		"accept": wsproto.AcceptKey("AA=="), "concatenation": "AA==" + wsproto.GUID,
		"got": "x", "match": false, "mistake": "not-base64",
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
}

// TestAcceptKeyAnswersAtOnce writes a key only after the answer to the one before
// has come.
func TestAcceptKeyAnswersAtOnce(t *testing.T) {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	s, _, _ := testStreams("")
	s.in, s.out = inR, outW
	status := make(chan int, 1)
	go func() { status <- run(t.Context(), s, []string{"accept-key"}) }()
	answer := make([]byte, 29)
	for _, key := range []string{"dGhlIHNhbXBsZSBub25jZQ==", "w4v7O6xFTi36lq3RNcgctw=="} {
		io.WriteString(inW, key+"\n")
		if _, err := io.ReadFull(outR, answer); err != nil || string(answer) != wsproto.AcceptKey(key)+"\n" {
			t.Errorf("%s: got %q, %v", key, answer, err)
		}
	}
	inW.Close()
	if got := <-status; got != exitOK {
		t.Errorf("status %d", got)
	}
}

func TestAcceptKeyInterrupted(t *testing.T) {
	inR, inW := io.Pipe()
	defer inW.Close()
	s, _, stderr := testStreams("")
	s.in = inR
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(&interruptError{os.Interrupt})
	if got := run(ctx, s, []string{"accept-key"}); got != exitInterrupted || stderr.Len() > 0 {
		t.Errorf("status %d, stderr %q; want %d and silence", got, stderr, exitInterrupted)
	}
}

func TestAcceptKeyBrokenStdin(t *testing.T) {
	s, out, stderr := testStreams("")
	s.in = io.MultiReader(strings.NewReader("dGhlIHNhbXBsZSBub25jZQ==\n"), iotest.ErrReader(errors.New("disk on fire")))
	if got := run(t.Context(), s, []string{"accept-key"}); got != exitReadFile {
		t.Errorf("status %d, want %d", got, exitReadFile)
	}
	if want := "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n"; out.String() != want {
		t.Errorf("stdout is %q, want %q", out, want)
	}
	if want := "wscope: error: reading stdin: disk on fire\n"; stderr.String() != want {
		t.Errorf("stderr is %q, want %q", stderr, want)
	}
}

// TestAcceptKeyOnTerminal does not wait in silence for somebody to type a key.
func TestAcceptKeyOnTerminal(t *testing.T) {
	s, _, stderr := testStreams("")
	s.inTTY = true
	if got := run(t.Context(), s, []string{"accept-key"}); got != exitUsage {
		t.Errorf("status %d, want %d", got, exitUsage)
	}
	if want := "wscope: error: wscope accept-key needs a key, as an argument or on stdin\nwscope: hint: for example: wscope accept-key dGhlIHNhbXBsZSBub25jZQ==\n"; stderr.String() != want {
		t.Errorf("stderr is %q, want %q", stderr, want)
	}
}
