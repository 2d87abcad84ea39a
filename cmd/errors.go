package cmd

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"wscope/cmd/internal/shell"
	"wscope/cmd/internal/spell"
)

// An exitError is an error that knows its exit status and, where it is known,
// what to try next. run prints both.
type exitError struct {
	code int
	err  error
	hint string // "" if the next step is not known
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// failure returns err with an exit status and a hint, which may be "".
func failure(code int, err error, hint string) error {
	return &exitError{code, err, hint}
}

// usageError returns an error in the command line. The message names the flag
// or the argument; example is a correct command line, or "".
func usageError(example, format string, args ...any) error {
	hint := ""
	if example != "" {
		hint = "for example: " + example
	}
	return &exitError{exitUsage, fmt.Errorf(format, args...), hint}
}

// quietExit ends the program with a status and without a message: everything
// has been said already.
type quietExit struct{ code int }

func (e quietExit) Error() string { return fmt.Sprintf("exit status %d", e.code) }

// An outputError is a failure to write to stdout.
type outputError struct{ err error }

func (e *outputError) Error() string { return "writing the output: " + e.err.Error() }
func (e *outputError) Unwrap() error { return e.err }

// brokenPipe reports whether the reader of stdout has gone, as head does when
// it has seen enough.
func (e *outputError) brokenPipe() bool {
	if runtime.GOOS == "windows" {
		const errorBrokenPipe, errorNoData = syscall.Errno(109), syscall.Errno(232)
		return errors.Is(e.err, errorBrokenPipe) || errors.Is(e.err, errorNoData)
	}
	return errors.Is(e.err, syscall.EPIPE)
}

// unread returns what a command ends with after err, a failure of its output. That
// the reader has gone is no error, but neither an excuse for what was asked for:
// missing says that some of that has not come about.
func unread(err error, missing bool) error {
	if output, ok := errors.AsType[*outputError](err); ok && output.brokenPipe() && missing {
		return quietExit{exitExpectation}
	}
	return err
}

// exactArgs demands n arguments; what says what they are, as in "a ws:// or
// wss:// URL".
func exactArgs(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < n {
			return usageError(firstExample(cmd), "%s needs %s", cmd.CommandPath(), what)
		}
		return maxArgs(n)(cmd, args)
	}
}

// maxArgs demands no more than n arguments.
func maxArgs(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			word := stray(cmd, args, n)
			hint := "for example: " + firstExample(cmd)
			if known := strayHint(cmd, word); known != "" {
				hint = known
			}
			if name, _, ok := strings.Cut(word, "="); ok && cmd.Flag("binary") != nil && cmd.Flag("binary").Changed {
				word = name + "=[redacted]" // it looks like a cookie
			}
			return failure(exitUsage, fmt.Errorf(`%s: unexpected argument "%s"`, cmd.CommandPath(), word), hint)
		}
		return nil
	}
}

// stray returns the argument of more than n that is none of them: where a URL is
// wanted and the last one is one, a word before it was for a flag.
func stray(cmd *cobra.Command, args []string, n int) string {
	last := args[len(args)-1]
	if strings.Contains(cmd.Use, "<url>") && strings.Contains(last, "://") {
		for _, word := range args {
			if !strings.Contains(word, "://") {
				return word
			}
		}
		if strings.HasPrefix(args[0], "http") && strings.HasPrefix(last, "ws") {
			return args[0]
		}
	}
	return args[n]
}

// strayHint says what an argument was perhaps for, if it follows a flag that takes
// a value in curl and none here. It returns "" if that is not known.
func strayHint(cmd *cobra.Command, word string) string {
	given := func(name string) bool { f := cmd.Flag(name); return f != nil && f.Changed }
	switch {
	case word == "-":
		return "stdin is read without being named; -x @- sends all of it as one message"
	case given("binary") && strings.Contains(word, "="):
		return "-b is --binary; a cookie is sent by --cookie 'NAME=VALUE'"
	case given("escape") && strings.Contains(word, "://"):
		return "-e is --escape; a Referer is sent by -H " + shell.Quote("Referer: "+word)
	case given("deflate") && !strings.Contains(word, "://"):
		return "a value of --deflate is written with an equals sign: --deflate=" + shell.Quote(word)
	}
	return ""
}

// firstExample returns the first command line of cmd's examples, "" if it has
// none.
func firstExample(cmd *cobra.Command) string {
	for line := range strings.Lines(cmd.Example) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			return strings.TrimPrefix(line, "$ ")
		}
	}
	return ""
}

// flagError words the errors of pflag. Each names the flag and shows it in
// correct use, or the flag that was perhaps meant.
func flagError(cmd *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		missing *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(cmd, unknown)
	case errors.As(err, &missing):
		f := missing.GetFlag()
		return usageError(flagExample(cmd, f), "%s needs a value", flagName(f))
	case errors.As(err, &invalid):
		f := invalid.GetFlag()
		var file *fileError
		if errors.As(invalid.Unwrap(), &file) {
			return failure(exitReadFile, fmt.Errorf("%s: %w", flagName(f), file.err), "")
		}
		// The own flag values say what is wrong; those of strconv are known
		// by the name of their function only.
		cause := invalid.Unwrap().Error()
		if strings.Contains(cause, "strconv.") || strings.Contains(cause, "time: ") {
			cause = expectation(f)
		}
		value := invalid.GetValue()
		if f.Value.Type() == (headerFlag{}).Type() {
			value = redactHeader(value)
		}
		return usageError(flagExample(cmd, f), `%s "%s": %s`, flagName(f), value, cause)
	}
	return usageError(firstExample(cmd), "%w", err)
}

// expectation says what the value of a flag of one of pflag's types has to be.
func expectation(f *pflag.Flag) string {
	if !strings.Contains(f.Value.Type(), "int") {
		return "not a valid " + f.Value.Type()
	}
	what, _ := pflag.UnquoteUsage(f)
	if what == "int" || what == "number" {
		return "expected a number"
	}
	return "expected a number of " + what
}

// cobraError words an error of cobra's that no function of ours can reach: those
// of exclusive and required flags.
func cobraError(cmd *cobra.Command, err error) *exitError {
	e := &exitError{exitUsage, err, seeHelp(cmd)}
	const before, after = "none of the others can be; [", "] were all set"
	if _, set, ok := strings.Cut(err.Error(), before); ok {
		if set, ok = strings.CutSuffix(set, after); ok {
			names := strings.Fields(set)
			e.err = errors.New("--" + strings.Join(names, " and --") + " cannot be used together")
			if f := cmd.Flag(names[0]); f != nil {
				e.hint = "for example: " + flagExample(cmd, f)
			}
		}
	}
	return e
}

// flagName returns the name of a flag as it is typed, "-w/--wait".
func flagName(f *pflag.Flag) string {
	if f.Shorthand != "" {
		return "-" + f.Shorthand + "/--" + f.Name
	}
	return "--" + f.Name
}

// exampleAnnotation holds a correct value of a flag, see setFlagExample.
const exampleAnnotation = "example"

// setFlagExample says what a correct value of a flag looks like, for the hint
// of an error. Without it the default, or a value of the flag's type, is shown.
func setFlagExample(flags *pflag.FlagSet, name, value string) {
	annotate(flags, name, exampleAnnotation, value)
}

func annotate(flags *pflag.FlagSet, name, key, value string) {
	if err := flags.SetAnnotation(name, key, []string{value}); err != nil {
		panic(err) // the flag does not exist: a mistake in this program
	}
}

// flagExample returns a command line of cmd with a correct use of f: cmd's first
// example with the flag put into it.
func flagExample(cmd *cobra.Command, f *pflag.Flag) string {
	use := "--" + f.Name
	switch value, _ := pflag.UnquoteUsage(f); {
	case len(f.Annotations[exampleAnnotation]) > 0 && f.NoOptDefVal != "":
		use += "=" + shell.Quote(f.Annotations[exampleAnnotation][0]) // which a blank would make an argument
	case len(f.Annotations[exampleAnnotation]) > 0:
		use += " " + shell.Quote(f.Annotations[exampleAnnotation][0])
	case f.NoOptDefVal != "":
		// A switch stands by itself.
	case strings.HasPrefix(f.Value.Type(), "int"), strings.HasPrefix(f.Value.Type(), "uint"):
		use += " 10"
	case f.Value.Type() == "duration":
		use += " 5s"
	case f.DefValue != "" && f.DefValue != "[]":
		use += " " + shell.Quote(f.DefValue)
	default:
		use += " " + shell.Quote(strings.ToUpper(value))
	}
	path := cmd.CommandPath()
	if args, ok := strings.CutPrefix(firstExample(cmd), path+" "); ok && cmd.HasParent() {
		use += " " + args
	}
	return path + " " + use
}

func unknownFlag(cmd *cobra.Command, err *pflag.NotExistError) error {
	path := cmd.CommandPath()
	if short := err.GetSpecifiedShortnames(); short != "" {
		name := err.GetSpecifiedName()
		if "-"+name == "-"+short {
			return usageError(firstExample(cmd), "%s has no flag -%s", path, name)
		}
		return usageError(firstExample(cmd), "%s has no flag -%s (in -%s)", path, name, short)
	}
	name := err.GetSpecifiedName()
	e := &exitError{code: exitUsage, err: fmt.Errorf("%s has no flag --%s", path, name)}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if near := spell.Nearest(name, names); near != "" {
		e.hint = "did you mean --" + near + "?"
	} else {
		e.hint = seeHelp(cmd)
	}
	return e
}

// seeHelp is the hint where all that is known is the command.
func seeHelp(cmd *cobra.Command) string {
	hint := "see " + cmd.CommandPath() + " --help"
	if example := firstExample(cmd); example != "" && cmd.HasParent() {
		hint += "; for example: " + example
	}
	return hint
}
