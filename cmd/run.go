package cmd

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"wscope/cmd/internal/script"
	"wscope/cmd/internal/script/play"
)

// runOptions are what the command line of run asks for.
type runOptions struct {
	streams
	colorMode string
	dial      dialOptions

	files     []string
	check     bool
	jobs      int
	timeout   time.Duration
	within    time.Duration
	variables map[string]string
	only      []*regexp.Regexp

	record      recordOptions
	reports     []reportTarget
	verbose     bool
	quiet       bool
	showSecrets bool

	flags *pflag.FlagSet
}

// defaultTestTimeout is how long a test may take.
const defaultTestTimeout = 30 * time.Second

func newRunCmd(s streams, run func(context.Context, runOptions) error) *cobra.Command {
	o := runOptions{streams: s, variables: map[string]string{}}
	cmd := &cobra.Command{
		Use:   "run [flags] <file>...",
		Short: "Run tests that are written as scripts, and report how they went",
		Long: `Run tests that are written as scripts, and report how they went.

A script has tests, and a test has steps: connect, send, expect and the like. It
passes if each of its steps does. wscope help script is the definition of the
language; - is a script on stdin. A script with a mistake runs nothing, and all its
mistakes are listed.

    test "echo answers" {
      connect ws://127.0.0.1:8080/
      send "x"
      expect text "x" within 2s
      close 1000
    }

The exit status is 0 if each test has passed, and 104 if one has not.`,
		Example: `  wscope run smoke.wscope
  wscope run --set url=wss://staging.example.com/ --report junit=report.xml tests/*.wscope
  wscope run --check tests/*.wscope`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError(firstExample(cmd), "%s needs a script", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			o.colorMode = colorMode(cmd)
			if err := o.complete(); err != nil {
				return err
			}
			return run(cmd.Context(), o)
		},
	}
	o.register(cmd)
	return cmd
}

func (o *runOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&o.check, "check", false, "look for mistakes and run nothing")
	flags.Var(variableFlag{o.variables}, "set", "set a variable of all tests, `NAME=VALUE`; repeats")
	flags.Var(patternFlag{&o.only}, "only", "run only the tests whose name this regular expression matches; repeats")
	o.jobs = runtime.NumCPU()
	flags.IntVarP(&o.jobs, "jobs", "j", o.jobs, "run this `number` of tests at the same time")
	o.timeout, o.within = defaultTestTimeout, defaultWithin
	flags.Var(durationFlag{d: &o.timeout}, "timeout", "how long a test may take that does not say")
	flags.Var(durationFlag{d: &o.within}, "within", "how long an expectation waits that does not say")
	flags.Lookup("jobs").DefValue = "0" // it depends on the machine
	flags.Lookup("jobs").Usage += " (default the number of processors)"
	setFlagExample(flags, "set", "url=ws://127.0.0.1:8080/")
	setFlagExample(flags, "only", "echo")
	setFlagExample(flags, "jobs", "4")
	setGroup(flags, "Test", "check", "set", "only", "jobs", "timeout", "within")

	flags.Var(reportFlag{&o.reports}, "report", "write a report, `FORMAT[=FILE]`: human, tap, junit, github or json; repeats (default human)")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "show what happened in tests that have passed, too")
	flags.BoolVarP(&o.quiet, "quiet", "q", false, "say nothing of tests that have passed")
	flags.BoolVar(&o.showSecrets, "show-secrets", false, "do not redact credentials in what is shown")
	setFlagExample(flags, "report", "junit=report.xml")
	setGroup(flags, "Output", "report", "verbose", "quiet", "show-secrets")
	complete := cobra.FixedCompletions(reportFormats(), cobra.ShellCompDirectiveNoSpace)
	if err := cmd.RegisterFlagCompletionFunc("report", complete); err != nil {
		panic(err) // the flag was defined above
	}
	o.record.register(cmd)
	o.dial.register(cmd)
	o.flags = flags
	for _, f := range notOfRun {
		flags.Lookup(f.name).Hidden = true
	}
}

// notOfRun are the flags of connections that would do nothing in a run, and why: a
// script says what happens, and each of its tests begins anew.
var notOfRun = [...]struct{ name, why string }{
	{"location", redirectsOfRun},
	{"location-trusted", redirectsOfRun},
	{"max-redirs", redirectsOfRun},
	{"digest", challengesOfRun},
	{"anyauth", challengesOfRun},
	{"cookie-jar", "cookies of tests are not written to a file; the step cookies has a test keep those that servers set"},
}

const (
	redirectsOfRun  = "redirects are not followed in a script; the option refused 302 expects one"
	challengesOfRun = "challenges are not answered in a script; the option refused 401 expects one"
)

// complete judges the flags together.
func (o *runOptions) complete() error {
	const example = "wscope run smoke.wscope"
	for _, f := range notOfRun {
		if o.flags.Changed(f.name) {
			return usageError(example, "wscope run has no use for --%s: %s", f.name, f.why)
		}
	}
	switch {
	case o.jobs < 1:
		return usageError("wscope run --jobs 4 smoke.wscope", "-j/--jobs %d: expected a number of tests", o.jobs)
	case o.timeout <= 0:
		return usageError("wscope run --timeout 1m smoke.wscope", "--timeout: expected more than 0")
	case o.within <= 0:
		return usageError("wscope run --within 10s smoke.wscope", "--within: expected more than 0")
	case o.verbose && o.quiet:
		return usageError(example, "--verbose and --quiet cannot be used together")
	}
	stdin := 0
	for _, f := range o.files {
		if f == "-" {
			stdin++
		}
	}
	if stdin > 1 {
		return usageError(example, "- is stdin, which can be read once")
	}
	return completeReports(o.reports)
}

// A variableFlag sets a variable.
type variableFlag struct{ variables map[string]string }

func (f variableFlag) Type() string   { return "NAME=VALUE" }
func (f variableFlag) String() string { return "" }

func (f variableFlag) Set(s string) error {
	name, value, ok := strings.Cut(s, "=")
	switch {
	case !ok:
		return errors.New("expected NAME=VALUE")
	case !script.IsName(name):
		return fmt.Errorf("%q is no name of a variable: expected letters, digits, _ and -, a letter first", name)
	}
	f.variables[name] = value
	return nil
}

// A patternFlag collects regular expressions.
type patternFlag struct{ list *[]*regexp.Regexp }

func (f patternFlag) Type() string   { return "regexp" }
func (f patternFlag) String() string { return "" }

func (f patternFlag) Set(s string) error {
	re, err := regexp.Compile(s)
	if err == nil {
		*f.list = append(*f.list, re)
	}
	return err
}

// runRun runs the tests of all files.
func runRun(ctx context.Context, o runOptions) error {
	tests, err := o.load()
	if err != nil || o.check {
		return err
	}
	if d := o.dial.net.maxTime; d > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, d, &errMaxTime{after: d})
		defer cancel()
	}
	r, err := o.newReports(len(tests))
	if err != nil {
		return err
	}
	ctx, r.nobody = context.WithCancel(ctx)
	defer r.nobody()
	tape, err := o.newTape()
	if err != nil {
		r.abandon()
		return err
	}
	defer o.begin(ctx, 2*time.Second)()
	peers := &peerBook{options: &o}
	play.Run(ctx, tests, play.Options{
		Jobs:        o.jobs,
		Timeout:     o.timeout,
		Within:      o.within,
		Variables:   o.variables,
		Env:         o.lookupEnv,
		ShowSecrets: o.showSecrets,
		Resolve:     peers.resolve,
		Observe:     func(t script.TestCase) play.Observer { return o.newObserver(t, tape) },
		Started:     func(i int) { r.started(tests[i]) },
		Finished:    func(i int, result play.Result) { r.finished(i, tests[i], result) },
	})
	return tape.end(r.conclude(ctx))
}

// lookupEnv looks up a variable of the environment; an empty one counts as not
// set.
func (o *runOptions) lookupEnv(name string) (string, bool) {
	v := o.getenv(name)
	return v, v != ""
}
