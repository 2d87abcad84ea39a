package lineedit

import (
	"errors"

	"golang.org/x/sys/windows"
	"golang.org/x/term"
)

// rawMode returns what switches the raw mode of in on and off. The keys then
// come as escape sequences, and out understands them.
func rawMode(in, out any) (makeRaw, exitRaw func() error) {
	var (
		before    *term.State
		outBefore uint32
		outKnown  bool
	)
	makeRaw = func() error {
		err := errors.New("the input has no handle")
		withFd(in, func(fd int) {
			var state *term.State
			if state, err = term.MakeRaw(fd); err == nil && before == nil {
				before = state
			}
		})
		withFd(out, func(fd int) {
			h := windows.Handle(fd)
			var mode uint32
			if windows.GetConsoleMode(h, &mode) != nil {
				return
			}
			if !outKnown {
				outBefore, outKnown = mode, true
			}
			_ = windows.SetConsoleMode(h, mode|windows.ENABLE_PROCESSED_OUTPUT|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING)
		})
		return err
	}
	exitRaw = func() error {
		var err error
		withFd(in, func(fd int) { err = term.Restore(fd, before) })
		if outKnown {
			withFd(out, func(fd int) { _ = windows.SetConsoleMode(windows.Handle(fd), outBefore) })
		}
		return err
	}
	return makeRaw, exitRaw
}
