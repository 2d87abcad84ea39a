package cmd

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wscope/cmd/internal/rawframe"
	"wscope/render"
	"wscope/wsproto"
)

// A noteTalker notes what slash commands ask for.
type noteTalker struct {
	did      []string
	payloads payloadReader
}

func (t *noteTalker) note(format string, args ...any) error {
	t.did = append(t.did, fmt.Sprintf(format, args...))
	return nil
}

func (t *noteTalker) send(op wsproto.Opcode, p []byte) error { return t.note("send %v %q", op, p) }
func (t *noteTalker) sendFragments(op wsproto.Opcode, p []byte, size int) error {
	return t.note("send %v %q by %d", op, p, size)
}
func (t *noteTalker) sendFrame(f rawframe.Frame) error {
	return t.note("frame %v %q", f.Opcode, f.Payload)
}
func (t *noteTalker) ping(p []byte) error                { return t.note("ping %q", p) }
func (t *noteTalker) pong(p []byte) error                { return t.note("pong %q", p) }
func (t *noteTalker) closeWith(c closing) error          { return t.note("close %d %q", c.code, c.reason) }
func (t *noteTalker) payload(arg string) ([]byte, error) { return t.payloads.read(arg) }
func (t *noteTalker) setFormat(f render.Format)          { t.note("format %v", f) }
func (t *noteTalker) say(text string)                    { t.note("say %s", text) }
func (t *noteTalker) showStats()                         { t.note("stats") }
func (t *noteTalker) showHeaders()                       { t.note("headers") }
func (t *noteTalker) reconnect() error                   { return t.note("reconnect") }
func (t *noteTalker) quit()                              { t.note("quit") }

func TestRunCommand(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "some file")
	if err := os.WriteFile(file, []byte("con\xfftent"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ line, want string }{
		{"/text hello  you ", `send text "hello  you "`},
		{"/text", `send text ""`},
		{"/text @@x", `send text "@x"`},
		{"/binary \xff\x00", `send binary "\xff\x00"`},
		{"/hex 00 ff:7F,0x0a", `send binary "\x00\xff\x7f\n"`},
		{"/hex", `send binary ""`},
		{"/file " + file, `send binary "con\xfftent"`},
		{"/binary @" + file, `send binary "con\xfftent"`},
		{"/fragment 3 hello you", `send text "hello you" by 3`},
		{"/fragment 1", `send text "" by 1`},
		{"/ping", `ping ""`},
		{"/ping a  b ", `ping "a  b "`},
		{"/pong x", `pong "x"`},
		{"/ping " + strings.Repeat("x", 125), `ping "` + strings.Repeat("x", 125) + `"`},
		{"/close", `close 1000 ""`},
		{"/close  ", `close 1000 ""`},
		{"/close 4000", `close 4000 ""`},
		{"/close 4000 bye  now", `close 4000 "bye  now"`},
		{"/close 4000, bye", `close 4000 "bye"`},
		{"/close 4000:bye", `close 4000 "bye"`},
		{"/format hex", "format hex"},
		{"/format  messages ", "format messages"},
		{"/frame op=0x3 hello", `frame reserved 0x3 "hello"`},
		{"/stats", "stats"},
		{"/headers", "headers"},
		{"/reconnect", "reconnect"},
		{"/quit", "quit"},
		{"/quit ", "quit"},
	} {
		var talker noteTalker
		if err := runCommand(&talker, tt.line); err != nil || !slices.Equal(talker.did, []string{tt.want}) {
			t.Errorf("%q: %v, did %q, want %q", tt.line, err, talker.did, tt.want)
		}
	}
	for _, tt := range []struct{ line, want string }{
		{"/", "there is no command /; /help lists them, and // sends the text"},
		{"/path/to", "there is no command /path/to"},
		{"/pnig x", "there is no command /pnig; did you mean /ping?"},
		{"/PING", "there is no command /PING"},
		{"/quit now", "/quit takes no argument"},
		{"/text \xff", "/text: not UTF-8: byte 0xFF at offset 0 (RFC 6455, Section 8.1); /binary sends it"},
		{"/text @" + file, "/text: not UTF-8: byte 0xFF at offset 3"},
		{"/text @-", "/text: @- is stdin, which is in use"},
		{"/file", "/file: expected the path of a file"},
		{"/file " + dir, "/file: read "},
		{"/hex abc", `/hex: "abc" has an odd number of digits`},
		{"/hex zz", `/hex: 'z' is no hex digit`},
		{"/fragment", `/fragment: "" is not a number of bytes; expected something like /fragment 4 hello world`},
		{"/fragment 0 x", `"0" is not a number of bytes`},
		{"/fragment 2 \xff", "not UTF-8"},
		{"/ping " + strings.Repeat("x", 126), "/ping: 126 bytes, at most 125 fit (RFC 6455, Section 5.5); /frame op=9 sends them all the same"},
		{"/close bye", `/close: "bye" is not a close code`},
		{"/close 1006", "/close: close code 1006 abnormal closure may not be sent"},
		{"/close 4000 " + strings.Repeat("x", 124), "124 bytes, at most 123 fit"},
		{"/format", "no format is called"},
		{"/format xml", "no format is called"},
		{"/frame fin=2", "/frame: fin=2: expected 0 or 1"},
	} {
		var talker noteTalker
		err := runCommand(&talker, tt.line)
		if err == nil || !strings.Contains(err.Error(), tt.want) || talker.did != nil {
			t.Errorf("%q: %v, did %q, want %q", tt.line, err, talker.did, tt.want)
		}
	}
}

func TestSlashHelp(t *testing.T) {
	var talker noteTalker
	if err := runCommand(&talker, "/help"); err != nil || len(talker.did) != 1 {
		t.Fatalf("/help: %v, did %q", err, talker.did)
	}
	for _, c := range slashCommands() {
		if err := runCommand(&rehearsal{payloads: &payloadReader{}}, "/"+c.example); err != nil && c.name != "file" && c.name != "reconnect" {
			t.Errorf("the example /%s: %v", c.example, err)
		}
		if !strings.Contains(talker.did[0], "\n/"+c.name) && !strings.HasPrefix(talker.did[0], "say /"+c.name) {
			t.Errorf("the help does not have /%s", c.name)
		}
	}
}

func TestIsCommand(t *testing.T) {
	for _, tt := range []struct {
		line    string
		command bool
		text    string // what is sent if it is none
	}{
		{"/ping", true, ""},
		{"/", true, ""},
		{"//ping", false, "/ping"},
		{"///", false, "//"},
		{" /ping", false, " /ping"},
		{"/a\n/b", false, "/a\n/b"},
		{"//a\n/b", false, "//a\n/b"},
		{"text", false, "text"},
		{"", false, ""},
	} {
		if got := isCommand(tt.line); got != tt.command {
			t.Errorf("isCommand(%q) = %v", tt.line, got)
		}
		if got := unslash(tt.line); !tt.command && got != tt.text {
			t.Errorf("unslash(%q) = %q, want %q", tt.line, got, tt.text)
		}
	}
}

func TestCompleteSlash(t *testing.T) {
	for _, tt := range []struct {
		line    string // | is where the cursor stands
		want    []string
		replace int
	}{
		{"/pi|", []string{"/ping "}, 3},
		{"/p|", []string{"/ping ", "/pong "}, 2},
		{"/q|", []string{"/quit"}, 2},
		{"/pi|ng x", []string{"/ping "}, 3},
		{"/x|", nil, 2},
		{"/format |", []string{"frames", "messages", "hex", "json"}, 0},
		{"/format h|", []string{"hex"}, 1},
		{"/close 101|", []string{"1011", "1012", "1013"}, 3},
		{"/frame op=3 r|", []string{"rsv="}, 1},
		{"/ping |", nil, 0},
		{"/nothing |", nil, 0},
		{"|/ping", nil, 0},
		{"text /p|", nil, 0},
		{"//p|", nil, 0},
		{" /p|", nil, 0},
		{"|", nil, 0},
	} {
		before, after, _ := strings.Cut(tt.line, "|")
		got, replace := completeSlash(before+after, len(before))
		if !slices.Equal(got, tt.want) || replace != tt.replace {
			t.Errorf("completeSlash(%q) = %q, %d, want %q, %d", tt.line, got, replace, tt.want, tt.replace)
		}
	}
	if got, replace := completeSlash("/", 1); len(got) != len(slashCommands()) || replace != 1 {
		t.Errorf("completeSlash of a slash = %q, %d, want all commands", got, replace)
	}
}

// TestSlashHelpFits has no line of the help wrap on a terminal of usual width.
func TestSlashHelpFits(t *testing.T) {
	for line := range strings.Lines(slashHelp()) {
		if n := len(strings.TrimSuffix(line, "\n")); n >= 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}
