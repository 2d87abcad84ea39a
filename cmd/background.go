package cmd

import "errors"

// maxWork bounds what waits to be done behind the line being typed.
const maxWork = 256

var errBusy = errors.New("not sent: too much that was typed before is still waiting to be sent")

// A background does things one after the other, away from the goroutine that
// reads the console: whatever a line waits for, typing goes on and Ctrl-C is
// heard.
type background struct{ work chan func() }

// newBackground starts a goroutine that lives as long as the program. It may be
// stuck in what it does when a session ends.
func newBackground(s streams) *background {
	b := &background{make(chan func(), maxWork)}
	go func() {
		defer s.guard()
		for f := range b.work {
			f()
		}
	}()
	return b
}

// do has f done after everything before it, and reports whether there was room.
func (b *background) do(f func()) bool {
	select {
	case b.work <- f:
		return true
	default:
		return false
	}
}
