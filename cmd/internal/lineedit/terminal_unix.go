//go:build unix

package lineedit

import (
	"errors"

	"github.com/chzyer/readline"
)

// rawMode returns what switches the raw mode of in on and off. The state that is
// returned to is the one before the first switch. Output is still processed,
// which the raw mode of golang.org/x/term would end: a newline goes to the
// beginning of the next row.
func rawMode(in, _ any) (makeRaw, exitRaw func() error) {
	var before *readline.State
	makeRaw = func() error {
		err := errors.New("the input has no file descriptor")
		withFd(in, func(fd int) {
			var state *readline.State
			if state, err = readline.MakeRaw(fd); err == nil && before == nil {
				before = state
			}
		})
		return err
	}
	exitRaw = func() error {
		var err error
		withFd(in, func(fd int) { err = readline.Restore(fd, before) })
		return err
	}
	return makeRaw, exitRaw
}
