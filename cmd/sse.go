package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wscope/cmd/internal/expect"
	"wscope/cmd/internal/literal"
	"wscope/sse"
	"wscope/wsproto"
)

// sseOptions are what the command line of sse asks for.
type sseOptions struct {
	streams
	colorMode string
	display   displayOptions
	writeOut  writeOutOptions
	dial      dialOptions
	expect    expectOptions

	url         string
	method      string
	data        []string
	lastEventID string
	compressed  bool
	http1       bool
	h2c         bool

	events    []string
	count     int
	one       bool
	until     string
	delimiter string
	null      bool
	maxEvent  int64
	lint      bool

	idleTimeout  time.Duration
	noReconnect  bool
	reconnect    bool
	retry        int // noAttempts is any number for a stream that was open, and none for another
	retryDelay   time.Duration
	retryMaxTime time.Duration
	dropAfter    int

	body         []byte
	hideComments bool
	hideRetry    bool
}

func newSSECmd(s streams, run func(context.Context, sseOptions) error) *cobra.Command {
	o := sseOptions{streams: s}
	cmd := &cobra.Command{
		Use:   "sse [flags] <url>",
		Short: "Follow a stream of Server-Sent Events and show every event",
		Long: `Follow a stream of Server-Sent Events and show every event.

On a terminal each event, comment and reconnection time is a line; in a pipe the
data of each event is written, and a newline. A stream that ends is connected to
again after the reconnection time, with the Last-Event-ID of the last event, as
browsers do it; stderr tells how that went. A request other than GET is sent
again only after a failure to open the stream, with --retry, unless --reconnect says
otherwise.

The data of -d is taken as it is; @file sends the content of a file, @- that of
stdin, @@ a literal @. It makes the request a POST.`,
		Example: `  wscope sse https://example.com/feed
  wscope sse --lint -v http://127.0.0.1:8080/events
  wscope sse -d '{"stream":true}' -H 'Authorization: Bearer abc' https://example.com/v1/chat
  wscope sse --drop-after 5 --count 10 --json https://example.com/feed`,
		Args: exactArgs(1, "an http:// or https:// URL"),
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

func (o *sseOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false

	flags.StringVarP(&o.method, "request", "X", "", "send this `method` instead of GET")
	flags.StringArrayVarP(&o.data, "data", "d", nil, "send this `body`, as a POST; repeats are joined by &")
	flags.StringVar(&o.lastEventID, "last-event-id", "", "ask for what came after this `id`; the same as -H 'Last-Event-ID: ID'")
	flags.BoolVar(&o.compressed, "compressed", false, "ask for a compressed stream: gzip, deflate, br or zstd")
	flags.BoolVar(&o.http1, "http1.1", false, "do not use HTTP/2")
	flags.BoolVar(&o.h2c, "http2-prior-knowledge", false, "use HTTP/2 without TLS, too")
	setGroup(flags, "Request", "request", "data", "last-event-id", "compressed", "http1.1", "http2-prior-knowledge")

	flags.StringArrayVar(&o.events, "event", nil, "show and count events of this `type` only; repeats")
	flags.IntVar(&o.count, "count", 0, "leave after this many events")
	flags.BoolVarP(&o.one, "one", "1", false, "the same as --count 1")
	flags.StringVar(&o.until, "until", "", "leave after an event whose data has this `text` in it")
	flags.StringVar(&o.delimiter, "delimiter", "\n", "what follows the data of each event in a pipe; escapes are understood")
	flags.BoolVarP(&o.null, "null", "0", false, "separate events by NUL")
	o.maxEvent = sse.DefaultMaxEventSize
	flags.Var(sizeFlag{&o.maxEvent}, "max-event-size", "give up at a larger event; 0 for no limit")
	flags.BoolVar(&o.lint, "lint", false, "tell on stderr what is questionable about the stream, and what to do")
	setFlagExample(flags, "until", "[DONE]")
	setGroup(flags, "Events", "event", "count", "one", "until", "delimiter", "null", "max-event-size", "lint")

	flags.Var(durationFlag{d: &o.idleTimeout}, "idle-timeout", "connect again if nothing comes for this time (default no limit)")
	flags.BoolVar(&o.noReconnect, "no-reconnect", false, "leave when the stream ends")
	flags.BoolVar(&o.reconnect, "reconnect", false, "send a request other than GET again after its stream has ended, too")
	o.retry = noAttempts
	flags.Var(attemptsFlag{&o.retry}, "retry", "try again this `number` of times in a row, -1 for ever, the first connection and passing errors such as 503 included, whatever the method (default for ever to get back to a stream that was open, and none after such an error)")
	setFlagExample(flags, "retry", "3")
	o.retryDelay = 3 * time.Second
	flags.Var(durationFlag{d: &o.retryDelay}, "retry-delay", "the reconnection time, until the server sets one")
	flags.Var(durationFlag{d: &o.retryMaxTime}, "retry-max-time", "give up if nothing has come of it for this time (default no limit)")
	flags.IntVar(&o.dropAfter, "drop-after", 0, "cut the connection once, after this many `events`, to see what the server sends again")
	setGroup(flags, "Reconnection", "idle-timeout", "no-reconnect", "reconnect", "retry", "retry-delay", "retry-max-time", "drop-after")

	o.expect.register(cmd, expect.Event)
	o.display.register(cmd)
	o.display.registerInclude(cmd)
	o.writeOut.register(cmd)
	flags.Lookup("hide").Usage = "leave out `comment` or retry lines"
	flags.Lookup("binary-as").Hidden = true // events are text
	setFlagExample(flags, "hide", "comment")
	o.dial.register(cmd)
	o.dial.redirect.follow = true // as the standard wants it
	flags.Lookup("location").DefValue = "true"
}

// complete judges the flags together, and reads what is to be sent.
func (o *sseOptions) complete() error {
	const example = "wscope sse --count 3 http://127.0.0.1:8080/events"
	switch {
	case o.one && o.count > 1:
		return usageError(example, "-1 and --count %d cannot be used together", o.count)
	case o.count < 0:
		return usageError(example, "--count %d: expected a number of events", o.count)
	case o.dropAfter < 0:
		return usageError("wscope sse --drop-after 5 http://127.0.0.1:8080/events", "--drop-after %d: expected a number of events", o.dropAfter)
	case o.noReconnect && o.reconnect:
		return usageError("wscope sse --no-reconnect http://127.0.0.1:8080/events", "--no-reconnect and --reconnect cannot be used together")
	case o.noReconnect && o.dropAfter > 0:
		return usageError("wscope sse --drop-after 5 http://127.0.0.1:8080/events", "--no-reconnect and --drop-after cannot be used together: there would be nothing to see")
	case o.method != "" && !wsproto.IsToken(o.method):
		return usageError("wscope sse -X POST http://127.0.0.1:8080/events", `-X/--request "%s": that is no method`, o.method)
	}
	if err := checkField(o.lastEventID); err != nil {
		return usageError("wscope sse --last-event-id 42 http://127.0.0.1:8080/events", "--last-event-id: %w", err)
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
	o.delimiter = string(d)
	o.display.hide = slices.DeleteFunc(o.display.hide, func(what string) bool {
		switch what {
		case "comment", "comments":
			o.hideComments = true
		case "retry":
			o.hideRetry = true
		default:
			return false
		}
		return true
	})
	if len(o.display.hide) > 0 {
		return usageError("wscope sse --hide comment http://127.0.0.1:8080/events", `--hide "%s": expected comment or retry`, o.display.hide[0])
	}
	if err := o.expect.complete(); err != nil {
		return err
	}
	return o.readBody()
}

// readBody makes the body of the request out of -d.
func (o *sseOptions) readBody() error {
	r := payloadReader{stdin: o.in}
	for i, arg := range o.data {
		p, err := r.read(arg)
		if err != nil {
			return failure(exitReadFile, fmt.Errorf("-d/--data: %w", err), "")
		}
		if i > 0 {
			o.body = append(o.body, '&')
		}
		o.body = append(o.body, p...)
	}
	if o.method == "" {
		o.method = http.MethodGet
		if o.data != nil {
			o.method = http.MethodPost
		}
	}
	return nil
}

// contentType is what a body is sent as if the user does not say.
func contentType(body []byte) string {
	if json.Valid(body) {
		return "application/json"
	}
	return "application/x-www-form-urlencoded"
}

// runSSE follows the stream to its end.
func runSSE(ctx context.Context, o sseOptions) error {
	t, err := parseStreamTarget(o.url)
	if err != nil {
		return err
	}
	view, err := o.display.newDisplay(o.streams, o.colorMode, o.delimiter, o.outTTY)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if o.dial.net.maxTime > 0 {
		ctx, cancel = context.WithTimeoutCause(ctx, o.dial.net.maxTime, &errMaxTime{after: o.dial.net.maxTime})
		defer cancel()
	}
	if view.whenFailed(cancel) {
		cancel()
	}
	s := &streamSession{sseOptions: o, expects: newExpectations(o.expect), target: t, view: view}
	if err := s.prepare(); err != nil {
		return err
	}
	if err := o.writeOut.begin(o.streams, o.colorMode, view, s.typedURL(), o.display); err != nil {
		return err
	}
	if err := view.startRecording(o.display.record, o.streams); err != nil {
		return err
	}
	if !o.display.quiet {
		s.opener.printNotes(o.streams, o.colorMode)
	}
	defer o.onExit(func() { s.opener.save() })()
	defer o.begin(ctx, 2*time.Second)()
	err = view.report(s.opener.finish(view, s.run(ctx)))
	return o.writeOut.finish(o.streams, err)
}

const streamURLHint = "a URL looks like http://127.0.0.1:8080/events or https://example.com/"

// parseStreamTarget is parseTarget for the URL of an event stream: ws and wss
// mean http and https.
func parseStreamTarget(url string) (target, error) {
	if t, ok, err := parseUnixURL(url); ok {
		return t, err
	}
	if scheme, _, ok := strings.Cut(url, "://"); ok {
		switch strings.ToLower(scheme) {
		case "http", "https", "ws", "wss":
		default:
			return target{}, failure(exitURL, fmt.Errorf("URL %q: scheme %q, expected http or https", wsproto.RedactUserinfo(url), scheme), streamURLHint)
		}
	}
	t, err := parseTarget(url)
	var known *exitError
	if errors.As(err, &known) {
		return t, failure(known.code, asStreamURL(known.err), streamURLHint)
	}
	t.note = strings.Replace(t.note, "took ws", "took http", 1)
	return t, err
}

// asStreamURL has an error of parseTarget speak of http and https, as the URL does.
func asStreamURL(err error) error {
	typed, read, ok := strings.Cut(err.Error(), ", read as a ")
	if !ok {
		return err
	}
	read = strings.NewReplacer("ws://", "http://", "wss://", "https://").Replace(read)
	if strings.Contains(typed, "://") {
		return errors.New(read)
	}
	return errors.New(typed + ", read as a " + read)
}
