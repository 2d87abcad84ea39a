package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"wscope/cmd/internal/shell"
)

// parseAddress reads an address: a port, :port, host:port or unix:PATH. Where
// there is no host it is this machine only. An IPv4 address means that and no
// IPv6, while [::] means both.
func parseAddress(s string) (network, address string, err error) {
	if path, ok := strings.CutPrefix(s, "unix:"); ok {
		if path == "" {
			return "", "", usageError("wscope listen unix:/run/wscope.sock", "%q has no path", s)
		}
		return "unix", path, nil
	}
	if strings.Contains(s, "://") {
		return "", "", addressError(s, bareAddress(s), "expected an address without a scheme")
	}
	host, port := "", s
	if strings.Contains(s, ":") {
		if host, port, err = net.SplitHostPort(s); err != nil {
			return "", "", addressError(s, bracketed(s), "expected host:port, with an IPv6 address in brackets")
		}
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil {
		example := "127.0.0.1:9001"
		if port == s && isHostName(s) {
			example = s + ":9001"
		}
		return "", "", addressError(s, example, "%q is not a port, expected 0 to 65535", port)
	} else {
		port = strconv.FormatUint(n, 10)
	}
	if host == "" {
		host = defaultHost
	}
	network = "tcp"
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is4() {
		network = "tcp4"
	}
	return network, net.JoinHostPort(host, port), nil
}

func addressError(address, example, format string, args ...any) error {
	return usageError("wscope listen "+shell.Quote(example), "address %q: %w", address, fmt.Errorf(format, args...))
}

// bareAddress returns what a URL has of an address.
func bareAddress(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	rest, _, _ = strings.Cut(rest, "/")
	if _, _, err := net.SplitHostPort(rest); err != nil {
		return "127.0.0.1:9001"
	}
	return rest
}

// bracketed returns the address that s, which has no port, was perhaps meant to be.
func bracketed(s string) string {
	if ip, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return net.JoinHostPort(ip.String(), "9001")
	}
	return "127.0.0.1:9001"
}

// isHostName reports whether s looks like a name or an IPv4 address rather than a
// port, perhaps mistyped.
func isHostName(s string) bool {
	if ip, err := netip.ParseAddr(s); err == nil {
		return ip.Is4()
	}
	return s != "" && (s[0] < '0' || s[0] > '9') && !strings.ContainsAny(s, "/[]@ ")
}

// readyURL returns the URL that clients of the listener use.
func readyURL(a net.Addr) string {
	if a.Network() == "unix" {
		return "ws+unix:" + a.String() + ":/"
	}
	return "ws://" + a.String() + "/"
}

// peerName returns what a client is called whose address is a.
func peerName(a net.Addr) string {
	if s := a.String(); s != "" && s != "@" {
		return s
	}
	return a.Network() + " socket" // which has no name on the side of the client
}

// listenHint says what to try after err, from listening on an address.
func listenHint(network, address string, err error) string {
	switch {
	case errors.Is(err, errAddrInUse) && network == "unix":
		if info, err := os.Lstat(address); err == nil && info.Mode()&fs.ModeSocket == 0 {
			return address + " is no socket: choose another path"
		}
		return "another program listens on the socket, or has left it behind: then remove it"
	case errors.Is(err, errAddrInUse):
		return "another program listens there; port 0 takes a free one"
	case errors.Is(err, errAccess) && network != "unix":
		return "ports below 1024 are not for everybody"
	}
	return ""
}
