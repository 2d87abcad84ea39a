package cmd

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wscope/cmd/internal/record"
	"wscope/render"
)

// recordOptions are the flags that record what happens.
type recordOptions struct {
	path    string // "" for no recording
	secrets bool
	cmd     *cobra.Command
}

func (o *recordOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	o.cmd = cmd
	flags.StringVar(&o.path, "record", "", "write everything that crosses the wire to this `file`, which wscope show understands; credentials in header fields and URLs are redacted, messages and query strings are not")
	flags.BoolVar(&o.secrets, "record-secrets", false, "do not redact credentials in what is recorded")
	setFlagExample(flags, "record", "session.ndjson")
	setGroup(flags, "Recording", "record", "record-secrets")
}

// wanted reports whether there is to be a recording.
func (o *recordOptions) wanted() bool { return o.path != "" }

// open begins the recording, which counts its time from start. It returns nil if
// none is wanted. The error is one that knows its exit status.
func (o *recordOptions) open(s streams, start time.Time) (*record.File, error) {
	const example = "wscope connect --record session.ndjson ws://127.0.0.1:8080/"
	switch {
	case o.path == "-" || o.path == "/dev/stdout":
		return nil, usageError(example, "--record %s: stdout is for data; expected the path of a file, or /dev/stderr", o.path)
	case o.path == "" && o.cmd != nil && o.cmd.Flags().Changed("record"):
		return nil, usageError(example, "--record is empty, expected the path of a file")
	case o.path == "":
		return nil, nil
	}
	f, err := record.Open(o.path, s.err, &render.Recording{
		Meta:    render.Meta{Time: start},
		Program: strings.TrimSpace(versionText()),
		Command: append([]string{"wscope"}, record.Command(o.cmd.Flags(), commandLine(o.cmd.Context()))...),
		Secrets: o.secrets,
	})
	if err != nil {
		return nil, failure(exitWrite, fmt.Errorf("--record: %w", err), "")
	}
	return f, nil
}

// A commandLineKey is where a context has the command line.
type commandLineKey struct{}

// withCommandLine returns a context that knows the command line, which cobra
// keeps to itself.
func withCommandLine(ctx context.Context, args []string) context.Context {
	return context.WithValue(ctx, commandLineKey{}, args)
}

func commandLine(ctx context.Context) []string {
	args, _ := ctx.Value(commandLineKey{}).([]string)
	return args
}

// startRecording begins to record what the display shows, and what it leaves out,
// if the flags ask for it. It is called when nothing more can go wrong before the
// session begins, since it replaces what was recorded before.
func (v *display) startRecording(o recordOptions, s streams) error {
	f, err := o.open(s, v.options.Start)
	if err != nil || f == nil {
		return err
	}
	f.Failed = func(err error) { v.recordingFailed(o.path, err) }
	v.mu.Lock()
	defer v.mu.Unlock()
	v.record = f
	v.messages.Store(true)
	return nil
}

// recording reports whether what is shown is recorded, too.
func (v *display) recording() bool { return v.record != nil }

// keep records an event that is not shown.
func (v *display) keep(e render.Event) {
	v.mu.Lock()
	v.recordLocked(e)
	v.mu.Unlock()
}

// recordLocked records an event, with mu held.
func (v *display) recordLocked(e render.Event) {
	if v.record != nil {
		v.record.Render(e)
	}
}

// recordingFailed tells that there is no recording any more, with mu held, as it
// is whenever v.record is used.
func (v *display) recordingFailed(path string, err error) {
	v.showLocked(&render.Failure{
		Meta: render.Meta{Time: time.Now()},
		Err:  fmt.Errorf("recording to %s: %w", path, err),
		Hint: "the session goes on without being recorded",
	})
}

// endRecording closes the recording and returns the error that the program ends
// with: a recording that is not complete has a status of its own if nothing else
// is wrong.
func (v *display) endRecording(err error) error {
	if v.record == nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.record.Close() != nil && err == nil {
		return quietExit{exitWrite}
	}
	return err
}
