package cmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"wscope/cmd/internal/report"
	"wscope/cmd/internal/script"
	"wscope/cmd/internal/script/play"
	"wscope/cmd/internal/spell"
)

// A reportTarget is a report that is asked for.
type reportTarget struct {
	format string
	file   string // "" for stdout
}

func reportFormats() []string { return report.Formats() }

// A reportFlag collects reports, FORMAT or FORMAT=FILE.
type reportFlag struct{ list *[]reportTarget }

func (f reportFlag) Type() string   { return "report" }
func (f reportFlag) String() string { return "" }

func (f reportFlag) Set(s string) error {
	format, file, named := strings.Cut(s, "=")
	if !slices.Contains(report.Formats(), format) {
		hint := "expected human, tap, junit, github or json, with = and a file or without"
		if near := spell.Nearest(format, report.Formats()); near != "" {
			hint = "did you mean " + near + "?"
		}
		return fmt.Errorf("there is no report of this form; %s", hint)
	}
	if named && file == "" {
		return errors.New("expected a file behind =")
	}
	if file == "-" {
		file = ""
	}
	*f.list = append(*f.list, reportTarget{format, file})
	return nil
}

// completeReports refuses two reports in one place.
func completeReports(list []reportTarget) error {
	for i, r := range list {
		for _, other := range list[:i] {
			if r.file == other.file {
				place := "stdout"
				if r.file != "" {
					place = r.file
				}
				return usageError("wscope run --report human --report junit=report.xml smoke.wscope",
					"--report %s and --report %s would both go to %s", other.format, r.format, place)
			}
		}
	}
	return nil
}

// reports are those of one run.
type reports struct {
	o        *runOptions
	nobody   func() // called when there is nobody left to report to
	order    *report.Order
	progress *report.Progress // nil if nobody looks
	targets  []reportTarget   // of the reporters of order, in their order
	files    []*reportFile
}

// A reportFile is a file that a report is written to.
type reportFile struct {
	*bufio.Writer
	f *os.File
}

// newReports opens the reports of a run of so many tests.
func (o *runOptions) newReports(total int) (*reports, error) {
	r := &reports{o: o, targets: slices.Clone(o.reports)}
	if !slices.ContainsFunc(r.targets, func(t reportTarget) bool { return t.file == "" }) {
		r.targets = append(r.targets, reportTarget{format: "human"})
	}
	inActions := o.inActions()
	options := report.Options{
		Color: o.color(o.colorMode, o.outTTY), Verbose: o.verbose, Quiet: o.quiet, GitHub: inActions,
		Workspace: o.getenv("GITHUB_WORKSPACE"),
	}
	var reporters []report.Reporter
	for _, t := range r.targets {
		w, err := r.open(t, total)
		if err != nil {
			r.abandon()
			return nil, err
		}
		own := options
		own.Color = options.Color && t.file == ""
		reporters = append(reporters, report.New(t.format, w, own))
	}
	if inActions && !slices.ContainsFunc(r.targets, func(t reportTarget) bool { return t.format == "github" }) {
		own, w := reportTarget{format: "github"}, io.Writer(o.out)
		if !slices.Contains(r.targets, reportTarget{format: "human"}) {
			// The commands of a workflow are understood on stderr, too, and there
			// they are not in the way of a report for a program.
			own.file, w = "stderr", o.err
		} else if r.progress != nil {
			w = r.progress
		}
		r.targets = append(r.targets, own)
		reporters = append(reporters, report.New("github", w, options))
	}
	r.order = report.NewOrder(total, reporters...)
	return r, nil
}

// inActions reports whether the run is a step of a GitHub workflow.
func (o *runOptions) inActions() bool {
	v := o.getenv("GITHUB_ACTIONS")
	return v != "" && v != "false"
}

// open returns what a report is written to.
func (r *reports) open(t reportTarget, total int) (io.Writer, error) {
	if t.file == "" {
		if t.format == "human" && r.o.outTTY && !r.o.dumb() {
			r.progress = report.NewProgress(r.o.out, total, r.o.columns)
			return r.progress, nil
		}
		return r.o.out, nil
	}
	f, err := os.Create(t.file)
	if err != nil {
		return nil, failure(exitWrite, fmt.Errorf("--report: %w", err), "")
	}
	file := &reportFile{bufio.NewWriter(f), f}
	r.files = append(r.files, file)
	return file, nil
}

func (r *reports) started(t script.TestCase) {
	if r.progress != nil {
		r.progress.Started(t.Name)
	}
}

func (r *reports) finished(i int, t script.TestCase, result play.Result) {
	c := &report.Case{Name: t.Name, File: t.File, Line: t.Line, Took: result.Took, Transcript: result.Transcript}
	switch f := result.Failure; {
	case result.Skipped:
		c.Status = report.Skipped
	case f != nil:
		c.Status = report.Failed
		c.Failure = &report.Failure{File: f.Pos.File, Line: f.Pos.Line, Column: f.Pos.Column, Message: f.Message, Detail: f.Detail}
	}
	if !r.order.Add(i, c) {
		r.nobody() // the rest is run for nobody
	}
	if r.progress != nil && !result.Skipped {
		r.progress.Finished(t.Name, result.Failure != nil)
	}
}

// abandon closes the reports of a run that does not come about.
func (r *reports) abandon() {
	if r.progress != nil {
		r.progress.Stop()
	}
	r.close()
}

// conclude ends the reports and returns what the program ends with.
func (r *reports) conclude(ctx context.Context) error {
	if r.progress != nil {
		r.progress.Stop()
	}
	cause := context.Cause(ctx)
	summary, errs := r.order.End()
	failed := summary.Failed > 0 || summary.Passed == 0
	err := r.close()
	for i, e := range errs {
		if e == nil {
			continue
		}
		var output *outputError
		if r.targets[i].file == "" && errors.As(e, &output) {
			return unread(e, failed || summary.Skipped > 0)
		}
		err = errors.Join(err, e)
	}
	var late *errMaxTime
	switch {
	case err != nil:
		return failure(exitWrite, fmt.Errorf("--report: %w", err), "")
	case errors.As(cause, &late):
		return failure(exitTimeout, late, "")
	case cause != nil:
		return quietExit{exitInterrupted}
	case failed:
		return quietExit{exitExpectation}
	}
	return nil
}

// close writes what is gathered for files and closes them.
func (r *reports) close() error {
	var all []error
	for _, f := range r.files {
		all = append(all, f.Flush(), f.f.Close())
	}
	r.files = nil
	return errors.Join(all...)
}
