package cmd

import (
	"context"
	"errors"
	"io"
	"testing"

	"wscope/wsproto"
)

// TestSendFailure has a message go unsent. That ends a session with an error even
// if the peer closes in order, unless it was us who closed.
func TestSendFailure(t *testing.T) {
	drop := &wsproto.DropError{Drop: wsproto.DropSend, Err: io.ErrClosedPipe}
	for _, tt := range []struct {
		name string
		err  error
		ours bool
		end  error
		want int
	}{
		{"after their Close", wsproto.ErrCloseSent, false, &wsproto.CloseError{Code: 1000, Remote: true, Reply: 1000}, exitSend},
		{"until their Close", drop, false, &wsproto.CloseError{Code: 1000, Remote: true, Reply: wsproto.CloseAbnormal}, exitSend},
		{"after ours", wsproto.ErrCloseSent, true, &wsproto.CloseError{Code: 1000, Reply: 1000}, exitOK},
		{"until a reset", drop, false, &wsproto.DropError{Drop: wsproto.DropReset}, exitReceive},
		{"until they failed", drop, false, &wsproto.CloseError{Code: 1011, Remote: true, Reply: wsproto.CloseAbnormal}, exitClosed},
	} {
		s := new(session)
		s.closedByUs.Store(tt.ours)
		if err := s.sendFailure(tt.err); err != io.EOF {
			s.fail(err)
		}
		out := judge(tt.end)
		got := out.exit
		var e *exitError
		if errors.As(s.complaint(context.Background(), &out), &e) {
			got = e.code
		}
		if got != tt.want {
			t.Errorf("%s: exit status %d, want %d", tt.name, got, tt.want)
		}
	}
}
