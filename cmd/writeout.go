package cmd

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wscope/cmd/internal/writeout"
)

// writeOutOptions are the flags of what is printed at the end of a session.
type writeOutOptions struct {
	text string
	// format and summary are nil if nothing is to be printed.
	format  *writeout.Format
	summary *writeout.Summary
}

func (o *writeOutOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.text, "write-out", "", "print this `format` at the end, as curl does: %{http_code}, %{time_connect}, %header{server}, %{close_code}, %{json}; @file reads it")
	setFlagExample(flags, "write-out", `%{http_code} %{time_total}\n`)
	setGroup(flags, "Output", "write-out")
	err := cmd.RegisterFlagCompletionFunc("write-out", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var all []string
		for _, name := range writeout.Names() {
			all = append(all, "%{"+name+"}")
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // the flag was defined above
	}
}

// begin has what happens from here on collected, in a session with a URL. As in
// curl, a variable that does not exist is no error.
func (o *writeOutOptions) begin(s streams, colorMode string, view *display, url string, d displayOptions) error {
	if o.text == "" {
		return nil
	}
	text, err := fromFile("write-out", o.text)
	if err != nil {
		return err
	}
	if text != o.text { // a file can be laid out in lines, as curl has it
		text = strings.NewReplacer("\r", "", "\n", "").Replace(text)
	}
	if o.format, err = writeout.Parse(text); err != nil {
		return usageError(`--write-out '%{http_code} %{time_total}\n'`, "--write-out: %w", err)
	}
	for _, unknown := range o.format.Unknown {
		if d.quiet {
			break
		}
		printDiagnostic(s, colorMode, levelWarning, "--write-out: "+unknown.Error()+", so nothing is printed for it")
		if unknown.Nearest != "" {
			printDiagnostic(s, colorMode, levelHint, "did you mean %{"+unknown.Nearest+"}?")
		}
	}
	o.summary = &writeout.Summary{Start: time.Now(), URL: url, Secrets: d.showSecrets}
	view.mu.Lock()
	view.summary = o.summary
	view.mu.Unlock()
	return nil
}

// finish prints the format after all that was said about err, which the session
// has ended with. It returns err, or the error of printing if there is no other.
func (o *writeOutOptions) finish(s streams, err error) error {
	if o.summary == nil {
		return err
	}
	o.summary.Finish(time.Now(), exitStatus(err))
	failed := o.format.Print(writeout.Output{Writer: s.out, Terminal: s.outTTY}, writeout.Output{Writer: s.err, Terminal: s.errTTY}, o.summary)
	if err == nil {
		return failed
	}
	return err
}

// exitStatus returns the status that the program ends with after an error that
// has been reported.
func exitStatus(err error) int {
	var (
		quiet  quietExit
		output *outputError
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &quiet):
		return quiet.code
	case errors.As(err, &output) && output.brokenPipe():
		return exitOK
	case errors.As(err, &output):
		return exitWrite
	}
	return exitFailure
}
