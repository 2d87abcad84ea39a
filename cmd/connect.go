package cmd

import (
	"context"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"wscope/cmd/internal/expect"
	"wscope/cmd/internal/literal"
	"wscope/render"
	"wscope/wsproto"
)

// connectOptions are what the command line of connect asks for.
type connectOptions struct {
	streams
	colorMode string
	display   displayOptions
	writeOut  writeOutOptions
	dial      dialOptions
	retry     retryOptions
	expect    expectOptions
	protocol  protocolOptions
	deflate   deflateOptions

	url          string
	subprotocols []string
	version, key string
	diagnose     bool

	execute   []string
	binary    bool
	escape    bool
	slash     bool
	delimiter string
	null      bool
	noSplit   bool
	fragment  int

	count   int
	one     bool
	wait    time.Duration
	closing closing
	echo    bool

	pingInterval, pingTimeout time.Duration

	noHistory bool
	// newConsole makes the console of an interactive session.
	newConsole func(streams, consoleOptions) (console, error)

	warnings []string // about what the command line asks for
}

// protocolOptions are the flags that an open connection obeys to, on either
// side of it.
type protocolOptions struct {
	maxMessage   int64
	closeTimeout time.Duration
	noPong       bool
	lenient      bool
}

func (p *protocolOptions) register(flags *pflag.FlagSet) {
	p.maxMessage = wsproto.DefaultMaxMessageSize
	p.closeTimeout = wsproto.DefaultCloseTimeout
	flags.Var(sizeFlag{&p.maxMessage}, "max-message-size", "refuse longer messages with 1009; 0 for no limit")
	flags.Var(durationFlag{d: &p.closeTimeout}, "close-timeout", "how long the closing handshake may take")
	flags.BoolVar(&p.noPong, "no-pong", false, "do not answer pings")
	flags.BoolVar(&p.lenient, "lenient", false, "show a broken rule and go on, rather than fail the connection")
	setGroup(flags, "Protocol", "max-message-size", "close-timeout", "no-pong", "lenient")
}

// config returns the wsproto form of the flags.
func (p protocolOptions) config() wsproto.Config {
	c := wsproto.Config{
		MaxMessageSize: p.maxMessage,
		CloseTimeout:   max(p.closeTimeout, time.Millisecond),
		NoPong:         p.noPong,
		Lenient:        p.lenient,
	}
	if c.MaxMessageSize == 0 {
		c.MaxMessageSize = -1
	}
	return c
}

func newConnectCmd(s streams, run func(context.Context, connectOptions) error) *cobra.Command {
	o := connectOptions{streams: s, newConsole: newConsole}
	cmd := &cobra.Command{
		Use:   "connect [flags] <url>",
		Short: "Open a WebSocket session and show every frame",
		Long: `Open a WebSocket session and show every frame.

On a terminal, what is typed is sent, one line a message; /help lists what else
can be done. In a pipe, each line of stdin is a message and each message that
comes is written to stdout; at the end of stdin the session goes on until nothing
has come for --wait.

Messages are taken as they are; @file sends the content of a file, @- that of
stdin, @@ a literal @.`,
		Example: `  wscope connect ws://127.0.0.1:8080/chat
  echo hi | wscope connect wss://example.com/echo
  wscope connect -x '{"op":"subscribe"}' --count 3 --json wss://example.com/feed
  wscope connect -H 'Authorization: Bearer abc' -s chat.v2 -vv wss://example.com/`,
		Args: exactArgs(1, "a ws:// or wss:// URL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.url = args[0]
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

func (o *connectOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false

	flags.StringArrayVarP(&o.execute, "execute", "x", nil, "send this `message` first; repeats, in order")
	flags.BoolVarP(&o.binary, "binary", "b", false, "send binary messages instead of text")
	flags.BoolVarP(&o.escape, "escape", "e", false, `understand \n, \x00, \u263a and the like in -x and in what is typed`)
	flags.StringVar(&o.delimiter, "delimiter", "\n", "what separates messages on stdin and on stdout, instead of a line end; escapes are understood")
	flags.BoolVarP(&o.null, "null", "0", false, "separate messages by NUL")
	flags.BoolVar(&o.noSplit, "no-split", false, "send all of stdin as one message")
	flags.IntVar(&o.fragment, "fragment", 0, "send each message in frames of this many `bytes`")
	flags.BoolVar(&o.slash, "slash", false, "understand /ping, /binary and other commands in -x, too")
	setGroup(flags, "Sending", "execute", "binary", "escape", "delimiter", "null", "no-split", "fragment", "slash")

	flags.IntVar(&o.count, "count", 0, "close after this many messages have been received")
	flags.BoolVarP(&o.one, "one", "1", false, "the same as --count 1")
	o.wait = time.Second
	flags.VarP(durationFlag{&o.wait, true}, "wait", "w", "after the end of stdin, close when nothing has come for this time; -1 waits for ever, 0 does not wait")
	flags.Var(closeFlag{&o.closing}, "close", "close with `CODE[:reason]` instead of 1000")
	flags.Var(durationFlag{d: &o.pingInterval}, "ping-interval", "send a ping this often")
	flags.Var(durationFlag{d: &o.pingTimeout}, "ping-timeout", "give up if nothing comes for this time after a ping")
	flags.BoolVar(&o.echo, "echo", false, "send every message back, as a server under test expects of its client; then there is no --wait")
	flags.BoolVar(&o.noHistory, "no-history", false, "neither read nor keep the history of what is typed")
	flags.BoolP("show-ping-pong", "P", true, "accepted for wscat's sake: control frames are shown anyway")
	setFlagExample(flags, "close", "4000:bye")
	setFlagExample(flags, "wait", "5s")
	setGroup(flags, "Session", "count", "one", "wait", "close", "ping-interval", "ping-timeout", "echo", "no-history", "show-ping-pong")

	flags.VarP(listFlag{&o.subprotocols}, "subprotocol", "s", "offer this `subprotocol`; repeats, or several with commas")
	flags.StringVar(&o.version, "ws-version", "", "send this `version` in Sec-WebSocket-Version")
	flags.StringVar(&o.key, "ws-key", "", "send this `key` in Sec-WebSocket-Key")
	setGroup(flags, "Handshake", "subprotocol", "ws-version", "ws-key")

	registerDiagnose(cmd, &o.diagnose)
	o.deflate.register(cmd, "offer permessage-deflate, with these `params` if there are any")
	o.protocol.register(flags)
	o.display.register(cmd)
	o.display.registerInclude(cmd)
	o.writeOut.register(cmd)
	o.expect.register(cmd, expect.Text)
	o.retry.register(cmd)
	o.dial.register(cmd)
}

// complete judges the flags together.
func (o *connectOptions) complete() error {
	switch {
	case o.one && o.count > 1:
		return usageError("wscope connect -1 ws://127.0.0.1:8080/", "-1 and --count %d cannot be used together", o.count)
	case o.count < 0:
		return usageError("wscope connect --count 3 ws://127.0.0.1:8080/", "--count %d: expected a number of messages", o.count)
	case o.fragment < 0:
		return usageError("wscope connect --fragment 16 ws://127.0.0.1:8080/", "--fragment %d: expected a number of bytes", o.fragment)
	case o.null && o.noSplit:
		return usageError("wscope connect --no-split ws://127.0.0.1:8080/ <message.json", "--null and --no-split cannot be used together")
	case o.null && o.delimiter != "\n":
		return usageError("wscope connect -0 ws://127.0.0.1:8080/", "--null and --delimiter cannot be used together")
	}
	for _, f := range []struct{ flag, value, good string }{
		{"ws-key", o.key, "dGhlIHNhbXBsZSBub25jZQ=="}, {"ws-version", o.version, "13"},
	} {
		if err := checkField(f.value); err != nil {
			return usageError("wscope connect --"+f.flag+" "+f.good+" ws://127.0.0.1:8080/", "--%s: %w", f.flag, err)
		}
	}
	if o.one {
		o.count = 1
	}
	if o.null {
		o.delimiter = "\x00"
	}
	d, err := literal.Unescape(o.delimiter)
	if err != nil {
		return usageError(`--delimiter '\t'`, "--delimiter: %w", err)
	}
	if len(d) == 0 {
		return usageError("--no-split", "--delimiter is empty; --no-split sends all of stdin as one message")
	}
	o.delimiter = string(d)
	if o.closing.code == 0 {
		o.closing.code = wsproto.CloseNormal
	}
	if o.pingTimeout > 0 && o.pingInterval == 0 {
		o.pingInterval = o.pingTimeout
	}
	o.warnings = o.deflate.typed(o.dial.header.fields)
	return o.expect.complete()
}

// runConnect opens the session and sees it through.
func runConnect(ctx context.Context, o connectOptions) error {
	t, err := parseTarget(o.url)
	if err != nil {
		return err
	}
	opener, err := o.dial.opener(t, o.streams)
	if err != nil {
		return err
	}
	if o.diagnose {
		return runDiagnose(ctx, o, opener)
	}
	interactive := o.interactive()
	view, err := o.display.newDisplay(o.streams, o.colorMode, o.delimiter, interactive)
	if err != nil {
		return err
	}
	s := &session{connectOptions: o, expects: newExpectations(o.expect), target: t, opener: opener, view: view, trial: trial{retryOptions: o.retry}}
	s.changed = sync.NewCond(&s.mu)
	if err := s.prepare(); err != nil {
		return err
	}
	if err := o.writeOut.begin(o.streams, o.colorMode, view, t.url.String(), o.display); err != nil {
		return err
	}
	if err := view.startRecording(o.display.record, o.streams); err != nil {
		return err
	}
	ctx, cancel := o.limited(ctx)
	defer cancel()
	defer o.begin(ctx, o.protocol.closeTimeout+closeReserve)()
	if !o.display.quiet {
		for _, warning := range o.warnings {
			printDiagnostic(o.streams, o.colorMode, levelWarning, warning)
		}
		opener.printNotes(o.streams, o.colorMode)
	}
	defer o.onExit(func() { opener.save() })()
	run := s.runPiped
	if interactive {
		run = s.runInteractive
	}
	err = view.report(opener.finish(view, run(ctx)))
	return o.writeOut.finish(o.streams, err)
}

// limited returns a context that ends with --max-time.
func (o *connectOptions) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if o.dial.net.maxTime > 0 {
		return context.WithTimeoutCause(ctx, o.dial.net.maxTime, &errMaxTime{after: o.dial.net.maxTime})
	}
	return context.WithCancel(ctx)
}

// config returns how the connection of a session behaves.
func (s *session) config(o *observer) wsproto.Config {
	c := s.protocol.config()
	format := s.view.format()
	frames := s.display.wantsFrames(format) || s.pingInterval > 0 || s.interactive() || s.slash
	c.Trace = o.trace(frames)
	show := c.Trace.Waiting
	c.Trace.Waiting = func() {
		show()
		s.progress()
	}
	// Messages are written as they come only where a message of any length is
	// welcome, and nobody looks at frames or wants messages whole.
	s.inPieces = !s.echo && len(s.expect.wanted)+len(s.expect.never) == 0 && c.MaxMessageSize < 0 && format == render.Messages && !frames
	return c
}
