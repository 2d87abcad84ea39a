package netdial

import "net/netip"

// An Environment is where proxies are named for all programs, by curl's rules.
type Environment struct {
	Getenv func(string) string
}

// Proxy returns the value of the variable that names the proxy for t, and the
// name of that variable; both are "" if there is none. WebSocket goes by the
// variables of HTTP. Names in lower case go first, all_proxy is for what has no
// other. HTTP_PROXY is not read: a CGI program
// finds there what a client has sent it as "Proxy:".
//
// This machine is not reached through a proxy that only the environment names.
func (e Environment) Proxy(t Target) (value, name string) {
	if isLoopback(t.Host) {
		return "", ""
	}
	names := []string{"http_proxy"}
	if t.TLS {
		names = []string{"https_proxy", "HTTPS_PROXY"}
	}
	return e.first(append(names, "all_proxy", "ALL_PROXY")...)
}

// NoProxy returns the list of what is reached without a proxy, and the name of
// the variable that it stands in.
func (e Environment) NoProxy() (list, name string) { return e.first("no_proxy", "NO_PROXY") }

func (e Environment) first(names ...string) (value, name string) {
	for _, name := range names {
		if value := e.Getenv(name); value != "" {
			return value, name
		}
	}
	return "", ""
}

// isLoopback reports whether host is this machine.
func isLoopback(host string) bool {
	if IsLocalhost(host) {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
