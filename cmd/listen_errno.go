//go:build !windows

package cmd

import "syscall"

// What listening on an address mostly fails with.
const (
	errAddrInUse = syscall.EADDRINUSE
	errAccess    = syscall.EACCES
)
