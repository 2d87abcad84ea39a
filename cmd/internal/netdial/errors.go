package netdial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// A Phase is a part of opening a connection.
type Phase uint8

// The phases, in order. With a proxy, the first, the second and the last can
// come twice.
const (
	PhaseName  Phase = iota + 1 // looking up a name
	PhaseTCP                    // connecting to an address
	PhaseProxy                  // asking a proxy for a tunnel
	PhaseTLS                    // the TLS handshake
)

// An Error is why a connection was not opened.
type Error struct {
	Phase Phase
	Proxy bool // at the hop to the proxy; a tunnel is always the proxy's
	// Addr is the name that was looked up, otherwise host and port of the hop,
	// or the path of a Unix socket. In the phase of the proxy it is the target
	// and Via the proxy.
	Addr string
	Via  string
	Unix bool
	// Source says who has named the proxy, if it is the proxy's fault.
	Source string
	// Err is the cause: *net.DNSError, *FamilyError, *AttemptsError, an errno, a
	// *RefusedError, a *CertificateError, an error of crypto/tls, or that of the
	// context.
	Err error
}

func (e *Error) Unwrap() error { return e.Err }

// Timeout reports whether the time was over.
func (e *Error) Timeout() bool {
	t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](e.Err)
	return ok && t.Timeout()
}

// Kind returns a short name for programs: dns, network, proxy or tls.
func (e *Error) Kind() string {
	switch e.Phase {
	case PhaseName:
		return "dns"
	case PhaseTCP:
		return "network"
	case PhaseProxy:
		return "proxy"
	}
	return "tls"
}

func (e *Error) Error() string {
	addr := bothForms(e.Addr)
	host, hop := "host", addr
	switch {
	case e.Proxy:
		host, hop = "proxy", "the proxy "+addr
	case e.Unix:
		hop = "the Unix socket " + e.Addr
	}
	late := errors.Is(e.Err, context.DeadlineExceeded)
	switch e.Phase {
	case PhaseName:
		if dns, ok := errors.AsType[*net.DNSError](e.Err); ok && dns.IsNotFound {
			return "there is no " + host + " called " + addr + ": " + e.Err.Error()
		}
		if late {
			return "the time was over while the name of the " + host + ", " + addr + ", was looked up"
		}
		if family, ok := errors.AsType[*FamilyError](e.Err); ok {
			return "the " + host + " " + addr + " has " + family.Error()
		}
		return "the name of the " + host + ", " + addr + ", was not resolved: " + e.Err.Error()
	case PhaseTCP:
		if late {
			return "the time was over while connecting to " + hop
		}
		return "connecting to " + hop + ": " + e.Err.Error()
	case PhaseProxy:
		switch {
		case e.Via == "":
			return e.Err.Error()
		case late:
			return "the time was over while the proxy " + bothForms(e.Via) + " was asked for a tunnel to " + addr
		}
		return "the proxy " + bothForms(e.Via) + ", asked for a tunnel to " + addr + ": " + e.Err.Error()
	}
	if late {
		return "the time was over in the TLS handshake with " + hop
	}
	if _, ok := errors.AsType[*CertificateError](e.Err); ok {
		return e.Err.Error()
	}
	if errors.Is(e.Err, io.EOF) {
		return "TLS handshake with " + hop + ": the connection was ended"
	}
	return "TLS handshake with " + hop + ": " + strings.TrimPrefix(e.Err.Error(), "tls: ")
}

// ended returns the error of ctx if that is why err came about.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if deadline, ok := ctx.Deadline(); ok && isTimeout(err) && !time.Now().Before(deadline) {
		// The timer of the context may be a moment behind that of the network.
		return context.DeadlineExceeded
	}
	return err
}

func isTimeout(err error) bool {
	t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	return ok && t.Timeout()
}

// String returns the name of the phase as it stands in the JSON of a route.
func (p Phase) String() string {
	switch p {
	case PhaseName:
		return "name"
	case PhaseTCP:
		return "tcp"
	case PhaseProxy:
		return "proxy"
	case PhaseTLS:
		return "tls"
	}
	return fmt.Sprintf("phase %d", uint8(p))
}
