package cmd

import (
	"errors"

	"wscope/cmd/internal/doctor"
	"wscope/render"
	"wscope/wsproto"
)

// handshakeFailure gives a failed opening handshake its exit status. What to try
// is up to the doctor.
func handshakeFailure(e *wsproto.HandshakeError) error {
	switch e.Kind {
	case wsproto.HandshakeRefused:
		return failure(exitRefused, e, "")
	case wsproto.HandshakeEmpty:
		return failure(exitEmptyReply, e, "")
	case wsproto.HandshakeTimeout:
		return failure(exitTimeout, e, "")
	case wsproto.HandshakeDropped:
		return failure(exitReceive, e, "")
	}
	return failure(exitHandshake, e, "")
}

// diagnose explains why the opening handshake failed. It returns nil if there is
// nothing to explain.
func (o *observer) diagnose(e *wsproto.HandshakeError) *render.Diagnosis {
	u, err := wsproto.ParseURL(o.url)
	if err != nil {
		return nil // a server has a request target there
	}
	c := doctor.Case{URL: u, Err: e, Received: o.response}
	if r := o.route; r != nil && len(r.Hops) > 1 && r.Hops[0].Proxy {
		c.Proxy = r.Hops[0].Addr
	}
	if r := o.route; r != nil && len(r.Hops) > 0 {
		t := r.Hops[len(r.Hops)-1].TLS
		c.NoClientCert = t != nil && t.ClientCertificate == render.ClientCertMissing
	}
	return doctor.Diagnose(c)
}

// explained gives an error that has no hint that of a diagnosis.
func explained(err error, d *render.Diagnosis) error {
	var known *exitError
	if d == nil || !errors.As(err, &known) || known.hint != "" {
		return err
	}
	return failure(known.code, known.err, d.Hint)
}
