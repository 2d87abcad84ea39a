package writeout

import (
	"errors"

	"wscope/cmd/internal/netdial"
	"wscope/render"
)

// verifyResult returns what was wrong with the certificate of the server, 0 for
// nothing, in the numbers of OpenSSL that curl has.
func verifyResult(r *render.Route) int {
	hop := server(r)
	if hop == nil || hop.TLS == nil {
		return 0
	}
	var bad *netdial.CertificateError
	if !errors.As(hop.TLS.Problem, &bad) && !errors.As(hop.TLS.Err, &bad) {
		return 0
	}
	switch bad.Fault {
	case netdial.FaultExpired:
		return 10
	case netdial.FaultNotYetValid:
		return 9
	case netdial.FaultWrongHost:
		return 62
	case netdial.FaultSelfSigned:
		return 18
	case netdial.FaultUnknownCA:
		return 20
	}
	return 1 // unspecified
}

// server returns the last hop of a route, nil if that is a proxy.
func server(r *render.Route) *render.Hop {
	if r == nil || len(r.Hops) == 0 {
		return nil
	}
	if hop := r.Hops[len(r.Hops)-1]; !hop.Proxy {
		return hop
	}
	return nil
}
