//go:build unix

package cmd_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var updateReadme = flag.Bool("update-readme", false, "rewrite the transcripts in README.md that have changed")

const readmePath = "../README.md"

// readmeAddr stands in README.md for the address of the server that a
// transcript talks to.
const readmeAddr = "127.0.0.1:8080"

// TestReadme runs the transcripts of README.md and compares what they show. A
// transcript is a block of the language console. Lines that begin with "$ " are
// commands, the others what they print on a terminal.
//
// A comment before the block says what else runs:
//
//	<!-- server: NAME -->         the server of that name, see readmeServers
//	<!-- meanwhile: COMMAND -->   the block is a wscope listen; this is its
//	                              client, after which it is interrupted
func TestReadme(t *testing.T) {
	text, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	blocks := readmeBlocks(t, lines)
	if len(blocks) == 0 {
		t.Fatal("no transcripts")
	}
	for _, b := range slices.Backward(blocks) { // from the end: an update moves what is below
		t.Run(b.name(), func(t *testing.T) {
			want := b.transcript()
			var got []string
			// The second of the default --wait may pass on a machine that is
			// busy with something else.
			for range 3 {
				got = b.run(t)
				if slices.Equal(inLanes(want), inLanes(got)) {
					return
				}
			}
			if *updateReadme {
				lines = slices.Replace(lines, b.first, b.last, got...)
				return
			}
			t.Errorf("README.md:%d shows something else (-README +here):\n%s", b.first+1,
				cmp.Diff(inLanes(want), inLanes(got)))
		})
	}
	if *updateReadme {
		if err := os.WriteFile(readmePath, []byte(strings.Join(lines, "")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// A readmeBlock is a transcript.
type readmeBlock struct {
	first, last int // its lines, last excluded
	server      string
	meanwhile   string
	steps       []readmeStep
}

// A readmeStep is a command and what it prints.
type readmeStep struct {
	prompt  []string // the lines of the command as they stand there
	command string
	output  []string
}

func (b *readmeBlock) name() string {
	return "line " + strconv.Itoa(b.first+1)
}

// transcript returns the lines of the block.
func (b *readmeBlock) transcript() (lines []string) {
	for _, s := range b.steps {
		lines = append(append(lines, s.prompt...), s.output...)
	}
	return lines
}

var readmeMarker = regexp.MustCompile(`^<!-- (server|meanwhile): (.+) -->\n$`)

func readmeBlocks(t *testing.T, lines []string) (blocks []*readmeBlock) {
	var b *readmeBlock
	for i, line := range lines {
		switch {
		case b == nil && line == "```console\n":
			b = &readmeBlock{first: i + 1}
			if m := readmeMarker.FindStringSubmatch(lines[i-1]); m != nil && m[1] == "server" {
				b.server = m[2]
			} else if m != nil {
				b.meanwhile = m[2]
			}
		case b == nil:
		case line == "```\n":
			b.last = i
			blocks = append(blocks, b)
			b = nil
		default:
			b.add(t, i, line)
		}
	}
	return blocks
}

// add adds a line to the block. A command goes on after a backslash.
func (b *readmeBlock) add(t *testing.T, i int, line string) {
	if command, ok := strings.CutPrefix(line, "$ "); ok {
		b.steps = append(b.steps, readmeStep{prompt: []string{line}, command: command})
		return
	}
	if len(b.steps) == 0 {
		t.Fatalf("README.md:%d: a transcript begins with a command", i+1)
	}
	s := &b.steps[len(b.steps)-1]
	if strings.HasSuffix(s.command, "\\\n") {
		s.prompt = append(s.prompt, line)
		s.command += line
		return
	}
	s.output = append(s.output, line)
}

// run runs the commands and returns the transcript that comes of it.
func (b *readmeBlock) run(t *testing.T) (lines []string) {
	sh := newReadmeShell(t)
	if b.server != "" {
		sh.addr = startReadmeServer(t, sh, b.server)
	}
	for _, s := range b.steps {
		lines = append(lines, s.prompt...)
		if b.meanwhile != "" {
			lines = append(lines, sh.listen(t, s.command, b.meanwhile)...)
		} else {
			lines = append(lines, sh.run(t, s.command)...)
		}
	}
	return lines
}

// TestReadmeFlags looks for each flag and each make target that README.md names.
func TestReadmeFlags(t *testing.T) {
	text, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	var help strings.Builder
	for _, command := range []string{"connect", "listen", "accept-key", "sse", "show", "run"} {
		out, err := exec.Command("wscope", command, "--help").Output()
		if err != nil {
			t.Fatal(err)
		}
		help.Write(out)
	}
	for _, name := range regexp.MustCompile("`(--?[a-zA-Z0-9][a-z0-9-]*)").FindAllSubmatch(text, -1) {
		if !regexp.MustCompile(`(?m)^ .*(\s|^)` + regexp.QuoteMeta(string(name[1])) + `\b`).MatchString(help.String()) {
			t.Errorf("README.md names %s, no command has it", name[1])
		}
	}
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range regexp.MustCompile("`make ([a-z-]+)").FindAllSubmatch(text, -1) {
		if !bytes.Contains(makefile, append([]byte("\n"), append(name[1], ':')...)) {
			t.Errorf("README.md names make %s, the Makefile has no such target", name[1])
		}
	}
}

// TestDemo runs what make demo shows.
func TestDemo(t *testing.T) {
	program, err := exec.LookPath("wscope")
	if err != nil {
		t.Fatal(err)
	}
	demo := exec.Command("sh", filepath.Join("..", "testdata", "demo.sh"))
	demo.Env = append(os.Environ(), "WSCOPE="+program, "GORACE=atexit_sleep_ms=0")
	out, err := demo.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"<-  TEXT    FIN", "<-  BINARY  FIN", "->  CONT    FIN", "<-  PONG    FIN", "<-  CLOSE   FIN", "-> #1   PONG", `closed by the peer`} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("the demo does not show %q:\n%s", want, out)
		}
	}
}
