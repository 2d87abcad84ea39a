//go:build unix

package lineedit

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// stopTime is how long the process waits to be stopped by its own signal. It
// waits in vain where nobody could continue it, in an orphaned process group.
const stopTime = 250 * time.Millisecond

// onResize calls f on each change of the size of the terminal.
func onResize(f func()) (stop func()) { return onSignal(syscall.SIGWINCH, f) }

// onContinue calls f when the process goes on after it was stopped, by whatever
// means.
func onContinue(f func()) (stop func()) { return onSignal(syscall.SIGCONT, f) }

// stopGroup stops what the terminal would stop for a Ctrl-Z, the process group,
// and returns when it goes on. SIGTSTP must not be caught for that, not even
// before: package signal does not give it its default effect back.
func stopGroup() {
	again := make(chan os.Signal, 1)
	signal.Notify(again, syscall.SIGCONT)
	defer signal.Stop(again)
	if syscall.Kill(0, syscall.SIGTSTP) != nil {
		return
	}
	select {
	case <-again:
	case <-time.After(stopTime):
	}
}

func onSignal(sig os.Signal, f func()) (stop func()) {
	c := make(chan os.Signal, 1)
	quit, done := make(chan struct{}), make(chan struct{})
	signal.Notify(c, sig)
	go func() {
		defer close(done)
		for {
			select {
			case <-c:
				f()
			case <-quit:
				return
			}
		}
	}()
	return func() {
		signal.Stop(c)
		close(quit)
		<-done
	}
}
