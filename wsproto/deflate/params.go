package deflate

import (
	"fmt"
	"strconv"

	"wscope/wsproto"
)

// Name is the token of the extension.
const Name = "permessage-deflate"

// The names of the parameters.
//
// RFC 7692, Section 7.1.
const (
	serverNoTakeover = "server_no_context_takeover"
	clientNoTakeover = "client_no_context_takeover"
	serverWindow     = "server_max_window_bits"
	clientWindow     = "client_max_window_bits"
)

// The limits of a window, as the exponent of its size in bytes.
//
// RFC 7692, Section 7.1.2.
const (
	MinWindowBits = 8
	MaxWindowBits = 15
)

// NoValue stands for client_max_window_bits without a value: the client has no
// limit of its own and obeys to one of the server's.
const NoValue = -1

// Params are the parameters of an offer or of an answer. The zero value has none.
//
// RFC 7692, Section 7.1.
type Params struct {
	// ServerNoContextTakeover and ClientNoContextTakeover have the side start
	// anew with each message that it compresses.
	ServerNoContextTakeover, ClientNoContextTakeover bool
	// ServerMaxWindowBits and ClientMaxWindowBits limit the window of the side.
	// They are MinWindowBits to MaxWindowBits, or 0 if the parameter is absent;
	// that of the client may be NoValue in an offer.
	ServerMaxWindowBits, ClientMaxWindowBits int
}

// A ParamError is a parameter that an offer or an answer may not have. Its text
// says what would be right.
//
// RFC 7692, Section 7.1.
type ParamError struct {
	Param wsproto.Param
	Want  string
}

func (e *ParamError) Error() string { return e.Want + " (RFC 7692, Section 7.1)" }

// ParseOffer decodes what a client offers. Any parameter that is unknown, occurs
// twice or has a wrong value is a [*ParamError]: the offer is to be declined.
func ParseOffer(e wsproto.ExtensionParams) (Params, error) { return parse(e, true) }

// ParseAnswer decodes what a server has chosen. Any parameter that is unknown,
// occurs twice or has a wrong value is a [*ParamError]: the connection is to be
// failed.
func ParseAnswer(e wsproto.ExtensionParams) (Params, error) { return parse(e, false) }

func parse(e wsproto.ExtensionParams, offer bool) (Params, error) {
	var p Params
	seen := map[string]bool{}
	for _, param := range e.Params {
		if seen[param.Name] {
			return Params{}, &ParamError{param, param.Name + " only once"}
		}
		seen[param.Name] = true
		var err error
		switch param.Name {
		case serverNoTakeover:
			p.ServerNoContextTakeover, err = parseFlag(param)
		case clientNoTakeover:
			p.ClientNoContextTakeover, err = parseFlag(param)
		case serverWindow:
			p.ServerMaxWindowBits, err = parseBits(param)
		case clientWindow:
			if offer && !param.HasValue {
				p.ClientMaxWindowBits = NoValue
				continue
			}
			p.ClientMaxWindowBits, err = parseBits(param)
		default:
			err = &ParamError{param, "no parameter " + strconv.Quote(param.Name)}
		}
		if err != nil {
			return Params{}, err
		}
	}
	return p, nil
}

func parseFlag(p wsproto.Param) (bool, error) {
	if p.HasValue {
		return false, &ParamError{p, p.Name + " without a value"}
	}
	return true, nil
}

// parseBits reads a decimal number without leading zeros.
func parseBits(p wsproto.Param) (int, error) {
	for n := MinWindowBits; n <= MaxWindowBits; n++ {
		if p.HasValue && p.Value == strconv.Itoa(n) {
			return n, nil
		}
	}
	return 0, &ParamError{p, fmt.Sprintf("a %s of %d to %d", p.Name, MinWindowBits, MaxWindowBits)}
}

// Element returns the form in which p stands in a header field.
func (p Params) Element() wsproto.ExtensionParams {
	e := wsproto.ExtensionParams{Name: Name}
	flag := func(name string, set bool) {
		if set {
			e.Params = append(e.Params, wsproto.Param{Name: name})
		}
	}
	bits := func(name string, n int) {
		switch {
		case n == NoValue:
			flag(name, true)
		case n != 0:
			e.Params = append(e.Params, wsproto.Param{Name: name, Value: strconv.Itoa(n), HasValue: true})
		}
	}
	flag(serverNoTakeover, p.ServerNoContextTakeover)
	flag(clientNoTakeover, p.ClientNoContextTakeover)
	bits(serverWindow, p.ServerMaxWindowBits)
	bits(clientWindow, p.ClientMaxWindowBits)
	return e
}

// String returns p as it stands in a header field.
func (p Params) String() string { return p.Element().String() }
