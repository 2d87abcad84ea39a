package netdial

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"wscope/render"
)

// A fakeNet is a network in which each address answers after a time.
type fakeNet map[string]struct {
	after time.Duration
	err   error
}

func (n fakeNet) connect(ctx context.Context, _, addr string) (net.Conn, error) {
	host, _, _ := net.SplitHostPort(addr)
	answer, ok := n[host]
	if !ok {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(answer.after):
	}
	if answer.err != nil {
		return nil, answer.err
	}
	c, _ := net.Pipe()
	return c, nil
}

func TestRace(t *testing.T) {
	const ms = time.Millisecond
	refused := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	for _, test := range []struct {
		name    string
		addrs   []string
		network fakeNet
		starts  []time.Duration
		took    []time.Duration
		winner  int // -1 for none
		limit   time.Duration
	}{
		{"the first is fast", []string{"2001:db8::1", "192.0.2.1"}, fakeNet{"2001:db8::1": {10 * ms, nil}},
			[]time.Duration{0}, []time.Duration{10 * ms}, 0, 0},
		{"the first is refused", []string{"2001:db8::1", "192.0.2.1"}, fakeNet{"2001:db8::1": {10 * ms, refused}, "192.0.2.1": {5 * ms, nil}},
			[]time.Duration{0, 10 * ms}, []time.Duration{10 * ms, 5 * ms}, 1, 0},
		{"the first is silent", []string{"2001:db8::1", "192.0.2.1"}, fakeNet{"192.0.2.1": {5 * ms, nil}},
			[]time.Duration{0, 250 * ms}, []time.Duration{255 * ms, 5 * ms}, 1, 0},
		{"the first is slow, but faster than the second", []string{"2001:db8::1", "192.0.2.1"},
			fakeNet{"2001:db8::1": {300 * ms, nil}, "192.0.2.1": {time.Second, nil}},
			[]time.Duration{0, 250 * ms}, []time.Duration{300 * ms, 50 * ms}, 0, 0},
		{"nobody is there", []string{"192.0.2.1", "192.0.2.2"}, fakeNet{"192.0.2.1": {ms, refused}, "192.0.2.2": {ms, refused}},
			[]time.Duration{0, ms}, []time.Duration{ms, ms}, -1, 0},
		{"all are silent", []string{"192.0.2.1", "192.0.2.2"}, nil,
			[]time.Duration{0, 250 * ms}, []time.Duration{time.Second, 750 * ms}, -1, time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if test.limit > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.limit)
					defer cancel()
				}
				d := &Dialer{
					Connect: test.network.connect,
					Lookup:  func(context.Context, string, string) ([]netip.Addr, error) { return addrs(test.addrs...), nil },
				}
				c, route, err := d.Dial(ctx, Target{Host: "example.com", Port: "80"})
				if (c != nil) != (test.winner >= 0) || (err == nil) != (test.winner >= 0) {
					t.Fatalf("Dial = %v, %v", c, err)
				}
				attempts := route.Hops[0].Attempts
				if len(attempts) != len(test.starts) {
					t.Fatalf("attempts %v, want %d", attempts, len(test.starts))
				}
				for i, a := range attempts {
					if a.Start != test.starts[i] || a.Took != test.took[i] {
						t.Errorf("attempt %d began after %v and took %v, want %v and %v", i, a.Start, a.Took, test.starts[i], test.took[i])
					}
					if won := a.Err == nil && !a.Lost; won != (i == test.winner) {
						t.Errorf("attempt %d: %+v", i, a)
					}
				}
				if test.limit > 0 && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error %v, want that of the deadline", err)
				}
				if test.name == "nobody is there" {
					if !errors.Is(err, syscall.ECONNREFUSED) {
						t.Errorf("%v is no refusal", err)
					}
					const want = "connecting to example.com:80: no address answers: 192.0.2.1:80: connection refused; 192.0.2.2:80: connection refused"
					if err.Error() != want {
						t.Errorf("error %q, want %q", err, want)
					}
				}
			})
		})
	}
}

func TestInterleave(t *testing.T) {
	in := addrs("2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1")
	want := addrs("2001:db8::1", "192.0.2.1", "2001:db8::2", "2001:db8::3")
	if got := interleave(in); !slices.Equal(got, want) {
		t.Errorf("interleave(%v) = %v, want %v", in, got, want)
	}
}

func TestAttemptsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var many []netip.Addr
		for i := range 1000 {
			many = append(many, netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}))
		}
		hop := &render.Hop{}
		d := &Dialer{Connect: func(context.Context, string, string) (net.Conn, error) { return nil, syscall.ECONNREFUSED }}
		if _, err := d.race(t.Context(), many, Target{Host: "h", Port: "80"}, hop); err == nil {
			t.Fatal("no error")
		}
		if len(hop.Attempts) != maxAttempts {
			t.Errorf("%d attempts, want %d", len(hop.Attempts), maxAttempts)
		}
	})
}
