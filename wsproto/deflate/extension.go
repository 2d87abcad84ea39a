package deflate

import (
	"cmp"
	"errors"
	"fmt"

	"wscope/wsproto"
)

// An Extension negotiates permessage-deflate. The zero value is ready to use: a
// client offers it with the right for the server to limit the client's window,
// a server accepts every legal offer.
type Extension struct {
	// Offers are what a client offers, in the order of its preference. None
	// means permessage-deflate; client_max_window_bits.
	Offers []Params
	// Limit is what a server asks for on top of what was offered. The window
	// of a client can be limited only if its offer allows that; otherwise the
	// limit is left out.
	Limit Params
	// Threshold is the length from which messages are compressed. Shorter ones
	// are sent as they are.
	Threshold int
	// Agreed, unless nil, is called with the codec of each connection for which
	// the extension was agreed on, before the opening handshake ends.
	Agreed func(*Codec)
	// Declined, unless nil, is called for each offer that a server cannot
	// accept.
	Declined func(offer wsproto.ExtensionParams, why error)
}

var _ wsproto.Extension = (*Extension)(nil)

// Name implements [wsproto.Extension].
func (x *Extension) Name() string { return Name }

func (x *Extension) offers() []Params {
	if len(x.Offers) == 0 {
		return []Params{{ClientMaxWindowBits: NoValue}}
	}
	return x.Offers
}

// Offer implements [wsproto.Extension].
func (x *Extension) Offer() []wsproto.ExtensionParams {
	var list []wsproto.ExtensionParams
	for _, p := range x.offers() {
		list = append(list, p.Element())
	}
	return list
}

// Accept implements [wsproto.Extension]. An offer that is not legal is declined.
func (x *Extension) Accept(offer wsproto.ExtensionParams) (wsproto.ExtensionParams, wsproto.Codec, error) {
	p, err := ParseOffer(offer)
	if err != nil {
		if x.Declined != nil {
			x.Declined(offer, err)
		}
		return wsproto.ExtensionParams{}, nil, nil
	}
	answer := p.answer(x.Limit)
	return answer.Element(), x.codec(answer.server(), answer.client()), nil
}

// answer returns the answer of a server to the offer p.
func (p Params) answer(limit Params) Params {
	a := Params{
		ServerNoContextTakeover: p.ServerNoContextTakeover || limit.ServerNoContextTakeover,
		ClientNoContextTakeover: p.ClientNoContextTakeover || limit.ClientNoContextTakeover,
		ServerMaxWindowBits:     smaller(p.ServerMaxWindowBits, limit.ServerMaxWindowBits),
	}
	// "If a received extension negotiation offer doesn't have the
	// "client_max_window_bits" extension parameter, the corresponding extension
	// negotiation response to the offer MUST NOT include [it]."
	if p.ClientMaxWindowBits != 0 {
		a.ClientMaxWindowBits = smaller(max(p.ClientMaxWindowBits, 0), max(limit.ClientMaxWindowBits, 0))
	}
	return a
}

// smaller returns the stricter of two limits, of which 0 is none.
func smaller(a, b int) int {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// Confirm implements [wsproto.Extension]. The answer has to fit one of the
// offers. If it fits several, which of them the server has accepted is not
// known, and we keep to the strictest.
func (x *Extension) Confirm(answer wsproto.ExtensionParams) (wsproto.Codec, error) {
	a, err := ParseAnswer(answer)
	if err != nil {
		return nil, err
	}
	ours := a.client()
	var misfit error
	fits := false
	for _, offer := range x.offers() {
		if err := a.fits(offer); err != nil {
			misfit = cmp.Or(misfit, err) // the offer that was preferred
			continue
		}
		fits = true
		// The client keeps to what it has offered for itself even if the answer
		// does not repeat it (RFC 7692, Sections 7.1.1.2 and 7.1.2.2).
		ours.Takeover = ours.Takeover && !offer.ClientNoContextTakeover
		ours.WindowBits = smaller(ours.WindowBits, max(offer.ClientMaxWindowBits, 0))
	}
	if !fits {
		return nil, misfit
	}
	return x.codec(ours, a.server()), nil
}

// fits tells why the answer p does not accept the offer, or nil.
func (p Params) fits(offer Params) error {
	switch {
	case offer.ServerNoContextTakeover && !p.ServerNoContextTakeover:
		return errors.New(serverNoTakeover + ", which was demanded (RFC 7692, Section 7.1.1.1)")
	case offer.ServerMaxWindowBits != 0 && (p.ServerMaxWindowBits == 0 || p.ServerMaxWindowBits > offer.ServerMaxWindowBits):
		return fmt.Errorf("a %s of at most %d, which was demanded (RFC 7692, Section 7.1.2.1)", serverWindow, offer.ServerMaxWindowBits)
	case p.ClientMaxWindowBits != 0 && offer.ClientMaxWindowBits == 0:
		return errors.New("no " + clientWindow + ", which was not offered (RFC 7692, Section 7.1.2.2)")
	case offer.ClientMaxWindowBits > 0 && p.ClientMaxWindowBits > offer.ClientMaxWindowBits:
		return fmt.Errorf("a %s of at most %d, as it was offered (RFC 7692, Section 7.1.2.2)", clientWindow, offer.ClientMaxWindowBits)
	}
	return nil
}

// A Context is how one side compresses.
type Context struct {
	// WindowBits is the exponent of the size of its window.
	WindowBits int
	// Takeover reports whether the window is carried over from message to
	// message.
	Takeover bool
}

// Window returns the size of the window in bytes.
func (c Context) Window() int { return 1 << c.WindowBits }

// server is how the server compresses when p is the answer.
func (p Params) server() Context {
	return Context{orLargest(p.ServerMaxWindowBits), !p.ServerNoContextTakeover}
}

// client is how the client compresses when p is the answer.
func (p Params) client() Context {
	return Context{orLargest(p.ClientMaxWindowBits), !p.ClientNoContextTakeover}
}

func orLargest(bits int) int {
	if bits == 0 {
		return MaxWindowBits
	}
	return bits
}

func (x *Extension) codec(send, receive Context) *Codec {
	c := newCodec(send, receive, x.Threshold)
	if x.Agreed != nil {
		x.Agreed(c)
	}
	return c
}
