package netdial

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"wscope/render"
)

// attemptDelay is how long the first address has for itself before the next one
// is tried, too. RFC 8305, Section 5.
const attemptDelay = 250 * time.Millisecond

// maxAttempts bounds how many addresses of one name are tried.
const maxAttempts = 32

// A result is the end of an attempt.
type result struct {
	n    int
	conn net.Conn
	err  error
	at   time.Time
}

// race connects to the first of addrs that answers. Each is tried when the one
// before has failed, or has taken a while.
//
// RFC 8305, Section 5.
func (d *Dialer) race(ctx context.Context, addrs []netip.Addr, t Target, hop *render.Hop) (net.Conn, error) {
	addrs = interleave(addrs)
	addrs = addrs[:min(len(addrs), maxAttempts)]
	port, err := strconv.ParseUint(t.Port, 10, 16)
	if err != nil {
		return nil, &Error{Phase: PhaseTCP, Proxy: hop.Proxy, Addr: hop.Addr, Err: checkPort(t.Port)}
	}
	racing, stop := context.WithCancel(ctx)
	defer stop()
	results := make(chan result, len(addrs)) // nobody waits for the losers
	begin := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	running := 0
	for {
		select {
		case <-timer.C:
			n := len(hop.Attempts)
			if n == len(addrs) {
				continue
			}
			addr := netip.AddrPortFrom(addrs[n], uint16(port)).String()
			d.progress(PhaseTCP, hop, addr)
			hop.Attempts = append(hop.Attempts, render.Attempt{Addr: addr, Start: time.Since(begin)})
			running++
			go func() {
				c, err := d.connect(racing, d.Family.network("tcp"), addr)
				results <- result{n, c, err, time.Now()}
			}()
			timer.Reset(attemptDelay)
		case r := <-results:
			running--
			a := &hop.Attempts[r.n]
			a.Took = r.at.Sub(begin) - a.Start
			if r.err == nil {
				a.Local = r.conn.LocalAddr().String()
				giveUp(hop, begin, r.n)
				go closeLate(results, running)
				return r.conn, nil
			}
			a.Err = bare(ended(ctx, r.err))
			if len(hop.Attempts) < len(addrs) && ctx.Err() == nil {
				timer.Reset(0)
			} else if running == 0 {
				return nil, d.unreachable(ctx, hop)
			}
		}
	}
}

// giveUp marks the attempts that are still running as lost to the one that is
// used.
func giveUp(hop *render.Hop, begin time.Time, winner int) {
	for i := range hop.Attempts {
		if a := &hop.Attempts[i]; i != winner && a.Err == nil {
			a.Lost, a.Took = true, time.Since(begin)-a.Start
		}
	}
}

// closeLate closes the connections of n attempts that come too late.
func closeLate(results <-chan result, n int) {
	for range n {
		if r := <-results; r.conn != nil {
			r.conn.Close()
		}
	}
}

func (d *Dialer) unreachable(ctx context.Context, hop *render.Hop) error {
	e := &Error{Phase: PhaseTCP, Proxy: hop.Proxy, Addr: hop.Addr}
	switch {
	case ctx.Err() != nil:
		e.Err = ctx.Err()
	case len(hop.Attempts) == 1:
		e.Err = hop.Attempts[0].Err
	default:
		e.Err = &AttemptsError{hop.Attempts}
	}
	return e
}

// An AttemptsError is a name none of whose addresses could be connected to.
type AttemptsError struct{ Attempts []render.Attempt }

func (e *AttemptsError) Error() string {
	var all []string
	for _, a := range e.Attempts {
		all = append(all, a.Addr+": "+a.Err.Error())
	}
	return "no address answers: " + strings.Join(all, "; ")
}

// Unwrap returns the errors of the attempts.
func (e *AttemptsError) Unwrap() (all []error) {
	for _, a := range e.Attempts {
		all = append(all, a.Err)
	}
	return all
}

// interleave puts addresses of the two families in turns, beginning with that of
// the first, and keeps the order in each.
//
// RFC 8305, Section 4.
func interleave(addrs []netip.Addr) []netip.Addr {
	var first, second []netip.Addr
	for _, a := range addrs {
		if a.Is4() == addrs[0].Is4() {
			first = append(first, a)
		} else {
			second = append(second, a)
		}
	}
	out := make([]netip.Addr, 0, len(addrs))
	for i := range max(len(first), len(second)) {
		if i < len(first) {
			out = append(out, first[i])
		}
		if i < len(second) {
			out = append(out, second[i])
		}
	}
	return out
}

// bare returns what is at the bottom of an error of the network: the words around
// it repeat addresses that are told anyway.
func bare(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		err = op.Err
	}
	if call, ok := errors.AsType[*os.SyscallError](err); ok {
		err = call.Err
	}
	return err
}
