package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"wscope/render"
	"wscope/wsproto"
	"wscope/wsproto/deflate"
)

// deflateOptions are the flags of permessage-deflate.
type deflateOptions struct {
	on, no    bool             // asked for, ruled out
	params    []deflate.Params // as they were typed
	threshold int64
}

// register defines the flags. A client offers only what was asked for, a server
// accepts what it is offered; usage says what --deflate does on top of that.
func (d *deflateOptions) register(cmd *cobra.Command, usage string) {
	flags := cmd.Flags()
	flags.Var(deflateFlag{d}, "deflate", usage)
	flags.Lookup("deflate").NoOptDefVal = deflate.Name
	flags.Var(noDeflateFlag{d}, "no-deflate", "do not compress messages, whatever --deflate says before it")
	flags.Lookup("no-deflate").NoOptDefVal = "true"
	flags.Var(sizeFlag{&d.threshold}, "deflate-threshold", "send messages shorter than this as they are")
	setFlagExample(flags, "deflate", "client_no_context_takeover,server_max_window_bits=10")
	setGroup(flags, "Compression", "deflate", "no-deflate", "deflate-threshold")
}

// A deflateFlag are the parameters of one offer or of several, in the form of a
// header field. The name of the extension may be left out of the first; commas
// and semicolons are the same.
type deflateFlag struct{ d *deflateOptions }

func (f deflateFlag) Type() string   { return "params" }
func (f deflateFlag) String() string { return "" }

func (f deflateFlag) Set(s string) error {
	params, err := parseDeflate(s)
	if err != nil {
		return err
	}
	f.d.on, f.d.no, f.d.params = true, false, params
	return nil
}

// A noDeflateFlag takes back what a deflateFlag has set.
type noDeflateFlag struct{ d *deflateOptions }

func (f noDeflateFlag) Type() string     { return "bool" }
func (f noDeflateFlag) String() string   { return "" }
func (f noDeflateFlag) IsBoolFlag() bool { return true }

func (f noDeflateFlag) Set(s string) error {
	switch s {
	case "true":
		f.d.on, f.d.no, f.d.params = false, true, nil
	case "false":
	default:
		return errors.New("expected no value")
	}
	return nil
}

// The parameters of an offer.
//
// RFC 7692, Section 7.1.
var deflateParams = []string{"server_no_context_takeover", "client_no_context_takeover", "server_max_window_bits", "client_max_window_bits"}

// parseDeflate returns nil for the bare name of the extension: the default.
func parseDeflate(s string) ([]deflate.Params, error) {
	var offers []string
	for i, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' }) {
		part = strings.TrimSpace(part)
		if part == deflate.Name {
			offers = append(offers, part)
			continue
		}
		if i == 0 {
			offers = append(offers, deflate.Name)
		}
		offers[len(offers)-1] += "; " + part
	}
	if len(offers) == 0 || len(offers) == 1 && offers[0] == deflate.Name {
		return nil, nil
	}
	list, err := wsproto.ParseExtensions(offers)
	if err != nil {
		return nil, err
	}
	var params []deflate.Params
	for _, e := range list {
		p, err := deflate.ParseOffer(e)
		var wrong *deflate.ParamError
		switch {
		case errors.As(err, &wrong) && !slices.Contains(deflateParams, wrong.Param.Name):
			return nil, fmt.Errorf("there is no parameter %q, expected %s (RFC 7692, Section 7.1)", wrong.Param.Name, strings.Join(deflateParams, ", "))
		case err != nil:
			return nil, fmt.Errorf("expected %w", err)
		}
		params = append(params, p)
	}
	return params, nil
}

// typed takes the offers of a Sec-WebSocket-Extensions field that the user has
// written for those that --deflate makes: it is sent in their place. The warnings
// are about what is offered and will not be understood.
func (d *deflateOptions) typed(fields wsproto.Fields) (warnings []string) {
	const name = "Sec-WebSocket-Extensions"
	if !fields.Has(name) {
		return nil
	}
	d.on, d.params = false, nil
	list, err := wsproto.ParseExtensions(fields.Values(name))
	if err != nil {
		return []string{fmt.Sprintf("%s is no list of extensions: %v (RFC 6455, Section 9.1)", name, err)}
	}
	for _, e := range list {
		why := "wscope does not understand"
		switch {
		case e.Name == deflate.Name && d.no:
			why = "--no-deflate switches off"
		case e.Name == deflate.Name:
			d.on = true
			if p, err := deflate.ParseOffer(e); err == nil {
				d.params = append(d.params, p)
			}
			continue // an offer that is not legal is for the server to decline
		}
		warnings = append(warnings, fmt.Sprintf("%s offers %s, which %s: if the server takes it, frames may look broken", name, e.Name, why))
	}
	return warnings
}

// extensions returns the extension for one connection, which tells the observer
// what was agreed on.
func (d *deflateOptions) extensions(o *observer) []wsproto.Extension {
	if !d.on {
		return nil
	}
	x := &deflate.Extension{
		Threshold: int(d.threshold),
		Agreed:    func(c *deflate.Codec) { o.deflate.codec = c },
	}
	if o.role == wsproto.Client {
		x.Offers = d.params
		return []wsproto.Extension{x}
	}
	if len(d.params) > 0 {
		x.Limit = d.params[0]
	}
	x.Declined = func(offer wsproto.ExtensionParams, why error) {
		o.note(fmt.Sprintf("declined %s: expected %v", offer, why))
	}
	return []wsproto.Extension{x}
}

// A deflateObserver knows what compressing does to the messages of a connection.
type deflateObserver struct {
	codec *deflate.Codec // nil if nothing was agreed on
	// The message whose frames are being reported, in each direction.
	sent, received render.Deflate
	inflated       uint64 // messages, of the reading goroutine

	sending sync.Mutex // held while a message is sent whose figures are wanted
}

// frame returns how the message of a frame is compressed so far, or nil. It is
// called from the trace.
func (d *deflateObserver) frame(dir render.Direction, f *wsproto.FrameInfo) *render.Deflate {
	if d.codec == nil || !f.Encoded {
		return nil
	}
	m, context := &d.sent, d.codec.SentContext
	if dir == render.Received {
		m, context = &d.received, d.codec.ReceivedContext
	}
	if f.Fragment <= 1 {
		*m = render.Deflate{Context: context()}
	}
	m.Wire += f.EncodedLen
	m.Plain += f.DecodedLen
	return m
}

// message returns how a received message was compressed, or nil. It is called
// for each, on the reading goroutine.
func (d *deflateObserver) message(m wsproto.Message) *render.Deflate {
	if d.codec == nil {
		return nil
	}
	n := d.codec.Stats().Received.Messages
	if n == d.inflated {
		return nil
	}
	d.inflated = n
	return &render.Deflate{Wire: m.Wire, Plain: uint64(len(m.Payload)), Context: d.codec.ReceivedContext()}
}

// flow counts what was sent so far.
func (d *deflateObserver) flow() deflate.Flow {
	if d.codec == nil {
		return deflate.Flow{}
	}
	return d.codec.Stats().Sent
}

// since returns how a message was compressed that has been sent since before,
// or nil.
func (d *deflateObserver) since(before deflate.Flow) *render.Deflate {
	after := d.flow()
	if after.Messages == before.Messages {
		return nil
	}
	return &render.Deflate{Wire: after.Wire - before.Wire, Plain: after.Plain - before.Plain, Context: d.codec.SentContext()}
}

func (d *deflateObserver) stats() *render.DeflateStats {
	if d.codec == nil {
		return nil
	}
	s := d.codec.Stats()
	return &render.DeflateStats{Sent: render.DeflateFlow(s.Sent), Received: render.DeflateFlow(s.Received), Windows: s.Windows}
}

// meaning says in words what was agreed on.
func (d *deflateObserver) meaning() []string {
	if d.codec == nil {
		return nil
	}
	ours, theirs := d.codec.Send(), d.codec.Receive()
	text := deflate.Name + ": "
	if ours == theirs {
		return []string{text + "both sides compress with " + contextInWords(ours)}
	}
	return []string{
		text + "we compress with " + contextInWords(ours),
		text + "the peer compresses with " + contextInWords(theirs),
	}
}

func contextInWords(c deflate.Context) string {
	size := fmt.Sprintf("%d bytes", c.Window())
	if n := c.Window(); n >= 1024 {
		size = fmt.Sprintf("%d KiB", n/1024)
	}
	if c.Takeover {
		return "a window of " + size + ", kept from message to message"
	}
	return "a window of " + size + ", empty at the start of each message"
}
