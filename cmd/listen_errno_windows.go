package cmd

import "syscall"

// What listening on an address mostly fails with.
const (
	errAddrInUse = syscall.Errno(10048) // WSAEADDRINUSE
	errAccess    = syscall.Errno(10013) // WSAEACCES
)
