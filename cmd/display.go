package cmd

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"wscope/cmd/internal/record"
	"wscope/cmd/internal/writeout"
	"wscope/render"
)

// displayOptions are the flags that say what is shown and how.
type displayOptions struct {
	format      string
	json        bool
	timestamps  string
	hide        []string
	maxPreview  int
	binaryAs    string
	verbose     int
	quiet       bool
	showSecrets bool
	include     bool
	record      recordOptions
	replay      bool // what is shown has a start of its own
}

// register defines the flags of d.
func (d *displayOptions) register(cmd *cobra.Command) {
	d.registerShown(cmd, "auto", "what goes to stdout: auto, frames, messages, hex or json; auto is frames on a terminal and messages in a pipe")
	d.record.register(cmd)
}

// registerShown defines the flags that say what is shown. Without --format it is
// in the preset one.
func (d *displayOptions) registerShown(cmd *cobra.Command, preset, usage string) {
	flags := cmd.Flags()
	formats := "frames messages hex json"
	if preset == "auto" {
		formats = "auto " + formats
	}
	flags.Var(&choiceFlag{&d.format, preset, formats}, "format", usage)
	flags.BoolVar(&d.json, "json", false, "the same as --format json")
	flags.Var(&choiceFlag{&d.timestamps, "relative", "relative delta wall none"}, "timestamps", "time of each frame: relative, delta, wall or none")
	flags.StringSliceVar(&d.hide, "hide", nil, "leave out frames with these `opcodes`: text, binary, continuation, ping, pong, close, reserved, control, data")
	flags.Var(previewFlag{&d.maxPreview}, "max-preview", "show at most `bytes` of a payload in frames and hex, -1 for all, 0 for none (default 1024)")
	flags.Var(&choiceFlag{&d.binaryAs, "raw", "raw hex base64"}, "binary-as", "how binary messages are written: raw, hex or base64")
	flags.CountVarP(&d.verbose, "verbose", "v", "show the handshake on stderr, with -vv frames, with -vvv hex dumps")
	flags.BoolVarP(&d.quiet, "quiet", "q", false, "print nothing but data and errors")
	flags.BoolVar(&d.showSecrets, "show-secrets", false, "do not redact credentials in what is shown")
	setFlagExample(flags, "hide", "ping,pong")
	setFlagExample(flags, "max-preview", "64")
	setGroup(flags, "Output", "format", "json", "timestamps", "hide", "max-preview", "binary-as", "verbose", "quiet", "show-secrets")
	for _, name := range []string{"format", "timestamps", "binary-as"} {
		choices := flags.Lookup(name).Value.(*choiceFlag).choices
		complete := cobra.FixedCompletions(strings.Fields(choices), cobra.ShellCompDirectiveNoFileComp)
		if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
			panic(err) // the flag was defined above
		}
	}
}

// registerInclude defines -i, where there is a response to be shown.
func (d *displayOptions) registerInclude(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVarP(&d.include, "include", "i", false, "show the head of each response in front of the data")
	setGroup(flags, "Output", "include")
}

// A previewFlag is a MaxPreview of package render.
type previewFlag struct{ n *int }

var _ pflag.Value = previewFlag{}

func (f previewFlag) Type() string { return "bytes" }

func (f previewFlag) String() string {
	switch {
	case f.n == nil || *f.n == 0:
		return ""
	case *f.n == render.PreviewNone:
		return "0"
	}
	return strconv.Itoa(*f.n)
}

func (f previewFlag) Set(s string) error {
	n, err := strconv.Atoi(s)
	switch {
	case err != nil || n < -1:
		return errors.New("expected a number of bytes such as 64, 0 for none or -1 for all")
	case n == 0:
		n = render.PreviewNone
	}
	*f.n = n
	return nil
}

// A choiceFlag is one of a few words.
type choiceFlag struct {
	value   *string
	preset  string
	choices string
}

var _ pflag.Value = (*choiceFlag)(nil)

func (f *choiceFlag) Type() string { return "name" }

func (f *choiceFlag) String() string {
	if f.value == nil || *f.value == "" {
		return f.preset
	}
	return *f.value
}

func (f *choiceFlag) Set(s string) error {
	choices := strings.Fields(f.choices)
	for _, c := range choices {
		if c == s {
			*f.value = s
			return nil
		}
	}
	last := len(choices) - 1
	return errors.New("expected " + strings.Join(choices[:last], ", ") + " or " + choices[last])
}

// A display shows events: data on stdout and talk on stderr. It may be used by
// several goroutines.
type display struct {
	out *redirect
	err *redirect

	options  render.Options // but for the format, which may change
	messages atomic.Bool    // somebody wants messages with their times
	status   render.Renderer
	broken   render.Renderer // of frames that break a rule, nil if status has all frames or with -q
	loud     bool            // there is -v
	silent   bool            // nobody wants to know more of a client than how it ended

	record *record.File // nil without --record

	watched atomic.Bool // there is a tap

	mu  sync.Mutex
	tap *tap // nil while nobody watches
	// summary collects what is printed at the end, nil if nothing is.
	summary *writeout.Summary
	mute    mute
	data    render.Renderer
	failed  error  // the first failure to write data; nothing is written after it
	onFail  func() // see whenFailed
}

// A mute is data that is not shown, whatever the format.
type mute struct{ frames, messages bool }

// A redirect is a writer that can be exchanged, between two writes.
type redirect struct {
	mu sync.Mutex
	w  io.Writer
}

func (r *redirect) Write(p []byte) (int, error) {
	r.mu.Lock()
	w := r.w
	r.mu.Unlock()
	return w.Write(p)
}

func (r *redirect) to(w io.Writer) {
	r.mu.Lock()
	r.w = w
	r.mu.Unlock()
}

// newDisplay makes the display that the flags ask for. announce says whether the
// opening of a connection is worth a line without -v.
func (d displayOptions) newDisplay(s streams, colorMode, delimiter string, announce bool) (*display, error) {
	format, err := d.dataFormat(s)
	if err != nil {
		return nil, err
	}
	o := render.Options{
		Format:      format,
		Color:       s.color(colorMode, s.outTTY),
		Terminal:    s.outTTY,
		MaxPreview:  d.maxPreview,
		Delimiter:   delimiter,
		Start:       d.start(),
		Width:       s.columns(),
		ShowSecrets: d.showSecrets,
		Include:     d.include,
	}
	if d.timestamps != "" {
		if o.Timestamps, err = render.ParseTimestamps(d.timestamps); err != nil {
			return nil, usageError("--timestamps wall", "--timestamps: %w", err)
		}
	}
	if d.binaryAs != "" {
		if o.BinaryAs, err = render.ParseBinaryAs(d.binaryAs); err != nil {
			return nil, usageError("--binary-as hex", "--binary-as: %w", err)
		}
	}
	if len(d.hide) > 0 {
		if o.Hide, err = render.ParseOpcodes(strings.Join(d.hide, ",")); err != nil {
			return nil, usageError("--hide ping,pong", "--hide: %w", err)
		}
	}
	v := &display{out: &redirect{w: s.out}, err: &redirect{w: s.err}, options: o, loud: d.verbose > 0 && !d.quiet, silent: d.silent() && !d.record.wanted()}
	v.data = render.New(v.out, o)
	v.messages.Store(format == render.JSON)
	v.status = render.NewStatus(v.err, render.StatusOptions{
		Verbose:     d.verbose,
		Quiet:       d.quiet,
		Announce:    announce,
		Included:    d.include && format != render.JSON,
		Replay:      d.replay,
		Color:       s.color(colorMode, s.errTTY),
		Timestamps:  o.Timestamps,
		Hide:        o.Hide,
		MaxPreview:  o.MaxPreview,
		Start:       o.Start,
		Width:       o.Width,
		ShowSecrets: d.showSecrets,
	})
	if d.verbose < 2 && !d.quiet {
		shown := o
		shown.Format, shown.Color, shown.Include = render.Frames, s.color(colorMode, s.errTTY), false
		v.broken = render.New(v.err, shown)
	}
	return v, nil
}

// start is what relative times are counted from.
func (d displayOptions) start() time.Time {
	if d.replay {
		return time.Time{}
	}
	return time.Now()
}

// silent reports whether a server shows nothing of its clients: with -q, unless a
// format is asked for by name.
func (d displayOptions) silent() bool { return d.quiet && d.format == "" && !d.json }

// dataFormat resolves --format and --json.
func (d displayOptions) dataFormat(s streams) (render.Format, error) {
	name := d.format
	if d.json {
		if name != "" && name != "auto" && name != "json" {
			return 0, usageError("--json", "--json and --format %s cannot be used together", name)
		}
		name = "json"
	}
	if name == "" || name == "auto" {
		if s.outTTY {
			return render.Frames, nil
		}
		return render.Messages, nil
	}
	return render.ParseFormat(name)
}

// format returns the format of what is shown now.
func (v *display) format() render.Format {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.options.Format
}

// setFormat changes the format of what is shown from here on.
func (v *display) setFormat(f render.Format) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.data.Flush()
	v.options.Format = f
	v.wantMessages()
	v.data = render.New(v.out, v.options)
}

// wantMessages notes whether somebody wants messages with their times, with mu
// held.
func (v *display) wantMessages() {
	v.messages.Store(v.options.Format == render.JSON || v.recording() || v.tap != nil)
}

// show renders an event on both streams. Talk that comes between data goes out
// in order: what is gathered of either stream is written before the other is.
func (v *display) show(e render.Event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.recordLocked(e)
	if v.tap != nil {
		v.tap.Render(e)
	}
	if v.summary != nil {
		v.summary.Add(e)
	}
	v.showLocked(e)
}

func (v *display) showLocked(e render.Event) {
	v.showData(e)
	switch e := e.(type) {
	case *render.Message:
		return
	case *render.Frame:
		v.status.Render(e)
		v.showBroken(e)
		return
	case *render.End:
		if v.broken != nil {
			v.broken.Render(e) // which forgets the connection
		}
	}
	v.flushLocked()
	v.status.Render(e)
	v.status.Flush()
}

// showBroken shows a frame that breaks a rule on stderr if frames are shown
// nowhere: a peer's mistake is not to pass unseen because its messages are data.
func (v *display) showBroken(f *render.Frame) {
	if f.Broken == nil || v.broken == nil || v.options.Format != render.Messages {
		return
	}
	v.flushLocked()
	v.broken.Render(f)
	v.broken.Flush()
}

// talk shows an event as talk alone: it tells those who watch of something that is
// part of another event, which is still to come.
func (v *display) talk(e render.Event) {
	if !v.loud {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.flushLocked()
	v.status.Render(e)
	v.status.Flush()
}

func (v *display) showData(e render.Event) {
	if v.mute != (mute{}) && v.muted(e) {
		return
	}
	if v.failed == nil {
		v.fail(v.data.Render(e))
	}
}

func (v *display) muted(e render.Event) bool {
	switch e.(type) {
	case *render.Frame:
		return v.mute.frames
	case *render.Message:
		return v.mute.messages
	}
	return false
}

// flush writes out what is gathered.
func (v *display) flush() {
	v.mu.Lock()
	v.flushLocked()
	v.mu.Unlock()
}

func (v *display) flushLocked() {
	if v.failed == nil {
		v.fail(v.data.Flush())
	}
	v.status.Flush()
}

// fail notes that stdout cannot be written to, with mu held.
func (v *display) fail(err error) {
	if err == nil || v.failed != nil {
		return
	}
	v.failed = err
	if v.onFail != nil {
		go v.onFail()
	}
}

// whenFailed has f run when stdout cannot be written to, on a goroutine of its own:
// it may want to show something. It reports whether that has been found out
// already; then f does not run.
func (v *display) whenFailed(f func()) (already bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.onFail = f
	return v.failed != nil
}

// failure returns the error that ended the output, or nil.
func (v *display) failure() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.failed
}

// report shows an error with its hint, and returns what ends the program with
// its status and without another word. That stdout cannot be written to is left
// to the caller to tell. It is the last that is shown.
func (v *display) report(err error) error {
	if err != nil {
		err = v.reportError(err)
	}
	return v.endRecording(err)
}

func (v *display) reportError(err error) error {
	var (
		quiet       quietExit
		output      *outputError
		interrupted *interruptError
	)
	switch {
	case errors.As(err, &quiet), errors.As(err, &output):
		return err
	case errors.As(err, &interrupted):
		return quietExit{exitInterrupted}
	}
	e := &exitError{code: exitFailure, err: err}
	errors.As(err, &e)
	v.show(&render.Failure{Meta: render.Meta{Time: time.Now()}, Err: e.err, Hint: e.hint})
	return quietExit{e.code}
}

// wantsFrames reports whether frames are shown at all, or recorded.
func (d displayOptions) wantsFrames(f render.Format) bool {
	return f != render.Messages || d.verbose >= 2 || d.record.wanted()
}
