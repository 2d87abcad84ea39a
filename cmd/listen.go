package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/spf13/cobra"

	"wscope/cmd/internal/eventsource"
	"wscope/wsproto"
)

// listenOptions are what the command line of listen asks for.
type listenOptions struct {
	streams
	colorMode string
	display   displayOptions
	events    eventOptions
	protocol  protocolOptions
	deflate   deflateOptions

	address      string
	once         bool
	noEcho       bool
	subprotocols []string
	origins      []string
	maxClients   int
	fragment     int

	idleTimeout, handshakeTimeout, maxTime time.Duration

	interactive bool
	noHistory   bool
	newConsole  func(streams, consoleOptions) (console, error)
}

// defaultAddress is where listen listens if nothing else is said. Only this
// machine can reach it.
const (
	defaultHost       = "127.0.0.1"
	defaultAddress    = defaultHost + ":8080"
	defaultMaxClients = 16384
)

func newListenCmd(s streams, run func(context.Context, listenOptions) error) *cobra.Command {
	o := listenOptions{streams: s, newConsole: newConsole}
	cmd := &cobra.Command{
		Use:   "listen [flags] [address]",
		Short: "Serve WebSocket clients: echo what they send and show every frame",
		Long: `Serve WebSocket clients: echo what they send and show every frame.

The address is a port, :port, host:port or unix:PATH; without one it is
` + defaultAddress + `. A port alone is bound to this machine only; port 0 takes a free
one. When clients can connect, one line on stdout says where. An IPv4 address is that
alone; [::] is every address, of IPv4 too.

A GET that accepts text/event-stream gets an event stream: with --sse-send what that
says, otherwise what happens to the WebSocket clients, as JSON. So one wscope can
watch another: wscope sse http://` + defaultAddress + `/

With --once the exit status tells how the session of the one client ended.

wscope -l PORT is wscat's: on a terminal what is typed goes to the clients and nothing
is sent back, as with --interactive --no-echo. In a pipe it is the echo server.`,
		Example: `  wscope listen
  wscope listen 0.0.0.0:9001 --subprotocol chat.v2 -v
  wscope listen 0 --once --format json
  wscope listen 8080 --interactive --no-echo
  wscope listen 8080 --sse-send @events.txt --sse-interval 1`,
		Args: maxArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.address = defaultAddress
			if len(args) > 0 {
				o.address = args[0]
			}
			o.colorMode = colorMode(cmd)
			if o.maxClients < 1 {
				return usageError("wscope listen --max-clients 10", "--max-clients %d: expected at least 1", o.maxClients)
			}
			if o.fragment < 0 {
				return usageError("wscope listen --fragment 16", "--fragment %d: expected a number of bytes", o.fragment)
			}
			for _, origin := range o.origins {
				if err := eventsource.CheckOrigin(origin); err != nil {
					return usageError("wscope listen --allow-origin https://example.com", `--allow-origin "%s": %w`, origin, err)
				}
			}
			if len(o.deflate.params) > 1 {
				return usageError("wscope listen --deflate=server_max_window_bits=10", "--deflate: %d sets of parameters, expected one", len(o.deflate.params))
			}
			var stdin io.Reader
			if !o.interactive {
				stdin = o.in
			}
			if err := o.events.complete(cmd.Flags(), stdin); err != nil {
				return err
			}
			return run(cmd.Context(), o)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&o.once, "once", false, "end after the first client")
	flags.BoolVar(&o.noEcho, "no-echo", false, "do not send messages back")
	flags.VarP(listFlag{&o.subprotocols}, "subprotocol", "s", "speak this `subprotocol`; repeats, or several with commas")
	flags.StringArrayVar(&o.origins, "allow-origin", nil, "refuse browsers with another `origin` with 403; repeats, * for none refused")
	flags.IntVar(&o.maxClients, "max-clients", defaultMaxClients, "answer 503 to more clients at a time")
	flags.IntVar(&o.fragment, "fragment", 0, "send each message back in frames of this many `bytes`")
	flags.Var(durationFlag{d: &o.idleTimeout}, "idle-timeout", "close WebSocket clients that send nothing for this time (default never)")
	o.handshakeTimeout = wsproto.DefaultHandshakeTimeout
	flags.Var(durationFlag{d: &o.handshakeTimeout}, "handshake-timeout", "drop clients whose request takes longer")
	flags.VarP(durationFlag{d: &o.maxTime}, "max-time", "m", "end after this time; if no client has come, or the one of --once is still there, with the status of a timeout (default never)")
	flags.BoolVarP(&o.interactive, "interactive", "i", false, "send what is typed to every client; slash commands work on a terminal")
	flags.BoolVar(&o.noHistory, "no-history", false, "neither read nor keep the history of what is typed")
	setGroup(flags, "Server", "once", "no-echo", "subprotocol", "allow-origin", "max-clients", "fragment",
		"idle-timeout", "handshake-timeout", "max-time", "interactive", "no-history")
	o.events.register(cmd)
	o.deflate.on = true
	o.deflate.register(cmd, "limit permessage-deflate, which is accepted anyway, by these `params`")
	o.protocol.register(flags)
	o.display.register(cmd)
	return cmd
}

// runListen serves until it is interrupted.
func runListen(ctx context.Context, o listenOptions) error {
	network, address, err := parseAddress(o.address)
	if err != nil {
		return err
	}
	view, err := o.display.newDisplay(o.streams, o.colorMode, "", true)
	if err != nil {
		return err
	}
	l, err := net.Listen(network, address)
	if err != nil {
		code := exitConnect
		var dns *net.DNSError
		if errors.As(err, &dns) {
			code = exitHostName
		}
		return failure(code, fmt.Errorf("listening on %s: %w", o.address, err), listenHint(network, address, err))
	}
	defer l.Close()
	access, err := o.events.guard(l.Addr(), o.address)
	if err != nil {
		return err
	}
	if err := view.startRecording(o.display.record, o.streams); err != nil {
		return err
	}
	if o.maxTime > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, o.maxTime, &errMaxTime{after: o.maxTime})
		defer cancel()
	}
	defer o.begin(ctx, o.protocol.closeTimeout+closeReserve)()
	if _, err := fmt.Fprintf(o.out, "listening on %s\n", readyURL(l.Addr())); err != nil {
		return err
	}
	return view.report(newServer(o, view, l, access).run(ctx))
}
