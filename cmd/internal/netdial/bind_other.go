//go:build !linux

package netdial

import "syscall"

// bindDevice returns nothing: the address of an interface is all that a socket
// is bound to.
func bindDevice(string) func(network, address string, c syscall.RawConn) error { return nil }
