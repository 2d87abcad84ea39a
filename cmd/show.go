package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wscope/cmd/internal/sift"
	"wscope/render"
)

// showOptions are what the command line of show asks for.
type showOptions struct {
	streams
	colorMode string
	display   displayOptions

	files   []string
	maxLine int64

	conns     []int
	dir       string
	opcodes   []string
	types     []string
	grep      string
	grepRE    string
	from, to  time.Duration
	selection sift.Filter // what these come to
}

func newShowCmd(s streams, run func(context.Context, showOptions) error) *cobra.Command {
	o := showOptions{streams: s}
	cmd := &cobra.Command{
		Use:   "show [flags] <file>...",
		Short: "Show what was recorded with --record",
		Long: `Show what was recorded with --record, in any format, or what --json has written.
The file - is stdin.

Frames and events go to stdout as they did when they were recorded, what was said
about the session goes to stderr. Of several flags that select, each has to be
met: --opcode text --grep hello shows text frames with that word in them and
nothing else.`,
		Example: `  wscope show session.ndjson
  wscope show -v --format hex --from 2 --to 2.5 session.ndjson
  wscope show --json --conn 3 --type message --grep '"id":42' session.ndjson
  tail -f session.ndjson | wscope show -`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError(firstExample(cmd), "%s needs a file that --record has written", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			o.colorMode = colorMode(cmd)
			if err := o.complete(cmd.Flags().Changed); err != nil {
				return err
			}
			return run(cmd.Context(), o)
		},
	}
	o.register(cmd)
	return cmd
}

func (o *showOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.IntSliceVar(&o.conns, "conn", nil, "show these connections only, by their `numbers`; 0 for events without one")
	flags.Var(&choiceFlag{&o.dir, "", "in out"}, "dir", "show only what came in or what went out")
	flags.StringSliceVar(&o.opcodes, "opcode", nil, "show frames and messages with these `opcodes` only: text, binary, continuation, ping, pong, close, control, data")
	flags.StringSliceVar(&o.types, "type", nil, "show these `kinds` of events only: "+strings.Join(render.EventNames(), ", "))
	flags.StringVar(&o.grep, "grep", "", "show only what has this `text` in its payload")
	flags.StringVar(&o.grepRE, "grep-re", "", "show only what has a match of this regular `expression` in its payload")
	flags.Var(durationFlag{d: &o.from}, "from", "leave out what happened before this time since the start")
	flags.Var(durationFlag{d: &o.to}, "to", "leave out what happened after this time since the start (default the end)")
	setFlagExample(flags, "dir", "in")
	setFlagExample(flags, "opcode", "text,binary")
	setFlagExample(flags, "type", "frame,close")
	setFlagExample(flags, "from", "1.5")
	setFlagExample(flags, "conn", "1,2")
	setGroup(flags, "Selection", "conn", "dir", "opcode", "type", "grep", "grep-re", "from", "to")
	for name, values := range map[string][]string{
		"dir": {"in", "out"}, "type": render.EventNames(),
		"opcode": {"text", "binary", "continuation", "ping", "pong", "close", "control", "data"},
	} {
		complete := cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
		if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
			panic(err) // the flag was defined above
		}
	}

	o.display.registerShown(cmd, render.Frames.String(), "what goes to stdout: frames, messages, hex or json")
	o.maxLine = render.DefaultMaxLine
	flags.Var(sizeFlag{&o.maxLine}, "max-line", "give up at a longer line")
	setGroup(flags, "Output", "max-line")
}

// complete judges the flags together. changed reports whether one was given.
func (o *showOptions) complete(changed func(string) bool) error {
	if o.display.format == "" && !o.display.json {
		o.display.format = render.Frames.String()
	}
	f := &o.selection
	f.Conns, f.From, f.To = o.conns, o.from, o.to
	switch o.dir {
	case "in":
		f.Directions = []render.Direction{render.Received}
	case "out":
		f.Directions = []render.Direction{render.Sent}
	}
	if len(o.opcodes) > 0 {
		var err error
		if f.Opcodes, err = render.ParseOpcodes(strings.Join(o.opcodes, ",")); err != nil {
			return usageError("--opcode text,binary", "--opcode: %w", err)
		}
	}
	for _, name := range o.types {
		if names := render.EventNames(); !slices.Contains(names, name) {
			return usageError("--type frame,close", `--type "%s": expected %s`, name, strings.Join(names, ", "))
		}
		f.Names = append(f.Names, name)
	}
	switch {
	case changed("grep") && changed("grep-re"):
		return usageError("wscope show --grep-re 'a|b' session.ndjson", "--grep and --grep-re cannot be used together")
	case changed("grep"):
		text := []byte(o.grep)
		f.Payload = func(p []byte) bool { return bytes.Contains(p, text) }
	case changed("grep-re"):
		re, err := regexp.Compile(o.grepRE)
		if err != nil {
			return usageError(`wscope show --grep-re '"id":4[0-9]' session.ndjson`, "--grep-re: %w", err)
		}
		f.Payload = re.Match
	}
	if o.to != 0 && o.to < o.from {
		return usageError("wscope show --from 1 --to 2.5 session.ndjson", "--to %v is before --from %v", o.to, o.from)
	}
	o.display.replay = true
	return nil
}

// runShow shows the files one after the other. What cannot be shown of one does
// not keep the others from being shown.
func runShow(_ context.Context, o showOptions) error {
	var last error
	for _, name := range o.files {
		// Each has a start, connections and messages of its own.
		view, err := o.display.newDisplay(o.streams, o.colorMode, "", true)
		if err != nil {
			return err
		}
		if len(o.files) > 1 && !o.display.quiet {
			fmt.Fprintf(o.err, "* %s\n", render.Escape(name))
		}
		err = o.showFile(name, view)
		view.flush()
		if failed := view.failure(); failed != nil {
			return failed
		}
		if err != nil {
			printDiagnostic(o.streams, o.colorMode, levelError, err.Error())
			if known := (*exitError)(nil); errors.As(err, &known) && known.hint != "" {
				printDiagnostic(o.streams, o.colorMode, levelHint, known.hint)
			}
			last = quietExit{exitReadFile}
		}
	}
	return last
}

// showFile shows one file. The error is one of it, not of the output.
func (o *showOptions) showFile(name string, view *display) error {
	in := o.in
	if name == "-" {
		name = "stdin"
	} else {
		f, err := os.Open(name)
		if err != nil {
			return failure(exitReadFile, err, "")
		}
		defer f.Close()
		in = f
	}
	t := render.NewTranscriptReader(in)
	t.MaxLine = int(o.maxLine)
	err := o.showEvents(t, view)
	var bad *render.TranscriptError
	switch {
	case errors.As(err, &bad) && !bad.Cut:
		return failure(exitReadFile, fmt.Errorf("%s: %w", name, err), "wscope shows what --record or --json has written")
	case errors.As(err, &bad):
		return failure(exitReadFile, fmt.Errorf("%s: %w", name, err), "")
	case err != nil:
		return failure(exitReadFile, err, "")
	case t.Line() == 0:
		return failure(exitReadFile, fmt.Errorf("%s is empty: nothing was recorded", name), "")
	case t.Skipped() > 0 && !o.display.quiet:
		printDiagnostic(o.streams, o.colorMode, levelNote, fmt.Sprintf("%s: %s passed over: this version of wscope does not know the event", name, count(uint64(t.Skipped()), "line")))
	}
	return nil
}

// showEvents shows what is selected of a transcript, until its end, or until
// there is something wrong with it or with the output.
func (o *showOptions) showEvents(t *render.TranscriptReader, view *display) error {
	for {
		if t.Waiting() {
			view.flush() // whoever follows a recording sees all that is there
		}
		e, err := t.Next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if o.selection.Match(e) {
			switch e.(type) {
			case *render.StreamEvent, *render.StreamLine, *render.StreamRetry:
				view.showStream(e)
			default:
				view.show(e)
			}
		}
		if view.failure() != nil {
			return nil
		}
	}
}
