package netdial

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/net/proxy"
)

// socks asks the SOCKS5 proxy at the other end of c for a tunnel.
//
// RFC 1928, and RFC 1929 for user and password.
func (p *Proxy) socks(ctx context.Context, c net.Conn, to string) error {
	var auth *proxy.Auth
	if p.HasAuth {
		auth = &proxy.Auth{User: p.User, Password: p.Password}
	}
	d, err := proxy.SOCKS5("tcp", p.Addr(), auth, nil)
	if err != nil {
		return err
	}
	over, ok := d.(interface {
		DialWithConn(ctx context.Context, c net.Conn, network, addr string) (net.Addr, error)
	})
	if !ok {
		return errors.New("the SOCKS5 client takes no connection")
	}
	_, err = over.DialWithConn(ctx, c, "tcp", to)
	return socksError(err)
}

// socksError words the errors of the library, which are texts.
func socksError(err error) error {
	if err == nil {
		return nil
	}
	err = bare(err)
	text := err.Error()
	const version = "unexpected protocol version "
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &SOCKSError{Reason: "it has closed the connection, expected a reply in SOCKS5"}
	case strings.HasPrefix(text, version):
		if n, err := strconv.Atoi(text[len(version):]); err == nil {
			return &SOCKSError{Reason: "got a reply that begins with the byte 0x" + strconv.FormatInt(int64(n), 16) + ", expected 0x5 for SOCKS5"}
		}
	case text == "no acceptable authentication methods":
		return &SOCKSError{Reason: "it accepts none of the ways to authenticate that were offered"}
	}
	if _, ok := errors.AsType[syscall.Errno](err); ok || isTimeout(err) {
		return err
	}
	// What the library says of a reply that is not "succeeded", RFC 1928, Section 6.
	text, replied := strings.CutPrefix(text, "unknown error ")
	return &SOCKSError{Reason: text, Unreached: replied}
}

// A SOCKSError is what a SOCKS proxy has refused.
type SOCKSError struct {
	Reason string
	// Unreached tells that it speaks of the address that it was asked for: it may
	// reach another one.
	Unreached bool
}

func (e *SOCKSError) Error() string { return e.Reason }
