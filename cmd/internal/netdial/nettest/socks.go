package nettest

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
)

// serveSOCKS5 serves one client of a SOCKS5 proxy.
//
// RFC 1928, and RFC 1929 for user and password.
func (p *Proxy) serveSOCKS5(c net.Conn) error {
	methods, err := p.block(c, 1)
	if err != nil {
		return err
	}
	method := byte(0)
	if p.User != "" {
		method = 2
	}
	if !slices.Contains(methods, method) {
		c.Write([]byte{5, 0xFF})
		return errors.New("no method in common")
	}
	if _, err := c.Write([]byte{5, method}); err != nil {
		return err
	}
	if method == 2 {
		if err := p.authenticate(c); err != nil {
			return err
		}
	}
	to, err := p.address(c)
	if err != nil {
		return err
	}
	p.note("connect " + to)
	up, err := net.Dial("tcp", to)
	if err != nil {
		c.Write([]byte{5, 5, 0, 1, 0, 0, 0, 0, 0, 0}) // connection refused
		return nil
	}
	if _, err := c.Write([]byte{5, 0, 0, 1, 127, 0, 0, 1, 0, 0}); err != nil {
		up.Close()
		return err
	}
	p.join(c, c, up)
	return nil
}

func (p *Proxy) authenticate(c net.Conn) error {
	user, err := p.block(c, 1)
	if err != nil {
		return err
	}
	password, err := p.block(c, 0)
	if err != nil {
		return err
	}
	p.note("user " + string(user))
	if string(user) != p.User || string(password) != p.Password {
		c.Write([]byte{1, 1})
		return nil
	}
	_, err = c.Write([]byte{1, 0})
	return err
}

// block reads bytes to skip, a length, and what has that length.
func (p *Proxy) block(c net.Conn, skip int) ([]byte, error) {
	b := make([]byte, skip+1)
	if _, err := io.ReadFull(c, b); err != nil {
		return nil, err
	}
	b = make([]byte, b[skip])
	_, err := io.ReadFull(c, b)
	return b, err
}

func (p *Proxy) address(c net.Conn) (string, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(c, head); err != nil {
		return "", err
	}
	var host string
	switch head[3] {
	case 1, 4:
		b := make([]byte, map[byte]int{1: 4, 4: 16}[head[3]])
		if _, err := io.ReadFull(c, b); err != nil {
			return "", err
		}
		addr, _ := netip.AddrFromSlice(b)
		host = addr.String()
	case 3:
		b, err := p.block(c, 0)
		if err != nil {
			return "", err
		}
		host = string(b)
	}
	port := make([]byte, 2)
	if _, err := io.ReadFull(c, port); err != nil {
		return "", err
	}
	return net.JoinHostPort(host, strconv.Itoa(int(binary.BigEndian.Uint16(port)))), nil
}
