package cmd

import (
	"errors"
	"testing"

	"github.com/spf13/cobra"
)

// errorCmd returns a command with a flag of each kind.
func errorCmd() *cobra.Command {
	root := &cobra.Command{Use: "wscope", SilenceErrors: true, SilenceUsage: true}
	root.SetFlagErrorFunc(flagError)
	cmd := &cobra.Command{
		Use:     "connect <url>",
		Example: "\n  # talk\n  wscope connect ws://127.0.0.1:8080/\n  wscope connect wss://example.com/",
		Args:    exactArgs(1, "a ws:// or wss:// URL"),
		Run:     func(*cobra.Command, []string) {},
	}
	flags := cmd.Flags()
	flags.DurationP("wait", "w", 0, "")
	flags.Int("count", 0, "")
	flags.StringP("header", "H", "", "a `field` to add")
	flags.String("format", "auto", "")
	flags.String("origin", "", "an `origin`")
	flags.BoolP("quiet", "q", false, "")
	mode := colorFlag(colorAuto)
	flags.Var(&mode, "color", "")
	setFlagExample(flags, "header", "X-Trace: 1")
	root.AddCommand(cmd)
	return root
}

func TestUsageErrors(t *testing.T) {
	const url = " ws://127.0.0.1:8080/"
	for _, tt := range []struct {
		args       []string
		want, hint string
	}{
		{[]string{}, "wscope connect needs a ws:// or wss:// URL", "for example: wscope connect" + url},
		{[]string{"a", "b", "c"}, `wscope connect: unexpected argument "b"`, "for example: wscope connect" + url},
		{[]string{"a", "--wait", "soon"}, `-w/--wait "soon": not a valid duration`, "for example: wscope connect --wait 5s" + url},
		{[]string{"a", "--count", "x"}, `--count "x": expected a number`, "for example: wscope connect --count 10" + url},
		{[]string{"a", "-H"}, "-H/--header needs a value", "for example: wscope connect --header 'X-Trace: 1'" + url},
		{[]string{"a", "--format"}, "--format needs a value", "for example: wscope connect --format auto" + url},
		{[]string{"a", "--origin"}, "--origin needs a value", "for example: wscope connect --origin ORIGIN" + url},
		{[]string{"a", "--quiet=perhaps"}, `-q/--quiet "perhaps": not a valid bool`, "for example: wscope connect --quiet" + url},
		{[]string{"a", "--color", "red"}, `--color "red": expected auto, always or never`, "for example: wscope connect --color auto" + url},
		{[]string{"a", "--orgin", "x"}, "wscope connect has no flag --orgin", "did you mean --origin?"},
		{[]string{"a", "--head", "x"}, "wscope connect has no flag --head", "did you mean --header?"},
		{[]string{"a", "--bogus"}, "wscope connect has no flag --bogus", "see wscope connect --help; for example: wscope connect ws://127.0.0.1:8080/"},
		{[]string{"a", "-z"}, "wscope connect has no flag -z", "for example: wscope connect" + url},
		{[]string{"a", "-qz"}, "wscope connect has no flag -z", "for example: wscope connect" + url},
		{[]string{"a", "--=x"}, "bad flag syntax: --=x", "for example: wscope connect" + url},
	} {
		root := errorCmd()
		root.SetArgs(append([]string{"connect"}, tt.args...))
		err := root.Execute()
		var e *exitError
		if !errors.As(err, &e) {
			t.Errorf("%q: %v, want an *exitError", tt.args, err)
			continue
		}
		if e.code != exitUsage || e.Error() != tt.want || e.hint != tt.hint {
			t.Errorf("%q: %d, %q, %q, want %q, %q", tt.args, e.code, e.Error(), e.hint, tt.want, tt.hint)
		}
	}
}

// TestFlagErrorOfFile has a flag whose value is a file: that it cannot be read is
// no mistake in the command line.
func TestFlagErrorOfFile(t *testing.T) {
	root := errorCmd()
	cmd, _, _ := root.Find([]string{"connect"})
	cmd.Flags().Func("file", "", func(string) error { return &fileError{errors.New("open x: no such file")} })
	root.SetArgs([]string{"connect", "--file", "x"})
	var e *exitError
	if err := root.Execute(); !errors.As(err, &e) || e.code != exitReadFile || e.Error() != "--file: open x: no such file" {
		t.Errorf("got %#v", err)
	}
}
