package cmd

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"wscope/cmd/internal/eventsource"
)

// defaultReplay is how many events of a stream can be asked for again.
const defaultReplay = 1000

// eventOptions are the flags about the event streams that listen serves.
type eventOptions struct {
	send      []string
	interval  time.Duration
	kind      string
	firstID   string
	noID      bool
	retry     time.Duration
	loop      bool
	ends      bool
	dropAfter int
	buffer    int
	hosts     []string
	origins   []string

	setRetry bool                // retry is to be sent
	script   *eventsource.Script // nil without --sse-send
}

func (o *eventOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&o.send, "sse-send", nil, "send an event with this `text` to each client of the stream; repeats. Each line of @file is an event, or of @- for stdin; @@ is a literal @")
	flags.Var(durationFlag{d: &o.interval}, "sse-interval", "leave this time between events (default none)")
	flags.StringVar(&o.kind, "sse-event", "", "the event `type` of what is sent (default message)")
	flags.StringVar(&o.firstID, "sse-id", "1", "the `id` of the first event, such as 100 or evt-100; its number goes on in those after it")
	flags.BoolVar(&o.noID, "sse-no-id", false, "do not number the events; without ids no client can ask for what it has missed")
	flags.Var(durationFlag{d: &o.retry}, "sse-retry", "tell clients to wait this time before they connect again")
	flags.BoolVar(&o.loop, "sse-loop", false, "begin again after the last event; the ids go on")
	flags.BoolVar(&o.ends, "sse-close", false, "end the stream after the last event, and answer 204 to those who have it")
	flags.IntVar(&o.dropAfter, "sse-drop-after", 0, "cut each connection after this many `events`, to see how clients come back")
	flags.IntVar(&o.buffer, "sse-buffer", defaultReplay, "how many `events` back a client can go with its Last-Event-ID")
	flags.StringArrayVar(&o.hosts, "allow-host", nil, "answer requests for this host `name`, too, with or without a port; repeats")
	flags.StringArrayVar(&o.origins, "cors", nil, "let pages of this `origin` read the stream, * for all; repeats")
	setFlagExample(flags, "sse-send", "hello")
	setFlagExample(flags, "sse-event", "update")
	setFlagExample(flags, "sse-id", "100")
	setFlagExample(flags, "allow-host", "dev.example.com")
	setFlagExample(flags, "cors", "http://localhost:3000")
	setGroup(flags, "Event stream", "sse-send", "sse-interval", "sse-event", "sse-id", "sse-no-id", "sse-retry", "sse-loop", "sse-close",
		"sse-drop-after", "sse-buffer", "allow-host", "cors")
}

// complete judges the flags together, and reads what is to be sent. Stdin is nil
// where it has another use.
func (o *eventOptions) complete(flags *pflag.FlagSet, stdin io.Reader) error {
	const example = "wscope listen --sse-send hello --sse-send world"
	o.setRetry = flags.Changed("sse-retry")
	switch {
	case o.dropAfter < 0:
		return usageError("wscope listen --sse-drop-after 5", "--sse-drop-after %d: expected a number of events", o.dropAfter)
	case o.buffer < 1:
		return usageError("wscope listen --sse-buffer 100", "--sse-buffer %d: expected at least 1", o.buffer)
	case o.noID && flags.Changed("sse-id"):
		return usageError(example+" --sse-id 100", "--sse-id and --sse-no-id cannot be used together")
	case o.loop && o.ends:
		return usageError(example+" --sse-loop", "--sse-loop and --sse-close cannot be used together")
	case o.loop && o.interval == 0:
		return usageError(example+" --sse-loop --sse-interval 1", "--sse-loop needs --sse-interval")
	}
	if err := eventsource.CheckType(o.kind); err != nil {
		return usageError("wscope listen --sse-event update --sse-send hello", "--sse-event: %w", err)
	}
	ids, err := eventsource.ParseIDs(o.firstID)
	if err != nil {
		return usageError("wscope listen --sse-id evt-100 --sse-send hello", `--sse-id "%s": %w`, o.firstID, err)
	}
	for _, h := range o.hosts {
		if err := eventsource.CheckHost(h); err != nil {
			return usageError("wscope listen --allow-host dev.example.com", `--allow-host "%s": %w`, h, err)
		}
	}
	for _, origin := range o.origins {
		if err := eventsource.CheckOrigin(origin); err != nil {
			return usageError("wscope listen --cors http://localhost:3000", `--cors "%s": %w`, origin, err)
		}
	}
	if o.send == nil {
		for _, name := range []string{"sse-interval", "sse-event", "sse-id", "sse-loop", "sse-close"} {
			if flags.Changed(name) {
				return usageError(example, "--%s needs --sse-send", name)
			}
		}
		return nil
	}
	events, err := readEvents(o.send, stdin)
	if err != nil {
		return err
	}
	o.script = &eventsource.Script{
		Events: events, Type: o.kind, IDs: ids, NoID: o.noID, Every: o.interval, Loop: o.loop, Ends: o.ends, Keep: o.buffer,
	}
	return nil
}

// readEvents returns the data of the events that --sse-send stands for.
func readEvents(send []string, stdin io.Reader) (events [][]byte, err error) {
	r := payloadReader{stdin: stdin}
	for _, arg := range send {
		p, err := r.read(arg)
		if err != nil {
			return nil, failure(exitReadFile, fmt.Errorf("--sse-send: %w", err), "")
		}
		lines := [][]byte{p}
		if strings.HasPrefix(arg, "@") && !strings.HasPrefix(arg, "@@") {
			if lines = fileLines(p); len(lines) == 0 {
				return nil, failure(exitReadFile, fmt.Errorf("--sse-send %s: there is nothing in it, expected an event in each line", arg), "")
			}
		}
		for i, line := range lines {
			if !utf8.Valid(line) {
				return nil, failure(exitReadFile, fmt.Errorf("--sse-send %s, line %d: not UTF-8, as event streams are (HTML, Section 9.2.5)", arg, i+1), "")
			}
		}
		events = append(events, lines...)
	}
	return events, nil
}

// fileLines returns the lines of a file without their ends.
func fileLines(p []byte) (lines [][]byte) {
	for line := range bytes.Lines(p) {
		line = bytes.TrimSuffix(line, []byte{'\n'})
		lines = append(lines, bytes.TrimSuffix(line, []byte{'\r'}))
	}
	return lines
}

// guard returns the guard of the event streams at a listener. Address is what was
// typed.
func (o *eventOptions) guard(l net.Addr, address string) (*eventsource.Guard, error) {
	hosts := o.hosts
	if tcp, ok := l.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		name, err := os.Hostname()
		if err != nil {
			return nil, fmt.Errorf("the name of this machine: %w", err)
		}
		hosts = append([]string{name}, hosts...)
	} else if host, _, err := net.SplitHostPort(address); ok && err == nil && host != "" && net.ParseIP(host) == nil {
		hosts = append([]string{net.JoinHostPort(host, fmt.Sprint(tcp.Port))}, hosts...)
	}
	return eventsource.NewGuard(l, hosts, o.origins), nil
}
