// Package cmd is the command line of wscope. A command is a function of its
// streams: it reads and writes what it is given, returns an error that knows its
// exit status, and leaves printing that error to run.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"wscope/cmd/internal/shell"
	"wscope/cmd/internal/spell"
	"wscope/render"
)

// Main runs the command line of the process and returns its exit status.
func Main() int {
	s := osStreams()
	// A write to a closed stdout has to be an error, not the death of the
	// process in the middle of a session.
	signal.Ignore(syscall.SIGPIPE)
	// net/http tells of what comes unasked on a connection in a log. Whatever that
	// means for a command, the command says.
	log.SetOutput(io.Discard)
	args := os.Args[1:]
	if asksVersion(args) {
		return run(context.Background(), s, args) // nothing to interrupt
	}
	ctx, stop := withSignals(context.Background(), s.exit, os.Exit)
	defer stop()
	return run(ctx, s, args)
}

// withSignals returns a context that the first signal to end the process
// cancels, with an *interruptError as its cause. The second signal runs the exit
// hooks and leaves with exitInterrupted; the third does not wait for the hooks.
// The first one leaves in the same way if the command has not begun anything
// that it would have to end, and SIGQUIT always does.
func withSignals(parent context.Context, hooks *exitHooks, leave func(code int)) (context.Context, func()) {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT}
	if !signal.Ignored(syscall.SIGHUP) { // nohup keeps its promise
		signals = append(signals, syscall.SIGHUP)
	}
	c := make(chan os.Signal, 3)
	signal.Notify(c, signals...)
	ctx, cancel := context.WithCancelCause(parent)
	done := make(chan struct{})
	go watchSignals(c, done, cancel, hooks, leave)
	return ctx, func() {
		signal.Stop(c)
		close(done)
		cancel(nil)
	}
}

func watchSignals(c <-chan os.Signal, done <-chan struct{}, cancel context.CancelCauseFunc, hooks *exitHooks, leave func(int)) {
	for n := 1; ; n++ {
		select {
		case <-done:
			return
		case sig := <-c:
			if n > 2 {
				leave(exitInterrupted)
				continue
			}
			cancel(&interruptError{sig})
			if n == 2 || sig == syscall.SIGQUIT || !hooks.patient.Load() {
				go func() {
					hooks.run()
					leave(exitInterrupted)
				}()
			}
		}
	}
}

// An interruptError is the cause of a context that a signal has cancelled.
type interruptError struct{ sig os.Signal }

func (e *interruptError) Error() string { return "interrupted by signal: " + e.sig.String() }

// Is makes the error one of cancellation.
func (e *interruptError) Is(target error) bool { return target == context.Canceled }

// run runs one command line and returns the exit status. It is the only place
// that prints errors.
func run(ctx context.Context, s streams, args []string) int {
	if s.exit != nil {
		// Deferred calls run in a panic, too. Whoever has a hook has removed
		// it if all went well.
		defer s.exit.run()
	}
	if asksVersion(args) {
		return finish(ctx, s, &cobra.Command{}, showVersion(s))
	}
	root := newRootCmd(s)
	helpErr := setHelp(root, s)
	markCommandErrors(root)
	cmd := root
	args, err := rewriteWscat(root, args, s.interactive())
	if err == nil {
		root.SetArgs(append([]string{}, args...)) // nil would be the arguments of the process
		cmd, err = root.ExecuteContextC(withCommandLine(ctx, args))
	}
	if err == nil {
		err = *helpErr
	}
	return finish(ctx, s, cmd, err)
}

// newRootCmd returns the command tree.
func newRootCmd(s streams) *cobra.Command {
	var version bool
	root := &cobra.Command{
		Use:   "wscope <command>",
		Short: "See what crosses a WebSocket connection or an event stream",
		Long: `Wscope opens WebSocket sessions, serves them, and shows every frame that crosses
the wire. It follows streams of Server-Sent Events, too. Data goes to stdout,
everything else to stderr.`,
		Example: `  wscope connect ws://127.0.0.1:8080/chat
  wscope listen 8080
  echo hi | wscope connect wss://example.com/chat`,
		Args:          rootArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				return showVersion(s)
			}
			// Nothing was asked for, so nothing can have succeeded.
			io.WriteString(s.err, helpText(cmd, s.columns()))
			return quietExit{exitUsage}
		},
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(flagError)
	root.CompletionOptions.DisableDefaultCmd = true
	root.Flags().BoolVarP(&version, "version", "V", false, "show the version and leave")
	addColorFlags(root)

	root.AddCommand(newAcceptKeyCmd(s, runAcceptKey))
	root.AddCommand(newConnectCmd(s, runConnect), newListenCmd(s, runListen))
	root.AddCommand(newSSECmd(s, runSSE), newRunCmd(s, runRun), newShowCmd(s, runShow))
	root.AddCommand(newCompletionCmd(s), newVersionCmd(s), newExitStatusTopic(), newScriptTopic())
	root.SetHelpCommand(newHelpCmd(s))
	return root
}

// addColorFlags gives root and all its commands --color and --no-color, which
// colorMode reads.
func addColorFlags(root *cobra.Command) {
	flags := root.PersistentFlags()
	mode := colorFlag(colorAuto)
	flags.Var(&mode, "color", "`when` to colour the output: auto, always or never")
	flags.Bool("no-color", false, "the same as --color never")
	setFlagExample(flags, "color", colorNever)
	complete := cobra.FixedCompletions([]string{colorAuto, colorAlways, colorNever}, cobra.ShellCompDirectiveNoFileComp)
	if err := root.RegisterFlagCompletionFunc("color", complete); err != nil {
		panic(err) // the flag was defined above
	}
}

// A colorFlag is the value of --color.
type colorFlag string

func (f *colorFlag) String() string { return string(*f) }
func (f *colorFlag) Type() string   { return "when" }

func (f *colorFlag) Set(v string) error {
	switch v {
	case colorAuto, colorAlways, colorNever:
		*f = colorFlag(v)
		return nil
	}
	return errors.New("expected auto, always or never")
}

// rootArgs refuses what is no command. What looks like a URL is most likely one
// to connect to.
func rootArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	word := args[0]
	if strings.Contains(word, "://") {
		return usageError("wscope connect "+shell.Quote(word), `a command has to come before "%s"`, word)
	}
	e := &exitError{code: exitUsage, err: fmt.Errorf(`there is no command "%s"`, word), hint: "see wscope --help"}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	if near := spell.Nearest(word, names); near != "" {
		e.hint = "did you mean wscope " + near + "?"
	}
	return e
}

// A commandError is an error that a command has returned when it ran. All others
// are mistakes in the command line: cobra returns them before it runs anything.
type commandError struct{ err error }

func (e *commandError) Error() string { return e.err.Error() }
func (e *commandError) Unwrap() error { return e.err }

// markCommandErrors makes commandErrors of what the commands return.
func markCommandErrors(cmd *cobra.Command) {
	if f := cmd.RunE; f != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if err := f(cmd, args); err != nil {
				return &commandError{err}
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		markCommandErrors(sub)
	}
}

// finish prints err, which cmd ended with, unless there is nothing to say, and
// returns its exit status.
func finish(ctx context.Context, s streams, cmd *cobra.Command, err error) int {
	var (
		quiet  quietExit
		output *outputError
		known  *exitError
		ran    *commandError
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &quiet):
		return quiet.code
	case errors.As(err, &output):
		if output.brokenPipe() {
			return exitOK
		}
		err, known = output, &exitError{code: exitWrite}
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		// Whoever sent the signal knows.
		return exitInterrupted
	case errors.As(err, &known):
	case errors.As(err, &ran):
		known = &exitError{code: exitFailure}
	default:
		known = cobraError(cmd, err)
		err = known
	}
	mode := colorMode(cmd)
	printDiagnostic(s, mode, levelError, err.Error())
	if known.hint != "" {
		printDiagnostic(s, mode, levelHint, known.hint)
	}
	return known.code
}

// A level is the kind of a line on stderr.
type level struct {
	name  string
	color []color.Attribute
}

var (
	levelError   = level{"error", []color.Attribute{color.FgRed, color.Bold}}
	levelWarning = level{"warning", []color.Attribute{color.FgYellow, color.Bold}}
	levelHint    = level{"hint", []color.Attribute{color.FgYellow}}
	levelNote    = level{"note", []color.Attribute{color.Faint}}
)

// printDiagnostic prints a line such as "wscope: error: text" on stderr. Further
// lines of text are indented, so that none of them passes for one of ours. Text
// that comes from a peer or a file does nothing to the terminal.
func printDiagnostic(s streams, mode string, l level, text string) {
	var b strings.Builder
	text = render.RedactURLs(text)
	b.WriteString("wscope: " + paint(s.color(mode, s.errTTY), l.name+":", l.color...) + " ")
	for i, line := range strings.Split(strings.TrimRight(text, "\r\n"), "\n") {
		line = render.EscapeText(strings.TrimSuffix(line, "\r"))
		if i > 0 && line != "" {
			line = "  " + line
		}
		b.WriteString(line + "\n")
	}
	io.WriteString(s.err, b.String())
}
