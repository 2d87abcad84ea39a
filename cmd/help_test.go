package cmd

import (
	"errors"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

func TestHelpText(t *testing.T) {
	root := &cobra.Command{Use: "wscope"}
	addColorFlags(root)
	sub := &cobra.Command{
		Use:     "talk <url>",
		Short:   "Talk",
		Example: "  wscope talk ws://127.0.0.1/\n",
		Run:     func(*cobra.Command, []string) {},
	}
	flags := sub.Flags()
	flags.String("zeta", "", "defined first")
	flags.Bool("loose", false, "in no section")
	flags.IntP("count", "n", 3, "stop after this `many` messages, which is a description that is long enough to be wrapped")
	flags.String("alpha", "", "defined last")
	setGroup(flags, "Session", "zeta", "alpha")
	setGroup(flags, "Limits", "count")
	root.AddCommand(sub)

	const want = `Talk

Usage:
  wscope talk <url> [flags]

Examples:
  wscope talk ws://127.0.0.1/

Session flags:
      --zeta string    defined first
      --alpha string   defined last

Limits flags:
  -n, --count many   stop after this many messages, which is a
                     description that is long enough to be wrapped
                     (default 3)

General flags:
      --loose        in no section
      --color when   when to colour the output: auto, always or
                     never (default auto)
      --no-color     the same as --color never
  -h, --help         help for talk
`
	if diff := cmp.Diff(want, helpText(sub, 72)); diff != "" {
		t.Errorf("the help differs (-want +got):\n%s", diff)
	}
}

// TestEveryCommand holds what every command has to have.
func TestEveryCommand(t *testing.T) {
	s, _, _ := testStreams("")
	var check func(*cobra.Command)
	check = func(cmd *cobra.Command) {
		path := cmd.CommandPath()
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%s: Short is %q", path, cmd.Short)
		}
		if !cmd.IsAdditionalHelpTopicCommand() && !strings.HasPrefix(firstExample(cmd), "wscope ") && cmd.Name() != "completion" {
			t.Errorf("%s: the first example is %q", path, firstExample(cmd))
		}
		for _, line := range strings.Split(helpText(cmd, 0), "\n") {
			if len(line) > helpColumns && cmd.Name() != "script" { // which is a document with tables
				t.Errorf("%s: a line of the help has %d columns: %s", path, len(line), line)
			}
			if strings.HasSuffix(line, " ") {
				t.Errorf("%s: a line of the help ends in a space: %q", path, line)
			}
		}
		for _, sub := range cmd.Commands() {
			check(sub)
		}
	}
	check(newRootCmd(s))
}

func TestHelpIsOutput(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"help", "accept-key"}, {"accept-key", "--help"}, {"version"}} {
		s, _, stderr := testStreams("")
		s.out = outputWriter{failingWriter{errors.New("disk full")}}
		if status := run(t.Context(), s, args); status != exitWrite || !strings.Contains(stderr.String(), "writing the output: disk full") {
			t.Errorf("%q into a full disk: status %d, %s", args, status, stderr)
		}
		s, _, stderr = testStreams("")
		s.out = outputWriter{failingWriter{syscall.EPIPE}}
		if status := run(t.Context(), s, args); status != exitOK && stderr.Len() > 0 {
			t.Errorf("%q into a closed pipe: status %d, %s", args, status, stderr)
		}
	}
}

// A failingWriter takes nothing.
type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }
