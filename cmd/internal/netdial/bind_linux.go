package netdial

import "syscall"

// bindDevice returns a function that ties a socket to an interface, nil if
// device is "". Where that is not permitted, the address of the interface has to
// do, as it does on other systems.
func bindDevice(device string) func(network, address string, c syscall.RawConn) error {
	if device == "" {
		return nil
	}
	return func(_, _ string, c syscall.RawConn) error {
		var err error
		if failed := c.Control(func(fd uintptr) { err = syscall.BindToDevice(int(fd), device) }); failed != nil {
			return failed
		}
		if err == syscall.EPERM {
			return nil
		}
		return err
	}
}
