//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package lineedit

import (
	"os"
	"syscall"
	"time"
)

// lock keeps other sessions from f until it is closed. They hold it for the
// time of a small write; one that was stopped meanwhile is not waited for.
func lock(f *os.File) {
	for range 50 {
		err := syscall.EWOULDBLOCK
		withFd(f, func(fd int) {
			err, _ = syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB).(syscall.Errno)
		})
		if err != syscall.EWOULDBLOCK && err != syscall.EINTR {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
}
